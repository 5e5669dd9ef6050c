"""Nothing pins the Python

What it does:
    Reports a service of which no file that the builder reads states a Python version: names the default that it takes,
    since when, and what happens on the day on which the default moves.

Why it fails a deployment:
    Not today. The default moves without a commit: pins that have no wheel for the new Python then compile or fail, and
    modules that the standard library has lost are missing. Staging and production, created on different days, may run
    different Pythons.

Example:
    A service on Railway without .python-version: Python 3.11 until 2025-09-16, 3.13 from then on.

Use instead:
    `.python-version` with the version that runs today (every builder of Railway, Render and Heroku reads it), in the
    service's root directory.

Sources:
    The builders' defaults by date in platforms/data; the rules of their moves in checks/data/floating.toml.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._defaults import default_since
from trueup.checks._interface import Check, CheckContext
from trueup.checks._rows import rows
from trueup.model.evidence import Evidence, EvidenceKind
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.plan import InputUse, VersionInput

RULE = "floating-python"


def run(context: CheckContext) -> Iterator[Finding]:
    """At most one finding; none where the plan installs no Python, or a place decides."""
    plan = context.plan
    row = rows("floating").get(plan.builder)
    is_python = plan.python.version is not None and plan.package_manager.value is not None
    if row is not None and is_python and not any(_pins(item) for item in plan.python.inputs):
        yield _finding(context, row)


def _pins(item: VersionInput) -> bool:
    return item.use is InputUse.DECIDES and item.source != "previous build"


def _finding(context: CheckContext, row: dict[str, str]) -> Finding:
    plan = context.plan
    minor = plan.python.minor or ""
    day = context.context.created if row.get("by") == "created" and context.context.created else context.context.on
    found = default_since(plan.builder, minor, day)
    since = ""
    if found is not None:
        since = f", its default since {found[0]}" + (f" (before: {found[1]})" if found[1] else "")
    default = tuple(item for item in plan.python.evidence if item.kind is EvidenceKind.DEFAULT)
    root = plan.service.root_dir.value
    place = f"{root}/.python-version" if root else ".python-version"
    absent = Evidence.absent(f"no place that {plan.builder} reads states a Python version", place)
    return Finding(
        rule=RULE,
        severity=Severity(row["severity"]),
        confidence=Confidence.HIGH,
        message=f"No place that {plan.builder} reads states a Python version: it takes Python {plan.python.effective}"
        f"{since}. {row['text']}.",
        hint=f"Write {minor or 'the version that runs today'} into {place}.",
        evidence=(absent, *default, Evidence.default(row["text"], row["source"], row["checked"])),
        subject=root or ".",
    )


CHECK = Check(RULE, "Nothing pins the Python", run)
