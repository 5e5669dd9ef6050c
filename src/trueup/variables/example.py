"""The text of .env.example: names, where they are read and what they look like; never the value of a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from trueup.model.project import Project
from trueup.model.repair import Edit
from trueup.repair.texts import edits_between, with_appended
from trueup.sourcecode.environment import looks_secret
from trueup.variables.listing import ServiceVariables, UsedVariable

KINDS = {
    "database": "address of a database",
    "redis": "address of a Redis server",
    "broker": "address of a message broker",
    "port": "port",
    "host": "host name or address",
    "secret": "secret",
    "boolean": "true or false",
    "number": "number",
    "url": "URL",
    "path": "path",
    "list": "list",
    "email": "e-mail address",
    "text": "text",
}
"""What the kinds of `EnvironmentVariable` are called."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BARE = re.compile(r"[\w@%+,./:?&=*\[\]{}~-]*", re.ASCII)
_HEAD = "Environment variables, as the code reads them. Copy this file to .env and fill it in; never commit values."


def example_edits(project: Project, group: ServiceVariables) -> tuple[str, tuple[Edit, ...]]:
    """The example file's path and the edits that write or complete it; no edits where nothing lacks.

    Raises:
        NotEditableError: the file that is there is not text.
    """
    path, file = group.example_file(project)
    if file is None:
        text = new_example(group)
        return path, (Edit.new_file(path, text.encode()),) if text else ()
    lines = completing_lines(group, file.text)
    return path, edits_between(file, with_appended(file.text, *lines)) if lines else ()


def new_example(group: ServiceVariables) -> str:
    """A whole example file; empty where the code reads no variable."""
    if not any(_is_writable(use) for use in group.variables):
        return ""
    blocks = [f"# {_HEAD}"]
    for title, uses in _sections(group):
        lines = [line for use in uses if _is_writable(use) for line in (f"# {described(use)}", _line(use))]
        if lines:
            blocks.append("\n".join((f"# {title}", *lines)))
    return "\n\n".join(blocks) + "\n"


def completing_lines(group: ServiceVariables, text: str) -> list[str]:
    """The lines that an example file lacks; a name that stands there in a comment counts as there."""
    present = {
        match[1] for match in re.finditer(r"^[ \t]*#?[ \t]*(?:export[ \t]+)?(\w+)[ \t]*(?:=|$)", text, re.MULTILINE)
    }
    lacking = [use for use in (*group.required, *group.optional) if not present & set(use.names) and _is_writable(use)]
    lines = [line for use in lacking for line in (f"# {described(use)}", _line(use))]
    return ["", *lines] if lines and text.strip() else lines


def described(use: UsedVariable) -> str:
    """Where a variable is read and what it looks like, in a line: `app/config.py:11 · secret · 32 bytes, base64`."""
    variable = use.variable
    hints = tuple(
        hint for hint in variable.hints if not any(hint != other and hint in other for other in variable.hints)
    )
    parts = [variable.evidence[0].place, KINDS.get(variable.kind, variable.kind), ", ".join(hints)]
    if variable.aliases:
        parts.append(f"also read as {', '.join(variable.aliases)}")
    return " · ".join(_one_line(part) for part in parts if part)


def _sections(group: ServiceVariables) -> Iterator[tuple[str, Iterable[UsedVariable]]]:
    yield "Required: without one of these the program stops.", group.required
    yield "Optional: behind the sign stands what the code takes without it, where that is known.", group.optional
    yield "Given by the platform: set these on your own machine only.", group.from_platform


def _is_writable(use: UsedVariable) -> bool:
    return _NAME.fullmatch(use.name) is not None


def _line(use: UsedVariable) -> str:
    if use.variable.required:
        return f"{use.name}="
    return f"# {use.name}={_written(use)}"


def _written(use: UsedVariable) -> str:
    """A default as an environment file writes it; nothing where it may be a secret or cannot stand on a line."""
    default = use.default
    if default is None or use.variable.kind == "secret" or looks_secret(use.name):
        return ""
    if not default.isprintable():
        return ""
    if _BARE.fullmatch(default):
        return default
    return f"'{default}'" if "'" not in default and "\\" not in default else ""


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
