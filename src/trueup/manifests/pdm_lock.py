"""pdm.lock: a flat list; every package has its groups (lock version 4.4 and later) and its marker.

Format: "Lock file specification", https://pdm-project.org/latest/usage/lockfile/ and pdm-project/pdm
src/pdm/project/lockfile/, read 2026-11-20.
"""

from __future__ import annotations

from typing import Any

from packaging.utils import canonicalize_name

from trueup.manifests._document import Document
from trueup.manifests._interface import Manifest, PythonStatement
from trueup.manifests._lock import Dependency, Lockfile, LockText, pep508_dependency
from trueup.manifests._tables import line_evidence, marker, string, strings, table
from trueup.model.evidence import Evidence
from trueup.model.project import SourceFile
from trueup.model.requirement import LockedPackage


def _source(entry: dict[str, Any]) -> str:
    for key, kind in (("git", "vcs"), ("hg", "vcs"), ("svn", "vcs"), ("url", "url"), ("path", "path")):
        if key in entry:
            return kind
    return "index"


def _package(text: LockText, index: int, entry: dict[str, Any], name: str, extras: dict[str, Any]) -> LockedPackage:
    files, hashes = text.files_of(index)
    return LockedPackage(
        name=name,
        version=string(entry.get("version")) or "",
        evidence=text.evidence(index),
        marker=marker(string(entry.get("marker")) or ""),
        dependencies=_dependencies(entry),
        optional_dependencies=extras,
        files=files,
        hashes=hashes,
        source=_source(entry),
        groups=frozenset(canonicalize_name(group) for group in strings(entry.get("groups"))),
    )


def _dependencies(entry: dict[str, Any]) -> tuple[Dependency, ...]:
    return tuple(found for text in strings(entry.get("dependencies")) if (found := pep508_dependency(text)))


def _extras_by_package(entries: list[Any]) -> dict[tuple[str, str], dict[str, tuple[Dependency, ...]]]:
    """PDM lists `name[extra]` as a package of its own; here it is what the extra adds to the package."""
    found: dict[tuple[str, str], dict[str, tuple[Dependency, ...]]] = {}
    for entry in entries:
        name = string(table(entry).get("name"))
        for extra in strings(table(entry).get("extras")) if name else ():
            assert name
            own = canonicalize_name(name)
            added = tuple(dependency for dependency in _dependencies(entry) if dependency[0] != own)
            found.setdefault((own, string(entry.get("version")) or ""), {})[canonicalize_name(extra)] = added
    return found


def _requires_python(document: Document) -> tuple[str | None, Evidence | None]:
    targets = document.get("metadata", "targets")
    for index, target in enumerate(targets if isinstance(targets, list) else []):
        value = string(table(target).get("requires_python"))
        if value:
            return value, line_evidence(document, "metadata", "targets", index, "requires_python")
    value = string(document.get("metadata", "requires_python"))
    return value, line_evidence(document, "metadata", "requires_python") if value else None


def parse(file: SourceFile) -> Lockfile:
    """Read a pdm.lock. What cannot be read is in `problems`."""
    text = LockText(file)
    document = text.document
    if document.problem:
        return Lockfile(file, problems=(document.problem,))
    value = document.get("package", default=[])
    entries = value if isinstance(value, list) else []
    extras = _extras_by_package(entries)
    packages: list[LockedPackage] = []
    for index, entry in enumerate(entries):
        name = canonicalize_name(string(table(entry).get("name")) or "")
        if name and not strings(entry.get("extras")):
            added = extras.get((name, string(entry.get("version")) or ""), {})
            packages.append(_package(text, index, entry, name, added))
    python, evidence = _requires_python(document)
    return Lockfile(
        file,
        tuple(packages),
        requires_python=python,
        requires_python_evidence=evidence,
        is_flat=any(package.groups for package in packages),
        version=string(document.get("metadata", "lock_version")),
        default_groups=strings(document.get("metadata", "groups")),
    )


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """`requires_python` of the lock's first target."""
    lock = parse(file)
    if not lock.requires_python or lock.requires_python_evidence is None:
        return ()
    return (PythonStatement("pdm.lock requires_python", lock.requires_python, lock.requires_python_evidence),)


MANIFEST = Manifest(id="pdm-lock", title="pdm.lock", filenames=("pdm.lock",), python_statements=python_statements)
