"""The start command names what the installed version of its program does not have

What it does:
    Compares the worker class and the options of the start command (and the worker class of gunicorn's configuration
    file) with what the version that is installed knows.

Why it fails a deployment:
    The build succeeds and the start does not: the program refuses the option, or does not find the worker class. It
    comes with a new major version of a server that no line pins, without a commit of the project.

Example:
    `gunicorn app:app --worker-class eventlet` with gunicorn 26; `uvicorn main:app --debug`; `celery worker -A app`.

Use instead:
    What the hint says, or the version before, pinned.

Sources:
    checks/data/removed.toml: the release notes and sources of gunicorn, uvicorn, granian, daphne and Celery.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._code import programs
from trueup.checks._installed import installed
from trueup.checks._interface import Check, CheckContext
from trueup.checks._removed import Removed, named
from trueup.model.finding import Confidence, Finding, Severity, Skipped
from trueup.sourcecode.facts import ProcessStart

RULE = "start-option-removed"


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding for each worker class or option that the installed version lacks."""
    known = installed(context)
    for start, program in programs(context):
        for row, name, told in named(context, program):
            found = known.distributions.get(row.package)
            if found is None:
                yield Skipped(RULE, f"the version of {row.package} is not known: {_reason(context)}")
            elif row.versions.contains(found.version, prereleases=True):
                yield _finding(start, row, name, f"{told}, and {row.package} {found.version} is installed")


def _finding(start: ProcessStart, row: Removed, name: str, what: str) -> Finding:
    return Finding(
        rule=RULE,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=f"{start.evidence.place or 'the start command'} names {what}. {row.evidence.text}. The image builds; "
        f"at the start {row.effect.format(name=name)}",
        hint=row.hint.format(name=name),
        evidence=(start.evidence, row.evidence),
        subject=f"{row.program} {name}",
    )


def _reason(context: CheckContext) -> str:
    return context.forecast_reason or "it is not among what is installed"


CHECK = Check(RULE, "The start command names what the installed version of its program does not have", run)
