"""What a service's settings on Render get wrong, in the words of the platform's own answer."""

from __future__ import annotations

import posixpath
from typing import Any

from trueup.model.evidence import Evidence, Fact
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.project import Project
from trueup.model.service import Service
from trueup.platforms import _data
from trueup.platforms._render_commands import ParsedBuild


def row(name: str) -> dict[str, Any]:
    """A table of the data on Render's native environment."""
    table: dict[str, Any] = _data.load("render_native")[name]
    return table


def rule(name: str) -> Evidence:
    """The text of such a table, as evidence."""
    return _data.evidence(row(name), row(name)["text"])


def setting_text(service: Service, key: str) -> Fact[str | None]:
    """A setting of the service as text; None, with what was looked for, where it is absent or empty."""
    setting = service.setting(key)
    if setting is not None and isinstance(setting.value, str) and setting.value.strip():
        return Fact(setting.value.strip(), setting.evidence)
    return Fact(None, (Evidence.absent(f"{service.name} has no {key}"),))


def from_blueprint(service: Service) -> bool:
    """Whether a line of a blueprint names the service."""
    return any(item.path == "render.yaml" and item.line is not None for item in service.evidence)


def _builder_error(message: str, hint: str, evidence: tuple[Evidence, ...], subject: str, sure: Confidence) -> Problem:
    return Problem("builder-error", Severity.HIGH, sure, message, hint, evidence, subject)


def missing_root(project: Project, service: Service) -> tuple[Problem, ...]:
    """A root directory that the project does not have."""
    root = service.root_dir.value
    if not root or project.whole.has_directory(root) or service.setting("repo"):
        return ()
    return (
        _builder_error(
            f"{service.root_dir.evidence[0].place or service.name} sets the root directory {root}, and the project has "
            "no such folder (upper and lower case count). Render finds nothing to build there, and the build fails.",
            "Correct rootDir, or remove it where the service lies in the repository's root.",
            (*service.root_dir.evidence, Evidence.absent(f"no folder {root}", root)),
            "rootDir",
            Confidence.HIGH,
        ),
    )


def dockerfiles(project: Project, service: Service) -> tuple[str, ...]:
    """Where the Dockerfile of a Docker service may lie, from the project's root: the first that is there, else all.

    The schema measures dockerfilePath from the repository's root; where a root directory is set, some services measure
    it from there.
    """
    named = setting_text(service, "dockerfilePath").value or "Dockerfile"
    places = (posixpath.join(root, named) for root in dict.fromkeys(("", service.root_dir.value)))
    paths = tuple(dict.fromkeys(posixpath.normpath(place).lstrip("/") for place in places))
    return next(((path,) for path in paths if project.whole.has(path)), paths)


def missing_dockerfile(project: Project, service: Service) -> tuple[Problem, ...]:
    """A Docker service whose Dockerfile is not there."""
    paths = dockerfiles(project, service)
    if service.runtime != "docker" or service.setting("repo") or any(map(project.whole.has, paths)):
        return ()
    named = setting_text(service, "dockerfilePath")
    folder = next((path for path in paths if project.whole.has_directory(path)), None)
    place = named.evidence[0].place or f"{service.evidence[0].place or service.name} names no dockerfilePath, so that"
    what = f"{folder}, which is a folder" if folder else f"{' or '.join(paths)}, and the project has no such file"
    return (
        _builder_error(
            f"{place}{' asks' if named.value else ' Render looks'} for the Dockerfile {what}. Render has nothing to "
            f"build {service.name} from, and the build stops.",
            f"Write {folder}/Dockerfile." if folder else "Correct dockerfilePath, or commit the file.",
            (*service.evidence[:1], *named.evidence, *(Evidence.absent(f"no file {path}", path) for path in paths)),
            "dockerfilePath",
            Confidence.HIGH,
        ),
    )


def missing_uv(tree: Project, parsed: ParsedBuild, command: Fact[str | None]) -> tuple[Problem, ...]:
    """Uv where Render does not put it: it needs a uv.lock, unless the build installs uv itself."""
    values = row("uv")["present"]
    for item in parsed.install:
        if any(name.partition("=")[0].strip() == "uv" for name in item.names):
            return ()
        if item.tool == "uv" and not tree.has("uv.lock"):
            break
    else:
        return ()
    return (
        _builder_error(
            f"{command.evidence[0].place or 'The build command'} runs uv, and {tree.in_project('uv.lock')} is not "
            f"there. {values['text']}: the build stops with “uv: command not found”.",
            "Commit a uv.lock, or install with pip.",
            (*command.evidence, _data.evidence(values, values["text"])),
            "uv",
            Confidence.MEDIUM,
        ),
    )


def start_problems(service: Service, start: Fact[str | None]) -> tuple[Problem, ...]:
    """The form's example left as the start command, or a blueprint without one."""
    values = row("start_command")
    if start.value == values["placeholder"]:
        lines = row("lines")
        return (
            _builder_error(
                f"{start.evidence[0].place or service.name}: the start command is `{start.value}`, the example that "
                f"Render's form shows. The start fails with “{lines['placeholder_missing']}”, or, without an "
                f"installed gunicorn, with “{lines['gunicorn_missing']}” and status 127.",
                "Name your own module and application object, such as `gunicorn app:app`.",
                (*start.evidence, _data.evidence(values, values["text"])),
                "startCommand",
                Confidence.HIGH,
            ),
        )
    if start.value or not from_blueprint(service):
        return ()
    problem = Problem(
        rule="no-start-command",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,  # a service that was made by hand has one in the dashboard
        message=f"{service.evidence[0].place} gives {service.name} no startCommand. Render infers none for Python, and "
        f"its sync has refused such a blueprint with “{values['missing']}”: the service is not made.",
        hint="Add startCommand, such as `uvicorn main:app --host 0.0.0.0 --port $PORT`.",
        evidence=(*service.evidence, _data.evidence(values, values["text"])),
        subject=service.name,
    )
    return (problem,)


def release_problems(service: Service) -> tuple[Problem, ...]:
    """A pre-deploy command on the plan that has none."""
    plan, command = service.setting("plan"), setting_text(service, "preDeployCommand")
    if command.value is None or plan is None or plan.value != "free":
        return ()
    problem = Problem(
        rule="builder-error",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        message=f"{command.evidence[0].place} gives {service.name} a preDeployCommand on the free plan. "
        f"{row('pre_deploy')['text']}: the command does not run, or the blueprint is refused.",
        hint="Run it in the build command, or choose a paid plan.",
        evidence=(*command.evidence, *plan.evidence, rule("pre_deploy")),
        subject="preDeployCommand",
    )
    return (problem,)
