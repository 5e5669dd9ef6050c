"""The variables of a project for a terminal and as JSON; never a value."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trueup import __version__
from trueup.model.finding import Finding, Severity
from trueup.reports._evidence import evidence_list
from trueup.reports._interface import Look
from trueup.reports._terminal import Terminal
from trueup.reports._words import counts, printable
from trueup.variables import ServiceVariables, UsedVariable
from trueup.variables.example import KINDS

_STYLES = {Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan"}
Judged = Sequence[tuple[str, tuple[Finding, ...]]]
"""Environment files that were looked at, by path, each with what is wrong with it."""


def render_variables(groups: Iterable[ServiceVariables], judged: Judged, look: Look) -> str:
    """The variables of every service and what is wrong with the .env files, as text."""
    console = Terminal(look)
    for group in groups:
        _print_group(console, group)
    for path, findings in judged:
        console.print(Text(f"{printable(path)}: found {counts(findings)}", style="bold"))
        for finding in findings:
            line = Text(f"  {finding.severity.value:<7}", style=_STYLES[finding.severity])
            console.print(line.append(printable(finding.message), style="default"))
            console.print(Padding(Text(f"→ {printable(finding.hint)}", style="green"), (0, 0, 0, 9)))
    return console.text()


def _print_group(console: Terminal, group: ServiceVariables) -> None:
    root = f" ({printable(group.root_dir)}/)" if group.root_dir else ""
    console.print(Text(f"{printable(', '.join(group.services))}{root}", style="bold"))
    if not group.variables:
        console.print("  The code reads no environment variable.")
    for title, uses in (
        ("required", group.required),
        ("optional", group.optional),
        ("given by the platform", group.from_platform),
    ):
        if uses:
            console.print(Text(f"  {title}", style="dim"))
            console.print(Padding(_grid(uses), (0, 0, 0, 4)))
    for path in group.unread:
        console.print(Text(f"  note: {printable(path)} could not be read; it may need more", style="yellow"))
    console.print()


def _grid(uses: Iterable[UsedVariable]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_column()
    grid.add_column(style="dim")
    for use in uses:
        variable = use.variable
        kind = KINDS.get(variable.kind, variable.kind)
        hints = f": {', '.join(variable.hints)}" if variable.hints else ""
        given = f"given at {use.given[0].place}" if use.given else ""
        cells = (use.name, given or default_words(use), f"{kind}{hints}", variable.evidence[0].place)
        grid.add_row(*(Text(printable(cell)) for cell in cells))
    return grid


def default_words(use: UsedVariable) -> str:
    """What the code takes without a variable, in words; empty where it takes nothing or nothing is known."""
    if use.variable.default is None:
        return ""
    if use.default is None:
        return "a default that is not shown"
    return f"= {use.default}" if use.default else "= (empty)"


def render_variables_json(groups: Iterable[ServiceVariables], judged: Judged) -> str:
    """The same as JSON; its schema is schema/env-1.json."""
    services = [
        {"root_dir": group.root_dir, "services": list(group.services), "variables": [*map(_object, group.variables)]}
        for group in groups
    ]
    files = [{"path": path, "findings": [_finding(finding) for finding in findings]} for path, findings in judged]
    found = {"schema": "trueup/env/1", "trueup": __version__, "services": services, "files": files}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _object(use: UsedVariable) -> dict[str, Any]:
    variable = use.variable
    return {
        "name": use.name,
        "aliases": list(variable.aliases),
        "required": variable.required,
        "default": use.default,
        "has_default": variable.default is not None,
        "kind": variable.kind,
        "hints": list(variable.hints),
        "at_start": variable.at_start,
        "from_platform": variable.from_platform,
        "services": list(use.services),
        "given": evidence_list(use.given),
        "evidence": evidence_list(variable.evidence),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "variable": finding.subject,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "evidence": evidence_list(finding.evidence),
    }
