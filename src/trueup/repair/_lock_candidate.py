"""A lockfile that a tool wrote, as a proposal that names every change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from trueup.model.finding import Finding
from trueup.model.project import Project, SourceFile
from trueup.model.repair import Cost, RepairKind
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Candidate
from trueup.repair._lock_changes import LockChanges


def lock_candidate(
    project: Project,
    lock: SourceFile,
    finding: Finding,
    text: str,
    changes: LockChanges,
    direct: Iterable[str],
    reason: str,
) -> Candidate:
    """The proposal to write a lockfile's new text, with the line ends of the old one.

    Args:
        project: the whole project.
        lock: the lockfile as it is.
        finding: what it is to remove.
        text: the new text.
        changes: what moved, came and went.
        direct: the names that the manifest asks for by itself.
        reason: who wrote it, and what changed.

    Raises:
        NotEditableError: the lockfile is not text.
    """
    plain = text.replace("\r\n", "\n")
    ended = plain.replace("\n", "\r\n") if "\r\n" in lock.text else plain
    title = f"Bring {lock.path} in step"
    made = text_candidate(
        project, f"lock-{lock.path}", title, RepairKind.LOCKFILE, {lock.path: ended}, [finding], reason=reason
    )
    named = changes.changes(direct)
    moved = sum(change.from_version is not None and not change.direct for change in named)
    cost = Cost(transitive=moved, files=1)
    return replace(made, repair=replace(made.repair, changes=named, cost=cost, proven_minimal=False))
