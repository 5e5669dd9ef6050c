"""The logical lines of a requirements file, with the way back to the file's own text.

The rules are those of pip 23.2.1 (`_internal/req/req_file.py`, `preprocess`, lines 152-163 and 389-467, read
2026-11-20): any of Python's line ends ends a line, a backslash at the end joins it with the next, a # at the beginning
or after a blank begins a comment, and ${NAME} is replaced by a variable that is set.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """One line after joining and without comments.

    `pieces` are pairs of an offset in `text` and the offset in the file where that piece stands; they are empty once a
    variable was put in. `file_start` is the offset of its first character in the file.
    """

    text: str
    file_start: int
    pieces: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Offsets in the file of a part of the text; None where a variable was put in."""
        if not self.pieces or end <= start:
            return None
        return self._offset(start), self._offset(end - 1) + 1

    def _offset(self, at: int) -> int:
        begin, offset = self.pieces[bisect_right(self.pieces, at, key=lambda piece: piece[0]) - 1]
        return offset + at - begin

    def expanded(self, variables: Mapping[str, str]) -> LogicalLine:
        """The line with the variables that are set and not empty put in."""
        if "${" not in self.text:
            return self
        text = _VARIABLE.sub(lambda found: variables.get(found.group(1)) or found.group(), self.text)
        return self if text == self.text else LogicalLine(text, self.file_start, ())


def missing_variables(text: str) -> tuple[str, ...]:
    """Names of the variables that a text still asks for."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def _comment_at(text: str) -> int:
    """Where a comment begins; the text's length where there is none. Linear in the text's length."""
    at = text.find("#")
    while at > 0 and not text[at - 1].isspace():
        at = text.find("#", at + 1)
    return len(text) if at < 0 else at


def _finished(parts: list[tuple[str, int]]) -> LogicalLine | None:
    """Join the parts of a line, drop its comment and the blanks around it."""
    joined = "".join(part for part, _ in parts)
    kept = joined[: _comment_at(joined)].rstrip()
    blank = len(kept) - len(kept.lstrip())
    text = kept[blank:]
    if not text:
        return None
    pieces, begin = [], -blank
    for part, offset in parts:
        end = begin + len(part)
        if end > 0 and begin < len(text):
            pieces.append((max(begin, 0), offset + max(-begin, 0)))
        begin = end
    return LogicalLine(text, pieces[0][1], tuple(pieces))


def logical_lines(text: str) -> Iterator[LogicalLine]:
    """The lines of a requirements file that are not empty, in order."""
    parts: list[tuple[str, int]] = []
    offset = 0
    for raw in text.splitlines(keepends=True):
        line = raw.splitlines()[0]
        is_comment = line.lstrip().startswith("#")
        if is_comment:
            # A comment ends the line that was to be continued; it needs the blank before it to be seen as one.
            parts.append((" ", offset))
        if line.endswith("\\") and not is_comment:
            stripped = line.lstrip("\\")
            parts.append((stripped.rstrip("\\"), offset + len(line) - len(stripped)))
        else:
            parts.append((line, offset))
            finished = _finished(parts)
            parts = []
            if finished:
                yield finished
        offset += len(raw)
    finished = _finished(parts) if parts else None
    if finished:
        yield finished


class LineNumbers:
    """Line numbers (from 1) of offsets in a text; only \\n, \\r\\n and \\r end a line."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]

    def at(self, offset: int) -> int:
        """The number of the line that holds an offset."""
        return bisect_right(self._starts, offset)
