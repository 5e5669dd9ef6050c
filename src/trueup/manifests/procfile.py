"""Procfile: one process type and its command on each line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trueup.manifests._interface import Manifest
from trueup.model.evidence import Evidence
from trueup.model.project import SourceFile

_LINE = re.compile(r"^([A-Za-z0-9_-]+):\s*(.+)$")


@dataclass(frozen=True, slots=True)
class ProcessType:
    """One line of a Procfile: the name of the process type and its command."""

    name: str
    command: str
    evidence: Evidence


def process_types(file: SourceFile) -> tuple[ProcessType, ...]:
    """The process types in their order; lines that are none, comments among them, are left out.

    Source of the form: https://devcenter.heroku.com/articles/procfile, read 2026-11-20.
    """
    found = []
    for number, line in enumerate(file.lines, start=1):
        match = _LINE.match(line.strip())
        if match:
            found.append(ProcessType(match[1], match[2].strip(), file.evidence(number)))
    return tuple(found)


MANIFEST = Manifest(id="procfile", title="Procfile", filenames=("Procfile",))
