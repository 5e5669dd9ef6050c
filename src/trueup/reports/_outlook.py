"""The forecast of a matrix: what breaks on the day that a service's Python moves, one statement per lane."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trueup.model.distribution import Outcome, PackageForecast
from trueup.model.matrix import Lane, Matrix, MatrixTable
from trueup.model.target import SUPPORTED_MINORS
from trueup.reports._words import printable

MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the next Python does to one lane.

    `after` is the next Python (None: trueup knows none, or today's is unknown), `on` the published day of the move
    (None: no day is published), `breaks` what has a usable wheel today and none then, `blocked` what has none today.
    """

    lane: Lane
    after: str | None
    on: str | None
    breaks: tuple[PackageForecast, ...]
    blocked: tuple[PackageForecast, ...]
    sentence: str


def outlooks(matrix: Matrix) -> list[tuple[MatrixTable, Outlook]]:
    """The outlook of every lane that is built today; of all lanes of a platform for which none of those was asked."""
    current = {lane.platform for table in matrix.tables for lane in table.lanes if lane.is_today}
    return [
        (table, outlook(table, lane))
        for table in matrix.tables
        for lane in table.lanes
        if lane.is_today or lane.platform not in current
    ]


def outlook(table: MatrixTable, lane: Lane) -> Outlook:
    """What the next Python does to one lane of a table."""
    after = lane.move.minor if lane.move else _next(table, lane.minor)
    day = lane.move.on if lane.move else None
    if lane.minor is None or after is None or after not in table.minors or lane.minor not in table.minors:
        return Outlook(lane, after, day, (), (), _untold(table, lane, after))
    breaks = table.breaks(lane.minor, after)
    blocked = table.blockers(lane.minor)
    then = f"{_then(lane, after, breaks, len(blocked))}{_unsure(table, after)}"
    return Outlook(lane, after, day, breaks, blocked, f"{_today(lane)} {then}")


def lane_name(lane: Lane) -> str:
    """`railway · railpack · web, worker`."""
    return f"{lane.platform} · {lane.builder} · {printable(', '.join(lane.services))}"


def _next(table: MatrixTable, minor: str | None) -> str | None:
    """The next Python: the next that the table has, where the one in between is no longer maintained."""
    if minor not in SUPPORTED_MINORS:
        return None
    later = SUPPORTED_MINORS[SUPPORTED_MINORS.index(minor) + 1 :]
    return next((each for each in later if each in table.minors), later[0] if later else None)


def _today(lane: Lane) -> str:
    if lane.is_default:
        return f"Python {lane.python} by the platform's default."
    place = next((printable(item.place or item.text) for item in lane.evidence), "")
    return f"Python {lane.python} by {place}." if place else f"Python {lane.python}, as the project says."


def _then(lane: Lane, after: str, breaks: tuple[PackageForecast, ...], blocked: int) -> str:
    if lane.move is not None:
        start = f"On {lane.move.on} {lane.move.builder} gives it Python {lane.move.python}"
    elif lane.is_kept:
        start = f"It keeps the default of its creation; created on a day when that is Python {after}"
    elif lane.is_default:
        start = f"On the day that the default moves to Python {after}"
    else:
        start = f"A moved default changes nothing; raised to Python {after}"
    if not breaks:
        return f"{start}, nothing more breaks{f' than the {blocked} blocked today' if blocked else ''}."
    number = f"{len(breaks)} more" if blocked else str(len(breaks))
    noun = "distribution has" if len(breaks) == 1 else "distributions have"
    return f"{start}, {number} {noun} no wheel: {names(breaks)}."


def _unsure(table: MatrixTable, after: str) -> str:
    """What else the next Python's column holds: conflicts, and what could not be looked at. Empty without any."""
    at = table.minors.index(after)
    conflicts = list(dict.fromkeys(printable(item.name) for item in table.columns[at].conflicts))
    cells = (row.cells[at] for row in table.rows)
    unknown = {item.name for item in table.columns[at].unresolved}
    unknown |= {cell.name for cell in cells if cell is not None and cell.outcome is Outcome.UNKNOWN}
    text = f" There is a conflict about {', '.join(conflicts[:MOST_NAMES])} there." if conflicts else ""
    noun = "distribution" if len(unknown) == 1 else "distributions"
    return f"{text} What becomes of {len(unknown)} {noun} there is unknown." if unknown else text


def _untold(table: MatrixTable, lane: Lane, after: str | None) -> str:
    if lane.minor is None:
        return "Its Python is unknown, so what a newer one breaks is unknown too."
    if after is None:
        return f"{_today(lane)} trueup knows no newer Python."
    return f"{_today(lane)} The table has no column for Python {after if lane.minor in table.minors else lane.minor}."


def names(packages: Iterable[PackageForecast]) -> str:
    """`asyncpg 0.29.0, uvloop 0.20.0 and 3 more`."""
    found = [printable(f"{package.name} {package.version}".rstrip()) for package in packages]
    shown = ", ".join(found[:MOST_NAMES])
    return f"{shown} and {len(found) - MOST_NAMES} more" if len(found) > MOST_NAMES else shown
