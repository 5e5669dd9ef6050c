"""Plug-ins: one file that holds one constant. Nothing lists them, and their order means nothing."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any


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
    found: dict[str, Any] = {}
    for module_info in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if module_info.name.startswith("_") or module_info.ispkg:
            continue
        module = importlib.import_module(f"{package}.{module_info.name}")
        plugin = getattr(module, constant, None)
        expected = module_info.name.replace("_", "-")
        if plugin is None:
            raise TypeError(f"{module.__name__} must define {constant}")
        if plugin.id != expected:
            raise TypeError(f"{module.__name__}.{constant}.id is {plugin.id!r}; the file's name says {expected!r}")
        found[plugin.id] = plugin
    return dict(sorted(found.items()))
