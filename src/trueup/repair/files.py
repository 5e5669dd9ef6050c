"""The only writes to a project: one file at a time, whole or not at all, and only plain files inside of it.

look (no link, inside, plain) ─▶ temporary file beside it ─▶ fsync ─▶ look again ─▶ rename ─▶ fsync of the folder
"""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from trueup.errors import ApplyConflict

NEW_FILE_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Current:
    """What lies at a path now: the bytes (None: nothing) and the file's mode and owner."""

    data: bytes | None
    mode: int = NEW_FILE_MODE
    owner: tuple[int, int] | None = None


def locate(root: Path, path: str) -> Path:
    """The place of a project's path on the disk.

    Args:
        root: the project's root, already resolved.
        path: a path from the project's root, in POSIX form.

    Raises:
        ApplyConflict: the path leaves the project, or one of its folders is a link or is not there.
    """
    parts = path.split("/")
    if not path or path.startswith("/") or any(part in ("", ".", "..") for part in parts) or "\0" in path:
        raise ApplyConflict(f"{path!r} is not a path inside the project.")
    place = root
    for part in parts[:-1]:
        place = place / part
        try:
            mode = os.lstat(place).st_mode
        except OSError as error:
            raise ApplyConflict(f"{path} cannot be written: {place.name} {_words(error)}.") from None
        if stat.S_ISLNK(mode):
            raise ApplyConflict(
                f"{path} lies behind the link {place.relative_to(root)}, and links are not followed.",
                hint="Make the change in the folder that the link leads to, or replace the link by the folder.",
            )
        if not stat.S_ISDIR(mode):
            raise ApplyConflict(f"{path} cannot be written: {place.relative_to(root)} is not a folder.")
    return place / parts[-1]


def lacks_folder(root: Path, path: str) -> bool:
    """Whether the folder of a path is not there, while the one around it is.

    Raises:
        ApplyConflict: the path leaves the project, or a folder further out is a link or is not there.
    """
    folder = path.rpartition("/")[0]
    return bool(folder) and not os.path.lexists(locate(root, folder))


def make_folder(root: Path, path: str) -> None:
    """Make the folder of a path, where it is not there.

    Raises:
        ApplyConflict: the folder around it cannot be written to.
    """
    if not lacks_folder(root, path):
        return
    place = locate(root, path.rpartition("/")[0])
    try:
        place.mkdir()
    except OSError as error:
        raise ApplyConflict(f"{path} cannot be written: its folder {_words(error)}.") from None
    sync_folder(place.parent)


def drop_folder(root: Path, path: str) -> None:
    """Remove the folder of a path again, if nothing is left in it."""
    with contextlib.suppress(ApplyConflict, OSError):
        place = locate(root, path).parent
        place.rmdir()
        sync_folder(place.parent)


def look(root: Path, path: str) -> Current:
    """What lies at a path of the project now; nothing, where its folder is not there.

    Raises:
        ApplyConflict: it is a link, or no plain file, or cannot be read, or lies outside the project.
    """
    if lacks_folder(root, path):
        return Current(None)
    place = locate(root, path)
    try:
        status = os.lstat(place)
    except FileNotFoundError:
        return Current(None)
    except OSError as error:
        raise ApplyConflict(f"{path} cannot be looked at: it {_words(error)}.") from None
    if stat.S_ISLNK(status.st_mode):
        raise ApplyConflict(
            f"{path} is a link, and links are not followed.",
            hint="Make the change in the file that the link leads to, or replace the link by the file.",
        )
    if not stat.S_ISREG(status.st_mode):
        raise ApplyConflict(f"{path} is not a plain file.")
    try:
        descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise ApplyConflict(f"{path} cannot be read: it {_words(error)}.") from None
    return Current(data, stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid))


def temporary_name(path: str, number: int) -> str:
    """The temporary file that stands beside a file while it is written; one for each repair, so that it is found."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}.{name}.trueup-{number}"


def write_temporary(root: Path, path: str, number: int, data: bytes, like: Current) -> None:
    """Write the new bytes beside the file, with its mode and owner, and wait until the disk has them.

    Raises:
        ApplyConflict: the folder cannot be written to.
    """
    place = locate(root, temporary_name(path, number))
    try:
        with contextlib.suppress(FileNotFoundError):
            place.unlink()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(place, flags, 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            _keep_owner(stream.fileno(), like)
            if hasattr(os, "fchmod"):
                os.fchmod(stream.fileno(), like.mode)
            os.fsync(stream.fileno())
    except OSError as error:
        with contextlib.suppress(OSError):
            place.unlink()
        raise ApplyConflict(
            f"{path} cannot be written: its folder {_words(error)}.", hint="Check the folder's rights and its space."
        ) from None


def _keep_owner(descriptor: int, like: Current) -> None:
    if like.owner is not None and hasattr(os, "fchown") and os.geteuid() == 0:
        os.fchown(descriptor, *like.owner)


def put_in_place(root: Path, path: str, number: int) -> None:
    """Rename the temporary file to the file's own name, and wait until the disk knows.

    Raises:
        ApplyConflict: the rename failed.
    """
    place = locate(root, path)
    try:
        locate(root, temporary_name(path, number)).replace(place)
    except OSError as error:
        raise ApplyConflict(f"{path} cannot be replaced: it {_words(error)}.") from None
    sync_folder(place.parent)


def remove(root: Path, path: str) -> None:
    """Remove a file, if it is there.

    Raises:
        ApplyConflict: it cannot be removed.
    """
    place = locate(root, path)
    try:
        place.unlink(missing_ok=True)
    except OSError as error:
        raise ApplyConflict(f"{path} cannot be removed: it {_words(error)}.") from None
    sync_folder(place.parent)


def drop_temporary(root: Path, path: str, number: int) -> None:
    """Remove what an interrupted write may have left beside a file."""
    with contextlib.suppress(ApplyConflict, OSError):
        locate(root, temporary_name(path, number)).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Wait until the disk knows the names in a folder; where a system has no such call, nothing."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _words(error: OSError) -> str:
    return {
        FileNotFoundError: "is not there",
        PermissionError: "may not be written by this user",
        NotADirectoryError: "is not a folder",
    }.get(type(error), f"refuses ({error.strerror or error})")
