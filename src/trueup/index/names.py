"""File names of distributions: what a wheel's or an sdist's name says, read fast.

A project's page names thousands of files, so this reads names with plain string operations; a property test holds it
equal to `packaging.utils.parse_wheel_filename` and `parse_sdist_filename`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from packaging.version import Version

SDIST_SUFFIXES = (
    ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma",
)  # fmt: skip
"""The archives that pip takes for an sdist (pip 26.3, `_internal/utils/filetypes.py`, ARCHIVE_EXTENSIONS without
wheels; read 2026-11-20)."""

_WHEEL_NAME = re.compile(r"^[\w\d._]*$", re.UNICODE)
_BUILD = re.compile(r"(\d{1,1000})(.*)", re.DOTALL)
_RUN = re.compile(r"[-_.]+")


class WheelName(NamedTuple):
    """What the name of a wheel says (PEP 427, PEP 425), lower case.

    `build` is empty or (number, rest); the three tag fields hold the parts of a compressed tag set; `tail` is that set
    as the name writes it.
    """

    version: str
    build: tuple[()] | tuple[int, str]
    pythons: tuple[str, ...]
    abis: tuple[str, ...]
    platforms: tuple[str, ...]
    tail: str = ""


def normalise(name: str) -> str:
    """A project's name in its normalised form (PEP 503)."""
    return _RUN.sub("-", name).lower()


@lru_cache(maxsize=1 << 16)
def parse_wheel_name(filename: str) -> WheelName | None:
    """Split the name of a wheel.

    Args:
        filename: such as `asyncpg-0.30.0-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`.

    Returns:
        Its parts, or None where it is no valid name of a wheel.
    """
    parts = filename[:-4].split("-")
    if not filename.endswith(".whl") or len(parts) not in (5, 6):
        return None
    build: tuple[()] | tuple[int, str] = ()
    if len(parts) == 6:
        match = _BUILD.match(parts[2])
        if match is None:
            return None
        build = (int(match[1]), match[2])
    name, version = parts[0], parts[1]
    if not name or "__" in name or _WHEEL_NAME.match(name) is None or parsed_version(version) is None:
        return None
    pythons, abis, platforms = (tuple(part.lower().split(".")) for part in parts[-3:])
    if "" in pythons or "" in abis or "" in platforms:
        return None
    return WheelName(version, build, pythons, abis, platforms, wheel_tail(filename))


def wheel_tail(filename: str) -> str:
    """The tag set of a wheel's name as it writes it, such as `cp313-cp313-win_amd64`; of other names anything."""
    at = filename.rfind("-", 0, filename.rfind("-", 0, filename.rfind("-")))
    return filename[at + 1 : -4]


@lru_cache(maxsize=1 << 15)
def parsed_version(text: str) -> Version | None:
    """The version (PEP 440), or None where the text is none."""
    try:
        return Version(text)
    except ValueError:  # InvalidVersion, and numbers with more digits than Python reads
        return None


def sdist_stem(filename: str) -> str | None:
    """The name of an sdist without its suffix; None where it is no archive that pip takes."""
    for suffix in SDIST_SUFFIXES:
        if filename.endswith(suffix):
            return filename[: -len(suffix)]
    return None


def sdist_version(filename: str, name: str) -> str | None:
    """The version that an sdist's name gives, for a project of this normalised name.

    A name may hold hyphens itself, so the split is the one after which the front normalises to the project's name:
    pip's own rule (`_internal/index/package_finder.py`, `_find_name_version_sep`; pip 26.3, read 2026-11-20).
    """
    stem = sdist_stem(filename)
    if stem is None:
        return None
    at = len(name)
    if stem[at : at + 1] == "-" and normalise(stem[:at]) == name:
        return stem[at + 1 :] or None
    for at, character in enumerate(stem):
        if character == "-" and normalise(stem[:at]) == name:
            return stem[at + 1 :] or None
    return None


def release_version(filename: str, name: str) -> str | None:
    """The version to which a file of a project belongs, as its name writes it; None where it can belong to none."""
    if filename.endswith(".whl"):
        parts = filename.split("-", 2)
        return parts[1] if len(parts) == 3 and normalise(parts[0]) == name else None
    return sdist_version(filename, name)


def newest_first(versions: list[str]) -> list[str]:
    """Versions in falling PEP 440 order; what is no version is left out, as pip does."""
    keyed = [(parsed, text) for text in versions if (parsed := parsed_version(text)) is not None]
    keyed.sort(key=lambda pair: pair[0], reverse=True)
    return [text for _, text in keyed]
