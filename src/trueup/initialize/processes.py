"""Which processes a service has: those that files state, and those that the applications in the code ask for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from trueup.model.evidence import Evidence, Fact
from trueup.predictions import Prediction
from trueup.sourcecode import CodeFacts
from trueup.sourcecode.commands import parse_start
from trueup.sourcecode.starts import Start, bot_starts, celery_starts, web_starts

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_STATE_COMMANDS = frozenset(
    {
        *("Procfile", "railway.json", "railway.toml", "nixpacks.toml", "railpack.json", "render.yaml", "render.yml"),
        *("heroku.yml", "project.toml", "railway.ts", "railway.py"),
    }
)
"""The files in which people state start commands; what builders make up from other files is not taken over."""
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
    missing: list[Missing] = []
    if not any(process.kind == "web" for process in found.values()):
        for start in web_starts(facts, installed)[:1]:
            found["web"] = _process(start)
            missing += [Missing(name, start.evidence) for name in start.needs]
    for start in _further(facts, found.values()):
        found.setdefault(start.name, _process(start))
    ordered = sorted(found.values(), key=lambda process: process.kind != "web")
    return tuple(ordered), tuple(missing)


def _process(start: Start) -> NewProcess:
    return NewProcess(start.name, start.kind, start.command, start.evidence)


def _further(facts: CodeFacts, known: Iterable[NewProcess]) -> Iterator[Start]:
    """Celery's processes and the first bot, where no known process starts them already."""
    texts = [process.command for process in known]
    for start in celery_starts(facts):
        role = "beat" if start.name == "beat" else "worker"
        if not any("celery" in text and role in text for text in texts):
            yield start
    for start in bot_starts(facts)[:1]:
        application = start.application
        if not any(application.path in text or application.module in text for text in texts):
            yield start


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
            is_type = posixpath.basename(place.path or "") == "Procfile"  # of those only `web` takes requests
            kind = "web" if name == "web" else "worker" if is_type or name in ("worker", "beat") else kind
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
