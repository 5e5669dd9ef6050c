"""Render: the services of a blueprint, or of the code where there is none, built by its native environment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from trueup.manifests._document import load_yaml
from trueup.model.evidence import Evidence, Unknown
from trueup.model.finding import Problem
from trueup.model.plan import BuildPlan, InputUse, PlanContext, VersionInput
from trueup.model.project import Project, SourceFile
from trueup.model.service import Service
from trueup.platforms._render_blueprint import FILENAME, Blueprint, BlueprintService, load_blueprint
from trueup.platforms._render_checks import Verdict, check_blueprint
from trueup.platforms._render_problems import dockerfiles
from trueup.platforms._render_python import BLUEPRINT_SOURCE
from trueup.platforms._render_refused import PlacedProblem
from trueup.platforms._service_roots import service_roots
from trueup.platforms._statements import python_statements
from trueup.platforms.builders.render_native import ID, is_python, plan_native, plan_other

_NOT_PYTHON = "Render's native Python environment does not build this service."


@dataclass(frozen=True)
class Render:
    """The platform plug-in; see `platforms._interface.Platform`."""

    id: str = "render"
    title: str = "Render"

    def signs(self, project: Project) -> tuple[Evidence, ...]:
        """The blueprint, in the project's root: elsewhere it counts only where the Blueprint's setup names its path."""
        file = project.whole.get(FILENAME)
        return (file.evidence(1),) if file else ()

    def services(self, project: Project, context: PlanContext) -> tuple[Service, ...]:
        """The services of the blueprint; without one (or with one that names none), one for each root directory."""
        blueprint = load_blueprint(project)
        if blueprint and blueprint.services:
            return tuple(_rooted(item.service, project, context) for item in blueprint.services)
        return _inferred(project, context)

    def builders(self, project: Project, service: Service, context: PlanContext) -> tuple[str, ...]:
        """Render has one builder that trueup predicts."""
        del project, service, context
        return (ID,)

    def plan(self, project: Project, service: Service, builder: str, context: PlanContext) -> BuildPlan:
        """What Render does with a service, and what its blueprint gets wrong about it."""
        del builder
        whole = project.whole
        plan = plan_native(whole, service, context) if is_python(service) else plan_other(whole, service)
        plan = _with_others_versions(plan, whole)
        blueprint = load_blueprint(whole)
        if blueprint is None:
            return replace(plan, unknowns=(*plan.unknowns, _made_by_hand(service, whole)))
        verdict = _verdict(blueprint.document.file, context.on)
        first = next(iter(self.services(project, context)), None)
        is_first = first is not None and first.name == service.name
        problems = _own_problems(blueprint, verdict, service, is_first=is_first)
        item = blueprint.named(service.name)
        questions = (*verdict.unknowns, *(_open_questions(item) if item else (_made_by_hand(service, whole),)))
        if is_first and item:
            questions = (*questions, _may_be_made_by_hand(item))
        return replace(
            plan,
            problems=(*plan.problems, *problems),
            unknowns=(*plan.unknowns, *questions),
            details={
                **plan.details,
                "schema_valid": verdict.valid,
                "schema_errors": tuple(f"{error.dotted}: {error.message}" for error in verdict.errors),
                "backing": blueprint.backing,
            },
        )


@lru_cache(maxsize=16)
def _verdict(file: SourceFile, on: str) -> Verdict:
    return check_blueprint(load_yaml(file), on)


def _rooted(service: Service, project: Project, context: PlanContext) -> Service:
    """The service with the root directory that is given, if one is."""
    if context.root_dir is None:
        return service
    return replace(service, root_dir=service_roots(project, context)[0])


def _inferred(project: Project, context: PlanContext) -> tuple[Service, ...]:
    """A web service for every root directory; its name is the folder's."""
    found: list[Service] = []
    for root in service_roots(project, context):
        name = root.value.replace("/", "-") or "web"
        absent = Evidence.absent(f"no services in {FILENAME}: taken as made by hand in the dashboard", FILENAME)
        found.append(Service(name, "web", root, (*root.evidence, absent)))
    return tuple(found)


def _with_others_versions(plan: BuildPlan, project: Project) -> BuildPlan:
    """The plan with the versions that are written for other services: they mislead nobody about this one."""
    native = is_python(plan.service)
    images = dockerfiles(project, plan.service) if plan.service.runtime == "docker" else ()
    known = {(item.evidence.path, item.evidence.line) for item in plan.python.inputs}
    added = tuple(
        VersionInput(item.source, item.value, InputUse.SHADOWED, reason, item.evidence)
        for item in python_statements(project)
        for reason in [_others_reason(plan.service, item.evidence.path, images)]
        if (item.evidence.path, item.evidence.line) not in known
        and (not native or (item.source == BLUEPRINT_SOURCE and item.evidence.path == FILENAME))
    )
    return replace(plan, python=replace(plan.python, inputs=(*plan.python.inputs, *added)))


def _others_reason(service: Service, path: str | None, images: tuple[str, ...]) -> str:
    if is_python(service):
        return f"It belongs to another service than {service.name}."
    if not images:
        return _NOT_PYTHON
    if path in images:
        return f"{service.name} is built from this Dockerfile: its image brings the Python."
    return f"{' or '.join(images)} decides the Python of {service.name}."


def _made_by_hand(service: Service, project: Project) -> Unknown:
    others = [file for path, file in sorted(project.files.items()) if path.endswith(f"/{FILENAME}")]
    by_default = " in the repository's root" if others else ""
    reason = (
        f"no {FILENAME}{by_default} describes this service: the root directory, commands and variables of "
        f"{service.name} are set in Render's dashboard, where trueup cannot look. Give what differs with --root-dir, "
        "--env and --created."
    )
    if others:
        names = " and ".join(file.path for file in others[:3])
        reason += (
            f" {names} counts only where a Blueprint's setup names that path; a service in it without rootDir is then "
            "built from the repository's root."
        )
    return Unknown("settings", reason, (*service.evidence, *(file.evidence(1) for file in others[:3])))


def _may_be_made_by_hand(item: BlueprintService) -> Unknown:
    reason = (
        f"{FILENAME} counts for services that Render made from it as a Blueprint; a service of the same name that was "
        "made by hand in the dashboard keeps the dashboard's settings. Which of the two it is, no file says."
    )
    return Unknown("blueprint", reason, item.service.evidence)


def _own_problems(blueprint: Blueprint, verdict: Verdict, service: Service, *, is_first: bool) -> list[Problem]:
    """The problems of this service; those of no built service are told with the first one."""
    paths = {item.service.name: item.path for item in blueprint.services}

    def owner(placed: PlacedProblem) -> str | None:
        return next((name for name, path in paths.items() if placed.path[: len(path)] == path), None)

    return [
        placed.problem
        for placed in verdict.problems
        if (found := owner(placed)) == service.name or (found is None and is_first)
    ]


def _open_questions(item: BlueprintService) -> tuple[Unknown, ...]:
    found = []
    for group in item.foreign_groups:
        reason = (
            f"{group.evidence[0].place} takes the variables of the environment group {group.value}, which the "
            "blueprint does not define: they stand in Render's dashboard, and a PYTHON_VERSION among them would decide."
        )
        found.append(Unknown("environment group", reason, group.evidence))
    if item.repository:
        reason = (
            f"{item.repository.evidence[0].place} builds {item.service.name} from {item.repository.value}; trueup "
            "predicts it as if that were this project."
        )
        found.append(Unknown("repository", reason, item.repository.evidence))
    return tuple(found)


PLATFORM = Render()
