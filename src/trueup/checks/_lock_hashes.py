"""The hash of its manifest that a lockfile holds, computed again as its own tool computes it.

Sources, read 2026-11-20 in the released distributions: Poetry 1.4.2, 1.5.1, 1.6.1, 1.7.1, 1.8.5 and 2.5.1,
poetry/packages/locker.py (`_get_content_hash`) and poetry/installation/installer.py (`is_fresh`); pipenv's plette,
plette/pipfiles.py (`get_hash`); PDM, pdm/project/project_file.py (`content_hash` of 2.29.3).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from packaging.utils import canonicalize_name

from trueup.manifests._tables import table

_POETRY_LEGACY = ("dependencies", "source", "extras", "dev-dependencies")
_POETRY_PROJECT = ("requires-python", "dependencies", "optional-dependencies")
_PIPFILE_SECTIONS = frozenset(
    {"source", "packages", "dev-packages", "requires", "scripts", "pipfile", "pipenv", "default", "develop"}
)


def _sha256(content: Any, *, compact: bool = False) -> str:
    separators = (",", ":") if compact else None
    try:
        text = json.dumps(content, sort_keys=True, separators=separators)
    except (TypeError, ValueError):
        return ""
    return hashlib.sha256(text.encode()).hexdigest()


def poetry_hashes(pyproject: dict[str, Any]) -> Iterator[str]:
    """Every content-hash that a Poetry from 1.0 on may write for a pyproject.toml: the relevant keys have grown."""
    project, groups = table(pyproject.get("project")), table(pyproject.get("dependency-groups"))
    poetry = table(table(pyproject.get("tool")).get("poetry"))
    yield _sha256({key: poetry.get(key) for key in _POETRY_LEGACY})
    yield _sha256(_poetry_keys(poetry, legacy=True))
    for with_groups in (True, False):
        content: dict[str, Any] = {}
        relevant = {key: project[key] for key in _POETRY_PROJECT if project.get(key) is not None}
        if relevant:
            content["project"] = relevant
        if groups and with_groups:
            content["dependency-groups"] = groups
        if content:
            yield _sha256({**content, "tool": {"poetry": _poetry_keys(poetry, legacy=False)}})


def _poetry_keys(poetry: dict[str, Any], *, legacy: bool) -> dict[str, Any]:
    return {
        key: poetry.get(key)
        for key in (*_POETRY_LEGACY, "group")
        if poetry.get(key) is not None or (legacy and key != "group")
    }


def pipfile_hash(pipfile: dict[str, Any]) -> str | None:
    """The `_meta.hash.sha256` of a Pipfile; None where it names no source, so that the tool's own default counts."""
    if "source" not in pipfile:
        return None
    content: dict[str, Any] = {
        "_meta": {"sources": pipfile["source"], "requires": pipfile.get("requires", {})},
        "default": pipfile.get("packages", {}),
        "develop": pipfile.get("dev-packages", {}),
    }
    content |= {key: value for key, value in pipfile.items() if key not in _PIPFILE_SECTIONS}
    return _sha256(content, compact=True)


def pdm_hash(pyproject: dict[str, Any]) -> str:
    """The `content_hash` of a pyproject.toml as PDM 2 computes it, without the name of the algorithm."""
    project, pdm = table(pyproject.get("project")), table(table(pyproject.get("tool")).get("pdm"))
    return _sha256(
        {
            "sources": pdm.get("source", []),
            "dependencies": project.get("dependencies", []),
            "dev-dependencies": _pdm_groups(pyproject, pdm),
            "optional-dependencies": project.get("optional-dependencies", {}),
            "requires-python": project.get("requires-python", ""),
            "resolution": table(pdm.get("resolution")),
        }
    )


def _pdm_groups(pyproject: dict[str, Any], pdm: dict[str, Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for groups in (table(pyproject.get("dependency-groups")), table(pdm.get("dev-dependencies"))):
        for name, items in groups.items():
            found.setdefault(canonicalize_name(name), []).extend(items if isinstance(items, list) else [])
    return found
