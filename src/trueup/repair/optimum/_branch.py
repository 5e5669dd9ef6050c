"""The cheapest choice of values that contradicts no clause: best-first search over sets of values.

A node holds for each variable the set of values still open. Its bound is the sum of every variable's cheapest open
value; where these values contradict no clause they are the optimum, because nothing can be below the bound. Else the
node is split along a contradicted clause: either one of its conditions does not hold, or all hold and its conclusion
does.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Sequence
from itertools import count

from trueup.repair.optimum._clauses import Choice, Clause, Variable

Masks = tuple[int, ...]


class OutOfTime(Exception):
    """The time given is over."""


class Search:
    """Some variables and the clauses about them; clauses name variables by their place among these."""

    def __init__(self, variables: Sequence[Variable], clauses: Sequence[Clause]) -> None:
        self.variables = variables
        self.clauses = clauses
        self._uses: list[list[int]] = [[] for _ in variables]
        for number, clause in enumerate(clauses):
            for place in clause.places():
                self._uses[place].append(number)
        self._groups: dict[str, list[int]] = {}
        for place, variable in enumerate(variables):
            if variable.group is not None:
                self._groups.setdefault(variable.group, []).append(place)
        self._single = [place for place, variable in enumerate(variables) if variable.group is None]
        self._filed = [place for place, variable in enumerate(variables) if variable.file]

    def cheapest(self, masks: Sequence[int], deadline: float) -> Choice | None:
        """The cheapest choice among some values that contradicts no clause; None where there is none.

        Raises:
            OutOfTime: `deadline` (of `time.monotonic`) has passed.
        """
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
                done = self.propagated(child, touched.union(self._uses[at]))
                if done is not None:
                    yield done
                held[at] &= mask
                touched.update(self._uses[at])
        if clause.then is not None:
            at, mask = clause.then
            held[at] &= mask
            if held[at]:
                done = self.propagated(held, touched.union(self._uses[at]))
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

    def propagated(self, masks: list[int], clauses: Iterable[int]) -> list[int] | None:
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
