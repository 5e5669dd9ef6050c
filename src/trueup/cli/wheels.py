"""Show for which Pythons and platforms a distribution has a wheel, and the first version that has one.

Exit codes: 0 the table is whole, 5 the index could not be asked about some distribution.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from trueup.cli import _options
from trueup.errors import ExitCode, IndexUnavailable, ProjectUnreadable, UsageError
from trueup.model.target import SUPPORTED_MINORS

HELP = "show where a distribution has a wheel, and the first version that has"
_LIBC = re.compile(r"^(glibc|musl):(\d+\.\d+)$")

_INCLUDE = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)[ =]+(\S+)", re.MULTILINE)
MOST_INCLUDES = 200
"""Files that a requirements file may pull in, all levels together."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("requirements", nargs="*", metavar="REQ", help="such as asyncpg==0.29.0")
    parser.add_argument("-r", "--requirement", action="append", default=[], metavar="FILE", help="a requirements file")
    parser.add_argument("--python", action="append", default=[], metavar="X.Y", help="may be repeated (default: all)")
    parser.add_argument("--arch", action="append", default=[], choices=("x86_64", "aarch64"), help="may be repeated")
    parser.add_argument("--libc", action="append", default=[], metavar="glibc:2.36|musl:1.2", help="may be repeated")
    _options.add_index(parser)
    _options.add_output(parser, ("text", "json"))


def run(arguments: argparse.Namespace) -> int:
    """Look up, report, and return the exit code."""
    from trueup.cli._index import open_index
    from trueup.index.wheels import ARCHES, LIBCS, WheelTable, wheel_table, wheels_document
    from trueup.model.requirement import IndexOptions
    from trueup.reports._wheels import render_wheels
    from trueup.resolve.forecast import sdist_outcome

    wanted = [*arguments.requirements, *requirements_of(arguments.requirement)]
    if not wanted:
        raise UsageError("nothing to look up", hint="name distributions, such as asyncpg==0.29.0, or give -r FILE")
    with open_index(arguments) as (open_for, reason):
        if open_for is None:
            raise IndexUnavailable(reason)
        table: WheelTable = wheel_table(
            open_for(IndexOptions()),
            wanted,
            pythons=[_options.python_version(text) for text in arguments.python] or SUPPORTED_MINORS,
            arches=arguments.arch or ARCHES,
            libcs=[libc(text) for text in arguments.libc] or LIBCS,
            classify=sdist_outcome,
        )
    text = (
        json.dumps(wheels_document(table), indent=2) + "\n"
        if arguments.format == "json"
        else render_wheels(table, _options.look(arguments))
    )
    _options.emit(text, arguments.output)
    return ExitCode.INDEX_UNAVAILABLE if any(row.transient for row in table.rows) else ExitCode.NOTHING_FOUND


def libc(text: str) -> tuple[str, str]:
    """A C library given by a flag.

    Raises:
        UsageError: it has another form than glibc:2.36.
    """
    found = _LIBC.match(text)
    if not found:
        raise UsageError(f"--libc wants glibc:X.Y or musl:X.Y, not {text!r}")
    return found[1], found[2]


def requirements_of(paths: list[str]) -> list[str]:
    """The requirements of requirement files and of what they include, as text, without markers and hashes.

    Raises:
        ProjectUnreadable: a named file cannot be read.
        UsageError: a line is no requirement, or an included file is not there.
    """
    from trueup.requirements import parse_requirement_lines

    found = []
    for path in paths:
        contents = included_files(path)
        parsed = parse_requirement_lines(path, contents[path], contents)
        if parsed.problems:
            raise UsageError(parsed.problems[0].message, hint=parsed.problems[0].hint)
        found += [
            f"{item.name}{item.specifier}" for item in parsed.requirements if not item.url and not item.local_path
        ]
    return found


def included_files(path: str) -> dict[str, bytes]:
    """The bytes of a requirements file and of all that it includes, by path; what cannot be read is left out."""
    contents: dict[str, bytes] = {}
    pending = [path]
    while pending and len(contents) < MOST_INCLUDES:
        current = pending.pop()
        if current in contents:
            continue
        try:
            contents[current] = Path(current).read_bytes()
        except OSError as error:
            if current == path:
                raise ProjectUnreadable(f"cannot read {path}: {error.strerror}") from None
            continue
        names = _INCLUDE.findall(contents[current].decode(errors="replace"))
        pending += [str(Path(current).parent / name.strip()) for name in names]
    return contents
