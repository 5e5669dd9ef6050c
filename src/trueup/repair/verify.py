"""Only what works is offered: a proposal is applied to a copy in memory, and the copy is checked again."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from dataclasses import replace

from trueup.configuration import Policy
from trueup.errors import TrueupError
from trueup.model.finding import Finding, Severity, Verdict
from trueup.model.repair import HeldBack, Repair, RepairKind
from trueup.model.report import Report, Result
from trueup.repair._ignored import with_ignored
from trueup.repair._interface import Candidate, RepairContext

_LINE = re.compile(r":\d+$")
_WORSE = {Verdict.NO_FAILURE_FOUND: 0, Verdict.UNKNOWN: 1, Verdict.MAY_FAIL: 2, Verdict.WILL_FAIL: 3}
STOPPED = ("builder-error", "no-start-command")
OF_THE_COMMAND = (
    *("start-not-listening", "start-wrong-port", "start-target-missing", "server-not-required", "flag-without-effect"),
    *("start-commands-differ", "no-start-command", "builder-error"),
)
"""Rules about what a start command says: a repair that writes one is to blame for their findings."""
Key = tuple[str, str, str, str, str]


def verified(context: RepairContext, candidate: Candidate) -> Repair | HeldBack:
    """The repair with what it was seen to remove, or why it is not offered.

    The policy is asked first; then the repaired copy is checked: every finding that the repair is for has to be gone,
    no other may have come or have become more severe, and no verdict may be worse.
    """
    first: HeldBack | None = None
    for tried in (candidate, *candidate.alternatives):
        outcome = _one(context, tried)
        if isinstance(outcome, Repair):
            return outcome
        first = first or outcome
    assert first is not None
    return first


def _one(context: RepairContext, candidate: Candidate) -> Repair | HeldBack:
    repair = candidate.repair
    refusal = policy_refusal(repair, context.policy)
    if refusal:
        return HeldBack(repair.title, refusal, repair.resolves)
    if not repair.edits:
        return repair
    try:
        after = context.recheck(with_ignored(context.project, repair.preview(context.project)))
    except TrueupError as error:
        return HeldBack(repair.title, f"the repaired copy cannot be checked: {error.message}", repair.resolves)
    after = _under_old_names(context.report, after)
    trouble = _trouble(context.report, after, candidate)
    if trouble:
        return HeldBack(repair.title, trouble, repair.resolves)
    removed = _keys(context.report, severities=False) - _keys(after, severities=False)
    rules = tuple(sorted({key[3] for key in removed}))
    services = tuple(dict.fromkeys(key[2] for key in removed)) or repair.services
    gone = subjects(context.report) - subjects(after)
    cost = replace(repair.cost, files=len({edit.path for edit in repair.edits}))
    return replace(repair, resolves=rules, removes=tuple(sorted(gone)), services=services, cost=cost)


def subjects(report: Report) -> set[tuple[str, str]]:
    """Every finding by rule and subject, without line numbers."""
    return {(finding.rule, _subject(finding)) for result in report.results for finding in result.findings}


def _trouble(before: Report, after: Report, candidate: Candidate) -> str:
    """Why the repaired copy is not good enough; empty where it is."""
    left = subjects(after)
    for rule, subject in sorted(candidate.must_remove):
        if (rule, _LINE.sub("", subject)) in left:
            return f"applied to a copy, {rule} for {subject or 'the service'} is still there"
    if not candidate.must_remove and not candidate.is_wish and not _keys(before) - _keys(after):
        return "applied to a copy, it removes no finding"
    brought = {key for key in _new_keys(before, after) if key[3] not in candidate.repair.leaves}
    added = {key for key in brought if not _is_revealed(before, after, key, candidate)}
    if added:
        key = min(added)
        found = _example(after, key)
        return f"applied to a copy, it brings {key[3]} ({key[0]}, {key[1]}): {found}"
    if _is_worse(before, after):
        return "applied to a copy, the verdict of a service is worse"
    return _wrong_python(after, candidate)


def _new_keys(before: Report, after: Report) -> Counter[Key]:
    """The findings that came.

    A builder stops at its first error. Where it stopped before and now stops at another one, nothing became worse: as
    many errors of the same service and builder as went do not count as new.
    """
    old, new = _keys(before), _keys(after)
    added, gone = new - old, old - new
    went = Counter(key[:3] for key in gone.elements() if key[3] in STOPPED)
    for key in [key for key in added if key[3] in STOPPED]:
        swapped = min(added[key], went[key[:3]])
        went[key[:3]] -= swapped
        added[key] -= swapped
    return +added


def _is_revealed(before: Report, after: Report, key: Key, candidate: Candidate) -> bool:
    """Whether a finding that came was there before, unseen: nothing started the service, and now something does.

    Such a finding stands in a file that the repair leaves as it is. What the command itself is to blame for (its
    address, its target, its server) counts as brought wherever it stands.
    """
    started = _unstarted(before) - _unstarted(after)
    if key[:3] not in started or candidate.is_own_command:
        return key[:3] in started
    if key[3] in OF_THE_COMMAND:
        return False
    touched = {edit.path for edit in candidate.repair.edits}
    found = [
        finding
        for result in after.results
        for finding in result.findings
        if (*_base(result), finding.rule) == key[:4] and key[4].startswith(_subject(finding))
    ]
    return all(finding.evidence[0].path not in (None, *touched) for finding in found)


def _unstarted(report: Report) -> set[tuple[str, str, str]]:
    return {_base(result) for result in report.results if result.plan.start.value is None}


def _under_old_names(before: Report, after: Report) -> Report:
    """The later report with each builder's only service under the name that it had: a Procfile names Heroku's."""
    old, new = _only_services(before), _only_services(after)
    renamed = {key: old[key] for key in new if key in old and old[key] != new[key]}
    if not renamed:
        return after
    results = []
    for result in after.results:
        name = renamed.get((result.plan.platform, result.plan.builder))
        plan = result.plan
        if name is not None:
            result = replace(result, plan=replace(plan, service=replace(plan.service, name=name)))
        results.append(result)
    return replace(after, results=tuple(results))


def _only_services(report: Report) -> dict[tuple[str, str], str]:
    names: dict[tuple[str, str], set[str]] = {}
    for result in report.results:
        names.setdefault((result.plan.platform, result.plan.builder), set()).add(result.plan.service.name)
    return {key: next(iter(found)) for key, found in names.items() if len(found) == 1}


def _wrong_python(after: Report, candidate: Candidate) -> str:
    if candidate.python is None:
        return ""
    for result in after.results:
        plan = result.plan
        if plan.service.root_dir.value not in candidate.roots or plan.target is None:
            continue
        if plan.python.minor != candidate.python:
            return (
                f"applied to a copy, {plan.builder} takes Python {plan.python.effective or 'unknown'} for "
                f"{plan.service.name}, not {candidate.python}"
            )
    return ""


def _keys(report: Report, *, severities: bool = True) -> Counter[Key]:
    """Every finding that counts, without line numbers, as often as it is said; medium and high ones also as such."""
    found: Counter[Key] = Counter()
    for result in report.results:
        for finding in result.findings:
            base = _base(result)
            found[(*base, finding.rule, _subject(finding))] += 1
            if severities and finding.severity is not Severity.LOW:
                found[(*base, finding.rule, f"{_subject(finding)} ({finding.severity.value})")] += 1
    return found


def _base(result: Result) -> tuple[str, str, str]:
    return (result.plan.platform, result.plan.builder, result.plan.service.name)


def _subject(finding: Finding) -> str:
    return without_line(finding.subject)


def without_line(subject: str) -> str:
    """A subject without the line number at its end: lines move when others are added."""
    return _LINE.sub("", subject)


def _example(report: Report, key: Key) -> str:
    for result in report.results:
        for finding in result.findings:
            if (*_base(result), finding.rule) == key[:4] and key[4].startswith(_subject(finding)):
                return finding.message
    return key[4]


def _is_worse(before: Report, after: Report) -> bool:
    verdicts = {_base(result): _WORSE[result.verdict] for result in before.results}
    return any(_WORSE[result.verdict] > verdicts.get(_base(result), 0) for result in after.results)


def policy_refusal(repair: Repair, policy: Policy) -> str:
    """What of the policy forbids a repair, as a sentence; empty where nothing does."""
    for edit in repair.edits:
        pattern = next((pattern for pattern in policy.protected if protects(pattern, edit.path)), None)
        if pattern is not None:
            return f"the policy protects {edit.path} ({pattern})"
    # A lockfile follows its manifest: what that asks for is decided already.
    decided = repair.kind is RepairKind.LOCKFILE
    changes = [change for change in repair.changes if not (decided and (change.direct or not change.to_version))]
    moved = [change for change in changes if change.from_version is not None]
    if policy.keep_python and repair.kind is RepairKind.PIN_PYTHON:
        return "the policy keeps the Python (keep-python)"
    if moved and not policy.version_bumps:
        return f"the policy allows no version bumps (version-bumps = false); {moved[0].package} would move"
    added = [change for change in changes if change.from_version is None and change.direct]
    if added and not policy.new_dependencies:
        return f"the policy allows no new dependencies; {added[0].package} would be one"
    others = [change.package for change in moved if policy.only and change.package not in policy.only]
    if others:
        return f"the policy lets only {', '.join(policy.only)} move, and {others[0]} would"
    return ""


def protects(pattern: str, path: str) -> bool:
    """Whether a pattern of protected paths covers a path: a shell pattern, a folder, or a file."""
    pattern = pattern.removeprefix("./")
    folder = pattern.rstrip("/")
    return fnmatch.fnmatchcase(path, pattern) or path == folder or path.startswith(f"{folder}/")
