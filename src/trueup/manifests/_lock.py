"""What lockfiles share: fast reading, and the shape in which their packages are told."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from trueup.manifests._document import Document, load_toml
from trueup.manifests._requirement import evidence_at, parse_pep508
from trueup.manifests._tables import marker, string, strings
from trueup.model.evidence import Evidence
from trueup.model.finding import Problem
from trueup.model.project import SourceFile
from trueup.model.requirement import LockedPackage

Dependency = tuple[str, Marker | None, frozenset[str]]
"""A name that a locked package needs, its marker and the extras asked for."""

_FILE_LINE = re.compile(r'^[ \t]+\{ ?(?:url|file|name) = "([^"\\\n]*)"[^\n]*\},?[ \t]*$', re.MULTILINE)
_FILE_KEY = re.compile(r'^[ \t]+\{ ?(?:url = "|file = "|name = "[^"\\\n]*", url = ")')
_HASH = re.compile(r'hash(?:es)? = (?:\{ ?)?"?([a-z0-9]+(?::| = ")[0-9a-f]+)')
_PACKAGE_HEADER = re.compile(r"^\[\[ *packages? *\]\]", re.MULTILINE)
_NAME_LINE = re.compile(r"^name *= *", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Member:
    """A project that a lockfile is for: what it needs itself, by extra and by group."""

    name: str
    dependencies: tuple[Dependency, ...] = ()
    optional_dependencies: dict[str, tuple[Dependency, ...]] = field(default_factory=dict)
    groups: dict[str, tuple[Dependency, ...]] = field(default_factory=dict)
    path: str = "."
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Lockfile:
    """What one lockfile fixes.

    `packages` are all of them, whatever group they belong to; `members` the projects that the file is for, where it
    says; `is_flat` whether the packages' own markers and groups tell what is installed, so that nobody needs to follow
    their dependencies.
    """

    file: SourceFile
    packages: tuple[LockedPackage, ...] = ()
    members: tuple[Member, ...] = ()
    requires_python: str | None = None
    requires_python_evidence: Evidence | None = None
    problems: tuple[Problem, ...] = ()
    is_flat: bool = False
    version: str | None = None
    extras: dict[str, frozenset[str]] = field(default_factory=dict)
    """Names of packages by extra of the project, where the file says."""
    default_groups: tuple[str, ...] = ()


class LockText:
    """A lockfile in TOML, whose lines that only list a file are set aside: they are nine tenths of it.

    What is left keeps its line numbers and is parsed as TOML. `files_of` gives the file names of a package.
    """

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self._file_lines: list[int] = []
        self._files: list[str] = []
        self._hashes: list[str] = []
        self.document = self._load()

    def _load(self) -> Document:
        if self.file.problem is not None or not self.file.is_text:
            return load_toml(self.file)
        counted, line = 0, 1
        text = self.file.text
        pieces: list[str] = []
        # Poetry's lock versions to 1.1 list the files of all packages at the end: those stay.
        old_files = text.find("\n[metadata.files]")
        for found in _FILE_LINE.finditer(text, 0, len(text) if old_files < 0 else old_files):
            if not _FILE_KEY.match(found.group()):
                continue
            line += text.count("\n", counted, found.start())
            pieces.append(text[counted : found.start()])
            counted = found.end()
            address = re.search(r'(?:url|file) = "([^"\\]*)"', found.group())
            hash_ = _HASH.search(found.group())
            self._file_lines.append(line)
            self._files.append((address.group(1) if address else "").rpartition("/")[2].partition("#")[0])
            self._hashes.append(hash_.group(1).replace(' = "', ":") if hash_ else "")
        pieces.append(text[counted:])
        return load_toml(replace(self.file, data="".join(pieces).encode("utf-8", "replace")))

    @cached_property
    def headers(self) -> tuple[int, ...]:
        """The line of each [[package]] (or [[packages]]) header, in order."""
        text, line, counted, found = self.document.file.text, 1, 0, []
        for header in _PACKAGE_HEADER.finditer(text):
            line += text.count("\n", counted, header.start())
            counted = header.start()
            found.append(line)
        return tuple(found)

    def name_line(self, index: int) -> int | None:
        """The line that names the package of an index, else its header's."""
        if index >= len(self.headers):
            return None
        header = self.headers[index]
        lines = self.document.file.lines
        for number in range(header + 1, min(header + 12, len(lines) + 1)):
            if _NAME_LINE.match(lines[number - 1]):
                return number
            if lines[number - 1].startswith("["):
                break
        return header

    def evidence(self, index: int) -> Evidence:
        """Evidence at the line that names a package."""
        return evidence_at(self.file, self.name_line(index))

    def files_of(self, index: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """File names and hashes of a package, by its index."""
        if index >= len(self.headers):
            return (), ()
        start = bisect_right(self._file_lines, self.headers[index])
        last = self.headers[index + 1] if index + 1 < len(self.headers) else len(self.document.file.lines) + 1
        end = bisect_right(self._file_lines, last)
        return tuple(filter(None, self._files[start:end])), tuple(filter(None, self._hashes[start:end]))


def pep508_dependency(text: str) -> Dependency | None:
    """A dependency written as PEP 508, or None where it is not one."""
    try:
        asked = parse_pep508(text)
    except InvalidRequirement:
        return None
    return asked.name, asked.marker, asked.extras


def table_dependency(entry: object) -> Dependency | None:
    """A dependency written as `{name = …, marker = …, extra = […]}`, or None where it is not one."""
    name = string(entry.get("name")) if isinstance(entry, dict) else None
    if not name or not isinstance(entry, dict):
        return None
    wanted = frozenset(canonicalize_name(extra) for extra in strings(entry.get("extra")))
    return canonicalize_name(name), marker(str(entry.get("marker") or "")), wanted
