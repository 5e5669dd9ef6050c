"""A parser that says what is wrong with a command line as all other failures are said: in a line, and what to do."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from typing import Any, NoReturn

from trueup.errors import UsageError


class Paragraphs(argparse.HelpFormatter):
    """Help whose description keeps its paragraphs and fits the terminal; lines with an indentation stay lines."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super()._fill_text
        parts = text.strip("\n").split("\n\n")
        return "\n\n".join(part if part.startswith(" ") else fill(part, width, indent) for part in parts)


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that raises instead of printing twelve lines of usage above the one that matters."""

    def error(self, message: str) -> NoReturn:
        """Refuse a command line.

        Raises:
            UsageError: always.
        """
        raise UsageError(message.removeprefix("argument "), hint=f"`{self.prog} --help` tells what it takes.")

    def _actions_of(self, command: str) -> list[argparse.Action]:
        parsers = [action for action in self._actions if isinstance(action, argparse._SubParsersAction)]
        actions: list[argparse.Action] = parsers[0].choices[command]._actions
        return actions

    def options(self, command: str) -> list[str]:
        """The long options of a command."""
        names = [name for action in self._actions_of(command) for name in action.option_strings]
        return [name for name in names if name.startswith("--")]

    def take_late(self, parsed: argparse.Namespace, rest: Sequence[str]) -> list[str]:
        """Give words that stand after options to the arguments that they are for.

        Python 3.11, and the first releases of 3.12 and 3.13, leave PATH of `init render --yes PATH` over: an argument
        that may be absent is closed as soon as an option follows the one before it (python/cpython, pull request
        124303 of 2024-09, read 2026-11-20).

        Args:
            parsed: the command line as far as it was understood; changed.
            rest: what nothing took.

        Returns:
            What is still left over.
        """
        words = list(rest)
        if any(word.startswith("-") for word in words):
            return words
        for action in self._actions_of(parsed.command):
            value: Any = getattr(parsed, action.dest, None)
            if action.option_strings or not words:
                continue
            if action.nargs == "?" and value == action.default:
                setattr(parsed, action.dest, words.pop(0))
            elif action.nargs == "*":
                setattr(parsed, action.dest, [*value, *words])
                words = []
        return words

    def refuse(self, command: str, rest: Sequence[str], given: Sequence[str]) -> NoReturn:
        """Refuse what a command does not take.

        Args:
            command: the command's name.
            rest: what nothing took.
            given: the command line as it was typed.

        Raises:
            UsageError: always.
        """
        first = rest[0]
        hint = f"`trueup {command} --help` tells what it takes."
        if first.startswith("-"):
            name = first.partition("=")[0]
            near = difflib.get_close_matches(name, self.options(command), n=2, cutoff=0.75)
            hint = f"Did you mean {' or '.join(near)}? {hint}" if near else hint
            raise UsageError(f"`trueup {command}` has no option {name}", hint=hint)
        if given[0].startswith("-"):
            hint = f"Options stand after the command: trueup COMMAND {given[0]} …"
        raise UsageError(f"`trueup {command}` does not take {first!r} here", hint=hint)


def no_such_command(word: str, commands: Sequence[str]) -> UsageError:
    """What to say where the first word is neither a command nor a folder."""
    near = difflib.get_close_matches(word, commands, n=2)
    meant = f"Did you mean `trueup {'` or `trueup '.join(near)}`? " if near else ""
    return UsageError(
        f"{word!r} is neither a command nor a folder", hint=f"{meant}The commands are: {', '.join(commands)}."
    )
