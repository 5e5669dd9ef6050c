"""What a person sees while the package index is read: one line on stderr that is replaced, and gone at the end."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from typing import TextIO

from trueup.cli._streams import PLAIN_TERMINALS
from trueup.index.client import Progress

FIRST_AFTER = 1.0
"""Seconds after which the line appears though the index has not answered anything yet."""
SECONDS_BETWEEN = 0.1
"""Counts move faster than anybody reads."""
NOUNS = {
    "pages": ("index page", "index pages"),
    "metadata": ("metadata file", "metadata files"),
    "sdists": ("source archive", "source archives"),
}


class ProgressLine:
    """Counts what was read, over all rounds of a run: the number of rounds is not known before, so there is no bar."""

    def __init__(self, stream: TextIO, columns: int) -> None:
        self._stream = stream
        self._columns = columns
        self._before: dict[str, int] = {}
        self._now: dict[str, tuple[int, int]] = {}
        self._shown = ""
        self._drawn = float("-inf")
        self._is_open = True
        self._lock = threading.Lock()

    def tell(self, what: str, done: int, total: int) -> None:
        """Take in that `done` of the `total` items of a round are read; see `NOUNS` for the kinds of items.

        The total may grow while a round goes on; a count that does not is one of another round.
        """
        last, _ = self._now.get(what, (0, 0))
        if done <= last:
            self._before[what] = self._before.get(what, 0) + last
        self._now[what] = (done, total)
        if time.monotonic() - self._drawn >= SECONDS_BETWEEN:
            self.draw()

    def draw(self) -> None:
        """Put the line in the place of the one before, cut where the terminal ends."""
        with self._lock:
            if self._is_open:
                self._drawn = time.monotonic()
                self._replace(self._text()[: max(self._columns - 1, 0)])

    def clear(self) -> None:
        """Take the line away for good."""
        with self._lock:
            self._is_open = False
            if self._shown:
                self._replace("")
                self._stream.write("\r")
                self._stream.flush()

    def _text(self) -> str:
        numbers = {what: self._before.get(what, 0) + done for what, (done, _) in self._now.items()}
        read = [f"{number} {NOUNS.get(what, (what, what))[number != 1]}" for what, number in numbers.items()]
        return f"looking at the packages: {', '.join(read)} read" if read else "looking at the packages"

    def _replace(self, text: str) -> None:
        # Blanks, not an escape sequence: every terminal knows them.
        self._stream.write(f"\r{text.ljust(len(self._shown))}")
        self._stream.flush()
        self._shown = text


@contextmanager
def progress_line(stream: TextIO | None = None, *, quiet: bool = False) -> Iterator[Progress | None]:
    """A function that the index tells what it has read; None where nobody looks or the terminal cannot replace a line.

    Args:
        stream: where the line is shown; stderr if None.
        quiet: whether no progress is wanted.
    """
    stream = sys.stderr if stream is None else stream
    if quiet or not stream.isatty() or environ.get("TERM") in PLAIN_TERMINALS:
        yield None
        return
    line = ProgressLine(stream, shutil.get_terminal_size((80, 24)).columns)
    timer = threading.Timer(FIRST_AFTER, line.draw)
    timer.daemon = True
    timer.start()
    try:
        yield line.tell
    finally:
        timer.cancel()
        line.clear()
