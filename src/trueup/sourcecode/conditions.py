"""Whether a branch runs on the platform: tests that ask for a variable which the platform itself sets.

`"DYNO" in os.environ`, `os.getenv("RENDER")` and names that stand for them are how code tells where it runs. A variable
that nobody is known to set counts as absent. Python's own rules for `and`, `or` and `not` hold
(https://docs.python.org/3/reference/expressions.html#boolean-operations, read 2026-11-20).
"""

from __future__ import annotations

import ast

from trueup.sourcecode.module import Site, SourceModule

_ENVIRON = frozenset({"os.environ"})
_GETTERS = frozenset({"os.getenv", "os.environ.get"})
DEEPEST = 8


def may_run(module: SourceModule, site: Site, given: frozenset[str]) -> bool:
    """Whether what stands at a site may run where these variables are set: False only where a test surely fails.

    Args:
        module: the module of the site.
        site: the place, with the tests around it.
        given: the names of the variables that are set.
    """
    return all(_holds(module, test, given) in (None, expected) for test, expected in site.conditions)


def _holds(module: SourceModule, test: ast.expr, given: frozenset[str], depth: int = 0) -> bool | None:
    """Whether a test holds; None where its text does not tell."""
    if depth > DEEPEST:
        return None
    if isinstance(test, ast.BoolOp):
        values = [_holds(module, each, given, depth + 1) for each in test.values]
        decisive = isinstance(test.op, ast.Or)
        return decisive if decisive in values else None if None in values else not decisive
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _holds(module, test.operand, given, depth + 1)
        return None if inner is None else not inner
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(module, test, given)
    if isinstance(test, ast.Call) and module.qualified(test.func) in _GETTERS and len(test.args) == 1:
        name = _text(test.args[0])
        return None if name is None else name in given
    if isinstance(test, ast.Name):
        values_of = module.assigned.get(test.id, [])
        only = values_of[0] if len(values_of) == 1 else None
        if only is not None and only[1].at_import and not only[1].is_conditional:
            return _holds(module, only[0], given, depth + 1)
    return None


def _compared(module: SourceModule, test: ast.Compare, given: frozenset[str]) -> bool | None:
    """`"NAME" in os.environ` and `"NAME" not in os.environ`."""
    name = _text(test.left)
    if name is None or module.qualified(test.comparators[0]) not in _ENVIRON:
        return None
    if isinstance(test.ops[0], ast.In):
        return name in given
    return name not in given if isinstance(test.ops[0], ast.NotIn) else None


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
