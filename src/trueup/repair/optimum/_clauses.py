"""Variables, their values and costs, and clauses about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from trueup.repair.optimum._vector import TROUBLE

Masks = tuple[int, ...]


@dataclass
class Variable:
    """A choice among values, each with a cost, whose trouble is either one unsatisfied name or one compiled.

    Variables of one `group`, which is a name, share their trouble: the name is in trouble once, with the highest. The
    moves of pins add up; those of distributions on several targets count once. `free` is the set of values that touch
    no file.
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
    revision: int = 0
    """How often its costs have changed."""
    places: dict[str, int] = field(default_factory=dict)
    _cheapest: dict[int, tuple[int, int]] = field(default_factory=dict)
    _moves: dict[tuple[int, int], int] = field(default_factory=dict)

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

    def moves(self, mask: int, trouble: int) -> int:
        """What some values cost at least besides their trouble, among those with no more trouble than given."""
        known = self._moves.get((mask, trouble))
        if known is None:
            costs = (cost for place, cost in enumerate(self.costs) if mask >> place & 1 and cost & TROUBLE <= trouble)
            known = self._moves[mask, trouble] = min(cost & ~TROUBLE for cost in costs)
        return known

    def reprice(self, place: int, cost: int) -> None:
        """Give a value another cost, because more has become known of it."""
        self.costs[place] = cost
        self.revision += 1
        self._cheapest.clear()
        self._moves.clear()


@dataclass(frozen=True)
class Clause:
    """If every variable of `when` has a value of its set, the one of `then` has one of its; None: they cannot all."""

    when: tuple[tuple[int, int], ...]
    then: tuple[int, int] | None
    kind: str
    why: str
    target: int | None = None

    def places(self) -> set[int]:
        """The places of the variables that it speaks of."""
        found = {at for at, _ in self.when}
        if self.then is not None:
            found.add(self.then[0])
        return found


@dataclass(frozen=True)
class Choice:
    """A value for every variable, by place, and what it costs together."""

    places: tuple[int, ...]
    cost: int
