"""Entries of a Pipfile, and of a Pipfile.lock, which has the same words.

Rules: "Pipfile & Pipfile.lock" and "Specifiers", https://pipenv.pypa.io/en/latest/specifiers.html, read 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from packaging.markers import Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from trueup.manifests._poetry import source_of
from trueup.manifests._tables import marker, string, strings
from trueup.model.evidence import Evidence
from trueup.model.requirement import DeclaredRequirement

_MARKER_KEYS = (
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
)


def entry_marker(entry: Mapping[str, Any]) -> Marker | None:
    """The marker of an entry: `markers`, and keys such as `sys_platform = "== 'linux'"`."""
    parts = [str(entry["markers"])] if string(entry.get("markers")) else []
    parts += [f"{key} {entry[key]}" for key in _MARKER_KEYS if string(entry.get(key))]
    return marker(parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts))


def specifier(text: str) -> SpecifierSet:
    """The specifier of a version: `*` is any, a bare number is exact.

    Raises:
        InvalidSpecifier: it is neither.
    """
    text = text.strip()
    if text in ("", "*"):
        return SpecifierSet()
    return SpecifierSet(f"=={text}" if text[0].isdigit() else text)


def requirement(name: str, entry: object, evidence: Evidence, group: str) -> DeclaredRequirement:
    """One entry: `name = "==1.2"` or `name = {version = …, extras = […]}`.

    Raises:
        InvalidSpecifier: its version is not a specifier, or it is neither text nor a table.
    """
    described = {"version": entry} if isinstance(entry, str) else entry
    if not isinstance(described, dict):
        raise InvalidSpecifier("a version or a table is expected")
    url, local_path = source_of(described)
    return DeclaredRequirement(
        name=canonicalize_name(name),
        specifier=specifier(string(described.get("version")) or "*"),
        evidence=evidence,
        extras=frozenset(canonicalize_name(extra) for extra in strings(described.get("extras"))),
        marker=entry_marker(described),
        url=url,
        local_path=local_path,
        editable=described.get("editable") is True,
        hashes=strings(described.get("hashes")),
        group=group,
    )
