"""runtime.txt: one line such as `python-3.11.9`; Heroku's old format, which others read in their own way."""

from __future__ import annotations

import re

from trueup.manifests._interface import Manifest, PythonStatement
from trueup.model.project import SourceFile

_LONGEST = 100
_PREFIX = re.compile(r"^python-(?=\d)", re.IGNORECASE)


def value_lines(file: SourceFile) -> tuple[tuple[int, str], ...]:
    """The lines that are neither empty nor a comment, trimmed, each with its number from 1."""
    stripped = ((number, line.strip()) for number, line in enumerate(file.lines, start=1))
    return tuple((number, line) for number, line in stripped if line and not line.startswith("#"))


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """Every version that the file states; without the prefix `python-`, for the version alone is what is meant."""
    if file.problem is not None or not file.is_text:
        return ()
    return tuple(
        PythonStatement("runtime.txt", _PREFIX.sub("", line)[:_LONGEST], file.evidence(number))
        for number, line in value_lines(file)
    )


MANIFEST = Manifest("runtime-txt", "runtime.txt", ("runtime.txt",), python_statements)
