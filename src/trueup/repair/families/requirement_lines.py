"""Lines of requirements files: a server that the start command needs is added; of several for one name, one stays.

A new line is an exact pin of the newest release that has a wheel for the target, so that it does not float.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trueup.errors import TrueupError
from trueup.index.interface import Missing, Unavailable
from trueup.index.names import parsed_version
from trueup.index.select import has_wheel
from trueup.model.finding import Finding
from trueup.model.repair import Change, Cost, HeldBack, RepairKind
from trueup.model.report import Result
from trueup.model.target import Target
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext
from trueup.repair.texts import with_appended, without_lines

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


def _added(context: RepairContext, result: Result, finding: Finding) -> Candidate | None:
    files = [path for path in result.requirements.files if path.endswith((".txt", ".in"))]
    target = result.plan.target
    if not files or target is None or context.open_index is None:
        return None
    version = _newest(context, result, finding.subject, target)
    file = context.project.whole.get(files[0])
    if version is None or file is None:
        return None
    line = f"{finding.subject}=={version}"
    candidate = text_candidate(
        context.project,
        f"add-{finding.subject}",
        f"Add {line} to {file.path}",
        RepairKind.REQUIREMENTS,
        {file.path: with_appended(file.text, line)},
        [finding],
        reason="the start command needs it, and nothing installs it",
    )
    change = Change(finding.subject, None, version, True, finding.evidence[:1])
    return replace(candidate, repair=replace(candidate.repair, changes=(change,), cost=Cost(direct=1, files=1)))


def _newest(context: RepairContext, result: Result, name: str, target: Target) -> str | None:
    assert context.open_index is not None
    releases = context.open_index(result.requirements.options).releases([name]).get(name)
    if releases is None or isinstance(releases, Missing | Unavailable):
        return None
    for text in releases.versions():
        version = parsed_version(text)
        files = releases.files(text) if version is not None and not version.is_prerelease else ()
        if files and has_wheel(files, target) and all(file.yanked is None for file in files):
            return text
    return None


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
