"""The cheapest choice of values that contradicts no known clause: best-first search over sets of values.

A node holds for each variable the set of values still open. Its bound is the sum of every variable's cheapest open
value; where these values contradict no clause they are the optimum, because nothing can be below the bound. Else the
node is split along a contradicted clause: either one of its conditions does not hold, or all hold and its conclusion
does.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

Masks = tuple[int, ...]


@dataclass
class Variable:
    """A choice among values, each with a cost. Variables of one `group` count together: of each field the highest.

    `free` is the set of values that touch no file.
    """

    key: str
    kind: str
    name: str
    values: tuple[str, ...]
    costs: list[int]
    target: int | None = None
    group: str | None = None
    file: str = ""
    keep: int = 0
    free: int = 0
    places: dict[str, int] = field(default_factory=dict)
    _cheapest: dict[int, tuple[int, int]] = field(default_factory=dict)
    _certain: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = {value: place for place, value in enumerate(self.values)}

    @property
    def every(self) -> int:
        """The set of all values."""
        return (1 << len(self.values)) - 1

    def mask(self, values: Iterable[str]) -> int:
        """A set of values."""
        found = 0
        for value in values:
            place = self.places.get(value)
            if place is not None:
                found |= 1 << place
        return found

    def members(self, mask: int) -> list[str]:
        """The values of a set."""
        return [value for place, value in enumerate(self.values) if mask >> place & 1]

    def cheapest(self, mask: int) -> tuple[int, int]:
        """The least cost among some values and the place of the first value that has it."""
        known = self._cheapest.get(mask)
        if known is None:
            places = (place for place in range(len(self.values)) if mask >> place & 1)
            known = self._cheapest[mask] = min((self.costs[place], place) for place in places)
        return known

    def certain(self, mask: int) -> int:
        """The fields that every one of some values has; for costs whose fields are 0 or 1."""
        known = self._certain.get(mask)
        if known is None:
            known = -1
            for place, cost in enumerate(self.costs):
                if mask >> place & 1:
                    known &= cost
            self._certain[mask] = known
        return known

    def reprice(self, place: int, cost: int) -> None:
        """Give a value another cost, because more has become known of it."""
        self.costs[place] = cost
        self._cheapest.clear()
        self._certain.clear()


@dataclass(frozen=True)
class Clause:
    """If every variable of `when` has a value of its set, the one of `then` has one of its; None: they cannot all."""

    when: tuple[tuple[int, int], ...]
    then: tuple[int, int] | None
    kind: str
    why: str
    target: int | None = None


@dataclass(frozen=True)
class Choice:
    """A value for every variable, by place, and what it costs together."""

    places: tuple[int, ...]
    cost: int


class OutOfTime(Exception):
    """The time given is over."""


class Problem:
    """Variables and clauses, both growing while facts are found."""

    def __init__(self) -> None:
        self.variables: list[Variable] = []
        self.by_key: dict[str, int] = {}
        self.clauses: list[Clause] = []
        self._known: set[tuple[object, object]] = set()
        self._uses: list[list[int]] = []
        self._groups: dict[str, list[int]] = {}
        self._single: list[int] = []
        self._filed: list[int] = []

    def add_variable(self, variable: Variable) -> int:
        """Take a variable in; its place."""
        place = len(self.variables)
        self.variables.append(variable)
        self.by_key[variable.key] = place
        self._uses.append([])
        if variable.group is None:
            self._single.append(place)
        else:
            self._groups.setdefault(variable.group, []).append(place)
        if variable.file:
            self._filed.append(place)
        return place

    def add_clause(self, clause: Clause) -> bool:
        """Take a clause in; whether it was new and says anything."""
        if clause.then is not None and clause.then[1] == self.variables[clause.then[0]].every:
            return False
        key = (clause.when, clause.then)
        if key in self._known or any(not mask for _, mask in clause.when):
            return False
        self._known.add(key)
        number = len(self.clauses)
        self.clauses.append(clause)
        for variable in {one for one, _ in clause.when} | ({clause.then[0]} if clause.then else set()):
            self._uses[variable].append(number)
        return True

    def extend(self, number: int, at: int, mask: int) -> None:
        """Give a clause one more condition."""
        clause = self.clauses[number]
        self.clauses[number] = replace(clause, when=(*clause.when, (at, mask)))
        self._uses[at].append(number)

    def cheapest(self, deadline: float) -> Choice | None:
        """The cheapest choice that contradicts no clause; None where there is none.

        Raises:
            OutOfTime: `deadline` (of `time.monotonic`) has passed.
        """
        masks = self._propagated([variable.every for variable in self.variables], range(len(self.clauses)))
        if masks is None:
            return None
        numbers = count()
        heap: list[tuple[int, int, Masks]] = [(self.bound(masks), 0, tuple(masks))]
        while heap:
            if time.monotonic() > deadline:
                raise OutOfTime
            cost, _, node = heapq.heappop(heap)
            places = tuple(self.variables[at].cheapest(mask)[1] for at, mask in enumerate(node))
            clause = self._contradicted(node, places)
            exact = cost if clause is not None else self.bound([1 << place for place in places])
            if clause is None and exact == cost:
                return Choice(places, cost)
            for child in self._split(node, clause) if clause is not None else self._separated(node, places):
                heapq.heappush(heap, (self.bound(child), -next(numbers), tuple(child)))
        return None

    def bound(self, masks: Sequence[int]) -> int:
        """What the open values cost at least."""
        total = sum(self.variables[at].cheapest(masks[at])[0] for at in self._single)
        for members in self._groups.values():
            certain = 0
            for at in members:
                certain |= self.variables[at].certain(masks[at])
            total += max(certain, max(self.variables[at].cheapest(masks[at])[0] for at in members))
        return total + len({self.variables[at].file for at in self._filed if not masks[at] & self.variables[at].free})

    def _contradicted(self, masks: Sequence[int], places: Sequence[int]) -> Clause | None:
        """A clause that some values contradict, with the fewest ways out."""
        best: Clause | None = None
        fewest = 1 << 30
        for clause in self.clauses:
            then = clause.then
            if then is not None and then[1] >> places[then[0]] & 1:
                continue
            ways = int(then is not None and bool(masks[then[0]] & then[1]))
            for at, mask in clause.when:
                if not mask >> places[at] & 1:
                    break
                ways += bool(masks[at] & ~mask)
            else:
                if ways < fewest:
                    best, fewest = clause, ways
                if ways <= 1:
                    break
        return best

    def _split(self, masks: Masks, clause: Clause) -> Iterable[list[int]]:
        """The ways not to contradict a clause: one condition after the other does not hold, or the conclusion does."""
        held = list(masks)
        touched: set[int] = set()
        for at, mask in clause.when:
            if held[at] & ~mask:
                child = list(held)
                child[at] &= ~mask
                done = self._propagated(child, touched.union(self._uses[at]))
                if done is not None:
                    yield done
                held[at] &= mask
                touched.update(self._uses[at])
        if clause.then is not None:
            at, mask = clause.then
            held[at] &= mask
            if held[at]:
                done = self._propagated(held, touched.union(self._uses[at]))
                if done is not None:
                    yield done

    def _separated(self, masks: Masks, places: Sequence[int]) -> Iterable[list[int]]:
        """Split a node whose cheapest values cost more together than the bound tells: by a file, or within a group."""
        for at in self._filed:
            free = self.variables[at].free
            if masks[at] & free and masks[at] & ~free:
                return [self._with(masks, at, masks[at] & free), self._with(masks, at, masks[at] & ~free)]
        for at, variable in enumerate(self.variables):
            own = 1 << places[at]
            if variable.group is not None and masks[at] != own:
                return [self._with(masks, at, own), self._with(masks, at, masks[at] & ~own)]
        raise AssertionError("a node of single values costs what its bound tells")

    @staticmethod
    def _with(masks: Masks, at: int, mask: int) -> list[int]:
        changed = list(masks)
        changed[at] = mask
        return changed

    def _propagated(self, masks: list[int], clauses: Iterable[int]) -> list[int] | None:
        """Draw every conclusion that leaves only one way; None where a variable has no value left."""
        waiting = list(clauses)
        queued = set(waiting)
        while waiting:
            number = waiting.pop()
            queued.discard(number)
            changed = self._concluded(masks, self.clauses[number])
            if changed is None:
                continue
            if not masks[changed]:
                return None
            for other in self._uses[changed]:
                if other not in queued:
                    queued.add(other)
                    waiting.append(other)
        return masks

    def _concluded(self, masks: list[int], clause: Clause) -> int | None:
        """Narrow the one variable that a clause leaves open; the variable, or None where nothing follows."""
        unsure = None
        for at, mask in clause.when:
            if not masks[at] & mask:
                return None
            if masks[at] & ~mask:
                if unsure is not None:
                    return None
                unsure = at, mask
        then = clause.then
        if unsure is None:
            if then is None:
                masks[clause.when[0][0]] = 0
                return clause.when[0][0]
            if masks[then[0]] & ~then[1]:
                masks[then[0]] &= then[1]
                return then[0]
            return None
        if then is not None and masks[then[0]] & then[1]:
            return None
        masks[unsure[0]] &= ~unsure[1]
        return unsure[0]
