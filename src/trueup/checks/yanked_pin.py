"""A pinned version that its authors have withdrawn

What it does:
    Tells which versions of the resolved set their authors have yanked from the index, with the reason they gave.

Why it fails a deployment:
    An exact pin still installs a yanked version; nothing else does. It was withdrawn because it is broken, unsafe or
    was released by mistake, and some mirrors and private indexes no longer have it.

Example:
    `python-dateutil==2.9.0`, withdrawn for 2.9.0.post0.

Use instead:
    The next version that is not yanked.

Sources:
    PEP 592; the index itself, read at the time of the check.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._interface import Check, CheckContext
from trueup.model.distribution import PackageForecast
from trueup.model.finding import Confidence, Finding, Severity, Skipped

RULE = "yanked-pin"


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding for each yanked version of the set."""
    if context.forecast is None:
        if context.requirements.requirements or context.requirements.locked:
            yield Skipped(RULE, context.forecast_reason)
        return
    for package in context.forecast.packages:
        if package.yanked is not None:
            yield _finding(package)


def _finding(package: PackageForecast) -> Finding:
    place = next((item.place for item in package.evidence if item.path), "The set")
    why = f", because: {' '.join(package.yanked.split())}" if package.yanked else ", without a reason"
    through = "" if package.direct else f" (needed by {', '.join(package.required_by)})" if package.required_by else ""
    return Finding(
        rule=RULE,
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        message=f"{place} installs {package.name} {package.version}{through}, which its authors have yanked from the "
        f"index{why.rstrip('.')}. An exact pin still installs it; a range, a new lock and some mirrors do not.",
        hint=f"Move {package.name} to the next version that is not yanked.",
        evidence=package.evidence,
        subject=package.name,
    )


CHECK = Check(RULE, "A pinned version that its authors have withdrawn", run)
