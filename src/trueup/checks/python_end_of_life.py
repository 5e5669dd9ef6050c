"""A Python that gets no more security fixes

What it does:
    Compares the Python that the builder takes with the end of its life upstream, on the day asked about. The platform's
    own window of support is another matter: see `python-version-end-of-life`.

Why it fails a deployment:
    Not today. Platforms drop a Python months after its end, base images stop carrying it, and new releases of
    distributions no longer have wheels for it: the next bump is the one that fails.

Example:
    `3.9.18` in .python-version, after 2025-10-31.

Use instead:
    A supported Python for which every pin has a wheel: `trueup matrix` shows which.

Sources:
    The release schedules (PEP 373 and the PEPs that each row of checks/data/end_of_life.toml cites).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from trueup.checks._interface import Check, CheckContext
from trueup.checks._rows import rows
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity

RULE = "python-end-of-life"
NOTICE = datetime.timedelta(days=120)
"""How long before its end a Python is reported."""


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding, unless the builder itself refuses or warns for the same reason."""
    minor = context.plan.python.minor
    row = next((row for row in rows("end_of_life")["python"] if row["minor"] == minor), None)
    if row is None or any(problem.rule == "python-version-end-of-life" for problem in context.plan.problems):
        return
    end = datetime.date.fromisoformat(row["end"])
    today = datetime.date.fromisoformat(context.context.on)
    if today + NOTICE > end:
        yield _finding(context, row, is_over=today > end)


def _finding(context: CheckContext, row: dict[str, str], *, is_over: bool) -> Finding:
    plan = context.plan
    place = next((item.place for item in plan.python.evidence if item.path), "") or plan.python.source
    when = (
        f"has had no security fixes since {row['end']}" if is_over else f"gets its last security fixes by {row['end']}"
    )
    return Finding(
        rule=RULE,
        severity=Severity.MEDIUM if is_over else Severity.LOW,
        confidence=Confidence.HIGH,
        message=f"{place}: {plan.builder} takes Python {plan.python.effective}, which {when}. The build still works; "
        "platforms and new releases of distributions leave such a Python out, so that a later build fails.",
        hint="Move to a supported Python for which every pin has a wheel: `trueup matrix` shows which.",
        evidence=(
            *plan.python.evidence,
            Evidence.default(f"Python {row['minor']} {when}", row["source"], row["checked"]),
        ),
        subject=row["minor"],
        brief=f"Python {plan.python.effective} {when}: a later build may fail for it",
    )


CHECK = Check(RULE, "A Python that gets no more security fixes", run)
