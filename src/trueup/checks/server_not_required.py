"""The start command needs a server or worker that no requirement installs

What it does:
    Looks for the server, worker class or pool of the start command among everything that the build installs, direct
    and transitive; and where the build installs nothing at all, for the first module that the started file imports.

Why it fails a deployment:
    The image builds, and the start ends in `gunicorn: command not found`, `No module named uvicorn` or
    `Error: class uri 'gevent' invalid or not found`.

Example:
    `gunicorn app:app --worker-class gevent` without gevent in requirements.txt.

Use instead:
    The server, and what its workers need, in the file that the build installs from.

Sources:
    The servers' references (sourcecode/data/servers.toml, checks/data/worker_classes.toml).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from trueup.checks._code import distributions, installs_are_known, programs
from trueup.checks._interface import Check, CheckContext
from trueup.checks._removed import lost_workers, worker_class
from trueup.checks._rows import rows
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity, Skipped
from trueup.sourcecode.facts import ProcessStart
from trueup.sourcecode.start_command import StartCommand

_INSTALLS_FROM = {
    "railpack": "requirements.txt, a Pipfile, or pyproject.toml beside a uv.lock, poetry.lock or pdm.lock",
    "nixpacks": "requirements.txt, pyproject.toml or a Pipfile",
}
"""railwayapp/railpack@b5e80580 (2026-08-18), core/providers/python/python.go:70-96; railwayapp/nixpacks@f51d7fd5
(2025-08-04), src/providers/python.rs:78-103; read 2026-11-20."""

_INSTALLING = ("install", "sync", "uv run", "uvx ", "conda")
"""Words of commands that bring packages."""


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding for each distribution that a process needs and the build does not install."""
    wanted: dict[str, tuple[ProcessStart, str]] = {}
    for start, program in programs(context):
        for name, what in _needs(context, program):
            wanted.setdefault(name, (start, what))
        if program.server == "python" and _installs_nothing(context):
            for name, what in _imports(context, program):
                wanted.setdefault(name, (start, what))
    wanted = {name: found for name, found in wanted.items() if name not in distributions(context)}
    if not wanted or _installed_otherwise(context, wanted):
        return
    if _installs_nothing(context):
        yield from _nothing_installed(context, wanted)
        return
    if not installs_are_known(context):
        yield Skipped("server-not-required", context.forecast_reason or "not everything that is installed is known")
        return
    files = ", ".join(context.requirements.files) or "what the build installs"
    for name, (start, what) in sorted(wanted.items()):
        yield Finding(
            rule="server-not-required",
            severity=Severity.HIGH,
            confidence=Confidence.HIGH,
            message=f"{start.evidence.place or 'the start command'} needs {what}, and {files} does not bring {name}, "
            "nor does anything else that is installed. The image builds; the start then fails, as the program or its "
            "worker class is not found.",
            hint=f"Add {name} to {next(iter(context.requirements.files), 'the requirements')}.",
            evidence=(start.evidence, Evidence.absent(f"{name} is not among the distributions that are installed")),
            subject=name,
        )


def _needs(context: CheckContext, program: StartCommand) -> Iterator[tuple[str, str]]:
    row = program.row
    if row is None:
        return
    if not _brought_by_command(program, row.distribution):
        yield row.distribution, f"the program {row.name}"
    worker = worker_class(context, program)
    found = rows("worker_classes")["distributions"].get(worker)
    if worker in ("source", "checked") or worker in lost_workers(context, program):
        return
    if found and program.server in ("gunicorn", "celery"):
        yield found, f"{program.server} with {worker} workers"


def _installs_nothing(context: CheckContext) -> bool:
    """Whether the builder has found nothing to install from, and no command of build or start installs anything."""
    plan = context.plan
    if plan.builder not in _INSTALLS_FROM or plan.detected.value != "python":
        return False
    texts = [step.command for step in (*plan.install, *plan.build)]
    for start in context.code.starts:
        texts += [start.command.value, *start.parsed.before]
    return not any(word in text for word in _INSTALLING for text in texts)


def _nothing_installed(context: CheckContext, wanted: dict[str, tuple[ProcessStart, str]]) -> Iterator[Finding]:
    """One finding for the whole service: the first thing that it needs stands for all."""
    name, (start, what) = next(iter(wanted.items()))
    builder = context.plan.builder
    yield Finding(
        rule="server-not-required",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=f"{start.evidence.place or 'the start command'} needs {what}, and the build installs nothing: "
        f"{builder} installs from {_INSTALLS_FROM[builder]}, and finds none of them. The image builds; the start then "
        f"fails, as {name} is not there.",
        hint="Commit a requirements.txt, or a lockfile beside pyproject.toml (`uv lock`), in the root directory.",
        evidence=(start.evidence, Evidence.absent(f"{builder} finds nothing to install from")),
        subject=name,
    )


def _imports(context: CheckContext, program: StartCommand) -> Iterator[tuple[str, str]]:
    """What a started file imports at once that is neither Python's own nor the project's."""
    code, search = context.code.code, context.code.search_of(program)
    for path in context.code.entries(program):
        module = code.module(path)
        for item in module.imports if module is not None else ():
            name = item.module.partition(".")[0]
            site = item.site
            is_sure = site.at_import and not (site.handled or site.is_conditional or site.in_handler)
            if is_sure and name not in sys.stdlib_module_names and not item.is_relative and not code.find(name, search):
                yield name, f"the module {name} ({context.tree.in_project(path)}:{item.line} imports it)"


def _brought_by_command(program: StartCommand, distribution: str) -> bool:
    """`uv run --with gunicorn …` and `uvx` bring the program themselves."""
    return distribution in program.text.split("--with", 1)[-1].split() and "--with" in program.text


def _installed_otherwise(context: CheckContext, wanted: dict[str, tuple[ProcessStart, str]]) -> bool:
    """Whether a command of the build, or the start command itself, names it: it may install it on its own."""
    texts = [step.command for step in (*context.plan.install, *context.plan.build)]
    texts += [text for start in context.code.starts for text in start.parsed.before]
    texts += [start.command.value for start in context.code.starts if " --with" in start.command.value]
    return any(name in text for name in wanted for text in texts)


CHECK = Check("server-not-required", "The start command needs a server or worker that no requirement installs", run)
