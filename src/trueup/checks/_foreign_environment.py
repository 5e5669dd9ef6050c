"""A start command that takes its programs from the virtual environment of another builder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trueup.checks._interface import CheckContext
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.facts import ProcessStart

ENVIRONMENTS = {"railpack": "/app/.venv", "nixpacks": "/opt/venv"}
"""Where each builder of Railway puts what it installs: railwayapp/railpack@b5e80580 (2026-08-18),
core/providers/python/python.go; railwayapp/nixpacks@f51d7fd5 (2025-08-04), src/providers/python.rs; read 2026-11-20."""
_TAKEN = re.compile(r"(?P<path>/(?:opt/venv|app/\.venv))/bin/(?P<program>[\w.-]+)(?P<after>[^;|&]*(?:;|\|\||&&)?)")


def foreign_environment(context: CheckContext, start: ProcessStart) -> Iterator[Finding]:
    """At most one finding: the first program of an environment that this builder does not make."""
    own = ENVIRONMENTS.get(context.plan.builder)
    found = _TAKEN.search(start.command.value)
    if own is None or found is None or found["path"] == own or found["after"].endswith((";", "||")):
        return
    path = found["path"]
    if any(path in step.command for step in (*context.plan.install, *context.plan.build)):
        return  # a command of the configuration makes it
    other = next(name for name, where in ENVIRONMENTS.items() if where == path)
    yield Finding(
        rule="start-target-missing",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message=f"{start.evidence.place or 'the start command'} takes {found['program']} from {path}, where {other} "
        f"has its environment; that of {context.plan.builder} is {own}. The platform builds the image and starts it; "
        "the start then stops with “No such file or directory”, and the deploy fails.",
        hint="Leave the folder out, and the line that activates it: both builders put their environment on the PATH.",
        evidence=(start.evidence, Evidence.absent(f"{context.plan.builder} makes no {path}")),
        subject=start.name,
    )
