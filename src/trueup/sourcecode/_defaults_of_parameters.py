"""Parameters that every call leaves at their default: `Database()` with `def __init__(self, path="users.db")`.

Calls are told apart by the name of what is called, in all modules that are looked at: one that gives the parameter a
value, or that hands on arguments nobody can count, leaves it unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from trueup.sourcecode.module import FunctionNode, Site, SourceModule


def default_of(modules: Iterable[SourceModule], module: SourceModule, node: ast.expr, site: Site) -> ast.expr | None:
    """What a parameter, or the attribute of `self` that keeps one, is worth where no call gives it; None where unknown.

    Args:
        modules: those in which calls are looked for.
        module: the module of the expression.
        node: a name or `self.name`.
        site: where it stands.
    """
    function = site.function
    if isinstance(node, ast.Name) and isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        owner = _class_of(module, function)
        if owner is None and not module.assigned.get(node.id):
            return _left_alone(modules, function.name, function, node.id, bound=0)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self" and function:
        return _of_attribute(modules, _class_of(module, function), node.attr)
    return None


def _of_attribute(modules: Iterable[SourceModule], owner: ast.ClassDef | None, name: str) -> ast.expr | None:
    """Of `self.name = parameter` in `__init__`, where nothing else of the class gives the attribute a value."""
    made = [one for one in owner.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"] if owner else []
    if owner is None or not made:
        return None
    given = [each for each in ast.walk(owner) if isinstance(each, ast.Assign) and _is_of_self(each.targets[0], name)]
    if len(given) != 1 or not isinstance(given[0].value, ast.Name):
        return None
    return _left_alone(modules, owner.name, made[0], given[0].value.id, bound=1)


def _is_of_self(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == name and ast.unparse(node.value) == "self"


def _class_of(module: SourceModule, function: FunctionNode) -> ast.ClassDef | None:
    return next((owner for owner, _ in module.each(ast.ClassDef) if function in owner.body), None)


def _left_alone(
    modules: Iterable[SourceModule],
    called: str,
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    parameter: str,
    *,
    bound: int,
) -> ast.expr | None:
    """The default of a parameter where something calls the function, and no call gives the parameter."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    defaults = function.args.defaults
    if parameter not in names or names.index(parameter) < len(names) - len(defaults):
        return None
    position = names.index(parameter) - bound
    calls = [call for module in modules for call, _ in module.each(ast.Call) if _name(call.func) == called]
    if not calls or any(_gives(call, parameter, position) for call in calls):
        return None
    return defaults[names.index(parameter) - len(names) + len(defaults)]


def _gives(call: ast.Call, parameter: str, position: int) -> bool:
    is_open = any(isinstance(each, ast.Starred) for each in call.args)
    named = {keyword.arg for keyword in call.keywords}
    return is_open or len(call.args) > position or parameter in named or None in named


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""
