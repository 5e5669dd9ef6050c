"""Railway: its services, which of its builders builds them on a day, and what its own configuration file changes.

Sources: railwayapp/docs@c2a634f1 (2026-08-21) and its history (06878d14, 2025-09-16: Railpack becomes the default),
read 2026-11-20; the builders cite theirs.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from trueup.manifests import dockerfile
from trueup.manifests._railway_code import DeclaredService
from trueup.manifests.nixpacks_toml import load_nixpacks
from trueup.manifests.procfile import process_types
from trueup.model.evidence import Evidence, Fact, Unknown
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.plan import BuildPlan, PlanContext, Step
from trueup.model.project import Project, SourceFile
from trueup.model.service import Service
from trueup.platforms import _data
from trueup.platforms._railway_config import INFRASTRUCTURE, RailwayConfig, declared_here, read_config
from trueup.platforms._railway_roots import railway_roots
from trueup.platforms.builders import nixpacks, railpack
from trueup.platforms.builders._nixpacks_config import unknown_keys
from trueup.platforms.builders._railway_health import railway_health
from trueup.platforms.builders._railway_settings import RailwaySettings

BUILDERS = {"NIXPACKS": "nixpacks", "RAILPACK": "railpack"}
_FILES = ("railway.toml", "railway.json", "nixpacks.toml", "nixpacks.json", "railpack.json")
_FOREIGN = {"railpack": ("nixpacks.toml", "nixpacks.json"), "nixpacks": ("railpack.json",)}
_TITLES = {"railpack": "Railpack", "nixpacks": "Nixpacks"}
_RESOLVED = (
    ("build", "nixpacksPlan"),
    ("build", "nixpacksVersion"),
    ("build", "railpackVersion"),
    ("build", "watchPatterns"),
    ("deploy", "cronSchedule"),
    ("deploy", "numReplicas"),
    ("deploy", "restartPolicyType"),
    ("deploy", "restartPolicyMaxRetries"),
    ("deploy", "requiredMountPath"),
)


@dataclass(frozen=True, slots=True)
class Railway:
    """The Railway plug-in."""

    id: str = "railway"
    title: str = "Railway"

    def signs(self, project: Project) -> tuple[Evidence, ...]:
        """railway.json, railway.toml, .railway/railway.*, and the configuration files of its builders."""
        found = []
        for path in sorted(project.listing):
            if path.rpartition("/")[2] in _FILES or path.endswith(INFRASTRUCTURE):
                file = project.get(path)
                found.append(file.evidence(1) if file else Evidence.found(project.in_project(path), None, path))
        return tuple(found)

    def services(self, project: Project, context: PlanContext) -> tuple[Service, ...]:
        """One service for every root directory, given or inferred; named web where there is one, else by its folder."""
        roots = railway_roots(project, context)
        taken: set[str] = set()
        found = []
        for root in roots:
            declared = _declared(project, root.value)
            taken |= {item.name for _, item in declared}
            found += [_declared_service(project, root, file, item, context) for file, item in declared]
            if declared:
                continue
            name = "web" if len(roots) == 1 else root.value.rpartition("/")[2]
            if name in taken:
                name = root.value.replace("/", "-")
            taken.add(name)
            config = _config(project, root.value, context)
            kind = _kind(project.subtree(root.value), config)
            found.append(Service(name, kind, root, root.evidence, settings=_settings(config)))
        return tuple(found)

    def builders(self, project: Project, service: Service, context: PlanContext) -> tuple[str, ...]:
        """Both builders, the one used on the day first; Nixpacks alone before Railpack existed."""
        chosen = builder_choice(project, service.root_dir.value, context, service.name)
        first = BUILDERS.get(chosen.value, _default_builder(context).value)
        there = [name for name in ("railpack", "nixpacks") if _exists(name, context)]
        return tuple(sorted(there, key=lambda name: name != first))

    def plan(self, project: Project, service: Service, builder: str, context: PlanContext) -> BuildPlan:
        """The builder's plan with Railway's settings, health check, variables and errors."""
        root = service.root_dir.value
        tree = project.subtree(root)
        config = _config(project, root, context, service.name)
        settings = railway_settings(config, context)
        make = nixpacks.plan if builder == "nixpacks" else railpack.plan
        plan = _as_it_holds(make(tree, service, context, settings), project, service, config, context)
        pre_deploy = settings.pre_deploy
        variables = {variable.name: variable.value or "" for variable in service.variables} | context.env
        return replace(
            plan,
            platform=self.id,
            builder=builder,
            health=railway_health(service, settings, variables),
            release=None if pre_deploy is None else Step(pre_deploy.value, pre_deploy.evidence),
            variables=tuple(_data.load("railway")["runtime_variables"]["names"]),
            problems=(
                *plan.problems,
                *config.problems,
                *_missing_dockerfile(project, root, config, context),
                *_dockerfile_problems(project, root, config, context),
                *_foreign_files(tree, builder),
            ),
            unknowns=(*plan.unknowns, *config.unknowns, *_unknowns(project, service, config, context)),
        )


def _as_it_holds(
    plan: BuildPlan, project: Project, service: Service, config: RailwayConfig, context: PlanContext
) -> BuildPlan:
    """A builder's plan, its problems with less confidence where Railway builds the service otherwise."""
    if not any(unknown.essential for unknown in _unknowns(project, service, config, context)):
        return plan
    condition = (
        "Railway does not build this service with it, but with its Dockerfile or the builder that its file names."
    )
    return replace(plan, problems=tuple(problem.only_if(condition) for problem in plan.problems))


def _config(project: Project, root: str, context: PlanContext, service: str | None = None) -> RailwayConfig:
    """The configuration for the environment that RAILWAY_ENVIRONMENT_NAME names, else for production."""
    name = context.env.get("RAILWAY_ENVIRONMENT_NAME", "production")
    config = read_config(project, root, context, environment=name, is_ephemeral=name.startswith("pr-"))
    for file, item in _declared(project, root):
        if service in (None, item.name):
            return replace(config, declared=item, code=file)
    return config


def _declared(project: Project, root: str) -> list[tuple[SourceFile, DeclaredService]]:
    """The services of .railway/railway.* with this root directory."""
    return [(file, item) for file, item in declared_here(project) if item.root_dir == root]


def _declared_service(
    project: Project, root: Fact[str], file: SourceFile, item: DeclaredService, context: PlanContext
) -> Service:
    """A service that the code declares: beside one with a health check, one without takes no requests."""
    config = _config(project, root.value, context, item.name)
    health = ("deploy", "healthcheckPath")
    kind = _kind(project.subtree(root.value), config)
    if kind != "cron":
        others = [other for _, other in _declared(project, root.value) if health in other.values]
        kind = "web" if health in item.values else "worker" if others else kind
    return Service(item.name, kind, root, (file.evidence(item.line),), settings=_settings(config))


def _settings(config: RailwayConfig) -> dict[str, Fact[object]]:
    return {
        f"{section}.{key}": value for section, key in _RESOLVED if (value := config.value(section, key)) is not None
    }


def railway_settings(config: RailwayConfig, context: PlanContext) -> RailwaySettings:
    """What the configuration file tells the builder; its values outrank those of the dashboard."""
    variables = dict(context.env)
    configuration = config.text("build", "nixpacksConfigPath")
    if configuration is not None:
        variables["NIXPACKS_CONFIG_FILE"] = configuration.value
    timeout = config.value("deploy", "healthcheckTimeout")
    seconds = None if timeout is None else timeout.value
    path = config.text("deploy", "healthcheckPath")
    health: Fact[str | None] | None = None if path is None else Fact(path.value, path.evidence)
    return RailwaySettings(
        start_command=config.text("deploy", "startCommand"),
        build_command=config.text("build", "buildCommand"),
        pre_deploy=_pre_deploy(config),
        health_path=health,
        health_timeout=_whole_seconds(seconds),
        variables=variables,
    )


def _whole_seconds(value: object) -> int | None:
    """A number of seconds; None for anything else, also for what only looks like one (true, 1e999)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e9:
        return None
    return int(value)


def _pre_deploy(config: RailwayConfig) -> Fact[str] | None:
    """preDeployCommand, a text or an array of one."""
    found = config.value("deploy", "preDeployCommand")
    if found is None:
        return None
    commands = found.value if isinstance(found.value, list) else [found.value]
    texts = [command for command in commands if isinstance(command, str) and command]
    return Fact(" && ".join(texts), found.evidence) if texts else None


def builder_choice(project: Project, root: str, context: PlanContext, service: str | None = None) -> Fact[str]:
    """Railway's own name of the builder: DOCKERFILE where a Dockerfile is there, else what the file says, else by date.

    A Dockerfile is looked for in the root directory, under `build.dockerfilePath`, or under RAILWAY_DOCKERFILE_PATH.
    """
    config = _config(project, root, context, service)
    found = _dockerfile(project, root, config, context)
    if found is not None:
        return Fact("DOCKERFILE", (found, _data.evidence(*_row("dockerfile"))))
    named = config.text("build", "builder")
    if named is not None:
        return Fact(named.value.upper(), named.evidence)
    default = _default_builder(context)
    return Fact(default.value.upper(), default.evidence)


def _row(name: str) -> tuple[dict[str, str], str]:
    row = _data.load("railway")[name]
    return row, row["text"]


def _dockerfile(project: Project, root: str, config: RailwayConfig, context: PlanContext) -> Evidence | None:
    tree = project.subtree(root)
    named = config.text("build", "dockerfilePath")
    given = context.env.get("RAILWAY_DOCKERFILE_PATH")
    for path in (named.value if named else None, given, "Dockerfile"):
        if path and tree.has(path.strip("/").removeprefix("./")):
            file = tree.get(path.strip("/").removeprefix("./"))
            return file.evidence(1) if file else Evidence.found(tree.in_project(path), None, path)
    return None


def _missing_dockerfile(project: Project, root: str, config: RailwayConfig, context: PlanContext) -> Iterator[Problem]:
    """A Dockerfile that the configuration or a variable names, and that lies nowhere in what Railway takes."""
    named = config.text("build", "dockerfilePath")
    given = context.env.get("RAILWAY_DOCKERFILE_PATH")
    if named is None and not given:
        return
    value = named.value if named is not None else given or ""
    inner = posixpath.normpath(value.replace("\\", "/").strip("/") or ".")
    outer = posixpath.normpath(posixpath.join(root, inner))
    if "$" in value or project.subtree(root).has(inner) or project.has(inner) or project.has(outer):
        return
    evidence = named.evidence if named is not None else (Evidence.given(f"RAILWAY_DOCKERFILE_PATH={value}"),)
    leaves = outer.startswith("..")
    where = "which lies outside of the repository" if leaves else "and no such file is there"
    row = _data.load("railway")["dockerfile_path"]
    yield Problem(
        rule="builder-error",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH if leaves else Confidence.MEDIUM,
        message=f"{evidence[0].place or 'RAILWAY_DOCKERFILE_PATH'} names the Dockerfile {value}, {where}. Railway "
        "looks for it in what it took from the repository, and the build stops there.",
        hint="Name a Dockerfile in the repository, from the service's root directory; or remove the setting, and the "
        "builder makes the image.",
        evidence=(*evidence, _data.evidence(row, row["text"])),
        subject="dockerfilePath",
    )


def _dockerfile_problems(
    project: Project, root: str, config: RailwayConfig, context: PlanContext
) -> tuple[Problem, ...]:
    """What stops the build of the Dockerfile that Railway takes, as far as its own text shows it."""
    found = _dockerfile(project, root, config, context)
    file = project.whole.get(found.path or "") if found is not None else None
    return dockerfile.parse(file).problems if file is not None else ()


def _default_builder(context: PlanContext) -> Fact[str]:
    """The builder by the day of the service's creation; by the day asked about where that is not known."""
    rows = _data.load("railway")["default_builders"]
    row = _data.row_on(rows, context.created or context.on) or rows[0]
    return Fact(row["builder"], (_data.evidence(row, row["text"]),))


def _exists(builder: str, context: PlanContext) -> bool:
    first_days = _data.load("railway")["first_days"]
    return builder not in first_days or bool(first_days[builder]["from"] <= context.on)


def _kind(tree: Project, config: RailwayConfig) -> str:
    """Cron where the file has a schedule; worker where a Procfile names a worker and no web process; else web."""
    if config.text("deploy", "cronSchedule") is not None:
        return "cron"
    procfile = tree.get("Procfile")
    names = {process.name for process in process_types(procfile)} if procfile else set()
    return "worker" if "worker" in names and "web" not in names else "web"


def _foreign_files(tree: Project, builder: str) -> Iterator[Problem]:
    """Configuration of the other builder, which this one does not read; and what nobody reads in it."""
    other = "nixpacks" if builder == "railpack" else "railpack"
    for name in _FOREIGN[builder]:
        file = tree.get(name)
        if file is None:
            continue
        title, other_title = _TITLES[builder], _TITLES[other]
        rows = _data.load("railway")["default_builders"]
        yield Problem(
            rule="unknown-configuration-key",
            severity=Severity.MEDIUM,
            confidence=Confidence.HIGH,
            message=(
                f"{file.path} configures {other_title}. {title} does not read it, so its packages, commands, variables "
                "and start command have no effect here."
            ),
            hint=_foreign_hint(builder),
            evidence=(file.evidence(1), _data.evidence(rows[-1], f"{title} and {other_title} have their own files")),
            subject=file.path,
            brief=f"configures {other_title}; {title} does not read it",
        )
        document = load_nixpacks(file)
        if other == "nixpacks" and document.problem is None and isinstance(document.value, dict):
            yield from unknown_keys(document)


def _foreign_hint(builder: str) -> str:
    if builder == "railpack":
        return (
            "Move what you need into railpack.json, a Procfile and .python-version (RAILPACK_* variables work too), "
            "and delete the file once no service uses Nixpacks."
        )
    return "Move what you need into nixpacks.toml, or change the service's builder to Railpack."


def _unknowns(project: Project, service: Service, config: RailwayConfig, context: PlanContext) -> Iterator[Unknown]:
    root = service.root_dir.value
    own = _dockerfile(project, root, config, context)
    if own is not None:
        reason = "Railway builds this service with its Dockerfile, which is not predicted; this is the plan without it"
        yield Unknown("Dockerfile", reason, (own, _data.evidence(*_row("dockerfile"))), essential=True)
    named = config.text("build", "builder")
    if own is None and named is not None and named.value.upper() not in BUILDERS:
        reason = f"the file asks for the builder {named.value}, which is not predicted"
        yield Unknown("builder", reason, named.evidence, essential=True)
    if own is None and named is None and context.created is None:
        text = "the day on which the service was created decides its builder, and it is not given (--created)"
        yield Unknown("builder", text, _default_builder(context).evidence)
    yield from _unread_code(project, config)


def _unread_code(project: Project, config: RailwayConfig) -> Iterator[Unknown]:
    """What of the settings as code is not known: whether it was applied, and what is no literal in it."""
    for path in INFRASTRUCTURE:
        if not project.has(path):
            continue
        if config.declared is None or config.code is None:
            reason = f"{path} holds the service's settings as code, which is not run"
            yield Unknown("infrastructure as code", reason, (Evidence.found(path, 1, path),))
            continue
        evidence = config.code.evidence(config.declared.line)
        applied = (
            "its settings are taken as written; whether `railway config apply` was run with them is not to be seen"
        )
        yield Unknown("infrastructure as code", f"{path} declares {config.declared.name}: {applied}", (evidence,))
        for name, line in config.declared.unread:
            reason = f"{path}:{line} decides {name} when it is run, and it is not run"
            yield Unknown("infrastructure as code", reason, (config.code.evidence(line),))


PLATFORM = Railway()
