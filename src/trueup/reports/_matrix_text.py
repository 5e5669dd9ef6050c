"""The table of `trueup matrix` for a terminal: distributions down, Pythons across, blockers first."""

from __future__ import annotations

from collections.abc import Iterator

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trueup.model.distribution import Outcome, PackageForecast
from trueup.model.matrix import Lane, Matrix, MatrixRow, MatrixTable, falls_back
from trueup.reports._interface import Look
from trueup.reports._outlook import lane_name, outlook
from trueup.reports._terminal import Terminal
from trueup.reports._wheels import LEGEND, SIGNS
from trueup.reports._words import printable


def render_matrix_text(matrix: Matrix, look: Look) -> str:
    """The whole matrix as text. Without `detail`, distributions that install everywhere are only counted."""
    console = Terminal(look)
    for table in matrix.tables:
        _print_table(console, table, look)
    for note in matrix.notes:
        console.print(Text(f"note: {printable(note)}", style="yellow"))
    if matrix.tables:
        anyway = " · build*: installs without its compiled parts where that fails" if _has_optional(matrix) else ""
        console.print(Text(f"{LEGEND}{anyway} · – not installed there · ◂ today", style="dim"))
    console.print(Text(f"As of {matrix.on}.", style="dim"))
    return console.text()


def _print_table(console: Terminal, table: MatrixTable, look: Look) -> None:
    title = Text(printable(", ".join(table.files)), style="bold")
    console.print(title.append(f"  {table.images}", style="not bold dim"))
    for lane in table.lanes:
        line = Text(lane_name(lane), style="bold" if lane.is_today else "dim")
        line.append(f"  Python {lane.python or 'unknown'}", style="not bold")
        if not lane.is_today:
            line.append("  (not the builder used today)")
        console.print(Padding(line, (0, 0, 0, 2)))
    console.print()
    console.print(Padding(_grid(table, look), (0, 0, 0, 2)))
    for line in _below(table, look):
        console.print(Padding(line, (0, 0, 0, 2)))
    console.print()


def _has_optional(matrix: Matrix) -> bool:
    """Whether any cell is of a distribution whose extensions are optional."""
    cells = (cell for table in matrix.tables for row in table.rows for cell in row.cells)
    return any(cell is not None and cell.installs_anyway for cell in cells)


def _told(row: MatrixRow) -> bool:
    """Whether a row has anything but wheels and pure sdists."""
    return any(cell is not None and cell.outcome not in (Outcome.WHEEL, Outcome.PURE_SDIST) for cell in row.cells)


def _grid(table: MatrixTable, look: Look) -> Table:
    today = {lane.minor for lane in table.lanes if lane.is_today}
    grid = Table.grid(padding=(0, 2))
    grid.add_column(overflow="fold", min_width=12)
    for _ in table.minors:
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    header = [Text(f"{minor}◂" if minor in today else minor, style="bold") for minor in table.minors]
    grid.add_row("", *header, Text("first version with a wheel", style="dim"))
    for row in table.rows:
        if look.detail or _told(row):
            grid.add_row(_label(row), *(_sign(cell) for cell in row.cells), _fixes(row, table.minors))
    totals = [len(table.blockers(minor)) for minor in table.minors]
    style = [Text(str(total), style="bold red" if total else "green") for total in totals]
    grid.add_row(Text("blocked", style="dim"), *style, "")
    return grid


def _label(row: MatrixRow) -> Text:
    label = Text(printable(row.name), style="bold" if row.direct else "")
    versions = row.versions
    text = versions[0] if len(versions) == 1 else f"{versions[0]} … {versions[-1]}"
    label.append(f" {printable(text)}", style="not bold dim")
    return label


def _sign(cell: PackageForecast | None) -> Text:
    if cell is None:
        return Text("–", style="dim")
    sign, style = ("build*", "yellow") if cell.installs_anyway else SIGNS[cell.outcome]
    return Text(sign, style=style)


def _fixes(row: MatrixRow, minors: tuple[str, ...]) -> Text:
    """`0.30.0 (3.13), 0.31.0 (3.14, 3.15)`: by version, the Pythons that it has the first wheel for.

    Where no newer version has one, the nearest before it is told, and that it is older.
    """
    firsts: dict[str, list[str]] = {}
    for minor, cell in zip(minors, row.cells, strict=True):
        if cell is not None and cell.outcome.blocks:
            older = " older" if falls_back(cell) else ""
            firsts.setdefault(f"{cell.fixed_in or 'none'}{older}", []).append(minor)
    parts = [f"{version} ({', '.join(pythons)})" for version, pythons in firsts.items()]
    return Text(printable(", ".join(parts)), style="red" if set(firsts) == {"none"} else "green")


def _below(table: MatrixTable, look: Look) -> Iterator[Text]:
    fine = [row for row in table.rows if not _told(row)]
    if fine and not look.detail:
        yield Text(f"and {len(fine)} that install everywhere without a compiler: -v tells", style="dim")
    for column in table.columns:
        for conflict in column.conflicts:
            reason = conflict.reason or "no version satisfies all that is asked"
            yield Text(f"{column.minor}  conflict about {printable(conflict.name)}: {printable(reason)}", style="red")
        for item in column.unresolved:
            yield Text(f"{column.minor}  unknown {printable(item.name)}: {printable(item.reason)}", style="magenta")
    yield Text()
    for lane in table.lanes:
        yield _forecast(table, lane)


def _forecast(table: MatrixTable, lane: Lane) -> Text:
    told = outlook(table, lane)
    line = Text("→ ", style="red" if told.breaks else "green")
    if len(table.lanes) > 1:
        line.append(f"{lane_name(lane)}: ", style="default")
    line.append(told.sentence, style="default" if lane.is_today else "dim")
    return line
