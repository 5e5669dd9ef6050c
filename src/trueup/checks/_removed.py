"""What a start command names and some versions of its program do not have: the rows of data/removed.toml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from packaging.specifiers import SpecifierSet

from trueup.checks._installed import installed
from trueup.checks._interface import CheckContext
from trueup.checks._rows import rows
from trueup.model.evidence import Evidence
from trueup.sourcecode.listening import with_gunicorn_file
from trueup.sourcecode.start_command import StartCommand

_SUBCOMMANDS = ("worker", "beat")
"""Celery's own ones. Flower's only warns of such an option and drops it:
https://github.com/mher/flower/blob/v1.0.0/flower/command.py#L26-L100 (read 2026-11-20)."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A row: the versions of a package that do not have some worker classes or options.

    `effect` and `hint` are sentences in which `{name}` stands for what the command names.
    """

    program: str
    package: str
    versions: SpecifierSet
    workers: tuple[str, ...]
    options: tuple[str, ...]
    after_subcommand: bool
    effect: str
    hint: str
    evidence: Evidence


@cache
def removed_rows() -> tuple[Removed, ...]:
    """The rows of data/removed.toml."""
    return tuple(
        Removed(
            row["program"],
            row["package"],
            SpecifierSet(row["versions"]),
            tuple(row.get("workers", ())),
            tuple(row.get("options", ())),
            row.get("after-subcommand", False),
            row["effect"],
            row["hint"],
            Evidence.default(row["text"], row["source"], row["checked"]),
        )
        for row in rows("removed")["removed"]
    )


def named(context: CheckContext, program: StartCommand) -> Iterator[tuple[Removed, str, str]]:
    """The rows that a program's command falls under, whatever is installed.

    Yields:
        The row, the name that the command (or gunicorn's configuration file) has, and how to speak of it.
    """
    worker = worker_class(context, program)
    for row in removed_rows():
        if row.program != program.server:
            continue
        if worker in row.workers:
            yield row, worker, f"the worker class {worker}"
        words = _after_subcommand(program) if row.after_subcommand else program.options
        for option in row.options:
            if option in words:
                yield row, option, f"{option} behind the sub-command" if row.after_subcommand else option


def lost_workers(context: CheckContext, program: StartCommand) -> frozenset[str]:
    """The worker classes that a program asks for and its installed version does not have."""
    known = installed(context)
    rows_named = [(row, name) for row, name, _ in named(context, program) if name in row.workers]
    return frozenset(name for row, name in rows_named if known.matching(row.package, row.versions))


def worker_class(context: CheckContext, program: StartCommand) -> str:
    """The worker class that is asked for, by the command or by gunicorn's configuration file; empty without one."""
    if program.worker_class or program.server != "gunicorn":
        return program.worker_class or ""
    known = with_gunicorn_file(context.code, program)
    return (known.worker_class if known else None) or ""


def _after_subcommand(program: StartCommand) -> frozenset[str]:
    """The options behind `worker` or another sub-command; a short one may hold its value (`-Aapp`)."""
    words = list(program.words)
    at = next((index for index, word in enumerate(words) if word in _SUBCOMMANDS), len(words))
    behind = [word.partition("=")[0] for word in words[at + 1 :] if word.startswith("-")]
    return frozenset(word if word.startswith("--") else word[:2] for word in behind)
