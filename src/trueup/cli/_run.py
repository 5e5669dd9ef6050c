"""Parsing, and the words of every failure that reaches the top."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import sys
import traceback
from pathlib import Path
from types import ModuleType

import trueup.cli
from trueup import __version__
from trueup.cli._parser import Paragraphs, Parser, no_such_command
from trueup.cli._streams import write_as_utf8
from trueup.errors import ExitCode, TrueupError

ISSUES = "Please report it with the lines above: this is a bug of trueup, not of your project."


def command_names() -> list[str]:
    """The commands: the public modules of this package."""
    return sorted(
        module.name.replace("_", "-")
        for module in pkgutil.iter_modules(trueup.cli.__path__)
        if not module.name.startswith("_") and module.name != "main"
    )


def load(command: str) -> ModuleType:
    """Import a command's module."""
    return importlib.import_module(f"trueup.cli.{command.replace('-', '_')}")


def build_parser(command: str | None = None) -> Parser:
    """The parser of one command; without one, of all of them (for help, completion and the reference)."""
    parser = Parser(
        prog="trueup",
        description="True up a Python service with the platform that will host it.",
        epilog="`trueup COMMAND --help` tells the options of a command; plain `trueup` is `trueup check`.",
    )
    parser.add_argument("-V", "--version", action="version", version=f"trueup {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in [command] if command else command_names():
        module = load(name)
        help_text: str = module.HELP
        subparser = commands.add_parser(
            name,
            help=help_text,
            description=module.__doc__,
            formatter_class=Paragraphs,
        )
        module.configure(subparser)
    return parser


def split_command(arguments: list[str], default: str) -> tuple[str | None, list[str]]:
    """The command of a command line, and the line with it; no command means the default one.

    Raises:
        UsageError: the first word is neither a command nor a path.
    """
    names = command_names()
    if arguments and arguments[0] in names:
        return arguments[0], arguments
    if arguments and arguments[0] in ("-h", "--help"):
        return None, arguments
    if arguments and not arguments[0].startswith("-") and not Path(arguments[0]).exists():
        raise no_such_command(arguments[0], names)
    return default, [default, *arguments]


def run(arguments: list[str], default: str) -> int:
    """Run one command; return its exit code. Failures of the tool are printed to stderr, with what to do."""
    # A run is short and keeps what it makes: looking for unreachable objects as often as usual finds next to nothing.
    gc.set_threshold(100_000, 20, 100)
    try:
        command, line = split_command(arguments, default)
        parser = build_parser(command)
        parsed, rest = parser.parse_known_args(line)
        if rest and (rest := parser.take_late(parsed, rest)):
            parser.refuse(parsed.command, rest, arguments)
        if getattr(parsed, "format", "text") != "text":
            write_as_utf8()
        exit_code: int = load(parsed.command).run(parsed)
    except TrueupError as error:
        complain(error.message, error.hint)
        return error.exit_code
    except KeyboardInterrupt:
        complain("interrupted")
        return ExitCode.INTERRUPTED
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else ExitCode.USAGE
    except BrokenPipeError:
        raise
    except Exception:
        traceback.print_exc()
        complain("trueup failed", ISSUES)
        return ExitCode.BUG
    return exit_code


def complain(message: str, hint: str | None = None) -> None:
    """Say on stderr what failed, and what to do."""
    sys.stderr.write(f"trueup: {message}\n")
    if hint:
        sys.stderr.write(f"hint: {hint}\n")
