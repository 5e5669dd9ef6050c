"""The file that pip would take for one version on one target, and why not the others. Pure.

The preference is pip's (`_internal/index/package_finder.py`, `LinkEvaluator.evaluate_link` and
`CandidateEvaluator._sort_key`; pip 26.3, read 2026-11-20): files that are not yanked first, then the build tag, then
the tag's place in the target's order, sdists last; of equal ones the last that the index lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from trueup.index.interface import Releases
from trueup.index.names import SDIST_SUFFIXES, parse_wheel_name, parsed_version
from trueup.index.tags import TargetTags, tags_for
from trueup.model.distribution import IndexFile, Rejected, Selection
from trueup.model.target import Target

_SDIST_RANK = 1 << 30


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
    tags = tags_for(target)
    best: IndexFile | None = None
    best_key: tuple[bool, tuple[()] | tuple[int, str], int] | None = None
    for file in files:
        if (file.yanked is not None and not pinned) or not _python_fits(file.requires_python, target.version):
            continue
        rank, build = _rank(file, tags, allow_wheels, allow_sdists)
        if rank is None:
            continue
        key = (file.yanked is None, build, -rank)
        if best_key is None or key >= best_key:
            best, best_key = file, key
    if explain is None:
        explain = best is None or not best.is_wheel
    rejected = tuple(_rejections(files, best, target, pinned, allow_wheels, allow_sdists)) if explain else ()
    return Selection(best, rejected, best.yanked if best is not None else None)


def has_wheel(files: Sequence[IndexFile], target: Target) -> bool:
    """Whether a version has a wheel that is not yanked and fits."""
    tags = tags_for(target)
    return any(
        file.yanked is None
        and file.is_wheel
        and _rank(file, tags, True, False)[0] is not None
        and _python_fits(file.requires_python, target.version)
        for file in files
    )


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
    newest_first = releases.versions()
    if start is None:
        return None
    upwards: list[str] = []
    downwards: list[str] = []
    for text in newest_first:
        version = parsed_version(text)
        if version is not None and not version.is_prerelease:
            (upwards if version >= start else downwards).append(text)
    for text in (*reversed(upwards), *downwards):
        if has_wheel(releases.files(text), target):
            return text
    return None


def _rank(
    file: IndexFile, tags: TargetTags, allow_wheels: bool, allow_sdists: bool
) -> tuple[int | None, tuple[()] | tuple[int, str]]:
    """The file's place in the order of preference and its build tag; (None, ()) where it does not fit."""
    if file.is_wheel:
        wheel = parse_wheel_name(file.filename) if allow_wheels else None
        return (None, ()) if wheel is None else (tags.rank(wheel), wheel.build)
    if allow_sdists and _is_sdist(file.filename):
        return _SDIST_RANK, ()
    return None, ()


def _is_sdist(filename: str) -> bool:
    """Whether pip takes the file for an sdist; it skips zips made on macOS by name (`evaluate_link`)."""
    return filename.endswith(SDIST_SUFFIXES) and not ("macosx10" in filename and filename.endswith(".zip"))


@lru_cache(maxsize=1 << 14)
def _python_fits(requires_python: str | None, python: Version) -> bool:
    """Whether a file's requires-python admits a Python; one that is no specifier admits all, as in pip."""
    if requires_python is None:
        return True
    try:
        return SpecifierSet(requires_python).contains(python, prereleases=True)
    except InvalidSpecifier:
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
    if not _python_fits(file.requires_python, target.version):
        return f"its entry on the index requires Python {file.requires_python}, the target is {target.version}"
    if file.yanked is not None and not pinned:
        return f"yanked by its authors{f': {file.yanked}' if file.yanked else ''}"
    return "fits too, but another file is preferred"
