"""The Procfile by Heroku's two grammars.

Cedar's own parser is not public; its documentation (https://devcenter.heroku.com/articles/procfile) and the tools that
read the same files take a line as a process type when it matches `^[A-Za-z0-9_-]+:\\s*(.+)$` and pass over all others.
Fir's is heroku/buildpacks-procfile src/procfile.rs:99-330 at bb54a142. Both read on 2026-11-20.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trueup.model.project import SourceFile

_CLASSIC_LINE = re.compile(r"([A-Za-z0-9_-]+):\s*(.+)")
_STRICT_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_LONGEST_KEY = 63
_IGNORED_LINES = re.compile(r"(?:[ \t]*#[^\r\n]*|[ \t]*\r?\n)+")
_VALUE = re.compile(r"[ \t]*([^ \t\r\n][^\r\n]*)(?:\r?\n|\Z)")
_CAPITALS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", "abcdefghijklmnopqrstuvwxyz-")


@dataclass(frozen=True, slots=True)
class ProcfileEntry:
    """One process type: its name, its command and the line it stands on (from 1)."""

    name: str
    command: str
    line: int


@dataclass(frozen=True, slots=True)
class Procfile:
    """What is left of a Procfile. The last entry of a name wins.

    `passed_over` are lines that are neither comments nor process types (Cedar); `warnings` what the buildpack says
    (Fir); `error` the line of a mistake that stops the build (Fir), with `error_line`.
    """

    entries: tuple[ProcfileEntry, ...] = ()
    passed_over: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    error_line: int | None = None

    def get(self, name: str) -> ProcfileEntry | None:
        """The entry of a process type."""
        return next((entry for entry in self.entries if entry.name == name), None)


def parse_classic(file: SourceFile) -> Procfile:
    """Read a Procfile as Cedar does."""
    entries: dict[str, ProcfileEntry] = {}
    passed_over = []
    for number, line in enumerate(file.lines, start=1):
        matched = _CLASSIC_LINE.fullmatch(line.rstrip())
        if matched:
            entries[matched.group(1)] = ProcfileEntry(matched.group(1), matched.group(2), number)
        elif line.strip() and not line.lstrip().startswith("#"):
            passed_over.append(number)
    return Procfile(tuple(entries.values()), tuple(passed_over))


def parse_cnb(file: SourceFile) -> Procfile:
    """Read a Procfile as Fir's Procfile buildpack does: one mistake and nothing of it is taken.

    Keys are lowercase letters, digits and inner dashes, at most 63 characters; leading spaces, capitals and
    underscores are put right with a warning; anything else, and a key without a command, is an error.
    """
    try:
        text = file.data.decode("utf-8")
    except UnicodeDecodeError:
        return Procfile(error="Cannot read Procfile contents")
    found: dict[str, ProcfileEntry] = {}
    warnings: list[str] = []
    at = 0
    while at < len(text):
        at = _skip_ignored(text, at)
        line = text.count("\n", 0, at) + 1
        entry = _entry(text, at)
        if entry is None:
            return Procfile(error="Invalid Procfile format", error_line=line, warnings=tuple(warnings))
        name, original, command, at = entry
        if name != original:
            warnings.append(f"Procfile key `{original}` has been corrected to `{name}`. Please update your Procfile.")
        if name in found:
            warnings.append(f"Duplicate key `{name}` found. The value `{command}` will be used.")
        found[name] = ProcfileEntry(name, command, line)
        at = _skip_ignored(text, at)
    if not found:
        warnings.append("Empty file, no processes defined")
    return Procfile(tuple(found.values()), warnings=tuple(warnings))


def _skip_ignored(text: str, at: int) -> int:
    matched = _IGNORED_LINES.match(text, at)
    return matched.end() if matched else at


def _entry(text: str, at: int) -> tuple[str, str, str, int] | None:
    """The corrected key, the key as written, the command and where the next line begins; None for a mistake."""
    colon = text.find(":", at)
    if colon < 0:
        return None
    original = text[at:colon]
    name = original
    if not _STRICT_KEY.fullmatch(name):
        name = original.translate(_CAPITALS).lstrip(" \t")
    if not _STRICT_KEY.fullmatch(name) or len(name) > _LONGEST_KEY:
        return None
    value = _VALUE.match(text, colon + 1)
    return (name, original, value.group(1), value.end()) if value else None
