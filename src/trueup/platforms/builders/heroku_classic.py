"""heroku-classic: Heroku's Python buildpack for apps of the Cedar generation (heroku/heroku-buildpack-python).

The order of everything is that of bin/compile at b4e7e721 (read on 2026-11-20): stack, duplicate buildpack,
bin/pre_compile, leftovers, package manager, virtual environment, Python version, Python, package manager, dependencies,
NLTK, collectstatic, bin/post_compile. A plan names every error of that chain, not only the first.
"""

from __future__ import annotations

from dataclasses import dataclass

from trueup.manifests.app_json import AppJson
from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import BuildPlan, PlanContext, Step
from trueup.model.project import Project
from trueup.model.service import Service
from trueup.platforms.builders import _heroku_classic_checks as checks
from trueup.platforms.builders import _heroku_classic_python as pythons
from trueup.platforms.builders import _heroku_image as images
from trueup.platforms.builders import _heroku_plan as shared
from trueup.platforms.builders import _heroku_source as sources
from trueup.platforms.builders._heroku_problems import ERROR, Log
from trueup.platforms.builders._heroku_procfile import Procfile, parse_classic
from trueup.platforms.builders._heroku_releases import CLASSIC

ID = "heroku-classic"
_TITLE = "Heroku's Python buildpack"
_HOME = "/app/.heroku/python"

MANIFESTS = {
    "pip": ("requirements.txt",),
    "pipenv": ("Pipfile.lock", "Pipfile"),
    "poetry": ("poetry.lock", "pyproject.toml"),
    "uv": ("uv.lock", "pyproject.toml"),
}
_VARIABLES = {
    "pip": {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    "pipenv": {
        "PIPENV_SYSTEM": "1",
        "PIPENV_VERBOSITY": "-1",
        "PIPENV_NOSPIN": "1",
        "PIP_SRC": f"{_HOME}/src",
        "VIRTUAL_ENV": _HOME,
    },
    "poetry": {"POETRY_VIRTUALENVS_CREATE": "false", "POETRY_VIRTUALENVS_USE_POETRY_PYTHON": "true"},
    "uv": {
        "UV_PROJECT_ENVIRONMENT": _HOME,
        "UV_NO_MANAGED_PYTHON": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_LINK_MODE": "hardlink",
    },
}
_COMMON_VARIABLES = {"PYTHONUNBUFFERED": "1", "LANG": "en_US.UTF-8"}
_HIDDEN_OPTIONS = {
    "pip": f"--exists-action=w --no-cache-dir --no-input --progress-bar off --src={_HOME}/src",
    "pipenv": "",
    "poetry": "--compile --no-ansi --no-interaction",
    "uv": "--color always --compile-bytecode --no-progress",
}
"""Options that the buildpack adds to the command that it shows; none changes what is installed."""
_INSTALL_SOURCES = {
    "pip": "lib/pip.sh#L93-L150",
    "pipenv": "lib/pipenv.sh#L117-L169",
    "poetry": "lib/poetry.sh#L90-L145",
    "uv": "lib/uv.sh#L135-L180",
}
_RUNTIME_VARIABLES = (
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONUNBUFFERED",
    "LANG",
    "WEB_CONCURRENCY",
    "DYNO_RAM",
    "FORWARDED_ALLOW_IPS",
    "GUNICORN_CMD_ARGS",
)


@dataclass(frozen=True)
class _Build:
    """What every part of the plan needs."""

    source: Project
    environment: dict[str, str]
    on: str
    log: Log

    @property
    def is_test(self) -> bool:
        """Whether it is a build of Heroku CI (bin/test-compile sets INSTALL_TEST)."""
        return "INSTALL_TEST" in self.environment


def plan(project: Project, service: Service, context: PlanContext) -> BuildPlan:
    """What the classic buildpack does with a service.

    Args:
        project: the whole project.
        service: from `heroku.PLATFORM.services`; its root directory is the one that is built.
        context: `on` chooses the release of the buildpack; `env` may hold STACK, INSTALL_TEST, DISABLE_COLLECTSTATIC;
            `previous_python` (or `created`) tells what an unpinned app keeps to.
    """
    tree = project.subtree(service.root_dir.value)
    source = sources.deployed(tree, sources.slugignore_patterns(tree))
    build = _Build(source, shared.environment(service, context), context.on, Log(_TITLE))
    app = shared.app_of(project)
    detected = _detect(build)
    stack = images.classic_stack(project, context)
    manager = _check(build, app, stack, detected)
    choice = pythons.choose(build.log, source, manager.value, context)
    if manager.value == "uv":
        rule = CLASSIC.source("lib/uv.sh#L85-L95", "uv may only use the buildpack's Python")
        line = "Error: Unable to install dependencies using uv."
        shared.check_uv_python(build.log, source, choice.python, line, rule)
    file = source.get("Procfile")
    procfile = parse_classic(file) if file is not None else Procfile()
    running = shared.processes(source, procfile)
    start = shared.start(service, source, running, "procfile")
    build_steps = _build_steps(build, manager.value)
    shared.check_start(build.log, service, source, procfile if file is not None else None, start)
    shared.check_lines_passed_over(build.log, source, procfile)
    shared.check_other_language(build.log, source, app)
    return BuildPlan(
        platform="heroku",
        builder=ID,
        service=service,
        detected=Fact("python" if detected.value else None, detected.evidence),
        python=choice.python,
        package_manager=manager,
        manifests=_manifests(build, manager.value),
        install=_install(build, manager.value),
        build=build_steps,
        release=shared.release(source, procfile),
        start=start,
        processes=running,
        health=images.health(),
        image=images.image(stack, "x86_64"),
        toolchain=images.toolchain(stack),
        variables=(*shared.RUNTIME_VARIABLES, *_RUNTIME_VARIABLES),
        problems=(*build.log.problems, *shared.app_problems(app)),
        unknowns=(*stack.unknowns, *shared.unknowns(CLASSIC, project, choice.python, context.on)),
        details=_details(build, manager.value, choice.requested, context.on),
    )


def _check(build: _Build, app: AppJson | None, stack: images.Stack, detected: Fact[bool]) -> Fact[str | None]:
    """Everything that is looked at before the Python version, in order; the package manager is the result."""
    checks.check_stack(build.log, stack, build.on)
    checks.check_buildpacks(build.log, app, build.on)
    checks.check_python_directory(build.log, build.source, build.on)
    manager: Fact[str | None] = Fact(None, detected.evidence)
    if detected.value:
        manager = checks.package_manager(build.log, build.source, build.on)
    checks.check_virtual_environment(build.log, build.source, build.on)
    return manager


def _detect(build: _Build) -> Fact[bool]:
    detected = sources.detection(build.source)
    if not detected.value:
        elsewhere, hint = sources.where_else(build.source, tuple(checks.FILES.values()))
        build.log.error(
            "Error: Your app is configured to use the Python buildpack,",
            "The root of the app holds no file by which the buildpack knows a Python project.",
            hint or "Add a requirements.txt, Pipfile.lock, poetry.lock or uv.lock to the root of the app.",
            (*elsewhere, *detected.evidence, CLASSIC.source("bin/detect#L16-L53", "the files that count")),
            ERROR,
        )
    return detected


def _manifests(build: _Build, manager: str | None) -> tuple[str, ...]:
    if manager is None:
        return ()
    names = MANIFESTS[manager]
    if manager == "pip" and build.is_test:
        names = (*names, "requirements-test.txt")
    return tuple(name for name in names if build.source.has(name))


def _install(build: _Build, manager: str | None) -> tuple[Step, ...]:
    """The command as the build log shows it; the evidence tells the options that the log leaves out."""
    if manager is None:
        return ()
    command = {
        "pip": "pip install -r requirements.txt",
        "pipenv": "pipenv install --deploy",
        "poetry": "poetry sync --only main",
        "uv": "uv sync --locked --no-default-groups",
    }[manager]
    if manager == "pip" and not build.source.has("requirements.txt"):
        command = "pip install -e ."  # a lone setup.py, until 2025-12-10
    elif manager == "pipenv" and not build.source.has("Pipfile.lock"):
        command = "pipenv install --skip-lock"  # a Pipfile without lockfile, until 2025-07-23
    if build.is_test:
        command = _test_command(build, manager, command)
    options = f", with {_HIDDEN_OPTIONS[manager]}" if _HIDDEN_OPTIONS[manager] else ""
    evidence = CLASSIC.source(_INSTALL_SOURCES[manager], f"the buildpack installs with {manager}{options}")
    return (Step(command, (evidence,), {**_COMMON_VARIABLES, **_VARIABLES[manager]}),)


def _test_command(build: _Build, manager: str, command: str) -> str:
    """On Heroku CI the test dependencies are installed too."""
    if manager == "pip":
        return f"{command} -r requirements-test.txt" if build.source.has("requirements-test.txt") else command
    return {"pipenv": f"{command} --dev", "poetry": "poetry sync", "uv": "uv sync --locked"}[manager]


def _build_steps(build: _Build, manager: str | None) -> tuple[Step, ...]:
    """The hooks, the NLTK data and collectstatic. bin/pre_compile runs before everything, Python included."""
    names = sources.direct_names(build.source, manager)
    steps = []
    if build.source.has("bin/pre_compile"):
        steps.append(_hook(build, "bin/pre_compile", "it runs before anything is checked or installed"))
    nltk = build.source.get("nltk.txt")
    if nltk is not None and "nltk" in names:
        packages = " ".join(line for line in nltk.lines if line)
        command = f"python -m nltk.downloader -d .heroku/python/nltk_data {packages}"
        rule = CLASSIC.source("bin/steps/nltk#L19-L50", "nltk.txt names the data to fetch")
        steps.append(Step(command, (nltk.evidence(1), names["nltk"], rule)))
    collect = _collectstatic(build, names)
    if collect is not None:
        steps.append(collect)
    if build.source.has("bin/post_compile"):
        steps.append(_hook(build, "bin/post_compile", "it runs at the end of the build"))
    return tuple(steps)


def _hook(build: _Build, path: str, when: str) -> Step:
    found = Evidence.found(build.source.in_project(path), None, f"{path} is there; {when}")
    return Step(path, (found, CLASSIC.source("lib/hooks.sh#L9-L47", "hooks run where their file is there")))


def _collectstatic(build: _Build, names: dict[str, Evidence]) -> Step | None:
    """Run for Django with the nearest manage.py, three levels deep at most, unless it is switched off."""
    if build.source.has(".heroku/collectstatic_disabled"):
        path = build.source.in_project(".heroku/collectstatic_disabled")
        build.log.warning(
            "Warning: The .heroku/collectstatic_disabled file is deprecated.",
            f"{path} switches collectstatic off.",
            "Delete the file and set the config var DISABLE_COLLECTSTATIC=1.",
            (Evidence.found(path, None, path), CLASSIC.source("bin/steps/collectstatic#L29-L38", "the old switch")),
        )
        return None
    if build.is_test or build.environment.get("DISABLE_COLLECTSTATIC", "0") not in ("", "0"):
        return None
    evidence = sources.django(names)
    manage = sources.nearest_manage_py(build.source, 3)
    if evidence is None or manage is None:
        return None
    rule = CLASSIC.source("bin/steps/collectstatic#L45-L110", "a failure of collectstatic fails the build")
    found = Evidence.found(build.source.in_project(manage), None, "the nearest manage.py")
    return Step(f"python {manage} collectstatic --noinput", (evidence, found, rule))


def _details(build: _Build, manager: str | None, requested: str | None, day: str) -> dict[str, object]:
    tools = CLASSIC.rows["tools"]
    details = {
        **build.log.details(),
        **shared.platform_details(day, "cedar"),
        "python_requested": requested,
        "tool_version": tools.get(manager) if manager else None,
    }
    names = sources.direct_names(build.source, manager)
    if build.source.has("manage.py") and sources.django(names) and {"psycopg2", "psycopg2-binary"} & names.keys():
        details["addons"] = ("heroku-postgresql",)
    return details
