"""Tell what a rule means, why it fails a deployment, and what to do; without an ID, list all rules."""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import re
import textwrap
from typing import Any

from trueup.cli import _options
from trueup.registry import discover

HELP = "explain a rule of `check` or of `diagnose`"
FAMILIES = {"check": ("trueup.checks", "CHECK"), "diagnose": ("trueup.logrules", "RULE")}
_HEADING = re.compile(r"^([A-Z][A-Za-z ]+):$", re.MULTILINE)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("id", nargs="?", metavar="ID", help="the rule's id, such as no-wheel")
    group = parser.add_argument_group("output")
    group.add_argument("--format", choices=("json", "text"), default="text", help="default: text")
    group.add_argument("-o", "--output", metavar="FILE", help="write there instead of to the terminal")


def documentation(package: str, rule: str) -> str:
    """The docstring of a rule's module."""
    module = importlib.import_module(f"{package}.{rule.replace('-', '_')}")
    return (module.__doc__ or "").strip()


def sections(text: str) -> dict[str, str]:
    """A rule's documentation by heading ("What it does", …), as plain text."""
    parts = _HEADING.split(text)
    bodies = (inspect.cleandoc(f"\n{body}") for body in parts[2::2])
    return dict(zip(parts[1::2], bodies, strict=True))


def run(arguments: argparse.Namespace) -> int:
    """Print one rule, or the list of all."""
    rules = {
        (family, rule): plugin.title
        for family, (package, constant) in FAMILIES.items()
        for rule, plugin in discover(package, constant).items()
    }
    found = [(family, rule) for family, rule in rules if arguments.id in (None, rule)]
    if not found:
        raise _options.no_such_rule(arguments.id, [rule for _, rule in rules])
    if arguments.format == "json":
        objects = [_object(family, rule, rules[family, rule], arguments.id is not None) for family, rule in found]
        text = json.dumps({"schema": "trueup/rules/1", "rules": objects}, indent=2, ensure_ascii=False) + "\n"
    elif arguments.id is None:
        text = _listed(rules)
    else:
        width = 120 if arguments.output else _options.columns()
        text = "\n".join(
            f"{rule} (trueup {family})\n\n{wrapped(documentation(FAMILIES[family][0], rule), width)}\n"
            for family, rule in found
        )
    _options.emit(text, arguments.output)
    return 0


def wrapped(text: str, width: int) -> str:
    """Documentation made to fit a width: paragraphs are filled anew, the lines of examples stay lines."""
    lines: list[str] = []
    is_example = False
    for paragraph in re.split(r"\n(?=\n|\s*- |[A-Z][A-Za-z ]+:$)|(?<=:)\n", text, flags=re.MULTILINE):
        is_example = paragraph.strip() == "Example:" or (is_example and not _HEADING.match(paragraph.strip()))
        parts = paragraph.splitlines() if is_example else [_joined(paragraph)]
        for part in parts or [""]:
            indent = part[: len(part) - len(part.lstrip())] + ("  " if part.lstrip().startswith("- ") else "")
            filled = textwrap.wrap(
                part, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
            )
            lines += filled or [""]
    return "\n".join(lines)


def _joined(paragraph: str) -> str:
    """A paragraph on one line, with the indentation of its first."""
    first, *others = paragraph.strip("\n").splitlines() or [""]
    return " ".join([first.rstrip(), *(line.strip() for line in others)])


def _listed(rules: dict[tuple[str, str], str]) -> str:
    width = max(len(rule) for _, rule in rules)
    text = ""
    for family in FAMILIES:
        lines = [f"  {rule:<{width}}  {title}\n" for (owner, rule), title in rules.items() if owner == family]
        text += f"Rules of `trueup {family}`:\n{''.join(lines)}\n"
    return text


def _object(family: str, rule: str, title: str, whole: bool) -> dict[str, Any]:
    brief = {"id": rule, "command": family, "title": title}
    return {**brief, "sections": sections(documentation(FAMILIES[family][0], rule))} if whole else brief
