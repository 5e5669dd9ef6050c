"""What Nixpacks' Node provider decides for Python packages beside it: the archive of nixpkgs they come from.

Source: railwayapp/nixpacks@f51d7fd5, src/providers/node/mod.rs:26-36 (the archives), 362-435 (version and package
manager), 500-514 (the archive), 693-714 (the choice among the versions), read 2026-11-20.
"""

from __future__ import annotations

import json
import re
from typing import Any

from trueup.platforms import _data
from trueup.platforms.builders._nixpacks_app import App

_COMPARATOR = re.compile(r"(<=|>=|<|>|\^|~|=)?\s*v?(\d+)((?:\.[\dxX*]+)*)")
_HYPHEN = re.compile(r"v?(\d[\w.]*)\s+-\s+v?(\d[\w.]*)")


def node_archive(app: App) -> str:
    """The archive of nixpkgs from which the phase setup of the Node provider takes all its packages."""
    row = _data.load("nixpacks")["node"]
    package = _package(app)
    if _major(app, package, row) in row["old_majors"]:
        return str(row["old_archive"])
    return str(row["bun_archive"] if _package_manager(app, package) == "bun" else row["archive"])


def _package(app: App) -> dict[str, Any]:
    try:
        package = json.loads(app.read("package.json")) if app.includes("package.json") else {}
    except (ValueError, RecursionError):
        return {}
    return package if isinstance(package, dict) else {}


def _major(app: App, package: dict[str, Any], row: dict[str, Any]) -> int:
    """The newest even version that the project's range allows: of package.json, else .nvmrc, else .node-version."""
    engines = package.get("engines")
    wanted = engines.get("node") if isinstance(engines, dict) else None
    default = int(row["default"])
    if wanted is None and app.includes(".nvmrc"):
        written = app.read(".nvmrc").strip()
        wanted = str(row["names"].get(written, written.removeprefix("v")))
    if wanted is None and app.includes(".node-version"):
        wanted = app.read(".node-version").strip().replace("v", "")
    if not isinstance(wanted, str) or wanted == "*":
        return default
    return next((major for major in row["majors"] if _allows(wanted, major)), default)


def _allows(wanted: str, major: int) -> bool:
    """Whether some release of a major version is in a range of npm's syntax."""
    return any(_allows_all(part, major) for part in wanted.split("||"))


def _allows_all(part: str, major: int) -> bool:
    bounds = _COMPARATOR.findall(_HYPHEN.sub(r">=\1 <=\2", part))
    if not bounds:
        return part.strip().lower() in ("", "*", "x", "latest")
    return all(_is_within(operator, int(number), rest, major) for operator, number, rest in bounds)


def _is_within(operator: str, number: int, rest: str, major: int) -> bool:
    if operator in (">", ">="):
        # Every later release of the same major is above all but the bare number.
        return major > number or (major == number and (operator == ">=" or bool(rest)))
    if operator in ("<", "<="):
        return major < number or (major == number and (operator == "<=" or bool(rest.strip(".0xX*"))))
    return major == number


def _package_manager(app: App, package: dict[str, Any]) -> str:
    named = package.get("packageManager")
    name = named.split("@")[0] if isinstance(named, str) else ""
    if name in ("npm", "pnpm", "yarn", "bun"):
        return name
    locks = {"pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lockb": "bun", "bun.lock": "bun"}
    return next((manager for lock, manager in locks.items() if app.includes(lock)), "npm")
