"""Which distributions a service needs in production, as Railpack finds them before it suggests Playwright's browser.

Source: railwayapp/railpack at b5e80580, core/providers/python/dependencies.go (read 2026-11-20).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trueup.manifests._document import load_toml
from trueup.platforms.builders._railpack_app import App

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.lower())


def names_distribution(specification: str, name: str) -> bool:
    """Whether a requirement is for a distribution, by its name alone (dependencies.go:125)."""
    found = _NAME.match(specification.strip())
    return _normalised(found.group() if found else "") == _normalised(name)


def _pyproject_names(app: App) -> Iterator[str]:
    for path, file in app.tree.matching("pyproject.toml"):
        if path.rpartition("/")[2] != "pyproject.toml":
            continue
        document = load_toml(file)
        listed = document.get("project", "dependencies", default=[])
        yield from (item for item in listed if isinstance(item, str)) if isinstance(listed, list) else ()
        poetry = document.get("tool", "poetry", "dependencies", default={})
        yield from poetry if isinstance(poetry, dict) else ()


def uses_production_dependency(app: App, name: str) -> bool:
    """Whether requirements.txt, else any pyproject.toml, else Pipfile names a distribution (dependencies.go:40)."""
    if app.has("requirements.txt"):
        lines = (app.read("requirements.txt") or "").split("\n")
        return any(names_distribution(line, name) for line in lines)
    if app.has("pyproject.toml"):
        return any(names_distribution(item, name) for item in _pyproject_names(app))
    packages = load_toml(app.file("Pipfile")).get("packages", default={}) if app.has("Pipfile") else {}
    return isinstance(packages, dict) and any(_normalised(key) == _normalised(name) for key in packages)
