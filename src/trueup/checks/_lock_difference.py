"""What a manifest asks for and its lockfile does not have, name by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from trueup.checks._text import listed
from trueup.model.evidence import Evidence
from trueup.model.requirement import DeclaredRequirement


@dataclass(frozen=True, slots=True)
class Difference:
    """Names that the lockfile lacks, versions in it that the manifest does not allow, and names it has too many."""

    missing: tuple[DeclaredRequirement, ...] = ()
    extras: tuple[DeclaredRequirement, ...] = ()
    moved: tuple[tuple[DeclaredRequirement, str], ...] = ()
    """Requirements with the version that the lockfile has instead."""
    surplus: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.extras or self.moved or self.surplus)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The lines of the manifest that the lockfile does not answer."""
        return tuple(item.evidence for item in (*self.missing, *self.extras, *(item for item, _ in self.moved)))

    def told(self, lockfile: str) -> str:
        """The difference in words, as a clause that begins with the lockfile's name."""
        parts = []
        if self.missing or self.extras:
            parts.append(f"lacks {listed(map(_asked, (*self.missing, *self.extras)))}")
        if self.moved:
            parts.append("has " + listed(f"{item.name} {version} for {_asked(item)}" for item, version in self.moved))
        if self.surplus:
            parts.append(f"still has {listed(self.surplus)}, which nothing asks for")
        return f"{lockfile} {' and '.join(parts)}"


def _asked(item: DeclaredRequirement) -> str:
    extras = f"[{','.join(sorted(item.extras))}]" if item.extras else ""
    return f"{item.name}{extras}{item.specifier}"


def difference(
    wanted: Iterable[DeclaredRequirement],
    locked: Mapping[str, Iterable[str]],
    extras: Mapping[str, frozenset[str]] | None = None,
) -> Difference:
    """Compare requirements with locked versions.

    Args:
        wanted: what the manifest asks for; constraints and requirements by address or path are passed over.
        locked: the versions that the lockfile has, by normalised name.
        extras: the extras that it names, by name; None where the lockfile does not write extras.
    """
    missing, lacking, moved = [], [], []
    for item in wanted:
        if item.is_constraint or item.url or item.local_path or not item.name:
            continue
        versions = tuple(locked.get(item.name, ()))
        if item.name not in locked:
            missing.append(item)
        elif versions and not any(_allows(item.specifier, version) for version in versions):
            moved.append((item, versions[0]))
        elif extras is not None and not item.extras <= extras.get(item.name, frozenset()):
            lacking.append(item)
    return Difference(tuple(missing), tuple(lacking), tuple(moved))


def _allows(specifier: SpecifierSet, version: str) -> bool:
    try:
        return specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return True
