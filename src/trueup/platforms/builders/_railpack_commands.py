"""The commands of Railpack's steps, and how railpack.json writes them.

Source: railwayapp/railpack at b5e80580, core/plan/command.go and core/plan/spread.go (read 2026-11-20).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from trueup.model.evidence import Evidence

SPREAD = "..."


@dataclass(frozen=True, slots=True)
class Execute:
    """A command that is run; `evidence` says who wants it."""

    command: str
    evidence: tuple[Evidence, ...]

    @property
    def is_spread(self) -> bool:
        """Whether it stands for the commands that Railpack generated (command.go:263)."""
        return self.command in (SPREAD, shell_command(SPREAD))


@dataclass(frozen=True, slots=True)
class Copy:
    """A file or folder of the project that is copied into the step; `image` is set where it comes from an image."""

    source: str
    image: str = ""

    @property
    def is_spread(self) -> bool:
        """Never."""
        return False

    @property
    def is_everything(self) -> bool:
        """Whether it copies the whole root directory."""
        return not self.image and self.source.rstrip("/") in (".", "")


@dataclass(frozen=True, slots=True)
class AddPath:
    """A folder that is put in front of PATH."""

    path: str

    @property
    def is_spread(self) -> bool:
        """Never."""
        return False


Command = Execute | Copy | AddPath


def shell_command(text: str) -> str:
    """The command that Railpack makes of a text; a single quote in it ends the quoting early (command.go:73)."""
    return f"sh -c '{text}'"


def own_command(text: str, evidence: Evidence) -> tuple[Command, ...]:
    """What a command given by a variable or a flag becomes: everything is copied, then it is run (core.go:269)."""
    return (Copy("."), Execute(shell_command(text), (evidence,)))


def read_command(value: Any, raw: str, evidence: Evidence) -> Command | None:
    """One command of railpack.json: an object by its fields, every other value by its JSON text.

    Args:
        value: the parsed value.
        raw: its text in the file; a string's escapes stay as they are written, because Railpack reads the raw text.
        evidence: the line it stands on.

    Returns:
        The command; None for a file that is written into the image.
    """
    if isinstance(value, dict) and "cmd" in value:
        return Execute(str(value["cmd"] or ""), (evidence,))
    if isinstance(value, dict) and "path" in value:
        return None if "name" in value else AddPath(str(value["path"] or ""))
    if isinstance(value, dict) and "src" in value:
        return Copy(str(value["src"] or ""), str(value.get("image") or ""))
    # What is no command object is run by a shell as it is written (command.go:128 and 184).
    return Execute(shell_command((raw or json.dumps(value)).strip('"')), (evidence,))


def spread(own: tuple[Command, ...] | None, generated: tuple[Command, ...]) -> tuple[Command, ...]:
    """Own commands replace the generated ones, which stand where `...` is; None keeps the generated (spread.go:16)."""
    if own is None:
        return generated
    return tuple(command for item in own for command in (generated if item.is_spread else (item,)))


def spread_names(own: list[str] | None, generated: list[str]) -> list[str]:
    """The same for lists of names (spread.go:34)."""
    if own is None:
        return list(generated)
    return [name for item in own for name in (generated if item == SPREAD else [item])]
