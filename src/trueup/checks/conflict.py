"""Two requirements contradict each other

What it does:
    Resolves the whole set of requirements and names, for every name that no version satisfies, all sides of the
    contradiction: which line asks for what, and which distribution asks otherwise.

Why it fails a deployment:
    pip stops with `ResolutionImpossible` on every Python and every platform; nothing is installed.

Example:
    `aiohttp==3.11.10` beside `aiogram==3.13.1`, which requires `aiohttp<3.11`.

Use instead:
    The nearest pin that satisfies both sides.

Sources:
    The metadata of the distributions themselves, read from the package index.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._interface import Check, CheckContext
from trueup.model.distribution import Conflict
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity, Skipped

_PAIR = 2
"""Sides that contradict each other need no further reason."""


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding for each name in conflict."""
    if context.forecast is None:
        if context.requirements.requirements or context.requirements.locked:
            yield Skipped("conflict", context.forecast_reason)
        return
    for conflict in context.forecast.conflicts:
        yield _finding(conflict)


def _finding(conflict: Conflict) -> Finding:
    sides = "; ".join(
        f"{side.parent or 'the project'} requires {side.requirement}"
        + (f" ({place})" if (place := next((item.place for item in side.evidence if item.path), "")) else "")
        for side in conflict.sides
    )
    reason = f" {conflict.reason}" if conflict.reason and len(conflict.sides) < _PAIR else ""
    evidence = tuple(dict.fromkeys(item for side in conflict.sides for item in side.evidence))
    return Finding(
        rule="conflict",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=f"No version of {conflict.name} satisfies all that require it: {sides}.{reason} The install stops "
        "there: nothing is installed.",
        hint="Move one of the pins: `trueup fix` finds the smallest change.",
        evidence=evidence or (Evidence.observed(sides),),
        subject=conflict.name,
    )


CHECK = Check("conflict", "Two requirements contradict each other", run)
