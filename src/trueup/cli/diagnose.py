"""Read a build or start log and name the root cause.

Exit codes: 0 a cause is named or the log shows a success; 3 nothing was recognised (what to look for is printed); 13
with `--verify-python`, the log does not prove that Python.
"""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from trueup.cli import _options
from trueup.errors import ExitCode, UsageError
from trueup.model.diagnosis import Diagnosis
from trueup.model.project import Project

HELP = "read a build or start log, and name the cause"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from trueup.reports._diagnosis import DIAGNOSIS_FORMATS

    parser.add_argument("log", nargs="?", default="-", metavar="LOG", help="the log's file; - (the default) is stdin")
    parser.add_argument("--project", metavar="PATH", help="the project's folder: points to the line to change")
    parser.add_argument(
        "--verify-python", metavar="X.Y", help="exit with 13 unless the log proves that this Python was used"
    )
    _options.add_index(parser)
    _options.add_output(parser, DIAGNOSIS_FORMATS)
    parser.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever is recognised")


def run(arguments: argparse.Namespace) -> int:
    """Diagnose, report, and return the exit code."""
    from trueup.diagnose import pointed_at_project
    from trueup.reports._diagnosis import DIAGNOSIS_FORMATS

    wanted = arguments.verify_python
    if wanted and not re.fullmatch(r"\d+\.\d+(?:\.\d+)?", wanted):
        raise UsageError(f"--verify-python wants X.Y or X.Y.Z, such as 3.11, not {wanted!r}")
    diagnosis = _read(arguments.log)
    project = _project(arguments.project)
    diagnosis = _confirmed(diagnosis, arguments, project)
    if project is not None:
        diagnosis = pointed_at_project(diagnosis, project)
    text = DIAGNOSIS_FORMATS[arguments.format](diagnosis, _options.look(arguments))
    _options.emit(text, arguments.output)
    return _exit_code(diagnosis, arguments)


def _exit_code(diagnosis: Diagnosis, arguments: argparse.Namespace) -> int:
    from trueup.diagnose import proves_python

    if arguments.verify_python:
        if proves_python(diagnosis, arguments.verify_python):
            return ExitCode.NOTHING_FOUND
        shown = diagnosis.pythons[-1] if diagnosis.pythons else diagnosis.python
        said = f"it shows Python {shown}" if shown else "no line shows which Python was used"
        sys.stderr.write(f"trueup: the log does not prove Python {arguments.verify_python}: {said}\n")
        return ExitCode.NOTHING_FOUND if arguments.exit_zero else ExitCode.FINDINGS_HIGH
    if diagnosis.causes or diagnosis.succeeded or arguments.exit_zero:
        return ExitCode.NOTHING_FOUND
    return ExitCode.NOT_RECOGNISED


def _read(name: str) -> Diagnosis:
    from trueup.diagnose import diagnose

    with ExitStack() as stack:
        return diagnose(_opened(name, stack))


def _opened(name: str, stack: ExitStack) -> BinaryIO:
    if name == "-":
        if sys.stdin.isatty():
            raise UsageError("no log given", hint="Name a file, or pipe the log: … | trueup diagnose -")
        return sys.stdin.buffer
    try:
        return stack.enter_context(Path(name).open("rb"))
    except IsADirectoryError:
        raise UsageError(f"{name} is a folder, not a log", hint="Give the project with --project.") from None
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from None


def _project(path: str | None) -> Project | None:
    if path is None:
        return None
    from trueup.reading import read_project

    return read_project(Path(path))


def _confirmed(diagnosis: Diagnosis, arguments: argparse.Namespace, project: Project | None) -> Diagnosis:
    """The diagnosis with what the index says; without one (or with nothing to ask) as it is."""
    if not any(cause.package for cause in diagnosis.causes):
        return diagnosis
    from trueup.cli._index import open_index
    from trueup.diagnose import confirmed_by_index
    from trueup.model.requirement import IndexOptions

    with open_index(arguments, project) as (open_for, _reason):
        return diagnosis if open_for is None else confirmed_by_index(diagnosis, open_for(IndexOptions()))
