"""One distribution required twice, differently

What it does:
    Finds a name that several lines require with different versions and whose markers both hold on the target.

Why it fails a deployment:
    Two pins that exclude each other stop pip. Two that do not are a trap: whoever edits one of them changes nothing, or
    causes the conflict.

Example:
    `redis==5.0.1` in line 4 and `redis>=5.2` in line 19.

Use instead:
    One line for each distribution.

Sources:
    pip's documentation, "Dependency Resolution".
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.specifiers import SpecifierSet

from trueup.checks._groups import decides_versions
from trueup.checks._installed import direct_requirements
from trueup.checks._interface import Check, CheckContext
from trueup.checks._text import listed
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.requirement import DeclaredRequirement

RULE = "duplicate-requirement"


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each name; what the resolution calls a conflict is left to `conflict`."""
    if not decides_versions(context):
        return
    by_name: dict[str, list[DeclaredRequirement]] = {}
    for item in direct_requirements(context):
        if item.name and not item.url and not item.local_path and not item.group:
            by_name.setdefault(item.name, []).append(item)
    conflicts = {conflict.name for conflict in context.forecast.conflicts} if context.forecast else set()
    for name, every in by_name.items():
        items = _without_own_metadata(every)
        if len({item.specifier for item in items}) > 1 and name not in conflicts:
            yield _finding(context, name, items)


def _without_own_metadata(items: list[DeclaredRequirement]) -> list[DeclaredRequirement]:
    """The lines without those of the project's own metadata that a pin beside them satisfies.

    What a package needs and what an installation pins are two questions with two files, by design.
    Source: https://packaging.python.org/en/latest/discussions/install-requires-vs-requirements/ (read 2026-11-20).
    """
    pins = [item.pinned for item in items if item.pinned and not _is_metadata(item)]
    return [
        item
        for item in items
        if not _is_metadata(item) or not any(item.specifier.contains(pin, prereleases=True) for pin in pins)
    ]


def _is_metadata(item: DeclaredRequirement) -> bool:
    return (item.evidence.path or "").rpartition("/")[2] in ("setup.cfg", "setup.py", "pyproject.toml")


def _finding(context: CheckContext, name: str, items: list[DeclaredRequirement]) -> Finding:
    together = SpecifierSet(",".join(str(item.specifier) for item in items if item.specifier))
    pins = {item.pinned for item in items if item.pinned}
    excluded = bool(pins) and not any(together.contains(pin, prereleases=True) for pin in pins)
    lines = listed(f"{item.evidence.place or 'the install command'} asks for {name}{item.specifier}" for item in items)
    then = (
        "They exclude each other: the installer stops, and nothing is installed."
        if excluded
        else "The installer takes a version that satisfies them all; to change one line alone does not do what it says."
    )
    return Finding(
        rule=RULE,
        severity=Severity.HIGH if excluded else Severity.LOW,
        confidence=Confidence.HIGH,
        message=f"{lines}. {context.plan.builder} reads all of these lines. {then}",
        hint=f"Keep one line for {name}.",
        evidence=tuple(item.evidence for item in items),
        subject=name,
    )


CHECK = Check(RULE, "One distribution required twice, differently", run)
