"""Write the alignment report and deployment guide of a project, from evidence only.

What each builder does with every file, requirements against lockfiles, critical pins, build phases, variables, policy,
storage, security, and how to deploy, verify, repair, watch and roll back on this platform. Nothing of the project is
executed and no file of it is changed. Exit codes: 0 the report is written, whatever it says; 5 the package index could
not be asked, and the report says so.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from trueup.cli import _options
from trueup.errors import ExitCode

if TYPE_CHECKING:
    from trueup.configuration import Configuration
    from trueup.guide import Material
    from trueup.index.interface import OpenIndex
    from trueup.model.plan import PlanContext
    from trueup.model.project import Project
    from trueup.predictions import Choice

HELP = "the full alignment report and deployment guide (Markdown, HTML)"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    _options.add_project(parser)
    _options.add_index(parser)
    group = parser.add_argument_group("output")
    group.add_argument("--format", choices=("html", "markdown"), help="default: html where FILE ends so, else markdown")
    group.add_argument("-o", "--output", metavar="FILE", help="write there instead of to the terminal")
    group.add_argument("-q", "--quiet", action="store_true", help="no progress")
    group.add_argument("--no-repairs", dest="repairs", action="store_false", help="do not look for repairs")
    group.add_argument("--timeout", type=float, default=10.0, metavar="SECONDS", help="for repairs (default: 10)")


def run(arguments: argparse.Namespace) -> int:
    """Look, write, and return the exit code."""
    from trueup.cli._index import open_index
    from trueup.configuration import read_configuration
    from trueup.guide import write_guide
    from trueup.predictions import Choice
    from trueup.reading import read_project
    from trueup.reports._guide_html import render_guide_html
    from trueup.reports._guide_markdown import render_guide_markdown

    project = read_project(Path(arguments.path))
    configuration = read_configuration(project)
    context = _options.plan_context(arguments, configuration)
    choice = Choice(
        tuple(arguments.platform) or configuration.platforms,
        tuple(arguments.builder) or configuration.builders,
        tuple(arguments.service),
    )
    with open_index(arguments, project) as (index, reason):
        material = gather(project, context, choice, configuration, index, reason, arguments)
    document = write_guide(material)
    form = arguments.format or ("html" if (arguments.output or "").endswith((".html", ".htm")) else "markdown")
    render = render_guide_html if form == "html" else render_guide_markdown
    _options.emit(render(document), arguments.output)
    missed = bool(material.report.index_trouble) or index is None
    return ExitCode.INDEX_UNAVAILABLE if missed else ExitCode.NOTHING_FOUND


def gather(
    project: Project,
    context: PlanContext,
    choice: Choice,
    configuration: Configuration,
    index: OpenIndex | None,
    reason: str,
    arguments: argparse.Namespace,
) -> Material:
    """Everything that the guide is written from; without an index the matrix is left out, and the guide says why."""
    from trueup.fixing import fix
    from trueup.guide import Material
    from trueup.matrix import make_matrix
    from trueup.pipeline import check
    from trueup.repair._interface import Wishes
    from trueup.reports._outlook import lane_name, outlooks

    report = check(project, context, choice, configuration, index, reason)
    matrix = make_matrix(project, context, choice, index) if index is not None else None
    repairs = None
    if arguments.repairs:
        wishes = Wishes(context.python, arguments.timeout, runs_tools=False)
        repairs = fix(project, context, choice, configuration, index, reason, wishes=wishes, report=report)[1]
    told = outlooks(matrix) if matrix is not None else []
    sentences = tuple(dict.fromkeys(f"{lane_name(found.lane)}: {found.sentence}" for _, found in told))
    return Material(report, context, configuration, matrix, repairs, reason, sentences)
