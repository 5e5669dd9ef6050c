"""Show what becomes of every distribution on every Python, blockers first, and what a moved default would break.

Exit codes: 0 the matrix is whole, 5 the index could not be asked about some distribution.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from pathlib import Path

from trueup.cli import _options
from trueup.errors import ExitCode, IndexUnavailable, UsageError
from trueup.model.matrix import Matrix
from trueup.model.target import SUPPORTED_MINORS

HELP = "Python versions × packages as a table, and what the next Python breaks"
FORMATS = ("text", "json", "html")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    _options.add_project(parser)
    group = parser.add_argument_group("columns")
    group.add_argument(
        "--minor",
        action="append",
        default=[],
        metavar="X.Y",
        help="a Python to show; may be repeated (default: all that are maintained, and those used today)",
    )
    _options.add_index(parser)
    _options.add_output(parser, FORMATS)


def run(arguments: argparse.Namespace) -> int:
    """Look up, report, and return the exit code."""
    from trueup.cli._index import open_index
    from trueup.configuration import read_configuration
    from trueup.matrix import make_matrix
    from trueup.pipeline import check
    from trueup.predictions import Choice
    from trueup.reading import read_project
    from trueup.reports._matrix_json import render_matrix_json
    from trueup.reports._matrix_text import render_matrix_text
    from trueup.reports.html import FORMAT

    minors = tuple(minor(text) for text in arguments.minor)
    project = read_project(Path(arguments.path))
    configuration = read_configuration(project)
    context = _options.plan_context(arguments, configuration)
    choice = Choice(
        tuple(arguments.platform) or configuration.platforms,
        tuple(arguments.builder) or configuration.builders,
        tuple(arguments.service),
    )
    look = _options.look(arguments)
    with open_index(arguments, project) as (open_for, reason):
        if open_for is None:
            raise IndexUnavailable(reason)
        matrix = make_matrix(project, context, choice, open_for, minors)
        if arguments.format == "html":
            report = check(project, context, choice, configuration, open_for)
            text = FORMAT.render(replace(report, matrix=matrix), look)
        elif arguments.format == "json":
            text = render_matrix_json(matrix)
        else:
            text = render_matrix_text(matrix, look)
    _options.emit(text, arguments.output)
    return exit_code(matrix)


def minor(text: str) -> str:
    """A column given by a flag.

    Raises:
        UsageError: it is no X.Y that trueup predicts for.
    """
    if not re.fullmatch(r"3\.\d{1,2}", text) or text not in SUPPORTED_MINORS:
        raise UsageError(f"--minor wants one of {', '.join(SUPPORTED_MINORS)}, not {text!r}")
    return text


def exit_code(matrix: Matrix) -> int:
    """5 where the index did not answer about something, else 0."""
    missed = any(item.transient for table in matrix.tables for column in table.columns for item in column.unresolved)
    return ExitCode.INDEX_UNAVAILABLE if missed else ExitCode.NOTHING_FOUND
