"""nixpacks.toml and nixpacks.json: which file is read, what it says, and which of its keys nobody reads.

Source: railwayapp/nixpacks@f51d7fd5 (2025-08-04), src/nixpacks/plan/generator.rs:191-232, plan/mod.rs:34-51,
plan/phase.rs:12-70, read 2026-11-20. No struct there denies unknown fields: unknown keys are dropped, wrong types are
errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trueup.manifests._document import Document, Path, load_json, load_toml
from trueup.model.evidence import Evidence
from trueup.model.finding import Problem
from trueup.platforms import _data
from trueup.platforms.builders._nixpacks_app import App, Environment, NixpacksError
from trueup.platforms.builders._nixpacks_plan import NixPlan, phase_from
from trueup.platforms.builders._unknown_keys import KeyRules, unknown_key

_ALIASES = (("nixPkgs", "nixPackages"), ("nixLibs", "nixLibraries"), ("aptPkgs", "aptPackages"), ("cmds", "commands"))


@dataclass(frozen=True, slots=True)
class Configuration:
    """The plan that a configuration file makes. `variable_places` tells where each of its variables stands."""

    plan: NixPlan = field(default_factory=NixPlan)
    variable_places: Mapping[str, Evidence] = field(default_factory=dict)
    document: Document | None = None
    problems: tuple[Problem, ...] = ()


def configuration_file(app: App, environment: Environment) -> str | None:
    """The file that is read: the one of NIXPACKS_CONFIG_FILE, nixpacks.toml, nixpacks.json, or none.

    Raises:
        NixpacksError: the named file is not there.
    """
    named = environment.config("CONFIG_FILE")
    if named is not None:
        if not app.includes(named.removeprefix("./").strip("/")):
            hint = "Correct the path: it is relative to the service's root directory."
            raise NixpacksError(f"Config file {named} does not exist", hint, environment.place("CONFIG_FILE"))
        return named.removeprefix("./").strip("/")
    return next((name for name in ("nixpacks.toml", "nixpacks.json") if app.includes(name)), None)


def read_configuration(app: App, environment: Environment) -> Configuration:
    """What the configuration file says; empty where there is none.

    Raises:
        NixpacksError: the file is missing, is of another kind, does not parse, or has a value of a wrong type.
    """
    path = configuration_file(app, environment)
    if path is None:
        return Configuration()
    file = app.tree.get(path)
    if file is None:
        return Configuration()
    extension = path.rpartition(".")[2] if "." in path else ""
    if extension not in ("toml", "json"):
        raise NixpacksError(f"Unknown file type: {path}", "Name the file …toml or …json.", file.evidence(1))
    app.read(path)
    document = load_toml(file) if extension == "toml" else load_json(file)
    stop = f"Failed to parse Nixpacks config file `{path}`"
    if document.problem is not None:
        place = document.problem.evidence[0]
        raise NixpacksError(stop, document.problem.hint, place)
    wrong = next(wrong_types(document, ()), None)
    if wrong is not None:
        where, expected = wrong
        hint = f"Make {'.'.join(map(str, where))} {expected}; with this value nothing is built."
        raise NixpacksError(stop, hint, document.evidence(*where))
    return Configuration(
        plan_from_document(document, ()),
        {name: document.evidence("variables", name) for name in document.get("variables") or {}},
        document,
        tuple(unknown_keys(document)),
    )


def plan_from_document(document: Document, at: Path) -> NixPlan:
    """The plan that stands at a path of a document whose types are right."""
    value = document.get(*at, default={})
    start = value.get("start") or {}
    phases = {
        name: phase_from(phase, {key: document.evidence(*at, "phases", name, key) for key in phase})
        for name, phase in (value.get("phases") or {}).items()
    }
    providers = value.get("providers")
    command = start.get("cmd")
    return NixPlan(
        None if providers is None else tuple(providers),
        value.get("buildImage"),
        dict(value.get("variables") or {}),
        phases,
        command,
        None if command is None else document.evidence(*at, "start", "cmd"),
    )


def wrong_types(document: Document, at: Path) -> Iterator[tuple[Path, str]]:
    """Every value at a path of a document that Nixpacks refuses: its path, and what it must be."""
    keys = _data.load("nixpacks")["keys"]
    value = document.get(*at)
    if not isinstance(value, dict):
        yield at, "a table"
        return
    yield from _wrong(value, keys["root"], at)


def _wrong(table: dict[str, Any], kinds: Mapping[str, str], path: Path) -> Iterator[tuple[Path, str]]:
    keys = _data.load("nixpacks")["keys"]
    for name, alias in _ALIASES:
        if name in kinds and name in table and alias in table:
            yield (*path, alias), f"absent: {name} is the same key and is there too"
    for key, kind in kinds.items():
        value = table.get(key)
        here = (*path, key)
        if value is None:
            continue
        if kind == "string" and not isinstance(value, str):
            yield here, "a string"
        elif kind == "strings" and not _is_strings(value):
            yield here, "an array of strings"
        elif kind == "string map" and not (isinstance(value, dict) and all(isinstance(v, str) for v in value.values())):
            yield _first_bad(value, here), "a table of strings (write numbers and booleans in quotes)"
        elif kind == "start" and not isinstance(value, dict):
            yield here, "a table with cmd"
        elif kind == "start":
            yield from _wrong(value, keys["start"], here)
        elif kind == "phases" and not isinstance(value, dict):
            yield here, "a table of phases"
        elif kind == "phases":
            for name, phase in value.items():
                if isinstance(phase, dict):
                    yield from _wrong(phase, keys["phase"], (*here, name))
                else:
                    yield (*here, name), "a table"


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _first_bad(value: object, path: Path) -> Path:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(item, str):
                return (*path, key)
    return path


def unknown_keys(document: Document, at: Path = ()) -> Iterator[Problem]:
    """The problem of every key that Nixpacks does not know, all at once."""
    data = _data.load("nixpacks")
    keys = data["keys"]
    evidence = _data.evidence(keys, "these are all the keys that Nixpacks reads; it refuses none and drops the others")
    elsewhere = dict.fromkeys(keys["start"], "under [start]")
    elsewhere |= dict.fromkeys(keys["phase"], "under a phase, such as [phases.setup]")
    elsewhere |= dict.fromkeys(keys["root"], "at the top of the file")
    rules = KeyRules("Nixpacks", "drops it without a word", evidence, data["mistakes"], elsewhere)
    value = document.get(*at, default={})
    value = value if isinstance(value, dict) else {}
    phases = value.get("phases")
    tables: list[tuple[Path, Any, Mapping[str, str]]] = [((), value, keys["root"])]
    if isinstance(phases, dict):
        tables += [(("phases", name), phase, keys["phase"]) for name, phase in phases.items()]
    tables.append((("start",), value.get("start"), keys["start"]))
    for path, table, known in tables:
        for key in table if isinstance(table, dict) else ():
            if key not in known:
                yield unknown_key(document, (*at, *path, key), known, rules)
