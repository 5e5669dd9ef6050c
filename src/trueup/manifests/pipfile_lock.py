"""Pipfile.lock: flat sections of pinned packages, and the Python that the Pipfile asked for.

Format: https://pipenv.pypa.io/en/latest/pipfile.html, read 2026-11-20.
"""

from __future__ import annotations

import re
from typing import Any

from packaging.utils import canonicalize_name

from trueup.manifests._document import Document, load_json
from trueup.manifests._interface import Manifest, PythonStatement
from trueup.manifests._lock import Lockfile
from trueup.manifests._pipfile_entries import entry_marker
from trueup.manifests._requirement import evidence_at
from trueup.manifests._tables import string, strings, table
from trueup.model.evidence import Evidence
from trueup.model.project import SourceFile
from trueup.model.requirement import LockedPackage

_KEY_LINE = re.compile(r'^ {4}"((?:[^"\\])*)": \{|^ {8}"((?:[^"\\])*)": \{')


def _key_lines(file: SourceFile) -> dict[tuple[str, str], int]:
    """The line of every package by section and name, as Pipenv indents the file."""
    found: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(file.lines, 1):
        matched = _KEY_LINE.match(line)
        if matched and matched.group(1) is not None:
            section = matched.group(1)
        elif matched:
            found.setdefault((section, matched.group(2)), number)
    return found


def _evidence(document: Document, lines: dict[tuple[str, str], int], section: str, name: str) -> Evidence:
    line = lines.get((section, name)) or document.line(section, name)
    return evidence_at(document.file, line)


def _source(entry: dict[str, Any]) -> str:
    for key, kind in (("git", "vcs"), ("hg", "vcs"), ("svn", "vcs"), ("path", "path"), ("file", "url")):
        if key in entry:
            return kind
    return "index"


def parse(file: SourceFile) -> Lockfile:
    """Read a Pipfile.lock. The groups of its packages are the section's names, `default` for the main one."""
    document = load_json(file)
    if document.problem:
        return Lockfile(file, problems=(document.problem,))
    lines = _key_lines(file)
    packages: list[LockedPackage] = []
    for section, entries in table(document.value).items():
        if section == "_meta":
            continue
        for name, entry in table(entries).items():
            described = table(entry)
            packages.append(
                LockedPackage(
                    name=canonicalize_name(name),
                    version=(string(described.get("version")) or "").removeprefix("=="),
                    evidence=_evidence(document, lines, section, name),
                    marker=entry_marker(described),
                    hashes=strings(described.get("hashes")),
                    source=_source(described),
                    groups=frozenset({section}),
                )
            )
    python = _python(document)
    return Lockfile(
        file,
        tuple(packages),
        requires_python=python[1] if python else None,
        requires_python_evidence=evidence_at(file, document.line(*python[2])) if python else None,
        is_flat=True,
        version=str(document.get("_meta", "pipfile-spec", default="")) or None,
    )


def _python(document: Document) -> tuple[str, str, tuple[str, ...]] | None:
    for key in ("python_full_version", "python_version"):
        path = ("_meta", "requires", key)
        value = string(document.get(*path))
        if value:
            return key, value, path
    return None


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """`python_full_version` and `python_version` of `_meta.requires`."""
    document = load_json(file)
    return tuple(
        PythonStatement(f"Pipfile.lock {key}", value, evidence_at(file, document.line("_meta", "requires", key)))
        for key in ("python_full_version", "python_version")
        if (value := string(document.get("_meta", "requires", key)))
    )


MANIFEST = Manifest(
    id="pipfile-lock", title="Pipfile.lock", filenames=("Pipfile.lock",), python_statements=python_statements
)
