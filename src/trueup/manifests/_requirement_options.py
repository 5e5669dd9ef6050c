"""The options that a line of a requirements file may hold, parsed as pip parses them.

The list is that of pip 23.2.1 (`_internal/req/req_file.py`, SUPPORTED_OPTIONS and SUPPORTED_OPTIONS_REQ, lines 51-76,
read 2026-11-20), with --all-releases, --only-final and --no-require-hashes, which newer versions (26.3, the same file)
take too. `REMOVED` are those that newer versions no longer take.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import optparse

_LONGEST = 100_000
_HASHES_ONLY = re.compile(r"(?:--hash[= ][a-z0-9]+:[0-9A-Fa-f]+ *)+")
_HASH = re.compile(r"--hash[= ]([a-z0-9]+:[0-9A-Fa-f]+)")
REMOVED = {"global-option": "25.3 (2025-10-24)"}
"""Options and the version of pip that took them away (pip's changelog; 26.3's req_file.py has them no more; read
2026-11-20)."""
_STRONG_HASHES = ("sha256", "sha384", "sha512")


class OptionError(ValueError):
    """pip would refuse the options of a line; the message says why."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a line: its long name without hyphens (`index-url`) and its value ("" for a flag)."""

    name: str
    value: str


def _note(option: optparse.Option, _: str, value: str | None, parser: optparse.OptionParser) -> None:
    assert parser.values is not None
    parser.values.found.append(Option(option.get_opt_string().lstrip("-"), value or ""))


@cache
def _parser() -> optparse.OptionParser:
    import optparse  # seldom needed: most requirements files have no options

    class Parser(optparse.OptionParser):
        def error(self, msg: str) -> NoReturn:
            raise OptionError(msg)

    parser = Parser(add_help_option=False)

    def add(*names: str, value: bool = True) -> None:
        if value:
            parser.add_option(*names, action="callback", callback=_note, type="string", nargs=1)
        else:
            parser.add_option(*names, action="callback", callback=_note)

    for names in (
        ("-i", "--index-url", "--pypi-url"),
        ("--extra-index-url",),
        ("-c", "--constraint"),
        ("-r", "--requirement"),
        ("-e", "--editable"),
        ("-f", "--find-links"),
        ("--no-binary",),
        ("--only-binary",),
        ("--all-releases",),
        ("--only-final",),
        ("--trusted-host",),
        ("--use-feature",),
        ("--global-option",),
        ("--hash",),
        ("-C", "--config-settings", "--config-setting"),
    ):
        add(*names)
    for flag in ("--no-index", "--prefer-binary", "--require-hashes", "--no-require-hashes", "--pre"):
        add(flag, value=False)
    return parser


def split_options(line: str) -> tuple[str, str]:
    """Split a logical line where its first word that begins with a hyphen begins."""
    if line.startswith("-"):
        return "", line
    at = line.find(" -")
    return (line, "") if at < 0 else (line[:at], line[at + 1 :])


def parse_options(text: str) -> tuple[tuple[Option, ...], tuple[str, ...]]:
    """Parse the options of a line.

    Returns:
        The options in order, and the words that belong to none (pip leaves them out silently).

    Raises:
        OptionError: pip would refuse them.
    """
    if _HASHES_ONLY.fullmatch(text):
        options = tuple(Option("hash", value) for value in _HASH.findall(text))
        words: list[str] = []
    else:
        if len(text) > _LONGEST:
            raise OptionError(f"its options have {len(text):,} characters")
        try:
            arguments = shlex.split(text)
        except ValueError as error:
            raise OptionError(f"the options cannot be split: {str(error).lower()}") from None
        parser = _parser()
        values = parser.get_default_values()
        values.found = []
        _, words = parser.parse_args(arguments, values)
        options = tuple(values.found)
    for option in options:
        if option.name == "hash" and option.value.partition(":")[0] not in _STRONG_HASHES:
            raise OptionError(f"--hash needs one of {', '.join(_STRONG_HASHES)} before the colon")
    return options, tuple(words)
