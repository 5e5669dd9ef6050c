"""Railpack: what Railway's builder does with a service, release by release.

Source: railwayapp/railpack at b5e80580 (v0.37.0, 2026-08-18), core/core.go:88-167 (read 2026-11-20). The rules are in
the modules beside this one; this one puts the plan together in Railpack's own order: configuration, provider, Procfile,
configuration again, validation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from trueup.model.evidence import Evidence, Fact, Unknown
from trueup.model.finding import Problem
from trueup.model.plan import (
    BuildPlan,
    HealthRule,
    Image,
    InputUse,
    PlanContext,
    Process,
    PythonChoice,
    Step,
    Toolchain,
    VersionInput,
)
from trueup.model.project import Project
from trueup.model.service import Service
from trueup.platforms import _data
from trueup.platforms._other_languages import not_predicted
from trueup.platforms.builders._installed_files import installed_files
from trueup.platforms.builders._railpack_app import App
from trueup.platforms.builders._railpack_commands import (
    Command,
    Copy,
    Execute,
    spread,
    spread_names,
)
from trueup.platforms.builders._railpack_config import Config, read_config
from trueup.platforms.builders._railpack_dependencies import uses_production_dependency
from trueup.platforms.builders._railpack_problems import (
    error,
    include_problems,
    no_provider,
    no_provider_text,
    no_start,
    no_start_text,
    not_planned,
    unknown_keys,
    version_problems,
)
from trueup.platforms.builders._railpack_providers import detect, needed_file, provider_named
from trueup.platforms.builders._railpack_python import Generated, generate, installs_playwright, version_files
from trueup.platforms.builders._railpack_python_version import PythonDecision, decide
from trueup.platforms.builders._railpack_releases import DATA, release_on, rule
from trueup.platforms.builders._railpack_start import procfile_start, provider_start, starts_nothing
from trueup.platforms.builders._railpack_steps import TOOLS, kept_steps, refused_step
from trueup.platforms.builders._railway_settings import RailwaySettings

_NOTHING = rule("Railpack plans this only for the Python provider", "core/providers/python/python.go#L70")


@dataclass
class _Draft:
    """Everything that the steps of the planning found."""

    app: App
    config: Config
    provider: Fact[str | None]
    generated: Generated
    decision: PythonDecision
    install: tuple[Command, ...]
    build: tuple[Command, ...]
    start: Fact[str] | None
    problems: list[Problem]
    kept: set[str] | None = None
    """The steps that the image needs; None where another provider makes them."""
    error_text: str | None = None
    """The whole text of the error with which Railpack refuses the finished plan."""

    @property
    def planner(self) -> str | None:
        """The provider, if it plans anything."""
        name = self.provider.value
        return None if needed_file(name, self.app) else name

    @property
    def is_python(self) -> bool:
        return self.provider.value == "python"


def merged_commands(config: Config, step: str, generated: tuple[Command, ...]) -> tuple[Command, ...]:
    """The commands of a step after the configuration (context.go:250)."""
    return spread(config.steps[step].commands, generated) if step in config.steps else generated


def build_packages(config: Config, generated: list[str]) -> list[str]:
    """The system packages of the build: the configured ones are always added to the generated (context.go:303)."""
    own = config.build_apt
    return spread_names(own if own is None or "..." in own else ["...", *own], generated)


def deploy_packages(config: Config, generated: list[str]) -> list[str]:
    """The system packages of the running image: the configured ones replace the generated, but for `...`."""
    return spread_names(config.deploy_apt, generated)


def plan(tree: Project, service: Service, context: PlanContext, settings: RailwaySettings | None = None) -> BuildPlan:
    """What Railpack does with a service. Never raises for anything that the project holds.

    Args:
        tree: the service's root directory, as a view of the project.
        service: the service; its variables with a value are given to Railpack.
        context: the day (which release is in use), variables and so on; `env` wins over the service's variables.
        settings: what Railway passes on.
    """
    settings = settings or RailwaySettings()
    declared = {variable.name: variable.value for variable in service.variables if variable.value is not None}
    app = App(tree, {**declared, **settings.variables, **context.env}, release_on(context.on))
    draft = _draft(app, settings, context)
    python = _forced(draft.decision.choice, context.python)
    install = _steps(draft.install, _install_variables(draft))
    return BuildPlan(
        platform="railway",
        builder="railpack",
        service=service,
        detected=draft.provider,
        python=python,
        package_manager=draft.generated.package_manager,
        manifests=_manifests(draft),
        visible_at_install=visible_at_install(draft.app, draft.config, draft.generated, draft.install),
        install=install,
        build=_build_steps(draft),
        release=Step(settings.pre_deploy.value, settings.pre_deploy.evidence) if settings.pre_deploy else None,
        start=_start(draft),
        processes=(Process("web", draft.start),) if draft.start else (),
        health=_health(settings),
        image=_image(draft, context),
        toolchain=_toolchain(draft),
        variables=("PORT", *_runtime_variables(draft)),
        problems=tuple(draft.problems),
        unknowns=_unknowns(draft, context, settings),
        details=_details(draft),
    )


def _start(draft: _Draft) -> Fact[str | None]:
    if draft.start is None:
        return Fact(None, (Evidence.absent("no start command, no Procfile and no main file"),))
    return Fact(draft.start.value, draft.start.evidence)


def _draft(app: App, settings: RailwaySettings, context: PlanContext) -> _Draft:
    config = read_config(app, settings)
    problems = [
        error(text, f"{where.place or 'The configuration'} cannot be used.", "Correct railpack.json.", where)
        for text, where in config.errors
    ]
    provider = detect(app)
    if config.provider is not None:
        named = provider_named(config.provider.value, app)
        provider = Fact(named, (*config.provider.evidence, rule("provider forces one", "core/core.go#L357")))
    is_python = provider.value == "python"
    generated = generate(app) if is_python else Generated(Fact(None, (*provider.evidence, _NOTHING)), [])
    decision = decide(app, config, context.on, previous=context.previous_python, is_python=is_python)
    start = provider_start(app) if is_python else None
    procfile, refused = procfile_start(app)
    if refused:
        text, where = refused
        problems.append(error(text, f"{where.place} is no YAML map of commands.", "Correct the Procfile.", where))
    # Railway starts the service with its own start command, whatever the image says.
    start = settings.start_command or config.start or procfile or start
    plans_nothing = provider.value is None or needed_file(provider.value, app)
    kept = kept_steps(config, is_python=is_python) if is_python or plans_nothing else None
    draft = _Draft(
        app,
        config,
        provider,
        generated,
        decision,
        merged_commands(config, "install", generated.install) if kept is None or "install" in kept else (),
        merged_commands(config, "build", generated.build) if kept is None or "build" in kept else (),
        start,
        problems,
        kept,
    )
    problems += _validation(draft)
    return draft


def _validation(draft: _Draft) -> list[Problem]:
    """Railpack's own last checks, and what its install step would not find."""
    found = list(unknown_keys(draft.app))
    refused_plan = not_planned(draft.app, draft.provider)
    if refused_plan:
        draft.error_text = refused_plan[0]
        return [*found, refused_plan[1]]
    if not _has_command(draft):
        draft.error_text = no_provider_text(draft.app)
        return [*found, no_provider(draft.app, draft.config.provider)]
    if draft.is_python or draft.config.packages.get("python"):
        # A version that mise does not find ends Railpack before it looks for a start command.
        found += version_problems(draft.app, draft.decision)
    if draft.start is None and starts_nothing(draft.app, draft.planner):
        draft.error_text = no_start_text(draft.app, draft.provider.value)
        found.append(no_start(draft.app, draft.provider.value))
    refused = refused_step(draft.config, draft.kept, is_python=draft.is_python) if draft.kept is not None else None
    if refused:
        draft.error_text, place = refused
        hint = 'Let inputs begin with {"step": "packages:mise"}, with "..." or with an image, without include.'
        found.append(error(refused[0], f"{place.place} gives a step nothing to start from.", hint, place))
    visible = visible_at_install(draft.app, draft.config, draft.generated, draft.install)
    runs_pip = any(isinstance(item, Execute) and "-r requirements.txt" in item.command for item in draft.install)
    if visible is not None and runs_pip:
        found += include_problems(draft.app, visible)
    return found


def _has_command(draft: _Draft) -> bool:
    """Whether any step of the plan has a command; a provider's own plan always does (validate.go:38)."""
    config = draft.config
    if draft.kept is not None and not draft.kept:
        return False
    kept = config.steps if draft.kept is None else draft.kept
    steps = [step.commands for name, step in config.steps.items() if name in kept and name != TOOLS]
    tools = (draft.kept is None or TOOLS in draft.kept) and bool(config.packages or version_files(draft.app))
    return draft.planner is not None or any(steps) or tools or bool(config.build_apt or config.deploy_apt)


def _forced(choice: PythonChoice, version: str | None) -> PythonChoice:
    """The choice where a version was forced with a flag."""
    if version is None:
        return choice
    given = Evidence.given(f"--python {version}")
    inputs = tuple(
        replace(item, use=InputUse.SHADOWED, reason="--python was given") if item.use is InputUse.DECIDES else item
        for item in choice.inputs
    )
    own = VersionInput("--python", version, InputUse.DECIDES, "it was given for this prediction", given)
    return PythonChoice(version, version, "--python", (given,), (own, *inputs))


def visible_at_install(
    app: App, config: Config, generated: Generated, install: tuple[Command, ...]
) -> tuple[str, ...] | None:
    """The files that are there when the install step runs; None where the whole root directory is."""
    inputs = config.steps["install"].inputs if "install" in config.steps else None
    kept = inputs is None or "..." in inputs or {"spread": True} in inputs
    has_local = any(item == "." or (isinstance(item, dict) and item.get("local") is True) for item in inputs or [])
    copies = [command for command in install if isinstance(command, Copy) and not command.image]
    if (generated.install_sees_everything and kept) or has_local or any(copy.is_everything for copy in copies):
        return None
    return tuple(dict.fromkeys([*(copy.source for copy in copies), *version_files(app)]))


def _steps(commands: tuple[Command, ...], variables: dict[str, str]) -> tuple[Step, ...]:
    return tuple(
        Step(command.command, command.evidence, variables) for command in commands if isinstance(command, Execute)
    )


def _build_steps(draft: _Draft) -> tuple[Step, ...]:
    """The build step's commands, then those of steps that only the configuration has."""
    variables = {name: step.variables for name, step in draft.config.steps.items()}
    found = _steps(draft.build, variables.get("build", {}))
    for name in sorted(draft.config.steps):
        if name not in ("install", "build", TOOLS) and (draft.kept is None or name in draft.kept):
            found += _steps(draft.config.steps[name].commands or (), variables[name])
    return found


def _install_variables(draft: _Draft) -> dict[str, str]:
    own = draft.config.steps["install"].variables if "install" in draft.config.steps else {}
    return {**draft.generated.install_variables, **own}


def _runtime_variables(draft: _Draft) -> dict[str, str]:
    release = draft.app.release
    version = {"RAILPACK_VERSION": release.version} if release.flag("version_variable") else {}
    return {**draft.generated.runtime_variables, **draft.config.variables, **version}


def _tools(draft: _Draft) -> list[str]:
    return sorted({*draft.generated.tools, *draft.config.packages})


def _manifests(draft: _Draft) -> tuple[str, ...]:
    if "install" not in draft.config.steps or draft.config.steps["install"].commands is None:
        return draft.generated.manifests
    commands = [command.command for command in draft.install if isinstance(command, Execute)]
    return installed_files(commands, draft.app.tree.has)


def _health(settings: RailwaySettings) -> HealthRule:
    data = _data.load(DATA)["health"]
    none: Fact[str | None] = Fact(
        None, (_data.evidence(data, "without healthcheckPath Railway calls a deployment live once it runs"),)
    )
    return HealthRule(
        path=settings.health_path or none,
        accepted_statuses=(200, 200),
        timeout=settings.health_timeout or int(data["timeout"]),
        host_header=str(data["host"]),
        probes_port=False,
    )


def _image(draft: _Draft, context: PlanContext) -> Image:
    release = draft.app.release
    if draft.config.base_image is not None:
        unknown: Fact[str | None] = Fact(
            None, (Evidence.absent("the C library of an image of one's own is not known"),)
        )
        return Image(Fact(draft.config.base_image.value, draft.config.base_image.evidence), "glibc", unknown)
    text = f"Railpack {release.version} runs services on {release.text('runtime_image')}"
    libc = f"{release.text('runtime_image')} has glibc {release.text('libc_version')}"
    return Image(
        name=Fact(release.text("runtime_image"), (release.evidence("runtime_image", text),)),
        libc="glibc",
        libc_version=Fact(release.text("libc_version"), (release.evidence("libc_version", libc),)),
        arch=context.arch or "x86_64",
    )


def _toolchain(draft: _Draft) -> Toolchain:
    data = _data.load(DATA)["toolchain"]
    image = draft.app.release.text("builder_image")

    def has(what: str, name: str) -> Fact[bool | None]:
        verb = "has" if data[name] else "has no"
        return Fact(bool(data[name]), (_data.evidence(data, f"the builder image (on {image}) {verb} {what}"),))

    libraries = (*data["system_libraries"], *build_packages(draft.config, draft.generated.build_apt))
    return Toolchain(
        c=has("C compiler", "c"),
        rust=has("Rust compiler", "rust"),
        fortran=has("Fortran compiler", "fortran"),
        system_libraries=tuple(dict.fromkeys(libraries)),
    )


def _unknowns(draft: _Draft, context: PlanContext, settings: RailwaySettings) -> tuple[Unknown, ...]:
    release, found = draft.app.release, []
    evidence = release.evidence("version", f"Railpack {release.version} was released on {release.day}")
    reason = "Railway does not publish which release it runs; the newest of the day is taken"
    found.append(Unknown("the release of Railpack", reason, (evidence,)))
    found += [draft.decision.unknown] if draft.decision.unknown else []
    if draft.provider.value not in (None, "python") and draft.decision.choice.version is None:
        found.append(not_predicted("Railpack", draft.provider))
    default_since = str(release.rows["python_default"]["from"])
    follows_default = draft.is_python and draft.decision.choice.requested is None
    if follows_default and context.created and context.created < default_since and not context.previous_python:
        row = {**_data.load(DATA)["previous"]}
        text = "a service whose last build succeeded gives its Python to Railpack, which then keeps to it"
        reason = f"the service is older than the default of {default_since}; its last Python is not known here"
        found.append(Unknown("the Python of the last build", reason, (_data.evidence(row, text),)))
    own = draft.config.start
    if settings.start_command and own and own.value != settings.start_command.value:
        reason = "Railway's start command and railpack.json or RAILPACK_START_CMD differ; Railway's is taken to win"
        found.append(Unknown("the start command", reason, (*settings.start_command.evidence, *own.evidence)))
    return tuple(found)


def _suggestions(draft: _Draft) -> list[str]:
    """What Railpack itself advises (python.go:99)."""
    app = draft.app
    opted = not app.release.flag("playwright_opt_in") or installs_playwright(app)
    if not draft.is_python or opted or not uses_production_dependency(app, "playwright"):
        return []
    return ["Set `RAILPACK_PYTHON_PLAYWRIGHT_INSTALL=1` to install Playwright browsers"]


def _installed(packages: list[str]) -> list[str]:
    """What apt installs: sorted, each once; of the empty name between two blanks the shell sees nothing."""
    return sorted({name for name in packages if name.strip()})


def _details(draft: _Draft) -> dict[str, object]:
    """Further outputs, under Railpack's own names."""
    build_apt = _installed(build_packages(draft.config, draft.generated.build_apt))
    deploy_apt = _installed(deploy_packages(draft.config, draft.generated.deploy_apt))
    copies = [command.source for command in draft.install if isinstance(command, Copy)]
    visible = visible_at_install(draft.app, draft.config, draft.generated, draft.install)
    return {
        "railpack_version": draft.app.release.version,
        "mise_packages": _tools(draft),
        "apt_build": build_apt,
        "apt_runtime": deploy_apt,
        "system_packages": [*build_apt, *deploy_apt],
        "version_files_copied": version_files(draft.app),
        "files_copied_before_install": copies,
        "install_sees_all_files": visible is None,
        "install_variables": _install_variables(draft),
        "runtime_variables": _runtime_variables(draft),
        "requested": draft.decision.requested,
        "fuzzy": draft.decision.fuzzy,
        "mise_queries": list(draft.decision.queries),
        "error_text": draft.error_text,
        "suggestions": _suggestions(draft),
    }
