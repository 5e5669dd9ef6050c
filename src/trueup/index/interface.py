"""What resolution and forecast ask of an index. The client over the network and the recordings of tests give it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from trueup.model.distribution import CoreMetadata, IndexFile
from trueup.model.requirement import IndexOptions


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The index could not say.

    `transient`: the network or the server is to blame, be it by an error, by refusing access or by an answer that
    makes no sense; nothing follows about the name.
    """

    subject: str
    reason: str
    transient: bool = True


@dataclass(frozen=True, slots=True)
class Missing:
    """The index answered that it has no such project."""

    name: str


class Releases(Protocol):
    """Every file of one project on an index."""

    @property
    def name(self) -> str:
        """The normalised name."""

    def versions(self) -> Sequence[str]:
        """Every version that has a file, as the index writes it, newest first (PEP 440 order)."""

    def files(self, version: str) -> Sequence[IndexFile]:
        """The files of a version (as `versions` writes it); empty where it has none."""


class Index(Protocol):
    """A package index. Calls fetch what is not known yet, in parallel, and never raise for trouble of one name."""

    def releases(self, names: Iterable[str]) -> Mapping[str, Releases | Missing | Unavailable]:
        """The releases of several projects, by normalised name."""

    def metadata(self, files: Iterable[IndexFile]) -> Mapping[str, CoreMetadata | Unavailable]:
        """The core metadata of wheels and sdists, by file name, without building or running anything."""

    def sdist_files(self, file: IndexFile, names: Sequence[str]) -> Mapping[str, bytes] | Unavailable:
        """Members of an sdist whose path below its top folder matches one of the shell patterns; plus the key
        "" whose value is the newline-separated list of all members.
        """


Wanted: TypeAlias = str | IndexFile
"""What may be read ahead: a project, by its normalised name, or the metadata of a file."""
Told: TypeAlias = Releases | Missing | CoreMetadata | Unavailable
"""What the index said to it."""


@runtime_checkable
class ReadsAhead(Protocol):
    """An index that is far away: one slow answer must not keep all that the others lead to waiting."""

    def read_ahead(self, wanted: Iterable[Wanted], onwards: Callable[[Wanted, Told], Iterable[Wanted]]) -> None:
        """Read projects and metadata in parallel, and what each answer leads to as soon as it is there.

        Args:
            wanted: what to begin with.
            onwards: told each answer, in the calling thread; gives what to read next.
        """


OpenIndex = Callable[[IndexOptions], Index]
"""Gives the index for what a requirement set says about indexes."""
