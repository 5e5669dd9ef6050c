"""The literal parts of a TypeScript file that calls functions with objects: read, never run.

Strings, numbers, booleans, null, arrays and objects of those are values; a name stands for the one literal that a
`const` gives it; all else (conditions, spreads, templates with parts to fill in) is `Unread` with its text.
Grammar: https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar (read 2026-11-20).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?P<template>`(?:\\.|[^`\\])*`)"""
    r"""|(?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_$][\w$]*)|(?P<dots>\.\.\.)|(?P<sign>.)""",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "undefined": None}
_OPEN, _CLOSE = "([{", ")]}"
MOST_TOKENS = 50_000
DEEPEST = 60
MOST_STEPS = 400_000
"""Steps over tokens for one file: nested calls are read once each, which hostile text could make endless."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that is no literal: its text, without line breaks."""

    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """A call with literal arguments, as far as they are literals."""

    name: str
    arguments: tuple[Any, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Object:
    """An object: its values and their lines by key. `is_whole` is false where something is spread into it."""

    values: Mapping[str, Any]
    lines: Mapping[str, int]
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def calls(text: str, names: frozenset[str]) -> Iterator[Called]:
    """Every call of some functions, wherever it stands, with what its arguments literally are.

    Args:
        text: a whole file.
        names: the functions' names.
    """
    tokens = _tokens(text)
    steps = [MOST_STEPS]
    constants = _constants(tokens, steps)
    for index, token in enumerate(tokens[:-1]):
        before = tokens[index - 1].text if index else ""
        if (
            token.kind == "name"
            and token.text in names
            and tokens[index + 1].text == "("
            and before not in (".", "function")
        ):
            found = _Reader(tokens, index, constants, steps).value()
            if isinstance(found, Called):
                yield found


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "sign"
        if kind != "blank":
            found.append(_Token(kind, match.group(), line))
        line += match.group().count("\n")
        if len(found) >= MOST_TOKENS:
            break
    return found


def _constants(tokens: list[_Token], steps: list[int]) -> dict[str, Any]:
    """The names that one `const` binds to a literal."""
    found: dict[str, Any] = {}
    twice: set[str] = set()
    for index, token in enumerate(tokens[:-3]):
        if token.text != "const" or tokens[index + 1].kind != "name" or tokens[index + 2].text != "=":
            continue
        name = tokens[index + 1].text
        twice |= {name} & found.keys()
        found[name] = _Reader(tokens, index + 3, {}, steps).value()
    return {
        name: value for name, value in found.items() if name not in twice and not isinstance(value, Unread | Called)
    }


@dataclass
class _Reader:
    """Reads one value after the other."""

    tokens: list[_Token]
    at: int
    constants: dict[str, Any]
    steps: list[int]
    """How many steps are left for the whole file; without one, nothing more is read."""
    depth: int = 0

    def text(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead].text if self.at + ahead < len(self.tokens) else ""

    def value(self) -> Any:
        """The value at hand, up to the comma or bracket behind it."""
        start = self.at
        self.steps[0] -= 1
        if self.steps[0] < 0:
            self.at = len(self.tokens)
        found = self._simple() if self.depth < DEEPEST else Unread("")
        if self.text() == "as" and self.text(1) == "const":
            self.at += 2
        if self.text() in (",", ";", "", *_CLOSE):
            return found
        if self._is_over(start):
            return found
        self._skip()
        return Unread(" ".join(token.text for token in self.tokens[start : self.at])[:200])

    def _is_over(self, start: int) -> bool:
        """Whether a statement ends here without a semicolon: what follows stands on another line and is a new word."""
        if self.at >= len(self.tokens) or self.depth or self.at == start:
            return False
        token, last = self.tokens[self.at], self.tokens[self.at - 1]
        return (
            token.line > last.line
            and token.kind == "name"
            and token.text not in ("as", "satisfies", "in", "instanceof")
        )

    def _simple(self) -> Any:
        if self.at >= len(self.tokens):
            return Unread("")
        token = self.tokens[self.at]
        if token.text in ("{", "["):
            self.depth += 1
            found = self._object() if token.text == "{" else self._array()
            self.depth -= 1
            return found
        self.at += 1
        if token.kind == "string" or (token.kind == "template" and "${" not in token.text):
            return _unescaped(token.text[1:-1])
        if token.kind == "number":
            number = float(token.text.replace("_", ""))
            return int(number) if number.is_integer() and abs(number) < 1e15 else number
        if token.kind == "name" and self.text() == "(":
            return self._call(token)
        if token.kind == "name" and token.text in _WORDS:
            return _WORDS[token.text]
        if token.kind == "name" and token.text in self.constants and self.text() not in (".", "["):
            return self.constants[token.text]
        return Unread(token.text)

    def _call(self, name: _Token) -> Called:
        self.depth += 1
        found = self._array(close=")")
        self.depth -= 1
        return Called(name.text, tuple(found) if isinstance(found, list) else (), name.line)

    def _array(self, close: str = "]") -> list[Any]:
        self.at += 1
        found: list[Any] = []
        while self.at < len(self.tokens) and self.text() != close:
            before = self.at
            found.append(self.value())
            if self.text() == ",":
                self.at += 1
            elif self.text() != close:
                break
            if self.at == before:
                break
        self.at += 1
        return found

    def _object(self) -> Object:
        self.at += 1
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        is_whole = True
        while self.at < len(self.tokens) and self.text() != "}":
            token = self.tokens[self.at]
            if token.kind in ("name", "string", "number") and self.text(1) == ":":
                key = _unescaped(token.text[1:-1]) if token.kind == "string" else token.text
                self.at += 2
                lines[key], values[key] = token.line, self.value()
            elif token.kind == "name" and self.text(1) in (",", "}"):
                self.at += 1
                lines[token.text], values[token.text] = token.line, self.constants.get(token.text, Unread(token.text))
            else:
                is_whole = False
                self._skip()
            if self.text() == ",":
                self.at += 1
            elif self.text() != "}":
                break
        self.at += 1
        return Object(values, lines, is_whole)

    def _skip(self) -> None:
        """To the comma, semicolon or bracket that ends the value at hand."""
        depth = 0
        while self.at < len(self.tokens):
            self.steps[0] -= 1
            if self.steps[0] < 0:
                self.at = len(self.tokens)
                return
            text = self.text()
            if depth == 0 and text in (",", ";", *_CLOSE):
                return
            depth += (text in tuple(_OPEN)) - (text in tuple(_CLOSE))
            self.at += 1


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "ux" and len(code) > 1:
            number = int(code[1:].strip("{}"), 16)
            return chr(number) if number < 0x110000 else "�"
        return _ESCAPES.get(code, code)

    return re.sub(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", one, text, flags=re.DOTALL)
