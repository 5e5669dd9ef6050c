"""The file that pip would take for one version on one target, and why not the others. Pure.

The preference is pip's (`_internal/index/package_finder.py`, `LinkEvaluator.evaluate_link` and
`CandidateEvaluator._sort_key`; pip 26.3, read 2026-11-20): files that are not yanked first, then the tag's place
in the target's order, sdists last, then the build tag; of equal ones the last that the index lists.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from trueup.index.interface import Releases
from trueup.index.names import SDIST_SUFFIXES, parse_wheel_name, parsed_version, wheel_tail
from trueup.index.tags import tags_for
from trueup.model.distribution import IndexFile, Rejected, Selection
from trueup.model.target import Target

_SDIST_RANK = 1 << 30
_KEPT_LIMIT = 4096


def select(
    files: Sequence[IndexFile],
    target: Target,
    *,
    pinned: bool = False,
    allow_wheels: bool = True,
    allow_sdists: bool = True,
    explain: bool | None = None,
) -> Selection:
    """The file that pip would take.

    Args:
        files: the files of one version, in the index's order.
        target: where it is to be installed.
        pinned: whether the requirement names exactly this version, so that a yanked file may be taken (PEP 592).
        allow_wheels: False under `--no-binary` for this project.
        allow_sdists: False under `--only-binary` for this project.
        explain: whether to say of every other file why it is not taken; None: only where no wheel is taken.

    Returns:
        The file, if one fits, and the rejected files with their reasons.
    """
    best: IndexFile | None = None
    best_key: tuple[bool, int, tuple[()] | tuple[int, str]] | None = None
    for file, build, rank in _fitting(files, target, pinned, allow_wheels, allow_sdists):
        key = (file.yanked is None, -rank, build)
        if best_key is None or key >= best_key:
            best, best_key = file, key
    if explain is None:
        explain = best is None or not best.is_wheel
    rejected = tuple(_rejections(files, best, target, pinned, allow_wheels, allow_sdists)) if explain else ()
    return Selection(best, rejected, best.yanked if best is not None else None)


def has_wheel(files: Sequence[IndexFile], target: Target) -> bool:
    """Whether a version has a wheel that is not yanked and fits."""
    return any(True for _ in _fitting(files, target, False, True, False))


def first_version_with_wheel(releases: Releases, target: Target, from_version: str) -> str | None:
    """The nearest version that has a usable wheel for a target: upwards first, then downwards.

    Args:
        releases: the project's releases.
        target: where it is to be installed.
        from_version: the version to start from; it is looked at first.

    Returns:
        The version as the index writes it, or None. Pre-releases and yanked files do not count, as pip would not
        choose them.
    """
    start = parsed_version(from_version)
    if start is None:
        return None
    texts, versions = _finals(tuple(releases.versions()))
    at = bisect_left(versions, start)
    tags = tags_for(target)
    names_of = getattr(releases, "filenames", None)
    for text in (*texts[at:], *reversed(texts[:at])):
        if names_of is not None and not tags.any_fits(_tails(names_of(text))):
            continue  # the names alone rule it out: most versions need no decoding
        if has_wheel(releases.files(text), target):
            return text
    return None


@lru_cache(maxsize=1024)
def _finals(newest_first: tuple[str, ...]) -> tuple[list[str], list[Version]]:
    """The versions that are no pre-releases, oldest first, as written and parsed."""
    pairs = [(text, version) for text in reversed(newest_first) if (version := parsed_version(text)) is not None]
    finals = [(text, version) for text, version in pairs if not version.is_prerelease]
    return [text for text, _ in finals], [version for _, version in finals]


@lru_cache(maxsize=1 << 13)
def _tails(filenames: tuple[str, ...]) -> frozenset[str]:
    return frozenset(wheel_tail(name) for name in filenames if name.endswith(".whl"))


def _fitting(
    files: Sequence[IndexFile], target: Target, pinned: bool, allow_wheels: bool, allow_sdists: bool
) -> Iterator[tuple[IndexFile, tuple[()] | tuple[int, str], int]]:
    """The files that fit, each with its build tag and its place in the order of preference."""
    rank_of = tags_for(target).tail_rank
    pythons: dict[str | None, bool] = {None: True}
    for file, tail in _prepared(files):
        if not (allow_sdists if tail is None else allow_wheels) or (file.yanked is not None and not pinned):
            continue
        rank = _SDIST_RANK if tail is None else rank_of(tail)
        if rank is None:
            continue
        fits = pythons.get(file.requires_python)
        if fits is None:
            fits = pythons[file.requires_python] = _python_fits(file.requires_python, target)
        if not fits:
            continue
        if tail is None:
            yield file, (), rank
        elif (wheel := parse_wheel_name(file.filename)) is not None:
            yield file, wheel.build, rank


_Prepared = list[tuple[IndexFile, str | None]]
_kept: dict[int, tuple[Sequence[IndexFile], _Prepared]] = {}


def _prepared(files: Sequence[IndexFile]) -> _Prepared:
    """The files that pip can install from at all, with their tag set (None for an sdist).

    It is kept for tuples, because the same version is looked at once for every target.
    """
    kept = _kept.get(id(files))
    if kept is not None and kept[0] is files:
        return kept[1]
    rows: _Prepared = []
    for file in files:
        if file.is_wheel:
            rows.append((file, wheel_tail(file.filename)))
        elif _is_sdist(file.filename):
            rows.append((file, None))
    if isinstance(files, tuple):
        if len(_kept) >= _KEPT_LIMIT:
            _kept.clear()
        _kept[id(files)] = (files, rows)
    return rows


def _is_sdist(filename: str) -> bool:
    """Whether pip takes the file for an sdist; it skips zips made on macOS by name (`evaluate_link`)."""
    return filename.endswith(SDIST_SUFFIXES) and not ("macosx10" in filename and filename.endswith(".zip"))


def _python_fits(requires_python: str | None, target: Target) -> bool:
    """Whether a file's requires-python admits the target's Python; one that is no specifier admits all, as in pip."""
    return requires_python is None or _admits(requires_python, str(target.version))


@lru_cache(maxsize=1 << 14)
def _admits(requires_python: str, python: str) -> bool:
    try:
        return SpecifierSet(requires_python).contains(python, prereleases=True)
    except ValueError:  # InvalidSpecifier, and numbers with more digits than Python reads
        return True


def _rejections(
    files: Sequence[IndexFile],
    taken: IndexFile | None,
    target: Target,
    pinned: bool,
    allow_wheels: bool,
    allow_sdists: bool,
) -> Iterator[Rejected]:
    for file in files:
        if file is not taken:
            yield Rejected(file.filename, _reason(file, target, pinned, allow_wheels, allow_sdists))


def _reason(file: IndexFile, target: Target, pinned: bool, allow_wheels: bool, allow_sdists: bool) -> str:
    """Why a file is not taken, in words; the plainest reason wins."""
    if file.is_wheel:
        if not allow_wheels:
            return "wheels of this project are switched off (no-binary)"
        wheel = parse_wheel_name(file.filename)
        if wheel is None:
            return "its name is no valid name of a wheel"
        if tags_for(target).rank(wheel) is None:
            return tags_for(target).reason(wheel)
    elif not _is_sdist(file.filename):
        return "an archive that pip does not install from"
    elif not allow_sdists:
        return "sdists of this project are switched off (only-binary)"
    if not _python_fits(file.requires_python, target):
        return f"its entry on the index requires Python {file.requires_python}, the target is {target.version}"
    if file.yanked is not None and not pinned:
        return f"yanked by its authors{f': {file.yanked}' if file.yanked else ''}"
    return "fits too, but another file is preferred"
