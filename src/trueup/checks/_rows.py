"""The rows of checks/data: facts that checks look up, each with its `source` and the day it was `checked`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def rows(name: str) -> dict[str, Any]:
    """Read `data/<name>.toml`."""
    return tomllib.loads(resources.files("trueup.checks.data").joinpath(f"{name}.toml").read_text("utf-8"))
