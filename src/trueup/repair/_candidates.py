"""A proposal made of changed texts: what most families have to offer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from trueup.model.evidence import Evidence
from trueup.model.finding import Applicability, Finding
from trueup.model.project import Project
from trueup.model.repair import Cost, Edit, Repair, RepairKind
from trueup.repair._interface import Candidate
from trueup.repair.texts import edits_between


def text_edits(project: Project, texts: Mapping[str, str]) -> tuple[Edit, ...]:
    """The edits that give files these texts; a file that is not there yet is made.

    Raises:
        NotEditableError: a file is not text, or was not read.
    """
    found: list[Edit] = []
    for path, text in texts.items():
        file = project.whole.get(path)
        found += [Edit.new_file(path, text.encode())] if file is None else edits_between(file, text)
    return tuple(found)


def text_candidate(
    project: Project,
    identity: str,
    title: str,
    kind: RepairKind,
    texts: Mapping[str, str],
    findings: Iterable[Finding],
    *,
    reason: str = "",
    applicability: Applicability = Applicability.SAFE,
    recommended: bool = True,
    must_remove: bool = True,
) -> Candidate:
    """A proposal that changes the text of files.

    Args:
        project: the whole project.
        identity: the beginning of the repair's id; paths are made part of it by the caller.
        title: what is done.
        kind: what is changed.
        texts: the new text of every file that changes.
        findings: what it is to remove.
        reason: why it is worth it.
        applicability: how sure it is that it is meant.
        recommended: whether it is applied without being named.
        must_remove: whether every one of the findings has to be gone; else any of them.

    Raises:
        NotEditableError: a file is not text, or was not read.
    """
    findings = list(findings)
    evidence: tuple[Evidence, ...] = tuple(dict.fromkeys(finding.evidence[0] for finding in findings))
    repair = Repair(
        id=identified(identity),
        title=title,
        kind=kind,
        applicability=applicability,
        edits=text_edits(project, texts),
        cost=Cost(files=len(texts)),
        resolves=tuple(dict.fromkeys(finding.rule for finding in findings)),
        recommended=recommended,
        reason=reason,
        proven_minimal=True,
        evidence=evidence,
    )
    keys = frozenset((finding.rule, finding.subject) for finding in findings)
    return Candidate(repair, keys if must_remove else frozenset())


def identified(text: str) -> str:
    """An id made of words: lower case, with hyphens."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")
