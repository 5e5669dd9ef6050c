"""How Heroku's two buildpacks read a Python version from a file: two grammars that differ in many small ways.

Sources, read on 2026-11-20: heroku-buildpack-python lib/python_version.sh:20-24 and :144-417 at b4e7e721;
buildpacks-python src/python_version_file.rs:8-48 and src/utils.rs:66-84 at f81d0dc1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from trueup.model.evidence import Evidence
from trueup.model.project import SourceFile
from trueup.platforms.builders._heroku_encoding import file_command_encoding

_INTEGER = r"(?:0|[1-9][0-9]*)"
_VERSION = re.compile(rf"{_INTEGER}\.{_INTEGER}(?:\.{_INTEGER})?")
_RUNTIME_TXT = re.compile(rf"python-({_VERSION.pattern})")

_GLIBC_SPACE = "\t\v\f\r \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"
"""What `[[:space:]]` means to GNU sed in the locale C.UTF-8: no non-breaking spaces, no U+0085."""
_RUST_SPACE = f"{_GLIBC_SPACE}\n\x85\xa0\u2007\u202f"
"""What Rust's `str::trim` removes: the Unicode property White_Space."""

MISSPELLED_NAMES = (
    " .python-version",
    ". python-version",
    ".python_version.txt",
    ".python_version",
    ".python-version ",
    ",python-version",
    ".python-version.",
    ".python-version.py",
    ".python-version.rtf",
    ".python-version.txt",
    ".python-version.TXT",
    ".Python-version",
    ".python.version",
    ".pythonversion",
    "'.python-version'",
    "python_version.txt",
    "python_version",
    "python-version.",
    "python-version.txt",
    "python-version",
)
"""Names that the classic buildpack refuses, in its order (lib/python_version.sh:26-48)."""


MOST_QUOTED = 3
"""Lines of a version file that a message quotes."""


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A line of a version file that is neither empty nor a comment: its number (from 1) and its trimmed text."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a buildpack makes of a version file.

    `request` is X.Y or X.Y.Z, or None where the buildpack stops; `error` is then the first line that it prints,
    `variant` its own name for the error, and `found` the lines it complains about. `line` is the line that decides.
    """

    request: str | None
    line: int | None = None
    value: str = ""
    error: str = ""
    variant: str = ""
    found: tuple[str, ...] = ()
    key: str = ""
    """In Pipfile.lock: the field that decides."""


def _raw_text(file: SourceFile) -> str:
    """The bytes as a Unix tool sees them: no byte-order mark is taken away, no encoding is guessed."""
    return file.data.decode("utf-8", errors="surrogateescape")


def classic_lines(file: SourceFile) -> list[VersionLine]:
    """The lines that the classic buildpack's sed leaves of a file (lib/python_version.sh:336-347)."""
    found = []
    for number, line in enumerate(_raw_text(file).split("\n"), start=1):
        text = line.strip(_GLIBC_SPACE).replace("\0", "␀")
        if text and not text.startswith("#"):
            found.append(VersionLine(number, text))
    return found


def read_classic_version_file(file: SourceFile) -> Reading:
    """Read .python-version as the classic buildpack does: every line is validated before lines are counted."""
    lines = classic_lines(file)
    for line in lines:
        if _VERSION.fullmatch(line.text):
            continue
        encoding = file_command_encoding(file.data)
        if any(word in encoding for word in ("ASCII text", "UTF-8 text", "very short file")) or encoding == "data":
            error, variant = "Error: Invalid Python version in .python-version.", "invalid-version"
        else:
            error, variant = "Error: Unable to read .python-version.", "invalid-encoding"
        return Reading(None, line.number, _printable(line.text), error, variant, (_printable(line.text),))
    if len(lines) == 1:
        return Reading(lines[0].text, lines[0].number, lines[0].text)
    found = tuple(line.text for line in lines)
    if not lines:
        return Reading(None, None, "", "Error: No Python version found in .python-version.", "no-version", found)
    error = "Error: Multiple Python versions found in .python-version."
    return Reading(None, lines[1].number, _together(found), error, "multiple-versions", found)


def read_runtime_txt(file: SourceFile) -> Reading:
    """Read runtime.txt as the classic buildpack does: what is left of it must be `python-X.Y` or `python-X.Y.Z`."""
    lines = classic_lines(file)
    matched = _RUNTIME_TXT.fullmatch(lines[0].text) if len(lines) == 1 else None
    if matched:
        return Reading(matched.group(1), lines[0].number, lines[0].text)
    found = tuple(_printable(line.text) for line in lines)
    number = lines[0].number if lines else None
    error = "Error: Invalid Python version in runtime.txt."
    return Reading(None, number, _together(found), error, "invalid-version", found)


def read_pipfile_lock(file: SourceFile) -> Reading:
    """Read `_meta.requires` of Pipfile.lock as the classic buildpack's jq filter does (lib/python_version.sh:349-417).

    `python_full_version` wins over `python_version` unless it is null or false; no version is no error and gives a
    reading without request and without error.
    """
    try:
        answers = [_required_python(document) for document in _json_documents(_raw_text(file))]
    except (ValueError, RecursionError, TypeError):
        return Reading(None, error="Error: Can't parse Pipfile.lock.", variant="invalid-json")
    key = answers[0][0] if answers else ""
    # The shell takes line ends away from the end of what a command prints.
    output = "\n".join(value for _, value in answers).rstrip("\n")
    if output == "null":
        return Reading(None)
    line = _lock_line(file, key)
    if _VERSION.fullmatch(output):
        return Reading(output, line, output, key=key)
    shown = _printable(output)
    error = "Error: Invalid Python version in Pipfile.lock."
    return Reading(None, line, shown, error, "invalid-version", (shown,), key)


def _json_documents(text: str) -> list[object]:
    """Every JSON text of a stream, as jq reads it: none at all is fine, and numbers keep their spelling."""
    text = text.removeprefix("\ufeff")
    decoder = json.JSONDecoder(parse_float=str, parse_int=str)
    found: list[object] = []
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        if at == len(text):
            return found
        value, at = decoder.raw_decode(text, at)
        found.append(value)


def _required_python(document: object) -> tuple[str, str]:
    """The field that decides and the output of the jq filter; a TypeError where jq stops with an error."""
    for key in ("_meta", "requires"):
        if document is None:
            break
        if not isinstance(document, dict):
            raise TypeError(f"cannot index {type(document).__name__} with {key}")
        document = document.get(key)
    if document is None:
        return "", "null"
    if not isinstance(document, dict):
        raise TypeError("cannot index with python_full_version")
    full = document.get("python_full_version")
    key = "python_version" if full is None or full is False else "python_full_version"
    value = document.get(key)
    # What jq gives where both sides of // are empty is the right one: a false there is printed, and is no version.
    return ("", "null") if value is None else (key, value if isinstance(value, str) else json.dumps(value))


def _lock_line(file: SourceFile, key: str) -> int | None:
    """The line of a field of `requires`."""
    pattern = re.compile(rf'"{re.escape(key)}"\s*:')
    numbered = enumerate(file.lines, start=1)
    return next((number for number, line in numbered if key and pattern.search(line)), None)


def read_cnb_version_file(file: SourceFile) -> Reading:
    """Read .python-version as the Cloud Native Buildpack does: lines are counted before their form is looked at.

    Each part is a Rust u16, so leading zeros and a plus sign pass; a byte-order mark is part of the line.
    """
    try:
        text = file.data.decode("utf-8")
    except UnicodeDecodeError:
        return Reading(None, error="Unable to read .python-version", variant="ReadPythonVersionFile")
    lines = []
    for number, line in enumerate(text.split("\n"), start=1):
        trimmed = line.strip(_RUST_SPACE)
        if trimmed and not trimmed.startswith("#"):
            lines.append(VersionLine(number, _masked(trimmed)))
    found = tuple(line.text for line in lines)
    error = "Invalid Python version in .python-version"
    if not lines:
        return Reading(None, None, "", error, "NoVersion", found)
    if len(lines) > 1:
        return Reading(None, lines[1].number, _together(found), error, "MultipleVersions", found)
    at = lines[0].number
    numbers = [_unsigned_16(part) for part in found[0].split(".")]
    if len(numbers) not in (2, 3) or None in numbers:
        return Reading(None, at, found[0], error, "InvalidVersion", found)
    return Reading(".".join(str(value) for value in numbers), at, found[0])


def _unsigned_16(text: str) -> int | None:
    """Rust's `str::parse::<u16>`: ASCII digits, with one plus sign if any."""
    if not re.fullmatch(r"\+?[0-9]+", text):
        return None
    value = int(text) if len(text) < 100 else 1 << 16
    return value if value < 1 << 16 else None


def _masked(text: str) -> str:
    """Control characters and everything beyond ASCII as U+FFFD, as the buildpack's messages show them."""
    return "".join("\ufffd" if ord(c) < 32 or ord(c) > 126 else c for c in text)


def _printable(text: str) -> str:
    """A text for a message: what is not printable ASCII, a space or a tab becomes U+FFFD, and it has a limit."""
    return "".join(c if c == "\t" or 32 <= ord(c) < 127 else "\ufffd" for c in text)[:100]


def _together(lines: Sequence[str]) -> str:
    """Lines as a message can quote them: whole files have been seen where one version was meant."""
    rest = len(lines) - MOST_QUOTED
    more = f" and {rest} more line{'' if rest == 1 else 's'}" if rest > 0 else ""
    return ", ".join(lines[:MOST_QUOTED]) + more


def line_evidence(file: SourceFile, reading: Reading) -> Evidence:
    """Evidence at the line that decides, or at the file where no line does."""
    return Evidence.found(file.path, reading.line, reading.value or _printable(file.line(reading.line)))
