"""Distributions on an index, and what becomes of them on a target."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trueup.model.evidence import Evidence
from trueup.model.target import Target


class Outcome(StrEnum):
    """What installing one distribution on one target means."""

    WHEEL = "wheel"
    PURE_SDIST = "pure_sdist"
    COMPILES = "compiles"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"

    @property
    def blocks(self) -> bool:
        """Whether `check` calls it a blocker."""
        return self in (Outcome.COMPILES, Outcome.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One file of one release, as an index lists it. `url` may be relative to the page; it is never printed."""

    filename: str
    url: str
    version: str
    hashes: tuple[tuple[str, str], ...] = ()
    """Pairs of algorithm and hex digest."""
    requires_python: str | None = None
    yanked: str | None = None
    """The reason, maybe empty; None where the file is not yanked."""
    has_metadata: bool = False
    """Whether the index serves the `.metadata` file beside it."""
    metadata_hash: str | None = None
    size: int | None = None
    uploaded: str | None = None

    @property
    def is_wheel(self) -> bool:
        """Whether it is a wheel, by its name."""
        return self.filename.endswith(".whl")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that does not fit a target, and why."""

    filename: str
    reason: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The file that pip would take for one version on one target, or none; and why not the others.

    `file` may be a wheel or an sdist; None: nothing of this version can be installed there.
    """

    file: IndexFile | None
    rejected: tuple[Rejected, ...] = ()
    yanked: str | None = None


@dataclass(frozen=True, slots=True)
class CoreMetadata:
    """What of a distribution's core metadata (PEP 643) resolution needs."""

    name: str
    version: str
    requires_dist: tuple[str, ...] = ()
    requires_python: str | None = None
    provides_extra: tuple[str, ...] = ()
    source: str = ""
    """The file it was read from."""


@dataclass(frozen=True, slots=True)
class ResolvedDistribution:
    """One distribution of the full set for a target.

    `required_by` are the names that ask for it (empty for a root); `evidence` is the line that names it, where the
    project does; `selection` the file that is taken.
    """

    name: str
    version: str
    direct: bool
    required_by: tuple[str, ...] = ()
    requested: tuple[str, ...] = ()
    """The requirement strings that apply to it, in words such as `aiohttp<3.11 (from aiogram 3.13.1)`."""
    evidence: tuple[Evidence, ...] = ()
    extras: frozenset[str] = frozenset()
    selection: Selection | None = None


@dataclass(frozen=True, slots=True)
class ConflictSide:
    """One requirement of a conflict: what it asks for and who asks."""

    requirement: str
    parent: str | None
    """`aiogram 3.13.1`, or None for the project itself."""
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Requirements on one name that no version satisfies; all sides."""

    name: str
    sides: tuple[ConflictSide, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A distribution that could not be looked at: the index did not answer, a URL or path is not followed."""

    name: str
    reason: str
    evidence: tuple[Evidence, ...]
    transient: bool = False
    """Whether the index (or the network) is to blame, and not the project."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The full set of distributions for a target, with every conflict and everything that could not be looked at.

    A resolution with conflicts still holds all distributions that could be told, so that all blockers are named at
    once.
    """

    target: Target
    distributions: tuple[ResolvedDistribution, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildNeeds:
    """What compiling an sdist needs, read from its own files without running them.

    `languages` of c, c++, rust, fortran, cython; `system_libraries` by the header, pkg-config or tool name that the
    sources ask for (`libpq`, `pg_config` …); `backend` the build backend.
    """

    languages: tuple[str, ...] = ()
    system_libraries: tuple[str, ...] = ()
    backend: str | None = None
    evidence: tuple[Evidence, ...] = ()
    goes_on_line: int | None = None
    """The line of setup.py by which a failed compile does not end the build: the distribution installs without its
    extensions. None where it does end it, or the build fails for another reason."""


@dataclass(frozen=True, slots=True)
class PackageForecast:
    """What becomes of one distribution on the target.

    `reason` explains the outcome in a sentence; `fixed_in` is the nearest version (upwards first) that has a usable
    wheel there; `needs` is set for `compiles`.
    """

    name: str
    version: str
    direct: bool
    outcome: Outcome
    reason: str
    evidence: tuple[Evidence, ...]
    file: str | None = None
    fixed_in: str | None = None
    needs: BuildNeeds | None = None
    required_by: tuple[str, ...] = ()
    fails_because: str = ""
    """Why it is known that its build fails on the target; empty where that is not known."""
    has_wheels_elsewhere: bool = False
    """Whether this version has wheels for this system, for other Pythons than the target's."""
    yanked: str | None = None
    """Why its authors have yanked the file that is taken, maybe empty; None where they have not."""
    size: int | None = None
    """Bytes of the file that is taken, where the index says."""
    transient: bool = False
    """Whether the index (or the network) is to blame for an unknown outcome."""
    compiled_before: str = ""
    """What says that its sources compile on the target's Python, as a clause; empty where nothing does."""

    @property
    def installs_anyway(self) -> bool:
        """Whether a compile that fails leaves it installed all the same, without its extensions."""
        return self.outcome is Outcome.COMPILES and self.needs is not None and self.needs.goes_on_line is not None

    @property
    def may_fail(self) -> bool:
        """Whether the install may end at it: no usable wheel, no pure sdist, and its extensions are not optional."""
        return self.outcome.blocks and not self.installs_anyway


@dataclass(frozen=True, slots=True)
class InstallForecast:
    """The outcome of every distribution of a resolution."""

    target: Target
    packages: tuple[PackageForecast, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()

    @property
    def blockers(self) -> tuple[PackageForecast, ...]:
        """Every package that has no usable wheel and is not a pure sdist; all of them."""
        return tuple(p for p in self.packages if p.outcome.blocks)

    @property
    def failing(self) -> tuple[PackageForecast, ...]:
        """The blockers at which the install may end: those whose extensions are not optional."""
        return tuple(p for p in self.packages if p.may_fail)
