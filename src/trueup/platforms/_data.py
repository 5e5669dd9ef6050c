"""Platform data: TOML rows, each with its source and the day it was checked."""

from __future__ import annotations

from functools import cache
from typing import Any

from trueup.model.evidence import Evidence
from trueup.package_data import data_rows


@cache
def load(name: str) -> dict[str, Any]:
    """Read `data/<name>.toml`."""
    return data_rows("trueup.platforms", f"data/{name}.toml")


def evidence(row: dict[str, Any], text: str) -> Evidence:
    """Evidence of kind `default` from a row that has `source` (and `checked`)."""
    return Evidence.default(text, row["source"], row.get("checked"))


def row_on(rows: list[dict[str, Any]], day: str) -> dict[str, Any] | None:
    """The row that is in force on an ISO day: the one with the latest `from` that is not after it."""
    in_force = [row for row in rows if row["from"] <= day]
    return max(in_force, key=lambda row: row["from"]) if in_force else None
