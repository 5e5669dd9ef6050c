"""A JSON parser that keeps positions; optionally with comments and trailing commas (HuJSON)."""

from __future__ import annotations

import json
import re
from typing import Any

_BLANK = re.compile(r"[ \t\r\n\ufeff]*")
_RELAXED_BLANK = re.compile(r"(?:[ \t\r\n\ufeff]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,\]}:/]+")

Positions = dict[tuple[str | int, ...], tuple[int, int, int]]


class JsonSyntaxError(ValueError):
    """What is wrong and on which line (from 1)."""

    def __init__(self, message: str, line: int, at: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.at = at


class _Parser:
    def __init__(self, text: str, relaxed: bool, deepest: int) -> None:
        self.text = text
        self.blank = _RELAXED_BLANK if relaxed else _BLANK
        self.relaxed = relaxed
        self.deepest = deepest
        self.positions: Positions = {}
        self.line = 1
        self.counted = 0

    def line_at(self, offset: int) -> int:
        """Lines are counted onwards from the last offset asked for; offsets only grow."""
        self.line += self.text.count("\n", self.counted, offset)
        self.counted = offset
        return self.line

    def fail(self, message: str, at: int) -> JsonSyntaxError:
        return JsonSyntaxError(message, self.text.count("\n", 0, at) + 1, at)

    def skip(self, at: int) -> int:
        found = self.blank.match(self.text, at)
        return found.end() if found else at

    def value(self, at: int, path: tuple[str | int, ...]) -> tuple[Any, int]:
        at = self.skip(at)
        if len(path) > self.deepest:
            raise self.fail(f"nested deeper than {self.deepest} levels", at)
        line = self.line_at(at)
        if at >= len(self.text):
            raise self.fail("the file ends where a value is expected", at)
        opening = self.text[at]
        value: Any
        if opening == "{":
            value, end = self.members(at + 1, path)
        elif opening == "[":
            value, end = self.items(at + 1, path)
        else:
            value, end = self.scalar(at)
        self.positions[path] = (line, at, end)
        return value, end

    def scalar(self, at: int) -> tuple[Any, int]:
        found = (_STRING if self.text[at] == '"' else _SCALAR).match(self.text, at)
        if not found:
            raise self.fail("a value is expected", at)
        try:
            return json.loads(found.group(), strict=False), found.end()
        except ValueError:
            raise self.fail(f"{found.group()[:40]!r} is not a value", at) from None

    def members(self, at: int, path: tuple[str | int, ...]) -> tuple[dict[str, Any], int]:
        value: dict[str, Any] = {}
        at = self.skip(at)
        while self.text[at : at + 1] != "}":
            if self.text[at : at + 1] != '"':
                raise self.fail("a key in double quotes is expected", at)
            key, at = self.scalar(at)
            at = self.skip(at)
            if self.text[at : at + 1] != ":":
                raise self.fail("a colon is expected after the key", at)
            value[key], at = self.value(at + 1, (*path, key))
            at = self.separator(at, "}")
        return value, at + 1

    def items(self, at: int, path: tuple[str | int, ...]) -> tuple[list[Any], int]:
        value: list[Any] = []
        at = self.skip(at)
        while self.text[at : at + 1] != "]":
            item, at = self.value(at, (*path, len(value)))
            value.append(item)
            at = self.separator(at, "]")
        return value, at + 1

    def separator(self, at: int, closing: str) -> int:
        at = self.skip(at)
        if self.text[at : at + 1] == closing:
            return at
        if self.text[at : at + 1] != ",":
            raise self.fail(f"a comma or {closing} is expected", at)
        at = self.skip(at + 1)
        if self.text[at : at + 1] == closing and not self.relaxed:
            raise self.fail("a trailing comma", at)
        return at


def parse_json(text: str, *, relaxed: bool = False, deepest: int = 100) -> tuple[Any, Positions]:
    """Parse a text; return its value, and (line, start, end) of every value by its path.

    Raises:
        JsonSyntaxError: the text is not JSON (or not HuJSON, when `relaxed`), or is nested too deep.
    """
    parser = _Parser(text, relaxed, deepest)
    value, end = parser.value(0, ())
    end = parser.skip(end)
    if end != len(text):
        raise parser.fail("something follows the value", end)
    return value, parser.positions
