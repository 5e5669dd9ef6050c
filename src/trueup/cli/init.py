"""Write deployment files for a platform: services, start commands, variables, health check and the Python pin.

What is written is for what the code is, and `check` is asked about it before anything is written. Files that are there
are never replaced without --replace, the difference and a yes; a Procfile keeps its lines and gets those it lacks.
`trueup undo` takes everything back. Exit codes: 0 `check` has nothing to say of the result; 11, 12 or 13 by the worst
that is left (low, medium, high), 5 the package index could not be asked.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from trueup.cli import _options
from trueup.errors import ExitCode

if TYPE_CHECKING:
    from trueup.initialize import Initialization
    from trueup.model.project import Project

HELP = "write deployment files for a platform"
PLATFORMS = ("heroku", "railway", "render")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("target", choices=PLATFORMS, metavar="PLATFORM", help="railway, render or heroku")
    _options.add_project(parser)
    _options.add_index(parser)
    group = parser.add_argument_group("writing")
    group.add_argument("--name", default="", help="the name of the services (default: that of the folder)")
    group.add_argument("--replace", action="store_true", help="also replace files that are there, after a yes")
    group.add_argument("-n", "--dry-run", action="store_true", help="show, and write nothing")
    group.add_argument("-y", "--yes", action="store_true", help="write without asking")
    group.add_argument("-q", "--quiet", action="store_true", help="no progress")


def run(arguments: argparse.Namespace) -> int:
    """Plan, show, ask, write; return the exit code."""
    from trueup.cli._index import open_index
    from trueup.configuration import read_configuration
    from trueup.initialize import initialize
    from trueup.reading import read_project
    from trueup.repair.apply import finish_interrupted

    root = Path(arguments.path)
    if root.is_dir() and not arguments.dry_run:
        finish_interrupted(root)
    project = read_project(root)
    configuration = read_configuration(project)
    context = _options.plan_context(arguments, configuration)
    with open_index(arguments, project) as (index, reason):
        planned = initialize(
            project,
            arguments.target,
            context,
            configuration,
            index,
            reason,
            name=arguments.name or root.resolve().name,
            replaces=arguments.replace,
        )
    sys.stdout.write(_shown(project, planned))
    sys.stdout.flush()
    _tell(planned, arguments.target)
    if planned.contents and not arguments.dry_run and (arguments.yes or _agreed(planned)):
        _write(project, planned, root, arguments.target)
    return exit_code(planned)


def exit_code(planned: Initialization) -> int:
    """By the worst that `check` would still say."""
    worst = planned.report.worst
    if worst is not None:
        return (ExitCode.FINDINGS_LOW, ExitCode.FINDINGS_MEDIUM, ExitCode.FINDINGS_HIGH)[worst.rank - 1]
    return ExitCode.INDEX_UNAVAILABLE if planned.report.index_trouble else ExitCode.NOTHING_FOUND


def _shown(project: Project, planned: Initialization) -> str:
    from trueup.repair.differences import difference
    from trueup.reports._words import printable

    text = "".join(
        difference(path, file.data if (file := project.get(path)) else None, data)
        for path, data in planned.contents.items()
    )
    return "\n".join(printable(line) for line in text.split("\n"))


def _tell(planned: Initialization, platform: str) -> None:
    """What a person has to know beside the files, on stderr."""
    from trueup.reports._words import printable

    notes = [f"{path} is there already and is left as it is; --replace makes a new one." for path in planned.kept]
    notes += [
        f"{item.evidence.place} needs {item.distribution}, and nothing installs it: add it to the requirements."
        for item in planned.missing
    ]
    notes += [
        f"no file runs the migrations: {service.migrations} before the new version starts (release process, "
        "pre-deploy command)."
        for service in planned.services
        if service.migrations and not any(service.migrations in item.command for item in service.processes)
    ]
    if not planned.contents:
        notes.append("Every file is there already.")
    if platform == "railway":
        notes += _railway_notes(planned)
    if platform == "heroku":
        notes += [
            f"push the folder alone: git subtree push --prefix {shlex.quote(service.root_dir)} heroku main"
            for service in planned.services
            if service.root_dir
        ]
    for result in planned.report.results:
        if result.is_today:
            notes += [f"left for you: {finding.message} {finding.hint}" for finding in result.findings]
    if planned.report.worst is not None:
        notes.append("`trueup fix` repairs what it can of what is left, once the files are written.")
    for note in dict.fromkeys(notes):
        text = f"note: {printable(note)}"
        rows = textwrap.wrap(
            text, _options.columns(), subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
        )
        sys.stderr.write("\n".join([*rows, ""]))


def _railway_notes(planned: Initialization) -> list[str]:
    """What Railway knows by its account alone: .railway/railway.ts once it is applied, or the dashboard."""
    notes = [
        "no build reads .railway/railway.ts: `railway config apply` does what `railway config plan` shows; without it:",
    ]
    for service in planned.services:
        where = f"with the root directory {service.root_dir} " if service.root_dir else ""
        notes += [
            f"make one more service {where}for {process.name}, with the start command: {process.command}"
            for process in service.processes[1:]
        ]
        if service.root_dir:
            notes.append(f"set the root directory of the service to {service.root_dir} (Settings → Source).")
        if service.health:
            notes.append(f"set the health check path to {service.health} (Settings → Deploy).")
        names = [item.name for item in service.all_variables if item.source != "literal"]
        if names:
            notes.append(f"set the variables {', '.join(names)} (Variables).")
    return notes


def _agreed(planned: Initialization) -> bool:
    """Ask on the terminal; without one, nothing is written."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        sys.stderr.write("Nothing was written: --yes writes without asking.\n")
        return False
    number = len(planned.contents)
    sys.stderr.write(f"Write {number} file{'' if number == 1 else 's'}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _write(project: Project, planned: Initialization, root: Path, platform: str) -> None:
    from trueup.model.repair import Edit, digest
    from trueup.repair.apply import apply_edits

    edits = []
    for path, data in planned.contents.items():
        file = project.get(path)
        if file is not None:
            edits.append(Edit(path, 0, len(file.data), data, digest(file.data)))
        elif data is not None:
            edits.append(Edit.new_file(path, data))
    apply_edits(f"Deployment files for {platform}", edits, root)
    number = len(edits)
    sys.stderr.write(f"Wrote {number} file{'' if number == 1 else 's'}. `trueup undo` takes that back.\n")
