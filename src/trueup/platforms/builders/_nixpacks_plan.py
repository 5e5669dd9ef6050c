"""Nixpacks' own build plan: phases, a start command and variables, and how plans of different sources are merged.

Source: railwayapp/nixpacks@f51d7fd5 (2025-08-04), src/nixpacks/plan/{mod,phase,merge,utils,topological_sort}.rs, read
2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from trueup.model.evidence import Evidence
from trueup.platforms.builders._nixpacks_app import Environment

AUTO = ("...", "@auto")
"""The elements of an array that stand for the values of the plan below."""

_LISTS = {
    "depends_on": ("dependsOn",),
    "nix_pkgs": ("nixPkgs", "nixPackages"),
    "nix_libs": ("nixLibs", "nixLibraries"),
    "nix_overlays": ("nixOverlays",),
    "apt_pkgs": ("aptPkgs", "aptPackages"),
    "cmds": ("cmds", "commands"),
    "only_include_files": ("onlyIncludeFiles",),
    "cache_directories": ("cacheDirectories",),
    "paths": ("paths", "envPaths"),
}
Values = tuple[str, ...] | None


def fill_auto(original: Values, replacer: Values) -> Values:
    """The higher plan's array, with the lower one's values after each "..." or "@auto" (utils.rs:20-44).

    Without a higher array the lower one stays.
    """
    if replacer is None:
        return original
    filled: list[str] = []
    for value in replacer:
        filled.append(value)
        if value in AUTO:
            filled += original or ()
    return tuple(filled)


def remove_autos(values: Iterable[str]) -> tuple[str, ...]:
    """Without the markers, as a finished plan has it."""
    return tuple(value for value in values if value not in AUTO)


def split_names(text: str) -> tuple[str, ...]:
    """The names of a variable such as NIXPACKS_PKGS: separated by spaces or commas (plan/mod.rs:358-363)."""
    return tuple(name for name in re.split("[ ,]", text) if name)


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of the build. None means "not said", which differs from an empty array when plans are merged.

    `places` tells where each field was said last.
    """

    depends_on: Values = None
    nix_pkgs: Values = None
    nix_libs: Values = None
    nix_overlays: Values = None
    apt_pkgs: Values = None
    cmds: Values = None
    only_include_files: Values = None
    cache_directories: Values = None
    paths: Values = None
    archive: str | None = None
    places: Mapping[str, Evidence] = field(default_factory=dict)

    def over(self, lower: Phase) -> Phase:
        """This phase merged onto a lower one."""
        merged = {name: fill_auto(getattr(lower, name), getattr(self, name)) for name in _LISTS}
        return Phase(**merged, archive=self.archive or lower.archive, places={**lower.places, **self.places})

    def pinned(self, archive: str | None = None) -> Phase:
        """As the finished plan has it: without markers, and with the archive where it takes anything from Nix."""
        lists = {name: getattr(self, name) for name in _LISTS}
        finished: dict[str, Any] = {n: None if v is None else remove_autos(v) for n, v in lists.items()}
        takes = self.nix_pkgs or self.nix_libs
        return replace(self, archive=self.archive or (archive if takes else None), **finished)

    def prefixed(self, prefix: str) -> Phase:
        """With the prefix before the names it depends on."""
        if self.depends_on is None:
            return self
        return replace(self, depends_on=tuple(f"{prefix}:{name}" for name in self.depends_on))


def phase_from(values: Mapping[str, Any], places: Mapping[str, Evidence]) -> Phase:
    """A phase from the table of a configuration whose types are right; `places` is by the keys of the table."""
    found: dict[str, Any] = {}
    where: dict[str, Evidence] = {}
    for name, keys in _LISTS.items():
        for key in keys:
            if values.get(key) is not None:
                found[name] = tuple(values[key])
                where[name] = places[key]
    if values.get("nixpkgsArchive") is not None:
        where["archive"] = places["nixpkgsArchive"]
    return Phase(**found, archive=values.get("nixpkgsArchive"), places=where)


_NEW_PHASE = {"install": ("setup",), "build": ("install",)}


@dataclass(frozen=True, slots=True)
class NixPlan:
    """A plan of Nixpacks, finished or of one source. `start_place` tells where the start command was said."""

    providers: Values = None
    build_image: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    phases: Mapping[str, Phase] = field(default_factory=dict)
    start: str | None = None
    start_place: Evidence | None = None

    def over(self, lower: NixPlan) -> NixPlan:
        """This plan merged onto a lower one (merge.rs:14-67).

        A phase that the lower plan does not have starts with its usual dependency, where its name has one.
        """
        phases = dict(lower.phases)
        for name, phase in self.phases.items():
            below = phases.get(name) or Phase(depends_on=_NEW_PHASE.get(name))
            phases[name] = phase.over(below)
        return NixPlan(
            fill_auto(lower.providers, self.providers),
            self.build_image or lower.build_image,
            {**lower.variables, **self.variables},
            phases,
            lower.start if self.start is None else self.start,
            lower.start_place if self.start is None else self.start_place,
        )

    def pinned(self, archive: str | None = None) -> NixPlan:
        """The finished plan: without markers and providers (plan/mod.rs:303-328, phase.rs:212)."""
        phases = {name: phase.pinned(archive) for name, phase in self.phases.items()}
        return replace(self, providers=(), phases=phases)

    def prefixed(self, prefix: str) -> NixPlan:
        """With every phase named after its provider, as the second and later providers of a plan have it."""
        return replace(self, phases={f"{prefix}:{name}": p.prefixed(prefix) for name, p in self.phases.items()})

    def sorted_phases(self) -> tuple[tuple[str, Phase], ...]:
        """The phases in the order in which they run: by dependency, then by name; a circle ends the list."""
        waiting = {
            name: {dependency for dependency in phase.depends_on or () if dependency in self.phases}
            for name, phase in sorted(self.phases.items())
        }
        ordered: list[str] = []
        while ready := [name for name, needed in waiting.items() if needed <= set(ordered)]:
            ordered += ready
            waiting = {name: needed for name, needed in waiting.items() if name not in ready}
        return tuple((name, self.phases[name]) for name in ordered)


def plan_from_environment(environment: Environment) -> NixPlan:
    """The plan that NIXPACKS_* variables make (plan/mod.rs:239-301)."""
    phases: dict[str, Phase] = {}
    setup: dict[str, Any] = {}
    places: dict[str, Evidence] = {}
    for variable, name in (("PKGS", "nix_pkgs"), ("APT_PKGS", "apt_pkgs"), ("LIBS", "nix_libs")):
        text = environment.config(variable)
        if text is not None:
            names = tuple(text.split(" ")) if variable == "LIBS" else split_names(text)
            setup[name] = (*names, "...")
            places[name] = environment.place(variable)
    if setup:
        phases["setup"] = Phase(**setup, places=places)
    for name, variable in (("install", "INSTALL"), ("build", "BUILD")):
        command = environment.config(f"{variable}_CMD")
        if command is not None:
            caches = environment.config(f"{variable}_CACHE_DIRS")
            phases[name] = Phase(
                depends_on=_NEW_PHASE[name],
                cmds=(command,),
                cache_directories=None if caches is None else tuple(sorted(set(split_names(caches)))),
                places={"cmds": environment.place(f"{variable}_CMD")},
            )
    start = environment.config("START_CMD")
    return NixPlan(phases=phases, start=start, start_place=None if start is None else environment.place("START_CMD"))
