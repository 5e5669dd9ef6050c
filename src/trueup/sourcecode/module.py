"""One Python file, parsed and never run: its nodes with the place in which each stands.

A file that Python itself would not parse (or that is too large to be read in bounded time) is kept with its `problem`.
Grammar: https://docs.python.org/3/library/ast.html (read 2026-11-20).
"""

from __future__ import annotations

import ast
import posixpath
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from trueup.model.evidence import Evidence
from trueup.model.project import SourceFile

Node = TypeVar("Node", bound=ast.AST)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

LARGEST_SOURCE = 400_000
"""Bytes above which a file is not parsed: hand-written modules are far smaller, generated ones say little."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where in a module a node stands.

    `handled` are the exceptions caught around it (`Exception` for a bare `except`), `in_handler` whether it is itself
    the fallback. `is_conditional` covers any `if` that is neither `TYPE_CHECKING` nor the test of `__main__`.
    """

    function: FunctionNode | None = None
    class_: ast.ClassDef | None = None
    handled: frozenset[str] = frozenset()
    in_handler: bool = False
    is_conditional: bool = False
    is_typing: bool = False
    is_main: bool = False
    conditions: tuple[tuple[ast.expr, bool], ...] = ()
    """The tests of the `if` around it, outermost first, and whether it runs where they hold or where they do not."""

    @property
    def at_import(self) -> bool:
        """Whether it runs when the module is imported, as far as conditions let it."""
        return self.function is None and not self.is_typing and not self.is_main


@dataclass(frozen=True, slots=True)
class Imported:
    """One imported name: `target` is its full dotted name, `module` the module that the statement imports."""

    module: str
    target: str
    bound: str
    line: int
    site: Site
    is_star: bool = False
    is_relative: bool = False


@dataclass(eq=False)
class SourceModule:
    """One file. `path` is relative to the service's root; `tree` is None where `problem` says why."""

    path: str
    file: SourceFile
    tree: ast.Module | None
    problem: str = ""
    problem_line: int | None = None
    """Where the syntax ends that the running Python knows."""
    _by_type: dict[type, list[tuple[ast.AST, Site]]] = field(default_factory=dict, repr=False)

    def evidence(self, node: ast.AST | int, text: str | None = None) -> Evidence:
        """The line on which a node begins."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 1)
        return self.file.evidence(line, text)

    def each(self, kind: type[Node]) -> Iterator[tuple[Node, Site]]:
        """Every node of a type, in the order of the text, with where it stands."""
        self._walked  # noqa: B018 - fills the index once
        yield from self._by_type.get(kind, ())  # type: ignore[misc]

    @property
    def functions(self) -> tuple[tuple[ast.FunctionDef | ast.AsyncFunctionDef, Site], ...]:
        """Every `def`, asynchronous or not."""
        return (*self.each(ast.FunctionDef), *self.each(ast.AsyncFunctionDef))

    @cached_property
    def _walked(self) -> bool:
        pending: list[tuple[ast.AST, Site]] = [(self.tree, Site())] if self.tree else []
        while pending:
            node, site = pending.pop()
            kind = type(node)
            self._by_type.setdefault(kind, []).append((node, site))
            if kind in _SPECIAL:
                pending.extend(reversed(list(_children(node, site))))
            elif kind is not ast.Constant:
                pending.extend(reversed([(child, site) for child in _plain_children(node)]))
        return True

    @property
    def package(self) -> str:
        """The dotted name of the folder that the file lies in, from the service's root; "" for the root."""
        return posixpath.dirname(self.path).replace("/", ".")

    @cached_property
    def imports(self) -> tuple[Imported, ...]:
        """Every import statement's names; relative ones made absolute from the service's root."""
        found: list[Imported] = []
        for node, site in self.each(ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.split(".")[0]
                target = alias.name if alias.asname else bound
                found.append(Imported(alias.name, target, bound, node.lineno, site))
        for source, site in self.each(ast.ImportFrom):
            base = self._base(source)
            for alias in source.names:
                target = f"{base}.{alias.name}".lstrip(".")
                found.append(
                    Imported(
                        base,
                        target,
                        alias.asname or alias.name,
                        source.lineno,
                        site,
                        is_star=alias.name == "*",
                        is_relative=bool(source.level),
                    )
                )
        return tuple(sorted(found, key=lambda item: item.line))

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.package.split(".") if self.package else []
        kept = parts[: len(parts) - (node.level - 1)] if node.level > 1 else parts
        return ".".join([*kept, *([node.module] if node.module else [])])

    @cached_property
    def aliases(self) -> dict[str, str]:
        """What imported names stand for: `getenv` → `os.getenv`."""
        return {item.bound: item.target for item in self.imports if not item.is_star}

    def qualified(self, node: ast.AST) -> str:
        """The dotted name of an expression with imported names written out; "" where it is no plain name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.aliases.get(node.id, node.id), *reversed(parts)])

    @cached_property
    def assigned(self) -> dict[str, list[tuple[ast.expr, Site]]]:
        """The expressions that are assigned to each plain name, in any scope but a class's."""
        found: dict[str, list[tuple[ast.expr, Site]]] = {}
        for node, site in self.each(ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and site.class_ is None:
                    found.setdefault(target.id, []).append((node.value, site))
        for annotated, site in self.each(ast.AnnAssign):
            if isinstance(annotated.target, ast.Name) and annotated.value is not None and site.class_ is None:
                found.setdefault(annotated.target.id, []).append((annotated.value, site))
        for named, site in self.each(ast.NamedExpr):
            found.setdefault(named.target.id, []).append((named.value, site))
        return found


def parse_module(path: str, file: SourceFile) -> SourceModule:
    """Parse one file.

    Args:
        path: relative to the service's root.
        file: its bytes; Python's own rules for encodings hold.
    """
    if file.problem:
        return SourceModule(path, file, None, file.problem)
    if len(file.data) > LARGEST_SOURCE:
        return SourceModule(path, file, None, f"it is larger than {LARGEST_SOURCE:,} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(file.data)
    except SyntaxError as error:
        problem = f"it is not valid Python (line {error.lineno}: {error.msg})"
        return SourceModule(path, file, None, problem, error.lineno)
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return SourceModule(path, file, None, "it cannot be parsed: null bytes, or nested too deeply")
    return SourceModule(path, file, tree)


_TYPE_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


_SPECIAL = frozenset(
    {ast.If, ast.Try, getattr(ast, "TryStar", ast.Try), ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef}
)
_LEAVES = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


def _plain_children(node: ast.AST) -> list[ast.AST]:
    """The nodes below one, in order, without operators and contexts, which stand nowhere."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST) and not isinstance(each, _LEAVES)]
        elif isinstance(value, ast.AST) and not isinstance(value, _LEAVES):
            found.append(value)
    return found


def _children(node: ast.AST, site: Site) -> Iterator[tuple[ast.AST, Site]]:
    if isinstance(node, ast.If):
        yield node.test, site
        inner, other = _branches(node, site)
        yield from ((child, inner) for child in node.body)
        yield from ((child, other) for child in node.orelse)
    elif isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
        yield from _try_children(node, site)
    elif isinstance(node, FunctionNode):
        yield from _definition_children(node, site, replace(site, function=node, class_=None))
    elif isinstance(node, ast.ClassDef):
        yield from _definition_children(node, site, replace(site, class_=node))
    else:
        yield from ((child, site) for child in ast.iter_child_nodes(node))


def _definition_children(node: ast.AST, outside: Site, inside: Site) -> Iterator[tuple[ast.AST, Site]]:
    """Decorators, defaults and bases run outside of what they define."""
    for name, value in ast.iter_fields(node):
        site = inside if name == "body" else outside
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child, site


def _branches(node: ast.If, site: Site) -> tuple[Site, Site]:
    test = node.test
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    if name in _TYPE_CHECKING:
        return replace(site, is_typing=True), site
    if (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and len(test.ops) == 1
        and isinstance(test.ops[0], ast.Eq)
    ):
        return replace(site, is_main=True), site
    inner, other = ((*site.conditions, (test, holds)) for holds in (True, False))
    return replace(site, is_conditional=True, conditions=inner), replace(site, is_conditional=True, conditions=other)


def _try_children(node: ast.AST, site: Site) -> Iterator[tuple[ast.AST, Site]]:
    handlers: list[ast.ExceptHandler] = getattr(node, "handlers", [])
    caught = {name for handler in handlers for name in _exceptions(handler)}
    inside = replace(site, handled=site.handled | caught)
    yield from ((child, inside) for child in getattr(node, "body", []))
    yield from ((handler, replace(site, in_handler=True)) for handler in handlers)
    for part in ("orelse", "finalbody"):
        yield from ((child, site) for child in getattr(node, part, []))


def _exceptions(handler: ast.ExceptHandler) -> Iterator[str]:
    if handler.type is None:
        yield "Exception"
        return
    for each in handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]:
        yield each.attr if isinstance(each, ast.Attribute) else each.id if isinstance(each, ast.Name) else ""
