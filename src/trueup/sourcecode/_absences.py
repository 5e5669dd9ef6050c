"""Reads of a variable that give None without it, to code that cannot take None: `int(os.getenv("X"))`.

Source: https://docs.python.org/3/library/os.html#os.getenv and the exceptions of int, float and NoneType, tried on
CPython 3.11 to 3.14 (2026-11-20).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trueup.sourcecode._reads import read_of
from trueup.sourcecode.module import Site, SourceModule

_CASTS = frozenset({"int", "float", "json.loads"})
_CAUGHT = frozenset({"Exception", "BaseException"})
_METHODS = frozenset(
    {
        *("split", "rsplit", "splitlines", "strip", "lstrip", "rstrip", "lower", "upper", "title", "replace"),
        *("encode", "startswith", "endswith"),
    }
)


def breaks_without(module: SourceModule) -> frozenset[int]:
    """Ids of the reads whose None is cast to a number, or asked for a method of texts, with nothing to catch that."""
    return frozenset(id(read) for read, error, site in _uses(module) if not site.handled & (_CAUGHT | {error}))


def _uses(module: SourceModule) -> Iterator[tuple[ast.expr, str, Site]]:
    for call, site in module.each(ast.Call):
        if site.in_handler:
            continue
        function = call.func
        if isinstance(function, ast.Attribute) and function.attr in _METHODS:
            if _may_be_none(module, function.value, site):
                yield function.value, "AttributeError", site
        elif module.qualified(function) in _CASTS and call.args and _may_be_none(module, call.args[0], site):
            yield call.args[0], "TypeError", site


def _may_be_none(module: SourceModule, node: ast.expr, site: Site) -> bool:
    if not isinstance(node, ast.Call):
        return False
    read = read_of(module, node, site)
    if read is None or read.library != "os" or read.raises:
        return False
    return read.default is None or (isinstance(read.default, ast.Constant) and read.default.value is None)


def names_asked_for(module: SourceModule) -> frozenset[str]:
    """Names of which the module asks, in a condition, whether they are there."""
    tests: list[ast.AST] = []
    for node in ast.walk(module.tree) if module.tree is not None else ():
        if isinstance(node, (ast.If, ast.IfExp, ast.While, ast.Assert)):
            tests.append(node.test)
        elif isinstance(node, ast.BoolOp):
            tests.extend(node.values[:-1])
        elif isinstance(node, ast.comprehension):
            tests.extend(node.ifs)
    found = (read_of(module, each, Site()) for test in tests for each in ast.walk(test) if isinstance(each, ast.expr))
    return frozenset(read.name for read in found if read is not None)
