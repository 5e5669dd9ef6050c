"""What pages of both forms have in common: a project's page, cut into versions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from trueup.index.names import SDIST_SUFFIXES, newest_first, parsed_version


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


def ordered(chunks: Mapping[str, bytes], separator: bytes) -> dict[str, bytes]:
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
        elif not separator:
            merged[first] += chunk
        else:
            merged[first] = merged[first][:-1] + separator + chunk[1:]
    return {text: merged[text] for text in newest_first(list(merged))}
