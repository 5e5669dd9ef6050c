"""The story of trueup. Read this first.

    read_project ─▶ services ─▶ plan ─▶ requirements ─▶ resolve ─▶ forecast ─▶ checks ─▶ report

`check` predicts what every chosen platform will do with every service of a project, and whether that will work. Each
arrow is one call below; none goes back. Nothing here runs the project's code, and nothing but reading and the index
touches the outside world.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from trueup.checks._interface import Check, CheckContext
from trueup.checks._pythons import floats
from trueup.configuration import Configuration
from trueup.errors import UsageError
from trueup.forecasts import forecasts as forecasts_of
from trueup.index.interface import Index
from trueup.model.distribution import InstallForecast
from trueup.model.evidence import Evidence, Fact
from trueup.model.finding import Finding, Skipped
from trueup.model.plan import BuildPlan, InputUse, PlanContext, VersionInput
from trueup.model.project import Project
from trueup.model.report import Report, Result
from trueup.model.requirement import IndexOptions, RequirementSet
from trueup.model.target import LIBC_VERSIONS, SUPPORTED_MINORS, Target
from trueup.platforms._interface import Platform
from trueup.platforms._statements import complete_inputs
from trueup.platforms._unread import tell_unread
from trueup.registry import Plugins, discover
from trueup.requirements import read_requirements
from trueup.sourcecode import CodeFacts, code_facts

OpenIndex = Callable[[IndexOptions], Index]

DEFAULT_PLATFORMS = ("railway", "render", "heroku")
"""Looked at where no file of the project speaks for any platform."""


@dataclass(frozen=True)
class Choice:
    """What to look at: ids of platforms and builders, names of services; empty means all that apply.

    `pythons`, `arches` and `libcs` are the targets to predict for, each with each, instead of the one that a plan has.
    """

    platforms: tuple[str, ...] = ()
    builders: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    arches: tuple[str, ...] = ()
    libcs: tuple[str, ...] = ()

    def contexts(self, context: PlanContext) -> list[tuple[PlanContext, list[PlanContext]]]:
        """For every Python the context to plan with, and of it one for each image; by default only the context."""
        arches = self.arches or (context.arch,)
        libcs = self.libcs or (context.libc,)
        planned = [replace(context, python=python) for python in self.pythons or (context.python,)]
        return [(one, [replace(one, arch=arch, libc=libc) for arch in arches for libc in libcs]) for one in planned]


@dataclass(frozen=True)
class Prediction:
    """A plan and what it installs, before the index is asked."""

    plan: BuildPlan
    requirements: RequirementSet
    is_today: bool


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


def predict(project: Project, context: PlanContext, choice: Choice) -> list[Prediction]:
    """Plan every chosen service with every chosen builder, and read exactly what the plan installs."""
    if context.root_dir and not project.subtree(context.root_dir).files:
        raise UsageError(
            f"there is no folder {context.root_dir} in the project", hint="--root-dir counts from the project's root."
        )
    found: list[Prediction] = []
    known: list[RequirementSet] = []
    for platform in chosen_platforms(project, choice):
        services = platform.services(project, context)
        for service in services:
            if choice.services and service.name not in choice.services:
                continue
            builders = platform.builders(project, service, context)
            for builder in builders:
                if choice.builders and builder not in choice.builders:
                    continue
                for planned, images in choice.contexts(context):
                    plan = complete_inputs(platform.plan(project, service, builder, planned), project)
                    plan = tell_unread(plan, project)
                    requirements = _once(read_requirements(project, plan), known)
                    found += [
                        Prediction(as_given(plan, image), requirements, builder == builders[0]) for image in images
                    ]
    if not found:
        wanted = ", ".join((*choice.services, *choice.builders)) or "any service"
        raise UsageError(f"no service or builder of this project matches {wanted}")
    return found


def _once(requirements: RequirementSet, known: list[RequirementSet]) -> RequirementSet:
    """The set itself, or the equal one that is known already: equal sets are resolved together."""
    for other in known:
        if other == requirements:
            return other
    known.append(requirements)
    return requirements


def chosen_platforms(project: Project, choice: Choice) -> list[Platform]:
    """The platforms asked for; else those whose files are there; else Railway, Render and Heroku."""
    platforms: Mapping[str, Platform] = Plugins("trueup.platforms", "PLATFORM")
    for name in choice.platforms:
        if name not in platforms:
            raise UsageError(f"there is no platform {name!r}", hint=f"The platforms are: {', '.join(platforms)}.")
    if choice.platforms:
        return [platforms[name] for name in choice.platforms]
    signed = [name for name, platform in platforms.items() if platform.signs(project)]
    return [platforms[name] for name in (tuple(signed) or DEFAULT_PLATFORMS)]


def as_given(plan: BuildPlan, context: PlanContext) -> BuildPlan:
    """The plan with the Python, the architecture and the C library that flags force on it."""
    if context.python:
        evidence = Evidence.given(f"--python {context.python}")
        inputs = tuple(
            replace(item, use=InputUse.SHADOWED, reason="--python is given.") if item.use is InputUse.DECIDES else item
            for item in plan.python.inputs
        )
        given = VersionInput("--python", context.python, InputUse.DECIDES, "It is given.", evidence)
        plan = replace(
            plan,
            python=replace(
                plan.python,
                requested=context.python,
                version=context.python,
                source="--python",
                evidence=(evidence,),
                inputs=(given, *inputs),
                runs=None,
            ),
            problems=tuple(problem for problem in plan.problems if not problem.rule.startswith("python-version-")),
        )
    if context.arch:
        plan = replace(plan, image=replace(plan.image, arch=context.arch))
    if context.libc and context.libc != plan.image.libc:
        version = LIBC_VERSIONS[context.libc]
        evidence = Evidence.given(f"--libc {context.libc}")
        plan = replace(plan, image=replace(plan.image, libc=context.libc, libc_version=Fact(version, (evidence,))))
    return plan


def forecast_predictions(predictions: Iterable[Prediction], open_index: OpenIndex) -> list[InstallForecast | None]:
    """Forecast every prediction; the same set and target only once, all targets of a set together."""
    predictions = list(predictions)
    targets: dict[int, list[Target]] = {}
    sets: dict[int, RequirementSet] = {}
    for prediction in predictions:
        target = prediction.plan.target
        if target is not None and installs(prediction):
            sets[id(prediction.requirements)] = prediction.requirements
            targets.setdefault(id(prediction.requirements), []).append(target)
    forecasts: dict[tuple[int, Target], InstallForecast] = {}
    for key, requirements in sets.items():
        index = open_index(requirements.options)
        made = forecasts_of(requirements, tuple(dict.fromkeys(targets[key])), index)
        forecasts.update({(key, target): forecast for target, forecast in made.items()})
    return [
        forecasts.get((id(prediction.requirements), prediction.plan.target)) if prediction.plan.target else None
        for prediction in predictions
    ]


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


def installs(prediction: Prediction) -> bool:
    """Whether the plan installs anything from an index."""
    return bool(prediction.requirements.requirements or prediction.requirements.locked)


def code_of(project: Project, predictions: Iterable[Prediction], context: PlanContext) -> list[CodeFacts]:
    """What the code of each prediction's service says; one object for all that start the same in the same way."""
    known: list[tuple[object, CodeFacts]] = []
    found = []
    for prediction in predictions:
        plan = prediction.plan
        started = (plan.service, plan.processes, plan.start)
        code = next((made for other, made in known if other == started), None)
        if code is None:
            code = code_facts(project.subtree(plan.service.root_dir.value), plan, context.env)
            known.append((started, code))
        found.append(code)
    return found


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
