"""What a tool made of a lockfile: which versions moved, which of them need not have, and which addresses came or went.

Pure: everything is read from the two texts and the manifest's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trueup.checks._text import listed
from trueup.manifests import pdm_lock, pipfile, pipfile_lock, poetry_lock, pyproject, requirements_txt, uv_lock
from trueup.manifests._document import load_toml
from trueup.manifests._lock import Lockfile
from trueup.manifests._poetry_constraints import poetry_specifier
from trueup.manifests._tables import string, strings, table
from trueup.model.project import SourceFile
from trueup.model.repair import Change
from trueup.model.requirement import DeclaredRequirement

_PARSERS: dict[str, Callable[[SourceFile], Lockfile]] = {
    "poetry.lock": poetry_lock.parse,
    "pdm.lock": pdm_lock.parse,
    "Pipfile.lock": pipfile_lock.parse,
    "uv.lock": uv_lock.parse,
}
_ORIGIN = re.compile(r"\b(?:[a-z]+\+)?https?://(?:[^\s/\"'@]+@)?([^\s/\"'@]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LockChanges:
    """The versions of each name before and after; only names where they differ."""

    moved: tuple[tuple[str, str, str], ...] = ()
    added: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()

    def told(self) -> str:
        """Every change by name, as a clause."""
        parts = [f"moves {listed(f'{name} {old} → {new}' for name, old, new in self.moved)}"] if self.moved else []
        parts += [f"adds {listed(f'{name} {version}' for name, version in self.added)}"] if self.added else []
        parts += [f"drops {listed(f'{name} {version}' for name, version in self.removed)}"] if self.removed else []
        return listed(parts) if parts else "changes no version"

    def changes(self, direct: Iterable[str]) -> tuple[Change, ...]:
        """The same, for a repair; `direct` are the names that the manifest asks for."""
        names = set(direct)
        found = [Change(name, old, new, name in names) for name, old, new in self.moved]
        found += [Change(name, None, version, name in names) for name, version in self.added]
        return (*found, *(Change(name, version, None, name in names) for name, version in self.removed))


def lock_changes(path: str, before: str, after: str) -> LockChanges:
    """What differs between two texts of a lockfile; the path's last part tells the format."""
    old, new = _versions(path, before), _versions(path, after)
    return LockChanges(
        tuple((name, old[name], new[name]) for name in sorted(old.keys() & new.keys()) if old[name] != new[name]),
        tuple((name, new[name]) for name in sorted(new.keys() - old.keys())),
        tuple((name, old[name]) for name in sorted(old.keys() - new.keys())),
    )


def _versions(path: str, text: str) -> dict[str, str]:
    file = SourceFile(path, text.encode())
    parse = _PARSERS.get(path.rpartition("/")[2])
    found: dict[str, set[str]] = defaultdict(set)
    if parse is None:
        for item in requirements_txt.parse(file).requirements:
            found[item.name].add(item.pinned or "")
    else:
        for package in parse(file).packages:
            found[package.name].add(package.version)
    return {name: ", ".join(sorted(versions)) for name, versions in found.items()}


def needless(path: str, after: str, changes: LockChanges, wanted: Iterable[DeclaredRequirement]) -> tuple[str, ...]:
    """Names that moved though neither the manifest nor any package of the new lockfile rules their old version out.

    Only where the format tells what each package demands (poetry.lock, pdm.lock); else nothing.
    """
    demands = _demands(path, after)
    if demands is None:
        return ()
    for item in wanted:
        demands[item.name].append(item.specifier)
    return tuple(name for name, old, _ in changes.moved if all(_allowed(old, demands[name])))


def _allowed(versions: str, demands: Iterable[SpecifierSet]) -> Iterator[bool]:
    for text in versions.split(", "):
        try:
            version = Version(text)
        except InvalidVersion:
            yield False
            continue
        yield from (demand.contains(version, prereleases=True) for demand in demands)


def _demands(path: str, text: str) -> defaultdict[str, list[SpecifierSet]] | None:
    name = path.rpartition("/")[2]
    if name not in ("poetry.lock", "pdm.lock"):
        return None
    found: defaultdict[str, list[SpecifierSet]] = defaultdict(list)
    packages = load_toml(SourceFile(path, text.encode())).get("package", default=[])
    for entry in map(table, packages if isinstance(packages, list) else []):
        stated = entry.get("dependencies")
        for wanted, specifier in _poetry_demands(stated) if name == "poetry.lock" else _pdm_demands(stated):
            found[canonicalize_name(wanted)].append(specifier)
    return found


def _poetry_demands(value: object) -> Iterator[tuple[str, SpecifierSet]]:
    for name, entry in table(value).items():
        for alternative in entry if isinstance(entry, list) else [entry]:
            text = alternative if isinstance(alternative, str) else string(table(alternative).get("version"))
            try:
                yield name, poetry_specifier(text or "*")
            except InvalidSpecifier:
                continue


def _pdm_demands(value: object) -> Iterator[tuple[str, SpecifierSet]]:
    for text in strings(value):
        try:
            asked = Requirement(text)
        except InvalidRequirement:
            continue
        yield asked.name, asked.specifier


def origins(text: str) -> frozenset[str]:
    """The hosts of all web addresses in a text, without credentials."""
    return frozenset(host.lower() for host in _ORIGIN.findall(text))


def foreign_addresses(before: str, after: str, manifests: Mapping[str, str]) -> str:
    """Why a new lockfile is of another index than the old one, as a sentence; empty where it is not.

    Args:
        before: the lockfile's text.
        after: the text that the tool wrote.
        manifests: what may name an index of the project's own, by path.
    """
    named = frozenset[str]().union(*map(origins, manifests.values()))
    old, new = origins(before), origins(after)
    gained, lost = sorted(new - old - named), sorted((old - new) & (named or old))
    if gained:
        return f"it would hold addresses of {listed(gained)}, which neither it nor its manifest names"
    return f"it would lose the addresses of {listed(lost)}" if lost else ""


def requirements_of(manifest: SourceFile) -> tuple[DeclaredRequirement, ...]:
    """Everything that a manifest asks for by itself, of all groups."""
    if manifest.path.endswith("Pipfile"):
        return tuple(item for items in pipfile.parse(manifest).categories.values() for item in items)
    found = pyproject.parse(manifest)
    items = [*found.dependencies]
    items += [item for group in (*found.optional_dependencies.values(), *found.groups.values()) for item in group]
    if found.poetry:
        items += found.poetry.requirements
        items += [item for _, group in found.poetry.groups for item in group.requirements]
    return tuple(items)
