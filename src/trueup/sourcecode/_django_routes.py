"""Django's URL configuration: urlpatterns, followed through include().

Source: https://docs.djangoproject.com/en/stable/topics/http/urls/ (read 2026-11-20).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from trueup.sourcecode._route import Route, RouteTable
from trueup.sourcecode.codebase import CodeBase
from trueup.sourcecode.module import SourceModule
from trueup.sourcecode.values import Evaluator

_PLAIN_PATTERN = re.compile(r"\^?([\w/.\-]*)\$?")


@dataclass
class _Reading:
    code: CodeBase
    evaluator: Evaluator
    routes: list[Route] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)


def django_routes(modules: tuple[SourceModule, ...], code: CodeBase, evaluator: Evaluator) -> RouteTable | None:
    """The table from ROOT_URLCONF; None where no module sets it."""
    for module in modules:
        for value, _ in module.assigned.get("ROOT_URLCONF", ()):
            name = evaluator.text(module, value)
            path = code.find(name, evaluator.search) if name else None
            reading = _Reading(code, evaluator)
            if path is None or path.endswith("/"):
                reading.reasons.append("ROOT_URLCONF names a module that was not found")
            else:
                _follow(reading, path, "/", 0)
            _middleware(reading, module)
            return RouteTable(tuple(reading.routes), (), tuple(dict.fromkeys(reading.reasons)))
    return None


def _middleware(reading: _Reading, settings: SourceModule) -> None:
    """Middleware of the project, or one that is known to answer health checks, may answer before the routes."""
    for value, _ in settings.assigned.get("MIDDLEWARE", ()):
        for node in value.elts if isinstance(value, (ast.List, ast.Tuple)) else ():
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            is_own = not text or reading.code.find(text.partition(".")[0], reading.evaluator.search) is not None
            if not text.startswith("django.") and (is_own or "health" in text.lower()):
                reading.reasons.append(f"soft: the middleware {text} answers before the routes")


def _follow(reading: _Reading, path: str, prefix: str, depth: int) -> None:
    module = reading.code.module(path)
    if module is None or module.tree is None or depth > 8 or (path, prefix) in reading.seen:
        if module is None or module.tree is None:
            reading.reasons.append(f"{path} could not be read")
        return
    reading.seen.add((path, prefix))
    lists = [value for value, _ in module.assigned.get("urlpatterns", ())]
    for node, _ in module.each(ast.AugAssign):
        if isinstance(node.target, ast.Name) and node.target.id == "urlpatterns":
            lists.append(node.value)
    if not lists:
        reading.reasons.append(f"{module.file.path} binds no urlpatterns")
    for value in lists:
        for item in _items(reading, module, value):
            _pattern(reading, module, item, prefix, depth)


def _items(reading: _Reading, module: SourceModule, node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, (ast.List, ast.Tuple)):
        yield from node.elts
    elif isinstance(node, ast.BinOp):
        yield from _items(reading, module, node.left)
        yield from _items(reading, module, node.right)
    elif not (
        isinstance(node, ast.Call) and module.qualified(node.func).endswith(("static", "staticfiles_urlpatterns"))
    ):
        reading.reasons.append(f"{module.file.path}:{node.lineno} computes urlpatterns")


def _pattern(reading: _Reading, module: SourceModule, node: ast.expr, prefix: str, depth: int) -> None:
    place = f"{module.file.path}:{node.lineno}"
    name = module.qualified(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    if not isinstance(node, ast.Call) or name not in ("path", "re_path", "url") or len(node.args) < 2:
        is_static = isinstance(node, ast.Starred)
        reading.reasons.append(f"{place} {'unpacks' if is_static else 'gives'} routes that are computed")
        return
    text = reading.evaluator.text(module, node.args[0])
    if text is not None and name != "path":
        plain = _PLAIN_PATTERN.fullmatch(text)
        text = plain.group(1) if plain else None
    if text is None:
        reading.reasons.append(f"{place} has a pattern that is computed")
        return
    full = prefix.rstrip("/") + "/" + text.lstrip("/")
    view = node.args[1]
    if isinstance(view, ast.Call) and module.qualified(view.func).rpartition(".")[2] == "include":
        _include(reading, module, view, full, depth)
    elif isinstance(view, ast.Attribute) and view.attr == "urls":
        reading.routes.append(Route(full, (), module.evidence(node), is_prefix=True))
    else:
        reading.routes.append(Route(full, (), module.evidence(node)))


def _include(reading: _Reading, module: SourceModule, call: ast.Call, prefix: str, depth: int) -> None:
    target = call.args[0] if call.args else None
    if isinstance(target, ast.Tuple) and target.elts:
        target = target.elts[0]
    if isinstance(target, ast.List):
        for item in target.elts:
            _pattern(reading, module, item, prefix, depth + 1)
        return
    name = target.value if isinstance(target, ast.Constant) and isinstance(target.value, str) else ""
    path = reading.code.find(name, reading.evaluator.search) if name else None
    if path is None and target is not None and module.qualified(target):
        path = reading.code.find(module.qualified(target), reading.evaluator.search)
    if path is not None and not path.endswith("/"):
        _follow(reading, path, prefix, depth + 1)
    else:
        reading.routes.append(Route(prefix, (), module.evidence(call), is_prefix=True))
