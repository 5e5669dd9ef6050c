"""Which Railpack was in use on a day, and what that release does.

Railway does not publish which release it runs; the newest one of the day is taken, and the plan says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from trueup.model.evidence import Evidence
from trueup.platforms import _data

DATA = "railpack"
REPOSITORY = "https://github.com/railwayapp/railpack/blob/b5e80580"
CHECKED = "2026-11-20"


def rule(text: str, place: str) -> Evidence:
    """Evidence of a rule that was read in Railpack's source at commit b5e80580 (v0.37.0): `place` is path#Lline."""
    return Evidence.default(text, f"{REPOSITORY}/{place}", CHECKED)


@dataclass(frozen=True)
class Release:
    """One release: its version, the day of it, and every property with the row that set it last."""

    version: str
    day: str
    properties: dict[str, Any]
    rows: dict[str, dict[str, Any]]

    def flag(self, key: str) -> bool:
        """A property that is true or false."""
        return bool(self.properties[key])

    def text(self, key: str) -> str:
        """A property that is a text."""
        return str(self.properties[key])

    def names(self, key: str) -> tuple[str, ...]:
        """A property that is a list of names."""
        return tuple(self.properties[key])

    def evidence(self, key: str, text: str) -> Evidence:
        """Evidence for a property: the release that set it."""
        return _data.evidence(self.rows[key], text)


@cache
def release_on(day: str) -> Release:
    """The release in use on an ISO day; before the first one, the first one."""
    rows = sorted(_data.load(DATA)["release"], key=lambda row: str(row["from"]))
    in_force = [row for row in rows if row["from"] <= day] or rows[:1]
    properties: dict[str, Any] = {}
    setters: dict[str, dict[str, Any]] = {}
    for row in in_force:
        for key, value in row.items():
            properties[key] = value
            setters[key] = row
    return Release(str(in_force[-1]["version"]), str(in_force[-1]["from"]), properties, setters)


@cache
def newest_minor(day: str) -> tuple[str, Evidence]:
    """The newest Python minor that mise takes on a day: final, and out for at least 14 days."""
    data = _data.load(DATA)
    # Days before any row are all alike; the first possible day would have none before it.
    on = max(date.fromisoformat(day), date(2000, 1, 1))
    taken = (on - timedelta(days=data["precompiled"]["days_before_taken"])).isoformat()
    row = _data.row_on(data["cpython"], taken) or data["cpython"][0]
    return str(row["minor"]), _data.evidence(row, f"Python {row['minor']} was the newest final Python on {taken}")
