"""What becomes of every distribution of a resolution on its target: wheel, pure sdist, compile, or not to be had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from trueup.index.interface import Index
from trueup.index.select import has_wheel
from trueup.model.distribution import (
    IndexFile,
    InstallForecast,
    Outcome,
    PackageForecast,
    Resolution,
    ResolvedDistribution,
)
from trueup.model.evidence import Evidence
from trueup.model.target import Target
from trueup.resolve.build_needs import Inspection, inspect_sdist
from trueup.resolve.build_trouble import broken_build
from trueup.resolve.compiling import known_failure, known_success
from trueup.resolve.prospect import language_words
from trueup.resolve.reasons import compiles_elsewhere, has_wheels_elsewhere, no_wheel, unavailable
from trueup.resolve.universe import Project, Universe, universe_of


def forecast(resolution: Resolution, index: Index) -> InstallForecast:
    """The outcome of every distribution of one resolution.

    Args:
        resolution: what is installed, and where.
        index: where sdists are looked into; only those of distributions without a usable wheel.

    Returns:
        One package forecast for each distribution, with the reason as a sentence and its evidence; conflicts and what
        is unresolved are handed on.
    """
    universe = universe_of(index)
    lines = _root_lines(resolution.distributions)
    packages = tuple(_package(one, resolution.target, universe, index, lines) for one in resolution.distributions)
    return InstallForecast(resolution.target, packages, resolution.conflicts, resolution.unresolved)


def forecast_many(resolutions: Mapping[Target, Resolution], index: Index) -> dict[Target, InstallForecast]:
    """The forecasts of several targets, in their order."""
    return {target: forecast(resolution, index) for target, resolution in resolutions.items()}


def _root_lines(distributions: Iterable[ResolvedDistribution]) -> dict[str, tuple[Evidence, ...]]:
    """For each name the project's line that names it, or the nearest one that pulls it in."""
    by_name = {one.name: one for one in distributions}
    lines: dict[str, tuple[Evidence, ...]] = {name: one.evidence for name, one in by_name.items() if one.evidence}
    level = list(lines)
    children: dict[str, list[str]] = {}
    for one in by_name.values():
        for parent in one.required_by:
            children.setdefault(parent, []).append(one.name)
    while level:
        following = []
        for parent in level:
            for child in children.get(parent, ()):
                if child not in lines:
                    lines[child] = lines[parent]
                    following.append(child)
        level = following
    return lines


def _package(
    one: ResolvedDistribution,
    target: Target,
    universe: Universe,
    index: Index,
    lines: Mapping[str, tuple[Evidence, ...]],
) -> PackageForecast:
    file = one.selection.file if one.selection else None
    own = lines.get(one.name, ())
    if file is not None and file.is_wheel:
        return PackageForecast(
            one.name,
            one.version,
            one.direct,
            Outcome.WHEEL,
            _wheel_reason(file.filename, file.yanked),
            (*own, _observed(file.filename)),
            file.filename,
            required_by=one.required_by,
            yanked=file.yanked,
            size=file.size,
        )
    project = universe.project(one.name)
    if file is None:
        return _unavailable(one, target, project, own)
    return _sdist(one, target, project, universe, index, file, own)


@lru_cache(maxsize=1 << 12)
def _observed(filename: str) -> Evidence:
    return Evidence.observed(f"the index has {filename}")


@lru_cache(maxsize=1 << 12)
def _wheel_reason(filename: str, yanked: str | None) -> str:
    told = "" if yanked is None else f"; its authors have yanked it{f': {yanked}' if yanked else ''}"
    return f"installed from the wheel {filename}{told}"


def _unavailable(
    one: ResolvedDistribution, target: Target, project: Project, own: tuple[Evidence, ...]
) -> PackageForecast:
    asked = one.requested[0] if one.requested else one.name
    reason = unavailable(project, one.version, target, one.selection, asked)
    files = project.files(one.version) if one.version else ()
    seen = (
        f"the index has {len(files)} files of {one.name} {one.version}"
        if files
        else f"the index was asked for {one.name}"
    )
    return PackageForecast(
        one.name,
        one.version,
        one.direct,
        Outcome.UNAVAILABLE,
        reason,
        (*own, Evidence.observed(seen)),
        fixed_in=_fixed_in(project, target, one.version),
        required_by=one.required_by,
        has_wheels_elsewhere=has_wheels_elsewhere(files, target),
    )


def _sdist(
    one: ResolvedDistribution,
    target: Target,
    project: Project,
    universe: Universe,
    index: Index,
    file: IndexFile,
    own: tuple[Evidence, ...],
) -> PackageForecast:
    inspection = _inspection(universe, index, file)
    files = project.files(one.version)
    why = no_wheel(files, target, one.selection, _wheels_allowed(one))
    broken = broken_build(inspection, target, universe)
    fails, works, known = _known(one, target, inspection, files) if not broken else (broken, "", ())
    outcome, then = _sdist_outcome(inspection, fails)
    needs = replace(inspection.needs, goes_on_line=None) if broken else inspection.needs
    return PackageForecast(
        one.name,
        one.version,
        one.direct,
        outcome,
        f"{why}; {then}",
        (*own, _observed(file.filename), *inspection.needs.evidence, *known),
        file.filename,
        _fixed_in(project, target, one.version) if outcome is not Outcome.PURE_SDIST else None,
        needs if outcome is Outcome.COMPILES else None,
        one.required_by,
        fails,
        has_wheels_elsewhere(files, target),
        file.yanked,
        file.size,
        outcome is Outcome.UNKNOWN and inspection.transient,
        works,
    )


def _known(
    one: ResolvedDistribution, target: Target, inspection: Inspection, files: Sequence[IndexFile]
) -> tuple[str, str, tuple[Evidence, ...]]:
    """Of a compile: why it is known to fail, what says that it works, and the evidence for the former."""
    if not inspection.compiles:
        return "", "", ()
    failure = known_failure(one.name, one.version, target, inspection.pyo3)
    if failure is not None:
        return failure[0], "", (failure[1],)
    if compiles_elsewhere(files, target):
        return "", "its authors have built this version for this Python on another system", ()
    return "", known_success(one.name, one.version, target), ()


def _inspection(universe: Universe, index: Index, file: IndexFile) -> Inspection:
    """What an sdist's files say; read once for all targets, unless the network was to blame."""
    known = universe.inspections.get(file.filename)
    if known is None or known.transient:
        known = universe.inspections[file.filename] = inspect_sdist(index, file)
    return known


def sdist_outcome(index: Index, file: IndexFile) -> tuple[Outcome, str]:
    """What building an sdist takes, whatever the Python: pure, compiling or unknown, and the reason as a sentence."""
    return _sdist_outcome(inspect_sdist(index, file), "")


def _sdist_outcome(inspection: Inspection, broken: str) -> tuple[Outcome, str]:
    if inspection.compiles is None:
        return Outcome.UNKNOWN, f"whether its sdist needs a compiler is not known: {inspection.reason}"
    if inspection.compiles:
        then = f"pip would compile {language_words(inspection.needs)}: {inspection.reason}"
        return Outcome.COMPILES, f"{then}; and {broken}" if broken else then
    if broken:
        return Outcome.UNAVAILABLE, f"its sdist cannot be built: {broken}"
    return Outcome.PURE_SDIST, f"pip builds its sdist without a compiler: {inspection.reason}"


def _wheels_allowed(one: ResolvedDistribution) -> bool:
    return not any("no-binary" in rejected.reason for rejected in (one.selection.rejected if one.selection else ()))


def _fixed_in(project: Project, target: Target, version: str) -> str | None:
    """The nearest version with a usable wheel, upwards first; from the oldest where no version is known.

    Pre-releases and yanked files do not count, as pip would not choose them.
    """
    possible = (text for text in project.nearest(version) if project.may_have_wheel(text, target))
    return next((text for text in possible if has_wheel(project.near_files(text, target), target)), None)
