"""Which modules a start command imports, and what they import from elsewhere.

An import inside a function, behind `TYPE_CHECKING` or named only in a text (Django's INSTALLED_APPS, Celery's include)
is kept apart from what surely runs when the program starts.
"""

from __future__ import annotations

import ast
import posixpath
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trueup.model.evidence import Evidence
from trueup.sourcecode.codebase import CodeBase
from trueup.sourcecode.module import Imported, SourceModule
from trueup.sourcecode.values import ROOT, Evaluator, Known

_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+(:[A-Za-z_]\w*)?")
_PATH_CALLS = frozenset({"sys.path.insert", "sys.path.append", "site.addsitedir"})
_LOADERS = frozenset({"importlib.import_module", "uvicorn.run", "__import__", "granian.Granian"})
MOST_TEXTS = 4_000
DJANGO_SETTINGS = "DJANGO_SETTINGS_MODULE"
_OF_PRODUCTION = ("prod", "production", "live", "deployment", "render", "heroku", "railway", "base", "common")
"""Modules of a settings package that a deployment may name, where no file says which."""


@dataclass(frozen=True, slots=True)
class UsedImport:
    """A top-level name that a module imports from outside of the tree.

    `at_start` tells whether the import surely runs when the program starts; `guarded` whether its failure is caught.
    """

    name: str
    module: str
    evidence: Evidence
    at_start: bool
    guarded: bool
    is_stdlib: bool


@dataclass
class Reach:
    """What is reached from some entry modules.

    `at_start` are paths of modules that are surely imported; `all` also those that functions import or texts name.
    `search` are the folders of the module path, `sys.path` insertions included. `django_settings` is the module
    that the platform is told, which outranks what the code takes without it. Nothing is reached where `entries` is
    empty: then no one knows.
    """

    code: CodeBase
    search: tuple[str, ...]
    entries: tuple[str, ...] = ()
    django_settings: str | None = None
    at_start: list[str] = field(default_factory=list)
    all: list[str] = field(default_factory=list)

    @property
    def known(self) -> bool:
        """Whether there was an entry to begin from."""
        return bool(self.entries)


def reach_of(
    code: CodeBase, entries: Iterable[str], search: tuple[str, ...], django_settings: str | None = None
) -> Reach:
    """Follow the imports from some files.

    Args:
        code: the code base.
        entries: paths of the modules that the start commands import.
        search: the folders of the module path.
        django_settings: the value of DJANGO_SETTINGS_MODULE, where the platform's files or flags give one.
    """
    reach = Reach(code, search, tuple(dict.fromkeys(entries)), django_settings)
    for path in reach.entries:
        _add_search(reach, code.module(path))
    reach.at_start = _closure(reach, reach.entries, soft=False)
    reach.all = _closure(reach, reach.at_start, soft=True)
    return reach


def _closure(reach: Reach, start: Iterable[str], *, soft: bool) -> list[str]:
    seen: dict[str, None] = {}
    pending = list(start)
    while pending:
        path = pending.pop()
        if path in seen:
            continue
        module = reach.code.module(path)
        if module is None:
            continue
        seen[path] = None
        if module.tree is None:
            continue
        _add_search(reach, module)
        pending.extend(_neighbours(reach, module, soft=soft))
    return sorted(seen)


def _add_search(reach: Reach, module: SourceModule | None) -> None:
    """Take the folders that a module adds to sys.path."""
    if module is None:
        return
    for call, _ in module.each(ast.Call):
        if module.qualified(call.func) in _PATH_CALLS and call.args:
            value = Evaluator(reach.code, reach.search).evaluate(module, call.args[-1])
            if isinstance(value, Known) and isinstance(value.value, str):
                folder = in_tree(value.value)
                if folder is not None and folder not in reach.search:
                    reach.search = (folder, *reach.search)


def in_tree(path: str) -> str | None:
    """A path that an evaluator found, from the service's root; None where it lies elsewhere."""
    if path == ROOT or path.startswith(f"{ROOT}/"):
        relative = posixpath.normpath(path.removeprefix(ROOT).lstrip("/") or ".")
    elif path.startswith("/"):
        return None
    else:
        relative = posixpath.normpath(path)
    return None if relative.startswith("..") else "" if relative == "." else relative


def _neighbours(reach: Reach, module: SourceModule, *, soft: bool) -> Iterator[str]:
    for item in module.imports:
        if item.site.is_typing or (item.site.function is not None and not soft):
            continue
        if item.site.is_main and module.path not in reach.entries:
            continue
        yield from _paths_of(reach, item)
    for call, site in module.each(ast.Call):
        function = module.qualified(call.func)
        if function in _LOADERS and call.args and (soft or site.function is None):
            yield from _named(reach, call.args[0])
        elif function == "importlib.util.spec_from_file_location" and len(call.args) > 1:
            value = Evaluator(reach.code, reach.search).evaluate(module, call.args[1], site)
            path = in_tree(value.value) if isinstance(value, Known) and isinstance(value.value, str) else None
            if path:
                yield path
        elif function == "os.environ.setdefault" and len(call.args) == 2:
            yield from _default(reach, call, soft=soft)
    if soft or _is_django_settings(module):
        yield from _from_texts(reach, module)


def _paths_of(reach: Reach, item: Imported) -> Iterator[str]:
    search = reach.search if not item.is_relative else ("",)
    names = [item.module] if item.is_star or item.target == item.module else [item.module, item.target]
    for name in names:
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            found = reach.code.find(".".join(parts[:length]), search)
            if found and not found.endswith("/"):
                yield found


def _names_settings(call: ast.Call) -> bool:
    key = call.args[0] if len(call.args) == 2 else None
    return isinstance(key, ast.Constant) and key.value == DJANGO_SETTINGS


def _told_settings(reach: Reach) -> str | None:
    """The path of the settings that the platform is told, where they are of this tree."""
    return reach.code.find(reach.django_settings, reach.search) if reach.django_settings else None


def _default(reach: Reach, call: ast.Call, *, soft: bool) -> Iterator[str]:
    """The module that a default names; of Django's settings the one that the platform is told, or may be told."""
    is_django = _names_settings(call)
    told = _told_settings(reach) if is_django else None
    if told is not None:
        yield told
        return
    for path in _named(reach, call.args[1]):
        yield path
        module = reach.code.module(path) if is_django and soft and path.endswith("/__init__.py") else None
        if module is not None and not module.assigned and not module.imports:
            folder = posixpath.dirname(path)
            yield from (each for name in _OF_PRODUCTION if reach.code.tree.has(each := f"{folder}/{name}.py"))


def _named(reach: Reach, node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        found = reach.code.find(node.value.partition(":")[0], reach.search) if node.value.isprintable() else None
        if found and not found.endswith("/"):
            yield found


def _is_django_settings(module: SourceModule) -> bool:
    return "INSTALLED_APPS" in module.assigned and "ROOT_URLCONF" in module.assigned


def _from_texts(reach: Reach, module: SourceModule) -> Iterator[str]:
    """Modules that texts name: `include=["worker.tasks"]`, INSTALLED_APPS, ROOT_URLCONF, `include("app.urls")`."""
    is_settings = _is_django_settings(module)
    outranked = {
        id(call.args[1]) for call, _ in module.each(ast.Call) if _names_settings(call) and _told_settings(reach)
    }
    count = 0
    for node, _ in module.each(ast.Constant):
        if not isinstance(node.value, str) or len(node.value) > 200 or id(node) in outranked:
            continue
        count += 1
        if count > MOST_TEXTS:
            return
        text = node.value.partition(":")[0]
        if not _DOTTED.fullmatch(node.value) and not (is_settings and text.isidentifier()):
            continue
        parts = text.split(".")
        for length in range(len(parts), 0, -1):
            found = reach.code.find(".".join(parts[:length]), reach.search)
            if found and not found.endswith("/"):
                yield found
                if is_settings:
                    yield from _django_parts(reach, ".".join(parts[:length]))
                break


def _django_parts(reach: Reach, package: str) -> Iterator[str]:
    for name in ("apps", "models", "admin", "signals", "views", "urls"):
        found = reach.code.find(f"{package}.{name}", reach.search)
        if found and not found.endswith("/"):
            yield found


def used_imports(reach: Reach) -> tuple[UsedImport, ...]:
    """What the reached modules import from outside of the tree, at start first."""
    found: dict[tuple[str, bool], UsedImport] = {}
    at_start = set(reach.at_start)
    for path in [*reach.at_start, *(path for path in reach.all if path not in at_start)]:
        module = reach.code.module(path)
        for item in module.imports if module else ():
            head = item.module.partition(".")[0]
            if item.is_relative or not head or head == "__future__" or item.site.is_typing:
                continue
            if reach.code.find(head, reach.search) is not None:
                continue
            if item.site.is_main and path not in reach.entries:
                continue
            runs = path in at_start and item.site.function is None and not item.site.is_conditional
            guarded = bool(item.site.handled & {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
            used = (
                UsedImport(
                    head,
                    item.module,
                    module.evidence(item.line),
                    runs and not item.site.in_handler,
                    guarded or item.site.in_handler,
                    head in sys.stdlib_module_names,
                )
                if module
                else None
            )
            if used is not None:
                found.setdefault((item.module, used.at_start and not used.guarded), used)
    return tuple(sorted(found.values(), key=lambda item: (not item.at_start, item.name, item.module)))
