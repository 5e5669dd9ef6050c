"""The tools of the MCP server, for assistants that edit a project: check, diagnose, fix and rule.

Each tool runs the command of the same name and hands back its JSON: an assistant and a terminal get the same answer.
The tools reach only folders below the one the server was started for, and `fix` writes nothing unless the server was
started with `--allow-apply`. The official SDK is an optional extra; only `make_server` and `told` need it.

Sources: the Model Context Protocol, 2025-11-25, "Tools" (annotations, errors as results, structured content); the
official Python SDK 2.3, module `mcp.server.mcpserver`; read 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trueup import __version__
from trueup.errors import TrueupError, UsageError

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

RunCommand = Callable[[str, Sequence[str], str | None], dict[str, Any]]
"""Runs a command with arguments (the third: a text that it reads from a file, or None); gives its JSON."""

INSTRUCTIONS = (
    "trueup predicts what Railway, Render or Heroku will do with a Python service. Call check before a deployment and"
    " after every edit of a manifest or version file, diagnose with the log of a build or start that failed, fix for"
    " the smallest repairs that were seen to work, and rule for what a rule's id means. `unknown` is never success: say"
    " the reason that comes with it. Nothing of the project is executed."
)
MOST_LOG_CHARACTERS = 20_000_000
"""Of a log that is given as text; a longer one is named as a file."""


@dataclass(frozen=True)
class Tools:
    """The tools, without the protocol.

    `root` is the folder below which projects and logs lie; `may_apply` whether `fix` may write.
    """

    run_command: RunCommand
    root: Path
    may_apply: bool = False

    def check(
        self,
        path: str = ".",
        platforms: list[str] | None = None,
        services: list[str] | None = None,
        python: str | None = None,
        on: str | None = None,
        all_packages: bool = False,
    ) -> dict[str, Any]:
        """Predict what the platforms will do with a Python project, and whether it will work.

        For each service and builder: the verdict, the Python and the line that decides it, what is installed, the start
        command, findings with file:line and what to do, what is unknown and why, and the recommended repairs.

        Args:
            path: the project's folder, relative to the server's root.
            platforms: only these; by default those whose files are there.
            services: only these services.
            python: predict for this Python (X.Y or X.Y.Z), whatever the platform would take.
            on: predict as of this day (YYYY-MM-DD); by default today.
            all_packages: also list the distributions that have a wheel; by default only the others.
        """
        options = [*_looking_at(platforms, services), *_option("--python", python), *_option("--on", on)]
        report = self.run_command("check", [*options, "--", self._inside(path)], None)
        return report if all_packages else _without_wheels(report)

    def diagnose(
        self,
        log: str | None = None,
        log_file: str | None = None,
        project: str | None = None,
    ) -> dict[str, Any]:
        """Name the root cause of a failed build or start from its log.

        Gives the cause, the lines of the log that show it, what led to it, what to do, and with `project` the lines of
        the project to change. No cause means that none was recognised; `look_for` then says which lines to look for.

        Args:
            log: the log's text, whole or its end.
            log_file: or the file that holds it, relative to the server's root.
            project: the project's folder, to point at the line to change.
        """
        if (log is None) == (log_file is None):
            raise UsageError("diagnose wants either log or log_file")
        if log is not None and len(log) > MOST_LOG_CHARACTERS:
            raise UsageError("the log is too long to be given as text", hint="Name its file with log_file.")
        options = _option("--project", None if project is None else self._inside(project))
        if log_file is not None:
            return self.run_command("diagnose", [*options, "--", self._inside(log_file)], None)
        return self.run_command("diagnose", options, log)

    def fix(
        self,
        path: str = ".",
        platforms: list[str] | None = None,
        services: list[str] | None = None,
        python: str | None = None,
        repairs: list[str] | None = None,
        keep_python: bool = False,
        no_bumps: bool = False,
        apply: bool = False,
    ) -> dict[str, Any]:
        """Plan the smallest repairs of a project: each was applied to a copy in memory and checked again.

        Gives the repairs with their differences, cost and reason. Nothing is written unless `apply` is true and the
        server was started with --allow-apply; `trueup undo` takes an applied repair back.

        Args:
            path: the project's folder, relative to the server's root.
            platforms: only these; by default those whose files are there.
            services: only these services.
            python: the Python to pin, X.Y or X.Y.Z; by default the nearest that works.
            repairs: ids of repairs to apply instead of the recommended ones.
            keep_python: do not change the Python.
            no_bumps: move no version of a dependency.
            apply: write the recommended repairs that are safe, or those named in `repairs`.
        """
        if apply and not self.may_apply:
            hint = "Show the differences to the user, who can start the server with --allow-apply or edit the files."
            raise UsageError("this server plans repairs and does not apply them", hint=hint)
        options = [*_looking_at(platforms, services), *_option("--python", python)]
        options += [f"--repair={name}" for name in repairs or ()]
        options += [
            name for name, wanted in (("--keep-python", keep_python), ("--no-bumps", no_bumps)) if wanted is True
        ]
        options.append("--yes" if apply else "--dry-run")
        return self.run_command("fix", [*options, "--", self._inside(path)], None)

    def rule(self, id: str | None = None) -> dict[str, Any]:  # noqa: A002 (the word users know from `trueup rule ID`)
        """Explain a rule of check or diagnose: what it means, why it fails a deployment, what to do, with sources.

        Args:
            id: such as no-wheel; without one, the ids and titles of all rules.
        """
        return self.run_command("rule", ["--", id] if id else [], None)

    def _inside(self, path: str) -> str:
        """The path below the root, resolved.

        Raises:
            UsageError: it leaves the root.
        """
        root = self.root.resolve()
        try:
            found = (root / path).resolve()
        except (OSError, ValueError) as error:
            raise UsageError(f"{path!r} is no path: {error}") from None
        if not found.is_relative_to(root):
            hint = "Start the server with --root at a folder that holds it."
            raise UsageError(f"{path} lies outside of the folder that this server may read", hint=hint)
        return str(found)


def _looking_at(platforms: Sequence[str] | None, services: Sequence[str] | None) -> list[str]:
    chosen = [f"--platform={name}" for name in platforms or ()]
    return [*chosen, *(f"--service={name}" for name in services or ())]


def _option(name: str, value: str | None) -> list[str]:
    return [] if value is None else [f"{name}={value}"]


def _without_wheels(report: dict[str, Any]) -> dict[str, Any]:
    """The report with only those packages that do not simply install: the others would fill an assistant's context."""
    results = [
        {**result, "packages": [package for package in result["packages"] if package["outcome"] != "wheel"]}
        for result in report["results"]
    ]
    return {**report, "results": results}


def make_server(tools: Tools) -> MCPServer:
    """The MCP server of some tools.

    Raises:
        UsageError: the optional extra is not installed.
    """
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.types import ToolAnnotations
    except ImportError:
        hint = "Install trueup with its extra: `pip install 'trueup[mcp]'`."
        raise UsageError("the MCP server needs the official MCP SDK, version 2 or newer", hint=hint) from None
    server = MCPServer("trueup", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING")
    for tool in (tools.check, tools.diagnose, tools.fix, tools.rule):
        writes = tool == tools.fix and tools.may_apply
        server.add_tool(
            told(tool),
            name=tool.__name__,
            annotations=ToolAnnotations(
                read_only_hint=not writes, destructive_hint=writes, idempotent_hint=True, open_world_hint=True
            ),
        )
    return server


def told(tool: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The tool with its failures in the words that a terminal gets, as the protocol wants them: results, not crashes.

    Needs the SDK.
    """
    import functools

    from mcp.server.mcpserver.exceptions import ToolError

    @functools.wraps(tool)
    def telling(*arguments: Any, **named: Any) -> dict[str, Any]:
        try:
            return tool(*arguments, **named)
        except TrueupError as error:
            raise ToolError(f"{error.message}\nhint: {error.hint}" if error.hint else error.message) from None

    return telling
