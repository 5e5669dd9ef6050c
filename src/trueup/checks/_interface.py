"""What a check is, what it sees, and how problems met on the way become findings.

A public file of this package holds one constant, `CHECK`, and its documentation as its docstring, under the headings
What it does, Why it fails a deployment, Example, Use instead, Sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from trueup.configuration import Configuration
from trueup.model.distribution import InstallForecast
from trueup.model.finding import Finding, Skipped
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.model.requirement import RequirementSet
from trueup.sourcecode import CodeFacts


@dataclass(frozen=True)
class CheckContext:
    """All that a check sees, about one service and one builder.

    `project` is the whole project, `tree` the view of the service's root directory. `forecast` is None where
    nothing is
    installed from an index, the Python is unknown or no index was asked; `forecast_reason` then says why. `code`
    reads the sources only when a check asks.
    """

    project: Project
    tree: Project
    plan: BuildPlan
    requirements: RequirementSet
    forecast: InstallForecast | None
    forecast_reason: str
    context: PlanContext
    code: CodeFacts
    configuration: Configuration = field(default_factory=Configuration)
    ahead: InstallForecast | None = None
    """What becomes of the same set on the next minor of Python, where nothing pins the Python and an index is asked."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `run` yields what is wrong, or `Skipped` with a reason where it could not look.

    `is_about_repository`: what it finds is true of a file whatever the service and builder, so that it is told once.
    """

    id: str
    title: str
    run: Callable[[CheckContext], Iterable[Finding | Skipped]]
    is_about_repository: bool = False


def reported_problems(rule: str) -> Callable[[CheckContext], Iterator[Finding]]:
    """The `run` of a check that reports what manifests, builders and requirement files met under its id."""

    def run(context: CheckContext) -> Iterator[Finding]:
        for problem in (*context.plan.problems, *context.requirements.problems):
            if problem.rule == rule:
                yield problem

    return run
