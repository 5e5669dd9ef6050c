"""Platform data: TOML rows, each with its source and the day it was checked."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from trueup.model.evidence import Evidence


@cache
def load(name: str) -> dict[str, Any]:
    """Read `data/<name>.toml`."""
    return tomllib.loads(resources.files("trueup.platforms.data").joinpath(f"{name}.toml").read_text("utf-8"))


def evidence(row: dict[str, Any], text: str) -> Evidence:
    """Evidence of kind `default` from a row that has `source` (and `checked`)."""
    return Evidence.default(text, row["source"], row.get("checked"))


def row_on(rows: list[dict[str, Any]], day: str) -> dict[str, Any] | None:
    """The row that is in force on an ISO day: the one with the latest `from` that is not after it."""
    in_force = [row for row in rows if row["from"] <= day]
    return max(in_force, key=lambda row: row["from"]) if in_force else None
