"""`mise list --current --json` without mise: which of the project's files give a tool its version.

Source: jdx/mise at tag v2026.8.6: src/config/mod.rs:201-213 and 1538-1581 (the order of files), src/toolset/
tool_request_set.rs (a file replaces a tool of the files below it), src/cli/ls.rs:332 (the order of versions); read
2026-11-20. Railpack asks mise in safe mode, in the service's root directory and not above it (railpack
core/mise/mise.go:199-225).
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from trueup.model.project import Project
from trueup.platforms import _data
from trueup.platforms.builders._mise_files import (
    ToolFile,
    ToolRequest,
    read_mise_toml,
    read_tool_versions,
    read_version_file,
)
from trueup.platforms.builders._mise_versions import listing_order

CONFIGURATION_FILES = (
    ".mise.local.toml",
    "mise.local.toml",
    ".rtx.local.toml",
    "mise/config.local.toml",
    ".mise/config.local.toml",
    ".config/mise.local.toml",
    ".config/mise/mise.local.toml",
    ".config/mise/config.local.toml",
    ".mise.toml",
    "mise.toml",
    ".rtx.toml",
    "mise/config.toml",
    ".mise/config.toml",
    ".config/mise.toml",
    ".config/mise/mise.toml",
    ".config/mise/config.toml",
    ".config/mise/conf.d/*.toml",
)
"""mise's own files, the one that wins first. Files of an environment (`mise.production.toml`) need MISE_ENV, which
Railpack does not set."""


@dataclass(frozen=True, slots=True)
class MiseTool:
    """One version of one tool that is in force: mise's fields, with the path relative to the folder and the line."""

    name: str
    version: str
    requested: str
    source_type: str
    path: str
    line: int | None


@dataclass(frozen=True, slots=True)
class MiseList:
    """What mise lists. With an `error` it lists nothing and exits with 1.

    `tools` are sorted as mise sorts them: by name, then by version from the lowest; `written` keeps the order of the
    file, in which the first version is the one that a shell gets.
    """

    tools: tuple[MiseTool, ...] = ()
    written: tuple[MiseTool, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str | None = None
    error_path: str | None = None
    files: tuple[ToolFile, ...] = ()

    @property
    def exit_code(self) -> int:
        """0, or 1 where mise stops with an error."""
        return 1 if self.error else 0

    def versions(self, name: str) -> tuple[MiseTool, ...]:
        """The versions of one tool that are in force."""
        return tuple(tool for tool in self.tools if tool.name == name)

    def first_written(self, name: str) -> MiseTool | None:
        """The version that `name` starts in a shell of the folder."""
        return next((tool for tool in self.written if tool.name == name), None)


def tool_files(tree: Project, *, version_files: bool = True) -> Iterator[ToolFile]:
    """Every file that mise reads in the folder, the one that wins first.

    Args:
        tree: the folder.
        version_files: whether `.python-version` and its like count (`idiomatic_version_file_enable_tools`).
    """
    for pattern in CONFIGURATION_FILES:
        names = sorted(fnmatch.filter(tree.files, pattern), reverse=True) if "*" in pattern else [pattern]
        for name in names:
            file = tree.get(name)
            if file is not None and name.count("/") == pattern.count("/"):
                yield read_mise_toml(name, file)
    file = tree.get(".tool-versions")
    if file is not None:
        yield read_tool_versions(".tool-versions", file)
    if version_files:
        for name in sorted(_data.load("railpack")["mise"]["version_files"], reverse=True):
            file = tree.get(name)
            if file is not None:
                yield read_version_file(name, file)


def _newer(wanted: str, have: str) -> bool:
    return max((wanted, have), key=listing_order) == wanted != have


def _stop(files: list[ToolFile]) -> tuple[str, str] | None:
    """The first error that stops mise, with its file: reading, then the demanded version, then the entries."""
    mise = str(_data.load("railpack")["mise"]["version"])
    for file in files:
        if file.error and not file.is_late:
            return file.error, file.path
    for file in files:
        if file.minimum_mise and _newer(file.minimum_mise, mise):
            demanded = f"mise ERROR mise version {file.minimum_mise} is required, but you are using {mise}"
            return demanded, file.path
    for file in reversed(files):
        if file.error:
            return file.error, file.path
    return None


def mise_list(tree: Project, *, version_files: bool = True) -> MiseList:
    """What mise lists for a folder, offline: versions stay as they are requested.

    Args:
        tree: the folder, as a view of the project.
        version_files: whether `.python-version` and its like count.
    """
    files = list(tool_files(tree, version_files=version_files))
    stop = _stop(files)
    warnings = tuple(dict.fromkeys(warning for file in files for warning in file.warnings))
    if stop:
        return MiseList(
            warnings=() if _is_early(files) else warnings, error=stop[0], error_path=stop[1], files=tuple(files)
        )
    in_force: dict[str, tuple[ToolFile, list[ToolRequest]]] = {}
    for file in files:
        asked: dict[str, list[ToolRequest]] = {}
        for request in file.requests:
            asked.setdefault(request.tool, []).append(request)
        for tool, requests in asked.items():
            in_force.setdefault(tool, (file, requests))
    written = tuple(
        MiseTool(tool, request.version, request.text, file.source, file.path, request.line)
        for tool, (file, requests) in in_force.items()
        for request in requests
        if request.applies
    )
    unique = {(tool.name, tool.version): tool for tool in reversed(written)}.values()
    listed = sorted(unique, key=lambda tool: (tool.name, listing_order(tool.version)))
    return MiseList(tuple(listed), written, warnings, files=tuple(files))


def _is_early(files: list[ToolFile]) -> bool:
    return any(file.error and not file.is_late for file in files)
