"""`mise list --current --json` without mise: which of the project's files give a tool its version.

Source: jdx/mise at tag v2026.8.6: src/config/mod.rs:201-213 and 1538-1581 (the order of files), src/toolset/
tool_request_set.rs (a file replaces a tool of the files below it), src/cli/ls.rs:332 (the order of versions); read
2026-11-20. Railpack asks mise in safe mode, in the service's root directory and not above it (railpack
core/mise/mise.go:199-225).
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass, replace

from trueup.model.project import Project
from trueup.platforms import _data
from trueup.platforms.builders._mise_files import (
    MISE_TOML,
    SYSTEM_WARNING,
    TOOL_VERSIONS,
    ToolFile,
    ToolRequest,
    read_mise_toml,
    read_tool_versions,
    read_version_file,
)
from trueup.platforms.builders._mise_lock import locked, locked_versions, lockfile_of, lockfiles_for
from trueup.platforms.builders._mise_resolution import UnresolvedError, resolved
from trueup.platforms.builders._mise_versions import listing_order, placed_request

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
    is_known: bool = True
    """False where a template makes the version and what comes of it is not known: the version is then its text."""


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

    def unknown(self, name: str) -> MiseTool | None:
        """The first version in force of a tool that only the machine would tell."""
        return next((tool for tool in self.written if tool.name == name and not tool.is_known), None)


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


def _read(files: list[ToolFile]) -> tuple[list[str], tuple[str, str] | None]:
    """What mise says while it reads the files, the highest first, and the error with its file that stops it."""
    said: list[str] = []
    for file in files:
        # What mise has read before it meets the broken file is said; of the broken file nothing is.
        if file.error and not file.is_late:
            return said, (file.error, file.path)
        said += file.warnings
    return said + [warning for file in files for warning in file.old_table_warnings], None


def _demanded(files: list[ToolFile]) -> tuple[list[str], tuple[str, str] | None]:
    """What mise says of the version of itself that a file demands or recommends."""
    mise = str(_data.load("railpack")["mise"]["version"])
    said: list[str] = []
    for file in files:
        if file.minimum_mise and _newer(file.minimum_mise, mise):
            demanded = f"mise ERROR mise version {file.minimum_mise} is required, but you are using {mise}"
            return said, (demanded, file.path)
        if file.advised_mise and _newer(file.advised_mise, mise):
            said.append(f"mise WARN  mise version {file.advised_mise} is recommended, but you are using {mise}")
    return said + [warning for file in files for warning in file.old_variable_warnings], None


def _turned(files: list[ToolFile]) -> tuple[list[str], tuple[str, str] | None]:
    """What mise says when it turns the entries of its TOML files into versions, the lowest file first."""
    said: list[str] = []
    for file in reversed(files):
        said += file.late_warnings
        if file.error:
            return said, (file.error, file.path)
    return said, None


def _said(files: list[ToolFile]) -> tuple[tuple[str, ...], tuple[str, str] | None]:
    """Every warning in mise's order, and the error with its file that stops mise; later parts are then not reached."""
    said: list[str] = []
    for part in (_read, _demanded, _turned):
        more, stop = part(files)
        said += more
        if stop:
            return tuple(dict.fromkeys(said)), stop
    return tuple(dict.fromkeys(said)), None


def _lock(tree: Project, tool: MiseTool, configurations: list[str]) -> MiseTool:
    """The tool with the version that a lockfile gives to its request, which is asked before an alias is."""
    versions: list[str] = []
    for path in lockfiles_for(tool.path, configurations):
        versions += (locked_versions(tree, path) or {}).get(tool.name, [])
    found = locked(tool.requested, versions) or locked(tool.version, versions)
    return tool if found is None else replace(tool, version=found)


def _lock_warnings(tree: Project, configurations: list[str]) -> list[str]:
    paths = dict.fromkeys(lockfile_of(path) for path in configurations if path.endswith(".toml"))
    return [
        f"mise WARN  failed to read lockfile <app>/{path} (possible corruption): "
        for path in paths
        if locked_versions(tree, path) is None
    ]


def _tool(file: ToolFile, request: ToolRequest) -> MiseTool:
    version, requested = placed_request(request.version), placed_request(request.text)
    return MiseTool(request.tool, version, requested, file.source, file.path, request.line, not request.template)


def _found(
    tree: Project, asked: list[tuple[ToolFile, ToolRequest]], configurations: list[str], newest: str | None
) -> tuple[list[MiseTool], str | None]:
    """The versions of one tool up to the first that mise finds no version for, and what it says of that one."""
    found: list[MiseTool] = []
    for file, request in asked:
        tool = _tool(file, request)
        if tool.is_known:
            tool = _lock(tree, tool, configurations)
            try:
                version = resolved(tool.name, tool.version, newest)
            except UnresolvedError as error:
                place = f"[<app>/{tool.path}] {tool.name}@{tool.requested}"
                return found, f"mise WARN  Failed to resolve tool version list for {tool.name}: {place}: {error}"
            if version != tool.version:
                tool = _lock(tree, replace(tool, version=version), configurations)
        if request.applies:
            found.append(tool)
    return found, None


def mise_list(tree: Project, *, version_files: bool = True, newest: str | None = None) -> MiseList:
    """What mise lists for a folder. Versions stay as they are requested, unless a lockfile has them.

    Args:
        tree: the folder, as a view of the project.
        version_files: whether `.python-version` and its like count.
        newest: the newest minor version of Python that mise finds in the network; None: it has no network, and leaves
            out what only the network would tell.
    """
    files = list(tool_files(tree, version_files=version_files))
    warnings, stop = _said(files)
    if stop:
        return MiseList(warnings=warnings, error=stop[0], error_path=stop[1], files=tuple(files))
    in_force: dict[str, tuple[ToolFile, list[ToolRequest]]] = {}
    for file in files:
        asked: dict[str, list[ToolRequest]] = {}
        for request in file.requests:
            asked.setdefault(request.tool, []).append(request)
        for tool, requests in asked.items():
            in_force.setdefault(tool, (file, requests))
    configurations = [file.path for file in files if file.source == MISE_TOML]
    written: tuple[MiseTool, ...] = ()
    unresolved: list[str] = []
    for file, requests in in_force.values():
        tools, said = _found(tree, [(file, request) for request in requests], configurations, newest)
        written += tuple(tools)
        unresolved += [said] if said else []
    broken = _lock_warnings(tree, [file.path for file, requests in in_force.values() if requests])
    is_system = any(tool.requested == "system" and tool.source_type != TOOL_VERSIONS for tool in written)
    system = [SYSTEM_WARNING] if is_system else []
    warnings = (*warnings, *(broken + unresolved + system if unresolved else system + broken))
    unique = {(tool.name, tool.version): tool for tool in reversed(written)}.values()
    listed = sorted(unique, key=lambda tool: (tool.name, listing_order(tool.version)))
    return MiseList(tuple(listed), written, warnings, files=tuple(files))
