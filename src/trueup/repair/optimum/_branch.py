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
from dataclasses import dataclass
from itertools import count

from trueup.repair.optimum._clauses import Choice, Clause, Masks, Variable
from trueup.repair.optimum._vector import TROUBLE, vector


class OutOfTime(Exception):
    """The time given is over."""


@dataclass(frozen=True, slots=True)
class _Node:
    """Values still open; the cheapest of each, the clauses (by number) that these contradict, and what they cost.

    `bound` adds what not to contradict some of the clauses costs at least; `clause` is the one to split along.
    """

    masks: Masks
    places: tuple[int, ...]
    contradicted: tuple[int, ...]
    cost: int
    bound: int
    clause: Clause | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier search left: its open nodes, each with its bound then, and the clauses (by number) new since."""

    nodes: Sequence[tuple[int, Masks]]
    fresh: Sequence[int]


def _masks(node: _Node | Masks) -> Masks:
    return node.masks if isinstance(node, _Node) else node


def _contradicts(clause: Clause, places: Sequence[int]) -> bool:
    """Whether a value for each variable contradicts a clause."""
    then = clause.then
    if then is not None and then[1] >> places[then[0]] & 1:
        return False
    return all(mask >> places[at] & 1 for at, mask in clause.when)


class Search:
    """Some variables and the clauses about them; clauses name variables by their place among these."""

    def __init__(self, variables: Sequence[Variable], clauses: Sequence[Clause]) -> None:
        self.variables = variables
        self.clauses = clauses
        self._uses: list[list[int]] = [[] for _ in variables]
        for number, clause in enumerate(clauses):
            for place in clause.places():
                self._uses[place].append(number)
        named: dict[str, list[int]] = {}
        for place, variable in enumerate(variables):
            if variable.group is not None:
                named.setdefault(variable.group, []).append(place)
        self._groups = {name: members for name, members in named.items() if len(members) > 1}
        self._single = [place for place, variable in enumerate(variables) if variable.group not in self._groups]
        self.left: list[tuple[int, Masks]] = []
        """After a search: nodes that hold, together, every choice that contradicts no clause, with their bounds."""
        self._filed = [place for place, variable in enumerate(variables) if variable.file]

    def cheapest(self, masks: Sequence[int], deadline: float, earlier: Earlier | None = None) -> Choice | None:
        """The cheapest choice among some values that contradicts no clause; None where there is none.

        Args:
            masks: the values that are open.
            deadline: when to stop, in seconds of `time.monotonic`.
            earlier: nodes that hold, together, every choice that is left; without them, the search starts from `masks`.

        Raises:
            OutOfTime: the deadline has passed.
        """
        numbers = count(1)
        heap: list[tuple[int, int, _Node | Masks]] = [(self.bound(masks), 0, tuple(masks))]
        fresh: Sequence[int] = ()
        if earlier is not None:
            heap = [(cost, -next(numbers), node) for cost, node in earlier.nodes]
            heapq.heapify(heap)
            fresh = earlier.fresh
        while heap:
            if time.monotonic() > deadline:
                raise OutOfTime
            cost, number, node = heapq.heappop(heap)
            if not isinstance(node, _Node):
                again = self.propagated(list(node), fresh)
                if again is not None:
                    made = self._root(again)
                    heapq.heappush(heap, (max(cost, made.bound), number, made))
                continue
            clause = node.clause
            exact = cost if clause is not None else self.bound([1 << place for place in node.places])
            if clause is None and exact == cost:
                self.left = [(cost, node.masks), *((cost, _masks(other)) for cost, _, other in heap)]
                return Choice(node.places, cost)
            for child in self._split(node, clause) if clause is not None else self._separated(node):
                made = self._child(node, child)
                heapq.heappush(heap, (max(cost, made.bound), -next(numbers), made))
        self.left = []
        return None

    def bound(self, masks: Sequence[int]) -> int:
        """What the open values cost at least."""
        total = sum(self.variables[at].cheapest(masks[at])[0] for at in self._single)
        return total + sum(self._shared(masks, members) for members in self._groups.values()) + self._files(masks)

    def least(self, places: Iterable[int]) -> int:
        """What some variables cost at least when nothing is excluded, without files and shared trouble."""
        chosen = set(places)
        alone = chosen.intersection(self._single)
        return sum(self.variables[at].cheapest(self.variables[at].every)[0] for at in alone)

    def _shared(self, masks: Sequence[int], members: Sequence[int]) -> int:
        """What the open values of one group cost at least: its trouble once, and the moves that do with that.

        More trouble costs more than any moves, so where less trouble is possible, values with more need no look.
        """
        trouble = max(self.variables[at].cheapest(masks[at])[0] & TROUBLE for at in members)
        pins = sets = 0
        for at in members:
            moves = self.variables[at].moves(masks[at], trouble)
            if self.variables[at].kind == "pin":
                pins += moves
            else:
                sets = max(sets, moves)
        return trouble + pins + sets

    def _files(self, masks: Sequence[int]) -> int:
        """What the files cost that are touched whatever open values are chosen."""
        return vector(
            files=len({self.variables[at].file for at in self._filed if not masks[at] & self.variables[at].free})
        )

    def _root(self, masks: Sequence[int]) -> _Node:
        places = tuple(variable.cheapest(mask)[1] for variable, mask in zip(self.variables, masks, strict=True))
        contradicted = [number for number, clause in enumerate(self.clauses) if _contradicts(clause, places)]
        return self._node(masks, places, contradicted, self.bound(masks))

    def _child(self, parent: _Node, masks: Sequence[int]) -> _Node:
        """A node below another; only what changed is looked at again."""
        cost = parent.cost
        places = list(parent.places)
        groups: set[str] = set()
        again: set[int] = set()
        filed = False
        for at, mask in enumerate(masks):
            old = parent.masks[at]
            if mask == old:
                continue
            variable = self.variables[at]
            least, place = variable.cheapest(mask)
            if variable.group is None or variable.group not in self._groups:
                cost += least - variable.cheapest(old)[0]
            else:
                groups.add(variable.group)
            filed = filed or bool(variable.file)
            if place != places[at]:
                places[at] = place
                again.update(self._uses[at])
        for group in groups:
            cost += self._shared(masks, self._groups[group]) - self._shared(parent.masks, self._groups[group])
        if filed:
            cost += self._files(masks) - self._files(parent.masks)
        contradicted = [number for number in parent.contradicted if number not in again]
        contradicted += [number for number in again if _contradicts(self.clauses[number], places)]
        return self._node(masks, places, contradicted, cost)

    def _node(self, masks: Sequence[int], places: Sequence[int], contradicted: Sequence[int], cost: int) -> _Node:
        """A node with its bound.

        Each contradicted clause needs another value of one of its variables. Where clauses have no variable in common,
        and no group, what these values cost more adds up. The dearest clause is the one to split along: all that is
        left becomes dearer; of several the one with the fewest ways out, and then the oldest.
        """
        ranked = sorted((self._amends(masks, number) for number in contradicted), key=lambda one: one[:3])
        more = 0
        taken: set[int | str] = set()
        for dearness, _, _, units in ranked:
            if taken.isdisjoint(units):
                taken |= units
                more -= dearness
        clause = self.clauses[ranked[0][2]] if ranked else None
        return _Node(tuple(masks), tuple(places), tuple(contradicted), cost, cost + more, clause)

    def _amends(self, masks: Sequence[int], number: int) -> tuple[int, int, int, set[int | str]]:
        """What not to contradict a clause costs more at least, negated; its ways out, its number, what these change."""
        clause = self.clauses[number]
        ways = [(at, masks[at] & ~mask) for at, mask in clause.when]
        if clause.then is not None:
            ways.append((clause.then[0], masks[clause.then[0]] & clause.then[1]))
        open_ = [(at, mask) for at, mask in ways if mask]
        more = min((self._dearer(masks, at, mask) for at, mask in open_), default=0)
        return -more, len(open_), number, {self._unit(at) for at, _ in open_}

    def _unit(self, at: int) -> int | str:
        """What a variable shares its cost with: its group, or nothing."""
        group = self.variables[at].group
        return group if group is not None and group in self._groups else at

    def _dearer(self, masks: Sequence[int], at: int, mask: int) -> int:
        """What fewer values of one variable cost more at least."""
        unit = self._unit(at)
        if isinstance(unit, int):
            return self.variables[at].cheapest(mask)[0] - self.variables[at].cheapest(masks[at])[0]
        members = self._groups[unit]
        changed = list(masks)
        changed[at] = mask
        return self._shared(changed, members) - self._shared(masks, members)

    def _split(self, node: _Node, clause: Clause) -> Iterable[list[int]]:
        """The ways not to contradict a clause: one condition after the other does not hold, or the conclusion does."""
        held = list(node.masks)
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

    def _separated(self, node: _Node) -> Iterable[list[int]]:
        """Split a node whose cheapest values cost more together than the bound tells: by a file, or within a group."""
        masks, places = node.masks, node.places
        for at in self._filed:
            free = self.variables[at].free
            if masks[at] & free and masks[at] & ~free:
                return [self._with(masks, at, masks[at] & free), self._with(masks, at, masks[at] & ~free)]
        for at in (at for members in self._groups.values() for at in members):
            own = 1 << places[at]
            if masks[at] != own:
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
