"""How Railpack turns a requested version into one that mise installs.

Source: railwayapp/railpack at b5e80580, core/resolver/version.go, core/mise/mise.go:81-189 and
internal/utils/utils.go:120 (read 2026-11-20).
"""

from __future__ import annotations

import re

from trueup.platforms import _data
from trueup.platforms.builders._railpack_releases import DATA, newest_minor

_SEMVER = re.compile(r"\d+(?:\.\d+)?(?:\.\d+)?", re.ASCII)
_PRE_RELEASE = re.compile(r"\d+\.\d+\.\d+(?:a|b|rc)\d+", re.ASCII)
_LONGEST_QUERY = 100
"""Characters of a version beyond which no Python answers to it, whatever it says."""
_OLDEST_MINOR_OF_3 = 0


def first_version(text: str) -> str:
    """The first number with up to three parts in a text, empty where there is none (utils.go:131)."""
    found = _SEMVER.search(text.strip())
    return found.group() if found else ""


def fuzzy(version: str) -> str:
    """What Railpack asks mise for: a range by its lowest major, a caret by its major alone (version.go:5).

    So ">=3.11,<3.13" becomes "3" and "^3.11" too, while "~3.11" becomes "3.11".
    """
    version = version.strip()
    if version in ("", "*"):
        return "latest"
    if ">=" in version or "<" in version:
        words = version.split()
        for index, word in enumerate(words):
            if word.startswith(">="):
                lowest = word[2:] or (words[index + 1] if index + 1 < len(words) else "")
                return lowest.split(".")[0]
    if version.startswith("^"):
        return version[1:].split(".")[0]
    version = version.removeprefix("~").removeprefix("v")
    return version.replace(".x", "").rstrip(".")


def queries(version: str) -> list[str]:
    """The versions that Railpack asks mise for, one after the other, until one exists (mise.go:168)."""
    found = first_version(version)
    return [version] if found in ("", version) else [found, version]


def _known(parts: list[int], newest: list[int]) -> bool:
    if parts[0] == 2:
        return len(parts) == 1 or parts[1] == 7
    return parts[0] == 3 and (len(parts) == 1 or _OLDEST_MINOR_OF_3 <= parts[1] <= newest[1])


def taken(asked: list[str], day: str) -> str | None:
    """The version that mise gives: a full one as it is, else the minor, whose newest patch mise takes.

    Args:
        asked: the queries, in order.
        day: ISO day; "3" and "latest" are the newest minor of that day.

    Returns:
        "3.11.9", "3.11" and so on; None where no Python answers to any query.
    """
    newest = newest_minor(day)[0]
    for query in asked:
        if query == "latest":
            return newest
        if _PRE_RELEASE.fullmatch(query):
            return query
        if _SEMVER.fullmatch(query) and len(query) <= _LONGEST_QUERY:
            parts = [int(part) for part in query.split(".")]
            if _known(parts, [int(part) for part in newest.split(".")]):
                return query if len(parts) > 1 else "2.7" if parts[0] == 2 else newest
    return None


def is_precompiled(version: str) -> bool:
    """Whether ready-made builds of a version exist, which is all that Railpack allows since v0.10.0."""
    oldest = [int(part) for part in _data.load(DATA)["precompiled"]["oldest_minor"].split(".")]
    return [int(part) for part in version.split(".")[:2]] >= oldest
