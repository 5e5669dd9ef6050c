"""What `check` says: one result per service and builder, and what of it can be told at a glance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trueup.model.distribution import InstallForecast, Outcome
from trueup.model.evidence import Unknown
from trueup.model.finding import Confidence, Finding, Severity, Skipped, Verdict
from trueup.model.plan import BuildPlan
from trueup.model.project import Project
from trueup.model.requirement import RequirementSet

if TYPE_CHECKING:
    from trueup.model.matrix import Matrix
    from trueup.model.repair import Repair


@dataclass(frozen=True)
class Result:
    """The prediction for one service by one builder.

    `forecast` is None where nothing is installed or the Python is unknown; `skipped` tells which checks could not look,
    `unknowns` what could not be told. `is_today` marks the builder that the platform would use on the day asked about.
    """

    plan: BuildPlan
    requirements: RequirementSet
    forecast: InstallForecast | None
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    is_today: bool = True
    known: tuple[Finding, ...] = ()
    """Findings that the project's baseline already has: they count for the verdict, not for the exit code."""

    @property
    def verdict(self) -> Verdict:
        """Whether it will work: see `verdict_of`."""
        return verdict_of(self)


def verdict_of(result: Result) -> Verdict:
    """Judge a result.

    A high finding of high confidence fails; a high finding of lower confidence may fail; anything that had to be known
    and is not makes it unknown; only else is no failure found. Where something that is not predicted builds the
    service, findings of low confidence are about a build that does not take place.
    """
    high = [finding for finding in (*result.findings, *result.known) if finding.severity is Severity.HIGH]
    if result.plan.is_built_otherwise:
        high = [finding for finding in high if finding.confidence is not Confidence.LOW]
    if any(finding.confidence is Confidence.HIGH for finding in high):
        return Verdict.WILL_FAIL
    if high:
        return Verdict.MAY_FAIL
    if _essential_unknowns(result):
        return Verdict.UNKNOWN
    return Verdict.NO_FAILURE_FOUND


def _essential_unknowns(result: Result) -> list[str]:
    """Reasons why "no failure found" would be a lie."""
    reasons = [f"{unknown.subject}: {unknown.reason}" for unknown in result.unknowns if unknown.essential]
    if result.forecast is not None:
        unknown = [package for package in result.forecast.packages if package.outcome is Outcome.UNKNOWN]
        reasons += [f"{package.name}: {package.reason}" for package in unknown]
        reasons += [f"{item.name}: {item.reason}" for item in result.forecast.unresolved]
    return reasons


@dataclass(frozen=True)
class Report:
    """Everything that `check` found about a project."""

    project: Project
    results: tuple[Result, ...]
    on: str
    notes: tuple[str, ...] = ()
    index_trouble: tuple[str, ...] = field(default=())
    """Why the index could not be asked, once per reason; empty where it answered."""
    matrix: Matrix | None = None
    """Every Python × distribution, where the format shows it."""
    repairs: tuple[Repair, ...] = ()
    """The repairs that are recommended, where the format shows them."""

    @property
    def judged(self) -> tuple[Result, ...]:
        """The results by which the whole is judged: those of the builders that are used today.

        On a platform where none of them was asked for, since `--builder` names another, they are all of that platform:
        what somebody asks about is never left out of the answer.
        """
        current = {result.plan.platform for result in self.results if result.is_today}
        return tuple(result for result in self.results if result.is_today or result.plan.platform not in current)

    @property
    def worst(self) -> Severity | None:
        """The highest severity found; None where nothing was."""
        severities = [finding.severity for result in self.results for finding in result.findings]
        return max(severities, key=lambda severity: severity.rank) if severities else None
