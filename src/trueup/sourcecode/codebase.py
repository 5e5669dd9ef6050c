"""The Python files below a service's root: dotted names to paths, and whether a module has an attribute.

`unknown` is answered wherever a module could gain names that no one sees in its text (a star import from elsewhere,
`globals()`, `__getattr__`): a missing name is only said where it surely is missing.
Source: https://docs.python.org/3/reference/import.html (read 2026-11-20).
"""

from __future__ import annotations

import ast
import posixpath
from collections import OrderedDict
from collections.abc import Iterator
from enum import StrEnum

from trueup.model.project import Project
from trueup.sourcecode.module import SourceModule, parse_module

MOST_MODULES = 2_000
MOST_BYTES = 6_000_000
"""Files, and bytes of them, that are parsed for one service; beyond that `CodeBase.notes` says so. A service of its own
is seldom a tenth of that, and both time and memory go with it."""
_NOT_SERVED = frozenset(
    {"test", "tests", "docs", "examples", "migrations", "venv", ".venv", "env", "node_modules", "site-packages"}
)
_COMPILED = (".pyx", ".so", ".pyd", ".pyc", ".pyi")
_DYNAMIC_CALLS = frozenset({"globals", "locals", "vars", "exec", "setattr", "__import__"})


class Presence(StrEnum):
    """Whether something is there."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class CodeBase:
    """All modules of one service root, parsed when first asked for."""

    def __init__(self, tree: Project) -> None:
        self.tree = tree
        self.notes: list[str] = []
        self._bytes = 0
        self._modules: dict[str, SourceModule | None] = {}
        self._compiled = {name.split(".", 1)[0] for name in tree.listing if name.endswith(_COMPILED)}

    def module(self, path: str) -> SourceModule | None:
        """The module at a path; None where there is no such file or the limit is reached."""
        if path not in self._modules:
            file = self.tree.get(path)
            if file is not None and (len(self._modules) >= MOST_MODULES or self._bytes > MOST_BYTES):
                if not self.notes:
                    self.notes.append("The code of this service is too large: not all of it was read as code.")
                return None
            self._bytes += len(file.data) if file is not None else 0
            self._modules[path] = parse_module(path, file) if file is not None else None
        return self._modules[path]

    def served_paths(self) -> Iterator[str]:
        """The Python files that a service may run: without tests, documentation and environments."""
        for path in sorted(self.tree.files):
            parts = path.split("/")
            name = parts[-1]
            if not name.endswith(".py") or name.startswith("test_") or name.endswith("_test.py"):
                continue
            if name in ("conftest.py", "setup.py", "noxfile.py", "fabfile.py") or _NOT_SERVED & set(parts[:-1]):
                continue
            yield path

    def find(self, dotted: str, search: tuple[str, ...] = ("",)) -> str | None:
        """The path of a module's file, or of a package's `__init__.py` (a folder without one ends in a slash)."""
        relative = dotted.replace(".", "/")
        for folder in dict.fromkeys((*search, "")):
            base = posixpath.normpath(posixpath.join(folder, relative)) if relative else folder
            for path in (f"{base}/__init__.py", f"{base}.py"):
                if self.tree.has(path):
                    return path
        for folder in dict.fromkeys((*search, "")):
            base = posixpath.normpath(posixpath.join(folder, relative))
            if relative and self.tree.has_directory(base):
                return f"{base}/"
        return None

    def module_presence(self, dotted: str, search: tuple[str, ...] = ("",)) -> Presence:
        """Whether a module of this tree can be imported; unknown where its first part is not of this tree."""
        if not dotted or not all(part.isidentifier() for part in dotted.split(".")):
            return Presence.UNKNOWN
        if self.find(dotted, search) is not None:
            return Presence.PRESENT
        folders = dict.fromkeys((*search, ""))
        if any(posixpath.normpath(posixpath.join(f, dotted.replace(".", "/"))) in self._compiled for f in folders):
            return Presence.PRESENT
        head, _, rest = dotted.partition(".")
        found = self.find(head, search)
        if found is None or not rest:
            return Presence.UNKNOWN
        package = self.module(found) if found.endswith("__init__.py") else None
        if package is not None and self._is_dynamic(package):
            return Presence.UNKNOWN
        parent = dotted.rpartition(".")[0]
        parent_path = self.find(parent, search)
        if parent_path is not None and self.attribute(parent_path, dotted.rpartition(".")[2]) is Presence.PRESENT:
            return Presence.UNKNOWN
        return Presence.ABSENT

    def attribute(self, path: str, name: str, search: tuple[str, ...] = ("",), depth: int = 0) -> Presence:
        """Whether the module at a path binds a name at its top level."""
        folder = path if path.endswith("/") else f"{posixpath.dirname(path)}/" if path.endswith("__init__.py") else ""
        if folder and (self.tree.has(f"{folder}{name}.py") or self.tree.has_directory(f"{folder}{name}")):
            return Presence.UNKNOWN
        if path.endswith("/"):
            return Presence.ABSENT
        module = self.module(path)
        if module is None or module.tree is None or depth > 8:
            return Presence.UNKNOWN
        if name in bound_names(module):
            return Presence.PRESENT
        found = Presence.UNKNOWN if self._is_dynamic(module) else Presence.ABSENT
        for item in module.imports:
            if item.is_star and item.site.function is None:
                inner = self.find(item.module, (*search, posixpath.dirname(path)))
                answer = self.attribute(inner, name, search, depth + 1) if inner else Presence.UNKNOWN
                if answer is not Presence.ABSENT:
                    return answer
        return found

    def _is_dynamic(self, module: SourceModule) -> bool:
        """Whether names may appear that no statement binds."""
        if module.tree is None:
            return True
        names = bound_names(module)
        if "__getattr__" in names or "__path__" in names:
            return True
        for call, _ in module.each(ast.Call):
            if isinstance(call.func, ast.Name) and call.func.id in _DYNAMIC_CALLS:
                return True
        return any(True for _ in module.each(ast.Global)) or any(
            isinstance(node.ctx, ast.Store) and module.qualified(node.value) == "sys.modules"
            for node, _ in module.each(ast.Subscript)
        )


def bound_names(module: SourceModule) -> frozenset[str]:
    """The names that the statements of a module bind at its top level, whatever branch they stand in."""
    found: set[str] = set()
    for node, site in module.each(ast.Name):
        if site.function is None and site.class_ is None and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    found |= {item.bound for item in module.imports if item.site.function is None and item.site.class_ is None}
    for definition, site in (*module.functions, *module.each(ast.ClassDef)):
        if site.function is None and site.class_ is None:
            found.add(definition.name)
    for handler, site in module.each(ast.ExceptHandler):
        if site.function is None and handler.name:
            found.add(handler.name)
    for capture, site in module.each(ast.MatchAs):
        if site.function is None and capture.name:
            found.add(capture.name)
    return frozenset(found)


_KEPT: OrderedDict[tuple[int, str], tuple[Project, CodeBase]] = OrderedDict()
_MOST_KEPT = 4


def code_base(tree: Project) -> CodeBase:
    """The code below a root; made once for all builders and services that share project and root."""
    key = (id(tree.whole), tree.root_dir)
    kept = _KEPT.get(key)
    if kept is not None and kept[0] is tree.whole:
        _KEPT.move_to_end(key)
        return kept[1]
    made = CodeBase(tree)
    _KEPT[key] = (tree.whole, made)
    while len(_KEPT) > _MOST_KEPT:
        _KEPT.popitem(last=False)
    return made
