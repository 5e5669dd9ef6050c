"""A page in memory, as releases: where the cache cannot be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from trueup.index.names import parsed_version
from trueup.index.pages import Outline, Page, decode, filenames, outline
from trueup.model.distribution import IndexFile


@dataclass
class PageReleases:
    """A page held in memory, as releases."""

    page: Page
    _files: dict[str, tuple[IndexFile, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The normalised name."""
        return self.page.name

    def versions(self) -> Sequence[str]:
        """Every version, newest first."""
        return tuple(self.page.spans)

    def files(self, version: str) -> Sequence[IndexFile]:
        """The files of a version."""
        spelling = spelled(version, self.page.spans)
        if spelling is None:
            return ()
        if spelling not in self._files:
            chunk = self.page.chunk(spelling)
            self._files[spelling] = decode(self.page.form, self.page.base, spelling, chunk)
        return self._files[spelling]

    def filenames(self, version: str) -> Sequence[str]:
        """The names of a version's files, in the order of `files`; much cheaper."""
        spelling = spelled(version, self.page.spans)
        return () if spelling is None else filenames(self.page.form, self.page.chunk(spelling))

    def outline(self, version: str) -> Outline | None:
        """What all files of a version have in common, if they have; much cheaper than `files`."""
        spelling = spelled(version, self.page.spans)
        return None if spelling is None else outline(self.page.form, self.page.chunk(spelling))


def spelled(version: str, spellings: dict[str, Any] | Any) -> str | None:
    """How a page spells a version: 1.0 and 1.0.0 are one."""
    if version in spellings:
        return version
    wanted = parsed_version(version)
    return next((text for text in spellings if wanted is not None and parsed_version(text) == wanted), None)
