"""The lines that Render's log will show for a service, and where its server will listen."""

from __future__ import annotations

from typing import Any

from trueup.model.evidence import Fact
from trueup.model.plan import PlanContext
from trueup.model.service import Service
from trueup.platforms import _data
from trueup.platforms._render_port import Listening, listening, port_of
from trueup.platforms._render_python import PythonOutcome
from trueup.platforms._render_releases import log_line


def tool_version(tool: str, service: Service, context: PlanContext) -> tuple[str | None, bool]:
    """The version of poetry or uv, and whether a variable sets it; None where no source says it.

    Sources: https://render.com/docs/poetry-version and https://render.com/docs/uv-version (read 2026-11-20).
    """
    name = f"{tool.upper()}_VERSION"
    if name in context.env:
        return context.env[name], True
    for variable in service.variables:
        if variable.name == name:
            return variable.value, True
    row = _data.row_on(_data.load("render_native")[tool]["defaults"], context.created or context.on)
    return (row["version"] or None if row else None), False


def log_details(
    service: Service, context: PlanContext, python: PythonOutcome, build: Fact[str | None], start: Fact[str | None]
) -> dict[str, object]:
    """Details of a plan: `log_line` (the version), `log_lines` (in order), `errors`, `port`, `binds` and more."""
    variables = {**{item.name: item.value for item in service.variables}, **context.env}
    found = listening(start.value, variables) if start.value else None
    port = port_of(variables) if service.kind in ("web", "private") else None
    poetry, given = tool_version("poetry", service, context)
    data = _data.load("render_native")
    lines = list(python.lines)
    if not python.errors:
        if poetry:
            lines.append(log_line("poetry_variable" if given else "poetry_default", version=poetry))
        lines += _later_lines(service, context, build, start, found, port)
    return {
        "log_line": python.lines[0] if python.lines and not python.errors else None,
        "log_lines": tuple(lines),
        "errors": python.errors,
        "failure_lines": _failure_lines(service, start, found),
        "failure_patterns": dict(data["patterns"]),
        "port": port,
        "binds": found.binds if found else None,
        "server": found.server if found else None,
        "reserved_ports": tuple(data["port"]["reserved"]),
        "poetry_version": poetry,
        "uv_version": tool_version("uv", service, context)[0],
        "memory_mib": _memory(service),
    }


def _later_lines(
    service: Service,
    context: PlanContext,
    build: Fact[str | None],
    start: Fact[str | None],
    found: Listening | None,
    port: int | None,
) -> list[str]:
    """The lines after the versions, of a build and a start that succeed as far as the port decides it."""
    lines = [log_line("build", command=build.value)] if build.value else []
    lines += [log_line("build_successful"), log_line("deploying")]
    memory = _memory(service)
    small = memory is not None and memory <= _data.load("render_native")["memory"]["starter"]
    if small and (context.created or context.on) >= _data.load("render_native")["web_concurrency"]["from"]:
        lines.append(log_line("web_concurrency"))
    lines += [log_line("start", command=start.value)] if start.value else []
    if found and service.kind == "web":
        lines += (
            [log_line("live"), log_line("port_detected", port=port)] if found.reachable else [log_line("no_open_port")]
        )
    return lines


def _failure_lines(service: Service, start: Fact[str | None], found: Listening | None) -> dict[str, str]:
    """The lines with which a start of this service can end, by what is wrong."""
    lines = {"exited": log_line("exited"), "exited-early": log_line("exited_early")}
    memory = _memory(service)
    if memory is not None:
        lines["out-of-memory"] = log_line("out_of_memory", memory=memory)
    if start.value == _data.load("render_native")["start_command"]["placeholder"]:
        lines["module-not-found"] = log_line("placeholder_missing")
        lines["command-not-found"] = log_line("gunicorn_missing")
    if service.kind == "web" and (found is None or not found.reachable):
        lines["no-open-port"] = log_line("port_timeout")
        lines["timed-out"] = log_line("timed_out")
    return lines


def _memory(service: Service) -> int | None:
    """MiB of memory by the service's plan (the default one where none is set); None where no source says it."""
    row: dict[str, Any] = _data.load("render_native")["memory"]
    plan = service.setting("plan")
    name = row["default"] if plan is None else plan.value
    found = row.get(name) if isinstance(name, str) else None
    return found if isinstance(found, int) else None
