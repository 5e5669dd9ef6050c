"""Evidence: why trueup says what it says. A fact without evidence cannot be built."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class EvidenceKind(StrEnum):
    """Where a statement comes from."""

    FOUND = "found"
    """A line of a file of the project."""
    ABSENT = "absent"
    """Looked for, and not there."""
    DEFAULT = "default"
    """The platform's documented or published behaviour, with its source and the day it was read."""
    GIVEN = "given"
    """A flag, an environment variable or the configuration."""
    OBSERVED = "observed"
    """A file of the index, a line of a log, the answer to a probe."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for one statement.

    `path` is relative to the project's root, in POSIX form; `line` counts from 1; `text` is the line or a short
    sentence; `url` is the source of a default; `checked` is the day (ISO) on which that source was read.
    """

    kind: EvidenceKind
    text: str
    path: str | None = None
    line: int | None = None
    url: str | None = None
    checked: str | None = None

    @classmethod
    def found(cls, path: str, line: int | None, text: str) -> Evidence:
        """A line of the project."""
        return cls(EvidenceKind.FOUND, text.strip(), path=path, line=line)

    @classmethod
    def absent(cls, text: str, path: str | None = None) -> Evidence:
        """Something looked for and not there; `text` is a sentence that says so."""
        return cls(EvidenceKind.ABSENT, text, path=path)

    @classmethod
    def default(cls, text: str, url: str | None = None, checked: str | None = None) -> Evidence:
        """The platform's own rule or default."""
        return cls(EvidenceKind.DEFAULT, text, url=url, checked=checked)

    @classmethod
    def given(cls, text: str) -> Evidence:
        """A flag, a variable or the configuration."""
        return cls(EvidenceKind.GIVEN, text)

    @classmethod
    def observed(
        cls, text: str, *, path: str | None = None, line: int | None = None, url: str | None = None
    ) -> Evidence:
        """A file of the index, a line of a log, an answer."""
        return cls(EvidenceKind.OBSERVED, text, path=path, line=line, url=url)

    @property
    def place(self) -> str:
        """`path:line` where there is one, else an empty string."""
        if self.path is None:
            return ""
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A value and why it is believed. The first evidence is the primary one."""

    value: T
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("a fact without evidence is a guess")


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that could not be told, and why. It never looks like success.

    `essential`: whether the prediction depends on it, so that without it "no failure found" cannot be said.
    """

    subject: str
    reason: str
    evidence: tuple[Evidence, ...] = ()
    essential: bool = False
