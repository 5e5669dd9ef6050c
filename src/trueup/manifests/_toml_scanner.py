"""Positions of the values of a valid TOML text. The values themselves come from the standard library's parser."""

from __future__ import annotations

import re

Positions = dict[tuple[str | int, ...], tuple[int, int, int]]

_BLANK = re.compile(r"[ \t]*")
_FILLER = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_SCALAR = re.compile(r"[^,\]}#\n]*")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}


def _unquote(text: str) -> str:
    if text.startswith("'"):
        return text[1:-1]

    def replacement(found: re.Match[str]) -> str:
        code = found.group(1)
        return chr(int(code[1:], 16)) if code[0] in "uUx" else _ESCAPES.get(code, code)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)", replacement, text[1:-1])


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.positions: Positions = {}
        self.line = 1
        self.counted = 0
        self.arrays: dict[tuple[str | int, ...], int] = {}

    def line_at(self, offset: int) -> int:
        if offset < self.counted:
            return self.text.count("\n", 0, offset) + 1
        self.line += self.text.count("\n", self.counted, offset)
        self.counted = offset
        return self.line

    def skip(self, at: int, pattern: re.Pattern[str] = _FILLER) -> int:
        found = pattern.match(self.text, at)
        return found.end() if found else at

    def key(self, at: int) -> tuple[list[str], int]:
        parts: list[str] = []
        while True:
            at = self.skip(at, _BLANK)
            found = _STRING.match(self.text, at) or _BARE_KEY.match(self.text, at)
            if not found:
                return parts, at
            parts.append(_unquote(found.group()) if found.group()[0] in "\"'" else found.group())
            at = self.skip(found.end(), _BLANK)
            if self.text[at : at + 1] != ".":
                return parts, at
            at += 1

    def inside(self, path: tuple[str | int, ...], parts: list[str]) -> tuple[str | int, ...]:
        """Follow keys from a table; an array of tables on the way means its last item."""
        for part in parts:
            path = (*path, part)
            if path in self.arrays:
                path = (*path, self.arrays[path])
        return path

    def value(self, at: int, path: tuple[str | int, ...]) -> int:
        at = self.skip(at)
        start, line = at, self.line_at(at)
        opening = self.text[at : at + 1]
        if opening == "[":
            at, index = self.skip(at + 1), 0
            while at < len(self.text) and self.text[at] != "]":
                at = self.skip(self.value(at, (*path, index)))
                index += 1
                if self.text[at : at + 1] == ",":
                    at = self.skip(at + 1)
            at += 1
        elif opening == "{":
            at = self.skip(at + 1)
            while at < len(self.text) and self.text[at] != "}":
                parts, at = self.key(at)
                if not parts:
                    break
                at = self.skip(self.value(at + 1, (*path, *parts)))
                if self.text[at : at + 1] == ",":
                    at = self.skip(at + 1)
            at += 1
        else:
            found = _STRING.match(self.text, at) or _SCALAR.match(self.text, at)
            end = found.end() if found else at
            at = start + len(self.text[start:end].rstrip())
            if at == start:
                at += 1
        self.positions[path] = (line, start, at)
        return at

    def header(self, at: int) -> tuple[tuple[str | int, ...], int]:
        is_array = self.text.startswith("[[", at)
        parts, end = self.key(at + (2 if is_array else 1))
        table = self.inside((), parts[:-1]) + tuple(parts[-1:])
        if is_array:
            self.arrays[table] = self.arrays.get(table, -1) + 1
            self.positions.setdefault(table, (self.line_at(at), at, end))
            table = (*table, self.arrays[table])
        elif table in self.arrays:
            table = (*table, self.arrays[table])
        self.positions.setdefault(table, (self.line_at(at), at, end))
        return table, end + (2 if is_array else 1)

    def document(self) -> Positions:
        at = self.skip(0)
        table: tuple[str | int, ...] = ()
        while at < len(self.text):
            if self.text[at] == "[":
                table, at = self.header(at)
            else:
                parts, after = self.key(at)
                if not parts or self.text[after : after + 1] != "=":
                    break
                at = self.value(after + 1, (*table, *parts))
            at = self.skip(at)
        return self.positions


def scan_toml(text: str) -> Positions:
    """Return (line, start, end) of every value of a valid TOML text, by its path of keys and list indexes.

    Tables stand at their first header. Text that is not TOML gives the positions up to where it stops making sense.
    """
    return _Scanner(text).document()
