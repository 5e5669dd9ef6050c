"""What would install on other Pythons: every requirement set of a root directory, on all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trueup.model.distribution import InstallForecast
from trueup.model.report import Result
from trueup.model.requirement import RequirementSet
from trueup.model.target import Target
from trueup.repair._interface import Group, RepairContext
from trueup.resolve.forecast import forecast_many
from trueup.resolve.resolver import resolve_many


@dataclass(frozen=True, slots=True)
class Prospect:
    """What stands in the way on one Python: names of packages, each with the reason."""

    minor: str
    problems: tuple[str, ...] = ()


def requirement_sets(group: Group) -> list[tuple[RequirementSet, tuple[Target, ...]]]:
    """Every distinct requirement set of a group with the targets that install it."""
    found: list[tuple[RequirementSet, list[Target]]] = []
    for result in group.results:
        target = result.plan.target or _guess(result)
        if target is None or not (result.requirements.requirements or result.requirements.locked):
            continue
        for known, targets in found:
            if known is result.requirements or known == result.requirements:
                targets.append(target)
                break
        else:
            found.append((result.requirements, [target]))
    return [(requirements, tuple(dict.fromkeys(targets))) for requirements, targets in found]


def _guess(result: Result) -> Target:
    """The target of a plan whose Python is not known: only its system counts."""
    image = result.plan.image
    return Target("3.13", image.arch, image.libc, image.libc_version.value or "2.17")


def prospects(context: RepairContext, group: Group, minors: Sequence[str]) -> dict[str, Prospect]:
    """What stands in the way of installing everything on each minor; nothing where no index can be asked."""
    if context.open_index is None:
        return {}
    problems: dict[str, list[str]] = {minor: [] for minor in minors}
    for requirements, targets in requirement_sets(group):
        index = context.open_index(requirements.options)
        wanted = {replace(target, python=minor): minor for target in targets for minor in minors}
        forecasts = forecast_many(resolve_many(requirements, tuple(wanted), index), index)
        for target, forecast in forecasts.items():
            problems[wanted[target]] += _problems(forecast)
    return {minor: Prospect(minor, tuple(dict.fromkeys(found))) for minor, found in problems.items()}


def _problems(forecast: InstallForecast) -> list[str]:
    found = [f"{package.name} {package.version}" for package in forecast.failing]
    found += [f"{conflict.name}: no version satisfies all" for conflict in forecast.conflicts]
    found += [f"{item.name}: {item.reason}" for item in forecast.unresolved if item.transient]
    return found
