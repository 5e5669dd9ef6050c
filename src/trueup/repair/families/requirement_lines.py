"""Lines of requirements files: a server that the start command needs is added; of several for one name, one stays.

A new line is an exact pin of the newest release that has a wheel for the target, so that it does not float.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trueup.errors import TrueupError
from trueup.model.finding import Finding
from trueup.model.repair import Cost, HeldBack, RepairKind
from trueup.model.report import Result
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext
from trueup.repair._new_requirements import new_requirement
from trueup.repair.texts import without_lines

RULES = ("server-not-required", "duplicate-requirement")


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each missing server, and for each name with several lines."""
    done: set[tuple[str, str]] = set()
    for result, finding in context.findings(*RULES):
        if (finding.rule, finding.subject) in done:
            continue
        done.add((finding.rule, finding.subject))
        made: Proposal | None
        try:
            made = _added(context, result, finding) if finding.rule == RULES[0] else _single(context, result, finding)
        except TrueupError as error:
            made = HeldBack(f"Change the lines of {finding.subject}", error.message, (finding.rule,))
        if made is not None:
            yield made


def _added(context: RepairContext, result: Result, finding: Finding) -> Candidate:
    new = new_requirement(context, [result], finding.subject, finding.evidence)
    candidate = text_candidate(
        context.project,
        f"add-{finding.subject}",
        f"Add {new.line} to {new.path}",
        RepairKind.REQUIREMENTS,
        {new.path: new.text},
        [finding],
        reason="the start command needs it, and nothing installs it",
    )
    return replace(candidate, repair=replace(candidate.repair, changes=(new.change,), cost=Cost(direct=1, files=1)))


def _single(context: RepairContext, result: Result, finding: Finding) -> Candidate | None:
    """Keep the line with the narrowest demand: the exact pin, where there is one."""
    items = [item for item in result.requirements.requirements if item.name == finding.subject]
    paths = {item.evidence.path for item in items}
    pins = [item for item in items if item.pinned]
    if len(paths) != 1 or len({item.pinned for item in pins}) != 1:
        return None
    file = context.project.whole.get(paths.pop() or "")
    kept = pins[0]
    if file is None or any(not item.specifier.contains(kept.pinned or "", prereleases=True) for item in items):
        return None
    text = file.text
    for item in sorted(items, key=lambda item: item.evidence.line or 0, reverse=True):
        if item is not kept and item.evidence.line is not None:
            text = without_lines(text, item.evidence.line, item.evidence.line)
    return text_candidate(
        context.project,
        f"single-{finding.subject}",
        f"Keep one line for {finding.subject} in {file.path}",
        RepairKind.REQUIREMENTS,
        {file.path: text},
        [finding],
        reason=f"the other lines allow {kept.pinned} anyway",
    )


FAMILY = Family("requirement-lines", "add or drop lines of requirements", RULES, propose)
