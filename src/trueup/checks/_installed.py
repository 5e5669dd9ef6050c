"""What is installed on the target, as far as it can be told: the resolved set, else the lockfile, else the pins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from trueup.checks._interface import CheckContext
from trueup.checks._rows import rows
from trueup.model.evidence import Evidence
from trueup.model.requirement import DeclaredRequirement


@dataclass(frozen=True, slots=True)
class Installed:
    """One distribution of the set. `direct`: a line of the project names it; `required_by`: distributions that do."""

    name: str
    version: Version
    direct: bool
    evidence: tuple[Evidence, ...]
    required_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InstalledSet:
    """The set by normalised name. `complete`: it holds the transitive distributions too."""

    distributions: dict[str, Installed]
    complete: bool

    def matching(self, name: str, versions: SpecifierSet) -> Installed | None:
        """The distribution of a name, where its version is one of some versions."""
        found = self.distributions.get(name)
        return found if found is not None and versions.contains(found.version, prereleases=True) else None


def installed(context: CheckContext) -> InstalledSet:
    """The set that the plan installs."""
    if context.forecast is not None:
        resolved = (
            (package.name, package.version, package.direct, package.evidence, package.required_by)
            for package in context.forecast.packages
        )
        complete = not context.forecast.conflicts and not context.forecast.unresolved
        return InstalledSet({**dict(_readable(resolved)), **_left_as_it_was(context)}, complete)
    requirements = context.requirements
    if requirements.locked is not None:
        locked = (
            (package.name, package.version, package.direct, (package.evidence,), ())
            for package in requirements.locked
            if applies(package.marker, context)
        )
        return InstalledSet(dict(_readable(locked)), True)
    pinned = (
        (item.name, item.pinned or "", True, (item.evidence,), ())
        for item in (*requirements.constraints, *requirements.requirements)
        if applies(item.marker, context)
    )
    return InstalledSet(dict(_readable(pinned)), False)


def _left_as_it_was(context: CheckContext) -> dict[str, Installed]:
    """The setuptools that the environment begins with, where no line of the project asks for another one.

    What a distribution asks for is not looked at here: nearly all ask for no more than any of these versions.
    """
    steps = [step.command for step in context.plan.install]
    if context.plan.package_manager.value != "pip" or any("setuptools" in command for command in steps):
        return {}
    makes_venv = any("-m venv" in command for command in steps)
    row = rows("seeded").get("venv" if makes_venv else context.plan.builder, {})
    text = row.get("setuptools", {}).get(context.plan.python.minor or "")
    if text is None:
        return {}
    lines = (*context.requirements.constraints, *context.requirements.requirements)
    asked = [item for item in lines if item.name == "setuptools" and applies(item.marker, context)]
    if not all(item.specifier.contains(text) for item in asked):
        return {}
    evidence = (*(item.evidence for item in asked), Evidence.default(row["text"], row["source"], row["checked"]))
    return {"setuptools": Installed("setuptools", Version(text), bool(asked), evidence)}


def _readable(
    found: Iterator[tuple[str, str, bool, tuple[Evidence, ...], tuple[str, ...]]],
) -> Iterator[tuple[str, Installed]]:
    for name, text, direct, evidence, required_by in found:
        try:
            yield name, Installed(name, Version(text), direct, evidence, required_by)
        except InvalidVersion:
            continue


def applies(marker: Marker | None, context: CheckContext) -> bool:
    """Whether a marker holds on the target; True while the target is unknown."""
    target = context.plan.target
    if marker is None or target is None:
        return True
    try:
        return marker.evaluate({**target.marker_environment, "extra": ""})
    except (UndefinedComparison, UndefinedEnvironmentName):
        return True


def direct_requirements(context: CheckContext) -> tuple[DeclaredRequirement, ...]:
    """The requirements that lines of the project state and that hold on the target."""
    return tuple(item for item in context.requirements.requirements if applies(item.marker, context))
