"""Environment files (.env, .env.example): names and where they stand. Values are kept from every repr and message.

Rules: python-dotenv 1.1 (`parser.py`, https://saurabh-kumar.com/python-dotenv/reference/, read 2026-11-20): `export `
is allowed, a value may be quoted and then span lines, # after a blank ends a bare value, a name may stand alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from trueup.manifests._document import unreadable
from trueup.manifests._interface import Manifest
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.project import SourceFile

_ENTRY = re.compile(
    r"""^[^\S\n]*(?:export[^\S\n]+)?
    (?P<name>'[^'\n]+'|[^=\#\s]+)[^\S\n]*
    (?P<equals>=)?[^\S\n]*
    (?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\n]*)""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_LARGEST = 1024 * 1024
_PLACEHOLDER = re.compile(
    r"(?i)^$|your|change[-_ ]?me|replace|example|placeholder|xxx|<.*>|\.\.\.|^(?:none|null|todo|secret|password)$"
)


@dataclass(frozen=True, slots=True)
class DotenvEntry:
    """One name of an environment file.

    `has_value` is whether anything stands behind the equals sign; `looks_real` whether that is more than a
    placeholder. The value itself is for checks that judge it (such as weak secrets), and never for print.
    """

    name: str
    line: int
    evidence: Evidence
    has_value: bool
    looks_real: bool
    value: str | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class DotenvFile:
    """What one environment file declares, in order."""

    file: SourceFile = field(repr=False)
    entries: tuple[DotenvEntry, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The names that are declared."""
        return frozenset(entry.name for entry in self.entries)


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return re.split(r"\s#|^#", text, maxsplit=1)[0].strip()


def _broken(file: SourceFile, line: int) -> Problem:
    return Problem(
        rule="unreadable-file",
        severity=Severity.LOW,
        confidence=Confidence.MEDIUM,
        message=f"{file.path}:{line} is no `NAME=value` line; what reads the file leaves it out.",
        hint="Write `NAME=value`, or begin the line with # to make it a comment.",
        evidence=(Evidence.found(file.path, line, "a line that is not shown, because it may hold a secret"),),
        subject=f"{file.path}:{line}",
    )


def parse(file: SourceFile) -> DotenvFile:
    """Read an environment file; lines that declare nothing become problems without their text."""
    if file.problem or not file.is_text or len(file.data) > _LARGEST:
        return DotenvFile(file, problems=(unreadable(file, "cannot be read as text", hint="Save it as UTF-8."),))
    text = "\n".join(file.lines)
    entries: list[DotenvEntry] = []
    problems: list[Problem] = []
    at, line, counted = 0, 1, 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        content = text[at:end].strip()
        if not content or content.startswith("#"):
            at = end + 1
            continue
        line, counted = line + text.count("\n", counted, at), at
        found = _ENTRY.match(text, at)
        if found and _declares(found):
            entries.append(_entry(file, line, found))
            end = text.find("\n", found.end())
            end = len(text) if end < 0 else end
        elif len(problems) < 20:
            problems.append(_broken(file, line))
        at = end + 1
    return DotenvFile(file, tuple(entries), tuple(problems))


def _declares(found: re.Match[str]) -> bool:
    """Whether a line is `NAME=…`, or a name alone (maybe with a comment)."""
    stands_alone = found.group("equals") is None and not _unquoted(found.group("value").strip())
    has_name = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", found.group("name").strip("'")) is not None
    return has_name and (stands_alone or found.group("equals") is not None)


def _entry(file: SourceFile, line: int, found: re.Match[str]) -> DotenvEntry:
    name = found.group("name").strip("'")
    value = _unquoted(found.group("value").strip()) if found.group("equals") else None
    return DotenvEntry(
        name=name,
        line=line,
        evidence=Evidence.found(file.path, line, f"{name}=…" if value else f"{name}="),
        has_value=bool(value),
        looks_real=bool(value) and not _PLACEHOLDER.search(value or ""),
        value=value,
    )


MANIFEST = Manifest(id="dotenv", title="environment file", filenames=(".env", ".env.*", "*.env", "env.example"))
