"""The table [bootstrap] of mise's TOML files: what mise warns of in it, and what it cannot read.

Source: jdx/mise at tag v2026.8.6, src/system/mod.rs:73-260 and src/system/remote.rs:17, with the binary of that tag
(read and run 2026-11-20). What stands below single secrets, groups, users, services, files and so on is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_TABLE, _TEXTS, _PACKAGES, _TEXT, _LIST, _ANY = "table", "texts", "packages", "text", "list", "any"
_KEYS: dict[str, Any] = {
    **dict.fromkeys(("secrets", "groups", "users", "services", "compose", "files", "directories", "repos"), _TABLE),
    **dict.fromkeys(("mise_shell_activate", "hooks"), _TABLE),
    "plugins": _TEXTS,
    "packages": _PACKAGES,
    "remote": {"source": _TEXT, "exclude": _LIST, "hosts": _TABLE},
    "macos": {
        **dict.fromkeys(("dock", "finder", "keyboard", "trackpad", "defaults"), _TABLE),
        "launchd": {"agents": _TABLE},
    },
    "linux": {"firewall": _ANY, "systemd": {"units": _TABLE}},
    "user": {"login_shell": _TEXT},
    "brew": {"taps": _TEXTS},
}
"""Each key with the kind of its value, or with the keys of its own table."""


def unknown_bootstrap_fields(table: dict[str, Any]) -> Iterator[str]:
    """The keys that mise passes over with a warning, as it names them, in the order in which they stand there."""
    yield from _unknown(table, _KEYS, "bootstrap.?.")


def _unknown(table: dict[str, Any], keys: dict[str, Any], prefix: str) -> Iterator[str]:
    for name, value in table.items():
        known = keys.get(name)
        if known is None:
            yield prefix + name
        elif isinstance(known, dict) and isinstance(value, dict):
            yield from _unknown(value, known, f"{prefix}{name}.")


def refused_bootstrap(table: dict[str, Any]) -> str | None:
    """The key whose value mise cannot read, dotted; None where it reads all of them."""
    return next(_refused(table, _KEYS, "bootstrap."), None)


def _refused(table: dict[str, Any], keys: dict[str, Any], prefix: str) -> Iterator[str]:
    for name, value in table.items():
        known = keys.get(name, _ANY)
        if isinstance(known, dict):
            if isinstance(value, dict):
                yield from _refused(value, known, f"{prefix}{name}.")
            elif not isinstance(value, list):  # an array may stand for a table whose keys are fixed
                yield prefix + name
        elif not _fits(value, known):
            yield prefix + name


def _fits(value: Any, kind: str) -> bool:
    if kind in (_TEXTS, _PACKAGES):
        is_item = _is_package if kind == _PACKAGES else _is_text
        return isinstance(value, dict) and all(map(is_item, value.values()))
    if kind == _LIST:
        return isinstance(value, list) and all(map(_is_text, value))
    return kind == _ANY or isinstance(value, dict if kind == _TABLE else str)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_package(value: Any) -> bool:
    """A version, or a table of `version` and `os` alone, of which `os` names at least one system."""
    if not isinstance(value, dict):
        return isinstance(value, str | list)  # an array may stand for the table
    systems = value.get("os", "any")
    listed = systems if isinstance(systems, list) else [systems]
    are_named = bool(listed) and all(isinstance(name, str) and name for name in listed)
    return set(value) <= {"version", "os"} and isinstance(value.get("version", ""), str) and are_named
