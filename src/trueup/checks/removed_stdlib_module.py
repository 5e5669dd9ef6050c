"""The code imports a standard-library module that this Python no longer has

What it does:
    Follows the imports from the start command and looks up every module that surely is imported at start in the list
    of modules that were removed. A distribution that brings the module back silences it.

Why it fails a deployment:
    The image builds; the start ends in `ModuleNotFoundError: No module named 'distutils'`.

Example:
    `from distutils.util import strtobool` on Python 3.12.

Use instead:
    What replaced the module, its backport on the index, or an older Python.

Sources:
    checks/data/stdlib.toml.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._code import distributions, installs_are_known, is_python
from trueup.checks._interface import Check, CheckContext
from trueup.checks._rows import rows
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity, Skipped
from trueup.sourcecode.syntax import is_older


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding for each removed module that is imported at start."""
    minor = context.plan.python.minor
    if not is_python(context) or minor is None or not context.code.reach.known:
        return
    data = rows("stdlib")["removed"]
    gone = {row["name"]: row for row in data["modules"] if not is_older(minor, row["in"])}
    installed = distributions(context)
    said: set[str] = set()
    for used in context.code.imports:
        row = gone.get(used.name)
        if row is None or not used.at_start or used.guarded or used.name in said:
            continue
        backports = row.get("backports", [])
        if installed & set(backports):
            continue
        if backports and not installs_are_known(context):
            yield Skipped(
                "removed-stdlib-module", f"{used.name}: {context.forecast_reason or 'a backport may come along'}"
            )
            continue
        said.add(used.name)
        backport = f", or require {backports[0]}" if backports else ""
        yield Finding(
            rule="removed-stdlib-module",
            severity=Severity.HIGH,
            confidence=Confidence.HIGH,
            message=f"{used.evidence.place} imports {used.module}, which Python {row['in']} removed; the service runs "
            f"on Python {minor}. The image builds, and the start ends in ModuleNotFoundError: No module named "
            f"'{used.name}'.",
            hint=f"Use {row['instead']} instead{backport}, or pin a Python before {row['in']}.",
            evidence=(
                used.evidence,
                *context.plan.python.evidence[:1],
                Evidence.default(f"{used.name} was removed in Python {row['in']}", data["source"], data["checked"]),
            ),
            subject=used.name,
        )


CHECK = Check("removed-stdlib-module", "The code imports a standard-library module that this Python no longer has", run)
