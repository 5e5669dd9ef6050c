"""The search: pip's own, by resolvelib, with a fast way through for the sets that need no going back.

`forward` takes the steps that resolvelib would take with pip's preferences for as long as every choice stands; most
projects pin what they need, so it mostly arrives. As soon as one choice would have to be taken back it gives up, and
`backtrack` does the whole search with resolvelib itself. Both have the same result where both arrive.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, ResolutionTooDeep
from resolvelib.resolvers import Resolution
from resolvelib.structs import RequirementInformation

from trueup.resolve.chooser import Chooser
from trueup.resolve.demands import Candidate, Demand

MOST_ROUNDS = 3000
"""Rounds of resolvelib after which the search gives up. pip goes on for 200,000, which no one waits for."""
MOST_READS = 400
"""Files whose metadata one search reads anew before it gives up."""
_PROMOTED_AFTER = 5
"""Conflicts after which a name is tried first (pip's `_CONFLICT_PRIORITY_THRESHOLD`)."""

Preference = tuple[bool, bool, bool, bool, float, bool, str]


@dataclass(frozen=True)
class Task:
    """What is to be solved: the root demands in pip's order, and the place of each name that the user asked for."""

    roots: tuple[Demand, ...]
    requested: Mapping[str, int]

    @classmethod
    def of(cls, groups: Iterable[Sequence[Demand]]) -> Task:
        """A task from the demands of each requirement line, in their order.

        Demands on extras go last (`Factory.collect_root_requirements`, pypa/pip at 6d309205, read 2026-11-20).
        """
        requested: dict[str, int] = {}
        roots: list[Demand] = []
        for place, demands in enumerate(groups):
            if demands:
                requested.setdefault(demands[0].identifier, place)
                roots.extend(demands)
        roots.sort(key=lambda demand: demand.identifier != demand.name)
        return cls(tuple(roots), requested)


@dataclass
class Solution:
    """The chosen candidates and the demands that hold on each, by identifier."""

    pins: dict[str, Candidate] = field(default_factory=dict)
    demands: dict[str, list[Demand]] = field(default_factory=dict)


@dataclass(frozen=True)
class Impossible:
    """No solution exists; `causes` are the demands that met last."""

    causes: tuple[Demand, ...]


class GaveUp(Exception):
    """The search took too long; nothing follows about the requirements."""


def solve(chooser: Chooser, task: Task) -> Solution | Impossible:
    """The set that pip would install, or the demands on which the search ended.

    Raises:
        GaveUp: after `MOST_ROUNDS` rounds or `MOST_READS` files read.
    """
    return forward(chooser, task) or backtrack(chooser, task)


def preference(identifier: str, demands: Iterable[Demand], requested: Mapping[str, int], promoted: bool) -> Preference:
    """The sort key of pip's `PipProvider.get_preference` (pypa/pip at 6d309205, read 2026-11-20)."""
    explicit = pinned = bounded = unfree = False
    for demand in demands:
        if demand.explicit:
            explicit = True
            continue
        wanted = demand.specification
        pinned = pinned or wanted.pinned
        bounded = bounded or wanted.upper_bounded
        unfree = unfree or wanted.unfree
    order = requested.get(identifier, math.inf)
    return (not promoted, not explicit, not pinned, not bounded, order, not unfree, identifier)


def matches(
    chooser: Chooser, identifier: str, demands: Mapping[str, Sequence[Demand]], *, with_metadata: bool = True
) -> Iterator[Candidate]:
    """The candidates for an identifier, best first, that satisfy all demands on it.

    The demands on a distribution itself also bind its extras (`Factory.find_candidates`). Without metadata, what the
    metadata require of Python is not looked at.
    """
    own = demands[identifier]
    first = own[0]
    every = (*own, *demands.get(first.name, ())) if first.extras else own
    limits = (demand.specification for demand in every)
    for version in chooser.versions(first.name, limits, with_metadata=with_metadata):
        yield chooser.candidate(first.name, first.extras, version)


def forward(chooser: Chooser, task: Task) -> Solution | None:
    """Choose name by name as pip does; None as soon as a choice does not stand."""
    solution = Solution()
    waiting: list[tuple[Preference, str]] = []
    current: dict[str, Preference] = {}

    def add(demand: Demand) -> bool:
        """Take a demand in; False where it contradicts a choice already made."""
        known = solution.demands.setdefault(demand.identifier, [])
        known.append(demand)
        pin = solution.pins.get(demand.identifier)
        if pin is not None:
            return demand.specification.admits(pin.version)
        key = preference(demand.identifier, known, task.requested, False)
        if current.get(demand.identifier) != key:
            current[demand.identifier] = key
            heapq.heappush(waiting, (key, demand.identifier))
        return True

    for demand in task.roots:
        add(demand)
    while waiting:
        key, identifier = heapq.heappop(waiting)
        if identifier in solution.pins or current[identifier] != key:
            continue
        candidate = next(matches(chooser, identifier, solution.demands), None)
        if candidate is None:
            return None
        solution.pins[identifier] = candidate
        if not all(add(demand) for demand in chooser.needs(candidate)):
            return None
    return solution


def backtrack(chooser: Chooser, task: Task) -> Solution | Impossible:
    """The search by resolvelib, with pip's preferences.

    Raises:
        GaveUp: after `MOST_ROUNDS` rounds or `MOST_READS` files read.
    """
    provider = _Provider(chooser, task.requested)
    resolution: Resolution[Demand, Candidate, str] = Resolution(provider, BaseReporter())
    try:
        state = resolution.resolve(task.roots, max_rounds=MOST_ROUNDS)
    except ResolutionImpossible as impossible:
        return Impossible(tuple(cause.requirement for cause in impossible.causes))
    except ResolutionTooDeep as error:
        raise GaveUp(f"no answer after {MOST_ROUNDS} rounds") from error
    return _connected(chooser, task, state.mapping)


def _connected(chooser: Chooser, task: Task, pins: Mapping[str, Candidate]) -> Solution:
    """The part of the pins that the roots lead to; going back leaves others behind.

    resolvelib's own result is not used: it looks for the way to the root by recursion, without end in a circle of
    distributions that nothing asks for any more (resolvelib 1.2.1, `_has_route_to_root`).
    """
    solution = Solution()
    waiting = list(task.roots)
    for demand in waiting:
        known = solution.demands.setdefault(demand.identifier, [])
        known.append(demand)
        if demand.identifier not in solution.pins:
            candidate = solution.pins[demand.identifier] = pins[demand.identifier]
            waiting.extend(chooser.needs(candidate))
    return solution


class _Provider(AbstractProvider[Demand, Candidate, str]):
    """pip's provider for resolvelib, over a chooser."""

    def __init__(self, chooser: Chooser, requested: Mapping[str, int]) -> None:
        self._chooser = chooser
        self._requested = requested
        self._conflicts: dict[str, int] = {}
        self._promoted: set[str] = set()
        self._reads_at_start = chooser.view.universe.metadata_reads

    def identify(self, requirement_or_candidate: Demand | Candidate) -> str:
        return requirement_or_candidate.identifier

    def narrow_requirement_selection(
        self,
        identifiers: Iterable[str],
        resolutions: Mapping[str, Candidate],
        candidates: Mapping[str, Iterator[Candidate]],  # noqa: ARG002 - resolvelib's signature
        information: Mapping[str, Iterator[RequirementInformation[Demand, Candidate]]],  # noqa: ARG002
        backtrack_causes: Sequence[RequirementInformation[Demand, Candidate]],
    ) -> Iterable[str]:
        """The causes of the last conflict first, then names that keep conflicting, as in pip."""
        involved: set[str] = set()
        for cause in backtrack_causes:
            parent = cause.parent
            names = [cause.requirement.identifier] + ([parent.identifier] if parent is not None else [])
            involved.update(names)
            for name in names:
                if name not in resolutions:
                    self._conflicts[name] = self._conflicts.get(name, 0) + 1
                    if self._conflicts[name] >= _PROMOTED_AFTER:
                        self._promoted.add(name)
        identifiers = list(identifiers)
        causes = [identifier for identifier in identifiers if identifier in involved]
        promoted = [identifier for identifier in identifiers if identifier in self._promoted]
        return causes or promoted or identifiers

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, Candidate],  # noqa: ARG002 - resolvelib's signature
        candidates: Mapping[str, Iterator[Candidate]],  # noqa: ARG002
        information: Mapping[str, Iterator[RequirementInformation[Demand, Candidate]]],
        backtrack_causes: Sequence[RequirementInformation[Demand, Candidate]],  # noqa: ARG002
    ) -> Preference:
        demands = (cause.requirement for cause in information[identifier])
        return preference(identifier, demands, self._requested, identifier in self._promoted)

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Demand]],
        incompatibilities: Mapping[str, Iterator[Candidate]],
    ) -> Iterable[Candidate]:
        if self._chooser.view.universe.metadata_reads - self._reads_at_start > MOST_READS:
            raise GaveUp(f"no answer after the metadata of {MOST_READS} versions")
        own = list(requirements[identifier])
        demands = {identifier: own}
        if own[0].extras:
            demands[own[0].name] = list(requirements.get(own[0].name, ()))
        excluded = set(incompatibilities[identifier])
        return _Candidates(matches(self._chooser, identifier, demands), excluded)

    def is_satisfied_by(self, requirement: Demand, candidate: Candidate) -> bool:
        return requirement.specification.admits(candidate.version)

    def get_dependencies(self, candidate: Candidate) -> Iterable[Demand]:
        return self._chooser.needs(candidate)


class _Candidates(Sequence[Candidate]):
    """Candidates read from a search as far as resolvelib looks, and kept for its later looks."""

    def __init__(self, search: Iterator[Candidate], excluded: set[Candidate]) -> None:
        self._search = (candidate for candidate in search if candidate not in excluded)
        self._found: list[Candidate] = []

    def _read_to(self, place: int) -> bool:
        while len(self._found) <= place:
            following = next(self._search, None)
            if following is None:
                return False
            self._found.append(following)
        return True

    def __iter__(self) -> Iterator[Candidate]:
        place = 0
        while self._read_to(place):
            yield self._found[place]
            place += 1

    def __bool__(self) -> bool:
        return self._read_to(0)

    def __getitem__(self, place: int) -> Candidate:  # type: ignore[override]
        if not self._read_to(place):
            raise IndexError(place)
        return self._found[place]

    def __len__(self) -> int:
        return sum(1 for _ in self)
