"""What a guide consists of, independent of its form: sections of words, points, tables and commands.

Texts are sentences of ours in which backticks mark code. What comes from the project stands in cells and points marked
as code, or between backticks; every form escapes both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from trueup.model.evidence import Evidence


class State(StrEnum):
    """How something stands: seen to be right, wrong, for a person to do, or not known."""

    GOOD = "good"
    BAD = "bad"
    OPEN = "open"
    UNKNOWN = "unknown"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; `is_code` shows all of it as code."""

    text: str
    is_code: bool = False
    state: State = State.PLAIN


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `title` names it for those who do not see it."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One item of a list, with what it rests on."""

    text: str
    state: State = State.PLAIN
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """A list; numbered where the order matters."""

    items: tuple[Point, ...]
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Commands:
    """Lines to type or to look for, as they are."""

    lines: tuple[str, ...]


Block = Words | Table | Points | Commands


@dataclass(frozen=True, slots=True)
class Part:
    """A titled part of a section, such as one service."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A section. `id` names it in links."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The whole guide."""

    title: str
    lead: str
    sections: tuple[Section, ...]
    foot: str


def code(text: str) -> Cell:
    """A cell that is code; an empty one for an empty text."""
    return Cell(text, is_code=bool(text))


def quoted(text: str) -> str:
    """A text of the project within a sentence of ours: as code, whatever it holds."""
    plain = " ".join(text.split()).replace("`", "'")
    return f"`{plain}`" if plain else "nothing"


def quoted_list(texts: Iterable[str], most: int = 12) -> str:
    """Several texts of the project, and how many more there are."""
    found = list(dict.fromkeys(texts))
    shown = ", ".join(quoted(text) for text in found[:most])
    return f"{shown} and {len(found) - most} more" if len(found) > most else shown


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 file`, `3 files`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
