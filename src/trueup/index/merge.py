"""One project on several indexes: all files of all of them, as pip sees it."""

from __future__ import annotations

from collections.abc import Sequence

from trueup.index.interface import Releases
from trueup.index.names import newest_first, parsed_version
from trueup.model.distribution import IndexFile


class MergedReleases:
    """The releases of one project from several places; earlier places' files come first."""

    def __init__(self, name: str, parts: Sequence[Releases]) -> None:
        self.name = name
        self._parts = parts
        seen: dict[object, str] = {}
        for part in parts:
            for text in part.versions():
                seen.setdefault(parsed_version(text), text)
        self._versions = tuple(newest_first(list(seen.values())))

    def versions(self) -> Sequence[str]:
        """Every version of any place, newest first."""
        return self._versions

    def files(self, version: str) -> Sequence[IndexFile]:
        """The files of a version from all places; a file that an earlier place has too is left out of the later."""
        found: dict[str, IndexFile] = {}
        for part in self._parts:
            for file in part.files(version):
                found.setdefault(file.filename, file)
        return tuple(found.values())
