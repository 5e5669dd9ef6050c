"""What a build or start log shows."""

from __future__ import annotations

from dataclasses import dataclass

from trueup.model.finding import Confidence


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a log: its number in the file (from 1) and its text without prefixes and colours."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause that the log shows. The root cause is what a person must change."""

    rule: str
    title: str
    confidence: Confidence
    explanation: str
    remedies: tuple[str, ...]
    evidence: tuple[LogLine, ...]
    package: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a log shows: where and when it failed, and why; the first cause is the root cause."""

    platform: str | None
    builder: str | None
    phase: str | None
    """setup, install, build, release, start or health."""
    python: str | None
    causes: tuple[Cause, ...] = ()
    succeeded: bool = False
    proofs: tuple[LogLine, ...] = ()
    """Lines that prove success: the Python used, wheels taken, the service live."""
