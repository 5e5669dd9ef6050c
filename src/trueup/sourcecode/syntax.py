"""The oldest Python that can read a module: by its syntax, and by annotations that run when it is imported.

Source: https://docs.python.org/3/whatsnew/ of each version, and PEP 572, 570, 585, 604, 614, 634, 654, 695, 696, 701,
750, 758, 798, 810 (read 2026-11-20). Of what only a newer Python than the running one can parse, a few forms are known
by the line at which parsing stops; any other module then has a `problem`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from trueup.sourcecode.module import SourceModule

MOST_FORMATTED = 200
"""F-strings of one module that are looked at: finding their text costs a pass over the file each."""
_BUILTIN_GENERICS = frozenset({"list", "dict", "tuple", "set", "frozenset", "type"})
_TYPE_NAMES = _BUILTIN_GENERICS | {"str", "int", "float", "bool", "bytes", "complex", "object"}
_QUOTES = re.compile(r"^[A-Za-z]{0,3}(\"\"\"|'''|\"|')")


@dataclass(frozen=True, slots=True)
class Needs:
    """One place that needs a Python: the minor, the name of what is used, and the line."""

    minor: str
    what: str
    line: int


def needed_python(module: SourceModule) -> Needs | None:
    """The place of a module that needs the newest Python; None where 3.7 would do."""
    found = sorted(_needs(module), key=lambda item: (_order(item.minor), -item.line))
    return found[-1] if found else None


_LAZY, _SPREAD, _BARE = "a lazy import", "unpacking in a comprehension", "exception types without parentheses"
_NEWER = (
    ("3.15", _LAZY, re.compile(r"^\s*lazy\s+(?:import|from)\s+[A-Za-z_.]")),
    ("3.15", _SPREAD, re.compile(r"[\[({]\s*\*{1,2}[^\[\](){}]+\sfor\s")),
    ("3.14", "a template string", re.compile(r"(?<![\w\"'])(?:[tT][rR]?|[rR][tT])(?:\"|')")),
    (
        "3.14",
        _BARE,
        re.compile(r"^\s*except\*?\s+(?:[A-Z]\w*|\w+(?:\.\w+)+)(?:\s*,\s*(?:[A-Z]\w*|\w+(?:\.\w+)+))+\s*:"),
    ),
    ("3.12", "the type statement", re.compile(r"^\s*type\s+[A-Za-z_]\w*\s*(?:\[.*\]\s*)?=")),
    ("3.12", "type parameters in brackets", re.compile(r"^\s*(?:async\s+def|def|class)\s+[A-Za-z_]\w*\[")),
)
"""What the line of a syntax error shows where the running Python is older than the code: PEP 810, 798, 750, 758,
695."""


def newer_syntax(module: SourceModule) -> Needs | None:
    """What a module that the running Python cannot parse needs, by the line at which it stops; None where unknown."""
    if module.tree is not None or module.problem_line is None:
        return None
    text = module.file.line(module.problem_line)
    for minor, what, pattern in _NEWER:
        if pattern.search(text):
            return Needs(minor, what, module.problem_line)
    return None


def _order(minor: str) -> tuple[int, ...]:
    return tuple(int(part) for part in minor.split("."))


def is_older(minor: str, than: str) -> bool:
    """Whether one minor is older than another."""
    return _order(minor) < _order(than)


_STATEMENTS = {
    "Match": ("3.10", "the match statement"),
    "TryStar": ("3.11", "except*"),
    "TypeAlias": ("3.12", "the type statement"),
    "TemplateStr": ("3.14", "a template string"),
    "NamedExpr": ("3.8", "an assignment expression"),
}


def _needs(module: SourceModule) -> Iterator[Needs]:
    for name, (minor, what) in _STATEMENTS.items():
        kind = getattr(ast, name, None)
        if kind is not None:
            yield from (Needs(minor, what, node.lineno) for node, _ in module.each(kind))
    for definition, _ in (*module.functions, *module.each(ast.ClassDef)):
        parameters = getattr(definition, "type_params", [])
        if parameters:
            has_default = any(getattr(each, "default_value", None) is not None for each in parameters)
            text = "a default of a type parameter" if has_default else "type parameters in brackets"
            yield Needs("3.13" if has_default else "3.12", text, definition.lineno)
        for decorator in definition.decorator_list:
            if not _is_plain_decorator(decorator):
                yield Needs("3.9", "a decorator that is any expression", decorator.lineno)
    for function, _ in module.functions:
        if function.args.posonlyargs:
            yield Needs("3.8", "parameters that are positional only", function.lineno)
    yield from _of_late_parsers(module)
    yield from _formatted(module)
    yield from _annotations(module)


def _of_late_parsers(module: SourceModule) -> Iterator[Needs]:
    """What has no kind of node of its own; older Pythons than those that can read it fail to parse the module."""
    for kind in (ast.Import, ast.ImportFrom):
        yield from (Needs("3.15", _LAZY, node.lineno) for node, _ in module.each(kind) if getattr(node, "is_lazy", 0))
    spread: tuple[tuple[ast.ListComp | ast.SetComp | ast.GeneratorExp, object], ...]
    spread = (*module.each(ast.ListComp), *module.each(ast.SetComp), *module.each(ast.GeneratorExp))
    yield from (Needs("3.15", _SPREAD, one.lineno) for one, _ in spread if isinstance(one.elt, ast.Starred))
    mapped = (one for one, _ in module.each(ast.DictComp))
    yield from (Needs("3.15", _SPREAD, one.lineno) for one in mapped if getattr(one, "value", None) is None)
    for handler, _ in module.each(ast.ExceptHandler):
        types = handler.type
        if isinstance(types, ast.Tuple):
            line = module.file.line(types.lineno).encode()
            if line[types.col_offset : types.col_offset + 1] != b"(":
                yield Needs("3.14", _BARE, types.lineno)


def _is_plain_decorator(node: ast.expr) -> bool:
    node = node.func if isinstance(node, ast.Call) else node
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _formatted(module: SourceModule) -> Iterator[Needs]:
    """PEP 701: the same quotes, or a backslash, inside of an f-string's braces."""
    if not hasattr(ast, "TypeAlias"):  # the running Python is older than PEP 701 and gives other positions
        return
    text = module.file.text
    for node, _ in islice(module.each(ast.JoinedStr), MOST_FORMATTED):
        outer = ast.get_source_segment(text, node) if len(text) < 200_000 else None
        quotes = _QUOTES.match(outer) if outer else None
        if quotes is None:
            continue
        for part in node.values:
            inner = ast.get_source_segment(text, part.value) if isinstance(part, ast.FormattedValue) else None
            if inner and (quotes.group(1) in inner or "\\" in inner):
                yield Needs("3.12", "an f-string with its own quotes or a backslash inside the braces", node.lineno)
                return


def _annotations(module: SourceModule) -> Iterator[Needs]:
    """`int | None` and `list[int]` in annotations that are evaluated when the module is imported."""
    if any(item.module == "__future__" and item.bound == "annotations" for item in module.imports):
        return
    for function, site in module.functions:
        if site.function is None and not site.is_typing:
            arguments = function.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            for annotation in (function.returns, *(each.annotation for each in every)):
                yield from _evaluated(annotation)
    for node, site in module.each(ast.AnnAssign):
        if site.function is None and not site.is_typing:
            yield from _evaluated(node.annotation)


def _evaluated(node: ast.expr | None) -> Iterator[Needs]:
    for each in ast.walk(node) if node is not None else ():
        if isinstance(each, ast.BinOp) and isinstance(each.op, ast.BitOr):
            sides = (each.left, each.right)
            if any(_is_type(side) for side in sides):
                yield Needs("3.10", "X | Y as a type in an annotation that is evaluated", each.lineno)
        elif (
            isinstance(each, ast.Subscript) and isinstance(each.value, ast.Name) and each.value.id in _BUILTIN_GENERICS
        ):
            yield Needs("3.9", f"{each.value.id}[…] as a type in an annotation that is evaluated", each.lineno)


def _is_type(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value is None
    if isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id in _TYPE_NAMES
