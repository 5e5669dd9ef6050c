"""pylock.toml and pylock.<name>.toml, as PEP 751 specifies them.

Source: https://packaging.python.org/en/latest/specifications/pylock-toml/, read 2026-11-20.
"""

from __future__ import annotations

from typing import Any

from packaging.utils import canonicalize_name

from trueup.manifests._interface import Manifest, PythonStatement
from trueup.manifests._lock import Lockfile, LockText
from trueup.manifests._tables import line_evidence, marker, string, strings, table
from trueup.model.project import SourceFile
from trueup.model.requirement import LockedPackage


def _source(entry: dict[str, Any]) -> str:
    for key, kind in (("vcs", "vcs"), ("directory", "path"), ("archive", "url")):
        if key in entry:
            return kind
    return "index"


def _more_files(entry: dict[str, Any]) -> tuple[str, ...]:
    """Files of a package that stand in tables or lines of another shape."""
    wheels = entry.get("wheels")
    listed = [*(wheels if isinstance(wheels, list) else []), entry.get("sdist")]
    names = []
    for item in map(table, listed):
        address = string(item.get("name")) or string(item.get("url")) or string(item.get("path"))
        if address:
            names.append(address.rpartition("/")[2])
    return tuple(names)


def parse(file: SourceFile) -> Lockfile:
    """Read a pylock.toml. What cannot be read is in `problems`."""
    text = LockText(file)
    document = text.document
    if document.problem:
        return Lockfile(file, problems=(document.problem,))
    packages: list[LockedPackage] = []
    value = document.get("packages", default=[])
    for index, entry in enumerate(value if isinstance(value, list) else []):
        name = string(table(entry).get("name"))
        if not name:
            continue
        files, hashes = text.files_of(index)
        packages.append(
            LockedPackage(
                name=canonicalize_name(name),
                version=string(entry.get("version")) or "",
                evidence=text.evidence(index),
                marker=marker(string(entry.get("marker")) or ""),
                dependencies=tuple(
                    (canonicalize_name(item["name"]), None, frozenset())
                    for item in map(table, entry.get("dependencies") or ())
                    if string(item.get("name"))
                )
                if isinstance(entry.get("dependencies"), list)
                else (),
                files=tuple(dict.fromkeys((*files, *_more_files(entry)))),
                hashes=hashes,
                source=_source(entry),
            )
        )
    python = string(document.get("requires-python"))
    return Lockfile(
        file,
        tuple(packages),
        requires_python=python,
        requires_python_evidence=line_evidence(document, "requires-python") if python else None,
        is_flat=True,
        version=string(document.get("lock-version")),
        default_groups=strings(document.get("default-groups")),
    )


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """`requires-python` of the file."""
    lock = parse(file)
    if not lock.requires_python or lock.requires_python_evidence is None:
        return ()
    return (PythonStatement("pylock.toml requires-python", lock.requires_python, lock.requires_python_evidence),)


MANIFEST = Manifest(
    id="pylock",
    title="pylock.toml",
    filenames=("pylock.toml", "pylock.*.toml"),
    python_statements=python_statements,
)
