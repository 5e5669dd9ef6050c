"""Render's native Python environment: what it does with one service.

Render is closed: every statement rests on its documentation, its published blueprint schema or public build logs (rows
of platforms/data/render_native.toml, each with its source), and what they leave open is `Unknown`, with the reason.
"""

from __future__ import annotations

import posixpath

from trueup.model.evidence import Evidence, Fact, Unknown
from trueup.model.plan import BuildPlan, HealthRule, Image, PlanContext, Process, PythonChoice, Step, Toolchain
from trueup.model.project import Project
from trueup.model.service import Service
from trueup.platforms import _data
from trueup.platforms._render_commands import InstallCommand, ParsedBuild, parse_build
from trueup.platforms._render_log import log_details
from trueup.platforms._render_problems import (
    from_blueprint,
    missing_dockerfile,
    missing_root,
    missing_uv,
    release_problems,
    row,
    rule,
    setting_text,
    start_problems,
)
from trueup.platforms._render_python import PythonOutcome, choose_python

ID = "render-native"
PLATFORM_ID = "render"
PROBED = ("web", "private")
"""Kinds of services on which Render looks for an open port."""


def is_python(service: Service) -> bool:
    """Whether Render's native Python environment builds a service; one that names no runtime may be one."""
    return service.kind != "static" and (service.runtime is None or service.runtime.startswith("python"))


def plan_native(project: Project, service: Service, context: PlanContext) -> BuildPlan:
    """What Render does with a native Python service.

    Args:
        project: the whole project.
        service: one service, from a blueprint or inferred.
        context: the day, the creation day, and given variables.
    """
    tree = project.subtree(service.root_dir.value)
    python = choose_python(project, service, context)
    build_command, assumed = _build_command(tree, service)
    parsed = parse_build(build_command.value, tree) if build_command.value else ParsedBuild()
    start = setting_text(service, "startCommand")
    return BuildPlan(
        platform=PLATFORM_ID,
        builder=ID,
        service=service,
        detected=Fact("python", _runtime_evidence(service)),
        python=python.choice,
        package_manager=_package_manager(parsed, build_command),
        manifests=_manifests(project, service, parsed),
        install=tuple(Step(item.text, build_command.evidence) for item in parsed.install),
        build=tuple(Step(item, build_command.evidence) for item in parsed.build),
        release=_release(service),
        start=start,
        processes=_processes(service, start),
        health=_health(service),
        image=_image(),
        toolchain=_toolchain(),
        variables=tuple(row("variables")["names"]),
        problems=(
            *python.problems,
            *missing_root(project, service),
            *missing_uv(tree, parsed, build_command),
            *start_problems(service, start),
            *release_problems(service),
        ),
        unknowns=(*python.unknowns, *_unknowns(service, parsed, build_command, start, assumed)),
        details=_details(service, context, python, parsed, build_command, start, assumed),
    )


def plan_other(project: Project, service: Service) -> BuildPlan:
    """The plan of a service that Render builds otherwise (Docker, Node, a static site …): told, not predicted."""
    what = "a static site" if service.kind == "static" else f"a service with `runtime: {service.runtime}`"
    by = {"docker": "the Dockerfile", "image": "the image"}.get(service.runtime or "", "its own toolchain")
    reason = f"{service.name} is {what}: {by} decides what is installed and run, and trueup does not predict that."
    evidence = _runtime_evidence(service)
    build = setting_text(service, "buildCommand")
    start = setting_text(service, "dockerCommand" if service.runtime == "docker" else "startCommand")
    tree = project.subtree(service.root_dir.value)
    parsed = parse_build(build.value, tree) if build.value else ParsedBuild()
    commands = (*(item.text for item in parsed.install), *parsed.build)
    return BuildPlan(
        platform=PLATFORM_ID,
        builder=ID,
        service=service,
        detected=Fact(service.runtime or service.kind, evidence),
        python=PythonChoice(None, None, "not predicted", evidence),
        package_manager=Fact(None, evidence),
        build=tuple(Step(command, build.evidence) for command in commands),
        release=_release(service),
        start=start,
        processes=_processes(service, start),
        health=_health(service),
        image=_image(),
        toolchain=_toolchain(),
        variables=tuple(name for name in row("variables")["names"] if name.startswith(("RENDER", "PORT", "IS_"))),
        problems=(*missing_root(project, service), *missing_dockerfile(project, service)),
        unknowns=(Unknown("build", reason, evidence, essential=True),),
        details={"build_command": build.value, "predicted": False},
    )


def _runtime_evidence(service: Service) -> tuple[Evidence, ...]:
    return tuple(reversed(service.evidence)) if service.runtime else service.evidence


def _build_command(tree: Project, service: Service) -> tuple[Fact[str | None], str]:
    """The build command; where none is given, the one that the project's files suggest, and why it is assumed."""
    given = setting_text(service, "buildCommand")
    if given.value:
        return given, ""
    suggestions = (
        ("requirements.txt", "pip install -r requirements.txt"),
        ("uv.lock", "uv sync --frozen"),
        ("poetry.lock", "poetry install"),
        ("Pipfile.lock", "pipenv install --deploy"),
    )
    setting = service.setting("buildCommand")
    said = f"no file says the build command of {service.name}"
    if setting is not None and setting.value in ("", None):
        said = f"{setting.evidence[0].place} leaves the build command of {service.name} empty; whether Render then "
        said += "runs nothing, so that nothing is installed, is not published"
    for name, command in suggestions:
        if tree.has(name):
            path = tree.in_project(name)
            reason = f"{said}. {row('build_command')['text']}. {path} is there, so `{command}` is assumed."
            return Fact(command, (*given.evidence, Evidence.found(path, None, name), rule("build_command"))), reason
    reason = f"{said}, and no requirements or lockfile suggests one."
    return Fact(None, (*given.evidence, rule("build_command"))), reason


def _package_manager(parsed: ParsedBuild, command: Fact[str | None]) -> Fact[str | None]:
    reading = [item.tool for item in parsed.install if item.files]
    named = reading or [item.tool for item in parsed.install]
    return Fact(named[-1] if named else None, command.evidence)


def _manifests(project: Project, service: Service, parsed: ParsedBuild) -> tuple[str, ...]:
    """The files that the install steps read and that are there, relative to the root directory.

    Files that are named and are not there are told where the requirements are read.
    """
    files = tuple(dict.fromkeys(path for item in parsed.install for path in item.files))
    root = service.root_dir.value
    return tuple(path for path in files if project.whole.has(posixpath.normpath(posixpath.join(root, path))))


def _release(service: Service) -> Step | None:
    command = setting_text(service, "preDeployCommand")
    return Step(command.value, (*command.evidence, rule("pre_deploy"))) if command.value else None


def _processes(service: Service, start: Fact[str | None]) -> tuple[Process, ...]:
    return (Process(service.kind, Fact(start.value, start.evidence)),) if start.value else ()


# -- the platform


def _health(service: Service) -> HealthRule:
    values = row("health")
    path = setting_text(service, "healthCheckPath")
    domains = service.setting("domains") or service.setting("domain")
    first = (
        domains.value[0] if domains and isinstance(domains.value, list) and domains.value else domains and domains.value
    )
    probed = service.kind in PROBED
    return HealthRule(
        path=Fact(path.value, (*path.evidence, rule("health"))) if service.kind == "web" else Fact(None, path.evidence),
        accepted_statuses=(values["first_status"], values["last_status"]),
        timeout=values["deploy_window_seconds"] if probed else None,
        host_header=first if isinstance(first, str) else None,
        probes_port=probed,
    )


def _image() -> Image:
    values = row("image")
    evidence = (_data.evidence(values, values["text"]),)
    return Image(Fact(values["name"], evidence), values["libc"], Fact(values["libc_version"], evidence))


def _toolchain() -> Toolchain:
    rows = row("toolchain")

    def fact(name: str, value: bool | None) -> Fact[bool | None]:
        return Fact(value, (_data.evidence(rows[name], rows[name]["text"]),))

    return Toolchain(
        c=fact("c", True), rust=fact("rust", False), fortran=fact("fortran", None), rust_note=rows["rust"]["text"]
    )


# -- what stays open


def _unknowns(
    service: Service, parsed: ParsedBuild, command: Fact[str | None], start: Fact[str | None], assumed: str
) -> tuple[Unknown, ...]:
    found = []
    if assumed:
        found.append(Unknown("build command", assumed, command.evidence, essential=command.value is None))
    for script in parsed.unread:
        reason = f"the build runs {script}, which trueup did not read: what it installs is not known."
        found.append(Unknown("build command", reason, command.evidence, essential=True))
    if parsed.problem:
        found.append(
            Unknown(
                "build command",
                f"the build command was not parsed: {parsed.problem}.",
                command.evidence,
                essential=True,
            )
        )
    if start.value is None:
        reason = f"no file says the start command of {service.name}. {row('start_command')['text']}."
        found.append(Unknown("start command", reason, (*start.evidence, rule("start_command"))))
    if service.runtime is None and from_blueprint(service):
        reason = f"{service.name} names no runtime; Python is assumed."
        found.append(Unknown("runtime", reason, service.evidence))
    if any(path.startswith("../") for item in parsed.install for path in item.files):
        values = row("root_directory")
        reason = f"the build reads files outside the root directory. {values['text']}; Render's own pages differ."
        found.append(Unknown("root directory", reason, (*command.evidence, _data.evidence(values, values["text"]))))
    image = _image().libc_version
    reason = f"{image.evidence[0].text}. Wheels for manylinux_2_35 and later may not fit."
    return (*found, Unknown("glibc", reason, image.evidence))


def _details(
    service: Service,
    context: PlanContext,
    python: PythonOutcome,
    parsed: ParsedBuild,
    command: Fact[str | None],
    start: Fact[str | None],
    assumed: str,
) -> dict[str, object]:
    install: tuple[InstallCommand, ...] = parsed.install
    timeouts = row("timeouts")
    return {
        "build_command": command.value,
        "build_command_assumed": bool(assumed),
        "install_flags": tuple(dict.fromkeys(flag for item in install for flag in item.flags)),
        "command_line_requirements": tuple(name for item in install for name in item.names),
        "timeouts": {key: value for key, value in timeouts.items() if key.endswith("_minutes")},
        "health_request_timeout": row("health")["request_timeout_seconds"],
        **log_details(service, context, python, command, start),
    }
