"""Files in an encoding that builders do not read are written as UTF-8, with the same characters and line ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trueup.model.finding import Applicability
from trueup.model.project import SourceFile
from trueup.model.repair import Cost, Edit, Repair, RepairKind, digest
from trueup.repair._candidates import identified
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext

RULES = ("requirements-encoding", "unreadable-file", "python-version-invalid", "invalid-requirement", "builder-error")


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each file that a finding names and that is UTF-16 or UTF-32."""
    done: set[str] = set()
    for _, finding in context.findings(*RULES):
        for path in dict.fromkeys(item.path for item in finding.evidence if item.path):
            file = context.project.whole.get(path)
            if file is None or path in done or not _is_wide(file):
                continue
            done.add(path)
            yield _as_utf_8(file, frozenset({(finding.rule, finding.subject)}))


def _is_wide(file: SourceFile) -> bool:
    return file.problem is None and file.is_text and file.encoding.startswith(("utf-16", "utf-32"))


def _as_utf_8(file: SourceFile, must_remove: frozenset[tuple[str, str]]) -> Candidate:
    whole = Edit(file.path, 0, len(file.data), file.text.encode(), digest(file.data))
    repair = Repair(
        id=identified(f"encoding-{file.path}"),
        title=f"Save {file.path} as UTF-8 (it is {file.encoding.upper()})",
        kind=RepairKind.ENCODING,
        applicability=Applicability.SAFE,
        edits=(whole,),
        cost=Cost(files=1),
        recommended=True,
        reason="its characters and line ends stay; builders read UTF-8 only",
        proven_minimal=True,
        evidence=(file.evidence(1),),
    )
    return Candidate(replace(repair, resolves=tuple(rule for rule, _ in must_remove)), must_remove)


FAMILY = Family("encodings", "save as UTF-8", RULES, propose)
