"""What a repair changes, as unified differences."""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Mapping

from trueup.errors import ApplyConflict


def edited_since(path: str, now: bytes | None, expected: bytes | None) -> ApplyConflict:
    """The refusal to touch a file that is no longer as a repair left it, with the difference."""
    shown = difference(path, expected, now, ("as the repair left it", "as it is now"))
    return ApplyConflict(
        f"{path} was edited after the repair:\n{shown}".rstrip(),
        hint="Take your own edit back first, or change the file by hand; nothing was touched.",
    )


def differences(before: Mapping[str, bytes | None], after: Mapping[str, bytes | None]) -> dict[str, str]:
    """The unified difference of every file that changes, by path."""
    return {path: difference(path, before.get(path), after[path]) for path in sorted(after)}


def difference(
    path: str, before: bytes | None, after: bytes | None, sides: tuple[str, str] = ("before", "after")
) -> str:
    """One file's unified difference; lines end with \\n, a carriage return is shown as part of its line.

    Lines are compared as text, in the encoding that a byte-order mark tells; where only that changes, it is said.
    """
    old = [] if before is None else _lines(before)
    new = [] if after is None else _lines(after)
    labels = (
        (f"a/{path}", f"b/{path}") if sides == ("before", "after") else (f"{path} {sides[0]}", f"{path} {sides[1]}")
    )
    if before is None:
        labels = ("/dev/null", labels[1])
    if after is None:
        labels = (labels[0], "/dev/null")
    if old == new and before != after:
        encodings = f"{_encoding(before or b'')} → {_encoding(after or b'')}"
        return f"--- {labels[0]}\n+++ {labels[1]}\n# the same text, {encodings}\n"
    lines = difflib.unified_diff(old, new, *labels, n=3)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(data: bytes) -> list[str]:
    text = data.decode(_encoding(data), "replace").removeprefix("\ufeff")
    parts = text.split("\n")
    lines = [f"{part}\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def _encoding(data: bytes) -> str:
    """The encoding that a file's byte-order mark tells; UTF-8 without one."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    return "UTF-8-SIG" if data.startswith(codecs.BOM_UTF8) else "UTF-8"
