"""The paths that a web application answers, with the prefixes of routers, blueprints and mounts.

What cannot be told (a path that is computed, a router that comes from elsewhere, a function that gets the application
and may add routes) makes the table incomplete: then no path is said to be missing.
Sources: https://fastapi.tiangolo.com/reference/fastapi/, https://flask.palletsprojects.com/en/stable/api/,
https://docs.aiohttp.org/en/stable/web_reference.html, https://www.starlette.io/routing/ (read 2026-11-20).
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from trueup.sourcecode._django_routes import django_routes
from trueup.sourcecode._route import Route, RouteTable, joined
from trueup.sourcecode.applications import constructor
from trueup.sourcecode.codebase import CodeBase
from trueup.sourcecode.module import Site, SourceModule
from trueup.sourcecode.values import Evaluator

__all__ = ["Route", "RouteTable", "read_routes"]

_ROUTERS = {
    "fastapi.APIRouter": "prefix",
    "fastapi.routing.APIRouter": "prefix",
    "starlette.routing.Router": "",
    "flask.Blueprint": "url_prefix",
    "quart.Blueprint": "url_prefix",
    "sanic.Blueprint": "url_prefix",
    "flask.blueprints.Blueprint": "url_prefix",
    "aiohttp.web.RouteTableDef": "",
}
_WEB = frozenset({"FastAPI", "Starlette", "Flask", "Quart", "Sanic", "aiohttp"})
_VERBS = frozenset({"get", "post", "put", "delete", "patch", "head", "options"})
_DECORATORS = _VERBS | {"route", "api_route", "websocket", "trace", "view", "websocket_route"}
_ADDERS = frozenset({"add_api_route", "add_url_rule", "add_route", "add_websocket_route", "add_api_websocket_route"})
_AIOHTTP_ADDERS = frozenset({f"add_{verb}" for verb in _VERBS} | {"add_route", "add_view"})
_INCLUDERS = frozenset({"include_router", "register_blueprint", "blueprint", "mount", "add_routes", "add_subapp"})
_HARMLESS = re.compile(
    r"(^|\.)(CORS|Limiter|SQLAlchemy|Migrate|Bcrypt|JWTManager|LoginManager|Mail|Cache|Compress|Talisman|Marshmallow"
    r"|init_app|ProxyFix|instrument_app|instrument|print|run|serve|run_app|Mangum|str|id|type|isinstance|len|wrap"
    r"|TestClient|getLogger|add_pagination|CSRFProtect|Session|Babel|Sentry\w*|WsgiToAsgi|SocketIO|ASGIMiddleware)$"
)


@dataclass
class _Holder:
    """An application, router or blueprint of one module."""

    path: str
    name: str
    prefix: str | None
    is_application: bool
    routes: list[Route] = field(default_factory=list)
    children: list[tuple[ast.expr, SourceModule, str | None, bool]] = field(default_factory=list)
    """What is included: expression, where it stands, prefix (None: unknown), whether it replaces the own prefix."""


@dataclass
class _Reading:
    code: CodeBase
    evaluator: Evaluator
    search: tuple[str, ...]
    holders: dict[tuple[str, str], _Holder] = field(default_factory=dict)
    loose: list[Route] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def holder(self, module: SourceModule, node: ast.expr, depth: int = 0) -> _Holder | None:
        """The holder that a name means in a module."""
        dotted = module.qualified(node)
        if not dotted or depth > 6:
            return None
        if "." not in dotted:
            return self.holders.get((module.path, dotted)) or self._alias(module, dotted, depth)
        owner, _, name = dotted.rpartition(".")
        path = self.code.find(owner, (*self.search, posixpath.dirname(module.path)))
        other = self.code.module(path) if path and not path.endswith("/") else None
        if other is None:
            return None
        found = self.holders.get((other.path, name))
        if found is None and name in other.aliases and other is not module:
            return self.holder(other, ast.Name(name, ast.Load()), depth + 1)
        return found or self._alias(other, name, depth)

    def _alias(self, module: SourceModule, name: str, depth: int) -> _Holder | None:
        """`app = create_app()`: the application that the function makes and returns."""
        for value, _ in module.assigned.get(name, ()):
            if isinstance(value, ast.Name) and value.id != name:
                return self.holder(module, value, depth + 1)
            if isinstance(value, ast.Call) and isinstance(value.func, (ast.Name, ast.Attribute)):
                dotted = module.qualified(value.func)
                owner, _, _ = dotted.rpartition(".")
                path = self.code.find(owner, (*self.search, posixpath.dirname(module.path))) if owner else module.path
                made = [h for h in self.holders.values() if h.path == path and h.is_application]
                return made[0] if len(made) == 1 else None
        return None


def read_routes(modules: Iterable[SourceModule], code: CodeBase, evaluator: Evaluator) -> RouteTable:
    """Every path that the web applications of some modules answer.

    Args:
        modules: the modules that the service imports.
        code: the code base they belong to.
        evaluator: tells the text of paths and prefixes.
    """
    modules = tuple(modules)
    django = django_routes(modules, code, evaluator)
    if django is not None:
        return django
    reading = _Reading(code, evaluator, evaluator.search)
    for module in modules:
        _find_holders(reading, module)
    for module in modules:
        _read_decorators(reading, module)
        _read_calls(reading, module)
    applications = [holder for holder in reading.holders.values() if holder.is_application]
    if not applications:
        return RouteTable((), (), ("no web application of a known framework was found",))
    routes: list[Route] = []
    mounted = {id(child) for holder in reading.holders.values() for child in _children_of(reading, holder)}
    for application in applications:
        if id(application) not in mounted:
            routes += _flat(reading, application, application.prefix or "", 0)
    return RouteTable(tuple(routes), tuple(reading.loose), tuple(dict.fromkeys(reading.reasons)))


def _find_holders(reading: _Reading, module: SourceModule) -> None:
    for name, values in module.assigned.items():
        for value, site in values:
            if not isinstance(value, ast.Call):
                continue
            made = constructor(module, value)
            keyword = _ROUTERS.get(module.qualified(value.func))
            if made is None and keyword is None:
                continue
            if made is not None and made[0] not in _WEB:
                continue
            prefix: str | None = ""
            if keyword:
                prefix = _keyword_text(reading, module, value, keyword, site)
            holder = _Holder(module.path, name, prefix, made is not None)
            reading.holders[(module.path, name)] = holder
            _constructor_routes(reading, module, value, holder)


def _constructor_routes(reading: _Reading, module: SourceModule, call: ast.Call, holder: _Holder) -> None:
    """Starlette's `routes=[Route("/", f), Mount("/api", routes=[…])]`."""
    for keyword in call.keywords:
        if keyword.arg is None:
            reading.reasons.append("an application is made with `**` arguments")
        elif keyword.arg == "routes":
            holder.routes += _route_list(reading, module, keyword.value, "")


def _route_list(reading: _Reading, module: SourceModule, node: ast.expr, prefix: str, depth: int = 0) -> list[Route]:
    if isinstance(node, ast.Name) and depth < 4:
        values = module.assigned.get(node.id, [])
        if len(values) == 1:
            return _route_list(reading, module, values[0][0], prefix, depth + 1)
    if not isinstance(node, (ast.List, ast.Tuple)) or depth >= 4:
        reading.reasons.append(f"{module.file.path}:{node.lineno} gives routes that are computed")
        return []
    found: list[Route] = []
    for item in node.elts:
        name = module.qualified(item.func).rpartition(".")[2] if isinstance(item, ast.Call) else ""
        path = reading.evaluator.text(module, item.args[0]) if isinstance(item, ast.Call) and item.args else None
        if path is None or not isinstance(item, ast.Call):
            reading.reasons.append(f"{module.file.path}:{item.lineno} gives a route whose path is not a text")
        elif name == "Mount":
            inner = next((keyword.value for keyword in item.keywords if keyword.arg == "routes"), None)
            if inner is not None:
                found += _route_list(reading, module, inner, joined(prefix, path), depth + 1)
            else:
                found.append(Route(joined(prefix, path), (), module.evidence(item), is_prefix=True))
        else:
            found.append(Route(joined(prefix, path), (), module.evidence(item)))
    return found


def _keyword_text(
    reading: _Reading, module: SourceModule, call: ast.Call, name: str, site: Site, default: str | None = ""
) -> str | None:
    """A keyword's text; the default where it is not given, None where it is computed."""
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    node = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    return default if node is None else reading.evaluator.text(module, node, site)


def _read_decorators(reading: _Reading, module: SourceModule) -> None:
    for function, site in (*module.functions, *module.each(ast.ClassDef)):
        for decorator in function.decorator_list:
            if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
                continue
            verb = decorator.func.attr
            if verb == "middleware" or verb in ("before_request", "on_request"):
                reading.reasons.append(f"soft: {module.file.path}:{decorator.lineno} answers before the routes")
            if verb not in _DECORATORS or not isinstance(decorator.func.value, (ast.Name, ast.Attribute)):
                continue
            holder = reading.holder(module, decorator.func.value)
            path = _path_of(reading, module, decorator, site)
            if holder is None:
                if path is not None and path.startswith("/"):
                    reading.loose.append(Route(path, (), module.evidence(decorator)))
                continue
            if path is None:
                reading.reasons.append(f"{module.file.path}:{decorator.lineno} computes a path")
                continue
            methods = (verb.upper(),) if verb in _VERBS else _methods(decorator)
            holder.routes.append(Route(path, methods, module.evidence(decorator)))


def _path_of(reading: _Reading, module: SourceModule, call: ast.Call, site: Site) -> str | None:
    node: ast.expr | None = call.args[0] if call.args else None
    for keyword in call.keywords:
        if keyword.arg in ("path", "rule", "uri"):
            node = keyword.value
    return "" if node is None and not call.keywords else reading.evaluator.text(module, node, site)


def _methods(call: ast.Call) -> tuple[str, ...]:
    for keyword in call.keywords:
        if keyword.arg == "methods" and isinstance(keyword.value, (ast.List, ast.Tuple, ast.Set)):
            values = [each.value for each in keyword.value.elts if isinstance(each, ast.Constant)]
            return tuple(str(value).upper() for value in values)
    return ("GET",)


def _read_calls(reading: _Reading, module: SourceModule) -> None:
    for call, site in module.each(ast.Call):
        if isinstance(call.func, ast.Attribute):
            holder = reading.holder(module, call.func.value)
            owner = call.func.value
            if holder is None and isinstance(owner, ast.Attribute) and owner.attr == "router":
                holder = reading.holder(module, owner.value)
            if holder is not None:
                _holder_call(reading, module, holder, call, site)
                continue
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            found = reading.holder(module, argument) if isinstance(argument, (ast.Name, ast.Attribute)) else None
            name = module.qualified(call.func) or getattr(call.func, "attr", "")
            if found is not None and found.is_application and not _HARMLESS.search(name):
                reading.reasons.append(f"{module.file.path}:{call.lineno} hands the application to {name or 'a call'}")


def _holder_call(reading: _Reading, module: SourceModule, holder: _Holder, call: ast.Call, site: Site) -> None:
    assert isinstance(call.func, ast.Attribute)
    method = call.func.attr
    if method in _ADDERS or (method in _AIOHTTP_ADDERS and call.args):
        at = 1 if method == "add_route" and _is_verb(call) else 0
        node = call.args[at] if len(call.args) > at else None
        path = reading.evaluator.text(module, node, site) if node is not None else _path_of(reading, module, call, site)
        if path is None:
            reading.reasons.append(f"{module.file.path}:{call.lineno} computes a path")
        else:
            holder.routes.append(Route(path, _methods(call), module.evidence(call)))
    elif method == "mount" and call.args:
        path = reading.evaluator.text(module, call.args[0], site)
        target = call.args[1] if len(call.args) > 1 else None
        inner = reading.holder(module, target) if target is not None else None
        if inner is not None and target is not None:
            holder.children.append((target, module, path, False))
        elif path is None:
            reading.reasons.append(f"{module.file.path}:{call.lineno} computes a path")
        else:
            holder.routes.append(Route(path, (), module.evidence(call), is_prefix=True))
    elif method == "add_routes" and call.args:
        if isinstance(call.args[0], ast.List):
            holder.routes += _route_list(reading, module, call.args[0], "")
        else:
            holder.children.append((call.args[0], module, "", False))
    elif (
        method == "add_middleware" and call.args and reading.code.find(module.qualified(call.args[0]).partition(".")[0])
    ):
        reading.reasons.append(f"soft: {module.file.path}:{call.lineno} answers before the routes")
    elif method in _INCLUDERS and call.args:
        _include(reading, module, holder, call, site)


def _is_verb(call: ast.Call) -> bool:
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Constant) and str(first.value).upper() in {*map(str.upper, _VERBS), "*"}


def _include(reading: _Reading, module: SourceModule, holder: _Holder, call: ast.Call, site: Site) -> None:
    if call.func.attr == "add_subapp" and len(call.args) > 1:  # type: ignore[attr-defined]
        prefix = reading.evaluator.text(module, call.args[0], site)
        holder.children.append((call.args[1], module, prefix, False))
        return
    keyword = "prefix" if call.func.attr == "include_router" else "url_prefix"  # type: ignore[attr-defined]
    replaces = keyword == "url_prefix" and any(each.arg == "url_prefix" for each in call.keywords)
    prefix = _keyword_text(reading, module, call, keyword, site)
    holder.children.append((call.args[0], module, prefix, replaces))


def _children_of(reading: _Reading, holder: _Holder) -> Iterator[_Holder]:
    for node, module, _, _ in holder.children:
        found = reading.holder(module, node)
        if found is not None:
            yield found


def _flat(reading: _Reading, holder: _Holder, prefix: str, depth: int) -> list[Route]:
    """The holder's routes and those of everything that it includes, with full paths."""
    if depth > 8:
        return []
    found = [replace(route, path=joined(prefix, route.path)) for route in holder.routes]
    for node, module, own, replaces in holder.children:
        child = reading.holder(module, node)
        place = f"{module.file.path}:{node.lineno}"
        if child is None:
            reading.reasons.append(f"{place} includes routes from elsewhere")
        elif own is None or child.prefix is None:
            reading.reasons.append(f"{place} includes routes under a prefix that is computed")
        else:
            inner = own if replaces or child.is_application else joined(own, child.prefix)
            found += _flat(reading, child, joined(prefix, inner), depth + 1)
    return found
