"""A project in memory: every relevant file once, immutable. Nothing after reading touches the disk."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from trueup.model.evidence import Evidence

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UNREADABLE_HERE = "it cannot be read"
"""How the `problem` of a file begins that this machine refuses to read; another machine may read it."""
_MOST_DIGITS = 1000
_ENDLESS = re.compile(rf"(?<!\d)\d{{{_MOST_DIGITS}}}\d+")


def _ended(match: re.Match[str]) -> str:
    return match[0][:_MOST_DIGITS] + "\ufffd" * (len(match[0]) - _MOST_DIGITS)


@dataclass(frozen=True)
class SourceFile:
    """One file: its path from the project's root (POSIX) and its bytes.

    `problem` says why the bytes are not here (too large, a link that leaves the project, not readable); `data` is then
    empty and `size` still tells the size on disk, in bytes.
    """

    path: str
    data: bytes = b""
    size: int = -1
    mode: int = 0o644
    problem: str | None = None

    @cached_property
    def encoding(self) -> str:
        """The encoding the bytes are in, by byte-order mark, by their zero bytes, or UTF-8."""
        for mark, name in _BYTE_ORDER_MARKS:
            if self.data.startswith(mark):
                return name
        head = self.data[:512]
        if len(head) >= 4 and head[1:2] == b"\0" and head[3:4] == b"\0":
            return "utf-16-le"
        if len(head) >= 4 and head[0:1] == b"\0" and head[2:3] == b"\0":
            return "utf-16-be"
        return "utf-8"

    @cached_property
    def text(self) -> str:
        """The decoded text, without a byte-order mark; bytes that cannot be decoded become U+FFFD.

        So do the digits of a number after its thousandth: no file means such a number, and Python refuses to read it.
        """
        text = self.data.decode(self.encoding, errors="replace").removeprefix("\ufeff")
        return _ENDLESS.sub(_ended, text) if len(text) > _MOST_DIGITS else text

    @cached_property
    def is_text(self) -> bool:
        """Whether the bytes decode without loss."""
        try:
            self.data.decode(self.encoding)
        except UnicodeDecodeError:
            return False
        return b"\0" not in self.data or self.encoding.startswith(("utf-16", "utf-32"))

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The text's lines, without their ends; only \\n, \\r\\n and \\r end a line."""
        return tuple(self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    def line(self, number: int | None) -> str:
        """The text of a line counted from 1; empty where there is none."""
        if number is None or not 1 <= number <= len(self.lines):
            return ""
        return self.lines[number - 1]

    def evidence(self, line: int | None = None, text: str | None = None) -> Evidence:
        """Evidence at a line of this file; its text is the line's unless given."""
        return Evidence.found(self.path, line, self.line(line) if text is None else text)


@dataclass(frozen=True)
class Project:
    """The files of a project, or of one of its folders, by path relative to that folder.

    `files` holds what was read (manifests, configuration, Python sources); `listing` every path seen, read or not, so
    that `has` answers for files whose content does not matter. `root_dir` is the folder this view shows, relative to
    the project's root ("" for the root); `SourceFile.path` is always relative to the project's root. `ignored` are
    paths that the project's own .gitignore keeps out of a commit: a platform that deploys from git does not see them.
    """

    files: Mapping[str, SourceFile]
    listing: frozenset[str] = frozenset()
    path: str = "."
    root_dir: str = ""
    ignored: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    _parent: Project | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", MappingProxyType(dict(self.files)))
        object.__setattr__(self, "listing", frozenset(self.listing) | frozenset(self.files))

    @classmethod
    def from_texts(cls, texts: Mapping[str, str | bytes], *, path: str = ".") -> Project:
        """Build a project from a dict of path → content; what tests and previews use."""
        files = {}
        for name, content in texts.items():
            data = content.encode() if isinstance(content, str) else content
            files[name] = SourceFile(name, data, len(data))
        return cls(files, path=path)

    def get(self, path: str) -> SourceFile | None:
        """The file at a path relative to this view, if it was read."""
        return self.files.get(path)

    def has(self, path: str) -> bool:
        """Whether a file with exactly this path (relative to this view) exists."""
        return path in self.listing

    def has_directory(self, path: str) -> bool:
        """Whether any file lies below this folder."""
        return path.rstrip("/") in self.directories

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every folder that holds a file, relative to this view; without the view's own root."""
        found: set[str] = set()
        for name in self.listing:
            parts = name.split("/")[:-1]
            for depth in range(len(parts), 0, -1):
                folder = "/".join(parts[:depth])
                if folder in found:
                    break
                found.add(folder)
        return frozenset(found)

    def matching(self, *suffixes: str) -> Iterator[tuple[str, SourceFile]]:
        """The read files whose path ends with one of the suffixes, sorted by path."""
        for name in sorted(self.files):
            if name.endswith(suffixes):
                yield name, self.files[name]

    @property
    def whole(self) -> Project:
        """The project that this view is a part of."""
        return self._parent or self

    def subtree(self, root_dir: str) -> Project:
        """A view of one folder; "" or "." is the project itself. Paths are then relative to the folder."""
        whole = self.whole
        root_dir = root_dir.strip("/")
        if root_dir in ("", "."):
            return whole
        prefix = f"{root_dir}/"
        return Project(
            {name[len(prefix) :]: file for name, file in whole.files.items() if name.startswith(prefix)},
            frozenset(name[len(prefix) :] for name in whole.listing if name.startswith(prefix)),
            whole.path,
            root_dir,
            frozenset(name[len(prefix) :] for name in whole.ignored if name.startswith(prefix)),
            whole.notes,
            whole,
        )

    def in_project(self, path: str) -> str:
        """A path of this view as a path from the project's root."""
        return f"{self.root_dir}/{path}" if self.root_dir else path

    def with_contents(self, contents: Mapping[str, bytes | None]) -> Project:
        """A new project in which some files (paths from the project's root) have other bytes, or None: are gone."""
        whole = self.whole
        files = dict(whole.files)
        listing = set(whole.listing)
        for name, data in contents.items():
            if data is None:
                files.pop(name, None)
                listing.discard(name)
            else:
                old = files.get(name)
                files[name] = replace(old, data=data, size=len(data)) if old else SourceFile(name, data, len(data))
                listing.add(name)
        changed = Project(files, frozenset(listing), whole.path, "", whole.ignored, whole.notes)
        return changed.subtree(self.root_dir)
