"""Where a line of code reads an environment variable, in the words of each library.

Sources: https://docs.python.org/3/library/os.html#os.environ, https://github.com/HBNetwork/python-decouple,
https://github.com/sloria/environs, https://django-environ.readthedocs.io, https://www.starlette.io/config/,
https://github.com/jazzband/dj-database-url (read 2026-11-20).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from trueup.sourcecode.module import Site, SourceModule

_ENVIRON = frozenset({"os.environ", "os.environb"})
_GETTERS = frozenset({"os.getenv", "os.environ.get", "os.environ.pop"})
_ENVIRON_CASTS = {
    "db": "DATABASE_URL",
    "db_url": "DATABASE_URL",
    "cache": "CACHE_URL",
    "cache_url": "CACHE_URL",
    "email": "EMAIL_URL",
    "email_url": "EMAIL_URL",
    "search_url": "SEARCH_URL",
    "channels": "CHANNELS_URL",
}
"""The methods of django-environ that know the name of their variable."""
_CASTS = frozenset(
    {
        *("str", "bool", "int", "float", "list", "tuple", "dict", "json", "url", "path", "decimal", "date", "datetime"),
        *("time", "timedelta", "uuid", "log_level", "enum", "dj_db_url", "dj_email_url", "dj_cache_url", "bytes"),
        *("get_value", "unicode", "log_level"),
    }
)
_ENV_CLASSES = frozenset({"environs.Env", "environs.FileAwareEnv", "environ.Env", "environ.FileAwareEnv"})
_ENV_CLASSES_OF_DJANGO = frozenset({"environ.Env", "environ.FileAwareEnv"})
_CONFIG_CLASSES = frozenset({"starlette.config.Config", "decouple.Config", "decouple.AutoConfig"})
_CONFIG_FUNCTIONS = frozenset({"decouple.config", "prettyconf.config"})


@dataclass(frozen=True, slots=True)
class Read:
    """One place that reads one variable.

    `default` is the expression of its default, None where there is none; `raises` whether reading fails without the
    variable; `cast` the type it is turned into, where the code says so.
    """

    name: str
    node: ast.expr
    site: Site
    library: str
    raises: bool
    default: ast.expr | None = None
    cast: str = ""


def read_of(module: SourceModule, node: ast.expr, site: Site) -> Read | None:
    """The variable that an expression reads, if it is one of the known ways with a literal name."""
    if isinstance(node, ast.Subscript):
        if module.qualified(node.value) in _ENVIRON and isinstance(node.ctx, ast.Load):
            name = _text(node.slice)
            return Read(name, node, site, "os", raises=True) if name else None
        return None
    if isinstance(node, ast.Call):
        return _call(module, node, site)
    return None


def _call(module: SourceModule, node: ast.Call, site: Site) -> Read | None:
    function = module.qualified(node.func)
    if function in _GETTERS:
        name = _argument(node, 0, "key")
        fallback = _expression(node, 1, "default")
        return Read(name, node, site, "os", raises=False, default=fallback) if name else None
    if function in _CONFIG_FUNCTIONS:
        return _config(node, site, "decouple")
    if function == "dj_database_url.config":
        name = _argument(node, 9, "env") or "DATABASE_URL"
        fallback = _expression(node, 0, "default")
        return Read(name, node, site, "dj-database-url", raises=False, default=fallback, cast="database")
    made_by = _maker(module, node.func)
    if made_by in _CONFIG_CLASSES:
        return _config(node, site, "starlette" if made_by.startswith("starlette") else "decouple")
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if made_by in _ENV_CLASSES:
        return _env(module, node, site, "str", made_by)
    if owner is not None and isinstance(node.func, ast.Attribute) and _maker(module, owner) in _ENV_CLASSES:
        return _env(module, node, site, node.func.attr, _maker(module, owner))
    return None


def _maker(module: SourceModule, node: ast.expr) -> str:
    """The class that a plain name was made from in this module, or the library's own ready-made instance."""
    if not isinstance(node, ast.Name):
        return ""
    if module.aliases.get(node.id) == "environs.env":
        return "environs.Env"
    for value, _ in module.assigned.get(node.id, ()):
        if isinstance(value, ast.Call):
            return module.qualified(value.func)
    return ""


def _config(node: ast.Call, site: Site, library: str) -> Read | None:
    name = _argument(node, 0, "key" if library == "starlette" else "option")
    if not name:
        return None
    position = 2 if library == "starlette" else 1
    fallback = _expression(node, position, "default")
    cast = _expression(node, 1 if library == "starlette" else 2, "cast")
    kind = cast.id if isinstance(cast, ast.Name) else ""
    return Read(name, node, site, library, raises=fallback is None, default=fallback, cast=kind)


def _env(module: SourceModule, node: ast.Call, site: Site, method: str, made_by: str) -> Read | None:
    is_django = made_by in _ENV_CLASSES_OF_DJANGO
    if method in _ENVIRON_CASTS and is_django:
        name = _argument(node, 0, "var") or _ENVIRON_CASTS[method]
    elif method in _CASTS:
        name = _argument(node, 0, "var" if is_django else "name")
    else:
        return None
    if not name:
        return None
    position = {"bool": 1, "int": 1, "float": 1, "str": 1}.get(method, 2) if is_django else 1
    fallback = _expression(node, position, "default")
    if is_django and fallback is None:
        fallback = _scheme_default(module, node, name)
    library = "django-environ" if is_django else "environs"
    cast = "database" if method in ("db", "db_url", "dj_db_url") else method
    return Read(name, node, site, library, raises=fallback is None, default=fallback, cast=cast)


def _scheme_default(module: SourceModule, node: ast.Call, name: str) -> ast.expr | None:
    """The default in django-environ's `Env(DEBUG=(bool, False))`."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    for value, _ in module.assigned.get(owner.id, ()) if isinstance(owner, ast.Name) else ():
        if isinstance(value, ast.Call):
            for keyword in value.keywords:
                if keyword.arg == name and isinstance(keyword.value, ast.Tuple) and len(keyword.value.elts) == 2:
                    return keyword.value.elts[1]
    return None


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _argument(node: ast.Call, position: int, keyword: str) -> str:
    return _text(_expression(node, position, keyword))


def _expression(node: ast.Call, position: int, keyword: str) -> ast.expr | None:
    for each in node.keywords:
        if each.arg == keyword:
            return each.value
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    return node.args[position] if len(node.args) > position else None
