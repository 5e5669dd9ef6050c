"""A log in memory: the cleaned lines that matter, found quickly by a literal."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from trueup.model.diagnosis import LogLine


class Log:
    """The lines of a log, or of a giant log the part of it that can matter; immutable.

    `lines` hold the number in the file and the text without prefixes, colours and outer blanks; `total` counts the
    lines of the whole log; `prefix_platform` is the platform whose prefixes the lines had.
    """

    def __init__(
        self,
        lines: Sequence[LogLine],
        *,
        total: int | None = None,
        bytes_read: int = 0,
        prefix_platform: str | None = None,
    ) -> None:
        self.lines = tuple(LogLine(line.number, line.text.strip()) for line in lines)
        self.total = len(self.lines) if total is None else total
        self.bytes_read = bytes_read
        self.prefix_platform = prefix_platform

    @classmethod
    def from_text(cls, text: str) -> Log:
        """A log of text that is clean already, numbered from 1; what examples of rules are read with."""
        return cls([LogLine(number, line) for number, line in enumerate(text.strip("\n").split("\n"), 1)])

    def __len__(self) -> int:
        return len(self.lines)

    def text(self, index: int) -> str:
        """The text of the line at an index (not a line number); empty beyond both ends."""
        return self.lines[index].text if 0 <= index < len(self.lines) else ""

    @cached_property
    def _joined(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def lowered(self) -> tuple[str, ...]:
        """The texts of all lines in lower case."""
        return tuple(line.text.lower() for line in self.lines)

    @cached_property
    def _starts(self) -> list[int]:
        starts, position = [], 0
        for line in self.lines:
            starts.append(position)
            position += len(line.text) + 1
        return starts

    def with_literal(self, literal: str) -> Iterator[int]:
        """The indexes of the lines that contain a literal, in order."""
        position = self._joined.find(literal)
        while position >= 0:
            index = bisect_right(self._starts, position) - 1
            yield index
            end = self._starts[index + 1] if index + 1 < len(self._starts) else len(self._joined)
            position = self._joined.find(literal, end)

    def paragraph(self, index: int, span: int) -> str:
        """Some lines from an index on, joined with single blanks; frames of tables and trees are taken off."""
        if span <= 1:
            return self.text(index)
        parts = (_FRAME.sub("", self.text(position)) for position in range(index, min(index + span, len(self.lines))))
        return " ".join(part for part in parts if part)

    def near(self, pattern: re.Pattern[str], index: int, before: int, after: int) -> int | None:
        """The index of the nearest line that matches a pattern: going back first, then forward; None without one."""
        for position in range(index, max(-1, index - before - 1), -1):
            if pattern.search(self.text(position)):
                return position
        for position in range(index + 1, min(len(self.lines), index + after + 1)):
            if pattern.search(self.text(position)):
                return position
        return None

    def matches(self, literal: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
        """Every line that contains the literal and matches the pattern, with its index."""
        for index in self.with_literal(literal):
            if found := pattern.search(self.text(index)):
                yield index, found

    @cached_property
    def tracebacks(self) -> tuple[tuple[int, int], ...]:
        """Every Python traceback: the indexes of its first line and of the line that names its exception."""
        return tuple(self._tracebacks())

    def _tracebacks(self) -> Iterator[tuple[int, int]]:
        for start in self.with_literal("Traceback (most recent call last)"):
            for index in range(start + 1, min(start + 400, len(self.lines))):
                if _EXCEPTION.match(self.text(index)) and not _FRAME_LINE.match(self.text(index)):
                    yield start, index
                    break

    def traceback_ending_at(self, index: int, reach: int = 400) -> list[str]:
        """The lines of the traceback that names its exception at an index, without that line; empty if none."""
        for position in range(index - 1, max(-1, index - reach), -1):
            if "Traceback (most recent call last)" in self.text(position):
                return [_as_frame(self.text(line)) for line in range(position + 1, index)]
        # a pasted traceback may lack its head
        frames: list[str] = []
        for position in range(index - 1, max(-1, index - 40), -1):
            if _FRAME_LINE.match(self.text(position)):
                frames = [self.text(line) for line in range(position, index)]
            elif frames and not _FRAME_LINE.match(self.text(position - 1)):
                break
        return frames


def _as_frame(text: str) -> str:
    """A line of a traceback; the boxes that rich draws are written as Python writes a frame."""
    found = _RICH_FRAME.match(text)
    return f'File "{found["path"]}", line {found["line"]}, in {found["name"]}' if found else text


_RICH_FRAME = re.compile(r"^[│|❱ ]*(?P<path>/?[\w./@+-]{1,300}\.py):(?P<line>\d+) in (?P<name><?\w+>?)")
_FRAME = re.compile(r"^[\s│║┃╰╭├─▶▸·×❯|]{1,20}")
_FRAME_LINE = re.compile(r'\s*File "[^"]{1,400}", line \d+')
_EXCEPTION = re.compile(
    r"(?:[A-Za-z_][\w.]{0,120}\.)?[A-Z]\w{0,80}(?:Error|Exception|Exit|Warning|Interrupt|DoesNotExist|"
    r"ImproperlyConfigured|NotFound|Timeout|Refused|Group|Unavailable)\b(?::"
    r" |:?$|\()"
)
