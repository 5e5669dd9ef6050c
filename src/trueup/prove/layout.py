"""Where a builder puts things, and what stands in their place here: rows of data/layouts.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from trueup.model.plan import BuildPlan
from trueup.package_data import data_rows


@cache
def rows() -> dict[str, Any]:
    """Read data/layouts.toml."""
    return data_rows("trueup.prove", "data/layouts.toml")


@dataclass(frozen=True, slots=True)
class Layout:
    """A builder's places; see data/layouts.toml for the fields."""

    builder: str
    application: str
    environment: str
    made_by_platform: bool
    pip_on_path: bool
    shell: str
    drain_seconds: int
    grace_seconds: int
    drain_key: str | None
    source: str


def layout_of(builder: str) -> Layout | None:
    """The layout of a builder; None for one whose image is not known."""
    row = rows().get(builder)
    if row is None or "application" not in row:
        return None
    return Layout(
        builder,
        row["application"],
        row["environment"],
        row["made_by_platform"],
        row["pip_on_path"],
        row["shell"],
        row["drain_seconds"],
        row["grace_seconds"],
        row.get("drain_key"),
        row["source"],
    )


def drain_seconds(layout: Layout, plan: BuildPlan) -> int:
    """Seconds from SIGTERM to SIGKILL: the platform's file, else its default."""
    setting = plan.service.setting(layout.drain_key) if layout.drain_key else None
    value = setting.value if setting else None
    return value if isinstance(value, int) and not isinstance(value, bool) else layout.drain_seconds


class Places:
    """Writes paths of the platform's image as paths of this machine, in commands and in variables.

    `shown` are further ones that are only written back, for people: a variable that names `/tmp` may mean this
    machine's.
    """

    def __init__(self, places: Mapping[str, Path], shown: Mapping[str, Path] | None = None) -> None:
        self._shown = {place: str(path) for place, path in {**places, **(shown or {})}.items()}
        self._places = {place: str(path) for place, path in places.items()}
        longest_first = sorted(self._places, key=len, reverse=True)
        inner = "|".join(re.escape(place) for place in longest_first)
        self._pattern = re.compile(rf"(?<![\w./-])(?:{inner})(?=$|[/:;\s\"'&|)\]=,])")

    def here(self, text: str) -> str:
        """The text with this machine's paths."""
        return self._pattern.sub(lambda match: self._places[match[0]], text)

    def there(self, text: str) -> str:
        """The text with the platform's paths, for people and records."""
        for place, path in sorted(self._shown.items(), key=lambda item: -len(item[1])):
            text = text.replace(path, place)
        return text


def platform_variables(plan: BuildPlan, port: int | None, python: str) -> dict[str, str]:
    """The variables that the platform gives at run time, with plausible values."""
    templates: dict[str, str] = rows()["variables"].get(plan.platform, {})
    slug = re.sub(r"[^a-z0-9-]+", "-", plan.service.name.lower()).strip("-") or "service"
    filled = {
        name: text.format(port=port or 0, service=slug, python=python, kind=plan.service.kind)
        for name, text in templates.items()
        if name in plan.variables
    }
    if port is not None:
        filled["PORT"] = str(port)
    return filled
