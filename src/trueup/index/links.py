"""Files that are not on an index: `--find-links` folders, files and pages."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from trueup.index.addresses import local_path
from trueup.index.interface import Unavailable
from trueup.index.names import newest_first, parsed_version, release_version
from trueup.index.pages import NotAnIndexPageError, decode, parse_page
from trueup.model.distribution import IndexFile


@dataclass(frozen=True)
class LinkedReleases:
    """The files of one project, in memory, as releases; newest version first."""

    name: str
    by_version: Mapping[str, tuple[IndexFile, ...]] = field(default_factory=dict)

    def versions(self) -> Sequence[str]:
        """Every version, newest first."""
        return tuple(self.by_version)

    def files(self, version: str) -> Sequence[IndexFile]:
        """The files of a version; equal spellings are one."""
        wanted = parsed_version(version)
        return next((files for text, files in self.by_version.items() if parsed_version(text) == wanted), ())


def state_of(place: str) -> str | None:
    """What tells one state of a place of `--find-links` from another; None for a page on the network."""
    if place.startswith(("http://", "https://")):
        return None
    path = _path(place)
    try:
        with os.scandir(path) if path.is_dir() else nullcontext(()) as entries:
            seen = sorted((entry.name, entry.stat().st_size, entry.stat().st_mtime_ns) for entry in entries)
        return json.dumps([seen, path.stat().st_size, path.stat().st_mtime_ns])
    except FileNotFoundError:
        return ""
    except OSError:
        return None


def _path(place: str) -> Path:
    return local_path(place) if place.startswith("file:") else Path(place).expanduser()


def links_of(
    place: str, name: str, read_page: Callable[[str, str], LinkedReleases | Unavailable]
) -> LinkedReleases | Unavailable:
    """A project's files at one place of `--find-links`.

    Args:
        place: a folder, an HTML file, or an address (`file:`, `http:`, `https:`).
        name: the project's normalised name.
        read_page: reads a page over the network.

    Returns:
        The files; none where the place is not there, as pip only warns of that.
    """
    if place.startswith(("http://", "https://")):
        return read_page(place, name)
    path = _path(place)
    try:
        if path.is_dir():
            index = path / "index.html"
            if place.startswith("file:") and index.is_file():
                return _from_html(index, name)
            return _from_names(path, name)
        return _from_html(path, name) if path.suffix in (".html", ".htm") and path.is_file() else LinkedReleases(name)
    except OSError as error:
        return Unavailable(name, f"a place given by --find-links cannot be read ({type(error).__name__})")


def _from_names(folder: Path, name: str) -> LinkedReleases:
    """The distributions in a folder, in the order in which pip lists them: names falling (`find_all_candidates`)."""
    found: dict[str, list[IndexFile]] = {}
    for path in sorted(folder.iterdir(), key=lambda path: path.name, reverse=True):
        version = release_version(path.name, name)
        if version is not None and parsed_version(version) is not None and path.is_file():
            file = IndexFile(path.name, path.resolve().as_uri(), version, size=path.stat().st_size)
            found.setdefault(version, []).append(file)
    return LinkedReleases(name, {version: tuple(found[version]) for version in newest_first(list(found))})


def _from_html(path: Path, name: str) -> LinkedReleases:
    try:
        page = parse_page(name, "text/html", path.read_bytes(), path.resolve().as_uri())
    except NotAnIndexPageError:
        return LinkedReleases(name)
    return LinkedReleases(
        name, {version: decode(page.form, page.base, version, page.chunk(version)) for version in page.spans}
    )
