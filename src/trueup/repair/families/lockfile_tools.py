"""Lockfiles that a tool writes are brought in step by that tool; no version moves that need not.

uv.lock and what pip-compile or uv compiled are written by uv in a folder of its own, without building anything. The
locks of Poetry, PDM and Pipenv can only be written by tools that build packages, and so run their code: for them the
command is told.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from trueup.checks._lock_mirrors import COMPILED
from trueup.errors import TrueupError
from trueup.model.finding import Applicability, Finding
from trueup.model.project import SourceFile
from trueup.model.repair import HeldBack, Repair, RepairKind
from trueup.model.report import Result
from trueup.repair._candidates import identified, text_candidate
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext
from trueup.repair._locking import compile_requirements, lock_project

RULES = ("lockfile-out-of-step",)
COMMANDS = {
    "poetry.lock": "poetry lock",
    "pdm.lock": "pdm lock --update-reuse",
    "Pipfile.lock": "pipenv lock",
}
"""Each keeps what still fits: Poetry from 2.0 on and PDM by their documentation (read 2026-11-20); Pipenv moves all."""
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
        if name in COMMANDS:
            yield Candidate(_by_hand(lock, COMMANDS[name], finding))
        elif name == "uv.lock" or COMPILED.search(lock.text[:2000]):
            yield _by_uv(context, result, lock, finding)


def _by_hand(lock: SourceFile, command: str, finding: Finding) -> Repair:
    folder = posixpath.dirname(lock.path)
    return Repair(
        id=identified(f"lock-{lock.path}"),
        title=f"Bring {lock.path} in step",
        kind=RepairKind.LOCKFILE,
        applicability=Applicability.DISPLAY_ONLY,
        resolves=RULES,
        reason="its tool may build packages, which runs their code: trueup never does",
        commands=(f"cd {folder} && {command}" if folder else command,),
        evidence=finding.evidence,
    )


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
        text = _with_own_header(lock, data.decode("utf-8"))
        return text_candidate(
            context.project,
            f"lock-{lock.path}",
            title,
            RepairKind.LOCKFILE,
            {lock.path: text},
            [finding],
            reason="written by uv, which keeps every locked version that still fits",
        )
    except (TrueupError, UnicodeDecodeError) as error:
        return HeldBack(title, getattr(error, "message", str(error)), RULES)


def _with_own_header(lock: SourceFile, text: str) -> str:
    """The new text under the comments that the file begins with: they name the command that its authors run."""
    if lock.path.endswith("uv.lock"):
        return text
    old, new = _HEADER.match(lock.text.replace("\r\n", "\n")), _HEADER.match(text)
    return (old.group() if old else "") + text[new.end() if new else 0 :]


FAMILY = Family("lockfile-tools", "bring a tool's lockfile in step", RULES, propose)
