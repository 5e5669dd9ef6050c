"""Reading a project: one walk, every relevant file once, into memory. The only module that reads the user's files.

Files that match a manifest's patterns are read first, then Python sources, then further texts that other files may
point to; everything else is known by its name. Nothing is executed, no link is followed out of the project, and
whatever is too large, not a plain file, or not readable becomes a `SourceFile` with its `problem`.
"""

from __future__ import annotations

import fnmatch
import os
import posixpath
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

from trueup._gitignore import IgnoreRules, tracked_paths
from trueup.errors import ProjectUnreadable
from trueup.model.project import UNREADABLE_HERE, Project, SourceFile
from trueup.registry import discover

_MIB = 1024 * 1024

SKIPPED_FOLDERS = frozenset(
    {
        *(".git", ".hg", ".svn", ".bzr", ".jj"),
        *("node_modules", "bower_components", "__pycache__", "__pypackages__", "site-packages"),
        *(".tox", ".nox", ".eggs", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".pytype"),
        *(".ipynb_checkpoints", ".terraform", ".next", ".nuxt", ".svelte-kit", ".parcel-cache", ".gradle", ".idea"),
    }
)
"""Names of folders that hold no source of the project: repositories, installed packages, caches."""

_INCLUDE = re.compile(
    r"""(?:^|[\s"'\[,])(?:-r|-c|--requirements?|--constraints?)"""
    r"""(?:[ \t]*=[ \t]*["']?|[ \t]+["']?|["'][ \t]*,[ \t]*["'])"""
    r"""([^\s"',;&|\\\]]{1,200})""",
    re.MULTILINE,
)
_SUBMODULE = re.compile(r"^[ \t]*path[ \t]*=[ \t]*(\S[^\r\n]*?)/?[ \t]*$", re.MULTILINE)
_LARGEST_WITH_INCLUDES = 256 * 1024
_FURTHER_TEXTS = ("*.txt", "*.in", "*.sh", "*.pem", ".gitignore", ".dockerignore", ".slugignore", ".railwayignore")
_FURTHER_TEXTS_BY_PATH = (
    *("bin/*", ".git-blame-ignore-revs", "package.json", "setup.py", "trueup.toml"),
    ".railway/railway.*",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read. Sizes in bytes; what lies beyond is listed by name, and a note or problem says so."""

    largest_manifest: int = 4 * _MIB
    largest_source: int = _MIB
    most_bytes: int = 64 * _MIB
    most_files: int = 5_000
    most_entries: int = 200_000
    deepest: int = 64


class _Patterns:
    """Shell patterns, of a file's name or (where they hold a slash) of the end of its path, matched all at once."""

    def __init__(self, patterns: Iterable[str]) -> None:
        patterns = set(patterns)
        self.names = {pattern for pattern in patterns if not re.search(r"[/*?\[]", pattern)}
        self.name_pattern = self._joined(p for p in patterns - self.names if "/" not in p)
        self.path_pattern = self._joined(f"*/{p.lstrip('/')}" for p in patterns if "/" in p)

    @staticmethod
    def _joined(patterns: Iterable[str]) -> re.Pattern[str]:
        return re.compile("|".join(fnmatch.translate(pattern) for pattern in sorted(patterns)) or r"(?!)")

    def match(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        return (
            name in self.names
            or self.name_pattern.match(name) is not None
            or ("/" in path and self.path_pattern.match(f"/{path}") is not None)
        )


@cache
def manifest_patterns() -> tuple[str, ...]:
    """The file patterns of every manifest format that trueup knows."""
    manifests = discover("trueup.manifests", "MANIFEST").values()
    return tuple(sorted({pattern for manifest in manifests for pattern in manifest.filenames}))


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something that is not a folder, as the walk met it: `path` for the project, `location` on the disk."""

    path: str
    location: str
    is_link: bool
    is_plain: bool


@dataclass
class _Walk:
    """Everything below a folder, without what `SKIPPED_FOLDERS` and virtual environments hold."""

    root: str
    limits: Limits
    entries: list[_Entry] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    submodules: frozenset[str] = frozenset()
    is_in_git: bool = False

    def run(self) -> None:
        self.submodules = frozenset(_SUBMODULE.findall(_read_text(f"{self.root}/.gitmodules")))
        rules = IgnoreRules.at_root(_read_text(f"{self.root}/.git/info/exclude"))
        pending: list[tuple[str, str, IgnoreRules, bool]] = [("", self.root, rules, False)]
        while pending:
            prefix, location, rules, is_ignored = pending.pop()
            found = self.list_folder(prefix, location)
            is_ignored = is_ignored or self.is_repository(prefix, found)
            if any(entry.name == ".gitignore" for entry in found):
                rules = rules.with_file(prefix, _read_text(f"{location}/.gitignore"))
            for name, folder in self.look_at(found, prefix, rules, is_ignored):
                inner = f"{prefix}{name}"
                if inner.count("/") >= self.limits.deepest:
                    self.notes.append(f"{inner}/ lies deeper than {self.limits.deepest} folders and was not looked at.")
                else:
                    folder_ignored = is_ignored or rules.ignores(inner, is_folder=True)
                    pending.append((f"{inner}/", folder, rules, folder_ignored))
            if prefix.rstrip("/") in self.submodules and not any(entry.name != ".git" for entry in found):
                self.notes.append(f"{prefix} is a git submodule that is not checked out: its files were not looked at.")
            if len(self.entries) >= self.limits.most_entries:
                self.notes.append(
                    f"The project holds more than {self.limits.most_entries:,} files; the rest was not looked at."
                )
                return

    def is_repository(self, prefix: str, found: list[os.DirEntry[str]]) -> bool:
        """Whether a folder is a git repository of its own, and no submodule: a commit holds nothing of it."""
        if not prefix:
            self.is_in_git = any(entry.name == ".git" for entry in found)
        own = prefix and any(entry.name == ".git" for entry in found)
        if not own or not self.is_in_git or prefix.rstrip("/") in self.submodules:
            return False
        self.notes.append(
            f"{prefix} is a git repository of its own and no submodule: a commit of this one does not hold its files, "
            "and a platform that deploys from git does not get them."
        )
        return True

    def list_folder(self, prefix: str, location: str) -> list[os.DirEntry[str]]:
        """What a folder holds, by name; nothing for a virtual environment and for what cannot be listed."""
        try:
            with os.scandir(location) as entries:
                found = sorted(islice(entries, self.limits.most_entries), key=lambda entry: entry.name)
        except OSError as error:
            self.notes.append(f"{prefix or './'} was not looked at: {error.strerror or error}.")
            return []
        return [] if prefix and any(entry.name == "pyvenv.cfg" for entry in found) else found

    def look_at(
        self, found: list[os.DirEntry[str]], prefix: str, rules: IgnoreRules, is_ignored: bool
    ) -> Iterator[tuple[str, str]]:
        """Note the files of one folder; yield the name and location of each folder to go into."""
        for entry in found:
            name = _printable_name(entry.name)
            if entry.is_dir(follow_symlinks=False):
                if name not in SKIPPED_FOLDERS:
                    yield name, entry.path
            elif name != ".git":
                path = f"{prefix}{name}"
                self.entries.append(_Entry(path, entry.path, entry.is_symlink(), entry.is_file(follow_symlinks=False)))
                if is_ignored or rules.ignores(path, is_folder=False):
                    self.ignored.add(path)


def _printable_name(name: str) -> str:
    """A file's name as valid Unicode; bytes that are not UTF-8 become U+FFFD. Control characters stay."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("utf-8", "replace")
    return name


def _read_text(location: str) -> str:
    """The text of a small plain file, or "" where there is none."""
    data, problem, _ = _read_plain_file(location, _MIB)
    return "" if problem else data.decode("utf-8", "replace")


def _size_in_words(size: int) -> str:
    return f"{size / _MIB:.1f} MiB" if size >= _MIB else f"{size:,} bytes"


def _read_plain_file(location: str, largest: int) -> tuple[bytes, str | None, os.stat_result | None]:
    """Bytes, problem and status. Devices and FIFOs are looked at without waiting for them, and never read."""
    status = None
    try:
        status = os.lstat(location)
        if not stat.S_ISREG(status.st_mode):
            return b"", "it is not a plain file", status
        if status.st_size > largest:
            words = (
                f"it has {_size_in_words(status.st_size)}, and trueup reads up to {_size_in_words(largest)} of one file"
            )
            return b"", words, status
        descriptor = os.open(location, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return b"", "it is not a plain file", status
            return stream.read(largest), None, status
    except (OSError, ValueError) as error:
        return b"", f"{UNREADABLE_HERE} ({getattr(error, 'strerror', None) or error})", status


class _Reader:
    """Reads entries within the limits, the most telling first."""

    def __init__(self, root: str, limits: Limits) -> None:
        self.root = root
        self.limits = limits
        self.files: dict[str, SourceFile] = {}
        self.bytes_left = limits.most_bytes
        self.beyond: list[str] = []

    def read(self, entry: _Entry, largest: int) -> None:
        if entry.path in self.files:
            return
        location, problem = entry.location, None
        if entry.is_link:
            location, problem = self.follow(entry.location)
        if problem:
            self.files[entry.path] = SourceFile(entry.path, size=0, problem=problem)
            return
        if len(self.files) >= self.limits.most_files or self.bytes_left <= 0:
            self.beyond.append(entry.path)
            return
        data, problem, status = _read_plain_file(location, largest)
        self.bytes_left -= len(data)
        size, mode = (status.st_size, stat.S_IMODE(status.st_mode)) if status else (0, 0o644)
        self.files[entry.path] = SourceFile(entry.path, data, size if problem else len(data), mode, problem)

    def follow(self, location: str) -> tuple[str, str | None]:
        """The target of a link and, where it must not be read, why."""
        target = os.path.realpath(location)
        if not _is_inside(target, self.root):
            return location, "it is a link that leaves the project"
        if not Path(target).exists():
            return location, "it is a link to something that does not exist"
        return target, None

    def note(self) -> tuple[str, ...]:
        if not self.beyond:
            return ()
        told = (
            f"{len(self.beyond):,} files, from {min(self.beyond)}, are known by name only: trueup reads up to "
            f"{self.limits.most_files:,} files or {_size_in_words(self.limits.most_bytes)} of one project."
        )
        return (told,)


def _is_inside(target: str, root: str) -> bool:
    return target == root or target.startswith(root.rstrip("/") + "/")


def _linked_folders(walk: _Walk, root: str) -> list[_Entry]:
    """The files of linked folders that lie in the project, under the link's own path; links in them stay closed."""
    found: list[_Entry] = []
    by_location = {entry.location: entry for entry in walk.entries}
    for link in [entry for entry in walk.entries if entry.is_link]:
        target = os.path.realpath(link.location)
        if not Path(target).is_dir() or not _is_inside(target, root) or _is_inside(link.location, target):
            continue
        inside = f"{target}/"
        for location, entry in by_location.items():
            if location.startswith(inside) and len(found) < walk.limits.most_entries:
                path = f"{link.path}/{_printable_name(location[len(inside) :])}"
                found.append(_Entry(path, location, entry.is_link, entry.is_plain))
        walk.entries.remove(link)
    return found


def _by_depth(entry: _Entry) -> tuple[int, str]:
    return entry.path.count("/"), entry.path


def _read_entries(entries: list[_Entry], reader: _Reader, patterns: tuple[str, ...]) -> None:
    limits = reader.limits
    manifests, further = _Patterns(patterns), _Patterns((*_FURTHER_TEXTS, *_FURTHER_TEXTS_BY_PATH))
    named: list[_Entry] = []
    sources: list[_Entry] = []
    texts: list[_Entry] = []
    for entry in entries:
        if manifests.match(entry.path):
            named.append(entry)
        elif entry.path.endswith(".py"):
            sources.append(entry)
        elif further.match(entry.path) or (entry.is_link and reader.follow(entry.location)[1]):
            texts.append(entry)
    for group, largest in ((named, limits.largest_manifest), (sources, limits.largest_source)):
        for entry in sorted(group, key=_by_depth):
            reader.read(entry, largest)
    for entry in sorted(texts, key=_by_depth):
        if entry.is_link or entry.is_plain:
            reader.read(entry, limits.largest_source)


def _read_included(entries: list[_Entry], reader: _Reader) -> None:
    """Read requirements files of any name that `-r` or `-c` in a file or a command already read points to."""
    by_path = {entry.path: entry for entry in entries}
    pending = list(reader.files.values())
    while pending:
        file = pending.pop()
        if file.path.endswith(".py") or len(file.data) > _LARGEST_WITH_INCLUDES or b"-" not in file.data:
            continue
        for target in set(_INCLUDE.findall(file.text)):
            for folder in {posixpath.dirname(file.path), ""}:
                path = posixpath.normpath(posixpath.join(folder, target))
                if path in by_path and path not in reader.files:
                    reader.read(by_path[path], reader.limits.largest_source)
                    pending.extend(filter(None, [reader.files.get(path)]))


def read_project(path: Path, *, patterns: tuple[str, ...] | None = None, limits: Limits | None = None) -> Project:
    """Read a project from the disk.

    Args:
        path: the project's root folder; it may itself be a link.
        patterns: the file patterns to read; by default those of every manifest format that trueup knows.
        limits: how much to read.

    Returns:
        The project. `listing` holds every path seen, `ignored` those that .gitignore files keep out of a commit and
        that git does not track all the same, `notes` what was left out and why.

    Raises:
        ProjectUnreadable: the path does not exist, is not a folder, or cannot be listed.
    """
    limits = limits or Limits()
    try:
        root = os.path.realpath(path)
        os.scandir(root).close()
    except FileNotFoundError:
        raise ProjectUnreadable(f"{path} does not exist.", hint="Name the folder that holds the project.") from None
    except NotADirectoryError:
        raise ProjectUnreadable(f"{path} is not a folder.", hint="Name the folder that holds the project.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ProjectUnreadable(f"{path} cannot be read: {reason}.", hint="Check the path and its rights.") from None
    walk = _Walk(root, limits)
    walk.run()
    walk.entries.extend(_linked_folders(walk, root))
    reader = _Reader(root, limits)
    _read_entries(walk.entries, reader, manifest_patterns() if patterns is None else patterns)
    _read_included(walk.entries, reader)
    index = _read_plain_file(f"{root}/.git/index", limits.most_bytes)[0] if walk.ignored else b""
    return Project(
        reader.files,
        frozenset(entry.path for entry in walk.entries),
        str(path),
        ignored=frozenset(walk.ignored) - tracked_paths(index),
        notes=(*walk.notes, *reader.note()),
    )
