"""Since when a builder's default Python is what it is, read from the platforms' own data."""

from __future__ import annotations

from typing import Any

from trueup.platforms import _data


def default_since(builder: str, minor: str, day: str) -> tuple[str, str | None] | None:
    """Since when a minor is the default of a builder, and which it was before.

    Args:
        builder: the builder's id.
        minor: the default in force on the day.
        day: ISO date.

    Returns:
        The ISO day of the move to it, and the minor before; None where the data do not tell.
    """
    history = [(str(row["from"]), version) for row, version in _history(builder) if str(row["from"]) <= day]
    since: str | None = None
    for start, version in sorted(history, reverse=True):
        if _minor(version) != minor:
            return (since, _minor(version) or None) if since else None
        since = start
    return (since, None) if since and since > "2000" else None


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _history(builder: str) -> list[tuple[dict[str, Any], str]]:
    try:
        data = _data.load(builder.replace("-", "_"))
    except FileNotFoundError:
        return []
    if builder == "railpack":
        return [(row, str(row["python_default"])) for row in data["release"] if "python_default" in row]
    if builder == "nixpacks":
        return [(row, _nix_python(data, row)) for row in data["defaults"]]
    rows = data["python"]["defaults"] if builder == "render-native" else data.get("default", [])
    return [(row, str(row["version"])) for row in rows]


def _nix_python(data: dict[str, Any], row: dict[str, Any]) -> str:
    pythons = data["archives"].get(row["archive"], {}).get("pythons", {})
    return str(pythons.get(row["package"], ""))
