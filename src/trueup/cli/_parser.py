"""A parser that says what is wrong with a command line as all other failures are said: in a line, and what to do."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from typing import NoReturn

from trueup.errors import UsageError


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that raises instead of printing twelve lines of usage above the one that matters."""

    def error(self, message: str) -> NoReturn:
        """Refuse a command line.

        Raises:
            UsageError: always.
        """
        raise UsageError(message.removeprefix("argument "), hint=f"`{self.prog} --help` tells what it takes.")

    def options(self, command: str) -> list[str]:
        """The long options of a command."""
        parsers = [action for action in self._actions if isinstance(action, argparse._SubParsersAction)]
        actions = parsers[0].choices[command]._actions
        return [name for action in actions for name in action.option_strings if name.startswith("--")]

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
