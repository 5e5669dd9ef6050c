"""The whole problem: it falls into parts that have nothing to do with each other, and each is solved by itself.

Three things make it small. What follows at once is drawn first. A variable whose cheapest value satisfies every clause
that speaks of it takes that value: no choice can be better for having another. And what is left falls into parts that
share no clause; their optima together are the optimum, and a part that has not changed since is not solved again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from trueup.repair.optimum._branch import Earlier, Search
from trueup.repair.optimum._clauses import Choice, Clause, Masks, Variable

_Key = tuple[object, ...]
MOST_LEFT = 40
"""How many searches are remembered, to go on from what they left open."""


@dataclass(frozen=True)
class _Part:
    """Variables, by place, and the numbers of the clauses that connect them."""

    variables: tuple[int, ...]
    clauses: tuple[int, ...]


@dataclass(frozen=True)
class _Left:
    """What the search of a part left open: its variables, their open values, its clauses, and nodes with bounds."""

    variables: tuple[int, ...]
    masks: Masks
    clauses: frozenset[int]
    nodes: list[tuple[int, Masks]]


class Problem:
    """Variables and clauses, both growing while facts are found."""

    def __init__(self) -> None:
        self.variables: list[Variable] = []
        self.by_key: dict[str, int] = {}
        self.clauses: list[Clause] = []
        self._known: set[tuple[object, object]] = set()
        self._solved: dict[_Key, Choice | None] = {}
        self._left: list[_Left] = []

    def add_variable(self, variable: Variable) -> int:
        """Take a variable in; its place."""
        place = len(self.variables)
        self.variables.append(variable)
        self.by_key[variable.key] = place
        return place

    def add_clause(self, clause: Clause) -> bool:
        """Take a clause in; whether it was new and says anything."""
        if clause.then is not None and clause.then[1] == self.variables[clause.then[0]].every:
            return False
        key = (clause.when, clause.then)
        if key in self._known or any(not mask for _, mask in clause.when):
            return False
        self._known.add(key)
        self.clauses.append(clause)
        return True

    def extend(self, number: int, at: int, mask: int) -> None:
        """Give a clause one more condition; searches that counted on it without that are forgotten."""
        self._left = [left for left in self._left if number not in left.clauses]
        clause = self.clauses[number]
        self.clauses[number] = replace(clause, when=(*clause.when, (at, mask)))

    def withdraw(self, kind: str) -> None:
        """Let every clause of a kind hold whatever is chosen; searches that counted on it are forgotten."""
        for number, clause in enumerate(self.clauses):
            if clause.kind == kind and clause.then is not None:
                at = clause.then[0]
                self.clauses[number] = replace(clause, then=(at, self.variables[at].every))
                self._left = [left for left in self._left if number not in left.clauses]

    def cheapest(self, deadline: float, fixed: Mapping[int, int] | None = None) -> Choice | None:
        """The cheapest choice that contradicts no clause; None where there is none.

        Args:
            deadline: when to stop, in seconds of `time.monotonic`.
            fixed: the values that are open to some variables, by place; all of the others.

        Raises:
            OutOfTime: the deadline has passed.
        """
        whole = Search(self.variables, self.clauses)
        fixed = fixed or {}
        open_ = [fixed.get(at, variable.every) for at, variable in enumerate(self.variables)]
        masks = whole.propagated(open_, range(len(self.clauses)))
        if masks is None:
            return None
        places = [variable.cheapest(mask)[1] for variable, mask in zip(self.variables, masks, strict=True)]
        parts = self._parts(self._without_settled(masks, places))
        for part in parts:
            choice = self._solve(part, masks, deadline)
            if choice is None:
                return None
            for at, place in zip(part.variables, choice.places, strict=True):
                places[at] = place
        cost = whole.bound([1 << place for place in places])
        if self._files_may_be_saved(parts, masks, places):
            return whole.cheapest(masks, deadline)
        return Choice(tuple(places), cost)

    def _without_settled(self, masks: Sequence[int], places: Sequence[int]) -> set[int]:
        """The numbers of the clauses left when every variable that can have its cheapest value has it.

        A value that costs nothing and satisfies all clauses about its variable is never worse than another.
        """
        waiting = {number for number, clause in enumerate(self.clauses) if not _holds(clause, masks)}
        uses: dict[int, set[int]] = {}
        for number in waiting:
            for at in self.clauses[number].places():
                uses.setdefault(at, set()).add(number)
        again = set(uses)
        while again:
            at = again.pop()
            own = 1 << places[at]
            lasting = not self.variables[at].costs[places[at]]
            if lasting and uses[at] and all(_satisfied_by(self.clauses[one], at, own) for one in uses[at]):
                for number in tuple(uses[at]):
                    waiting.discard(number)
                    for other in self.clauses[number].places():
                        uses[other].discard(number)
                        again.add(other)
        return waiting

    def _parts(self, clauses: Iterable[int]) -> list[_Part]:
        """The parts that some clauses connect; variables of a group belong together."""
        parents: dict[object, object] = {}

        def root(one: object) -> object:
            while parents.setdefault(one, one) != one:
                one = parents[one]
            return one

        numbers = sorted(clauses)
        for number in numbers:
            first, *others = sorted(self.clauses[number].places())
            for other in others:
                parents[root(other)] = root(first)
        for at, variable in enumerate(self.variables):
            if variable.group is not None:
                parents[root(at)] = root(variable.group)
        members: dict[object, list[int]] = {}
        for at in range(len(self.variables)):
            members.setdefault(root(at), []).append(at)
        own: dict[object, list[int]] = {}
        for number in numbers:
            own.setdefault(root(min(self.clauses[number].places())), []).append(number)
        return [_Part(tuple(members[one]), tuple(own.get(one, ()))) for one in members]

    def _solve(self, part: _Part, masks: Sequence[int], deadline: float) -> Choice | None:
        variables = [self.variables[at] for at in part.variables]
        open_ = tuple(masks[at] for at in part.variables)
        clauses = tuple(self.clauses[number] for number in part.clauses)
        key: _Key = (part.variables, open_, tuple(one.revision for one in variables), clauses)
        if key not in self._solved:
            local = {at: place for place, at in enumerate(part.variables)}
            search = Search(variables, [_local(clause, local) for clause in clauses])
            self._solved[key] = search.cheapest(open_, deadline, self._earlier(part, open_, search))
            self._left.append(_Left(part.variables, open_, frozenset(part.clauses), search.left))
            del self._left[:-MOST_LEFT]
        return self._solved[key]

    def _earlier(self, part: _Part, open_: Masks, search: Search) -> Earlier | None:
        """What an earlier search of this part, or of some of it, left open, in terms of this part.

        Since then clauses were added, values became dearer and fewer: no choice that was excluded is possible again,
        and a bound of then is one still. Variables that the earlier search did not have add their cheapest values.
        """
        masks = dict(zip(part.variables, open_, strict=True))
        clauses = set(part.clauses)
        fitting = [
            left
            for left in self._left
            if left.clauses <= clauses
            and all(at in masks and not masks[at] & ~old for at, old in zip(left.variables, left.masks, strict=True))
        ]
        if not fitting:
            return None
        best = max(fitting, key=lambda left: len(left.nodes))
        known = dict(zip(best.variables, range(len(best.variables)), strict=True))
        more = search.least(place for place, at in enumerate(part.variables) if at not in known)
        nodes = []
        for cost, node in best.nodes:
            own = tuple(masks[at] & node[known[at]] if at in known else masks[at] for at in part.variables)
            if all(own):
                nodes.append((cost + more, own))
        return Earlier(nodes, [place for place, one in enumerate(part.clauses) if one not in best.clauses])

    def _files_may_be_saved(self, parts: Iterable[_Part], masks: Sequence[int], places: Sequence[int]) -> bool:
        """Whether another choice of equal cost might touch fewer files.

        A part touches as few as it can by itself. So it cannot do without the only file that its lines stand in, nor
        without the file of a line that has to move; only other files may be saved by choosing for several parts.
        """
        touched: set[str] = set()
        forced: set[str] = set()
        for part in parts:
            filed = [at for at in part.variables if self.variables[at].file]
            moved = [at for at in filed if not self.variables[at].free >> places[at] & 1]
            own = {self.variables[at].file for at in moved}
            touched |= own
            if len({self.variables[at].file for at in filed}) == 1:
                forced |= own
            forced.update(self.variables[at].file for at in moved if not masks[at] & self.variables[at].free)
        return len(touched) > 1 and touched != forced


def _holds(clause: Clause, masks: Sequence[int]) -> bool:
    """Whether a clause holds whatever open values are chosen."""
    if clause.then is not None and not masks[clause.then[0]] & ~clause.then[1]:
        return True
    return any(not masks[at] & mask for at, mask in clause.when)


def _satisfied_by(clause: Clause, at: int, own: int) -> bool:
    """Whether one value of one variable alone makes a clause hold."""
    if clause.then is not None and clause.then[0] == at and own & clause.then[1]:
        return True
    return any(other == at and not mask & own for other, mask in clause.when)


def _local(clause: Clause, places: dict[int, int]) -> Clause:
    """A clause with the places that its variables have in a part."""
    when = tuple((places[at], mask) for at, mask in clause.when)
    then = (places[clause.then[0]], clause.then[1]) if clause.then is not None else None
    return replace(clause, when=when, then=then)
