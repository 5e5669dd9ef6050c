"""Move one of two distributions that install together and then fail, to the nearest version that works.

Where the search for the smallest changes proves that one pin cures the pair, and which, that one comes first. Else the
nearest newer version outside of the versions that fail does, then the nearest older one of the same major version, then
the companion's; the first that installs everything and brings nothing else is offered, and not said to be the smallest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from packaging.version import Version

from trueup.checks.incompatible_at_start import known_pairs
from trueup.errors import TrueupError
from trueup.index.interface import Index, Missing, Unavailable
from trueup.index.names import parsed_version
from trueup.index.select import has_wheel
from trueup.model.finding import Applicability, Finding
from trueup.model.pair import Pair
from trueup.model.repair import Change, Cost, Repair, RepairKind
from trueup.model.report import Result
from trueup.model.target import Target
from trueup.repair._candidates import identified
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext
from trueup.repair._requirement_edits import index_hashes, version_edits
from trueup.repair._start_rules import start_rules
from trueup.repair.optimum import minimal_bumps

RULES = ("incompatible-at-start", "yanked-pin")
MOST_VERSIONS = 3
PROOF_TIME = 2.0
"""Seconds for the search whether one move is the smallest; where it takes longer, the move is offered without proof."""


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each pair, and for each withdrawn pin; the next version where one does not hold."""
    done: set[tuple[str, str]] = set()
    for result, finding in context.findings(*RULES):
        target = result.plan.target
        if (finding.rule, finding.subject) in done or context.open_index is None or target is None:
            continue
        done.add((finding.rule, finding.subject))
        wished = context.wishes.python
        target = replace(target, python=wished) if wished else target
        made = [item for item in _candidates(context, result, finding, target) if item is not None]
        if made:
            first, *others = made
            yield replace(first, alternatives=tuple(others))


def _candidates(context: RepairContext, result: Result, finding: Finding, target: Target) -> Iterator[Candidate | None]:
    assert context.open_index is not None
    index = context.open_index(result.requirements.options)
    pins = {item.name: item.pinned for item in result.requirements.requirements if item.pinned}
    if finding.rule == "yanked-pin":
        withdrawn = pins.get(finding.subject)
        best = _proven(context, result, finding, index, None)
        if best is not None:
            yield best
        for version in _versions(index, finding.subject, withdrawn, None, target) if withdrawn else ():
            yield _candidate(context, result, finding, index, finding.subject, version)
        return
    for pair in _pairs(context, finding):
        best = _proven(context, result, finding, index, pair)
        if best is not None:
            yield best
        for name in filter(None, (pair.package, pair.companion)):
            old = pins.get(name)
            for version in _versions(index, name, old, pair, target, _named(finding, name)) if old else ():
                yield _candidate(context, result, finding, index, name, version)


def _pairs(context: RepairContext, finding: Finding) -> list[Pair]:
    known = (*known_pairs(), *context.pairs)
    return [pair for pair in known if finding.subject == f"{pair.package} {pair.companion or pair.absent or 'python'}"]


def _proven(
    context: RepairContext, result: Result, finding: Finding, index: Index, pair: Pair | None
) -> Candidate | None:
    """The move of one pin that a proven smallest set of changes makes of a pair; None where it moves both or none.

    The set cures this pair, or without one the withdrawn pin, and all that does not install; what else it moves has
    repairs of its own.
    """
    if pair is not None and pair.absent is not None:  # the search does not add what is missing
        return None
    others = {one.subject for _, one in context.findings("incompatible-at-start")} - {finding.subject}
    fails, clashes = start_rules(result.requirements, context.pairs, others, pair)
    pins = {item.name: item.pinned for item in result.requirements.requirements if item.pinned}
    names = (finding.subject,) if pair is None else (pair.package, pair.companion)
    least = {name: _named(finding, name) for name in names if name in pins}

    def forbidden(name: str, version: str, target: Target) -> bool:
        first, own, old = least.get(name), parsed_version(version), parsed_version(pins.get(name) or "")
        skipped = first is not None and own is not None and old is not None and old < own < first
        withdrawn = pair is None and name in least and own == old
        return skipped or withdrawn or fails(name, version, target)

    alike = (one.plan.target for one in context.report.results if one.requirements == result.requirements)
    wished = context.wishes.python
    targets = dict.fromkeys(replace(one, python=wished) if wished else one for one in alike if one is not None)
    plan = minimal_bumps(
        result.requirements, tuple(targets), index, context.policy,
        timeout=min(context.wishes.timeout, PROOF_TIME), forbidden=forbidden, clashes=clashes,
    )  # fmt: skip
    moved = [change for change in plan.changes if change.name in least]
    if not plan.proven or plan.unsatisfied or len(moved) != 1 or moved[0].from_version != pins[moved[0].name]:
        return None
    made = _candidate(context, result, finding, index, moved[0].name, moved[0].to_version)
    if made is None:
        return None
    alone = len(plan.changes) == 1
    proof = str(plan.certificate)
    if not alone:
        proof = (
            f"of the smallest set that cures this and makes everything installable ({len(plan.changes)} moves): {proof}"
        )
    cost = plan.cost if alone else made.repair.cost
    return replace(made, repair=replace(made.repair, cost=cost, proven_minimal=True, certificate=proof))


def _named(finding: Finding, name: str) -> Version | None:
    """The version of a package from which on the rule says to take it.

    A version can be free of this failure and still be none to move to: the rule names the first good one.
    """
    found = re.search(rf"Move {re.escape(name)} to .*?(\d+(?:\.\d+)+) or later", finding.hint, re.IGNORECASE)
    return Version(found[1]) if found else None


def _versions(
    index: Index, name: str, old: str, pair: Pair | None, target: Target, first: Version | None = None
) -> list[str]:
    """The nearest versions that are no pre-release, not withdrawn, have a wheel, and are not said to fail.

    Newer ones begin with `first` where such are there.
    """
    releases = index.releases([name]).get(name)
    if releases is None or isinstance(releases, Missing | Unavailable):
        return []
    fails = None if pair is None else pair.versions if name == pair.package else pair.companion_versions
    newer: list[str] = []
    older: list[str] = []
    for text in reversed(releases.versions()):
        version = parsed_version(text)
        files = releases.files(text) if version is not None and not version.is_prerelease else ()
        if version is None or version == Version(old) or not files:
            continue  # to stay is no move: another pair of the same two names may spare the version that fails here
        if fails is not None and fails.contains(version, prereleases=True):
            continue
        if any(file.yanked is not None for file in files) or not has_wheel(files, target):
            continue
        (newer if version > Version(old) else older).append(text)
    same_major = [text for text in reversed(older) if Version(text).release[:1] == Version(old).release[:1]]
    named = [text for text in newer if first is not None and Version(text) >= first]
    return [*(named or newer)[:MOST_VERSIONS], *same_major[:1]]


def _candidate(
    context: RepairContext, result: Result, finding: Finding, index: Index, name: str, version: str
) -> Candidate | None:
    pins = {item.name: item for item in result.requirements.requirements if item.pinned}
    old = pins[name].pinned
    change = Change(name, old, version, True, (pins[name].evidence,))
    try:
        edits = version_edits(context.project, result.requirements, [change], index_hashes(index))
    except TrueupError:
        return None
    repair = Repair(
        id=identified(f"move-{name}-{version}"),
        title=f"Move {name} {old} → {version}",
        kind=RepairKind.BUMP,
        applicability=Applicability.SAFE,
        edits=edits,
        changes=(change,),
        cost=_cost(old or version, version),
        targets=(str(result.plan.target),) if result.plan.target else (),
        resolves=(finding.rule,),
        services=(result.plan.service.name,),
        recommended=finding.rule == "incompatible-at-start",
        reason=finding.brief or finding.hint,
        certificate="one pin moves, and whether another one would be nearer or bring fewer changes was not looked for",
        evidence=finding.evidence,
    )
    return Candidate(repair, frozenset({(finding.rule, finding.subject)}))


def _cost(old: str, new: str) -> Cost:
    """The cost of one pin that moves; the distance is in numbers of the version where releases are not counted."""
    one, other = ((*Version(text).release, 0, 0, 0) for text in (old, new))
    back = Version(new) < Version(old)
    distance = [0, 0, 0]
    for place in range(3):
        if one[place] != other[place]:
            distance[place] = abs(one[place] - other[place])
            break
    return Cost(direct=1, downgrades=int(back), major=distance[0], minor=distance[1], patch=distance[2], files=1)


FAMILY = Family("start-pairs", "move what fails at start, or was withdrawn", RULES, propose)
