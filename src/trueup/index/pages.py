"""A project's page on an index, in either form. Pure.

A page may list thousands of files, of which a prediction looks at a few versions. So a page is only cut into versions
when it arrives: the files of each version are one chunk of bytes, which `decode` reads when somebody asks for it.
"""

from __future__ import annotations

from trueup.index import page_html, page_json
from trueup.index.page import NotAnIndexPageError, Outline, Page
from trueup.model.distribution import IndexFile

__all__ = ["ACCEPT", "NotAnIndexPageError", "Outline", "Page", "decode", "filenames", "outline", "parse_page"]

JSON_TYPES = ("application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.latest+json", "application/json")
HTML_TYPES = ("text/html", "application/vnd.pypi.simple.v1+html", "application/xhtml+xml")
ACCEPT = f"{JSON_TYPES[0]}, {HTML_TYPES[1]}; q=0.2, text/html; q=0.1"


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
        return page_json.parse(name, body, url)
    if kind in HTML_TYPES:
        return page_html.parse(name, body, url)
    raise NotAnIndexPageError(f"it answered with content type {kind or 'none'!r}, which no index page has")


def decode(form: str, base: str, version: str, chunk: bytes) -> tuple[IndexFile, ...]:
    """The files of one version from a page's chunk.

    Raises:
        ValueError: the chunk is damaged.
    """
    return page_json.decode(base, version, chunk) if form == "json" else page_html.decode(base, version, chunk)


def filenames(form: str, chunk: bytes) -> tuple[str, ...]:
    """The names alone, of the same files in the same order as `decode` gives; much cheaper.

    Raises:
        ValueError: the chunk is damaged.
    """
    return page_json.filenames(chunk) if form == "json" else page_html.filenames(chunk)


def outline(form: str, chunk: bytes) -> Outline | None:
    """What all files of a version have in common, much cheaper than `decode`; None where they differ or one is yanked.

    Raises:
        ValueError: the chunk is damaged.
    """
    return page_json.outline(chunk) if form == "json" else page_html.outline(chunk)
