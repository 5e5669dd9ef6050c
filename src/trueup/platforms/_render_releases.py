"""Which Pythons are released, and the lines that Render prints, from the data."""

from __future__ import annotations

from datetime import date

from trueup.platforms import _data


def log_line(name: str, **values: object) -> str:
    """A line of Render's log by its name in the data, with its values put in."""
    text: str = _data.load("render_native")["lines"][name]
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", str(value))
    return text


def release_row(minor: str) -> dict[str, int]:
    minors: dict[str, dict[str, int]] = _data.load("render_native")["releases"]["minors"]
    return minors.get(minor, {})


def beyond_known(minor: str, patch: int) -> tuple[bool, bool]:
    """Whether a patch is newer than the known ones; and, then, whether it may have come out since they were noted."""
    row = release_row(minor)
    if patch <= row["newest"]:
        return False, False
    if not row["every"]:
        return True, False
    releases = _data.load("render_native")["releases"]
    days = (date.fromisoformat(releases["checked"]) - date.fromisoformat(releases["known_on"])).days
    return True, patch <= row["newest"] + max(days // row["every"], 1)


def number(text: str) -> tuple[int, ...]:
    # A thousand digits say enough of a number; Python refuses to read several thousand.
    return tuple(int(part[:1000]) for part in text.split("."))
