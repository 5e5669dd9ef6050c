"""uv.lock: the packages that uv has fixed, and what each member of the workspace needs of them.

Format: uv writes it; described in "Locking and syncing", https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile
and astral-sh/uv crates/uv-resolver/src/lock/mod.rs, read 2026-11-20.
"""

from __future__ import annotations

from typing import Any

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from trueup.manifests._interface import Manifest, PythonStatement
from trueup.manifests._lock import Dependency, Lockfile, LockText, Member, table_dependency
from trueup.manifests._requirement import evidence_at
from trueup.manifests._tables import line_evidence, marker, string, strings, table
from trueup.model.project import SourceFile
from trueup.model.requirement import LockedPackage

_KINDS = {
    "registry": "index",
    "git": "vcs",
    "url": "url",
    "path": "path",
    "directory": "path",
    "editable": "workspace",
    "virtual": "workspace",
}


def _dependencies(value: Any) -> tuple[Dependency, ...]:
    entries = value if isinstance(value, list) else []
    return tuple(found for entry in entries if (found := table_dependency(entry)))


def _by_name(value: Any) -> dict[str, tuple[Dependency, ...]]:
    return {canonicalize_name(name): _dependencies(entries) for name, entries in table(value).items()}


def _fork_marker(entry: dict[str, Any]) -> Marker | None:
    """The marker of a package that is locked in several versions: any of its resolution markers."""
    parts = [part for part in strings(entry.get("resolution-markers")) if marker(part)]
    return marker(" or ".join(f"({part})" for part in parts)) if parts else None


def _source(entry: dict[str, Any]) -> tuple[str, str]:
    for key, value in table(entry.get("source")).items():
        if key in _KINDS:
            return _KINDS[key], value if isinstance(value, str) else ""
    return "index", ""


def parse(file: SourceFile) -> Lockfile:
    """Read a uv.lock. What cannot be read is in `problems`."""
    text = LockText(file)
    document = text.document
    if document.problem:
        return Lockfile(file, problems=(document.problem,))
    packages: list[LockedPackage] = []
    members: list[Member] = []
    entries = document.get("package", default=[])
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        name = string(table(entry).get("name"))
        if not name:
            continue
        kind, place = _source(entry)
        evidence = text.evidence(index)
        dependencies, optional = _dependencies(entry.get("dependencies")), _by_name(entry.get("optional-dependencies"))
        if kind == "workspace":
            groups = _by_name(entry.get("dev-dependencies"))
            members.append(Member(canonicalize_name(name), dependencies, optional, groups, place or ".", evidence))
        files, hashes = text.files_of(index)
        packages.append(
            LockedPackage(
                name=canonicalize_name(name),
                version=string(entry.get("version")) or "",
                evidence=evidence,
                marker=_fork_marker(entry),
                dependencies=dependencies,
                optional_dependencies=optional,
                files=(*files, *_sdist(entry)),
                hashes=hashes,
                source=kind,
            )
        )
    version = document.get("version")
    return Lockfile(
        file,
        tuple(packages),
        tuple(members),
        string(document.get("requires-python")),
        line_evidence(document, "requires-python") if string(document.get("requires-python")) else None,
        version=str(version) if version is not None else None,
    )


def _sdist(entry: dict[str, Any]) -> tuple[str, ...]:
    address = string(table(entry.get("sdist")).get("url")) or string(table(entry.get("sdist")).get("path"))
    return (address.rpartition("/")[2],) if address else ()


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """`requires-python` at the top of the lockfile."""
    for number, line in enumerate(file.lines[:40], 1):
        key, _, value = line.partition("=")
        value = value.strip().strip("\"'")
        if key.strip() == "requires-python" and value:
            return (PythonStatement("uv.lock requires-python", value, evidence_at(file, number)),)
        if line.startswith("["):
            break
    return ()


MANIFEST = Manifest(id="uv-lock", title="uv.lock", filenames=("uv.lock",), python_statements=python_statements)
