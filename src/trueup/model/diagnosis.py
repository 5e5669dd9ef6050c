"""What a build or start log shows."""

from __future__ import annotations

from dataclasses import dataclass

from trueup.model.evidence import Evidence
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
    chain: tuple[str, ...] = ()
    """The explanation's sentences in the order in which things happened; `explanation` is their text."""
    confirmed: str | None = None
    """What the package index says to it, where it was asked and answered."""
    pointers: tuple[Evidence, ...] = ()
    """Where in the project the line to change stands."""
    repair: str | None = None
    """The repair of `trueup fix` that mends it, in words."""


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
    doubts: tuple[str, ...] = ()
    """Why a log that looks like a success is not called one."""
    look_for: tuple[str, ...] = ()
    """What else to look for, where no cause was recognised."""
    lines: int = 0
    """How many lines the log has."""
    pythons: tuple[str, ...] = ()
    """Every Python version that a line states outright as used, in order."""
