"""Requirements of one kind, told once for each file: forty lines of the same kind are one finding."""

from __future__ import annotations

from collections.abc import Iterable

from trueup.checks._interface import CheckContext
from trueup.checks._text import listed
from trueup.model.finding import Severity
from trueup.model.requirement import DeclaredRequirement


def by_file(requirements: Iterable[DeclaredRequirement]) -> dict[str, list[DeclaredRequirement]]:
    """The requirements by the path of their file; those that no file states (a command line) are under ""."""
    found: dict[str, list[DeclaredRequirement]] = {}
    for item in requirements:
        found.setdefault(item.evidence.path or "", []).append(item)
    return found


def told(requirements: Iterable[DeclaredRequirement]) -> str:
    """`httpx>=0.27 (line 3), redis (line 5)`."""
    return listed(
        f"{item.name}{item.specifier}{f' (line {item.evidence.line})' if item.evidence.line else ''}"
        for item in requirements
    )


def decides_versions(context: CheckContext) -> bool:
    """Whether the requirements, and no lockfile, decide the versions."""
    return context.requirements.locked is None


def severity(context: CheckContext) -> Severity:
    """Low, and medium for a project whose policy wants exact pins."""
    return Severity.MEDIUM if context.configuration.policy.exact_pins else Severity.LOW


def constrained(context: CheckContext) -> frozenset[str]:
    """The names that a constraints file pins."""
    return frozenset(item.name for item in context.requirements.constraints if item.pinned)
