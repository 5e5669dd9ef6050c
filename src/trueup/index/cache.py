"""What the index said, kept on disk: small pieces, loaded only as far as they are asked for.

A page is one file: a line with the checksum and length of a header, the header (JSON: validators, and of each version
the checksum of its files and where in the page they are), and the page as it came. Loading reads the header; the files
of a version are read when somebody asks for them. The file's modification time is when the index last confirmed it.
Other pieces (metadata, sdist members) never change and are files with a checksum.

Every write goes to a temporary file that is then renamed, so that a second process, or Ctrl-C, never leaves a half of
one. What does not match its checksum is deleted and treated as not there.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import adler32, crc32

from trueup.errors import IndexUnavailable
from trueup.index.held import PageReleases, spelled
from trueup.index.pages import Outline, Page, decode, filenames, outline
from trueup.model.distribution import IndexFile

FORMAT = "index-2"
"""The folder's name; another layout gets another one, and the old one ages out."""
DEFAULT_LIMIT = 512 * 1024 * 1024
"""Bytes that the cache may take."""
_MAGIC = b"trueup 1 "
_LINE = len(_MAGIC) + 8 + 1 + 10 + 1
_FIRST_READ = 128 * 1024
_MOST_READS = 16
"""Chunks that are read from a file one by one; who wants more gets the whole page at once."""
_SAFE = re.compile(r"[A-Za-z0-9][\w.+!-]{0,180}\Z", re.ASCII)
_TIDY_EVERY = 3600.0


class DamagedError(ValueError):
    """A piece does not match its checksum."""


def default_folder() -> Path:
    """Where the cache lies: TRUEUP_CACHE_DIR, else the system's place for caches (XDG_CACHE_HOME on Unix)."""
    if given := os.environ.get("TRUEUP_CACHE_DIR"):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "trueup" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "trueup"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trueup"


def index_key(url: str) -> str:
    """A short name for an index's address (without credentials), for folders."""
    raw = url.encode()
    return f"{crc32(raw):08x}{adler32(raw):08x}"


@dataclass
class CachedPage:
    """A page in the cache, as releases: its header is loaded, its chunks are read when asked for.

    `missing` says that the index has no such project; `validated` is when it was last confirmed (seconds since the
    epoch). `reload` gets the page anew where a chunk turns out damaged.
    """

    path: Path
    header: dict[str, Any]
    start: int
    generation: bytes
    validated: float
    body: bytes | None = None
    reload: Callable[[], CachedPage | PageReleases | None] | None = None
    _chunks: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _files: dict[str, tuple[IndexFile, ...]] = field(default_factory=dict)
    _names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _reads: int = 0

    def __post_init__(self) -> None:
        self._chunks = {version: tuple(numbers) for version, *numbers in self.header["versions"]}

    @property
    def name(self) -> str:
        """The normalised name."""
        return str(self.header["name"])

    @property
    def missing(self) -> bool:
        """Whether the index answered that it has no such project."""
        return bool(self.header["form"] == "missing")

    @property
    def validators(self) -> dict[str, str]:
        """The headers of a conditional request."""
        names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
        return {sent: self.header[kept] for kept, sent in names.items() if self.header.get(kept)}

    def versions(self) -> Sequence[str]:
        """Every version, newest first."""
        return tuple(self._chunks)

    def files(self, version: str) -> Sequence[IndexFile]:
        """The files of a version.

        Raises:
            IndexUnavailable: the cached page is damaged and the index does not give it again.
        """
        spelling = spelled(version, self._chunks)
        if spelling is None:
            return ()
        if spelling not in self._files:
            try:
                self._files[spelling] = decode(
                    self.header["form"], self.header["base"], spelling, self._chunk(spelling)
                )
            except ValueError:
                return self._renewed().files(version)
        return self._files[spelling]

    def filenames(self, version: str) -> Sequence[str]:
        """The names of a version's files, in the order of `files`; much cheaper.

        Raises:
            IndexUnavailable: as for `files`.
        """
        spelling = spelled(version, self._chunks)
        if spelling is None:
            return ()
        if spelling not in self._names:
            try:
                self._names[spelling] = filenames(self.header["form"], self._chunk(spelling))
            except ValueError:
                return self._renewed().filenames(version)
        return self._names[spelling]

    def outline(self, version: str) -> Outline | None:
        """What all files of a version have in common, if they have; much cheaper than `files`.

        Raises:
            IndexUnavailable: as for `files`.
        """
        spelling = spelled(version, self._chunks)
        if spelling is None:
            return None
        try:
            return outline(self.header["form"], self._chunk(spelling))
        except ValueError:
            return self._renewed().outline(version)

    def _chunk(self, version: str) -> bytes:
        check, *edges = self._chunks[version]
        self._reads += 1
        if self._reads == _MOST_READS and self.body is None:
            self.body = self._read(0, self.header["size"])
        held = self.body
        spans = zip(edges[::2], edges[1::2], strict=True)
        parts = [self._read(a, b - a) if held is None else held[a:b] for a, b in spans]
        chunk = parts[0] if len(parts) == 1 else b"".join(parts)
        if crc32(chunk) != check:
            raise DamagedError(self.path.name)
        return chunk

    def _read(self, offset: int, length: int) -> bytes:
        """A part of the body, from the same generation of the file as the header."""
        try:
            with self.path.open("rb", buffering=0) as file:
                if file.read(_LINE) != self.generation:
                    raise DamagedError("replaced by another process")
                file.seek(self.start + offset)
                parts = []
                while length and (part := file.read(length)):
                    parts.append(part)
                    length -= len(part)
                return b"".join(parts)
        except OSError as error:
            raise DamagedError(str(error)) from error

    def _renewed(self) -> CachedPage | PageReleases:
        """The page again: as another process has written it, else from the index."""
        again = load_page(self.path)
        if again is not None and again.generation != self.generation:
            again.reload = self.reload
            return again
        _remove(self.path)
        fresh = self.reload() if self.reload else None
        if fresh is None:
            raise IndexUnavailable(
                f"the cached page of {self.name} is damaged and the index did not give it again",
                hint="run it again without --offline, when the index answers",
            )
        return fresh


def load_page(path: Path) -> CachedPage | None:
    """The page that a file of the cache holds; None where there is none. A damaged one is deleted."""
    try:
        with path.open("rb", buffering=0) as file:
            stat = os.fstat(file.fileno())
            data = file.read(_FIRST_READ)
            line = data[:_LINE]
            end = _LINE + int(line[-11:-1])
            while len(data) < end and (more := file.read(end - len(data))):
                data += more
        header = data[_LINE:end]
        if not line.startswith(_MAGIC) or crc32(header) != int(line[len(_MAGIC) : len(_MAGIC) + 8], 16):
            raise DamagedError(path.name)
        body = data[end:] if len(data) == stat.st_size else None
        return CachedPage(path, json.loads(header), end, line, stat.st_mtime, body)
    except OSError:
        return None
    except (ValueError, KeyError, TypeError):
        _remove(path)
        return None


class Cache:
    """The cache in one folder. All of it may vanish or break at any time; nothing here raises for that."""

    def __init__(self, folder: Path | None = None, *, limit: int = DEFAULT_LIMIT) -> None:
        self.folder = (folder or default_folder()) / FORMAT
        self.limit = limit
        self._wrote = False

    def page_path(self, index: str, name: str) -> Path:
        """Where the page of a project of an index lies."""
        return self.folder / "pages" / index_key(index) / _safe(name)

    def page(self, index: str, name: str) -> CachedPage | None:
        """The cached page of a project, or None; `index` is the index's address without credentials."""
        page = load_page(self.page_path(index, name))
        return page if page is not None and page.header.get("index") == index and page.name == name else None

    def store_page(
        self, index: str, name: str, page: Page | None, *, etag: str | None = None, modified: str | None = None
    ) -> CachedPage | None:
        """Keep a page (None: the index has no such project); None where it cannot be written."""
        body = page.body if page is not None else b""
        view, versions = memoryview(body), []
        for version, spans in page.spans.items() if page is not None else ():
            check = 0
            for start, end in spans:
                check = crc32(view[start:end], check)
            versions.append([version, check, *(edge for span in spans for edge in span)])
        fields = {
            "name": name, "index": index, "form": page.form if page else "missing", "base": page.base if page else "",
            "etag": etag, "modified": modified, "size": len(body), "versions": versions,
        }  # fmt: skip
        header = json.dumps(fields, separators=(",", ":")).encode()
        path = self.page_path(index, name)
        if not self._write(path, [_line(header), header, body]):
            return None
        return load_page(path)

    def state_of_page(self, index: str, name: str) -> tuple[bytes, float] | None:
        """What tells one state of a cached page from another, and when it was last confirmed; None where there is none.

        The first line of the file holds the checksum of its header, which holds those of all chunks.
        """
        try:
            with self.page_path(index, name).open("rb", buffering=0) as file:
                return file.read(_LINE), os.fstat(file.fileno()).st_mtime
        except OSError:
            return None

    def drop_page(self, index: str, name: str) -> None:
        """Forget what an index said about a project."""
        _remove(self.page_path(index, name))

    def confirm(self, page: CachedPage) -> None:
        """Note that the index has just confirmed a page."""
        page.validated = time.time()
        with contextlib.suppress(OSError):
            os.utime(page.path)

    def blob(self, kind: str, key: str) -> bytes | None:
        """A piece that never changes, or None. A damaged one is deleted."""
        path = self._blob_path(kind, key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        content = data[_LINE:]
        if data[:_LINE] == _line(content):
            return content
        _remove(path)
        return None

    def store_blob(self, kind: str, key: str, content: bytes) -> None:
        """Keep a piece that never changes."""
        self._write(self._blob_path(kind, key), [_line(content), content])

    def drop_blob(self, kind: str, key: str) -> None:
        """Forget a piece whose content makes no sense."""
        _remove(self._blob_path(kind, key))

    def tidy(self, *, now: bool = False) -> None:
        """Bring the cache under its limit, the longest unused first; at most hourly, and only after a write."""
        if not (self._wrote or now):
            return
        mark = self.folder / "tidied"
        with contextlib.suppress(OSError):
            if not now and time.time() - mark.stat().st_mtime < _TIDY_EVERY:
                return
        with contextlib.suppress(OSError):
            mark.touch()
            os.utime(mark)
        self._evict(mark)

    def _evict(self, mark: Path) -> None:
        found: list[tuple[float, int, Path]] = []
        for path, stat in _walk(self.folder):
            if path.suffix == ".part" and time.time() - stat.st_mtime > _TIDY_EVERY:
                _remove(path)
            elif path != mark:
                found.append((max(stat.st_atime, stat.st_mtime), stat.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self.limit:
                break
            _remove(path)
            total -= size

    def _blob_path(self, kind: str, key: str) -> Path:
        key = _safe(key)
        return self.folder / kind / f"{crc32(key.encode()) % 256:02x}" / key

    def _write(self, path: Path, parts: Sequence[bytes]) -> bool:
        """Write a file in one step; False where the folder cannot be written."""
        part = path.with_name(f".{path.name[:40]}.{os.getpid()}.{time.monotonic_ns()}.part")
        try:
            try:
                file = part.open("wb")
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True)
                file = part.open("wb")
            with file:
                file.writelines(parts)
            part.replace(path)
        except OSError:
            _remove(part)
            return False
        except BaseException:
            _remove(part)
            raise
        self._wrote = True
        return True


def _line(content: bytes) -> bytes:
    return b"%s%08x %010d\n" % (_MAGIC, crc32(content), len(content))


def _safe(name: str) -> str:
    """A name that can be a file's on every system; unusual ones are replaced by checksums."""
    if _SAFE.match(name):
        return name
    raw = name.encode("utf-8", "surrogatepass")
    return f"_{crc32(raw):08x}{adler32(raw):08x}{len(raw)}"


def _walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            with contextlib.suppress(OSError):
                yield path, path.stat()


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
