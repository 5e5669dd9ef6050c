"""A project's page in its JSON form (PEP 691, 700). Pure. A chunk has a line of JSON for each file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from trueup.index.names import release_version
from trueup.index.page import NotAnIndexPageError, Outline, Page, Span, absolute, check_api_version, has_sdist, ordered
from trueup.model.distribution import IndexFile


def parse(name: str, body: bytes, url: str) -> Page:
    """Cut a page into versions. Args and errors are those of `pages.parse_page`."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAnIndexPageError("its JSON is broken or cut off") from error
    files = document.get("files") if isinstance(document, dict) else None
    if not isinstance(files, list):
        raise NotAnIndexPageError("its JSON is not that of an index page")
    meta = document.get("meta")
    if isinstance(meta, dict):
        check_api_version(str(meta.get("api-version", "1.0")))
    grouped: dict[str, list[Span]] = {}
    lines, at = [], 0
    for file in files:
        if not isinstance(file, dict) or not isinstance(file.get("url"), str):
            continue
        filename = str(file.get("filename") or unquote(file["url"].partition("#")[0].rpartition("/")[2]))
        version = release_version(filename, name)
        if version is not None:
            line = f"{json.dumps(_json_row(filename, file), separators=(',', ':'))}\n".encode()
            lines.append(line)
            grouped.setdefault(version, []).append((at, at + len(line)))
            at += len(line)
    return Page(name, "json", url, b"".join(lines), ordered(grouped))


def decode(base: str, version: str, chunk: bytes) -> tuple[IndexFile, ...]:
    """The files of one version from a chunk.

    Raises:
        ValueError: the chunk is damaged.
    """
    return tuple(_json_file(row, base, version) for row in _rows(chunk))


def filenames(chunk: bytes) -> tuple[str, ...]:
    """The names alone, of the same files in the same order as `decode` gives.

    Raises:
        ValueError: the chunk is damaged.
    """
    return tuple(row[0] for row in _rows(chunk))


def outline(chunk: bytes) -> Outline | None:
    """What all files of a version have in common; None where they differ or one is yanked.

    Raises:
        ValueError: the chunk is damaged.
    """
    rows = _rows(chunk)
    required = {row[3] or "" for row in rows}
    if len(required) != 1 or any(row[4] is not None for row in rows):
        return None
    return Outline(required.pop(), has_sdist(row[0] for row in rows))


def _rows(chunk: bytes) -> list[list[Any]]:
    return [json.loads(line) for line in chunk.splitlines()]


def _json_row(filename: str, file: Mapping[str, Any]) -> list[Any]:
    """What is kept of a file's entry, checked for its types, as a list."""
    hashes = file.get("hashes")
    metadata = file.get("core-metadata", file.get("dist-info-metadata", False))
    yanked = file.get("yanked", False)
    return [
        filename,
        file["url"],
        {str(key): str(value) for key, value in hashes.items()} if isinstance(hashes, dict) else {},
        file.get("requires-python") if isinstance(file.get("requires-python"), str) else None,
        yanked if isinstance(yanked, str) else ("" if yanked else None),
        metadata if isinstance(metadata, (bool, dict)) else False,
        file.get("size") if isinstance(file.get("size"), int) else None,
        file.get("upload-time") if isinstance(file.get("upload-time"), str) else None,
    ]


def _json_file(row: list[Any], base: str, version: str) -> IndexFile:
    filename, url, hashes, requires_python, yanked, metadata, size, uploaded = row
    digests = metadata if isinstance(metadata, dict) else {}
    return IndexFile(
        filename=filename,
        url=absolute(base, url.partition("#")[0]),
        version=version,
        hashes=tuple(hashes.items()),
        requires_python=requires_python or None,
        yanked=yanked,
        has_metadata=bool(metadata) or metadata == {},
        metadata_hash=next((f"{key}={value}" for key, value in digests.items()), None),
        size=size,
        uploaded=uploaded,
    )
