"""Members of wheels and sdists, read with as few bytes as possible and within limits. Nothing is unpacked to disk."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Protocol

from trueup.index.names import normalise

TAIL = 32 * 1024
"""Bytes read at once from a wheel's end: usually its whole directory, and METADATA, which stands before it."""
_STORED, _DEFLATED = 0, 8
"""Zip's methods of packing."""
_MEMBER_LIMIT = 16 * 1024 * 1024
_KEPT_LIMIT = 2 * 1024 * 1024
_UNPACKED_LIMIT = 600 * 1024 * 1024
_MEMBERS_LIMIT = 100_000
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_METADATA = b".dist-info/METADATA"


class ArchiveError(ValueError):
    """An archive is damaged, too large or of an unknown kind; the message says which."""


class Readable(Protocol):
    """What an sdist is read from."""

    def read(self, amount: int) -> bytes:
        """At most that many bytes; empty at the end."""


def wheel_metadata(read: Callable[[int, int], tuple[bytes, int]], name: str) -> bytes:
    """METADATA of a wheel, by reading parts of it.

    Args:
        read: gives the bytes from `start` to `end` (exclusive) and the file's whole size. A negative start with end 0
            means the last bytes. It may give more than was asked for if it also moves the start: only for the tail,
            where all of the file may come back.
        name: the project's normalised name.

    Raises:
        ArchiveError: it is no wheel, or a damaged one.
    """
    tail, size = read(-TAIL, 0)
    first = size - len(tail)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise ArchiveError("it is no zip archive, or one that is cut off")
    _, _, _, _, _, directory_size, directory_start, _ = _END.unpack_from(tail, at)
    if directory_start == 0xFFFFFFFF or directory_start + directory_size > size:
        raise ArchiveError("its directory cannot be read")
    if directory_start < first:
        front, _ = read(directory_start, first)
        tail, first = front + tail, directory_start
    directory = tail[directory_start - first : directory_start - first + directory_size]
    method, check, packed, unpacked, start, name_length = _find_metadata(directory, name)
    if unpacked > _MEMBER_LIMIT or packed > _MEMBER_LIMIT:
        raise ArchiveError("its METADATA is too large")
    end = min(start + _LOCAL.size + name_length + 512 + packed, directory_start)
    raw = tail[start - first : end - first] if start >= first else read(start, end)[0]
    return _unpack(raw, method, check, packed)


def _find_metadata(directory: bytes, name: str) -> tuple[int, int, int, int, int, int]:
    """Method, CRC, packed and unpacked size, start and length of the name of the METADATA that belongs to a project."""
    at = directory.find(_METADATA)
    while at >= 0:
        end = at + len(_METADATA)
        header = directory.rfind(b"PK\x01\x02", 0, at)
        if header >= 0 and header + _ENTRY.size <= len(directory):
            fields = _ENTRY.unpack_from(directory, header)
            method, check, packed, unpacked, name_length, start = fields[4], *fields[7:10], fields[10], fields[16]
            path = directory[header + _ENTRY.size : end].decode("utf-8", "replace")
            folder = path.removesuffix(_METADATA.decode())
            if name_length == len(path.encode()) and "/" not in folder and normalise(folder.split("-")[0]) == name:
                return method, check, packed, unpacked, start, name_length
        at = directory.find(_METADATA, end)
    raise ArchiveError("it holds no METADATA of this project")


def _unpack(raw: bytes, method: int, check: int, packed: int) -> bytes:
    if len(raw) < _LOCAL.size or raw[:4] != b"PK\x03\x04":
        raise ArchiveError("it is damaged")
    name_length, extra_length = _LOCAL.unpack_from(raw)[9:11]
    start = _LOCAL.size + name_length + extra_length
    data = raw[start : start + packed]
    try:
        if method == _DEFLATED:
            data = zlib.decompressobj(-15).decompress(data, _MEMBER_LIMIT)
        elif method != _STORED:
            raise ArchiveError("it is packed in a way that wheels are not")
    except zlib.error as error:
        raise ArchiveError("it is damaged") from error
    if zlib.crc32(data) != check:
        raise ArchiveError("its METADATA does not match its checksum")
    return data


class HashingReader:
    """A reader that counts and hashes what passes through it.

    Raises (from `read`):
        ArchiveError: more than `limit` bytes came.
    """

    def __init__(self, source: Readable, limit: int, algorithm: str = "sha256") -> None:
        self._source = source
        self._left = limit
        self._hash = hashlib.new(algorithm)

    def read(self, amount: int) -> bytes:
        """As of the source."""
        data = self._source.read(amount)
        self._left -= len(data)
        if self._left < 0:
            raise ArchiveError("it is too large to be looked into")
        self._hash.update(data)
        return data

    def digest(self) -> str:
        """The hex digest, after reading to the end."""
        while self.read(1 << 20):
            pass
        return self._hash.hexdigest()


def read_sdist(
    source: Readable,
    filename: str,
    wanted: Callable[[str], bool],
    enough: Callable[[Mapping[str, bytes]], bool] = lambda _: False,
) -> tuple[list[str], dict[str, bytes], bool]:
    """Members of an sdist.

    Args:
        source: the archive, read front to back.
        filename: its name, which says the kind.
        wanted: which members to keep, by their path below the top folder; larger ones than 2 MB are cut.
        enough: asked after each kept member; true ends the reading.

    Returns:
        All members' paths below the top folder (those seen so far), the kept ones, and whether all was read.

    Raises:
        ArchiveError: it is damaged, too large or of an unknown kind.
    """
    import tarfile  # with zipfile, only where a file was fetched: they cost start-up time
    import zipfile

    try:
        if filename.endswith(".zip"):
            return _read_zip(source, wanted)
        return _read_tar(source, filename, wanted, enough)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError) as error:
        raise ArchiveError("it is damaged, or no archive of its kind") from error
    except (OSError, RuntimeError) as error:
        if isinstance(error, tarfile.ReadError) or type(error).__name__ in ("BadGzipFile", "RuntimeError"):
            raise ArchiveError("it is damaged, or no archive of its kind") from error
        raise


def _read_tar(
    source: Readable, filename: str, wanted: Callable[[str], bool], enough: Callable[[Mapping[str, bytes]], bool]
) -> tuple[list[str], dict[str, bytes], bool]:
    import tarfile

    members: list[str] = []
    kept: dict[str, bytes] = {}
    unpacked = 0
    has_top: bool | None = None
    suffix = next((kind for end, kind in _TAR_KINDS if filename.endswith(end)), None)
    if suffix is None:
        raise ArchiveError("archives of this kind are not looked into")
    with tarfile.open(fileobj=_AsFile(source), mode=f"r|{suffix}") as archive:  # type: ignore[call-overload]
        for member in archive:
            unpacked += member.size + 512
            if unpacked > _UNPACKED_LIMIT or len(members) > _MEMBERS_LIMIT:
                raise ArchiveError("it is too large to be looked into")
            if not member.isfile():
                continue
            has_top = _is_in_folder(member.name) if has_top is None else has_top
            path = _below_top(member.name, has_top=has_top)
            if not path:
                continue
            members.append(path)
            if wanted(path):
                file = archive.extractfile(member)
                kept[path] = file.read(_KEPT_LIMIT) if file else b""
                if enough(kept):
                    return members, kept, False
    return members, kept, True


def _read_zip(source: Readable, wanted: Callable[[str], bool]) -> tuple[list[str], dict[str, bytes], bool]:
    import zipfile

    data = bytearray()
    while part := source.read(1 << 20):
        data += part
    members: list[str] = []
    kept: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = [info for info in archive.infolist()[:_MEMBERS_LIMIT] if not info.is_dir()]
        has_top = bool(files) and _is_in_folder(files[0].filename)
        for info in files:
            path = _below_top(info.filename, has_top=has_top)
            if not path:
                continue
            members.append(path)
            if wanted(path):
                with archive.open(info) as file:
                    kept[path] = file.read(_KEPT_LIMIT)
    return members, kept, True


def _is_in_folder(path: str) -> bool:
    """Whether the first file lies in a folder: a few old sdists have none around their files, and pip takes them so.

    Source: https://github.com/pypa/pip/blob/6d3092057/src/pip/_internal/utils/unpacking.py#L64 (`has_leading_dir`,
    read 2026-11-20).
    """
    return "/" in path.removeprefix("./")


def _below_top(path: str, *, has_top: bool) -> str:
    path = path.removeprefix("./")
    return path.partition("/")[2] if has_top else path


class _AsFile:
    """Just enough of a file for tarfile's stream mode."""

    def __init__(self, source: Readable) -> None:
        self._source = source

    def read(self, amount: int = -1) -> bytes:
        parts = []
        while amount > 0 and (part := self._source.read(amount)):
            parts.append(part)
            amount -= len(part)
        return b"".join(parts)


_TAR_KINDS = (
    (".tar.gz", "gz"), (".tgz", "gz"), (".tar.bz2", "bz2"), (".tbz", "bz2"), (".tar.xz", "xz"), (".txz", "xz"),
    (".tar.lzma", "xz"), (".tlz", "xz"), (".tar", ""),
)  # fmt: skip
