"""A requirement that only another operating system can install or use

What it does:
    Finds requirements of distributions for Windows or macOS, from a list, whose marker does not leave Linux out. What
    the index alone shows, a version with wheels for other systems only, is told as `no-wheel`.

Why it fails a deployment:
    The platforms build on Linux: the installer finds no file that fits, or the import fails at the start.

Example:
    `pywin32==306` as `pip freeze` writes it on Windows.

Use instead:
    `pywin32==306; sys_platform == "win32"`, or no such line.

Sources:
    checks/data/platforms.toml; each row was tried. PEP 508 for markers.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._installed import applies, direct_requirements
from trueup.checks._interface import Check, CheckContext
from trueup.checks._rows import rows
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.requirement import DeclaredRequirement, LockedPackage

RULE = "platform-only-requirement"


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each line."""
    known = {row["name"]: row for row in rows("platforms")["package"]}
    lines: tuple[DeclaredRequirement | LockedPackage, ...] = direct_requirements(context)
    if context.requirements.locked is not None:
        lines = tuple(item for item in context.requirements.locked if item.direct and applies(item.marker, context))
    for item in lines:
        if item.name in known:
            yield _finding(context, item, known[item.name])


def _finding(context: CheckContext, item: DeclaredRequirement | LockedPackage, row: dict[str, str]) -> Finding:
    refused = row["effect"] == "refused"
    then = "The install step fails." if refused else "The service dies where it imports it."
    marker = f'add the marker `; sys_platform == "{row["os"]}"`, or ' if row["os"] else ""
    return Finding(
        rule=RULE,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH if refused else Confidence.MEDIUM,
        message=f"{item.evidence.place or 'The install command'} requires {item.name} on every system, and "
        f"{context.plan.builder} installs on Linux. {row['text']}. {then}",
        hint=f"If the service does not need it, {marker}remove the line.",
        evidence=(item.evidence, Evidence.default(row["text"], row["source"], row["checked"])),
        subject=item.name,
    )


CHECK = Check(RULE, "A requirement that only another operating system can install or use", run)
