"""The second story: from a checked project to the smallest repairs that were seen to work.

    check ─▶ families propose ─▶ preview (a copy in memory) ─▶ check again ─▶ repairs, with cost and reason

The arrow back, from preview to check, is a second call on a new immutable project. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from trueup.configuration import Configuration
from trueup.forecasts import forecast_predictions
from trueup.index.interface import OpenIndex
from trueup.model.distribution import InstallForecast
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.repair import RepairPlan
from trueup.model.report import Report
from trueup.model.requirement import RequirementSet
from trueup.model.target import Target
from trueup.pipeline import index_trouble, judge, told_once
from trueup.predictions import Choice, Prediction, predict
from trueup.repair._interface import RepairContext, Wishes
from trueup.repair.planner import plan_repairs


@dataclass
class Checker:
    """`check` for many states of one project: a requirement set that did not change is not resolved again."""

    context: PlanContext
    choice: Choice
    configuration: Configuration
    open_index: OpenIndex | None
    no_index_reason: str = ""
    _known: list[tuple[RequirementSet, dict[Target, InstallForecast]]] = field(default_factory=list)

    def check(self, project: Project) -> Report:
        """What `trueup check` says of a state of the project."""
        predictions = predict(project, self.context, self.choice)
        forecasts = self.forecasts(predictions)
        results = told_once(
            judge(project, prediction, forecast, self.context, self.configuration, self.no_index_reason)
            for prediction, forecast in zip(predictions, forecasts, strict=True)
        )
        return Report(project, results, self.context.on, project.notes, index_trouble(forecasts))

    def forecasts(self, predictions: list[Prediction]) -> list[InstallForecast | None]:
        """The forecast of each prediction, from memory where the same set was asked for the same target."""
        if self.open_index is None:
            return [None] * len(predictions)
        lacking = [
            item
            for item in predictions
            if item.plan.target and self._memory(item.requirements).get(item.plan.target) is None
        ]
        for item, made in zip(lacking, forecast_predictions(lacking, self.open_index), strict=True):
            if made is not None and item.plan.target is not None:
                self._memory(item.requirements)[item.plan.target] = made
        return [
            self._memory(item.requirements).get(item.plan.target) if item.plan.target else None for item in predictions
        ]

    def remember(self, report: Report) -> None:
        """Take over the forecasts of a report."""
        for result in report.results:
            if result.forecast is not None and result.plan.target is not None:
                self._memory(result.requirements)[result.plan.target] = result.forecast

    def _memory(self, wanted: RequirementSet) -> dict[Target, InstallForecast]:
        for requirements, memory in self._known:
            if requirements is wanted or requirements == wanted:
                return memory
        memory = {}
        self._known.append((wanted, memory))
        return memory


def fix(
    project: Project,
    context: PlanContext,
    choice: Choice,
    configuration: Configuration,
    open_index: OpenIndex | None,
    no_index_reason: str = "",
    *,
    wishes: Wishes | None = None,
    only: Iterable[str] = (),
    report: Report | None = None,
) -> tuple[Report, RepairPlan]:
    """What `check` says of a project, and every repair that works.

    Args:
        project: the project, read once.
        context: the day and what is given by flags; a wanted Python belongs into `wishes`, not here.
        choice: the platforms, builders and services to look at.
        configuration: what the project ignores, and its policy.
        open_index: gives the package index; None to repair only what needs none.
        no_index_reason: why there is no index.
        wishes: the wanted Python and the time for the search.
        only: ids of families or rules to keep to.
        report: what `check` said of the project already, without a forced Python.

    Raises:
        UsageError: a chosen platform, builder or service does not exist.
    """
    forced = context.python is not None or choice.pythons
    natural = replace(choice, pythons=())
    checker = Checker(replace(context, python=None), natural, configuration, open_index, no_index_reason)
    if report is None or forced:
        report = checker.check(project)
    else:
        checker.remember(report)
    checker.choice = _as_seen(natural, report)
    seen = RepairContext(
        project,
        report,
        configuration.policy,
        wishes or Wishes(context.python),
        checker.check,
        open_index,
        configuration.pairs,
    )
    return report, plan_repairs(seen, only)


def _as_seen(choice: Choice, report: Report) -> Choice:
    """The choice with the platforms of a report: a file that a repair adds may be a sign of another one."""
    platforms = tuple(dict.fromkeys(result.plan.platform for result in report.results))
    return choice if choice.platforms else replace(choice, platforms=platforms)
