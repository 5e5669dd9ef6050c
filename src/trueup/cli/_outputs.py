"""Where the report of `check` goes: the terminal or a file, further files in other formats, a badge, a step summary."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from trueup.cli import _options
from trueup.errors import UsageError
from trueup.model.report import Report
from trueup.reports._interface import Format, Look

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable in which a GitHub runner names the file of the step's summary."""
MOST_SUMMARY_BYTES = 1_000_000
"""GitHub takes 1 MiB of summary per step; what is more is lost, with an error in the log."""


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """Further outputs of the same run."""
    group = parser.add_argument_group("further outputs")
    group.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="FORMAT=FILE",
        help="also write the report in this format to this file; may be repeated",
    )
    group.add_argument(
        "--badge", metavar="FILE", help="write a badge of the verdict: FILE.svg, or FILE.json for a service"
    )


def wanted_formats(arguments: argparse.Namespace, formats: Mapping[str, Format]) -> list[tuple[Format, str | None]]:
    """Every format to write, the main one first, each with its file (None: stdout).

    Raises:
        UsageError: --also or --badge is written wrong.
    """
    wanted: list[tuple[Format, str | None]] = [(formats[arguments.format], arguments.output)]
    for text in arguments.also:
        name, equals, file = text.partition("=")
        if not equals or not file:
            raise UsageError(f"--also wants FORMAT=FILE, such as sarif=trueup.sarif, not {text!r}")
        if name not in formats:
            raise UsageError(f"there is no format {name!r}", hint=f"The formats are: {', '.join(formats)}.")
        wanted.append((formats[name], file))
    if arguments.badge and Path(arguments.badge).suffix not in (".svg", ".json"):
        raise UsageError(f"--badge wants a file that ends with .svg or .json, not {arguments.badge!r}")
    return wanted


def look_at(arguments: argparse.Namespace) -> Look:
    """The look of the outputs; paths that a code host reads start where trueup was started."""
    return _options.look(arguments, folder_of(arguments.path))


def folder_of(path: str) -> str:
    """The project's folder relative to the working directory; "" for that itself and for folders outside of it."""
    relative = Path(os.path.relpath(path)).as_posix()
    return "" if relative == "." or relative.startswith("..") else relative


def write_outputs(report: Report, arguments: argparse.Namespace, wanted: list[tuple[Format, str | None]]) -> None:
    """Write everything; the one for the terminal last, so that a failure does not come after it.

    Raises:
        UsageError: a file cannot be written.
    """
    look = look_at(arguments)
    if arguments.badge:
        from trueup.reports._badge import render_badge_json, render_badge_svg

        badge = render_badge_json(report) if arguments.badge.endswith(".json") else render_badge_svg(report)
        _options.emit(badge, arguments.badge)
    for chosen, file in reversed(wanted):
        plain = look if file is None else replace(look, color=False, is_brief=False)
        _options.emit(chosen.render(report, plain), file)
    if wanted[0][0].id == "github":
        _add_summary(report, look)


def _add_summary(report: Report, look: Look) -> None:
    """Append the report to the step's summary, where a GitHub runner gives a file for it.

    Raises:
        UsageError: that file cannot be written.
    """
    path = os.environ.get(STEP_SUMMARY)
    if not path:
        return
    from trueup.reports.markdown import render

    data = render(report, look).encode("utf-8", "replace")
    if len(data) > MOST_SUMMARY_BYTES:
        data = data[: data.rfind(b"\n", 0, MOST_SUMMARY_BYTES)] + b"\n\nThe rest does not fit into a step summary.\n"
    try:
        with Path(path).open("ab") as file:
            file.write(data)
    except OSError as error:
        raise UsageError(f"cannot write the step summary: {error.strerror}") from None
