"""The files of a project as a platform gets them: hashed, and copied fresh into a proof's folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from trueup.model.project import Project
from trueup.reading import read_project

Files = frozenset[tuple[int, int] | None]
"""Files by their `identity`."""


def committed_paths(project: Project) -> tuple[str, ...]:
    """The paths of the view that a platform sees: all but what .gitignore keeps out of a commit."""
    return tuple(sorted(project.listing - project.ignored))


def tree_hash(project: Project, but: Files = frozenset()) -> str:
    """A hash of every committed file: its path, whether it may be executed, and its bytes (a link: its target).

    Args:
        project: the project.
        but: files that are no part of it, such as the record of a proof that was put beside its sources.

    Raises:
        OSError: a file cannot be read.
    """
    return hash_of(state(project, but))


def state(project: Project, but: Files = frozenset()) -> dict[str, str]:
    """What is on the disk now at every committed path of the project; see `tree_hash`.

    Raises:
        OSError: a file cannot be read.
    """
    root = Path(project.whole.path)
    places = {path: root / project.in_project(path) for path in committed_paths(project)}
    return {path: _describe(place) for path, place in places.items() if not (but and identity(place) in but - {None})}


def identity(file: Path | int) -> tuple[int, int] | None:
    """What tells a regular file (or an open one) from all others, whatever its name; None for what is none."""
    try:
        status = os.stat(file)  # noqa: PTH116 - also of a descriptor
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def hash_of(state: Mapping[str, str]) -> str:
    """The hash of a state."""
    digest = hashlib.sha256()
    for path in sorted(state):
        digest.update(f"{path}\0{state[path]}\n".encode())
    return f"sha256:{digest.hexdigest()}"


def changed_paths(before: Mapping[str, str], project: Project, but: Files = frozenset()) -> tuple[str, ...]:
    """The committed paths that are new, gone or different since a state was taken; the project is read again.

    Raises:
        OSError: a file cannot be read.
        ProjectUnreadable: the project is gone.
    """
    now = state(read_project(Path(project.whole.path)).subtree(project.root_dir), but)
    return tuple(sorted(path for path in {*before, *now} if before.get(path) != now.get(path)))


def content_hash(project: Project, paths: Iterable[str]) -> str:
    """A hash of some files of the view; what is not there counts as such."""
    root = Path(project.whole.path)
    digest = hashlib.sha256()
    for path in sorted(set(paths)):
        digest.update(f"{path}\0{_describe(root / project.in_project(path))}\n".encode())
    return digest.hexdigest()


def _describe(location: Path) -> str:
    if location.is_symlink():
        return f"link {location.readlink()}"
    if not location.is_file():
        return "none"
    with location.open("rb") as stream:
        sha = hashlib.file_digest(stream, "sha256").hexdigest()
    return f"{'x' if os.access(location, os.X_OK) else '-'} {sha}"


def visible_paths(project: Project, visible: tuple[str, ...] | None) -> tuple[str, ...]:
    """The committed paths that a builder has copied; `visible` names files and folders, None means all."""
    paths = committed_paths(project)
    if visible is None:
        return paths
    folders = tuple(f"{name.rstrip('/')}/" for name in visible)
    return tuple(path for path in paths if path in visible or path.startswith(folders))


def copy_files(project: Project, paths: Iterable[str], target: Path) -> None:
    """Copy files of the view below a folder, with their modes; links stay links when they stay inside the project.

    A link with an absolute path would lead from the copy back into the project, and leads nowhere on a platform: it is
    left out like those that leave the project.

    Args:
        project: the view; its root directory becomes `target`.
        paths: paths relative to the view.
        target: an existing folder.

    Raises:
        OSError: a file cannot be read or written.
    """
    root = Path(project.whole.path).resolve()
    made: set[Path] = set()
    for path in paths:
        source, copy = root / project.in_project(path), target / path
        if copy.parent not in made:
            copy.parent.mkdir(parents=True, exist_ok=True)
            made.add(copy.parent)
        if source.is_symlink() and not _stays_inside(source, root):
            continue
        if copy.is_symlink() or copy.exists():
            copy.unlink()
        shutil.copy2(source, copy, follow_symlinks=False)
        if not copy.is_symlink():
            copy.chmod(copy.stat().st_mode | 0o600)


def _stays_inside(link: Path, root: Path) -> bool:
    try:
        return not link.readlink().is_absolute() and link.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False


def listing(folder: Path) -> frozenset[str]:
    """Every file below a folder, as relative paths, without compiled bytecode."""
    return frozenset(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and "__pycache__" not in path.parts
    )
