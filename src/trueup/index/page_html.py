"""A project's page in its HTML form (PEP 503, 592, 629, 658, 714). Pure.

No document tree is built. A chunk holds what the page has from each anchor to the next one, every one of them beginning
with `<a `.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import unquote

from trueup.index.names import release_version
from trueup.index.page import NotAnIndexPageError, Outline, Page, Span, absolute, check_api_version, has_sdist, ordered
from trueup.model.distribution import IndexFile

_REST = rb"""(?:[^>"']+|"[^"]*"|'[^']*')*+"""
_FILE = re.compile(rb"""<a href="(?:[^"#?<>]*/)?([^"#?/<>]*)[^"<>]*\"""")
_ANCHOR_START = re.compile(rb"<a\s+", re.IGNORECASE)
_TAG = re.compile(_REST)
_ATTRIBUTE = re.compile(rb"""([a-zA-Z][\w-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_USUAL = re.compile(
    r"""<a href="(https?://[^"&%?#<]*/([^"&%?#/<]+))(?:#([a-z0-9]+)=([^"&<]+))?\""""
    r"""((?: [a-z-]+="[^"<]*")*)>"""
)
_PAIR = re.compile(r"""([a-z-]+)="([^"]*)\"""")
_REQUIRES_PYTHON = re.compile(rb"""\sdata-requires-python="([^"]*)\"""")
_BASE = re.compile(rb"<base\s(" + _REST + rb")>", re.IGNORECASE)
_META = re.compile(rb"<meta\s(" + _REST + rb")>", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ANCHOR = b"<a "
_EMPTY_PAGE = re.compile(rb"pypi:repository-version|links\s+for\s", re.IGNORECASE)
_NEW: list[Span] = []


def parse(name: str, body: bytes, url: str) -> Page:
    """Cut a page at its anchors; only the files' names are looked at, and of wheels only up to the version.

    Args and errors are those of `pages.parse_page`.
    """
    if b"\0" in body:
        body = body.replace(b"\0", b"")
    is_declared = body[:9].upper() == b"<!DOCTYPE"
    if body.count(b"!") > is_declared and b"<!--" in body:  # counting one character takes a tenth of the other search
        body = _COMMENT.sub(b"", body)
    head, body, runs = _usual_runs(body) or _single_runs(body)
    _check_repository_version(head)
    grouped: dict[str, list[Span]] = {}
    buckets: dict[bytes, list[Span] | None] = {}
    for key, file, span in runs:
        bucket = buckets.get(key, _NEW)
        if bucket is _NEW:
            version = release_version(_plain(file), name)
            bucket = buckets[key] = None if version is None else grouped.setdefault(version, [])
        if bucket is not None:
            bucket.append(span)
    if not grouped:
        _refuse_foreign_page(bool(runs), head)
    base = _BASE.search(head)
    href = _attributes(base[1]).get("href", "") if base else ""
    return Page(name, "html", absolute(url, href), body, ordered(grouped))


def decode(base: str, version: str, chunk: bytes) -> tuple[IndexFile, ...]:
    """The files of one version from a chunk."""
    return _usual_files(chunk, version) or tuple(_html_file(anchor, base, version) for anchor in _anchors(chunk))


def filenames(chunk: bytes) -> tuple[str, ...]:
    """The names alone, of the same files in the same order as `decode` gives; much cheaper."""
    names = _FILE.findall(chunk)
    if len(names) == chunk.count(_ANCHOR) and b"%" not in (joined := b"\0".join(names)) and b"&" not in joined:
        return tuple(joined.decode("utf-8", "replace").split("\0"))
    return tuple(_plain(_filename(anchor)) for anchor in _anchors(chunk))


def outline(chunk: bytes) -> Outline | None:
    """What all files of a version have in common, much cheaper than `decode`; None where they differ, one is yanked."""
    found: list[bytes] = _REQUIRES_PYTHON.findall(chunk)
    lower = chunk.lower()
    if len(set(found)) > 1 or lower.count(b"requires-python") != len(found) or b"data-yanked" in lower:
        return None
    if found and len(found) != chunk.count(_ANCHOR):
        return None
    text = found[0].decode("utf-8", "replace") if found else ""
    return Outline(_unescaped(text), has_sdist(filenames(chunk)))


_Run: TypeAlias = tuple[bytes, bytes, Span]
"""What says that files are of one version; the first such file; where the neighbouring anchors of these files are."""
_Cut: TypeAlias = tuple[bytes, bytes, list[_Run]]
"""What stands before the first anchor; a page; the runs of anchors on it."""


def _usual_runs(body: bytes) -> _Cut | None:
    """The runs of a page whose anchors all have the usual form; None for any other page.

    The usual anchor begins with `href="`, and its address has a path and a fragment. Neighbours whose files' names
    begin with the same project and version are one run: the pages of one project's
    requirements have a hundred thousand anchors together, and this loop is what the first reading of an index takes.
    """
    find, rfind, startswith = body.find, body.rfind, body.startswith
    start = at = find(_ANCHOR)
    if at < 0 or b"?" in body:  # an address may end in a query
        return None
    head, runs, anchors = body[:at], [], 0
    prefix = key = first = b""
    while at >= 0:
        anchors += 1
        end = find(b"#", at)
        if end < 0 or not startswith(b'href="', at + 3) or find(b'"', at + 9, end) >= 0:
            return None
        slash = rfind(b"/", at, end)
        file = body[slash + 1 : end]
        if not (prefix and file.startswith(prefix) and file.endswith(b".whl")):
            if slash < 0:
                return None
            if at > start:
                runs.append((key, first, (start, at)))
            start, first = at, file
            prefix = _wheel_prefix(file)
            key = prefix or file
        at = find(_ANCHOR, end)
    if anchors != body.count(b"</a>"):  # one that begins in another way
        return None
    return head, body, [*runs, (key, first, (start, len(body)))]


def _single_runs(body: bytes) -> _Cut:
    """Each anchor of any page, written as chunks have it."""
    head, *anchors = body.split(_ANCHOR)
    if not anchors or len(anchors) != body.count(b"</a>"):
        head, *anchors = _ANCHOR_START.split(body)
    runs, at = [], 0
    for anchor in anchors:
        file = _filename(anchor)
        end = at + len(_ANCHOR) + len(anchor)
        runs.append((_wheel_prefix(file) or file, file, (at, end)))
        at = end
    return head, b"".join(_ANCHOR + anchor for anchor in anchors), runs


def _wheel_prefix(file: bytes) -> bytes:
    """What the names of a version's wheels begin with; empty for what is no wheel's name."""
    parts = file.split(b"-", 2)
    return parts[0] + b"-" + parts[1] + b"-" if len(parts) == 3 and file.endswith(b".whl") else b""


def _anchors(chunk: bytes) -> list[bytes]:
    return chunk.split(_ANCHOR)[1:]


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
            check_api_version(attributes.get("content", "1.0"))


def _refuse_foreign_page(has_links: bool, head: bytes) -> None:
    """Let a page without files pass only where it is the page of a project that has none."""
    if has_links:
        raise NotAnIndexPageError("it answered with an HTML page whose links lead to no file of this project")
    if not _EMPTY_PAGE.search(head[:8192]):
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
    rows = _USUAL.findall(text)
    if len(rows) != text.count("<a "):
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
    return _file_of(filename, absolute(base, address), version, hashes, attributes)


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
