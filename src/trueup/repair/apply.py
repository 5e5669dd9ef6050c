"""Apply a repair to the disk, or take it back: completely or not at all, whatever ends the process in between.

journal (before and after of every file) ─▶ each file: temporary file, fsync, rename ─▶ journal says it is done

An interrupted change is finished by the next command: the journal has all that is needed, and every file is either
still as it was or already as it will be. Where somebody edited a file in between, nothing is touched and it is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from trueup.errors import ApplyConflict
from trueup.model.repair import Edit, Journal, JournalFile, by_path, digest, edited
from trueup.repair import files, journal
from trueup.repair.differences import edited_since
from trueup.repair.journal import Entry, State

AtStep = Callable[[str], None]
"""Called before each step that changes the disk; tests end the process there."""


def no_step(_: str) -> None:
    """Go on."""


def apply_edits(title: str, edits: Iterable[Edit], root: Path, *, at_step: AtStep = no_step) -> Journal:
    """Apply edits to the files of a project.

    Args:
        title: what is done, for `undo`.
        edits: the edits; each names the file's digest for which it was planned.
        root: the project's root folder.
        at_step: called before each change of the disk.

    Returns:
        The journal of what was done.

    Raises:
        ApplyConflict: a file changed since planning, is a link, or lies outside; nothing was changed then.
    """
    root = root.resolve()
    with journal.locked(root):
        recover(root, at_step=at_step)
        planned = [_planned(root, path, list(group)) for path, group in sorted(by_path(edits).items())]
        changed = [file for file in planned if file.before != file.after]
        if not changed:
            raise ApplyConflict("There is nothing to change: every file is already as the repair makes it.")
        at_step("journal")
        entry = journal.begin(root, title, changed)
        try:
            return carry_out(entry, root, at_step).journal
        except ApplyConflict:
            _take_back(entry, root, at_step)
            raise


def _planned(root: Path, path: str, edits: list[Edit]) -> JournalFile:
    """The file's journal row, if the file is still what the edits were planned for."""
    now = files.look(root, path)
    digests = {edit.sha256 for edit in edits}
    actual = None if now.data is None else digest(now.data)
    if digests != {actual}:
        raise ApplyConflict(
            f"{path} changed after the repair was planned." if now.data is not None else f"{path} is no longer there.",
            hint="Run `trueup fix` again: it plans for the files as they are now.",
        )
    makes_folder = now.data is None and files.lacks_folder(root, path)
    return JournalFile(path, now.data, edited(now.data or b"", edits), now.mode, makes_folder)


def _take_back(entry: Entry, root: Path, at_step: AtStep) -> None:
    """Undo the part of a repair that was done before a later file refused."""
    entry = journal.advance(entry, State.UNDOING, root)
    for file in entry.journal.files:
        files.drop_temporary(root, file.path, entry.journal.number)
        if files.look(root, file.path).data == file.after:
            _bring(file, root, entry.journal.number, False, at_step)
    journal.forget(entry)


def finish_interrupted(root: Path) -> Journal | None:
    """Finish what an earlier command was killed in, before a project is read; tell what it was.

    Raises:
        ApplyConflict: a file was edited since; nothing more is changed.
    """
    root = root.resolve()
    if not journal.project_folder(root).is_dir():
        return None
    with journal.locked(root):
        entry = recover(root)
        return entry.journal if entry else None


def carry_out(entry: Entry, root: Path, at_step: AtStep) -> Entry:
    """Bring every file to the state that the entry aims at, and note it."""
    forwards = entry.state is State.APPLYING
    for file in entry.journal.files:
        _bring(file, root, entry.journal.number, forwards, at_step)
    at_step("note")
    if forwards:
        return journal.advance(entry, State.APPLIED, root)
    journal.forget(entry)
    return entry


def _bring(file: JournalFile, root: Path, number: int, forwards: bool, at_step: AtStep) -> None:
    wanted = file.after if forwards else file.before
    files.drop_temporary(root, file.path, number)
    now = files.look(root, file.path)
    if now.data == wanted:
        return
    if now.data != (file.before if forwards else file.after):
        raise edited_since(file.path, now.data, file.before if forwards else file.after)
    if wanted is None:
        at_step(f"remove {file.path}")
        files.remove(root, file.path)
        if file.makes_folder:
            files.drop_folder(root, file.path)
        return
    like = files.Current(now.data, file.mode, now.owner) if now.data is None else now
    if file.makes_folder:
        files.make_folder(root, file.path)
    at_step(f"write {file.path}")
    files.write_temporary(root, file.path, number, wanted, like)
    at_step(f"rename {file.path}")
    files.put_in_place(root, file.path, number)
    at_step(f"renamed {file.path}")


def recover(root: Path, *, at_step: AtStep = no_step) -> Entry | None:
    """Finish what an earlier command was killed in; the caller holds the lock.

    Returns:
        The entry as it was found, or None where nothing was left unfinished.

    Raises:
        ApplyConflict: a file was edited since; nothing more is changed.
    """
    for entry in journal.entries(root):
        if entry.state is not State.APPLIED:
            _check_files(entry, root)
            carry_out(entry, root, at_step)
            return entry
    return None


def _check_files(entry: Entry, root: Path) -> None:
    """Every file of an interrupted entry is as before or as after, or nothing is done."""
    for file in entry.journal.files:
        now = files.look(root, file.path).data
        if now not in (file.before, file.after):
            conflict = edited_since(file.path, now, file.after)
            conflict.hint = (
                f"“{entry.journal.title}” was interrupted, and the file was edited after it. Both states lie in "
                f"{entry.folder}. `trueup undo --forget` drops the journal and leaves the files as they are."
            )
            raise conflict
