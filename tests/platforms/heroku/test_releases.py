"""Defaults, newest patches and windows of support by date."""

from __future__ import annotations

import datetime

import pytest

from trueup.platforms import _data
from trueup.platforms.builders._heroku_releases import CLASSIC, CNB, Refusal, Releases


@pytest.mark.parametrize(
    ("releases", "day", "request_", "version"),
    [
        (CLASSIC, "2024-12-04", "3.12", "3.12.8"),
        (CLASSIC, "2025-02-04", "3.12", "3.12.8"),
        (CLASSIC, "2025-02-05", "3.12", "3.12.9"),
        (CLASSIC, "2026-08-12", "3.12", "3.12.13"),
        (CLASSIC, "2026-08-13", "3.12", "3.12.14"),
        (CNB, "2026-08-13", "3.12", "3.12.13"),
        (CLASSIC, "2026-08-18", "3.12.3", "3.12.3"),
        (CLASSIC, "2024-08-20", "3.12", "3.12.5"),
        (CLASSIC, "2024-08-20", "3.11", "3.11"),  # only the default's patch is on record
    ],
)
def test_resolution_by_date(releases: Releases, day: str, request_: str, version: str) -> None:
    resolved = releases.resolve(request_, day)
    assert (resolved.version, resolved.refusal) == (version, None)


@pytest.mark.parametrize(
    ("day", "minor"),
    [
        ("2023-12-07", "3.11"),
        ("2023-12-08", "3.12"),
        ("2024-12-10", "3.13"),
        ("2025-12-04", "3.13"),
        ("2025-12-05", "3.14"),
    ],
)
def test_the_default_moves(day: str, minor: str) -> None:
    for releases in (CLASSIC, CNB):
        row = releases.default(day)
        assert row is not None
        assert ".".join(row["version"].split(".")[:2]) == minor


@pytest.mark.parametrize(
    ("request_", "day", "refusal", "sure"),
    [
        ("3.9", "2026-01-06", None, True),
        ("3.9", "2026-01-07", Refusal.END_OF_LIFE, True),
        ("3.10", "2026-12-31", None, False),
        ("3.10", "2027-01-06", Refusal.END_OF_LIFE, False),  # announced, not seen
        ("2.7.18", "2026-08-18", Refusal.END_OF_LIFE, True),
        ("3.14", "2025-10-08", Refusal.NOT_RECOGNISED, True),
        ("3.15", "2026-08-18", Refusal.NOT_RECOGNISED, True),
        ("3.15", "2026-11-20", Refusal.NOT_RECOGNISED, False),  # released since the data was read
        ("4.0", "2026-11-20", Refusal.NOT_RECOGNISED, True),
        ("3.13.99", "2026-11-20", Refusal.UNAVAILABLE, True),
        ("3.13.16", "2026-11-20", Refusal.UNAVAILABLE, False),
        ("3.13.16", "2026-08-18", Refusal.UNAVAILABLE, True),
    ],
)
def test_refusals(request_: str, day: str, refusal: Refusal | None, sure: bool) -> None:
    resolved = CLASSIC.resolve(request_, day)
    assert resolved.refusal is refusal
    if refusal is not None:
        assert resolved.sure is sure
        assert resolved.version is None


@pytest.mark.parametrize("name", ["heroku_classic", "heroku_cnb"])
def test_every_row_has_its_source_and_day(name: str) -> None:
    data = _data.load(name)
    rows = [*data["minor"], *data["default"], *data["alias"], *data["rule"].values(), *data["ignored"].values()]
    assert rows
    for row in rows:
        assert row["source"].startswith("https://github.com/heroku/")
        assert datetime.date.fromisoformat(row["checked"])
        if "from" in row:
            assert datetime.date.fromisoformat(row["from"])
