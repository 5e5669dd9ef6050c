"""The reference pages that are made from parsers, errors, data rows and schemas."""

from __future__ import annotations

import importlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import trueup.platforms.data
from trueup.cli._describe import Command, Parameter, commands
from trueup.cli.main import DEFAULT_COMMAND
from trueup.errors import ExitCode, TrueupError

NOTICE = "<!-- Written by `./dev generate`. Change the source it names, not this page. -->"
DATA = Path(next(iter(trueup.platforms.data.__path__)))

DEFAULTS = {
    "railpack": ("release", "python_default"),
    "nixpacks": ("defaults", "package"),
    "render-native": ("python.defaults", "version"),
    "heroku-classic": ("default", "version"),
    "heroku-cnb": ("default", "version"),
}
"""For each builder the table of its data that holds its default Python by date, and the key of the version."""


def prose(text: str) -> str:
    """Plain text as Markdown: code between backticks stays, addresses become links, everything else means itself."""
    return _KEPT_OR_SPECIAL.sub(_as_markdown, text)


_KEPT_OR_SPECIAL = re.compile(
    r"(?P<code>`[^`]+`)|(?P<url>https?://[^\s<>()`]*[^\s<>()`.,;:])|[\\<*\[\]|]|(?<!\w)_(?=\w)"
)


def _as_markdown(found: re.Match[str]) -> str:
    if found["code"]:
        return found["code"]
    return f"<{found['url']}>" if found["url"] else f"\\{found[0]}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; cells are Markdown already."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))


def cli_page() -> str:
    """docs/reference/cli.md."""
    found = commands()
    parts = [
        "# Command line",
        NOTICE,
        f"Plain `trueup` is `trueup {DEFAULT_COMMAND}`. `trueup --version` tells the version.",
    ]
    parts.append(
        table(["command", "what it does"], ([f"[`{it.name}`](#trueup-{it.name})", prose(it.brief)] for it in found))
    )
    parts.append("What the exit codes mean in general: [exit codes](exit-codes.md).")
    for command in found:
        parts += _command_parts(command)
    return "\n\n".join(parts) + "\n"


def _command_parts(command: Command) -> Iterator[str]:
    yield f"## trueup {command.name}"
    places = " ".join(_place(parameter) for parameter in command.parameters if not parameter.flags)
    yield f"```text\n{f'trueup {command.name} [OPTIONS] {places}'.strip()}\n```"
    for paragraph in command.text.split("\n\n"):
        yield _indented(paragraph) if paragraph.startswith("    ") else prose(paragraph)
    groups = dict.fromkeys(parameter.group for parameter in command.parameters)
    for group in groups:
        rows = [[_spelled(item), prose(item.help)] for item in command.parameters if item.group == group]
        yield f"**{'arguments' if group == 'positional arguments' else group}**"
        yield table(["", ""], rows)


def _indented(paragraph: str) -> str:
    return "```text\n" + "\n".join(line.removeprefix("    ") for line in paragraph.split("\n")) + "\n```"


def _place(parameter: Parameter) -> str:
    dots = "…" if parameter.repeats else ""
    return f"[{parameter.value}{dots}]" if parameter.optional else f"{parameter.value}{dots}"


def _spelled(parameter: Parameter) -> str:
    if not parameter.flags:
        return f"`{parameter.value}`"
    return ", ".join(f"`{flag} {parameter.value}`" if parameter.value else f"`{flag}`" for flag in parameter.flags)


def exit_codes_page() -> str:
    """docs/reference/exit-codes.md."""
    said = {
        ExitCode.NOTHING_FOUND: "Nothing was found, or the command did what it was asked.",
        ExitCode.FINDINGS_LOW: "Findings, the worst of low severity.",
        ExitCode.FINDINGS_MEDIUM: "Findings, the worst of medium severity.",
        ExitCode.FINDINGS_HIGH: "Findings of high severity; a refuted proof; a Python that a log does not prove.",
        ExitCode.BUG: "A bug of trueup; the lines above it say where.",
        ExitCode.INTERRUPTED: "Interrupted from the keyboard.",
    }
    for error in (one for one in TrueupError.__subclasses__() if one.__module__ == TrueupError.__module__):
        said[error.exit_code] = " ".join((error.__doc__ or "").split())
    rows = [[str(int(code)), prose(said[code])] for code in ExitCode]
    parts = ["# Exit codes", NOTICE, table(["code", "meaning"], rows)]
    parts.append(
        "`--fail-on` chooses the lowest severity that counts, `--exit-zero` makes every finding exit with 0. An index"
        " that does not answer is never taken for success. Commands that use a code in a sense of their own say so:"
    )
    own = [
        [f"[`{command.name}`](cli.md#trueup-{command.name})", prose(found[1])]
        for command in commands()
        if (found := re.search(r"Exit codes: (.*?)(?:\n\n|$)", command.text, re.DOTALL))
    ]
    return "\n\n".join([*parts, table(["command", "exit codes"], own)]) + "\n"


def platforms_page() -> str:
    """docs/reference/platforms.md."""
    parts = ["# Builders: default Pythons, and what they do not read", NOTICE]
    parts.append(
        "Every row is data of `src/trueup/platforms/data/`, with the source it was read from and the day it was read."
        " `trueup check -v` says for your project which place decides, and why the others do not."
    )
    for builder, (where, key) in DEFAULTS.items():
        data = tomllib.loads((DATA / f"{builder.replace('-', '_')}.toml").read_text("utf-8"))
        module = importlib.import_module(f"trueup.platforms.builders.{builder.replace('-', '_')}")
        parts += [f"## {builder}", prose((module.__doc__ or "").split("\n\n")[0])]
        parts += [
            "### Python where nothing pins it",
            table(["from", "Python", "source", "read on"], _defaults(data, where, key)),
        ]
        ignored = [
            [
                f"`{name}`",
                prose(row["text"]),
                f"[source]({row['source']})" if "source" in row else "",
                row.get("checked", ""),
            ]
            for name, row in sorted(data.get("ignored", {}).items())
        ]
        parts += ["### What it does not read", table(["place", "what happens", "source", "read on"], ignored)]
    return "\n\n".join(parts) + "\n"


def _defaults(data: Any, where: str, key: str) -> Iterator[list[str]]:
    rows = data
    for part in where.split("."):
        rows = rows[part]
    before = None
    for row in rows:
        value = row.get(key)
        if value is None or value == before:
            continue
        before = value
        day = "before" if row["from"].startswith("0000") else row["from"]
        yield [day, f"`{value}`" if value else "unknown", f"[source]({row['source']})", row["checked"]]


def schemas_page(folder: Path) -> str:
    """docs/reference/schemas.md."""
    parts = ["# JSON", NOTICE, "Keys may be added within a version; none is removed or changes its meaning."]
    for path in sorted(folder.glob("*.json")):
        schema = json.loads(path.read_text("utf-8"))
        parts += [f"## {schema['title']}", prose(schema.get("description", "")), f"The schema: `schema/{path.name}`."]
        parts += [table(["key", "type", "always", "meaning"], _keys(schema))]
        for name, definition in sorted(schema.get("$defs", {}).items()):
            if "properties" in definition:
                parts += [f"### {name} in {path.stem}", prose(definition.get("description", ""))]
                parts += [table(["key", "type", "always", "meaning"], _keys(definition))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _keys(schema: Any) -> Iterator[list[str]]:
    required = set(schema.get("required", ()))
    for key, value in schema["properties"].items():
        yield [f"`{key}`", _type(value), "yes" if key in required else "no", prose(value.get("description", ""))]


def _type(value: Any) -> str:
    if "$ref" in value:
        return str(value["$ref"].rsplit("/", 1)[-1])
    if "const" in value:
        return f"`{json.dumps(value['const'])}`"
    if "enum" in value:
        return ", ".join(f"`{json.dumps(item)}`" for item in value["enum"])
    if "anyOf" in value or "oneOf" in value:
        return " or ".join(_type(item) for item in value.get("anyOf") or value["oneOf"])
    if "items" in value:
        return f"list of {_type(value['items'])}"
    kind = value.get("type", "anything")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)
