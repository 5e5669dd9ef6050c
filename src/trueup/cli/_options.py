"""Options that several commands share, and how they become the pipeline's arguments."""

from __future__ import annotations

import argparse
import datetime
import difflib
import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from trueup.cli._streams import PLAIN_TERMINALS, drop_stdout
from trueup.configuration import Configuration
from trueup.errors import UsageError
from trueup.model.plan import PlanContext
from trueup.model.target import LIBC_VERSIONS, SUPPORTED_MINORS
from trueup.reports._interface import Look

ARCHES = ("x86_64", "aarch64")
_PYTHON = re.compile(r"3\.\d{1,2}(\.\d{1,3})?\Z")
_ANY_PYTHON = re.compile(r"[23]\.\d{1,2}(\.\d{1,3})?\Z")


def add_project(parser: argparse.ArgumentParser, *, many_targets: bool = False) -> None:
    """PATH and what to look at; with `many_targets`, --python and --arch may be repeated, and there is --libc."""
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project (default: this directory)")
    group = parser.add_argument_group("what to look at")
    group.add_argument(
        "--platform",
        action="append",
        default=[],
        metavar="ID",
        help="railway, render or heroku; may be repeated (default: those whose files are there, else all)",
    )
    group.add_argument(
        "--builder", action="append", default=[], metavar="ID", help="only this builder; may be repeated"
    )
    group.add_argument(
        "--service", action="append", default=[], metavar="NAME", help="only this service; may be repeated"
    )
    group.add_argument("--root-dir", metavar="DIR", help="the service's root directory, as set on the platform")
    if many_targets:
        _add_targets(group)
    else:
        group.add_argument(
            "--python", metavar="X.Y[.Z]", help="predict for this Python, whatever the platform would take"
        )
        group.add_argument("--arch", choices=ARCHES, help="the processor (default: the platform's)")
    group.add_argument("--on", metavar="DATE", help="predict as of this day (default: today)")
    group.add_argument("--created", metavar="DATE", help="the day the service was created: some defaults freeze by it")
    group.add_argument(
        "--previous-python",
        metavar="X.Y[.Z]",
        help="the Python of the service's last build: Heroku and Railpack keep to it where no file states one",
    )
    group.add_argument(
        "-e",
        "--env",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a variable that is set on the platform; may be repeated",
    )


def _add_targets(group: argparse._ArgumentGroup) -> None:
    again = "; may be repeated: one result for each"
    group.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="X.Y[.Z]",
        help=f"predict for this Python, whatever the platform would take{again}",
    )
    group.add_argument(
        "--arch", action="append", default=[], choices=ARCHES, help=f"the processor (default: the platform's){again}"
    )
    group.add_argument(
        "--libc",
        action="append",
        default=[],
        choices=tuple(LIBC_VERSIONS),
        help=f"the C library (default: the platform's){again}",
    )


def add_index(parser: argparse.ArgumentParser) -> None:
    """Where the package index is and whether it is asked."""
    group = parser.add_argument_group("package index")
    group.add_argument("--offline", action="store_true", help="use only what the cache holds")
    group.add_argument(
        "--index-url", type=address, metavar="URL", help="the index (default: as pip and uv are configured)"
    )
    group.add_argument(
        "--extra-index-url", type=address, action="append", default=[], metavar="URL", help="may be repeated"
    )
    group.add_argument("--find-links", action="append", default=[], metavar="PATH|URL", help="may be repeated")
    group.add_argument("--no-index", action="store_true", help="ask no index, only --find-links")


def add_output(parser: argparse.ArgumentParser, formats: Iterable[str], quiet: str = "no progress") -> None:
    """The form and place of the output; `quiet` is what --quiet does."""
    group = parser.add_argument_group("output")
    group.add_argument("--format", choices=sorted(formats), default="text", help="default: text")
    group.add_argument("-o", "--output", metavar="FILE", help="write there instead of to the terminal")
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    group.add_argument("-v", "--verbose", action="count", default=0, help="whole messages, and also what was looked at")
    group.add_argument("-q", "--quiet", action="store_true", help=quiet)


def iso_day(text: str, flag: str) -> str:
    """An ISO date.

    Raises:
        UsageError: the text is none.
    """
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"{flag} wants a date such as 2026-11-20, not {text!r}") from None


def python_version(text: str, flag: str = "--python") -> str:
    """A Python to predict for.

    Raises:
        UsageError: it is no X.Y or X.Y.Z, or one that trueup knows nothing of.
    """
    if not _PYTHON.match(text):
        raise UsageError(f"{flag} wants X.Y or X.Y.Z, such as 3.12, not {text!r}")
    if ".".join(text.split(".")[:2]) not in SUPPORTED_MINORS:
        raise UsageError(
            f"{flag} {text}: trueup knows Python {SUPPORTED_MINORS[0]} to {SUPPORTED_MINORS[-1]}",
            hint="No index and no platform can be asked about a Python that is not there.",
        )
    return text


def plan_context(arguments: argparse.Namespace, configuration: Configuration) -> PlanContext:
    """What is given from outside the project; flags win over the configuration.

    Raises:
        UsageError: a value has the wrong form.
    """
    place = "--python" if _list(arguments.python) else "python in trueup's configuration:"
    pythons = [python_version(text, place) for text in _list(arguments.python) or _list(configuration.python)]
    previous = getattr(arguments, "previous_python", None) or configuration.previous_python
    if previous is not None and not _ANY_PYTHON.match(previous):
        raise UsageError(f"--previous-python wants X.Y or X.Y.Z, such as 3.12.3, not {previous!r}")
    arches = _list(arguments.arch) or _list(configuration.arch)
    environment = dict(configuration.environment)
    for pair in arguments.env:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise UsageError("-e wants NAME=VALUE")
        environment[name] = value
    created = arguments.created or configuration.created
    root_dir = arguments.root_dir if arguments.root_dir is not None else configuration.root_dir
    return PlanContext(
        on=iso_day(arguments.on, "--on") if arguments.on else datetime.date.today().isoformat(),
        created=iso_day(created, "--created") if created else None,
        env=environment,
        python=pythons[0] if len(pythons) == 1 else None,
        root_dir=root_dir.strip("/") if root_dir is not None else None,
        arch=arches[0] if len(arches) == 1 else None,
        previous_python=previous,
        root_dir_evidence="--root-dir" if arguments.root_dir is not None else "root-dir in trueup's configuration",
    )


def _list(given: str | list[str] | None) -> list[str]:
    """The values of an option that some commands let be repeated."""
    return [given] if isinstance(given, str) else given or []


def no_such_rule(name: str, rules: Iterable[str]) -> UsageError:
    """What to say of a rule that does not exist."""
    near = difflib.get_close_matches(name, list(rules), n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`trueup rule` lists all rules."
    return UsageError(f"there is no rule {name!r}", hint=hint)


def address(text: str) -> str:
    """An address of an index, such as pip takes.

    Raises:
        ArgumentTypeError: it has no scheme, so that nothing could be asked there.
    """
    if "://" not in text:
        raise argparse.ArgumentTypeError(f"{text!r} is no address: it begins with neither https:// nor file://")
    return text


def columns() -> int:
    """The width that text is made for: that of the terminal, within what can be read."""
    return max(40, min(shutil.get_terminal_size((100, 24)).columns, 120))


def look(arguments: argparse.Namespace, folder: str = "") -> Look:
    """The look of text on this terminal; `folder` is where the project lies, for formats that a code host reads."""
    colors = {"always": True, "never": False}.get(arguments.color)
    if colors is None:
        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") in PLAIN_TERMINALS
        colors = sys.stdout.isatty() and not plain and not arguments.output
    return Look(columns(), colors, arguments.verbose, folder, is_brief=arguments.quiet, flags=flags_again(arguments))


def flags_again(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The flags that say what was looked at, for another command to look at the same.

    Values of variables and addresses of indexes are left out: they may hold secrets. So is a list of which the other
    command takes one.
    """
    found: list[str] = []
    for name in ("platform", "builder", "service", "root_dir", "python", "arch", "on", "created", "previous_python"):
        given = getattr(arguments, name, None) or []
        values = given if isinstance(given, list) else [given]
        if len(values) == 1 or name in ("platform", "builder", "service"):
            found += [part for value in values for part in (f"--{name.replace('_', '-')}", str(value))]
    return tuple(found)


def emit(text: str, output: str | None) -> None:
    """Write a report to stdout or to a file.

    Raises:
        UsageError: it cannot be written there.
        BrokenPipeError: nobody reads stdout any more.
    """
    if output is None or output == "-":
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            drop_stdout()
            raise UsageError(f"cannot write to the standard output: {error.strerror}") from None
        return
    try:
        Path(output).write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}") from None
