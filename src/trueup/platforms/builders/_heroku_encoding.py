"""The part of the `file` command that the classic buildpack asks for: which encoding a text is in.

The classic buildpack runs `file --brief --exclude json --exclude soft` on a .python-version that does not parse and
decides by the answer whether the version or the encoding is wrong (lib/python_version.sh:206-262 at b4e7e721, read on
2026-11-20). The order of the questions and the classes of bytes are those of file's src/encoding.c.
"""

from __future__ import annotations

import codecs

_TEXT = frozenset({7, 8, 9, 10, 11, 12, 13, 27, 0x85, *range(0x20, 0x7F)})
"""Bytes of plain text; U+0085 counts as one, control characters beyond these do not."""
_LATIN = frozenset(range(0xA0, 0x100))
_EXTENDED = frozenset({*range(0x80, 0x85), *range(0x86, 0xA0)})


def file_command_encoding(data: bytes) -> str:
    """What the `file` command says about these bytes, without the remarks on line ends.

    Returns:
        `ASCII text`, `Unicode text, UTF-8 text`, `Unicode text, UTF-8 (with BOM) text`, `Unicode text, UTF-16, … text`,
        `Unicode text, UTF-32, … text`, `ISO-8859 text`, `Non-ISO extended-ASCII text`, `data`, `empty` or
        `very short file (no magic)`.
    """
    if not data:
        return "empty"
    if len(data) == 1:
        return "very short file (no magic)"
    data = _without_trailing_zeros(data)
    present = frozenset(data)
    if present <= _TEXT:
        return "ASCII text"
    if len(data) > 3 and data.startswith(codecs.BOM_UTF8) and _is_utf8(data[3:], least=0):
        return "Unicode text, UTF-8 (with BOM) text"
    if _is_utf8(data, least=1):
        return "Unicode text, UTF-8 text"
    wide = _wide(data)
    if wide:
        return wide
    if present <= _TEXT | _LATIN:
        return "ISO-8859 text"
    if present <= _TEXT | _LATIN | _EXTENDED:
        return "Non-ISO extended-ASCII text"
    return "data"


def _is_utf8(data: bytes, *, least: int) -> bool:
    """Whether it is UTF-8 whose ASCII part is text, with at least so many characters beyond ASCII.

    A sequence that the end cuts short passes but does not count, as it does there.
    """
    if not frozenset(byte for byte in data if byte < 0x80) <= _TEXT:
        return False
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return sum(not character.isascii() for character in text) >= least


def _without_trailing_zeros(data: bytes) -> bytes:
    """Zeros at the end do not count, but a pair of bytes stays a pair."""
    kept = data[:1] + data[1:].rstrip(b"\0")
    return data[: len(kept) + 1] if len(kept) % 2 and len(data) % 2 == 0 else kept


def _wide(data: bytes) -> str:
    """UTF-32 and UTF-16 are known by their byte-order mark, and only where they hold text; else an empty string."""
    for mark, codec, words in (
        (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32, little-endian"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32, big-endian"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16, little-endian"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16, big-endian"),
    ):
        if data.startswith(mark):
            width = 4 if "32" in codec else 2
            whole = data[len(mark) : len(data) - len(data) % width]
            if _is_wide_text(whole, codec):
                return f"Unicode text, {words} text"
    return ""


def _is_wide_text(data: bytes, codec: str) -> bool:
    """No control characters, no code points that are no characters, no lone surrogates (but for one cut short)."""
    try:
        text = codecs.getincrementaldecoder(codec)().decode(data)
    except UnicodeDecodeError:
        return False
    return all(
        number in _TEXT if number < 0x80 else not (0xFDD0 <= number <= 0xFDEF or number == 0xFFFE)
        for number in map(ord, text)
    )
