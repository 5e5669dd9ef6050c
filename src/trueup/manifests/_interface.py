"""What a manifest plug-in offers. A public file of this package holds one constant, `MANIFEST`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trueup.model.evidence import Evidence
from trueup.model.project import SourceFile


@dataclass(frozen=True, slots=True)
class PythonStatement:
    """A Python version that a file states, whether or not any builder reads it there.

    `source` is the kind of place in the words people use (`runtime.txt`, `.python-version`, `requires-python`,
    `nixpacks.toml [python]`, `PYTHON_VERSION in render.yaml` …); `value` the text of the version.
    """

    source: str
    value: str
    evidence: Evidence


def _no_statements(_: SourceFile) -> tuple[PythonStatement, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """One file format.

    `id` is the module's name with hyphens. `filenames` are shell patterns: of the file's name, or of the end of its
    path where they hold a slash; every file that matches is read into the project. `python_statements` tells the
    Python versions that such a file states, for "which of the version files is read by whom"; it never raises.
    """

    id: str
    title: str
    filenames: tuple[str, ...]
    python_statements: Callable[[SourceFile], tuple[PythonStatement, ...]] = _no_statements
