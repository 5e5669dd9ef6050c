"""Take the last applied repair back, byte for byte.

Several repairs can be taken back, the last one first. A file that was edited since is not touched: the difference is
shown, and the exit code is 7.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path

from trueup.cli import _options
from trueup.errors import ExitCode, ProjectUnreadable

HELP = "take the last applied repair back"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project (default: this directory)")
    parser.add_argument("--list", action="store_true", help="list what can be taken back, and change nothing")
    parser.add_argument("--forget", action="store_true", help="drop the last entry, and leave the files as they are")


def run(arguments: argparse.Namespace) -> int:
    """Undo; return the exit code."""
    from trueup.repair.undo import forget_last, history, undo

    root = Path(arguments.path)
    if not root.is_dir():
        raise ProjectUnreadable(f"{root} is not a folder.", hint="Name the folder that holds the project.")
    if arguments.list:
        for journal in reversed(history(root)):
            files = ", ".join(file.path for file in journal.files)
            sys.stdout.write(_wrapped(f"{journal.number}  {journal.at}  {journal.title}  ({files})"))
        return ExitCode.NOTHING_FOUND
    if arguments.forget:
        sys.stdout.write(_wrapped(f"Forgotten, and left as it is: {forget_last(root).title}"))
        return ExitCode.NOTHING_FOUND
    journal = undo(root)
    sys.stdout.write(_wrapped(f"Taken back: {journal.title}"))
    for file in journal.files:
        sys.stdout.write(f"  {file.path}{' (removed)' if file.before is None else ''}\n")
    return ExitCode.NOTHING_FOUND


def _wrapped(text: str) -> str:
    """A line as wide as the terminal; several repairs that were applied at once have one long title."""
    rows = textwrap.wrap(
        text, _options.columns(), subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join([*rows, ""])
