"""The journal of applied repairs: what each file held before and after, on the disk before anything is changed.

It lies outside the project, so that no commit, build context or deployment picks it up:
`<state folder>/journal/<project>/<number>/`, with `entry.json` and the files' bytes as `<i>.before` and `<i>.after`.
An entry whose state is `applying` or `undoing` was interrupted; the next `fix` or `undo` finishes it.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from trueup.errors import ApplyConflict
from trueup.model.repair import Journal, JournalFile, digest
from trueup.repair.files import sync_folder

FORMAT = "trueup/journal/1"
_ENTRY = "entry.json"


class State(StrEnum):
    """How far an entry is."""

    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the repair, how far it is, and where it lies."""

    journal: Journal
    state: State
    folder: Path


def state_folder() -> Path:
    """Where journals lie: TRUEUP_STATE_DIR, else the system's place for state (XDG_STATE_HOME on Unix)."""
    if given := os.environ.get("TRUEUP_STATE_DIR"):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "trueup" / "state"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "trueup"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "trueup"


def project_folder(root: Path) -> Path:
    """The folder of one project's journal; `root` is the project's resolved root."""
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:24]
    return state_folder() / "journal" / name


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold a project's journal for this process.

    Raises:
        ApplyConflict: another process holds it, or the state folder cannot be written.
    """
    folder = project_folder(root)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ApplyConflict(
            f"The journal cannot be kept in {folder}: {error.strerror}.",
            hint="Name a folder that can be written with TRUEUP_STATE_DIR; nothing is changed without a journal.",
        ) from None
    try:
        _take(descriptor)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has no such lock; two commands at once are then the user's care.
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise ApplyConflict(
            "Another trueup is changing this project.", hint="Wait until it has ended, and run the command again."
        ) from None


def entries(root: Path) -> list[Entry]:
    """Every entry of a project, oldest first. What was not written to its end is dropped: nothing was changed by it."""
    folder = project_folder(root)
    if not folder.is_dir():
        return []
    found = []
    for place in sorted((item for item in folder.iterdir() if item.name.isdigit()), key=lambda item: int(item.name)):
        entry = _read(place)
        if entry is None:
            shutil.rmtree(place, ignore_errors=True)
        else:
            found.append(entry)
    return found


def interrupted(root: Path) -> str | None:
    """The title of a repair that was being applied or taken back when its process ended; reads only."""
    folder = project_folder(root.resolve())
    for place in folder.glob(f"*/{_ENTRY}") if folder.is_dir() else ():
        try:
            row = json.loads(place.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if row.get("state") in (State.APPLYING.value, State.UNDOING.value):
            return str(row.get("title"))
    return None


def _read(folder: Path) -> Entry | None:
    try:
        row = json.loads((folder / _ENTRY).read_text("utf-8"))
        files = tuple(_read_file(folder, index, item) for index, item in enumerate(row["files"]))
        state = State(row["state"])
        journal = Journal(int(folder.name), row["title"], row["at"], files, state is State.APPLIED)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ApplyConflict(
            f"The journal entry {folder} is damaged ({error}).",
            hint="Look at the files in it, restore what you need by hand, and delete the folder.",
        ) from None
    return Entry(journal, state, folder)


def _read_file(folder: Path, index: int, row: dict[str, Any]) -> JournalFile:
    sides: dict[str, bytes | None] = {}
    for side in ("before", "after"):
        expected = row[side]
        data = None if expected is None else (folder / f"{index}.{side}").read_bytes()
        if data is not None and digest(data) != expected:
            raise ValueError(f"{index}.{side} does not match its checksum")
        sides[side] = data
    return JournalFile(row["path"], sides["before"], sides["after"], int(row["mode"]), row.get("folder") is True)


def begin(root: Path, title: str, files: Sequence[JournalFile]) -> Entry:
    """Write a new entry to its end, before anything is changed.

    Raises:
        ApplyConflict: it cannot be written.
    """
    number = max((entry.journal.number for entry in entries(root)), default=0) + 1
    folder = project_folder(root) / str(number)
    journal = Journal(number, title, datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), tuple(files))
    try:
        folder.mkdir(mode=0o700)
        for index, file in enumerate(files):
            for side, data in (("before", file.before), ("after", file.after)):
                if data is not None:
                    _write(folder / f"{index}.{side}", data)
        entry = Entry(journal, State.APPLYING, folder)
        _write_entry(entry, root)
        sync_folder(folder.parent)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ApplyConflict(
            f"The journal cannot be written: {error.strerror}.", hint="Nothing was changed: make room, and try again."
        ) from None
    return entry


def advance(entry: Entry, state: State, root: Path) -> Entry:
    """Note on the disk how far an entry is."""
    moved = Entry(entry.journal, state, entry.folder)
    _write_entry(moved, root)
    return moved


def forget(entry: Entry) -> None:
    """Drop an entry: its repair is taken back, or is no longer to be."""
    with contextlib.suppress(FileNotFoundError):
        (entry.folder / _ENTRY).unlink()
    sync_folder(entry.folder)
    shutil.rmtree(entry.folder, ignore_errors=True)


def _write_entry(entry: Entry, root: Path) -> None:
    journal = entry.journal
    rows = [
        {
            "path": file.path,
            "mode": file.mode,
            "before": None if file.before is None else digest(file.before),
            "after": None if file.after is None else digest(file.after),
            "folder": file.makes_folder,
        }
        for file in journal.files
    ]
    row = {
        "format": FORMAT,
        "project": str(root),
        "title": journal.title,
        "at": journal.at,
        "state": entry.state.value,
        "files": rows,
    }
    _write(entry.folder / f"{_ENTRY}.new", json.dumps(row, indent=1).encode())
    (entry.folder / f"{_ENTRY}.new").replace(entry.folder / _ENTRY)
    sync_folder(entry.folder)


def _write(place: Path, data: bytes) -> None:
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
