"""Tables of the pages: they scroll where they are wide, and where the screen is narrow each row becomes a card.

A card shows the column's title before each value, so that nothing is out of sight at the right. Its style takes the
table's display away, and some browsers its meaning with it: the roles give that back (WAI-ARIA 1.2, "Table",
www.w3.org/TR/wai-aria-1.2, read on 2026-11-20).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trueup.reports._page import Child, Markup, element


@dataclass(frozen=True)
class Row:
    """The cells of a row, its style's class, and the anchor that links lead to.

    `spans` gives the whole width to the row's only cell.
    """

    cells: tuple[Child, ...]
    style: str | None = None
    anchor: str | None = None
    spans: bool = False


def html_table(
    heads: Sequence[str],
    rows: Iterable[Row],
    label: str,
    *,
    header: int = 0,
    role: str = "region",
    style: str = "",
) -> Markup:
    """A table in a frame that the keyboard can scroll.

    Args:
        heads: the titles of the columns.
        rows: as many cells each.
        label: what the frame is called, for those who hear the page.
        header: the column that names its row.
        role: of the frame; `group` where a page has too many tables for each to be a landmark.
        style: a further class of the table.
    """
    titles = [element("th", text, scope="col", role="columnheader") for text in heads]
    inner = element(
        "table",
        element("thead", element("tr", *titles, role="row"), role="rowgroup"),
        element("tbody", *(_row(heads, row, header) for row in rows), role="rowgroup"),
        role="table",
        class_=f"cards {style}".rstrip(),
    )
    return element("div", inner, class_="scroll", tabindex="0", role=role, aria_label=label)


def _row(heads: Sequence[str], row: Row, header: int) -> Markup:
    if row.spans:
        cells = [element("td", row.cells[0], role="cell", colspan=len(heads))]
    else:
        cells = [_cell(head, cell, at == header) for at, (head, cell) in enumerate(zip(heads, row.cells, strict=True))]
    focusable = "-1" if row.anchor else None
    return element("tr", *cells, id=row.anchor, tabindex=focusable, role="row", class_=row.style)


def _cell(head: str, cell: Child, is_header: bool) -> Markup:
    if is_header:
        return element("th", cell, scope="row", role="rowheader")
    return element("td", cell, role="cell", data_head=head)
