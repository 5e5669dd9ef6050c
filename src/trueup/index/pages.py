"""A project's page on an index, in its JSON form (PEP 691, 700) and its HTML form (PEP 503, 592, 629, 658, 714). Pure.

A page may list thousands of files, of which a prediction looks at a few versions. So a page is only cut into versions
when it arrives: the files of each version are one chunk of bytes, which `decode` reads when somebody asks for it.
No document tree is built.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urljoin

from trueup.index.names import SDIST_SUFFIXES, newest_first, parsed_version, release_version
from trueup.model.distribution import IndexFile

JSON_TYPES = ("application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.latest+json", "application/json")
HTML_TYPES = ("text/html", "application/vnd.pypi.simple.v1+html", "application/xhtml+xml")
ACCEPT = f"{JSON_TYPES[0]}, {HTML_TYPES[1]}; q=0.2, text/html; q=0.1"

_REST = rb"""(?:[^>"']+|"[^"]*"|'[^']*')*+"""
_FILE = re.compile(rb"""\0href="(?:[^"#?<>]*/)?([^"#?/<>]*)[^"<>]*\"""")
_ANCHOR_START = re.compile(rb"<a\s+", re.IGNORECASE)
_TAG = re.compile(_REST)
_ATTRIBUTE = re.compile(rb"""([a-zA-Z][\w-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_USUAL = re.compile(
    r"""\0href="(https?://[^"&%?#\0]*/([^"&%?#/\0]+))(?:#([a-z0-9]+)=([^"&\0]+))?\""""
    r"""((?: [a-z-]+="[^"\0]*")*)>"""
)
_PAIR = re.compile(r"""([a-z-]+)="([^"]*)\"""")
_REQUIRES_PYTHON = re.compile(rb"""\sdata-requires-python="([^"]*)\"""")
_BASE = re.compile(rb"<base\s(" + _REST + rb")>", re.IGNORECASE)
_META = re.compile(rb"<meta\s(" + _REST + rb")>", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_EMPTY_PAGE = re.compile(rb"pypi:repository-version|links\s+for\s", re.IGNORECASE)


_NEW: list[bytes] = []


class NotAnIndexPageError(ValueError):
    """What arrived is not the page of a project; the message says what it is instead."""


@dataclass(frozen=True, slots=True)
class Page:
    """A project's page, cut into versions.

    `form` is "html" or "json"; `base` is the address that relative ones refer to, without credentials; `chunks` holds
    the undecoded files by version, newest version first.
    """

    name: str
    form: str
    base: str
    chunks: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Outline:
    """What all files of a version have in common; none of them is yanked.

    `requires_python` is empty where none names a Python.
    """

    requires_python: str
    has_sdist: bool


def parse_page(name: str, content_type: str, body: bytes, url: str) -> Page:
    """Cut a page into versions.

    Args:
        name: the project's normalised name; files of other projects on the page are left out.
        content_type: the answer's media type; parameters are ignored.
        body: the whole page.
        url: its final address, without credentials.

    Raises:
        NotAnIndexPageError: it is something else: another content type, an error page, a newer API.
    """
    kind = content_type.split(";")[0].strip().lower()
    if kind in JSON_TYPES:
        return _parse_json(name, body, url)
    if kind in HTML_TYPES:
        return _parse_html(name, body, url)
    raise NotAnIndexPageError(f"it answered with content type {kind or 'none'!r}, which no index page has")


def decode(form: str, base: str, version: str, chunk: bytes) -> tuple[IndexFile, ...]:
    """The files of one version from a page's chunk.

    Raises:
        ValueError: the chunk is damaged.
    """
    if form == "json":
        return tuple(_json_file(row, base, version) for row in json.loads(chunk))
    return _usual_files(chunk, version) or tuple(_html_file(anchor, base, version) for anchor in chunk.split(b"\0"))


def filenames(form: str, chunk: bytes) -> tuple[str, ...]:
    """The names alone, of the same files in the same order as `decode` gives; much cheaper.

    Raises:
        ValueError: the chunk is damaged.
    """
    if form == "json":
        return tuple(row[0] for row in json.loads(chunk))
    names = _FILE.findall(b"\0" + chunk)
    if len(names) == chunk.count(b"\0") + 1 and b"%" not in (joined := b"\0".join(names)) and b"&" not in joined:
        return tuple(joined.decode("utf-8", "replace").split("\0"))
    return tuple(_plain(_filename(anchor)) for anchor in chunk.split(b"\0"))


def outline(form: str, chunk: bytes) -> Outline | None:
    """What all files of a version have in common, much cheaper than `decode`; None where they differ or one is yanked.

    Raises:
        ValueError: the chunk is damaged.
    """
    if form == "json":
        rows = json.loads(chunk)
        required = {row[3] or "" for row in rows}
        if len(required) != 1 or any(row[4] is not None for row in rows):
            return None
        return Outline(required.pop(), _has_sdist(row[0] for row in rows))
    found: list[bytes] = _REQUIRES_PYTHON.findall(chunk)
    lower = chunk.lower()
    if len(set(found)) > 1 or lower.count(b"requires-python") != len(found) or b"data-yanked" in lower:
        return None
    if found and len(found) != chunk.count(b"\0") + 1:
        return None
    text = found[0].decode("utf-8", "replace") if found else ""
    return Outline(_unescaped(text), _has_sdist(filenames(form, chunk)))


def _has_sdist(names: Iterable[str]) -> bool:
    return any(name.endswith(SDIST_SUFFIXES) and "macosx10" not in name for name in names)


# --- HTML


def _parse_html(name: str, body: bytes, url: str) -> Page:
    """Cut at every anchor; only the file's name is looked at, and of wheels only up to the version."""
    if b"\0" in body:
        body = body.replace(b"\0", b"")
    if b"!--" in body:
        body = _COMMENT.sub(b"", body)
    head, *anchors = body.split(b"<a ")
    if not anchors or len(anchors) != body.count(b"</a>"):
        head, *anchors = _ANCHOR_START.split(body)
    _check_repository_version(head)
    grouped: dict[str, list[bytes]] = {}
    known: dict[bytes, list[bytes] | None] = {}
    for anchor in anchors:
        file = _filename(anchor)
        parts = file.split(b"-", 2)
        key = parts[0] + b"-" + parts[1] if len(parts) == 3 and file.endswith(b".whl") else file
        bucket = known.get(key, _NEW)
        if bucket is _NEW:
            version = release_version(_plain(file), name)
            bucket = known[key] = None if version is None else grouped.setdefault(version, [])
        if bucket is not None:
            bucket.append(anchor)
    if not grouped:
        _refuse_foreign_page(bool(anchors), body)
    base = _BASE.search(head)
    href = _attributes(base[1]).get("href", "") if base else ""
    return Page(name, "html", _absolute(url, href), _ordered({v: b"\0".join(a) for v, a in grouped.items()}, b"\0"))


def _plain(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    if "&" in text:
        text = _unescaped(text)
    return unquote(text) if "%" in text else text


def _filename(anchor: bytes) -> bytes:
    """The file that an anchor points to, as written: the last part of its address's path, as pip takes it."""
    end = anchor.find(b'"', 6) if anchor.startswith(b'href="') else -1
    address = anchor[6:end] if end > 0 else _attributes(_tag(anchor)).get("href", "").encode()
    return address.split(b"#", 1)[0].split(b"?", 1)[0].rpartition(b"/")[2]


def _tag(anchor: bytes) -> bytes:
    """An anchor's attributes: all before the first `>` that stands outside quotes."""
    match = _TAG.match(anchor)
    return match[0] if match else b""


def _check_repository_version(head: bytes) -> None:
    for match in _META.finditer(head):
        attributes = _attributes(match[1])
        if attributes.get("name", "").lower() == "pypi:repository-version":
            _check_api_version(attributes.get("content", "1.0"))


def _check_api_version(text: str) -> None:
    if text.split(".")[0] != "1":
        raise NotAnIndexPageError(f"it speaks version {text} of the index API; trueup reads version 1")


def _refuse_foreign_page(has_links: bool, body: bytes) -> None:
    """Let a page without files pass only where it is the page of a project that has none."""
    if has_links:
        raise NotAnIndexPageError("it answered with an HTML page whose links lead to no file of this project")
    if not _EMPTY_PAGE.search(body[:8192]):
        raise NotAnIndexPageError("it answered with an HTML page that is no index page (a login or error page?)")


def _attributes(raw: bytes) -> dict[str, str]:
    """The attributes of a tag by lower-case name, entities resolved; the first of equal names counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(raw):
        value = (double or single or bare).decode("utf-8", "replace")
        found.setdefault(name.decode().lower(), _unescaped(value) if "&" in value else value)
    return found


@lru_cache(maxsize=4096)
def _unescaped(value: str) -> str:
    import html  # with it come all names of characters; few pages need them

    return html.unescape(value)


def _plain_attributes(anchor: bytes) -> dict[str, str] | None:
    """The attributes of the usual kind of anchor, where all values stand in double quotes; None for any other."""
    end = anchor.find(b">")
    tag = anchor[: max(end, 0)].decode("utf-8", "replace")
    parts = tag.split('"')
    if end < 0 or len(parts) % 2 == 0 or "'" in tag or parts.pop().strip():
        return None
    found: dict[str, str] = {}
    for name, value in zip(parts[::2], parts[1::2], strict=True):
        key = name.strip()
        if key[-1:] != "=" or len(key.split()) != 1:
            return None
        found.setdefault(key[:-1].lower(), _unescaped(value) if "&" in value else value)
    return found


def _usual_files(chunk: bytes, version: str) -> tuple[IndexFile, ...]:
    """The files of a chunk in which every anchor has the usual form, read all at once; else none."""
    text = chunk.decode("utf-8", "replace")
    rows = _USUAL.findall(f"\0{text}")
    if len(rows) != text.count("\0") + 1:
        return ()
    files = []
    for url, filename, algorithm, digest, rest in rows:
        pairs = _PAIR.findall(rest)
        attributes = {key: _unescaped(value) if "&" in value else value for key, value in pairs}
        if len(attributes) != len(pairs):
            return ()
        hashes = ((algorithm, digest),) if digest else ()
        files.append(_file_of(filename, url, version, hashes, attributes))
    return tuple(files)


def _html_file(anchor: bytes, base: str, version: str) -> IndexFile:
    attributes = _plain_attributes(anchor)
    if attributes is None:
        attributes = _attributes(_tag(anchor))
    address, _, fragment = attributes.get("href", "").partition("#")
    algorithm, _, digest = fragment.partition("&")[0].partition("=")
    filename = unquote(address.partition("?")[0].rpartition("/")[2])
    hashes = ((algorithm, digest),) if digest else ()
    return _file_of(filename, _absolute(base, address), version, hashes, attributes)


def _file_of(
    filename: str, url: str, version: str, hashes: tuple[tuple[str, str], ...], attributes: Mapping[str, str]
) -> IndexFile:
    metadata = attributes.get("data-core-metadata", attributes.get("data-dist-info-metadata"))
    size = attributes.get("data-size", "")
    return IndexFile(
        filename,
        url,
        version,
        hashes,
        attributes.get("data-requires-python") or None,
        attributes.get("data-yanked"),
        metadata is not None and metadata.lower() != "false",
        metadata if metadata and "=" in metadata else None,
        int(size) if size.isascii() and size.isdigit() and len(size) < 20 else None,
        attributes.get("data-upload-time"),
    )


def _absolute(base: str, address: str) -> str:
    """The full address; one that is none stays as it is, and fails when somebody asks for it."""
    try:
        return address if address.startswith(("https://", "http://")) else urljoin(base, address)
    except ValueError:
        return address


# --- JSON


def _parse_json(name: str, body: bytes, url: str) -> Page:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAnIndexPageError("its JSON is broken or cut off") from error
    files = document.get("files") if isinstance(document, dict) else None
    if not isinstance(files, list):
        raise NotAnIndexPageError("its JSON is not that of an index page")
    meta = document.get("meta")
    if isinstance(meta, dict):
        _check_api_version(str(meta.get("api-version", "1.0")))
    grouped: dict[str, list[Any]] = {}
    for file in files:
        if not isinstance(file, dict) or not isinstance(file.get("url"), str):
            continue
        filename = str(file.get("filename") or unquote(file["url"].partition("#")[0].rpartition("/")[2]))
        version = release_version(filename, name)
        if version is not None:
            grouped.setdefault(version, []).append(_json_row(filename, file))
    chunks = {version: json.dumps(rows, separators=(",", ":")).encode() for version, rows in grouped.items()}
    return Page(name, "json", url, _ordered(chunks, b","))


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
        url=_absolute(base, url.partition("#")[0]),
        version=version,
        hashes=tuple(hashes.items()),
        requires_python=requires_python or None,
        yanked=yanked,
        has_metadata=bool(metadata) or metadata == {},
        metadata_hash=next((f"{key}={value}" for key, value in digests.items()), None),
        size=size,
        uploaded=uploaded,
    )


# --- both


def _ordered(chunks: Mapping[str, bytes], separator: bytes) -> dict[str, bytes]:
    """The chunks newest version first; those of equal versions (1.0, 1.0.0) joined under the spelling seen first."""
    merged: dict[str, bytes] = {}
    spellings: dict[object, str] = {}
    for text, chunk in chunks.items():
        version = parsed_version(text)
        if version is None:
            continue
        first = spellings.setdefault(version, text)
        if first not in merged:
            merged[first] = chunk
        elif separator == b"\0":
            merged[first] += separator + chunk
        else:
            merged[first] = merged[first][:-1] + separator + chunk[1:]
    return {text: merged[text] for text in newest_first(list(merged))}
