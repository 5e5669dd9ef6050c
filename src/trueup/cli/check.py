"""Predict what the platforms will do with a project, and whether it will work.

Nothing of the project is executed. Exit codes: 0 nothing found, 11, 12 or 13 by the highest severity found (low,
medium, high), 5 when the package index could not be asked and nothing else was found.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trueup.cli import _options, _outputs
from trueup.errors import ExitCode, UsageError
from trueup.model.finding import Severity
from trueup.model.report import Report
from trueup.registry import Plugins, plugin_ids

if TYPE_CHECKING:
    from trueup.configuration import Configuration
    from trueup.index.interface import OpenIndex
    from trueup.model.plan import PlanContext
    from trueup.model.project import Project
    from trueup.predictions import Choice

HELP = "predict what the platforms will do, and whether it will work"
REPAIR_SECONDS = 2.0
_SIGNS = frozenset(
    ("pyproject.toml", "Pipfile", "setup.cfg", "environment.yml", "uv.lock", "poetry.lock", "pylock.toml")
)
_REQUIREMENTS = re.compile(r"requirements.*\.(?:txt|in)")
EXIT_CODES = {
    Severity.LOW: ExitCode.FINDINGS_LOW,
    Severity.MEDIUM: ExitCode.FINDINGS_MEDIUM,
    Severity.HIGH: ExitCode.FINDINGS_HIGH,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    _options.add_project(parser, many_targets=True)
    _options.add_index(parser)
    quiet = "no progress; with text, only the closing lines"
    _options.add_output(parser, plugin_ids("trueup.reports"), quiet)
    _outputs.add_outputs(parser)
    group = parser.add_argument_group("exit code")
    group.add_argument(
        "--fail-on",
        choices=("low", "medium", "high", "never"),
        default="low",
        help="the lowest severity that makes the exit code other than 0 (default: low)",
    )
    parser.add_argument_group("repairs").add_argument(
        "--no-repairs",
        dest="repairs",
        action="store_false",
        help="leave the recommended repairs out of JSON: the search for them takes time",
    )
    group.add_argument("--baseline", metavar="FILE", help="report only what this file does not have yet")
    group.add_argument(
        "--write-baseline", action="store_true", help="write everything that is found into the file of --baseline"
    )
    group.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever is found")


def run(arguments: argparse.Namespace) -> int:
    """Check, report, and return the exit code."""
    from trueup.cli._index import open_index
    from trueup.configuration import read_configuration
    from trueup.pipeline import check
    from trueup.predictions import Choice
    from trueup.reading import read_project

    project = read_project(Path(arguments.path))
    configuration = read_configuration(project)
    context = _options.plan_context(arguments, configuration)
    choice = Choice(
        tuple(arguments.platform) or configuration.platforms,
        tuple(arguments.builder) or configuration.builders,
        tuple(arguments.service),
        tuple(dict.fromkeys(arguments.python)),
        tuple(dict.fromkeys(arguments.arch)),
        tuple(dict.fromkeys(arguments.libc)),
    )
    wanted = _outputs.wanted_formats(arguments, Plugins("trueup.reports", "FORMAT"))
    with open_index(arguments, project) as (index, reason):
        report = check(project, context, choice, configuration, index, reason)
        if index is not None and any(chosen.shows_matrix for chosen, _ in wanted):
            from trueup.matrix import make_matrix

            report = replace(report, matrix=make_matrix(project, context, choice, index))
        if index is not None and arguments.repairs and any(chosen.shows_repairs for chosen, _ in wanted):
            report = _with_repairs(report, project, context, choice, configuration, index)
    report = _with_note_of_interruption(report, Path(arguments.path))
    report = _with_note_of_another_language(report)
    report = _against_baseline(report, arguments)
    _outputs.write_outputs(report, arguments, wanted)
    return exit_code(report, arguments)


def _with_note_of_interruption(report: Report, root: Path) -> Report:
    """Say that the files may be half of a repair: `check` itself never writes to a project."""
    from trueup.repair.journal import interrupted

    title = interrupted(root)
    if title is None:
        return report
    note = f"A change was interrupted here ({title}): `trueup fix` or `trueup undo` finishes it before anything else."
    return replace(report, notes=(*report.notes, note))


def _with_note_of_another_language(report: Report) -> Report:
    """Say where nothing is Python: the folder may be the wrong one, and no verdict would tell."""
    names = {path.rpartition("/")[2] for path in report.project.listing}
    if any(name.endswith(".py") or name in _SIGNS or _REQUIREMENTS.fullmatch(name) for name in names):
        return report
    note = "Nothing here is Python: no .py file, requirements, pyproject.toml or Pipfile. Is it the right folder?"
    return replace(report, notes=(*report.notes, note))


def _with_repairs(
    report: Report,
    project: Project,
    context: PlanContext,
    choice: Choice,
    configuration: Configuration,
    index: OpenIndex,
) -> Report:
    """The report with the recommended repairs, where something fails or may; the search gets two seconds."""
    worst = report.worst
    if worst is None or worst is Severity.LOW or len(choice.pythons) > 1:
        return report
    from trueup.fixing import fix
    from trueup.repair._interface import Wishes

    wishes = Wishes(context.python or next(iter(choice.pythons), None), timeout=REPAIR_SECONDS, runs_tools=False)
    plan = fix(project, context, choice, configuration, index, wishes=wishes, report=report)[1]
    return replace(report, repairs=tuple(repair for repair in plan.repairs if repair.recommended))


def _against_baseline(report: Report, arguments: argparse.Namespace) -> Report:
    """The report without what the baseline has; with `--write-baseline` the file is written first.

    Raises:
        UsageError: the file cannot be read or written, or is no baseline.
    """
    if not arguments.baseline:
        if arguments.write_baseline:
            raise UsageError("--write-baseline wants --baseline FILE")
        return report
    from trueup.baseline import read_baseline, without_known, write_baseline

    path = Path(arguments.baseline)
    try:
        if arguments.write_baseline:
            path.write_text(write_baseline(report), "utf-8")
        text = path.read_text("utf-8")
    except FileNotFoundError:
        hint = "Write it with --write-baseline."
        raise UsageError(f"there is no baseline {arguments.baseline}", hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot use the baseline {arguments.baseline}: {error}") from None
    return without_known(report, read_baseline(text, arguments.baseline))


def exit_code(report: Report, arguments: argparse.Namespace) -> int:
    """The exit code of a report: findings first, then an index that did not answer."""
    if arguments.exit_zero:
        return ExitCode.NOTHING_FOUND
    worst = report.worst
    if worst is not None and arguments.fail_on != "never" and worst.rank >= Severity(arguments.fail_on).rank:
        return EXIT_CODES[worst]
    return ExitCode.INDEX_UNAVAILABLE if report.index_trouble else ExitCode.NOTHING_FOUND
