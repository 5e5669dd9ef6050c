"""The words and the evidence of a resolution: who asks for what, and in which line of the project it begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trueup.model.distribution import Conflict, ConflictSide
from trueup.model.evidence import Evidence
from trueup.resolve.conflicts import Clash, Outcome
from trueup.resolve.demands import Candidate, Demand


def asked(demand: Demand) -> str:
    """A demand with its origin: `aiohttp<3.11 (from aiogram 3.13.1)`."""
    if demand.parent is not None:
        return f"{demand.text} (from {demand.parent})"
    place = demand.declared.evidence.place if demand.declared else ""
    return f"{demand.text} ({place})" if place else demand.text


def origin(demand: Demand, demands: Mapping[str, Sequence[Demand]]) -> Evidence | None:
    """The project's line at which the way to a demand begins; the shortest way, by breadth.

    Args:
        demand: the demand to trace.
        demands: the demands on every name, those of its parents among them.
    """
    level = [demand]
    seen: set[str] = set()
    while level:
        following: list[Demand] = []
        for one in level:
            if one.declared is not None:
                return one.declared.evidence
            if one.parent is not None and one.parent.name not in seen:
                seen.add(one.parent.name)
                following.extend(demands.get(one.parent.name, ()))
        level = following
    return None


def by_name(outcome: Outcome) -> dict[str, list[Demand]]:
    """The demands of a solution by distribution, without those of extras for their own distribution."""
    found: dict[str, list[Demand]] = {}
    for identifier in outcome.solution.pins:
        for demand in outcome.solution.demands[identifier]:
            if not demand.explicit:
                found.setdefault(demand.name, []).append(demand)
    return found


def conflict_of(clash: Clash, demands: Mapping[str, Sequence[Demand]], sources: Mapping[Candidate, str]) -> Conflict:
    """A clash as a conflict that names all sides, each with the line that it comes from."""
    unique: dict[tuple[str, str], Demand] = {}
    for side in clash.sides:
        unique.setdefault((side.text, str(side.parent)), side)
    sides = list(unique.values())
    told = tuple(_side(side, demands, sources) for side in sides)
    context = tuple(_side(side, demands, sources) for side in clash.context)
    return Conflict(clash.name, (*told, *context), _reason(clash.name, sides, clash.context))


def _side(demand: Demand, demands: Mapping[str, Sequence[Demand]], sources: Mapping[Candidate, str]) -> ConflictSide:
    line = origin(demand, demands)
    evidence = () if line is None else (line,)
    if demand.parent is None:
        return ConflictSide(demand.text, None, evidence)
    source = sources.get(demand.parent)
    told = f"{demand.parent} requires {demand.text}" + (f" ({source})" if source else "")
    return ConflictSide(demand.text, str(demand.parent), (*evidence, Evidence.observed(told)))


def _reason(name: str, sides: Sequence[Demand], context: Sequence[Demand]) -> str:
    if len(sides) == 1:
        only = sides[0]
        who = f"{only.parent} requires" if only.parent else "the project asks for"
        return f"{who} {only.text}, and no version of {name} that can be installed there satisfies it"
    own = [side for side in sides if side.parent is None]
    others = [f"{side.parent} requires {side.text}" for side in sides if side.parent is not None]
    parts = [_own(side) for side in own] + others
    joined = f"{', '.join(parts[:-1])} and {parts[-1]}"
    given = f" (given {', '.join(_own(one) for one in context)})" if context else ""
    which = "both" if len(sides) == 2 else "all of them"
    return f"{joined}{given}: no version of {name} satisfies {which}"


def _own(demand: Demand) -> str:
    place = demand.declared.evidence.place if demand.declared else ""
    verb = "limits it to" if demand.declared and demand.declared.is_constraint else "asks for"
    return f"{place} {verb} {demand.text}" if place else f"the project {verb} {demand.text}"
