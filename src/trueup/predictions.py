"""What is predicted before the index is asked: which platforms, services and builders, and the plan of each.

chosen_platforms ─▶ services ─▶ builders ─▶ plan ─▶ requirements ─▶ Prediction
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from trueup.errors import UsageError
from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import BuildPlan, InputUse, PlanContext, VersionInput
from trueup.model.project import Project
from trueup.model.requirement import RequirementSet
from trueup.model.target import LIBC_VERSIONS
from trueup.platforms._interface import Platform
from trueup.platforms._statements import complete_inputs
from trueup.platforms._unread import tell_unread
from trueup.registry import Plugins
from trueup.requirements import read_requirements
from trueup.sourcecode import CodeFacts, code_facts

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


def predict(project: Project, context: PlanContext, choice: Choice) -> list[Prediction]:
    """Plan every chosen service with every chosen builder, and read exactly what the plan installs."""
    if context.root_dir and not project.subtree(context.root_dir).files:
        raise UsageError(
            f"there is no folder {context.root_dir} in the project", hint="--root-dir counts from the project's root."
        )
    found: list[Prediction] = []
    known: list[RequirementSet] = []
    there: dict[str, dict[str, None]] = {"service": {}, "builder": {}}
    for platform in chosen_platforms(project, choice):
        services = platform.services(project, context)
        for service in services:
            builders = platform.builders(project, service, context)
            there["service"][service.name] = None
            there["builder"].update(dict.fromkeys(builders))
            if choice.services and service.name not in choice.services:
                continue
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
    _refuse_unknown("service", choice.services, there["service"])
    _refuse_unknown("builder", choice.builders, there["builder"])
    if not found:
        raise UsageError(
            f"no chosen service is built by {' or '.join(choice.builders) or 'anything that trueup knows'}",
            hint=f"The builders here are: {', '.join(there['builder'])}." if there["builder"] else "",
        )
    return found


def _refuse_unknown(what: str, chosen: Iterable[str], there: Mapping[str, None]) -> None:
    """Refuse a name that nothing here has, even beside names that something has: it is a slip."""
    for name in chosen:
        if name not in there:
            hint = f"The {what}s here are: {', '.join(there)}." if there else ""
            told = "nothing here is built by" if what == "builder" else f"there is no {what}"
            raise UsageError(f"{told} {name!r}", hint=hint)


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
