"""What every command takes, read from its parser: for shell completion and for the reference."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trueup.cli._run import build_parser
from trueup.model.target import SUPPORTED_MINORS
from trueup.registry import plugin_ids

_FILES = ("FILE", "LOG", "PATH|URL", "FORMAT=FILE")
_FOLDERS = ("PATH", "DIR")


@dataclass(frozen=True, slots=True)
class Parameter:
    """An option or, without `flags`, a positional argument.

    `value` is the name of its value, None for a flag; `words` the values that can be listed; `files` what kind of
    path it takes ("file", "folder" or "").
    """

    flags: tuple[str, ...]
    value: str | None
    help: str
    group: str
    words: tuple[str, ...] = ()
    files: str = ""
    repeats: bool = False
    optional: bool = True


@dataclass(frozen=True, slots=True)
class Command:
    """A command: `brief` is its one line, `text` its documentation."""

    name: str
    brief: str
    text: str
    parameters: tuple[Parameter, ...]


def commands() -> list[Command]:
    """Every command, by name."""
    known = known_words()
    found = []
    for action in build_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            briefs = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, parser in action.choices.items():
                parameters = tuple(_parameters(name, parser, known))
                found.append(Command(name, briefs[name], (parser.description or "").strip(), parameters))
    return found


def known_words() -> Mapping[str, tuple[str, ...]]:
    """The values that options of these names can have, read from the plug-ins."""
    checks, logs = (tuple(plugin_ids(package)) for package in ("trueup.checks", "trueup.logrules"))
    return {
        "platform": tuple(plugin_ids("trueup.platforms")),
        "builder": tuple(plugin_ids("trueup.platforms.builders")),
        "python": SUPPORTED_MINORS,
        "rule": checks,
        "id": tuple(sorted({*checks, *logs})),
    }


def _parameters(
    command: str, parser: argparse.ArgumentParser, known: Mapping[str, tuple[str, ...]]
) -> Iterator[Parameter]:
    for group in parser._action_groups:
        for action in group._group_actions:
            takes = action.nargs != 0
            value = _value_name(action) if takes else None
            yield Parameter(
                flags=tuple(action.option_strings),
                value=value,
                help=_help(action),
                group=group.title or "",
                words=_words(command, action, known) if takes else (),
                files="file" if value in _FILES else "folder" if value in _FOLDERS else "",
                repeats=isinstance(action, argparse._AppendAction | argparse._CountAction)
                or action.nargs in ("*", "+"),
                optional=bool(action.option_strings) or action.nargs in ("?", "*"),
            )


def _value_name(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    return "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest.upper()


def _help(action: argparse.Action) -> str:
    text = action.help or ""
    return text % {"default": action.default, "prog": "trueup"} if "%" in text else text


def _words(command: str, action: argparse.Action, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if action.choices:
        return tuple(map(str, action.choices))
    if action.dest == "id" and command != "rule":
        return ()
    return known.get(action.dest, ())
