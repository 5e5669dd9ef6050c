"""The guide as one self-contained HTML page, in the style of the report of check."""

from __future__ import annotations

from trueup.guide.document import Block, Cell, Commands, Document, Part, Point, Section, State, Table, Words
from trueup.model.evidence import Evidence
from trueup.reports._guide_markdown import SIGNS, WORDS
from trueup.reports._html_table import Row, html_table
from trueup.reports._page import Markup, code, element, joined, page, said

_CLASSES = {State.GOOD: "fine", State.BAD: "nofix", State.OPEN: "", State.UNKNOWN: "pill unknown", State.PLAIN: ""}


def render_guide_html(document: Document) -> str:
    """The whole page."""
    links = [element("li", element("a", section.title, href=f"#{section.id}")) for section in document.sections]
    head = element(
        "header",
        element("p", "Alignment report and deployment guide", class_="kicker"),
        element("h1", document.title.rpartition(": ")[0] or document.title),
        element("p", said(document.lead), class_="lead"),
    )
    contents = element("nav", element("h2", "Contents"), element("ol", *links), aria_label="Contents")
    sections = [_section(section) for section in document.sections]
    return page(document.title, joined(head, contents, *sections), foot=document.foot)


def _section(section: Section) -> Markup:
    blocks = [_block(block) for block in section.blocks]
    parts = [_part(part) for part in section.parts]
    heading = element("h2", section.title, id=f"{section.id}-title")
    return element("section", heading, *blocks, *parts, id=section.id, aria_labelledby=f"{section.id}-title")


def _part(part: Part) -> Markup:
    return element("article", element("h3", part.title), *(_block(block) for block in part.blocks), class_="result")


def _block(block: Block) -> Markup:
    if isinstance(block, Words):
        return element("p", said(block.text))
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Commands):
        return element("pre", code("\n".join(block.lines)), tabindex="0")
    return element("ol" if block.is_ordered else "ul", *(_point(point) for point in block.items))


def _table(table: Table) -> Markup:
    rows = [Row(tuple(map(_cell, row))) for row in table.rows]
    return html_table(table.heads, rows, table.title, role="group")


def _cell(cell: Cell) -> Markup:
    return _signed(cell.state, code(cell.text) if cell.is_code and cell.text else said(cell.text))


def _signed(state: State, shown: Markup) -> Markup:
    if state is State.PLAIN:
        return shown
    sign = element("span", f"{SIGNS[state]} ", aria_hidden="true")
    spoken = element("span", f"{WORDS[state]}: ", class_="hidden")
    return element("span", sign, spoken, shown, class_=_CLASSES[state] or None)


def _point(point: Point) -> Markup:
    reasons = [part for item in point.evidence for part in _evidence(item)]
    why = element("span", Markup(" "), *reasons, class_="why") if reasons else None
    sign = None
    if point.state is not State.PLAIN:
        sign = joined(
            element("span", f"{SIGNS[point.state]} ", aria_hidden="true", class_=_CLASSES[point.state] or None),
            element("span", f"{WORDS[point.state]}: ", class_="hidden"),
        )
    return element("li", sign, said(point.text), why)


def _evidence(item: Evidence) -> tuple[Markup, ...]:
    if item.path:
        return (code(item.place), Markup(" "))
    if item.url and item.url.startswith("https://"):
        seen = f" (read {item.checked})" if item.checked else ""
        return (element("a", f"source{seen}", href=item.url, rel="noreferrer"), Markup(" "))
    return ()
