"""A matrix: what becomes of every distribution of a project on every Python, and what a moved default would break."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from trueup.model.distribution import Conflict, InstallForecast, Outcome, PackageForecast, Unresolved
from trueup.model.evidence import Evidence
from trueup.model.target import Target


@dataclass(frozen=True, slots=True)
class Move:
    """A published change that gives a service another Python from a day (ISO) on, without a commit."""

    on: str
    python: str
    """The full version or minor from that day on."""
    builder: str
    evidence: tuple[Evidence, ...]

    @property
    def minor(self) -> str:
        """`3.13` of "3.13.2"."""
        return ".".join(self.python.split(".")[:2])


@dataclass(frozen=True, slots=True)
class Lane:
    """Services of one builder that install the same set: which Python they get today, and why.

    `is_default`: the platform's default decides, so the service moves with it; else the project says it, at the place
    of the first evidence. `is_kept`: the platform gives each service the default of the day of its creation, so that a
    moved default reaches only services created later. `move` is the next change that the platform has published; None
    where none is known.
    """

    platform: str
    builder: str
    services: tuple[str, ...]
    python: str | None
    minor: str | None
    is_default: bool
    evidence: tuple[Evidence, ...]
    is_today: bool = True
    move: Move | None = None
    is_kept: bool = False
    image: str = ""
    """System, processor and C library in words."""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One distribution across the Pythons of its table; None where it is not part of the set there."""

    name: str
    direct: bool
    cells: tuple[PackageForecast | None, ...]

    @property
    def blocked(self) -> int:
        """On how many Pythons the install may end at it, as `check` counts."""
        return sum(cell is not None and cell.may_fail for cell in self.cells)

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version that some Python gets, once, in the order of the Pythons."""
        return tuple(dict.fromkeys(cell.version for cell in self.cells if cell is not None))


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    """One Python: where it stands in the table, and what keeps its set from being whole."""

    minor: str
    target: Target
    conflicts: tuple[Conflict, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixTable:
    """One requirement set on one or several platforms that treat it alike. Rows: blockers first."""

    lanes: tuple[Lane, ...]
    files: tuple[str, ...]
    columns: tuple[MatrixColumn, ...]
    rows: tuple[MatrixRow, ...]

    @property
    def images(self) -> str:
        """The systems that the table holds for, in words, each once."""
        versions: dict[str, dict[str, None]] = {}
        for lane in self.lanes:
            system, _, version = lane.image.rpartition(" ")
            versions.setdefault(system, {})[version] = None
        return "; ".join(f"{system} {' / '.join(found)}" for system, found in versions.items())

    @property
    def minors(self) -> tuple[str, ...]:
        """The Pythons, in their order."""
        return tuple(column.minor for column in self.columns)

    def blockers(self, minor: str) -> tuple[PackageForecast, ...]:
        """The packages at which the install on one Python may end; nothing where the table has no such column."""
        if minor not in self.minors:
            return ()
        index = self.minors.index(minor)
        cells = (row.cells[index] for row in self.rows)
        return tuple(cell for cell in cells if cell is not None and cell.may_fail)

    def breaks(self, before: str, after: str) -> tuple[PackageForecast, ...]:
        """What blocks one Python and not another."""
        known = {cell.name for cell in self.blockers(before)}
        return tuple(cell for cell in self.blockers(after) if cell.name not in known)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every table of a project, as of a day. `notes` say what could not be looked at."""

    tables: tuple[MatrixTable, ...]
    on: str
    notes: tuple[str, ...] = ()


def rows_of(forecasts: tuple[InstallForecast, ...]) -> tuple[MatrixRow, ...]:
    """The rows for the forecasts of one set, one per column: most blocked first, then unknown, then by name."""
    by_column = [{package.name: package for package in forecast.packages} for forecast in forecasts]
    names = sorted({name for packages in by_column for name in packages})
    rows = [
        MatrixRow(
            name,
            any(packages[name].direct for packages in by_column if name in packages),
            tuple(packages.get(name) for packages in by_column),
        )
        for name in names
    ]
    return tuple(sorted(rows, key=_urgency))


def _urgency(row: MatrixRow) -> tuple[int, int, bool, str]:
    unknown = sum(cell is not None and cell.outcome is Outcome.UNKNOWN for cell in row.cells)
    return -row.blocked, -unknown, not row.direct, row.name


def falls_back(cell: PackageForecast) -> bool:
    """Whether the nearest version with a usable wheel is an older one, since no newer has any."""
    if cell.fixed_in is None:
        return False
    try:
        return Version(cell.fixed_in) < Version(cell.version)
    except InvalidVersion:
        return False
