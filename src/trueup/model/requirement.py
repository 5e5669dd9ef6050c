"""Requirements as a project states them, each with the line it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet

from trueup.model.evidence import Evidence
from trueup.model.finding import Problem


@dataclass(frozen=True, slots=True)
class DeclaredRequirement:
    """One requirement or constraint.

    `name` is normalised (PEP 503). `url` is set for direct references (`name @ …`, VCS, archives) and `local_path` for
    paths, editable or not. `start` and `end` are character offsets of the requirement in its file's text, from the
    name to the end of the specifier, so that an edit can replace just that; None where the format has no such text.
    """

    name: str
    specifier: SpecifierSet
    evidence: Evidence
    extras: frozenset[str] = frozenset()
    marker: Marker | None = None
    url: str | None = None
    local_path: str | None = None
    editable: bool = False
    hashes: tuple[str, ...] = ()
    is_constraint: bool = False
    group: str = ""
    """The dependency group, extra or section it belongs to; "" for the main one."""
    start: int | None = None
    end: int | None = None

    @property
    def pinned(self) -> str | None:
        """The version of an exact pin (`==X` or `===X` without a wildcard), else None."""
        pins = [s.version for s in self.specifier if s.operator in ("==", "===") and not s.version.endswith(".*")]
        return pins[0] if len(pins) == 1 and len(self.specifier) == 1 else None


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One distribution that a lockfile fixes."""

    name: str
    version: str
    evidence: Evidence
    marker: Marker | None = None
    dependencies: tuple[tuple[str, Marker | None, frozenset[str]], ...] = ()
    """Names of what it needs, each with its marker and extras."""
    optional_dependencies: dict[str, tuple[tuple[str, Marker | None, frozenset[str]], ...]] = field(
        default_factory=dict
    )
    files: tuple[str, ...] = ()
    """File names that the lockfile lists."""
    hashes: tuple[str, ...] = ()
    source: str = "index"
    """index, url, vcs, path or workspace."""
    direct: bool = False
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """What requirement files or pyproject say about where and what to install from. Addresses may hold credentials:
    never print them.
    """

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    """Addresses and paths; relative ones are from the project's root."""
    no_index: bool = False
    no_binary: frozenset[str] = frozenset()
    """Normalised names, or `:all:`."""
    only_binary: frozenset[str] = frozenset()
    prefer_binary: bool = False
    pre: bool = False
    require_hashes: bool = False


@dataclass(frozen=True, slots=True)
class RequirementSet:
    """Exactly what the install steps of a plan read.

    `locked` is set where the package manager installs from a lockfile: then it, and not `requirements`, decides the
    versions. `files` are the files read, as paths from the project's root. `problems` are broken lines, missing or
    unreachable includes.
    """

    requirements: tuple[DeclaredRequirement, ...] = ()
    constraints: tuple[DeclaredRequirement, ...] = ()
    locked: tuple[LockedPackage, ...] | None = None
    options: IndexOptions = field(default_factory=IndexOptions)
    files: tuple[str, ...] = ()
    requires_python: str | None = None
    requires_python_evidence: Evidence | None = None
    problems: tuple[Problem, ...] = ()
