"""List the environment variables that the code reads, write .env.example, and check a .env.

No value is ever printed. Without options the variables are listed and every .env of the project is checked; `--write`
writes or completes .env.example, and `trueup undo` takes that back. Exit codes: 0 nothing wrong was found, 12 or 13 by
the worst that is wrong with a .env (medium, high), 11 where it has lines that nothing can read.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trueup.cli import _options
from trueup.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from trueup.model.finding import Finding
    from trueup.model.project import Project, SourceFile
    from trueup.variables import ServiceVariables

HELP = "environment variables: required, optional, where read; .env.example and .env"
LARGEST_FILE = 1024 * 1024


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    _options.add_project(parser)
    _options.add_output(parser, ("text", "json"))
    group = parser.add_argument_group("files")
    group.add_argument("--write", action="store_true", help="write .env.example, or add to it what it lacks")
    group.add_argument("-n", "--dry-run", action="store_true", help="with --write: show the difference, change nothing")
    group.add_argument("--env-file", metavar="FILE", help="check this file instead of the project's .env")
    group.add_argument("--no-check", dest="check", action="store_false", help="check no .env")


def run(arguments: argparse.Namespace) -> int:
    """List, write, check; return the exit code."""
    from trueup.configuration import read_configuration
    from trueup.predictions import Choice, code_of, predict
    from trueup.reading import read_project
    from trueup.reports._variables import render_variables, render_variables_json
    from trueup.variables import service_variables

    project = read_project(Path(arguments.path))
    configuration = read_configuration(project)
    context = _options.plan_context(arguments, configuration)
    choice = Choice(
        tuple(arguments.platform) or configuration.platforms,
        tuple(arguments.builder) or configuration.builders,
        tuple(arguments.service),
    )
    predictions = predict(project, context, choice)
    groups = service_variables(predictions, code_of(project, predictions, context))
    judged = _judge(project, groups, arguments) if arguments.check or arguments.env_file else []
    if arguments.format == "json":
        _options.emit(render_variables_json(groups, judged), arguments.output)
    else:
        _options.emit(render_variables(groups, judged, _options.look(arguments)), arguments.output)
    if arguments.write:
        _write(project, groups, Path(arguments.path), is_dry=arguments.dry_run)
    return exit_code([finding for _, findings in judged for finding in findings])


def exit_code(findings: list[Finding]) -> int:
    """By the worst that is wrong."""
    worst = max((finding.severity.rank for finding in findings), default=0)
    codes = (ExitCode.NOTHING_FOUND, ExitCode.FINDINGS_LOW, ExitCode.FINDINGS_MEDIUM, ExitCode.FINDINGS_HIGH)
    return codes[worst]


def _judge(
    project: Project, groups: tuple[ServiceVariables, ...], arguments: argparse.Namespace
) -> list[tuple[str, tuple[Finding, ...]]]:
    from trueup.variables.judging import judge_file

    given = _read(arguments.env_file) if arguments.env_file else None
    judged = []
    for group in groups:
        files = (given,) if given else group.environment_files(project)
        judged += [(file.path, judge_file(project, group, file)) for file in files]
    return judged


def _read(path: str) -> SourceFile:
    """A file given by a flag.

    Raises:
        UsageError: it cannot be read, or is too large to be an environment file.
    """
    from trueup.model.project import SourceFile

    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    if len(data) > LARGEST_FILE:
        raise UsageError(f"{path} is larger than an environment file is ever")
    return SourceFile(path, data, len(data))


def _write(project: Project, groups: tuple[ServiceVariables, ...], root: Path, *, is_dry: bool) -> None:
    """Write or complete every example file, and say on stderr what changed."""
    from trueup.model.repair import by_path, edited
    from trueup.repair.apply import apply_edits
    from trueup.repair.differences import difference
    from trueup.variables.example import example_edits

    for group in groups:
        path, edits = example_edits(project, group)
        if not edits:
            sys.stderr.write(f"{path}: nothing to add.\n")
            continue
        before = project.files[path].data if path in project.files else None
        sys.stderr.write(difference(path, before, edited(before or b"", by_path(edits)[path])))
        if not is_dry:
            apply_edits(f"Write {path}", edits, root)
            sys.stderr.write(f"{path}: written. `trueup undo` takes it back.\n")
