"""`.python-version` and `.python-versions`: the Python that a folder wants, for pyenv, uv, mise and many hosts."""

from __future__ import annotations

import re

from trueup.manifests._interface import Manifest, PythonStatement
from trueup.model.project import SourceFile


def version_words(text: str) -> list[tuple[int, str]]:
    """Every version of the text with its line (from 1), as mise takes them: words, without comments.

    A # begins a comment at the beginning of a line or after a blank (jdx/mise at v2026.8.6, src/backend/mod.rs:549,
    read 2026-11-20). Platforms that allow less have their own rule.
    """
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        kept = re.split(r"\s#", line.strip(), maxsplit=1)[0].strip()
        if kept and not kept.startswith("#"):
            found += [(number, word) for word in kept.split()]
    return found


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """Every version that the file holds."""
    source = file.path.rpartition("/")[2]
    text = file.text.replace("\r\n", "\n")
    return tuple(PythonStatement(source, word, file.evidence(number)) for number, word in version_words(text))


MANIFEST = Manifest(
    id="python-version",
    title=".python-version",
    filenames=(".python-version", ".python-versions"),
    python_statements=python_statements,
)
