"""Keys that people invent for a Python version in files that have none: `[python] version`, `pythonVersion` …"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from trueup.manifests._document import Document, Path
from trueup.manifests._interface import PythonStatement

_KEY = re.compile(r"^(?:nixpacks_|railpack_)?python[_-]?version$|^python[_-]?runtime$", re.IGNORECASE)
_SECTION = re.compile(r"^python$", re.IGNORECASE)
_VERSION = re.compile(r"\d")
_PACKAGE = re.compile(r"^\(*python\d+(?:Full|Minimal|\.withPackages\b.*)?$", re.DOTALL)
_DEEPEST = 8


def stated_versions(document: Document, filename: str) -> tuple[PythonStatement, ...]:
    """Every Python version that a file states under such a key, or as a Nix package.

    The sources are `<file> [python]`, `<key> in <file>` and `nixPkgs in <file>`.
    """
    found = []
    for path, value in _walk(document.value, ()):
        key = str(path[-1])
        section = len(path) > 1 and isinstance(path[-2], str) and _SECTION.match(path[-2])
        if isinstance(path[-1], int):
            if path[-2] in ("nixPkgs", "nixPackages") and isinstance(value, str) and _PACKAGE.match(value):
                found.append(PythonStatement(f"nixPkgs in {filename}", value, document.evidence(*path)))
        elif not _VERSION.search(str(value)) or isinstance(value, bool):
            continue
        elif section and key.lower() in ("version", "python_version", "runtime"):
            found.append(PythonStatement(f"{filename} [python]", _text(document, path), document.evidence(*path)))
        elif _KEY.match(key) or _SECTION.match(key):
            found.append(PythonStatement(f"{key} in {filename}", _text(document, path), document.evidence(*path)))
    return tuple(found)


def _text(document: Document, path: Path) -> str:
    """The value as it is written: 3.10 and not 3.1."""
    value = document.get(*path)
    return value if isinstance(value, str) else (document.raw(*path) or str(value)).strip()


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if len(path) > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index))
    elif path:
        yield path, value
