"""Costs as single integers: the fields side by side, so that comparing and adding them is what integers do."""

from __future__ import annotations

from collections.abc import Mapping

from trueup.model.repair import Cost
from trueup.repair.optimum._plan import FIELDS

WIDTH = 24
"""Bits for each field: sums stay below sixteen millions."""
_SHIFTS: Mapping[str, int] = {name: WIDTH * (len(FIELDS) - 1 - place) for place, name in enumerate(FIELDS)}
_MASK = (1 << WIDTH) - 1
TROUBLE = sum(_MASK << _SHIFTS[name] for name in ("unsatisfied", "compilations"))
"""The bits of what stays in trouble: unsatisfied, or compiled."""


def worse(cost: int, trouble: int) -> int:
    """A cost with more trouble: what is unsatisfied is not counted as compiled as well."""
    return cost & ~TROUBLE | max(cost & TROUBLE, trouble)


def vector(**fields: int) -> int:
    """The integer of a cost given by its fields."""
    return sum(value << _SHIFTS[name] for name, value in fields.items())


def field_of(cost: int, name: str) -> int:
    """One field of a cost."""
    return (cost >> _SHIFTS[name]) & _MASK


def row(cost: int) -> tuple[int, ...]:
    """All fields of a cost in their order."""
    return tuple(field_of(cost, name) for name in FIELDS)


def cost_of(cost: int) -> Cost:
    """A cost as the model has it."""
    return Cost(**{name: field_of(cost, name) for name in FIELDS})
