"""The texts of deployment files: minimal, commented, in the form that each platform reads.

Sources: https://render.com/docs/blueprint-spec, https://devcenter.heroku.com/articles/procfile,
https://devcenter.heroku.com/articles/app-json-schema, https://railpack.com/config/procfile (read 2026-11-20).
Railway's own railway.json is not written: it stops being read on 2026-12-01 (see the check railway-config-deprecated).
In its place is .railway/railway.ts, which Railway's tool applies; the Procfile is what every build reads without it.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

from trueup.initialize.needs import NewService, WantedVariable
from trueup.initialize.processes import NewProcess
from trueup.initialize.railway_code import PATH as RAILWAY_CODE
from trueup.initialize.railway_code import railway_code
from trueup.model.project import Project

_PLAIN = re.compile(r"[A-Za-z0-9_./$][A-Za-z0-9_./$:=@+,()&|<>'\" {}-]*")
_INSTALLS = {
    "pip": "pip install -r requirements.txt",
    "uv": "uv sync --frozen --no-dev",
    "poetry": "poetry install --only main --no-interaction",
    "pdm": "pip install pdm && pdm sync --prod",
    "pipenv": "pip install pipenv && pipenv install --deploy",
    "project": "pip install .",
}
_COLLECT = "python manage.py collectstatic --no-input"
"""Django's command; Render runs none by itself (https://render.com/docs/deploy-django, read 2026-11-20)."""
_RUNS = {"uv": "uv run --no-dev ", "pipenv": "pipenv run ", "pdm": "pdm run "}


def files_for(platform: str, project: Project, services: tuple[NewService, ...], slug: str) -> dict[str, str]:
    """The files of one platform, by path from the project's root.

    Args:
        platform: railway, render or heroku.
        project: what is there already: a Procfile keeps its lines.
        services: what to run.
        slug: a short name for what is made.
    """
    if platform == "render":
        return {"render.yaml": render_blueprint(services, slug)}
    found = {}
    for service in services:
        path = posixpath.join(service.root_dir, "Procfile")
        found[path] = procfile(project, path, service.processes)
    if platform == "railway":
        found[RAILWAY_CODE] = railway_code(services, slug)
    if platform == "heroku":
        variables = {item.name: item for service in services for item in service.all_variables}
        if variables:
            found[posixpath.join(services[0].root_dir, "app.json")] = app_json(slug, variables.values())
    return found


def procfile(project: Project, path: str, processes: Iterable[NewProcess]) -> str:
    """A Procfile with these processes; one that is there keeps its lines and gets those that it lacks."""
    file = project.get(path)
    before = file.text if file is not None and not file.problem else ""
    known = set(re.findall(r"^([A-Za-z0-9_-]+):", before, re.MULTILINE))
    lines = [f"{process.name}: {process.command}" for process in processes if process.name not in known]
    if before:
        return "".join([before if before.endswith("\n") else f"{before}\n", *(f"{line}\n" for line in lines)])
    return "".join(
        f"{line}\n" for line in ("# One process on each line: its name, and the command that starts it.", *lines)
    )


def app_json(name: str, variables: Iterable[WantedVariable]) -> str:
    """Heroku's app.json: variables and add-ons, for review apps and the deploy button."""
    env: dict[str, dict[str, Any]] = {}
    addons = []
    for item in variables:
        if item.source == "postgresql":
            addons.append("heroku-postgresql")
            env[item.name] = {"description": f"Read at {item.place}; the add-on sets DATABASE_URL", "required": False}
        elif item.source == "redis":
            addons.append("heroku-redis")
            env[item.name] = {"description": f"Read at {item.place}; the add-on sets REDIS_URL", "required": False}
        elif item.source == "generated":
            env[item.name] = {"description": f"Read at {item.place}", "generator": "secret"}
        elif item.source == "literal":
            env[item.name] = {"description": f"Read at {item.place}", "value": item.value}
        else:
            env[item.name] = {"description": f"Read at {item.place}", "required": True}
    found: dict[str, Any] = {"name": name, "env": env}
    if addons:
        found["addons"] = list(dict.fromkeys(addons))
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def render_blueprint(services: tuple[NewService, ...], slug: str) -> str:
    """A blueprint with every process as a service of its own, and the data services that they need."""
    every = [item for service in services for item in service.all_variables]
    number = sum(len(service.processes) for service in services)
    shared = {item.name for item in every if item.source == "generated"} if number > 1 else set()
    lines = ["# Made by `trueup init render`. What each key means: https://render.com/docs/blueprint-spec", "services:"]
    for service in services:
        for process in service.processes:
            lines += _render_service(service, process, slug, shared, alone=number == 1)
    if any(item.source == "redis" for item in every):
        lines += [
            "  - type: keyvalue",
            f"    name: {slug}-redis",
            "    ipAllowList: []  # reached from the services of this account alone",
        ]
    if any(item.source == "postgresql" for item in every):
        lines += ["", "databases:", f"  - name: {slug}-db"]
    if shared:
        lines += ["", "envVarGroups:", f"  - name: {slug}-secrets  # the same value for every service", "    envVars:"]
        for name in sorted(shared):
            lines += [f"      - key: {name}", "        generateValue: true"]
    return "\n".join(lines) + "\n"


def _render_service(
    service: NewService, process: NewProcess, slug: str, shared: set[str], *, alone: bool
) -> Iterator[str]:
    yield f"  - type: {process.kind}"
    yield f"    name: {slug}" if alone else f"    name: {slug}-{process.name}"
    yield "    runtime: python"
    if service.root_dir:
        yield f"    rootDir: {_scalar(service.root_dir)}"
    static = f" && {_run(service.manager, _COLLECT)}" if service.collects_static and process.kind == "web" else ""
    yield f"    buildCommand: {_scalar(_INSTALLS[service.manager] + static)}"
    yield f"    startCommand: {_scalar(_run(service.manager, process.command))}"
    if process.kind == "web" and service.health:
        yield f"    healthCheckPath: {_scalar(service.health)}"
    variables = service.variables[process.name]
    if variables:
        yield "    envVars:"
    for item in variables:
        if item.name not in shared:
            place = "".join(character if character.isprintable() else " " for character in item.place)
            yield f"      - key: {item.name}  # {place}"
            yield from (f"        {line}" for line in _value(item, slug))
    if any(item.name in shared for item in variables):
        yield f"      - fromGroup: {slug}-secrets"


def _value(item: WantedVariable, slug: str) -> tuple[str, ...]:
    if item.source == "postgresql":
        return ("fromDatabase:", f"  name: {slug}-db", "  property: connectionString")
    if item.source == "redis":
        return ("fromService:", "  type: keyvalue", f"  name: {slug}-redis", "  property: connectionString")
    if item.source == "generated":
        return ("generateValue: true",)
    if item.source == "literal":
        return (f"value: {json.dumps(item.value)}",)
    return ("sync: false  # asked for in the dashboard",)


def _run(manager: str, command: str) -> str:
    """A command within the environment of the tool that installs."""
    prefix = _RUNS.get(manager, "")
    return command if not prefix or command.split()[:1] == prefix.split()[:1] else f"{prefix}{command}"


def _scalar(text: str) -> str:
    """A text as a YAML scalar: plain where that is safe, else in double quotes."""
    is_plain = _PLAIN.fullmatch(text) and ": " not in text and " #" not in text and not text.endswith((":", " "))
    return text if is_plain else json.dumps(text, ensure_ascii=False)
