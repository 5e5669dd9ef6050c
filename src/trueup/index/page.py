"""What pages of both forms have in common: a project's page, cut into versions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urljoin

from trueup.index.names import SDIST_SUFFIXES, newest_first, parsed_version

Span: TypeAlias = tuple[int, int]
"""The first byte, and the one after the last."""


class NotAnIndexPageError(ValueError):
    """What arrived is not the page of a project; the message says what it is instead."""


@dataclass(frozen=True, slots=True)
class Page:
    """A project's page, cut into versions.

    `form` is "html" or "json"; `base` is the address that relative ones refer to, without credentials; `spans` says by
    version, newest first, where in `body` its undecoded files are.
    """

    name: str
    form: str
    base: str
    body: bytes
    spans: Mapping[str, Sequence[Span]]

    def chunk(self, version: str) -> bytes:
        """The undecoded files of a version."""
        return b"".join(self.body[start:end] for start, end in self.spans[version])


@dataclass(frozen=True, slots=True)
class Outline:
    """What all files of a version have in common; none of them is yanked.

    `requires_python` is empty where none names a Python.
    """

    requires_python: str
    has_sdist: bool


def has_sdist(names: Iterable[str]) -> bool:
    """Whether any of some file names is that of an sdist that pip takes on Linux."""
    return any(name.endswith(SDIST_SUFFIXES) and "macosx10" not in name for name in names)


def check_api_version(text: str) -> None:
    """Refuse a page of an index API that is not version 1.

    Raises:
        NotAnIndexPageError: it is of another one.
    """
    if text.split(".")[0] != "1":
        raise NotAnIndexPageError(f"it speaks version {text} of the index API; trueup reads version 1")


def absolute(base: str, address: str) -> str:
    """The full address; one that is none stays as it is, and fails when somebody asks for it."""
    try:
        return address if address.startswith(("https://", "http://")) else urljoin(base, address)
    except ValueError:
        return address


def ordered(spans: Mapping[str, Iterable[Span]]) -> dict[str, list[Span]]:
    """The spans newest version first; those of equal versions (1.0, 1.0.0) joined under the spelling seen first.

    Neighbours become one span.
    """
    merged: dict[str, list[Span]] = {}
    spellings: dict[object, str] = {}
    for text, found in spans.items():
        version = parsed_version(text)
        if version is None:
            continue
        known = merged.setdefault(spellings.setdefault(version, text), [])
        for start, end in found:
            if known and known[-1][1] == start:
                known[-1] = (known[-1][0], end)
            else:
                known.append((start, end))
    return {text: merged[text] for text in newest_first(list(merged))}
