"""YAML as plain values with positions, safe against bombs: aliases are counted, tags are not followed."""

from __future__ import annotations

import re
import warnings
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Positions = dict[tuple[str | int, ...], tuple[int, int, int]]

_INTEGER = re.compile(r"^(?:0o[0-7]+|[-+]?[0-9]+|0x[0-9a-fA-F]+)$")
_FLOAT = re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")
_BRACKET = re.compile(r"[\[\]{}]|^[\w-]+:", re.MULTILINE)
_FLOAT_WORDS = {".inf": float("inf"), "-.inf": float("-inf"), "+.inf": float("inf"), ".nan": float("nan")}


class YamlSyntaxError(ValueError):
    """What is wrong and on which line (from 1; None where it is not known)."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def plain_value(text: str) -> Any:
    """The value of an unquoted scalar by the YAML 1.2 core schema."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _INTEGER.match(text):
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    if _FLOAT.match(text):
        return float(text)
    return _FLOAT_WORDS.get(text.lower(), text)


class _Builder:
    def __init__(self, deepest: int, most_nodes: int) -> None:
        self.deepest = deepest
        self.left = most_nodes
        self.positions: Positions = {}

    def build(self, node: Node, path: tuple[str | int, ...]) -> Any:
        line = node.start_mark.line + 1
        self.left -= 1
        if self.left < 0:
            raise YamlSyntaxError("its aliases expand to more values than a person could have written", line)
        if len(path) > self.deepest:
            raise YamlSyntaxError(f"nested deeper than {self.deepest} levels", line)
        self.positions.setdefault(path, (line, node.start_mark.index, node.end_mark.index))
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return plain_value(node.value) if not node.style else node.value

    def mapping(self, node: MappingNode, path: tuple[str | int, ...]) -> dict[str, Any]:
        value: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                raise YamlSyntaxError("a key that is not a plain word", key_node.start_mark.line + 1)
            key = key_node.value
            if key == "<<" and not key_node.style:
                sources = value_node.value if isinstance(value_node, SequenceNode) else [value_node]
                for source in reversed(sources):
                    inner = self.build(source, path)
                    merged.update(inner if isinstance(inner, dict) else {})
                continue
            value[key] = self.build(value_node, (*path, key))
            _, start, end = self.positions[(*path, key)]
            self.positions[(*path, key)] = (key_node.start_mark.line + 1, start, end)
        return {**merged, **value}


def _refuse_deep(text: str, deepest: int) -> None:
    """Refuse brackets in brackets in brackets, which the parser takes the square of their number for.

    Raises:
        YamlSyntaxError: more are open at once than any hand-written file has.
    """
    depth = 0
    for match in _BRACKET.finditer(text):
        mark = match.group()
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth = max(0, depth - 1)
        else:  # a key of the top level: what was open before was a text with brackets
            depth = 0
        if depth > deepest:
            line = text.count("\n", 0, match.start()) + 1
            raise YamlSyntaxError(f"nested deeper than {deepest} levels", line)


def _composed(text: str, deepest: int) -> Node | None:
    parser = YAML(typ="safe", pure=True)
    parser.max_depth = 4 * deepest
    with warnings.catch_warnings():
        # An anchor that is written twice is allowed by YAML 1.2: the later one counts from there on.
        warnings.simplefilter("ignore")
        node: Node | None = parser.compose(text)
    return node


def parse_yaml(text: str, *, deepest: int = 100, most_nodes: int = 200_000) -> tuple[Any, Positions]:
    """Parse the first document; return its value ({} where it is empty), and (line, start, end) by path.

    Raises:
        YamlSyntaxError: the text is not YAML, is nested too deep, or expands to too many values.
    """
    try:
        _refuse_deep(text, deepest)
        node = _composed(text, deepest)
        builder = _Builder(deepest, most_nodes)
        value = {} if node is None else builder.build(node, ())
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = getattr(error, "problem", None) or str(error).partition("\n")[0] or "it cannot be understood"
        raise YamlSyntaxError(str(message), mark.line + 1 if mark else None) from None
    except RecursionError:
        raise YamlSyntaxError("nested too deep", None) from None
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
        # The parser meets some broken texts with its own mistakes; to a user they are all the same.
        if isinstance(error, YamlSyntaxError):
            raise
        raise YamlSyntaxError(f"it cannot be understood ({type(error).__name__})", None) from None
    return value, builder.positions
