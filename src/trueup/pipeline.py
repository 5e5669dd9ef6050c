"""The story of trueup. Read this first.

    read_project ─▶ services ─▶ plan ─▶ requirements ─▶ resolve ─▶ forecast ─▶ checks ─▶ report

`check` predicts what every chosen platform will do with every service of a project, and whether that will work. Each
arrow is one call below; none goes back. Nothing here runs the project's code, and nothing but reading and the index
touches the outside world.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from trueup.checks._interface import Check, CheckContext
from trueup.checks._pythons import floats
from trueup.configuration import Configuration
from trueup.forecasts import forecast_predictions
from trueup.index.interface import OpenIndex
from trueup.model.distribution import InstallForecast
from trueup.model.finding import Finding, Skipped
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.model.report import Report, Result
from trueup.model.target import SUPPORTED_MINORS
from trueup.predictions import Choice, Prediction, code_of, predict
from trueup.registry import discover
from trueup.sourcecode import CodeFacts

__all__ = ["Choice", "OpenIndex", "Prediction", "check", "code_of", "judge", "predict"]


def check(
    project: Project,
    context: PlanContext,
    choice: Choice,
    configuration: Configuration,
    open_index: OpenIndex | None,
    no_index_reason: str = "",
) -> Report:
    """Predict what the platforms will do with a project, and whether it will work.

    Args:
        project: the project, read once.
        context: the day, the service's creation day, and what is given by flags.
        choice: the platforms, builders and services to look at.
        configuration: what the project ignores and overrides.
        open_index: gives the package index for what a requirement set says about indexes; None to look at all else.
        no_index_reason: why there is no index.

    Raises:
        UsageError: a chosen platform, builder, service or root directory does not exist.
    """
    predictions = predict(project, context, choice)
    forecasts = forecast_predictions(predictions, open_index) if open_index else [None] * len(predictions)
    ahead = forecast_ahead(predictions, open_index) if open_index else [None] * len(predictions)
    codes = code_of(project, predictions, context)
    results = told_once(
        judge(project, prediction, forecast, context, configuration, no_index_reason, code, later)
        for prediction, forecast, code, later in zip(predictions, forecasts, codes, ahead, strict=True)
    )
    notes = (*project.notes, *configuration.expired(context.on))
    return Report(project, results, context.on, notes, index_trouble(forecasts))


def forecast_ahead(predictions: Iterable[Prediction], open_index: OpenIndex) -> list[InstallForecast | None]:
    """Forecast the next minor of Python for each prediction of which nothing pins the Python; None for the others."""
    later = [_on_next_minor(prediction) for prediction in predictions]
    made = iter(forecast_predictions([prediction for prediction in later if prediction], open_index))
    return [next(made) if prediction else None for prediction in later]


def _on_next_minor(prediction: Prediction) -> Prediction | None:
    plan = prediction.plan
    minor = plan.python.minor
    if not (floats(plan) and prediction.is_today and minor in SUPPORTED_MINORS[:-1]):
        return None
    following = SUPPORTED_MINORS[SUPPORTED_MINORS.index(minor) + 1]
    return replace(prediction, plan=replace(plan, python=replace(plan.python, version=following, runs=None)))


def judge(
    project: Project,
    prediction: Prediction,
    forecast: InstallForecast | None,
    context: PlanContext,
    configuration: Configuration,
    no_index_reason: str,
    code: CodeFacts | None = None,
    ahead: InstallForecast | None = None,
) -> Result:
    """Run every check on one prediction; `code` is what `code_of` says of it, `ahead` what `forecast_ahead` does."""
    plan = prediction.plan
    code = code or code_of(project, (prediction,), context)[0]
    reason = no_index_reason
    if forecast is None and not reason:
        reason = "the plan installs nothing" if plan.target else "the Python version is not known"
    seen = CheckContext(
        project=project,
        tree=code.tree,
        plan=plan,
        requirements=prediction.requirements,
        forecast=forecast,
        forecast_reason=reason,
        context=context,
        code=code,
        configuration=configuration,
        ahead=ahead,
    )
    checks: dict[str, Check] = discover("trueup.checks", "CHECK")
    said = [_as_it_holds(item, each, plan) for each in checks.values() for item in each.run(seen)]
    findings = configuration.apply((item for item in said if isinstance(item, Finding)), context.on)
    return Result(
        plan=plan,
        requirements=prediction.requirements,
        forecast=forecast,
        findings=tuple(sorted(findings, key=order)),
        skipped=tuple(item for item in said if isinstance(item, Skipped)),
        unknowns=plan.unknowns,
        is_today=prediction.is_today,
    )


OTHERWISE = "This holds only where its Dockerfile, or the builder that it asks for, does not build the service."


def _as_it_holds(item: Finding | Skipped, check: Check, plan: BuildPlan) -> Finding | Skipped:
    """What a check says; with less confidence where something else builds the service than the builder of the plan."""
    if not plan.is_built_otherwise or isinstance(item, Skipped) or check.is_about_repository:
        return item
    return item if item in plan.problems else item.only_if(OTHERWISE)


def told_once(results: Iterable[Result]) -> tuple[Result, ...]:
    """The results, each finding that is about the repository in the first of them alone."""
    rules = {rule for rule, each in discover("trueup.checks", "CHECK").items() if each.is_about_repository}
    told: set[tuple[str, str]] = set()
    kept = []
    for result in results:
        mine = [one for one in result.findings if one.rule not in rules or (one.rule, one.subject) not in told]
        told |= {(one.rule, one.subject) for one in mine}
        kept.append(replace(result, findings=tuple(mine)) if len(mine) < len(result.findings) else result)
    return tuple(kept)


def order(finding: Finding) -> tuple[int, int, str, str]:
    """Worst first, then surest, then by rule and subject."""
    return (-finding.severity.rank, -finding.confidence.rank, finding.rule, finding.subject)


def index_trouble(forecasts: Iterable[InstallForecast | None]) -> tuple[str, ...]:
    """Why the index could not be asked about some names, each reason once."""
    made = [forecast for forecast in forecasts if forecast is not None]
    reasons = [item.reason for forecast in made for item in forecast.unresolved if item.transient]
    reasons += [item.reason for forecast in made for item in forecast.packages if item.transient]
    return tuple(dict.fromkeys(reasons))
