"""The rows of checks/data: facts that checks look up, each with its `source` and the day it was `checked`."""

from __future__ import annotations

from functools import cache
from typing import Any

from trueup.package_data import data_rows


@cache
def rows(name: str) -> dict[str, Any]:
    """Read `data/<name>.toml`."""
    return data_rows("trueup.checks", f"data/{name}.toml")
