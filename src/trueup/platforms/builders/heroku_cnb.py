"""heroku-cnb: Heroku's Python Cloud Native Buildpack for apps of the Fir generation (heroku/buildpacks-python).

The order of everything is that of src/main.rs:40-160 at f81d0dc1 (read on 2026-11-20): environment, package manager,
Python version, Python, package manager, dependencies, collectstatic; then heroku/procfile (src/main.rs, src/launch.rs
at bb54a142). A plan names every error of that chain, not only the first.
"""

from __future__ import annotations

import re

from trueup.manifests import project_toml
from trueup.manifests.project_toml import ProjectDescriptor
from trueup.model.evidence import Evidence, Fact
from trueup.model.finding import Severity
from trueup.model.plan import BuildPlan, PlanContext, Step
from trueup.model.project import Project
from trueup.model.service import Service
from trueup.platforms import _data
from trueup.platforms.builders import _heroku_cnb_python as pythons
from trueup.platforms.builders import _heroku_image as images
from trueup.platforms.builders import _heroku_plan as shared
from trueup.platforms.builders import _heroku_source as sources
from trueup.platforms.builders._heroku_problems import ERROR, WARNING, Log
from trueup.platforms.builders._heroku_procfile import Procfile, parse_cnb
from trueup.platforms.builders._heroku_releases import CNB

ID = "heroku-cnb"
_TITLE = "Heroku's Python Cloud Native Buildpack"

FILES = {"pip": "requirements.txt", "poetry": "poetry.lock", "uv": "uv.lock"}
"""The file by which each package manager is known (src/package_manager.rs:4-34)."""
MANIFESTS = {
    "pip": ("requirements.txt",),
    "poetry": ("poetry.lock", "pyproject.toml"),
    "uv": ("uv.lock", "pyproject.toml"),
}
FORBIDDEN_VARIABLES = (
    "PIP_CACHE_DIR",
    "PIP_PREFIX",
    "PIP_PYTHON",
    "PIP_ROOT",
    "PIP_TARGET",
    "PIP_USER",
    "POETRY_CACHE_DIR",
    "POETRY_DATA_DIR",
    "POETRY_HOME",
    "POETRY_VIRTUALENVS_CREATE",
    "POETRY_VIRTUALENVS_IN_PROJECT",
    "POETRY_VIRTUALENVS_USE_POETRY_PYTHON",
    "PYTHONHOME",
    "PYTHONINSPECT",
    "PYTHONNOUSERSITE",
    "PYTHONPLATLIBDIR",
    "PYTHONUSERBASE",
    "UV_CACHE_DIR",
    "UV_LINK_MODE",
    "UV_MANAGED_PYTHON",
    "UV_NO_CACHE",
    "UV_NO_MANAGED_PYTHON",
    "UV_PROJECT",
    "UV_PROJECT_ENVIRONMENT",
    "UV_PYTHON",
    "UV_PYTHON_DOWNLOADS",
    "UV_PYTHON_PREFERENCE",
    "VIRTUAL_ENV",
)
"""Variables that stop the build, in the order in which they are named (src/checks.rs:12-41)."""

_VENV = "/layers/heroku_python/venv"
_COMMON_VARIABLES = {"PYTHONUNBUFFERED": "1", "SOURCE_DATE_EPOCH": "315532801", "VIRTUAL_ENV": _VENV}
_INSTALL = {
    "pip": (
        "pip install -r requirements.txt",
        "--no-input --progress-bar off",
        {"PIP_PYTHON": _VENV},
        "src/layers/pip_dependencies.rs#L75-L100",
    ),
    "poetry": (
        "poetry sync --only main",
        "--compile --no-interaction",
        {"POETRY_VIRTUALENVS_USE_POETRY_PYTHON": "true"},
        "src/layers/poetry_dependencies.rs#L100-L130",
    ),
    "uv": (
        "uv sync --locked --no-default-groups",
        "--color always --compile-bytecode --no-progress",
        {"UV_PROJECT_ENVIRONMENT": _VENV, "UV_NO_MANAGED_PYTHON": "1", "UV_PYTHON_DOWNLOADS": "never"},
        "src/layers/uv_dependencies.rs#L110-L145",
    ),
}
"""Command as the log shows it, the options that it leaves out, variables, source."""


def plan(project: Project, service: Service, context: PlanContext) -> BuildPlan:
    """What the Cloud Native Buildpacks do with a service.

    Args:
        project: the whole project.
        service: from `heroku.PLATFORM.services`; its root directory is the one that is built.
        context: `on` chooses the release of the buildpack; `env` holds variables of the build.
    """
    tree = project.subtree(service.root_dir.value)
    file = tree.get("project.toml")
    descriptor = project_toml.parse(file) if file is not None else None
    source = _source(tree, descriptor)
    log = Log(_TITLE)
    app = shared.app_of(project)
    detected = _detect(log, source)
    check_environment(log, {**_descriptor_variables(descriptor), **shared.environment(service, context)}, context.on)
    manager: Fact[str | None] = Fact(None, detected.evidence)
    if detected.value:
        manager = package_manager(log, source, context.on)
    choice = pythons.choose(log, source, manager.value, context.on)
    if manager.value == "uv":
        rule = CNB.source("src/layers/uv.rs", "uv may only use the buildpack's Python")
        shared.check_uv_python(log, source, choice.python, "Unable to install dependencies using uv", rule)
    procfile = _procfile(log, source)
    running = shared.processes(source, procfile or Procfile())
    start = shared.start(service, source, running, "procfile_cnb")
    shared.check_start(log, service, source, procfile, start)
    stack = images.cnb_stack(tree, context)
    return BuildPlan(
        platform="heroku",
        builder=ID,
        service=service,
        detected=Fact("python" if detected.value else None, detected.evidence),
        python=choice.python,
        package_manager=manager,
        manifests=tuple(name for name in MANIFESTS.get(manager.value or "", ()) if source.has(name)),
        install=_install(manager.value),
        build=_build_steps(source, manager.value),
        release=shared.release(source, procfile or Procfile()),
        start=start,
        processes=running,
        health=images.health(),
        image=images.image(stack, _data.load("heroku")["generation"]["fir"]["arch"]),
        toolchain=images.toolchain(stack),
        variables=(*shared.RUNTIME_VARIABLES, "PYTHONUNBUFFERED", "VIRTUAL_ENV", "WEB_CONCURRENCY"),
        problems=(*log.problems, *shared.app_problems(app)),
        unknowns=(*stack.unknowns, *shared.unknowns(CNB, project, choice.python, context.on)),
        details=_details(log, manager.value, choice, context.on),
    )


def _source(tree: Project, descriptor: ProjectDescriptor | None) -> Project:
    if descriptor is None:
        return sources.deployed(tree)
    return sources.deployed(tree, descriptor.excluded, descriptor.included)


def _descriptor_variables(descriptor: ProjectDescriptor | None) -> dict[str, str]:
    return {name: value for name, value, _ in descriptor.variables} if descriptor is not None else {}


def _detect(log: Log, source: Project) -> Fact[bool]:
    detected = sources.detection(source)
    if not detected.value:
        elsewhere, hint = sources.where_else(source, tuple(FILES.values()))
        log.error(
            "No supported Python package manager files found (such as requirements.txt, poetry.lock or uv.lock).",
            "The root of the app holds no file by which the buildpack knows a Python project.",
            hint or "Add a requirements.txt, poetry.lock or uv.lock to the root of the app.",
            (*elsewhere, *detected.evidence, CNB.source("src/detect.rs#L9-L41", "the files that count")),
            ERROR,
        )
    return detected


def check_environment(log: Log, environment: dict[str, str], day: str) -> tuple[str, ...]:
    """Refuse variables that are known to break a build (src/checks.rs:43-60).

    Returns:
        The names found, in the buildpack's order. Values are never looked at.
    """
    if not CNB.in_force("forbidden-variables", day):
        return ()
    found = tuple(name for name in FORBIDDEN_VARIABLES if name in environment)
    if found:
        log.error(
            "Unsafe environment variable(s) found",
            f"The build has the variable{'s' if len(found) > 1 else ''} {', '.join(found)}.",
            f"Unset {', '.join(found)} (`heroku config:unset`), also where an earlier buildpack sets it.",
            (
                Evidence.given(f"variables of the build: {', '.join(found)}"),
                CNB.rule_evidence("forbidden-variables", "variables that may not be set"),
            ),
            error_variant="ForbiddenEnvVars",
            forbidden=found,
        )
    return found


def package_manager(log: Log, source: Project, day: str) -> Fact[str | None]:
    """The package manager: exactly one of its files must be there (src/package_manager.rs:36-62)."""
    names = [
        name
        for name, path in FILES.items()
        if sources.exists(source, path) and (name != "uv" or CNB.in_force("uv", day))
    ]
    evidence = tuple(Evidence.found(source.in_project(FILES[name]), None, f"{FILES[name]} is there") for name in names)
    rule = CNB.source("src/package_manager.rs#L36-L62", "exactly one package manager file must be there")
    if len(names) == 1:
        return Fact(names[0], evidence)
    if names:
        files = ", ".join(f"{FILES[name]} ({name})" for name in names)
        log.error(
            "Multiple Python package manager files were found",
            f"The root of the app holds the files of {len(names)} package managers: {files}.",
            "Keep the file of the package manager that you use and delete the others.",
            (*evidence, rule),
            error_variant="MultipleFound",
            package_managers=tuple(names),
        )
        return Fact(None, evidence)
    elsewhere, hint = sources.where_else(source, tuple(FILES.values()))
    pipenv = " Pipenv is not supported: its Pipfile.lock is not read." if source.has("Pipfile.lock") else ""
    absent = Evidence.absent("no requirements.txt, poetry.lock or uv.lock at the root of the app")
    log.error(
        "Couldn't find any supported Python package manager files",
        f"The root of the app holds none of requirements.txt, poetry.lock and uv.lock.{pipenv}",
        hint or "Commit exactly one of requirements.txt, poetry.lock and uv.lock at the root of the app.",
        (*elsewhere, absent, rule),
        error_variant="NoneFound",
    )
    return Fact(None, (absent,))


def _install(manager: str | None) -> tuple[Step, ...]:
    if manager is None:
        return ()
    command, options, variables, path = _INSTALL[manager]
    evidence = CNB.source(path, f"the buildpack installs with {manager} into a virtual environment, with {options}")
    return (Step(command, (evidence,), {**_COMMON_VARIABLES, **variables}),)


def _build_steps(source: Project, manager: str | None) -> tuple[Step, ...]:
    """Run collectstatic for Django with a manage.py at the root and `django.contrib.staticfiles` in its settings."""
    evidence = sources.django(sources.direct_names(source, manager))
    if evidence is None or not sources.exists(source, "manage.py"):
        return ()
    enabled = _staticfiles(source)
    if enabled is None:
        return ()
    rule = CNB.source(
        "src/django.rs#L24-L70", "a failure of collectstatic fails the build; no variable switches it off"
    )
    return (Step("python manage.py collectstatic --noinput", (evidence, enabled, rule)),)


def _staticfiles(source: Project) -> Evidence | None:
    """The first line of a Python file that names the staticfiles application."""
    for _, file in source.matching(".py"):
        for number, line in enumerate(file.lines, start=1):
            if re.search(r"""["']django\.contrib\.staticfiles["'.]""", line):
                return file.evidence(number)
    return None


def _procfile(log: Log, source: Project) -> Procfile | None:
    """Read the Procfile; its mistakes stop the build, its warnings do not."""
    file = source.get("Procfile")
    if file is None:
        return None
    procfile = parse_cnb(file)
    rule = images.fact("procfile_cnb")
    if procfile.error:
        evidence = file.evidence(procfile.error_line)
        log.error(
            procfile.error,
            f"{evidence.place} is not of the form `key: command`, with a key of lowercase letters, digits and dashes.",
            "Correct the line; on Fir one wrong line makes the whole Procfile invalid.",
            (evidence, rule),
            subject="Procfile",
        )
    for warning in procfile.warnings:
        log.warning(
            warning,
            f"{file.path} is not quite of the form that the Procfile buildpack wants.",
            "Correct the key in the Procfile.",
            (file.evidence(), rule),
            WARNING,
            Severity.LOW,
        )
    return procfile


def _details(log: Log, manager: str | None, choice: pythons.Choice, day: str) -> dict[str, object]:
    tools = CNB.rows["tools"]
    return {
        **log.details(),
        **shared.platform_details(day, "fir"),
        "python_requested": choice.requested,
        "tool_version": tools.get(manager) if manager else None,
    }
