"""Serve check, diagnose, fix and rule to assistants over the Model Context Protocol, on stdin and stdout.

Projects and logs are read only below --root. Without --allow-apply, fix only plans. Needs the optional extra `mcp`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trueup.cli import _options
from trueup.errors import ExitCode, ProjectUnreadable, UsageError

HELP = "serve check, diagnose, fix and rule to assistants (MCP)"
_NEEDS_INDEX = ("check", "diagnose", "fix")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--root", default=".", metavar="DIR", help="the folder that may be read (default: this one)")
    parser.add_argument(
        "--allow-apply", action="store_true", help="let fix write the repairs that it is asked to apply"
    )
    _options.add_index(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until stdin ends."""
    from trueup.mcp_server import Tools, make_server

    root = Path(arguments.root)
    if not root.is_dir():
        raise ProjectUnreadable(f"{root} is not a folder.", hint="Name the folder that holds the projects with --root.")
    make_server(Tools(CommandRunner(index_options(arguments)), root, arguments.allow_apply)).run("stdio")
    return ExitCode.NOTHING_FOUND


def index_options(arguments: argparse.Namespace) -> list[str]:
    """The options about the index with which the server was started, for every command that asks one."""
    options = [f"--index-url={arguments.index_url}"] if arguments.index_url else []
    options += [f"--extra-index-url={url}" for url in arguments.extra_index_url]
    options += [f"--find-links={place}" for place in arguments.find_links]
    options += ["--offline"] if arguments.offline else []
    return [*options, "--no-index"] if arguments.no_index else options


class CommandRunner:
    """Runs commands in this process, with the index options of the server; what they print as JSON is the answer."""

    def __init__(self, index: Sequence[str] = ()) -> None:
        self._index = list(index)

    def __call__(self, command: str, arguments: Sequence[str], text: str | None) -> dict[str, Any]:
        """The JSON of a command.

        Raises:
            TrueupError: as the command does.
            UsageError: the arguments are not understood.
        """
        from trueup.cli._run import build_parser, load

        with tempfile.TemporaryDirectory(prefix="trueup-mcp-") as folder:
            output = Path(folder) / "answer.json"
            line = [command, "--format=json", f"--output={output}", *(self._index if command in _NEEDS_INDEX else ())]
            line += arguments
            if text is not None:
                log = Path(folder) / "log.txt"
                log.write_text(text, "utf-8", errors="replace")
                line += ["--", str(log)]
            try:
                parsed = build_parser(command).parse_args(line)
            except SystemExit:
                raise UsageError(f"these arguments of {command} are not understood: {' '.join(arguments)}") from None
            load(command).run(parsed)
            answer: dict[str, Any] = json.loads(output.read_text("utf-8"))
        return answer
