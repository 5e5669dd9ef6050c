"""A version with a wildcard

What it does:
    Finds requirements such as `==2.*`, where no lockfile and no constraint decides their version. With `exact-pins` in
    the project's policy the severity is medium.

Why it fails a deployment:
    Not today. It reads like a pin and is none: the next build may take another minor version, whose wheels, or whose
    demands on Python, are others.

Example:
    `django==5.*` in requirements.txt.

Use instead:
    `django==5.2.8`.

Sources:
    The version specifiers specification, "Version matching".
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._groups import by_file, constrained, decides_versions, severity, told
from trueup.checks._installed import direct_requirements
from trueup.checks._interface import Check, CheckContext
from trueup.model.finding import Confidence, Finding

RULE = "wildcard-requirement"


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each file."""
    if not decides_versions(context):
        return
    pinned = constrained(context)
    found = [
        item
        for item in direct_requirements(context)
        if item.name not in pinned
        and any(part.operator == "==" and part.version.endswith(".*") for part in item.specifier)
    ]
    for path, items in by_file(found).items():
        yield Finding(
            rule=RULE,
            severity=severity(context),
            confidence=Confidence.HIGH,
            message=f"{path or 'The install command'} pins with a wildcard: {told(items)}. {context.plan.builder} "
            "installs the newest version that matches on the day of the build: two builds of one commit may differ.",
            hint="Write the whole version that runs today.",
            evidence=tuple(item.evidence for item in items),
            subject=path,
        )


CHECK = Check(RULE, "A version with a wildcard", run)
