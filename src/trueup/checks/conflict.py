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

_UV_MAY_DOWNLOAD = frozenset({"nixpacks"})
"""Builders that set no UV_PYTHON_DOWNLOADS (Nixpacks: railwayapp/nixpacks@f51d7fd5, src/providers/python.rs)."""
_PAIR = 2
"""Sides that contradict each other need no further reason."""


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding for each name in conflict."""
    if context.forecast is None:
        if context.requirements.requirements or context.requirements.locked:
            yield Skipped("conflict", context.forecast_reason)
        return
    for conflict in context.forecast.conflicts:
        yield _python(context, conflict) if conflict.name == "python" else _finding(conflict)


def _python(context: CheckContext, conflict: Conflict) -> Finding:
    """The project's own range against the Python that is taken; uv looks for another one unless it is forbidden."""
    plan = context.plan
    wanted = context.requirements.requires_python
    evidence = tuple(dict.fromkeys(item for side in conflict.sides for item in side.evidence))
    place = next((item.place for item in evidence if item.path), None) or "the project"
    installer = plan.package_manager.value or "the installer"
    then = f"{installer} refuses this Python: the install stops there, and nothing is installed."
    goes_on = installer == "uv" and plan.builder in _UV_MAY_DOWNLOAD
    if goes_on:
        then = (
            "uv then looks for another Python, downloads one, and makes the environment anew with it: the service runs "
            f"on a Python that {plan.builder} did not choose, and that this prediction does not know."
        )
    return Finding(
        rule="conflict",
        severity=Severity.MEDIUM if goes_on else Severity.HIGH,
        confidence=Confidence.MEDIUM if goes_on else Confidence.HIGH,
        message=f"{place} allows Python {wanted}, and {plan.builder} takes Python {plan.python.effective} "
        f"({plan.python.source}). {then}",
        hint=f"Pin a Python of {wanted} where {plan.builder} reads it, or widen the range"
        + (" and lock again." if context.requirements.locked is not None else "."),
        evidence=evidence,
        subject=conflict.name,
    )


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
