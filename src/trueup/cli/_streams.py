"""The standard streams, so that no terminal, locale or closed stream of a caller can break a command."""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import TextIO

PLAIN = "trueup.plain"
"""The name under which encoders ask for what stands in for a character that they do not have."""
PLAIN_TERMINALS = ("dumb", "unknown")
"""Values of TERM under which a terminal neither shows colours nor replaces a line."""
STAND_INS = {
    "✓": "+", "✗": "x", "✖": "x", "×": "x", "→": "->", "◂": "<", "▸": ">", "☐": "[ ]", "•": "*", "·": "-", "–": "-",
    "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'", "─": "-", "│": "|", "├": "|", "└": "`", "╰": "`",
}  # fmt: skip


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    # What no encoding needs a stand-in for is of the project: spelled out, it can still be told from another.
    return STAND_INS.get(character, f"\\u{ord(character):04x}"), error.start + 1


def prepare_streams() -> None:
    """Make stdout and stderr take every text: closed ones swallow it, narrow encodings get stand-ins.

    A process may be started without streams (`1>&-`, a service of Windows); Python then has None in their place.
    """
    codecs.register_error(PLAIN, _plain)
    sys.stdout = _usable(sys.stdout)
    sys.stderr = _usable(sys.stderr)


def _usable(stream: TextIO | None) -> TextIO:
    if stream is None:
        return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
        stream.reconfigure(errors=PLAIN)
    return stream


def write_as_utf8() -> None:
    """Take stdout for a format that machines read: JSON and HTML are UTF-8 whatever the locale says."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def drop_stdout() -> None:
    """Let nothing that is still held back be written when Python ends: it would fail again, with a traceback."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
