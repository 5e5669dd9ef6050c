"""Which processes a service has: those that files state, and those that the applications in the code ask for.

Start commands by each server's own reference, cited in sourcecode/data/servers.toml; Django's by
https://docs.djangoproject.com/en/stable/howto/deployment/wsgi/gunicorn/ (read 2026-11-20).
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from trueup.model.evidence import Evidence, Fact
from trueup.pipeline import Prediction
from trueup.sourcecode import CodeFacts
from trueup.sourcecode.applications import Application
from trueup.sourcecode.codebase import Presence
from trueup.sourcecode.commands import parse_start

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_ASGI = (
    ("uvicorn", "uvicorn {target} --host 0.0.0.0 --port $PORT"),
    ("hypercorn", "hypercorn {target} --bind 0.0.0.0:$PORT"),
    ("granian", "granian --interface asgi {target} --host 0.0.0.0 --port $PORT"),
    ("daphne", "daphne -b 0.0.0.0 -p $PORT {target}"),
)
_WSGI = (
    ("gunicorn", "gunicorn {target} --bind 0.0.0.0:$PORT"),
    ("waitress", "waitress-serve --host 0.0.0.0 --port $PORT {target}"),
)
_STATE_COMMANDS = frozenset(
    {
        *("Procfile", "railway.json", "railway.toml", "nixpacks.toml", "railpack.json", "render.yaml", "render.yml"),
        *("heroku.yml", "project.toml"),
    }
)
"""The files in which people state start commands; what builders make up from other files is not taken over."""
_ENTRIES = ("app", "main", "wsgi", "asgi", "server", "application", "run")
_OF_A_BUILDER = ("/opt/venv", "bin/activate", "/app/.venv")


@dataclass(frozen=True, slots=True)
class NewProcess:
    """A process to be started: `kind` is web or worker; `evidence` the line that it comes from."""

    name: str
    kind: str
    command: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Missing:
    """A server that a process needs and nothing installs."""

    distribution: str
    evidence: Evidence


def processes_of(
    root_dir: str, facts: CodeFacts, stated_by: Iterable[Prediction], installed: frozenset[str]
) -> tuple[tuple[NewProcess, ...], tuple[Missing, ...]]:
    """The processes of the services of one root directory, web first.

    Args:
        root_dir: the root directory.
        facts: its code, without a start command.
        stated_by: plans of any platform whose files may state commands.
        installed: the names of what is installed.
    """
    found = {process.name: process for process in _stated(root_dir, stated_by)}
    applications = [item for item in facts.applications if _is_importable(item)]
    missing: list[Missing] = []
    if not any(process.kind == "web" for process in found.values()):
        web = _web(facts, applications, installed)
        if isinstance(web, tuple):
            found["web"] = web[0]
            missing += web[1]
    for process in (*_celery(applications, found.values()), *_bots(applications, found.values())):
        found.setdefault(process.name, process)
    ordered = sorted(found.values(), key=lambda process: process.kind != "web")
    return tuple(ordered), tuple(missing)


def _stated(root_dir: str, predictions: Iterable[Prediction]) -> Iterator[NewProcess]:
    """Every command that a file of the project states for this root directory."""
    seen: set[str] = set()
    names: set[str] = set()
    for prediction in predictions:
        plan = prediction.plan
        if plan.service.root_dir.value != root_dir or plan.service.runtime not in (None, "python"):
            continue
        commands = [(process.name, process.command) for process in plan.processes]
        if plan.start.value is not None:
            commands.append((plan.service.name, Fact(plan.start.value, plan.start.evidence)))
        for name, command in commands:
            text = command.value.strip()
            place = command.evidence[0]
            is_stated = posixpath.basename(place.path or "") in _STATE_COMMANDS
            if not is_stated or text in seen or any(word in text for word in _OF_A_BUILDER) or name == "release":
                continue
            seen.add(text)
            kind = plan.service.kind if plan.service.kind in ("web", "worker") else "worker"
            kind = "web" if name == "web" else "worker" if name in ("worker", "beat") else kind
            short = _short(name, kind, text, plan.service.name)
            unique = next(each for each in _numbered(short) if each not in names)
            names.add(unique)
            yield NewProcess(unique, kind, text, place)


def _short(name: str, kind: str, command: str, service: str) -> str:
    """What a process is called: web, Celery's worker or beat, its own name, or that of its service."""
    main = parse_start(command).main
    if kind == "web" or (main is not None and main.role in ("worker", "beat")):
        return "web" if main is None or main.role is None else main.role
    own = service if name == kind else name
    return own if _NAME.fullmatch(own) else "worker"


def _numbered(name: str) -> Iterator[str]:
    """The name, then the name with a number behind it."""
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def _web(
    facts: CodeFacts, applications: list[Application], installed: frozenset[str]
) -> tuple[NewProcess, list[Missing]] | None:
    """The web process that the code asks for."""
    for wanted in ("asgi", "wsgi"):
        for application in sorted(applications, key=_rank):
            if application.interface != wanted or not application.attribute or _prefers_wsgi(application, installed):
                continue
            servers = _ASGI if wanted == "asgi" else _WSGI
            chosen = next((item for item in servers if item[0] in installed), servers[0])
            target = f"{_module(facts, application)}:{application.attribute}"
            command = chosen[1].format(target=target)
            if application.is_factory:
                if chosen[0] not in ("uvicorn", "gunicorn"):
                    continue
                command = (
                    f"{command} --factory"
                    if chosen[0] == "uvicorn"
                    else command.replace(target, shlex.quote(f"{target}()"))
                )
            lacking = [] if chosen[0] in installed else [Missing(chosen[0], application.evidence)]
            return NewProcess("web", "web", command, application.evidence), lacking
    return None


def _is_importable(application: Application) -> bool:
    """Whether its module can be named in a command: folders with other characters are no packages."""
    return all(part.isidentifier() for part in application.module.split("."))


def _module(facts: CodeFacts, application: Application) -> str:
    """The module to start it from: one at the root that binds the same name, as it may prepare the module path."""
    if "/" in application.path and not application.is_factory:
        for name in _ENTRIES:
            path = f"{name}.py"
            bound = facts.tree.has(path) and facts.code.attribute(path, application.attribute or "")
            if bound is Presence.PRESENT:
                return name
    return application.module


def _prefers_wsgi(application: Application, installed: frozenset[str]) -> bool:
    """Whether a project with both interfaces (Django) has only a server for the other."""
    has_asgi = any(name in installed for name, _ in _ASGI)
    return application.framework == "Django" and application.interface == "asgi" and not has_asgi


def _rank(application: Application) -> tuple[bool, int, str]:
    """Applications that are objects before factories, those near the root first."""
    return application.is_factory, application.path.count("/"), application.path


def _celery(applications: Iterable[Application], known: Iterable[NewProcess]) -> Iterator[NewProcess]:
    texts = [process.command for process in known]
    for application in applications:
        if application.framework != "Celery":
            continue
        target = (
            application.module
            if application.attribute in (None, "app", "celery")
            else (f"{application.module}:{application.attribute}")
        )
        if not any("celery" in text and "worker" in text for text in texts):
            yield NewProcess("worker", "worker", f"celery -A {target} worker --loglevel=info", application.evidence)
        if application.schedule and not any("celery" in text and "beat" in text for text in texts):
            yield NewProcess("beat", "worker", f"celery -A {target} beat --loglevel=info", application.evidence)
        return


def _bots(applications: Iterable[Application], known: Iterable[NewProcess]) -> Iterator[NewProcess]:
    texts = [process.command for process in known]
    for application in applications:
        path, module = application.path, application.module
        if application.interface == "bot" and not any(path in text or module in text for text in texts):
            yield NewProcess("bot", "worker", f"python -m {module}", application.evidence)
            return
