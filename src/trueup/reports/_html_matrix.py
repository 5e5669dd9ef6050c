"""The heat map of a matrix as HTML: a table of words in colours, which filters and sorts where scripts run."""

from __future__ import annotations

import hashlib

from trueup.model.distribution import Outcome, PackageForecast
from trueup.model.matrix import Lane, Matrix, MatrixRow, MatrixTable, falls_back
from trueup.reports._html_table import Row, html_table
from trueup.reports._outlook import lane_name, outlook
from trueup.reports._page import Markup, code, element, joined
from trueup.reports._words import place

WORDS = {
    Outcome.WHEEL: ("wheel", "w"),
    Outcome.PURE_SDIST: ("sdist", "s"),
    Outcome.COMPILES: ("build", "b"),
    Outcome.UNAVAILABLE: ("none", "n"),
    Outcome.UNKNOWN: ("?", "u"),
}
"""The word and the style's class of each outcome."""
MEANINGS = {
    Outcome.WHEEL: "ready to install",
    Outcome.PURE_SDIST: "pure Python, built without a compiler",
    Outcome.COMPILES: "compiled from source",
    Outcome.UNAVAILABLE: "cannot be installed",
    Outcome.UNKNOWN: "not known",
}


def matrix_section(matrix: Matrix) -> Markup:
    """All tables, the forecast of each before it."""
    tables = [_table(table, number) for number, table in enumerate(matrix.tables)]
    if not tables:
        tables = [element("p", "No service installs a distribution from an index.")]
    return element(
        "section", element("h2", "Every Python × every distribution"), _legend(), *tables, aria_label="Matrix"
    )


def _legend() -> Markup:
    items = [
        element("li", element("span", word, class_=f"key {style}"), f" {MEANINGS[outcome]}")
        for outcome, (word, style) in WORDS.items()
    ]
    return element("ul", *items, class_="legend", aria_label="What the words mean")


def _table(table: MatrixTable, number: int) -> Markup:
    files = ", ".join(table.files) or "the requirements"
    title = element("h3", files, " ", element("small", table.images))
    lanes = element("ul", *(_lane(table, lane) for lane in table.lanes), class_="lanes")
    return element(
        "div",
        title,
        lanes,
        _controls(table, number),
        _map(table, number, f"Heat map {number + 1}: {files}"),
        _trouble(table),
        _firsts(table, number),
        class_="matrix",
        data_matrix=True,
    )


def _lane(table: MatrixTable, lane: Lane) -> Markup:
    name = element("strong", lane_name(lane))
    told = outlook(table, lane)
    if not lane.is_today:
        return element("li", name, f" (not the builder used today): {told.sentence}", class_="aside")
    return element("li", name, f": {told.sentence}", class_="breaks" if told.breaks else "holds")


def _controls(table: MatrixTable, number: int) -> Markup:
    """Filters; hidden until the script shows them, because they do nothing without it."""
    options = [
        element("option", "all distributions", value="all"),
        element("option", "those blocked somewhere", value="blocked"),
        *(element("option", f"those blocked on {minor}", value=f"on-{minor}") for minor in table.minors),
        element("option", "those that the project names", value="direct"),
    ]
    name, show = f"name{number}", f"show{number}"
    return element(
        "div",
        element(
            "span",
            element("label", "Name", for_=name),
            element("input", type="search", id=name, data_filter=True, autocomplete="off", spellcheck="false"),
        ),
        element("span", element("label", "Show", for_=show), element("select", *options, id=show, data_show=True)),
        element("output", "", data_count=True, role="status"),
        class_="controls",
        hidden=True,
        id=f"c{number}",
    )


def _map(table: MatrixTable, number: int, label: str) -> Markup:
    today = {lane.minor for lane in table.lanes if lane.is_today}
    head = [element("th", "Distribution", scope="col", data_key="name")]
    for minor in table.minors:
        note = element("small", "today") if minor in today else None
        head.append(element("th", minor, note, scope="col", data_key=minor, class_="today" if note else None))
    rows = [_row(row, table, number, today) for row in table.rows]
    totals = [
        element("td", str(count), class_="b" if count else "w")
        for count in (len(table.blockers(minor)) for minor in table.minors)
    ]
    grid = element(
        "table",
        element("caption", label, class_="hidden"),
        element("thead", element("tr", *head)),
        element("tbody", *rows),
        element("tfoot", element("tr", element("th", "blocked", scope="row"), *totals)),
        class_="map",
        id=f"m{number}",
    )
    return element("div", grid, class_="scroll", tabindex="0", role="region", aria_label=label)


def _row(row: MatrixRow, table: MatrixTable, number: int, today: set[str | None]) -> Markup:
    versions = row.versions
    version = versions[0] if len(versions) == 1 else f"{versions[0]} … {versions[-1]}"
    cells = [
        _cell(cell, _anchor(number, row), minor in today) for minor, cell in zip(table.minors, row.cells, strict=True)
    ]
    name = joined(element("span", row.name, class_="name"), Markup(" "), element("small", version))
    return element("tr", element("th", name, scope="row"), *cells, class_="direct" if row.direct else None)


def _anchor(number: int, row: MatrixRow) -> str:
    """The id of a distribution's row of first versions, whatever its name holds."""
    return f"f{number}-{hashlib.sha256(row.name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _cell(cell: PackageForecast | None, anchor: str, is_today: bool) -> Markup:
    mark = " today" if is_today else ""
    if cell is None:
        return element("td", "–", class_=f"x{mark}")
    word, style = WORDS[cell.outcome]
    if cell.outcome.blocks or cell.outcome is Outcome.UNKNOWN:
        return element("td", element("a", word, href=f"#{anchor}"), class_=style + mark)
    return element("td", word, class_=style + mark)


def _trouble(table: MatrixTable) -> Markup | None:
    said: dict[str, list[str]] = {}
    for column in table.columns:
        for conflict in column.conflicts:
            reason = conflict.reason or "no version satisfies all that is asked"
            said.setdefault(f"conflict about {conflict.name}: {reason}", []).append(column.minor)
        for item in column.unresolved:
            said.setdefault(f"unknown: {item.name}: {item.reason}", []).append(column.minor)
    if not said:
        return None
    items = [element("li", element("strong", ", ".join(minors)), f" {text}") for text, minors in said.items()]
    return element("ul", *items, class_="trouble")


def _firsts(table: MatrixTable, number: int) -> Markup | None:
    """By distribution and Python, the first version with a wheel: where the cells of the map lead."""
    rows = [row for row in table.rows if any(_is_told(cell) for cell in row.cells)]
    if not rows:
        return None
    body = [part for row in rows for part in _first(row, _anchor(number, row))]
    title = "First version with a wheel"
    heads = ("Distribution", *table.minors, "Stated or needed by")
    shown = html_table(heads, body, f"{title}, table {number + 1}", style="firsts")
    return element("div", element("h4", title), shown)


def _is_told(cell: PackageForecast | None) -> bool:
    return cell is not None and (cell.outcome.blocks or cell.outcome is Outcome.UNKNOWN)


def _first(row: MatrixRow, anchor: str) -> tuple[Row, Row]:
    shown = next(cell for cell in row.cells if cell is not None and _is_told(cell))
    where = place(shown.evidence)
    stated = code(where) if where else None
    through = f" by {', '.join(shown.required_by)}" if not row.direct and shown.required_by else None
    reasons = dict.fromkeys(cell.reason for cell in row.cells if cell is not None and _is_told(cell))
    why = element("details", element("summary", "Why"), element("ul", *(element("li", text) for text in reasons)))
    head = joined(f"{row.name} ", element("small", shown.version))
    versions = Row((head, *map(_first_cell, row.cells), joined(stated, through)), anchor=anchor)
    return versions, Row((why,), "reasons", spans=True)


def _first_cell(cell: PackageForecast | None) -> Markup:
    if cell is None:
        return element("span", "–", class_="x")
    if not _is_told(cell):
        return element("span", "has one" if cell.outcome is Outcome.WHEEL else "pure", class_="quiet")
    if cell.outcome is Outcome.UNKNOWN:
        return element("span", "unknown", class_="u")
    return element("span", _nearest(cell), class_="fix" if cell.fixed_in else "nofix")


def _nearest(cell: PackageForecast) -> str:
    return f"{cell.fixed_in} (older)" if falls_back(cell) else cell.fixed_in or "no version"
