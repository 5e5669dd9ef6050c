"""Addresses without their secrets, and what tells a file apart in the cache."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from zlib import crc32

from trueup.model.distribution import IndexFile

OFFLINE = "it is not in the cache, and --offline forbids to ask the index"
"""The reason of an answer that `--offline` keeps away."""
UNTOLD = "only running its own setup code would tell what it requires, which trueup never does"
"""Of an sdist whose files do not state what it requires."""


def without_credentials(url: str) -> str:
    """The address without user and password."""
    if "@" not in url:
        return url
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def split(url: str) -> SplitResult | None:
    """The parts of an address; None for one that is none: asking for it then fails with its reason."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def userinfo(parts: SplitResult) -> tuple[str, str] | None:
    """The user and password in an address."""
    if parts.username is None:
        return None
    return unquote(parts.username), unquote(parts.password or "")


def local_path(url: str) -> Path:
    """The path of a `file:` address."""
    return Path(unquote(urlsplit(url).path))


def file_key(file: IndexFile) -> str:
    """What tells a file apart: its name and the start of its digest, else a checksum of its address.

    A file of this machine may be built anew under its old name, so its size and time count, too.
    """
    if file.hashes:
        return f"{file.filename}.{file.hashes[0][1][:16]}"
    address = without_credentials(file.url)
    if address.startswith("file:"):
        with suppress(OSError):
            status = local_path(address).stat()
            address += f" {status.st_size} {status.st_mtime_ns}"
    return f"{file.filename}.{crc32(address.encode()):08x}"
