"""Data is written to a disk that the platform throws away

What it does:
    Finds SQLite databases, upload folders and files that the code writes below the service's root, and compares them
    with the platform's disks. What a variable moves elsewhere counts only while no file gives that variable.

Why it fails a deployment:
    The deploy succeeds; at the next one, or at the next restart, the data is gone.

Example:
    `sqlite:///./app.db` as the default of DATABASE_URL, on a service without a disk.

Use instead:
    A database service by DATABASE_URL; object storage, or a disk or volume, for files.

Sources:
    The platforms' own pages, cited in checks/data/disk.toml.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._code import distributions, is_overridden, is_python, platform_row, rule
from trueup.checks._interface import Check, CheckContext
from trueup.checks._text import listed
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.disk import DiskWrite

_WORDS = {"sqlite": "a SQLite database", "upload": "uploads", "file": "files"}


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each kind of data that is lost."""
    row = platform_row(context, "disk")
    if row is None or not is_python(context) or _has_disk(context) or not context.code.reach.known:
        return
    lost = [write for write in context.code.writes if write.in_tree and not write.is_temporary]
    lost = [write for write in lost if not _is_moved(context, write) and not _is_replaced(context, write)]
    for kind in ("sqlite", "upload", "file"):
        writes = [write for write in lost if write.kind == kind]
        if writes and not (kind == "file" and all(_is_small(write) for write in writes)):
            yield _finding(context, row, kind, [write for write in writes if kind != "file" or not _is_small(write)])


def _is_small(write: DiskWrite) -> bool:
    """Whether losing it harms nobody: logs, caches, files that the code makes anew."""
    name = write.place.lower()
    return any(word in name for word in ("log", "cache", "tmp", "temp", ".pid", ".lock", "static", "__pycache__"))


def _has_disk(context: CheckContext) -> bool:
    """Whether the project's files give the service a disk or volume."""
    service = context.plan.service
    return any(service.setting(key) is not None for key in ("disk", "deploy.requiredMountPath", "volumes"))


def _is_moved(context: CheckContext, write: DiskWrite) -> bool:
    """Whether the platform gives the variable that moves it."""
    return write.variable is not None and write.variable in context.code.variables_given


def _is_replaced(context: CheckContext, write: DiskWrite) -> bool:
    """Whether Django's settings that build on these give the database, or the place of uploads, anew."""
    names = {"sqlite": ("DATABASES",), "upload": ("MEDIA_ROOT", "DEFAULT_FILE_STORAGE", "STORAGES")}.get(write.kind, ())
    files = (module for module in context.code.modules if "INSTALLED_APPS" in module.assigned)
    own = [module for module in files if context.tree.in_project(module.path) == write.evidence.path]
    return any(is_overridden(context, module, name) for module in own for name in names)


_DRIVERS = frozenset(
    {"psycopg", "psycopg2", "psycopg2-binary", "asyncpg", "mysqlclient", "pymysql", "aiomysql", "asyncmy", "pg8000"}
)
"""Who installs one of these keeps the data in a database service, and SQLite for development."""


def _finding(context: CheckContext, row: dict[str, str], kind: str, writes: list[DiskWrite]) -> Finding:
    first = writes[0]
    places = listed(dict.fromkeys(write.place for write in writes), 4)
    unless = f" unless {first.variable} says otherwise" if first.variable else ""
    if first.is_one_of_several and not first.variable:
        unless = " unless another line of the settings decides otherwise"
    sure = not unless
    hint = f"Set {first.variable} to a database service. " if first.variable and kind == "sqlite" else ""
    if kind == "sqlite" and not first.variable:
        hint = "Take the database from DATABASE_URL. "
    likely = Confidence.HIGH if sure else Confidence.MEDIUM
    is_fallback = kind == "sqlite" and not sure and bool(_DRIVERS & distributions(context))
    return Finding(
        rule="ephemeral-disk",
        severity=Severity.LOW if is_fallback else Severity.MEDIUM,
        confidence=Confidence.LOW if is_fallback or kind == "file" else likely,
        message=f"{first.evidence.place} keeps {_WORDS[kind]} in {places}{unless}. {row['text']}: what was written is "
        "gone after the next deploy.",
        hint=f"{hint}{row['keep']}.",
        evidence=(*(write.evidence for write in writes[:4]), rule(row, "text")),
        subject=kind,
        brief=f"keeps {_WORDS[kind]} in {places}{unless}: gone after the next deploy",
    )


CHECK = Check("ephemeral-disk", "Data is written to a disk that the platform throws away", run)
