"""Plug-ins: one file that holds one constant. Nothing lists them, and their order means nothing."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any


def plugin_ids(package: str) -> list[str]:
    """The ids of a package's plug-ins by their files' names, sorted; nothing of them is imported.

    Args:
        package: dotted name, such as `trueup.reports`.
    """
    found = pkgutil.iter_modules(importlib.import_module(package).__path__)
    return sorted(each.name.replace("_", "-") for each in found if not each.name.startswith("_") and not each.ispkg)


class Plugins(Mapping[str, Any]):
    """The plug-ins of a package by id, each imported when it is asked for; see `discover` for the arguments."""

    def __init__(self, package: str, constant: str) -> None:
        self._package = package
        self._constant = constant
        self._ids = plugin_ids(package)

    def __getitem__(self, plugin: str) -> Any:
        if plugin not in self._ids:
            raise KeyError(plugin)
        return _load(self._package, plugin.replace("-", "_"), self._constant)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


@cache
def discover(package: str, constant: str) -> dict[str, Any]:
    """Import every public module of a package and return its constant by id.

    Args:
        package: dotted name, such as `trueup.checks`.
        constant: the name that each module must define, such as `CHECK`.

    Returns:
        The constants by their `id`, sorted by it.

    Raises:
        TypeError: a module lacks the constant, or its `id` is not the module's name with hyphens.
    """
    return dict(Plugins(package, constant))


def _load(package: str, name: str, constant: str) -> Any:
    module = importlib.import_module(f"{package}.{name}")
    plugin = getattr(module, constant, None)
    expected = name.replace("_", "-")
    if plugin is None:
        raise TypeError(f"{module.__name__} must define {constant}")
    if plugin.id != expected:
        raise TypeError(f"{module.__name__}.{constant}.id is {plugin.id!r}; the file's name says {expected!r}")
    return plugin
