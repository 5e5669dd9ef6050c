"""mise's TOML files: the versions of tools that a folder wants, with settings and variables."""

from __future__ import annotations

from typing import Any

from trueup.manifests._document import load_toml
from trueup.manifests._interface import Manifest, PythonStatement
from trueup.model.project import SourceFile


def _version(entry: Any) -> str | None:
    """The version of one entry of [tools], be it a string or a table."""
    if isinstance(entry, dict):
        entry = entry.get("version")
    return entry if isinstance(entry, str) else None


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """Every version of Python that [tools] asks for; none where the file is not TOML."""
    document = load_toml(file)
    found = []
    for name in ("python", "core:python"):
        value = document.get("tools", name)
        items = value if isinstance(value, list) else [value]
        for index, item in enumerate(items):
            version = _version(item)
            path = ("tools", name, index) if isinstance(value, list) else ("tools", name)
            if version is not None:
                found.append(PythonStatement("mise.toml", version, document.evidence(*path)))
    return tuple(found)


MANIFEST = Manifest(
    id="mise-toml",
    title="mise.toml",
    filenames=(
        "mise.toml",
        ".mise.toml",
        "mise.*.toml",
        ".mise.*.toml",
        ".rtx.toml",
        ".rtx.local.toml",
        "mise/config.toml",
        "mise/config.*.toml",
        ".mise/config.toml",
        ".mise/config.*.toml",
        ".config/mise/config.*.toml",
        ".config/mise/config.toml",
        ".config/mise/conf.d/*.toml",
        "mise.lock",
        "mise.local.lock",
    ),
    python_statements=python_statements,
)
