"""The files in which mise finds tool versions, each read by mise's own rules.

Source: jdx/mise at tag v2026.8.6: src/config/config_file/mise_toml.rs, tool_versions.rs, idiomatic_version/mod.rs and
src/backend/mod.rs:549 (read 2026-11-20). `<app>` in warnings and errors stands for the folder that mise looks at.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from trueup.manifests._document import Document, load_toml
from trueup.manifests.python_version import version_words
from trueup.manifests.tool_versions import tool_lines
from trueup.model.project import SourceFile
from trueup.platforms import _data
from trueup.platforms.builders._mise_expressions import TemplateFailsError, TemplateUnknownError
from trueup.platforms.builders._mise_settings import deprecated_variables, refused_table, unknown_fields
from trueup.platforms.builders._mise_templates import (
    environment,
    has_template,
    rendered,
)
from trueup.platforms.builders._mise_versions import is_range, normalised_request, plain_tool_name, refusal

MISE_TOML = "mise.toml"
TOOL_VERSIONS = ".tool-versions"
VERSION_FILE = "idiomatic-version-file"

_SELECTORS = ("version", "path", "prefix", "ref")


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """One version of one tool that a file asks for: its text and its line (from 1).

    `applies` is False where the entry is for other operating systems; `version` is the text after the file's own
    aliases; `template` tells of a text that is a template what comes of it: it is `refused`, or `unknown` here.
    """

    tool: str
    text: str
    version: str
    line: int | None
    applies: bool = True
    template: str = ""


@dataclass(frozen=True, slots=True)
class ToolFile:
    """What one file asks for; `path` is relative to the folder that mise looks at.

    With an `error` mise stops altogether and lists nothing: an early one while it reads the files, a late one
    (`is_late`) once all of them are read. `minimum_mise` is the version of mise that the file demands, and
    `advised_mise` the one that it only recommends.

    `warnings` come while the file is read, `old_table_warnings` once all files are, `old_variable_warnings` after the
    demanded version of mise is compared, and `late_warnings` when the entries become versions.
    """

    path: str
    source: str
    requests: tuple[ToolRequest, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str | None = None
    is_late: bool = False
    minimum_mise: str | None = None
    advised_mise: str | None = None
    old_table_warnings: tuple[str, ...] = ()
    old_variable_warnings: tuple[str, ...] = ()
    late_warnings: tuple[str, ...] = ()


def mise_text(file: SourceFile) -> str | None:
    """The file as mise reads it: UTF-8 with a byte-order mark kept, None where it is not UTF-8."""
    try:
        return file.data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def range_warning(tool: str, text: str, path: str) -> str:
    """Warning of mise about a range (tool_request.rs:85)."""
    return (
        f'mise WARN  semver range "{text}" is not supported for {tool} (source: <app>/{path}); '
        "use a concrete version or version prefix"
    )


SYSTEM_WARNING = "mise WARN  deprecated [system_tool_version]: @system is deprecated, use MISE_DISABLE_TOOLS instead"


def _warnings(requests: list[ToolRequest], path: str) -> tuple[str, ...]:
    found = [range_warning(r.tool, r.text, path) for r in requests if is_range(r.text) and not r.template]
    return tuple(dict.fromkeys(found))


def _parse_error(path: str) -> str:
    return f"mise ERROR error parsing config file: <app>/{path}"


def _is_known(tool: str) -> bool:
    data = _data.load("railpack")["mise"]
    backend, colon, _ = tool.partition(":")
    return backend in data["backends"] if colon else tool in data["tools"]


def read_version_file(path: str, file: SourceFile) -> ToolFile:
    """Read a `.python-version` or its like: every word is a version (backend/mod.rs:549 and 2930)."""
    tool = _data.load("railpack")["mise"]["version_files"][path]
    text = mise_text(file)
    if text is None:
        return ToolFile(path, VERSION_FILE)
    requests = []
    for number, word in version_words(text):
        word = normalised_request(word)
        if refusal(word):
            return ToolFile(path, VERSION_FILE, error=_parse_error(path))
        requests.append(ToolRequest(tool, word, word, number))
    return ToolFile(path, VERSION_FILE, tuple(requests), _warnings(requests, path))


def read_tool_versions(path: str, file: SourceFile) -> ToolFile:
    """Read a `.tool-versions`: a tool and its versions on a line, the last line of a tool counts (tool_versions.rs)."""
    text = mise_text(file)
    if text is None or has_template(text):
        return ToolFile(path, TOOL_VERSIONS, error=_parse_error(path))
    tools: dict[str, list[ToolRequest]] = {}
    for entry in tool_lines(text):
        tool = plain_tool_name(entry.tool)
        requested = [normalised_request(word) for word in entry.versions]
        tools[tool] = [ToolRequest(tool, word, word, entry.line) for word in requested]
    requests = [request for found in tools.values() for request in found]
    if any(refusal(request.text) for request in requests):
        return ToolFile(path, TOOL_VERSIONS, error=_parse_error(path))
    known = tuple(request for request in requests if _is_known(request.tool))
    return ToolFile(path, TOOL_VERSIONS, known, _warnings(requests, path))


def _mise_document(file: SourceFile) -> Document | None:
    """The parsed file; None where mise cannot parse it. A byte-order mark is an error in TOML for mise as well."""
    text = mise_text(file)
    if text is None:
        return None
    try:
        tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None
    document = load_toml(file)
    return None if document.problem else document


def _applies(options: dict[str, Any]) -> bool:
    """Whether an entry is for Linux on x86_64 (tool_request.rs:440); with an empty list it is for no system."""
    systems = options.get("os")
    if isinstance(systems, str):
        systems = [systems]
    if not isinstance(systems, list):
        return True
    wanted = {"linux", "linux/x64", "linux/x86_64", "linux/amd64"}
    return any(isinstance(entry, str) and entry.lower() in wanted for entry in systems)


def _entry(value: Any) -> tuple[str, bool] | None:
    """The requested text of one entry of [tools], and whether it applies here; None where mise refuses the type."""
    if isinstance(value, str):
        return value, True
    if not isinstance(value, dict):
        return None
    given = [(key, value[key]) for key in _SELECTORS if key in value]
    if len(given) != 1 or not isinstance(given[0][1], str):
        return None
    key, text = given[0]
    return (text if key == "version" else f"{key}:{text}"), _applies(value)


def _toml_requests(document: Document) -> list[ToolRequest] | None:
    """Every entry of [tools]; None where one has a type that mise refuses."""
    tools = document.get("tools", default={})
    if not isinstance(tools, dict):
        return None
    found = []
    variables = environment(document.get("env"))
    for name, value in tools.items():
        items = value if isinstance(value, list) else [value]
        for index, item in enumerate(items):
            entry = _entry(item)
            if entry is None:
                return None
            text, applies = entry
            path = ("tools", name, index) if isinstance(value, list) else ("tools", name)
            tool = _backend(document, name)
            text, template = _filled(text, variables)
            text = normalised_request(text)
            version = _alias(document, tool, text)
            found.append(ToolRequest(tool, text, version, document.line(*path), applies, template))
    return found


def _filled(text: str, variables: dict[str, str] | None) -> tuple[str, str]:
    """A text with its templates filled in, and what became of them where that was not possible."""
    if not has_template(text):
        return text, ""
    try:
        return rendered(text, variables), ""
    except TemplateFailsError:
        return text, "refused"
    except TemplateUnknownError:
        return text, "unknown"


def _backend(document: Document, name: str) -> str:
    """The tool of an entry: its own name, or the tool of mise itself that [tool_alias] gives for it."""
    for table in ("tool_alias", "alias"):
        for path in ((table, name), (table, name, "backend")):
            alias = document.get(*path)
            if isinstance(alias, str) and alias.startswith("core:"):
                return plain_tool_name(alias)
    return plain_tool_name(name)


def _alias(document: Document, tool: str, text: str) -> str:
    """The version that a file's own alias gives to a text, or to what `sub-1:text` counts from, else the text."""
    kind, colon, base = text.partition(":")
    if colon and kind.startswith("sub-"):
        return f"{kind}:{_alias(document, tool, base)}"
    for table in ("tool_alias", "alias"):
        for path in ((table, tool, "versions", text), (table, tool, text)):
            value = document.get(*path)
            if isinstance(value, str):
                return value
    return text


def _alias_form_warnings(document: Document) -> list[str]:
    """Warning of mise about aliases in an old form, which it gives while it reads the file (mise_toml.rs:2815)."""
    tables = [document.get(table, default={}) for table in ("alias", "tool_alias")]
    aliases = [alias for table in tables for alias in table.values()]
    if not any(isinstance(alias, dict) and set(alias) - {"backend", "versions"} for alias in aliases):
        return []
    old_form = (
        "mise WARN  deprecated [TOOL_VERSION_ALIASES]: tool version aliases should be "
        "`alias.<TOOL>.versions.<FROM> = <TO>`, not `alias.<TOOL>.<FROM> = <TO>`"
    )
    return [old_form]


def _alias_table_warnings(document: Document, path: str) -> tuple[str, ...]:
    """Warning of mise about the old name of the table of aliases (mise_toml.rs:1544)."""
    if not document.get("alias"):
        return ()
    return (f"mise WARN  deprecated [alias]: [alias] is deprecated, use [tool_alias] instead in <app>/{path}",)


def _mise_version(document: Document, key: str) -> str | None:
    """The version of mise that a file asks for: `min_version` as text is a hard demand (mise_toml.rs)."""
    value = document.get("min_version")
    asked = value.get(key) if isinstance(value, dict) else value if key == "hard" else None
    return asked if isinstance(asked, str) else None


def _late(path: str, requests: list[ToolRequest]) -> tuple[tuple[str, ...], str | None]:
    """The warnings of the entries as mise turns them into versions, and the error that stops it there.

    In safe mode, which Railpack sets, templates may not run programs or read files.
    """
    for index, request in enumerate(requests):
        if request.template == "unknown":
            continue
        if request.template:
            error = f"mise ERROR failed to parse template {request.text} in <app>/{path}"
            return _warnings(requests[:index], path), error
        if refusal(request.text):
            return _warnings(requests[:index], path), f"mise ERROR invalid version for {request.tool} in <app>/{path}"
    return _warnings(requests, path), None


def read_mise_toml(path: str, file: SourceFile) -> ToolFile:
    """Read one of mise's TOML files."""
    document = _mise_document(file)
    known_keys = _data.load("railpack")["mise"]["known_keys"]
    unknown: list[str] = []
    if document is not None:
        names = unknown_fields(document.value, known_keys)
        unknown = [f"mise WARN  unknown field in <app>/{path}: {name}" for name in names]
    requests = _toml_requests(document) if document and refused_table(document.value) is None else None
    if document is None or requests is None:
        # mise breaks this line after the folder's name, where the terminal ends.
        return ToolFile(path, MISE_TOML, error="Invalid TOML in config file: <app>")
    late_warnings, error = _late(path, requests)
    known = tuple(request for request in requests if _is_known(request.tool))
    return ToolFile(
        path,
        MISE_TOML,
        () if error else known,
        (*unknown, *_alias_form_warnings(document)),
        error,
        error is not None,
        _mise_version(document, "hard"),
        _mise_version(document, "soft"),
        _alias_table_warnings(document, path),
        tuple(deprecated_variables(document.value, path)),
        late_warnings,
    )
