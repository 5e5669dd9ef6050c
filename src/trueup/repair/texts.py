"""From a changed text to the smallest edits of its bytes: encoding, byte-order mark and line ends stay as they are."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from trueup.errors import TrueupError
from trueup.model.project import SourceFile
from trueup.model.repair import Edit, digest

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_MARKS = {"utf-8-sig": b"\xef\xbb\xbf"}


class NotEditableError(TrueupError):
    """A file whose bytes cannot be replaced one by one: not text, too large, or not read."""


def split_lines(text: str) -> list[str]:
    """The lines with their ends; only \\n, \\r\\n and \\r end a line, and the last one may have no end."""
    return [line for line in _LINE.findall(text) if line]


def newline_of(text: str) -> str:
    """The line end that a text uses; \\n where it has none."""
    found = re.search(r"\r\n|\r|\n", text)
    return found.group() if found else "\n"


def edits_between(file: SourceFile, text: str) -> tuple[Edit, ...]:
    """The edits that turn a file's text into another one.

    Args:
        file: the file as it is.
        text: its whole text as it is to be, without a byte-order mark.

    Raises:
        NotEditableError: the file is not text, or was not read.
    """
    if file.problem is not None or not file.is_text:
        raise NotEditableError(f"{file.path} cannot be edited: {file.problem or 'it is not text'}.")
    codec, mark = _codec(file)
    sha256 = digest(file.data)
    offsets = _ByteOffsets(file.text, codec, len(mark))
    return tuple(
        Edit(file.path, offsets.at(start), offsets.at(end), new.encode(codec), sha256)
        for start, end, new in _replacements(file.text, text)
    )


def _codec(file: SourceFile) -> tuple[str, bytes]:
    """The codec of the text after its byte-order mark, and that mark."""
    if file.encoding in _MARKS:
        return "utf-8", _MARKS[file.encoding]
    if file.encoding in ("utf-16", "utf-32"):
        width = 2 if file.encoding == "utf-16" else 4
        mark = file.data[:width]
        return f"{file.encoding}-{'le' if mark[0] == 0xFF else 'be'}", mark
    return file.encoding, b""


class _ByteOffsets:
    """Offsets in bytes for growing offsets in characters."""

    def __init__(self, text: str, codec: str, first: int) -> None:
        self.text, self.codec = text, codec
        self.characters, self.bytes = 0, first

    def at(self, characters: int) -> int:
        self.bytes += len(self.text[self.characters : characters].encode(self.codec))
        self.characters = characters
        return self.bytes


def _replacements(before: str, after: str) -> Iterator[tuple[int, int, str]]:
    """Start and end in the old text, and the new text between; each as short as can be."""
    old, new = split_lines(before), split_lines(after)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag == "equal":
            continue
        removed, added = "".join(old[first:last]), "".join(new[new_first:new_last])
        prefix = _common(removed, added)
        suffix = _common(removed[prefix:][::-1], added[prefix:][::-1])
        start = starts[first] + prefix
        yield start, starts[last] - suffix, added[prefix : len(added) - suffix]


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def with_appended(text: str, *lines: str) -> str:
    """The text with further lines at its end; the last line ends as the file's others do."""
    end = newline_of(text)
    joined = end.join(lines)
    if not text:
        return joined + end
    if text.endswith(("\n", "\r")):
        return f"{text}{joined}{end}"
    return f"{text}{end}{joined}{end}"


def without_lines(text: str, first: int, last: int) -> str:
    """The text without the lines `first` to `last` (from 1, both included)."""
    lines = split_lines(text)
    return "".join([*lines[: first - 1], *lines[last:]])


def with_line(text: str, number: int, line: str) -> str:
    """The text with another content of one line (from 1); its line end stays."""
    lines = split_lines(text)
    old = lines[number - 1]
    end = old[len(old.rstrip("\r\n")) :]
    return "".join([*lines[: number - 1], line + end, *lines[number:]])
