"""Move one of two distributions that install together and then fail, to the nearest version that works.

The nearest newer version outside of the versions that fail comes first, then the companion's, then the nearest older
one of the same major version; the first that installs everything and brings nothing else is offered.
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

RULES = ("incompatible-at-start", "yanked-pin")
MOST_VERSIONS = 3


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
        for version in _versions(index, finding.subject, withdrawn, None, target) if withdrawn else ():
            yield _candidate(context, result, finding, index, finding.subject, version)
        return
    for pair in _pairs(context, finding):
        for name in filter(None, (pair.package, pair.companion)):
            old = pins.get(name)
            for version in _versions(index, name, old, pair, target, _named(finding, name)) if old else ():
                yield _candidate(context, result, finding, index, name, version)


def _pairs(context: RepairContext, finding: Finding) -> list[Pair]:
    known = (*known_pairs(), *context.pairs)
    return [pair for pair in known if finding.subject == f"{pair.package} {pair.companion or pair.absent or 'python'}"]


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
        if version is None or not files or (fails is not None and fails.contains(version, prereleases=True)):
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
        proven_minimal=True,
        certificate="One pin moves, to the nearest version that is not said to fail; no pin moving cures nothing.",
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
