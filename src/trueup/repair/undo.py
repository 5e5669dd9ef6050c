"""Take applied repairs back, the last one first, byte for byte; never over an edit that somebody made since."""

from __future__ import annotations

from pathlib import Path

from trueup.errors import UsageError
from trueup.model.repair import Journal
from trueup.repair import files, journal
from trueup.repair.apply import AtStep, carry_out, no_step, recover
from trueup.repair.differences import edited_since
from trueup.repair.journal import State


def undo(root: Path, *, at_step: AtStep = no_step) -> Journal:
    """Take the last applied repair back, byte for byte.

    Raises:
        UsageError: nothing was applied.
        ApplyConflict: a file was edited since; the message shows the difference, and nothing is changed.
    """
    root = root.resolve()
    with journal.locked(root):
        finished = recover(root, at_step=at_step)
        if finished is not None and finished.state is State.UNDOING:
            return finished.journal  # finishing the interrupted undo is what was asked for
        found = journal.entries(root)
        if not found:
            raise UsageError("there is nothing to undo: no repair was applied here")
        entry = found[-1]
        for file in entry.journal.files:
            now = files.look(root, file.path)
            if now.data != file.after:
                raise edited_since(file.path, now.data, file.after)
        at_step("journal")
        entry = journal.advance(entry, State.UNDOING, root)
        return carry_out(entry, root, at_step).journal


def forget_last(root: Path) -> Journal:
    """Drop the last entry of the journal and leave the files as they are.

    Raises:
        UsageError: there is none.
    """
    root = root.resolve()
    with journal.locked(root):
        found = journal.entries(root)
        if not found:
            raise UsageError("there is nothing to forget: no repair was applied here")
        for file in found[-1].journal.files:
            files.drop_temporary(root, file.path, found[-1].journal.number)
        journal.forget(found[-1])
        return found[-1].journal


def history(root: Path) -> list[Journal]:
    """The repairs that can be taken back, the last one last."""
    return [entry.journal for entry in journal.entries(root.resolve())]
