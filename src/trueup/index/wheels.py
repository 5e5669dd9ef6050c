"""Which Pythons and platforms have a wheel of a distribution: the data of `trueup wheels`. Pure but for the index."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement

from trueup.errors import UsageError
from trueup.index.interface import Index, Missing, Releases, Unavailable
from trueup.index.names import normalise
from trueup.index.select import first_version_with_wheel, select
from trueup.model.distribution import IndexFile, Outcome, Selection
from trueup.model.target import LIBC_VERSIONS, SUPPORTED_MINORS, Target

ARCHES = ("x86_64", "aarch64")
LIBCS = tuple(LIBC_VERSIONS.items())
"""The C libraries asked about by default."""

_OTHER_PYTHON = re.compile(r"needs Python (\d\.\d+): tag")
Classify = Callable[[Index, IndexFile], tuple[Outcome, str]]
"""Tells of an sdist whether installing it compiles, and why: PURE_SDIST, COMPILES or UNKNOWN, and a sentence."""


@dataclass(frozen=True, slots=True)
class WheelCell:
    """One distribution on one target."""

    target: Target
    outcome: Outcome
    file: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class WheelRow:
    """One distribution on all targets.

    `version` is None where no version could be told; `reason` then says why. `first_version_with_wheel` holds, by
    Python, the nearest version (upwards first) that has a wheel on the first of the asked platforms; None: none has.
    """

    name: str
    version: str | None
    cells: tuple[WheelCell, ...] = ()
    first_version_with_wheel: tuple[tuple[str, str | None], ...] = ()
    reason: str = ""
    transient: bool = False


@dataclass(frozen=True, slots=True)
class WheelTable:
    """All rows, in the order of the requirements."""

    rows: tuple[WheelRow, ...]
    targets: tuple[Target, ...]


def wheel_table(
    index: Index,
    requirements: Sequence[str],
    pythons: Sequence[str] = SUPPORTED_MINORS,
    arches: Sequence[str] = ARCHES,
    libcs: Iterable[tuple[str, str]] = LIBCS,
    classify: Classify | None = None,
) -> WheelTable:
    """Look up distributions on many targets at once.

    Args:
        index: where to look.
        requirements: such as `asyncpg==0.29.0` or `asyncpg` (then the newest version that is no pre-release).
        pythons: minors or full versions.
        arches: of `x86_64`, `aarch64`.
        libcs: pairs such as ("glibc", "2.36").
        classify: tells sdists apart; by default by the version's other files and the sdist's members.

    Raises:
        UsageError: a requirement cannot be read.
    """
    targets = tuple(
        Target(python, arch, libc, version) for python in pythons for arch in arches for libc, version in libcs
    )
    parsed = [_parsed(text) for text in requirements]
    answers = index.releases([normalise(requirement.name) for requirement in parsed])
    rows = tuple(
        _row(index, requirement, answers[normalise(requirement.name)], targets, classify or _by_members)
        for requirement in parsed
    )
    return WheelTable(rows, targets)


def wheels_document(table: WheelTable) -> dict[str, object]:
    """The table as the JSON object `trueup/wheels/1`."""
    return {"schema": "trueup/wheels/1", "distributions": [_distribution(row) for row in table.rows]}


def _distribution(row: WheelRow) -> dict[str, object]:
    cells = [
        {
            "python": cell.target.python, "arch": cell.target.arch, "libc": cell.target.libc,
            "libc_version": cell.target.libc_version, "outcome": cell.outcome.value, "file": cell.file,
            "reason": cell.reason,
        }
        for cell in row.cells
    ]  # fmt: skip
    found: dict[str, object] = {
        "name": row.name,
        "version": row.version,
        "targets": cells,
        "first_version_with_wheel": dict(row.first_version_with_wheel),
    }
    return {**found, "reason": row.reason} if row.reason else found


def _parsed(text: str) -> Requirement:
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise UsageError(
            f"{text!r} is no requirement: {str(error).splitlines()[0]}",
            hint="write name==version, such as asyncpg==0.29.0",
        ) from error
    if requirement.url:
        raise UsageError(f"{text!r} points to an address", hint="write name==version, such as asyncpg==0.29.0")
    return requirement


def _row(
    index: Index,
    requirement: Requirement,
    answer: Releases | Missing | Unavailable,
    targets: Sequence[Target],
    classify: Classify,
) -> WheelRow:
    name = normalise(requirement.name)
    pins = [spec.version for spec in requirement.specifier if spec.operator in ("==", "===")]
    stated = next((version for version in pins if not version.endswith(".*")), None)
    if isinstance(answer, Unavailable):
        cells = tuple(WheelCell(target, Outcome.UNKNOWN, None, answer.reason) for target in targets)
        return WheelRow(name, stated, cells, reason=answer.reason, transient=answer.transient)
    version = None if isinstance(answer, Missing) else _version(requirement, answer, stated is not None)
    if isinstance(answer, Missing) or version is None:
        reason = "the index has no such project" if isinstance(answer, Missing) else _no_version(requirement, answer)
        cells = tuple(WheelCell(target, Outcome.UNAVAILABLE, None, reason) for target in targets)
        return WheelRow(name, stated, cells, reason=reason)
    known: dict[str, tuple[Outcome, str]] = {}
    files = answer.files(version)
    pinned = stated is not None
    cells = tuple(_cell(index, files, target, pinned, classify, known) for target in targets)
    return WheelRow(name, version, cells, _nearest(answer, version, targets))


def _version(requirement: Requirement, releases: Releases, pinned: bool) -> str | None:
    """The newest version that fits, as pip chooses: pre-releases only where nothing else does, yanked if pinned."""
    usable = (text for text in releases.versions() if pinned or any(f.yanked is None for f in releases.files(text)))
    return next(iter(requirement.specifier.filter(usable)), None)


def _no_version(requirement: Requirement, releases: Releases) -> str:
    newest = ", ".join(releases.versions()[:3]) or "none"
    return f"the index has no version {requirement.specifier} of it (newest: {newest})"


def _cell(
    index: Index,
    files: Sequence[IndexFile],
    target: Target,
    pinned: bool,
    classify: Classify,
    known: dict[str, tuple[Outcome, str]],
) -> WheelCell:
    selection = select(files, target, pinned=pinned)
    file = selection.file
    if file is None:
        return WheelCell(target, Outcome.UNAVAILABLE, None, why_no_wheel(selection, target))
    if file.is_wheel:
        return WheelCell(target, Outcome.WHEEL, file.filename, "")
    if file.filename not in known:
        known[file.filename] = classify(index, file)
    outcome, why = known[file.filename]
    return WheelCell(target, outcome, file.filename, f"{why_no_wheel(selection, target)}; {why}")


def why_no_wheel(selection: Selection, target: Target) -> str:
    """In a sentence, why no wheel of a version fits: the reasons of the wheels that come nearest."""
    wheels = [rejected for rejected in selection.rejected if rejected.filename.endswith(".whl")]
    if not wheels:
        return "this version has no wheels" if selection.rejected or selection.file else "this version has no files"
    near = [one.reason for one in wheels if not one.reason.startswith("for ")]
    reasons = sorted(dict.fromkeys(near or [one.reason for one in wheels]), key=_numbers)
    pythons = [match[1] for reason in reasons if (match := _OTHER_PYTHON.match(reason))]
    if len(pythons) == len(reasons):
        ends = pythons[0] if len(pythons) == 1 else f"{pythons[0]} to {pythons[-1]}"
        return f"no wheel for {target}: those for this platform are for Python {ends}"
    shown = ", ".join(reasons) if len(reasons) <= 3 else f"{reasons[0]}, …, {reasons[-1]}"
    return f"no wheel for {target}: {shown}"


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def _nearest(releases: Releases, version: str, targets: Sequence[Target]) -> tuple[tuple[str, str | None], ...]:
    """By Python, the nearest version that has a wheel on the first of the asked platforms."""
    first: dict[str, Target] = {}
    for target in targets:
        first.setdefault(target.python, target)
    return tuple((python, first_version_with_wheel(releases, target, version)) for python, target in first.items())


def _by_members(index: Index, file: IndexFile) -> tuple[Outcome, str]:
    """Whether an sdist compiles, told by the kinds of source files in it."""
    found = index.sdist_files(file, ())
    if isinstance(found, Unavailable):
        return Outcome.UNKNOWN, f"what its sdist takes could not be told: {found.reason}"
    members = [path for path in found[""].decode("utf-8", "replace").splitlines() if not _is_aside(path)]
    for suffixes, language in _LANGUAGES:
        source = next((path for path in members if path.endswith(suffixes)), None)
        if source is not None:
            return Outcome.COMPILES, f"its sdist must be compiled ({language}: {source})"
    return Outcome.PURE_SDIST, "its sdist holds no sources to compile"


def _is_aside(path: str) -> bool:
    parts = path.lower().split("/")[:-1]
    return any(part in ("test", "tests", "docs", "doc", "examples", "example", "benchmarks") for part in parts)


_LANGUAGES = (
    ((".rs", "Cargo.toml"), "Rust"),
    ((".cpp", ".cc", ".cxx"), "C++"),
    ((".pyx", ".c"), "C"),
    ((".f", ".f90"), "Fortran"),
)
