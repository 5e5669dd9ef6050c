"""Metadata and sdist members over the network, with as few bytes as possible. Imported on first use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from zlib import crc32

from trueup import __version__
from trueup.index.addresses import OFFLINE, UNTOLD, file_key, local_path
from trueup.index.archives import ArchiveError, HashingReader, Readable, read_sdist, wheel_metadata
from trueup.index.cache import Cache
from trueup.index.interface import Unavailable
from trueup.index.metadata import MetadataError, check_identity, encode, parse_headers, static_metadata
from trueup.index.names import normalise
from trueup.index.trouble import TransportError
from trueup.model.distribution import CoreMetadata, IndexFile

if TYPE_CHECKING:
    from trueup.index.transport import Transport

METADATA_LIMIT = 16_000_000
WHOLE_WHEEL_LIMIT = 64_000_000
"""Bytes of the largest wheel that is read whole, where a server does not give parts."""
SDIST_LIMIT = 120_000_000
_STATIC = ("PKG-INFO", "pyproject.toml", "setup.py", "setup.cfg", "*.egg-info/requires.txt", "*.egg-info/PKG-INFO")

_ROOT_FILES = frozenset({b"PKG-INFO", b"pyproject.toml", b"setup.py"})
"""Files of which every sdist has one at its root."""


class MetadataFetcher:
    """Reads what is inside distributions; `transport` is asked for only where something must be fetched."""

    def __init__(
        self,
        transport: Callable[[], Transport],
        cache: Cache,
        siblings: Callable[[IndexFile], Sequence[IndexFile]],
    ) -> None:
        self._transport = transport
        self._cache = cache
        self._siblings = siblings

    def metadata(self, file: IndexFile) -> CoreMetadata | Unavailable:
        """The metadata of one wheel or sdist; kept in the cache."""
        try:
            found = self._found(file)
        except TransportError as error:
            return Unavailable(file.filename, f"its metadata did not come: {error.reason}")
        except (ArchiveError, MetadataError) as error:
            return Unavailable(file.filename, f"its metadata cannot be read: {error}")
        except OSError as error:
            return Unavailable(file.filename, f"its metadata cannot be read ({type(error).__name__})")
        if found is None:
            if _best_sibling(self._siblings(file)) is None:  # else a wheel could have told, and did not come
                self._cache.store_blob("metadata", file_key(file), json.dumps([__version__]).encode())
            return Unavailable(file.filename, UNTOLD, transient=False)
        self._cache.store_blob("metadata", file_key(file), json.dumps(encode(found)).encode())
        return found

    def _found(self, file: IndexFile) -> CoreMetadata | None:
        name = _project_name(file)
        if file.has_metadata and (core := self._offered(file, name)) is not None:
            return core
        if file.is_wheel:
            data = wheel_metadata(lambda start, end: self._part(file, start, end), name)
            core = parse_headers(data, file.filename).core
            check_identity(core, name, file.version)
            return core
        wheel = _best_sibling(self._siblings(file))
        if wheel is not None:
            try:
                return self._found(wheel)
            except (TransportError, ArchiveError, MetadataError):
                pass  # the sdist itself may still tell
        return self._from_sdist(file, name)

    def _offered(self, file: IndexFile, name: str) -> CoreMetadata | None:
        """The `.metadata` file beside a distribution (PEP 658); None where the index promised one and has none."""
        try:
            body = self._transport().get(f"{file.url}.metadata", limit=METADATA_LIMIT).body
        except TransportError as error:
            if error.status in (403, 404, 410):
                return None
            raise
        _check_hash(file.metadata_hash, body, "its .metadata file")
        headers = parse_headers(body, f"{file.filename}.metadata")
        check_identity(headers.core, name, file.version)
        return headers.core if file.is_wheel or headers.is_static else None

    def _part(self, file: IndexFile, start: int, end: int) -> tuple[bytes, int]:
        """Bytes of a file and its whole size; where the server gives no parts, the whole file."""
        if file.url.startswith("file:"):
            return _local_part(file, start, end)
        span = f"bytes={start}" if start < 0 else f"bytes={start}-{end - 1}"
        headers = {"Range": span, "Accept-Encoding": "identity"}
        transport = self._transport()
        accepted = frozenset({200, 206, 400, 416, 501})
        answer = transport.get(file.url, headers, limit=WHOLE_WHEEL_LIMIT, accepted=accepted)
        if answer.status == 206:
            size = answer.headers.get("content-range", "").rpartition("/")[2]
            if not (size.isascii() and size.isdigit() and len(size) < 20):
                raise ArchiveError("the server's answer does not say how large the file is")
            return answer.body, int(size)
        body = answer.body
        if answer.status != 200:
            body = transport.get(file.url, {"Accept-Encoding": "identity"}, limit=WHOLE_WHEEL_LIMIT).body
        _check_hashes(file, body)
        return (body, len(body)) if start < 0 else (body[start:end], len(body))

    def _from_sdist(self, file: IndexFile, name: str) -> CoreMetadata | None:
        _, kept = self._read(file, _STATIC, _says_enough)
        core = static_metadata(kept, name, file.version, file.filename)
        if core is not None:
            check_identity(core, name, file.version)
        return core

    def sdist_files(self, file: IndexFile, names: Sequence[str], *, offline: bool) -> Mapping[str, bytes] | Unavailable:
        """Members of an sdist that match, and under "" all members' paths; kept in the cache."""
        key = f"{file_key(file)}.{crc32(chr(10).join(names).encode()):08x}"
        if (known := self._kept_files(key)) is not None:
            return known
        if offline:
            return Unavailable(file.filename, OFFLINE)
        try:
            members, kept = self._read(file, names, lambda _: False)
        except TransportError as error:
            return Unavailable(file.filename, f"it did not come: {error.reason}")
        except ArchiveError as error:
            return Unavailable(file.filename, f"it cannot be looked into: {error}")
        except OSError as error:
            return Unavailable(file.filename, f"it cannot be looked into ({type(error).__name__})")
        found = {"": "\n".join(members).encode("utf-8", "surrogateescape"), **kept}
        content = json.dumps({path: data.decode("latin-1") for path, data in found.items()})
        self._cache.store_blob("sdists", key, content.encode())
        return found

    def _kept_files(self, key: str) -> Mapping[str, bytes] | None:
        kept = self._cache.blob("sdists", key)
        if kept is None:
            return None
        try:
            files = {path: text.encode("latin-1") for path, text in json.loads(kept).items()}
        except (ValueError, AttributeError):
            self._cache.drop_blob("sdists", key)
            return None
        # Earlier releases took the first folder off the paths of archives that have none around their files.
        return files if _ROOT_FILES & set(files.get("", b"").split(b"\n")) else None

    def _read(
        self, file: IndexFile, names: Sequence[str], enough: Callable[[Mapping[str, bytes]], bool]
    ) -> tuple[list[str], dict[str, bytes]]:
        """Read an sdist front to back; its hash is checked wherever it is read to the end."""

        def wanted(path: str) -> bool:
            return any(fnmatchcase(path, name) for name in names)

        def read(source: Readable) -> tuple[list[str], dict[str, bytes]]:
            algorithm, digest = next(
                ((a, d) for a, d in file.hashes if a in hashlib.algorithms_available), ("sha256", "")
            )
            reader = HashingReader(source, SDIST_LIMIT, algorithm)
            members, kept, complete = read_sdist(reader, file.filename, wanted, enough)
            if complete and digest and reader.digest() != digest.lower():
                raise ArchiveError("it does not match the hash on the index")
            return members, kept

        if file.url.startswith("file:"):
            with local_path(file.url).open("rb") as local:
                return read(local)
        with self._transport().stream(file.url) as response:
            return read(response)


def _project_name(file: IndexFile) -> str:
    """The normalised name of the project that a file belongs to."""
    if file.is_wheel:
        return normalise(file.filename.split("-")[0])
    return normalise(file.filename.partition(f"-{file.version}")[0])


def _best_sibling(files: Sequence[IndexFile]) -> IndexFile | None:
    """The wheel of a version that most likely speaks for its sdist: one with metadata, of any system, or for Linux."""
    wheels = [file for file in files if file.is_wheel]
    for offered in (True, False):
        for mark in ("-none-any.whl", "linux", ""):
            for file in wheels:
                if mark in file.filename and (file.has_metadata or not offered):
                    return file
    return None


def _says_enough(kept: Mapping[str, bytes]) -> bool:
    """Whether an sdist's PKG-INFO was met that already tells its requirements."""
    if "PKG-INFO" not in kept:
        return False
    try:
        return parse_headers(kept["PKG-INFO"], "").is_static
    except MetadataError:
        return False


def _check_hash(stated: str | None, body: bytes, what: str) -> None:
    algorithm, _, digest = (stated or "").partition("=")
    if digest and algorithm in hashlib.algorithms_available:
        actual = hashlib.new(algorithm, body).hexdigest()
        if actual != digest.lower():
            raise ArchiveError(f"{what} does not match the hash on the index")


def _check_hashes(file: IndexFile, body: bytes) -> None:
    for algorithm, digest in file.hashes:
        _check_hash(f"{algorithm}={digest}", body, "it")


def _local_part(file: IndexFile, start: int, end: int) -> tuple[bytes, int]:
    path = local_path(file.url)
    size = path.stat().st_size
    with path.open("rb") as local:
        if start < 0:
            start, end = max(size + start, 0), size
        local.seek(start)
        return local.read(end - start), size
