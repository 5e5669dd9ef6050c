"""Poetry's tables: of pyproject.toml ([tool.poetry]), and what a dependency may say there.

Rules: "The pyproject.toml file" and "Dependency specification", Poetry 2.x documentation
(https://python-poetry.org/docs/pyproject/, read 2026-11-20).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from trueup.manifests._document import Document, Path
from trueup.manifests._poetry_constraints import poetry_specifier, python_marker
from trueup.manifests._requirement import invalid_requirement
from trueup.manifests._tables import line_evidence, marker, string, strings, table
from trueup.model.finding import Problem
from trueup.model.requirement import DeclaredRequirement

_VCS = ("git", "hg", "svn")
_PLATFORMS = {"linux": "linux", "darwin": "darwin", "win32": "win32", "windows": "win32"}


@dataclass(frozen=True, slots=True)
class PoetryGroup:
    """One dependency group of Poetry; an optional one is installed only when asked for."""

    requirements: tuple[DeclaredRequirement, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class PoetryTables:
    """What [tool.poetry] says. `optional` are names of `requirements` that need an extra; `extras` name them."""

    requirements: tuple[DeclaredRequirement, ...] = ()
    optional: frozenset[str] = frozenset()
    extras: tuple[tuple[str, frozenset[str]], ...] = ()
    groups: tuple[tuple[str, PoetryGroup], ...] = ()
    package_mode: bool = True


def _markers(entry: dict[str, Any]) -> str:
    parts = [str(entry["markers"])] if string(entry.get("markers")) else []
    if string(entry.get("python")):
        parts.append(python_marker(entry["python"]))
    if string(entry.get("platform")):
        parts.append(f'sys_platform == "{_PLATFORMS.get(entry["platform"], entry["platform"])}"')
    words = [part for part in parts if part]
    return words[0] if len(words) == 1 else " and ".join(f"({part})" for part in words)


def source_of(entry: dict[str, Any]) -> tuple[str | None, str | None]:
    """The URL (VCS ones as pip writes them) and the local path of a dependency's table."""
    for kind in _VCS:
        address = string(entry.get(kind))
        if address:
            at = next((entry[key] for key in ("rev", "tag", "branch", "ref") if string(entry.get(key))), None)
            prefix = "" if address.startswith(f"{kind}+") else f"{kind}+"
            return f"{prefix}{address}{f'@{at}' if at else ''}", None
    return string(entry.get("url")), string(entry.get("path")) or string(entry.get("file"))


def dependency(document: Document, path: Path, name: str, entry: Any, group: str) -> DeclaredRequirement:
    """One dependency: `name = "^1.2"` or `name = {version = …, markers = …}`.

    Raises:
        InvalidSpecifier: its version is not a constraint.
    """
    described = {"version": entry} if isinstance(entry, str) else table(entry)
    if not described and entry != {}:
        raise InvalidSpecifier("a version or a table is expected")
    url, local_path = source_of(described)
    return DeclaredRequirement(
        name=canonicalize_name(name),
        specifier=poetry_specifier(described["version"]) if string(described.get("version")) else SpecifierSet(),
        evidence=line_evidence(document, *path),
        extras=frozenset(canonicalize_name(extra) for extra in strings(described.get("extras"))),
        marker=marker(_markers(described)),
        url=url,
        local_path=local_path,
        editable=described.get("develop") is True or described.get("editable") is True,
        group=group,
    )


def dependencies(
    document: Document, path: Path, problems: list[Problem], *, group: str = "", reader: str = "Poetry"
) -> Iterator[tuple[DeclaredRequirement, bool]]:
    """The dependencies of one table, each with whether it is optional; `python` is left out.

    A dependency may be a list of tables, one for each Python or platform.
    """
    for name, value in table(document.get(*path)).items():
        if canonicalize_name(name) == "python":
            continue
        alternatives = value if isinstance(value, list) else [value]
        for index, entry in enumerate(alternatives):
            place = (*path, name, index) if isinstance(value, list) else (*path, name)
            try:
                yield dependency(document, place, name, entry, group), table(entry).get("optional") is True
            except InvalidSpecifier as error:
                problems.append(
                    invalid_requirement(
                        document.file,
                        document.line(*place),
                        f"{name} = {entry!r}",
                        error,
                        reader=reader,
                        hint='Write a version constraint: "1.2.3", "^1.2", ">=1.2,<2" or "*".',
                    )
                )


def _groups(document: Document, problems: list[Problem]) -> Iterator[tuple[str, PoetryGroup]]:
    old = tuple(
        found for found, _ in dependencies(document, ("tool", "poetry", "dev-dependencies"), problems, group="dev")
    )
    for name, value in table(document.get("tool", "poetry", "group")).items():
        path = ("tool", "poetry", "group", name, "dependencies")
        found = tuple(requirement for requirement, _ in dependencies(document, path, problems, group=name))
        if name == "dev":
            found, old = (*found, *old), ()
        yield name, PoetryGroup(found, table(value).get("optional") is True)
    if old:
        yield "dev", PoetryGroup(old)


def read_poetry(document: Document, problems: list[Problem]) -> PoetryTables:
    """Read [tool.poetry] of a pyproject.toml; broken entries become problems."""
    main = list(dependencies(document, ("tool", "poetry", "dependencies"), problems))
    extras = tuple(
        (canonicalize_name(extra), frozenset(canonicalize_name(name) for name in strings(names)))
        for extra, names in table(document.get("tool", "poetry", "extras")).items()
    )
    return PoetryTables(
        requirements=tuple(requirement for requirement, _ in main),
        optional=frozenset(requirement.name for requirement, optional in main if optional),
        extras=extras,
        groups=tuple(_groups(document, problems)),
        package_mode=document.get("tool", "poetry", "package-mode") is not False,
    )


def enriched(requirements: tuple[DeclaredRequirement, ...], poetry: PoetryTables) -> tuple[DeclaredRequirement, ...]:
    """[project] dependencies with the sources that [tool.poetry.dependencies] adds to them (Poetry 2)."""
    sources = {found.name: found for found in poetry.requirements if found.url or found.local_path}
    return tuple(
        replace(found, url=sources[found.name].url, local_path=sources[found.name].local_path)
        if found.name in sources and not found.url
        else found
        for found in requirements
    )
