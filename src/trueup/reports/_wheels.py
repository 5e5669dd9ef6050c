"""The table of `trueup wheels` for a terminal: a distribution at a time, platforms down, Pythons across."""

from __future__ import annotations

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trueup.index.wheels import WheelRow, WheelTable
from trueup.model.distribution import Outcome
from trueup.reports._interface import Look
from trueup.reports._terminal import Terminal
from trueup.reports._words import printable

SIGNS = {
    Outcome.WHEEL: ("wheel", "green"),
    Outcome.PURE_SDIST: ("sdist", "cyan"),
    Outcome.COMPILES: ("build", "red"),
    Outcome.UNAVAILABLE: ("none", "bold red"),
    Outcome.UNKNOWN: ("?", "magenta"),
}
LEGEND = (
    "wheel: ready to install · sdist: pure, builds without a compiler · build: compiles from source · "
    "none: no file fits · ?: unknown"
)


def render_wheels(table: WheelTable, look: Look) -> str:
    """The whole table as text."""
    console = Terminal(look)
    for row in table.rows:
        console.print(Text(f"{row.name} {row.version or ''}".rstrip(), style="bold"))
        if row.reason:
            console.print(
                Padding(Text(printable(row.reason), style="magenta"), (0, 0, 0 if row is table.rows[-1] else 1, 2))
            )
            continue
        console.print(Padding(_grid(row), (0, 0, 0, 2)))
        for line in _notes(row, look):
            console.print(Padding(line, (0, 0, 0, 2)))
        console.print()
    if any(not row.reason for row in table.rows):
        console.print(Text(LEGEND, style="dim"))
    return console.text()


def _grid(row: WheelRow) -> Table:
    pythons = list(dict.fromkeys(cell.target.python for cell in row.cells))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    for _ in pythons:
        grid.add_column(no_wrap=True)
    grid.add_row("", *(Text(python, style="bold") for python in pythons))
    platforms: dict[str, dict[str, Text]] = {}
    for cell in row.cells:
        sign, style = SIGNS[cell.outcome]
        name = f"{cell.target.arch} {cell.target.libc} {cell.target.libc_version}"
        platforms.setdefault(name, {})[cell.target.python] = Text(sign, style=style)
    for name, cells in platforms.items():
        grid.add_row(name, *(cells[python] for python in pythons))
    return grid


def _notes(row: WheelRow, look: Look) -> list[Text]:
    lacking = {cell.target.python for cell in row.cells if cell.outcome is not Outcome.WHEEL}
    firsts: dict[str, list[str]] = {}
    for python, version in row.first_version_with_wheel:
        if python in lacking and version != row.version:
            firsts.setdefault(version or "", []).append(python)
    notes = [
        Text(f"→ {version} has a wheel for Python {', '.join(pythons)}", style="green")
        if version
        else Text(f"→ no version has a wheel for Python {', '.join(pythons)}", style="red")
        for version, pythons in firsts.items()
    ]
    if look.detail:
        reasons = dict.fromkeys(cell.reason for cell in row.cells if cell.reason)
        notes += [Text(printable(reason), style="dim") for reason in reasons]
    return notes
