"""poetry.lock: lock versions 1.0 to 2.1.

Format: python-poetry/poetry src/poetry/packages/locker.py and "poetry.lock" of the documentation
(https://python-poetry.org/docs/libraries/#lock-file), read 2026-11-20. Version 2.1 (Poetry 2) has `groups` and
`markers` on every package, so that it needs no walk over dependencies; versions to 1.4 have a `category`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from packaging.markers import Marker
from packaging.specifiers import InvalidSpecifier
from packaging.utils import canonicalize_name

from trueup.manifests._interface import Manifest, PythonStatement
from trueup.manifests._lock import Dependency, Lockfile, LockText, pep508_dependency
from trueup.manifests._poetry_constraints import python_marker
from trueup.manifests._tables import line_evidence, marker, string, strings, table
from trueup.model.project import SourceFile
from trueup.model.requirement import LockedPackage

_KINDS = {"git": "vcs", "url": "url", "file": "path", "directory": "path", "legacy": "index"}


def _dependencies(value: Any, *, optional: bool) -> Iterator[Dependency]:
    for name, entry in table(value).items():
        for alternative in entry if isinstance(entry, list) else [entry]:
            described = table(alternative)
            if (described.get("optional") is True) == optional:
                extras = frozenset(canonicalize_name(extra) for extra in strings(described.get("extras")))
                yield canonicalize_name(name), _dependency_marker(described), extras


def _dependency_marker(described: dict[str, Any]) -> Marker | None:
    words = string(described.get("markers")) or ""
    python = string(described.get("python"))
    if not words and python:
        try:
            words = python_marker(python)
        except InvalidSpecifier:
            words = ""
    return marker(words)


def _extras(entry: dict[str, Any]) -> dict[str, tuple[Dependency, ...]]:
    """What each extra adds: its names, with the markers that the optional dependencies have."""
    markers = {found[0]: found for found in _dependencies(entry.get("dependencies"), optional=True)}
    extras: dict[str, tuple[Dependency, ...]] = {}
    for extra, texts in table(entry.get("extras")).items():
        named = [found for text in strings(texts) if (found := pep508_dependency(text))]
        extras[canonicalize_name(extra)] = tuple(
            (name, markers[name][1] if name in markers else None, wanted) for name, _, wanted in named
        )
    return extras


def _marker(entry: dict[str, Any]) -> Marker | None:
    """The package's own marker; one by group is any of them."""
    value = entry.get("markers")
    if isinstance(value, dict):
        parts = [part for part in value.values() if isinstance(part, str)]
        return marker(" or ".join(f"({part})" for part in parts)) if len(parts) == len(value) else None
    return marker(value) if isinstance(value, str) else None


def _groups(entry: dict[str, Any]) -> frozenset[str]:
    groups = strings(entry.get("groups"))
    category = string(entry.get("category"))
    return frozenset(canonicalize_name(group) for group in groups or ((category,) if category else ()))


def _old_files(value: Any) -> dict[str, tuple[str, ...]]:
    """File names by package from [metadata.files], where lock versions to 1.1 keep them."""
    found: dict[str, tuple[str, ...]] = {}
    for name, entries in table(value).items():
        listed = entries if isinstance(entries, list) else []
        found[canonicalize_name(name)] = tuple(table(entry)["file"] for entry in listed if "file" in table(entry))
    return found


def parse(file: SourceFile) -> Lockfile:
    """Read a poetry.lock. What cannot be read is in `problems`."""
    text = LockText(file)
    document = text.document
    if document.problem:
        return Lockfile(file, problems=(document.problem,))
    old_files = _old_files(document.get("metadata", "files"))
    packages: list[LockedPackage] = []
    value = document.get("package", default=[])
    entries = value if isinstance(value, list) else []
    for index, entry in enumerate(entries):
        name = string(table(entry).get("name"))
        if not name:
            continue
        files, hashes = text.files_of(index)
        kind = string(table(entry.get("source")).get("type"))
        packages.append(
            LockedPackage(
                name=canonicalize_name(name),
                version=string(entry.get("version")) or "",
                evidence=text.evidence(index),
                marker=_marker(entry),
                dependencies=tuple(_dependencies(entry.get("dependencies"), optional=False)),
                optional_dependencies=_extras(entry),
                files=old_files.get(canonicalize_name(name), files),
                hashes=hashes,
                source=_KINDS.get(kind or "legacy", "index"),
                groups=_groups(entry),
            )
        )
    version = string(document.get("metadata", "lock-version"))
    python = string(document.get("metadata", "python-versions"))
    return Lockfile(
        file,
        tuple(packages),
        requires_python=python,
        requires_python_evidence=line_evidence(document, "metadata", "python-versions") if python else None,
        is_flat=any(table(entry).get("markers") or table(entry).get("groups") for entry in entries),
        version=version,
        extras={
            canonicalize_name(extra): frozenset(canonicalize_name(name) for name in strings(names))
            for extra, names in table(document.get("extras")).items()
        },
    )


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """`python-versions` of [metadata]."""
    lock = parse(file)
    if not lock.requires_python or lock.requires_python_evidence is None:
        return ()
    return (PythonStatement("poetry.lock python-versions", lock.requires_python, lock.requires_python_evidence),)


MANIFEST = Manifest(
    id="poetry-lock", title="poetry.lock", filenames=("poetry.lock",), python_statements=python_statements
)
