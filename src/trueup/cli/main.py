"""The command line's entry: find the command, parse, run, and turn every failure into words and an exit code.

A command is one file of this package, named as the command, with `HELP`, `configure(parser)` and `run(arguments)`.
Nothing heavy is imported before the command is known.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

DEFAULT_COMMAND = "check"


def console_main() -> NoReturn:
    """The console script: run, and leave the process with the exit code."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run trueup with arguments (without the program's name); return the exit code. Never raises."""
    from trueup.cli._streams import drop_stdout, prepare_streams

    prepare_streams()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:  # before `run` could take it
        sys.stderr.write("trueup: interrupted\n")
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; nobody is left to tell.
        drop_stdout()
        return 141
    except OSError as error:
        drop_stdout()
        sys.stderr.write(f"trueup: cannot write to the standard output: {error.strerror}\n")
        return 2
    return code


def _run(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] in ("--version", "-V"):
        from trueup import __version__

        print(f"trueup {__version__}")  # noqa: T201 (the one line that needs no report)
        return 0
    from trueup.cli._run import run

    return run(list(arguments), DEFAULT_COMMAND)
