"""Structured files (TOML, JSON, YAML) as plain values that know the line every value stands on.

The values come from the standard parsers; positions are scanned only when somebody asks for a line. A file that
cannot be read gives a `Document` whose value is an empty dict and whose `problem` says what is wrong and where.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from trueup.manifests._json_scanner import JsonSyntaxError, parse_json
from trueup.manifests._toml_scanner import scan_toml
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.project import UNREADABLE_HERE, SourceFile

Path = tuple[str | int, ...]

LARGEST_DOCUMENT = 4 * 1024 * 1024
"""Bytes above which a structured file is not parsed; the largest real lockfiles stay below it."""
LARGEST_YAML = 256 * 1024
"""The same for YAML, whose parser needs seconds for a megabyte."""
DEEPEST = 100
"""Levels of nesting above which a structured file is not parsed."""
MOST_YAML_NODES = 200_000
"""Nodes, aliases followed, above which a YAML file counts as a bomb."""

_LONG_KEY = re.compile(r"""(?<![\w."'-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""")
# The standard parser takes memory that grows with the square of a key's parts.
_MERGE_MARKER = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)
_LFS_POINTER = "version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a value stands: its line (from 1), the offsets of its text, and the line of its key."""

    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """A parsed file. Paths into it are tuples of keys and list indexes."""

    file: SourceFile
    value: Any = field(default_factory=dict)
    problem: Problem | None = None
    _scan: Callable[[], Mapping[Path, Position]] = field(default=dict, repr=False, compare=False)

    @cached_property
    def positions(self) -> Mapping[Path, Position]:
        """The position of every value, by its path."""
        return self._scan()

    def get(self, *path: str | int, default: Any = None) -> Any:
        """The value at a path, or the default where any part of it is absent or of another shape."""
        value: Any = self.value
        for key in path:
            is_index = isinstance(key, int) and isinstance(value, list) and 0 <= key < len(value)
            if not (is_index or (isinstance(value, dict) and key in value)):
                return default
            value = value[key]
        return value

    def line(self, *path: str | int) -> int | None:
        """The line of the value at a path, or of the nearest enclosing value that has one."""
        while path:
            if path in self.positions:
                return self.positions[path].line
            path = path[:-1]
        return None

    def raw(self, *path: str | int) -> str | None:
        """The text of the value as it is written, quotes included."""
        position = self.positions.get(path)
        return None if position is None else self.file.text[position.start : position.end]

    def evidence(self, *path: str | int) -> Evidence:
        """Evidence at the line of a value."""
        return self.file.evidence(self.line(*path))


def unreadable(file: SourceFile, what: str, line: int | None = None, *, hint: str | None = None) -> Problem:
    """The problem of a file that cannot be read as what it should be.

    Args:
        file: the file.
        what: what is wrong, as the end of the sentence "<path> …", such as "is not valid TOML: …".
        line: where, counted from 1.
        hint: what to do; found from the content where not given, of a very large file from its beginning.
    """
    text = file.text if len(file.data) <= LARGEST_DOCUMENT else replace(file, data=file.data[:LARGEST_DOCUMENT]).text
    marker = _MERGE_MARKER.search(text)
    is_here_alone = file.problem is not None and file.problem.startswith(UNREADABLE_HERE)
    if file.problem is not None:
        what, line = f"was not read: {file.problem}", None
        if is_here_alone:
            what += ". A platform that can read it builds with what it says, which is not known here."
            hint = hint or "Let yourself read it (`chmod u+r`), and run this again."
        hint = hint or "Make it a plain file inside the project, of a size that a person could have written."
    elif marker and marker.group(1).startswith(("<", ">")):
        line = text.count("\n", 0, marker.start()) + 1
        what = f"still holds merge conflict markers ({what})"
        hint = hint or "Resolve the merge and remove the lines that begin with <<<<<<<, ======= and >>>>>>>."
    elif text.startswith(_LFS_POINTER):
        what, line = "is a git-lfs pointer, not the file itself", 1
        hint = hint or "Take the file out of git-lfs: platforms that clone without lfs see only this pointer."
    elif file.encoding.startswith(("utf-16", "utf-32")):
        what = f"is encoded as {file.encoding.upper()}, which builders do not read ({what})"
        hint = hint or "Save the file as UTF-8."
    place = f"{file.path}:{line}" if line else file.path
    return Problem(
        rule="unreadable-file",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM if is_here_alone else Confidence.HIGH,
        message=f"{place} {what}",
        hint=hint or "Correct the file at this place.",
        evidence=(file.evidence(line),),
        subject=file.path,
    )


def _unparsed(file: SourceFile, *, largest: int = LARGEST_DOCUMENT, utf_8_only: bool = True) -> Document | None:
    """The document of a file that is not even looked into, with the place where it stops being text."""
    if file.problem is not None:
        return Document(file, problem=unreadable(file, "was not read"))
    if len(file.data) > largest:
        return Document(file, problem=unreadable(file, f"is larger than {largest // 1024:,} KiB"))
    if not file.is_text:
        return Document(file, problem=unreadable(file, "is not text", _first_line_not_text(file)))
    if utf_8_only and file.encoding.startswith(("utf-16", "utf-32")):
        return Document(file, problem=unreadable(file, "is not UTF-8", 1))
    return None


def _first_line_not_text(file: SourceFile) -> int:
    """The line of the first byte that cannot be decoded, or of the first zero byte."""
    try:
        file.data.decode(file.encoding)
        at = file.data.find(b"\0")
    except UnicodeDecodeError as error:
        at = error.start
    return file.data.count(b"\n", 0, at) + 1


def load_toml(file: SourceFile) -> Document:
    """Parse TOML. The positions of table keys, dotted keys, array items and inline tables are all known."""
    refused = _unparsed(file)
    if refused:
        return refused
    long_key = _LONG_KEY.search(file.text)
    if long_key:
        at = file.text.count("\n", 0, long_key.start()) + 1
        return Document(file, problem=unreadable(file, f"holds a key of more than {DEEPEST} parts", at))
    try:
        value = tomllib.loads(file.text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found.group(1)) if found else None
        message = re.sub(r" \(at .*\)$", "", str(error)).partition(";")[0]
        return Document(file, problem=unreadable(file, f"is not valid TOML: {message}", line))

    def scan() -> Mapping[Path, Position]:
        try:
            return {path: Position(*at) for path, at in scan_toml(file.text).items()}
        except (RecursionError, ValueError):
            return {}

    return Document(file, value, None, scan)


def load_json(file: SourceFile, *, comments: bool = False) -> Document:
    """Parse JSON; with `comments`, also comments and trailing commas (HuJSON, as Railpack reads its file)."""
    refused = _unparsed(file)
    if refused:
        return refused
    try:
        value = parse_json(file.text, relaxed=True, deepest=DEEPEST)[0] if comments else json.loads(file.text)
    except json.JSONDecodeError as error:
        return Document(file, problem=unreadable(file, f"is not valid JSON: {error.msg}", error.lineno))
    except JsonSyntaxError as error:
        return Document(file, problem=unreadable(file, f"is not valid JSON: {error.message}", error.line))
    except RecursionError:
        return Document(file, problem=unreadable(file, f"is nested deeper than {DEEPEST} levels"))
    except ValueError as error:
        return Document(file, problem=unreadable(file, f"is not valid JSON: {str(error).partition(';')[0]}"))

    def scan() -> Mapping[Path, Position]:
        try:
            found = parse_json(file.text, relaxed=comments, deepest=DEEPEST)[1]
        except (JsonSyntaxError, RecursionError):
            return {}
        return {path: Position(*at) for path, at in found.items()}

    return Document(file, value, None, scan)


@lru_cache(maxsize=16)
def load_yaml(file: SourceFile) -> Document:
    """Parse the first document of a YAML file by the YAML 1.2 core schema, safely: no tags, no expansion of bombs."""
    refused = _unparsed(file, largest=LARGEST_YAML, utf_8_only=False)
    if refused:
        return refused
    from trueup.manifests._yaml_scanner import YamlSyntaxError, parse_yaml  # the parser takes long to import

    try:
        value, positions = parse_yaml(file.text, deepest=DEEPEST, most_nodes=MOST_YAML_NODES)
    except YamlSyntaxError as error:
        return Document(file, problem=unreadable(file, f"is not valid YAML: {error.message}", error.line))
    return Document(file, value, None, lambda: {path: Position(*at) for path, at in positions.items()})
