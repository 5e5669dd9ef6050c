"""A requirement without an upper bound

What it does:
    Finds requirements that are neither pinned nor bounded above, where no lockfile and no constraint decides their
    version. With `exact-pins` in the project's policy, bounded ranges count too, and the severity is medium.

Why it fails a deployment:
    Not today. Each build takes the newest version of that day: a release that drops this Python, renames a function or
    needs a compiler breaks the next deployment without a commit.

Example:
    `fastapi` or `httpx>=0.27` in requirements.txt.

Use instead:
    `httpx==0.28.1`, or a lockfile that the platform reads.

Sources:
    pip's documentation, "Repeatable Installs".
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._groups import by_file, constrained, decides_versions, severity, told
from trueup.checks._installed import direct_requirements
from trueup.checks._interface import Check, CheckContext
from trueup.model.finding import Confidence, Finding
from trueup.model.requirement import DeclaredRequirement

RULE = "unpinned-requirement"
BOUNDS = frozenset({"==", "===", "~=", "<", "<="})


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each file."""
    if not decides_versions(context):
        return
    requirements = direct_requirements(context)
    pinned = constrained(context) | {item.name for item in requirements if item.pinned}
    floating = [item for item in requirements if item.name not in pinned and _floats(context, item)]
    for path, items in by_file(floating).items():
        yield Finding(
            rule=RULE,
            severity=severity(context),
            confidence=Confidence.HIGH,
            message=f"{path or 'The install command'} leaves the version open for {told(items)}. "
            f"{context.plan.builder} installs the newest version that exists on the day of the build, which no test of "
            "this commit has seen.",
            hint="Pin the versions that run today, or commit a lockfile that the platform reads.",
            evidence=tuple(item.evidence for item in items),
            subject=path,
        )


def _floats(context: CheckContext, item: DeclaredRequirement) -> bool:
    if item.url or item.local_path:
        return False
    wildcard = any(part.version.endswith(".*") for part in item.specifier)
    if context.configuration.policy.exact_pins:
        return item.pinned is None and not wildcard
    return not any(part.operator in BOUNDS for part in item.specifier)


CHECK = Check(RULE, "A requirement without an upper bound", run)
