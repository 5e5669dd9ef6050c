"""`.tool-versions`: the versions of tools that a folder wants, for asdf and mise."""

from __future__ import annotations

from dataclasses import dataclass

from trueup.manifests._interface import Manifest, PythonStatement
from trueup.model.project import SourceFile


@dataclass(frozen=True, slots=True)
class ToolLine:
    """One line: the tool as it is written, its versions in order, and the line's number (from 1)."""

    tool: str
    versions: tuple[str, ...]
    line: int


def tool_lines(text: str) -> list[ToolLine]:
    """The lines that name a tool, in order; everything after a # is a comment.

    Source: jdx/mise at v2026.8.6, src/config/config_file/tool_versions.rs:87 (read 2026-11-20); a colon after the
    tool's name is dropped.
    """
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        words = line.partition("#")[0].split()
        if words:
            found.append(ToolLine(words[0].rstrip(":"), tuple(words[1:]), number))
    return found


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """Every version of Python that the file holds."""
    return tuple(
        PythonStatement(".tool-versions", version, file.evidence(entry.line))
        for entry in tool_lines(file.text)
        if entry.tool in ("python", "core:python")
        for version in entry.versions
    )


MANIFEST = Manifest(
    id="tool-versions",
    title=".tool-versions",
    filenames=(".tool-versions",),
    python_statements=python_statements,
)
