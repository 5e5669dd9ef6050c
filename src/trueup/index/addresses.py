"""Addresses without their secrets, and what tells a file apart in the cache."""

from __future__ import annotations

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


def file_key(file: IndexFile) -> str:
    """What tells a file apart: its name and the start of its digest (else a checksum of its address)."""
    digest = file.hashes[0][1][:16] if file.hashes else f"{crc32(without_credentials(file.url).encode()):08x}"
    return f"{file.filename}.{digest}"
