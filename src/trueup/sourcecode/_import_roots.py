"""From which folder a file has to be imported so that its own imports are found.

A program that is started as `backend.main` finds `from settings import …` only if settings.py lies at the root; with
the folder backend/ on the module path it is `main`, and both are found.
Source: https://docs.python.org/3/library/sys_path_init.html (read 2026-11-20).
"""

from __future__ import annotations

import posixpath
import re

from trueup.sourcecode.codebase import CodeBase
from trueup.sourcecode.module import SourceModule

_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
"""Folders that may stand in a command on one line of any file."""


def import_root(code: CodeBase, module: SourceModule) -> tuple[str, str] | None:
    """The folder to begin from (from the service's root; "" for the root itself), and the module's name from there.

    The folder nearest to the root from which everything of this project that the file imports is found; the root where
    the file prepares the module path itself, or where no folder does. None where the file has no importable name, or
    only from a folder whose name does not belong into a command.
    """
    around = [folder for folder in _ancestors(module.path) if not folder or _PLAIN.fullmatch(folder)]
    names = [(folder, name) for folder in around if (name := _dotted(module.path, folder))]
    if not names:
        return None
    wanted = {
        item.module.partition(".")[0]
        for item in module.imports
        if not item.is_relative and not item.site.is_typing and item.module
    }
    levels = max((_level(module, name) for name in _relative(module)), default=0)
    depth = posixpath.dirname(module.path).count("/") + 1 if "/" in module.path else 0
    usable = [(folder, name) for folder, name in names if name.count(".") >= min(levels, depth)]
    folders = [folder for folder, _ in usable]
    own = {head for head in wanted if any(_holds(code, folder, head) for folder in folders)}
    for folder, name in usable:
        if all(_holds(code, folder, head) for head in own):
            return folder, name
    return usable[0] if usable else names[0]


def _ancestors(path: str) -> list[str]:
    """The folders around a file, the root first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:length]) for length in range(len(parts) + 1)]


def _dotted(path: str, folder: str) -> str:
    """A file's dotted name from a folder; "" where it has none."""
    relative = path[len(folder) + 1 :] if folder else path
    name = relative.removesuffix(".py").removesuffix("/__init__")
    parts = name.split("/")
    return ".".join(parts) if all(part.isidentifier() for part in parts) and name != "__init__" else ""


def _relative(module: SourceModule) -> list[str]:
    return [item.module for item in module.imports if item.is_relative]


def _level(module: SourceModule, target: str) -> int:
    """How many packages around a file a relative import needs at least."""
    package = module.package.split(".") if module.package else []
    parts = target.split(".") if target else []
    common = 0
    for one, other in zip(package, parts, strict=False):
        if one != other:
            break
        common += 1
    return len(package) - common + 1


def _holds(code: CodeBase, folder: str, head: str) -> bool:
    """Whether a folder holds a module or a package of code with this name."""
    base = posixpath.join(folder, head)
    return code.tree.has(f"{base}.py") or code.tree.has(f"{base}/__init__.py") or _has_code(code, base)


def _has_code(code: CodeBase, folder: str) -> bool:
    """Whether a folder without `__init__.py` holds Python files: a namespace package."""
    return code.tree.has_directory(folder) and any(
        path.startswith(f"{folder}/") and path.endswith(".py") for path in code.tree.files
    )
