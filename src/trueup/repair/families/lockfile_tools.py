"""Lockfiles that a tool writes are brought in step by that tool; no version moves that need not.

uv.lock and what pip-compile or uv compiled are written by uv in a folder of its own, without building anything. What it
wrote is compared with what was there: every version that moved is named, and an index of this machine never gets in.
The lockfiles of Poetry, PDM and Pipenv: see `lockfile-managers`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from trueup.checks._lock_mirrors import COMPILED
from trueup.errors import TrueupError
from trueup.manifests import requirements_txt
from trueup.model.finding import Finding
from trueup.model.project import SourceFile
from trueup.model.repair import HeldBack
from trueup.model.report import Result
from trueup.model.requirement import DeclaredRequirement
from trueup.repair._interface import Family, Proposal, RepairContext
from trueup.repair._lock_candidate import lock_candidate
from trueup.repair._lock_changes import foreign_addresses, lock_changes, requirements_of
from trueup.repair._locking import compile_requirements, lock_project

RULES = ("lockfile-out-of-step",)
_HEADER = re.compile(r"(?:#[^\n]*\n)*")


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each lockfile that is out of step and that a tool has made."""
    done: set[str] = set()
    for result, finding in context.findings(*RULES):
        lock = context.project.whole.get(finding.subject)
        if lock is None or lock.path in done:
            continue
        done.add(lock.path)
        name = posixpath.basename(lock.path)
        if name == "uv.lock" or COMPILED.search(lock.text[:2000]):
            yield _by_uv(context, result, lock, finding)


def _by_uv(context: RepairContext, result: Result, lock: SourceFile, finding: Finding) -> Proposal:
    title = f"Bring {lock.path} in step"
    if not context.wishes.runs_tools:
        return HeldBack(title, "uv would have to ask the index itself, which is not wanted here", RULES)
    folder, name = posixpath.split(lock.path)
    try:
        if name == "uv.lock":
            data = lock_project(context.project, folder)
        else:
            python = result.plan.python.minor
            flags = ["--python-version", python] if python else []
            flags += ["--generate-hashes"] if "--hash=" in lock.text else []
            source = f"{name.removesuffix('.txt')}.in"
            data = compile_requirements(context.project, folder, source, name, flags)
        return _judged(context, lock, finding, _with_own_header(lock, data.decode("utf-8")))
    except (TrueupError, UnicodeDecodeError) as error:
        return HeldBack(title, getattr(error, "message", str(error)), RULES)


def _judged(context: RepairContext, lock: SourceFile, finding: Finding, text: str) -> Proposal:
    """What uv wrote, with every change by name; held back where it is of another index."""
    title = f"Bring {lock.path} in step"
    folder = posixpath.dirname(lock.path)
    files = context.project.whole.files.values()
    beside = {file.path: file for file in files if posixpath.dirname(file.path) == folder and file.path != lock.path}
    foreign = foreign_addresses(lock.text, text, {path: file.text for path, file in beside.items()})
    if foreign:
        return HeldBack(title, f"uv wrote it in a copy, and {foreign}", RULES)
    changes = lock_changes(lock.path, lock.text, text)
    reason = f"written by uv, which {changes.told()}, and keeps every locked version that still fits"
    direct = {item.name for file in beside.values() for item in _asked(file)}
    return lock_candidate(context.project, lock, finding, text, changes, direct, reason)


def _asked(file: SourceFile) -> tuple[DeclaredRequirement, ...]:
    """What a manifest beside the lockfile asks for by itself."""
    if file.path.endswith("pyproject.toml"):
        return requirements_of(file)
    return requirements_txt.parse(file).requirements if file.path.endswith(".in") else ()


def _with_own_header(lock: SourceFile, text: str) -> str:
    """The new text under the comments that the file begins with: they name the command that its authors run."""
    if lock.path.endswith("uv.lock"):
        return text
    old, new = _HEADER.match(lock.text.replace("\r\n", "\n")), _HEADER.match(text)
    return (old.group() if old else "") + text[new.end() if new else 0 :]


FAMILY = Family("lockfile-tools", "bring a tool's lockfile in step", RULES, propose)
