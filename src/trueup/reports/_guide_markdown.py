"""The guide as Markdown for a code host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from trueup.guide.document import Block, Cell, Commands, Document, Point, Points, Section, State, Table, Words
from trueup.model.evidence import Evidence
from trueup.reports._words import printable
from trueup.reports.markdown import code, table, text

SIGNS = {State.GOOD: "✓", State.BAD: "✗", State.OPEN: "☐", State.UNKNOWN: "?", State.PLAIN: ""}
WORDS = {State.GOOD: "right", State.BAD: "wrong", State.OPEN: "to do", State.UNKNOWN: "not known", State.PLAIN: ""}


def render_guide_markdown(document: Document) -> str:
    """The whole guide, ending with a line end; the sections are listed first."""
    lines = [f"# {text(document.title)}", "", f"**{text(document.lead)}**", ""]
    lines += [f"{number}. [{text(section.title)}](#{anchor(section.title)})" for number, section in _counted(document)]
    for section in document.sections:
        lines += ["", *_section(section)]
    return "\n".join([*lines, "", "---", "", text(document.foot)]) + "\n"


def _counted(document: Document) -> Iterable[tuple[int, Section]]:
    return enumerate(document.sections, start=1)


def anchor(title: str) -> str:
    """The link that code hosts give a heading: lower case, without punctuation, blanks as hyphens."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _section(section: Section) -> Iterator[str]:
    yield f"## {text(section.title)}"
    for block in section.blocks:
        yield from ("", *_block(block))
    for part in section.parts:
        yield from ("", f"### {text(part.title)}")
        for block in part.blocks:
            yield from ("", *_block(block))


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Words):
        yield text(block.text)
    elif isinstance(block, Table):
        yield from table((text(head) for head in block.heads), ([_cell(cell) for cell in row] for row in block.rows))
    elif isinstance(block, Points):
        for number, point in enumerate(block.items, start=1):
            yield _point(f"{number}." if block.is_ordered else "-", point)
    elif isinstance(block, Commands):
        yield from _fenced(block.lines)


def _fenced(lines: tuple[str, ...]) -> Iterator[str]:
    """A block of code, with a fence longer than any inside."""
    shown = [printable(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}sh", *shown, fence)


def _cell(cell: Cell) -> str:
    shown = code(cell.text) if cell.is_code and cell.text.strip() else text(cell.text)
    sign = SIGNS[cell.state]
    return f"{sign} {shown}" if sign else shown


def _point(mark: str, point: Point) -> str:
    box = {State.OPEN: "[ ] ", State.PLAIN: ""}.get(point.state, f"{SIGNS[point.state]} ")
    reasons = ", ".join(dict.fromkeys(filter(None, map(_evidence, point.evidence))))
    return f"{mark} {box}{text(point.text)}{f' ({reasons})' if reasons else ''}"


def _evidence(item: Evidence) -> str:
    if item.path:
        return code(item.place)
    if item.url and re.fullmatch(r"https://[\w.~:/?#@!$&'*+,;=%-]+", item.url):
        return f"[source]({item.url})"
    return ""
