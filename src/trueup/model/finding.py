"""Findings: what is wrong, how sure trueup is, and where it is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from trueup.model.evidence import Evidence


class Severity(StrEnum):
    """What happens if nothing is changed: high, the build or the start fails; medium, it may fail or misbehave in use;
    low, it works today and is fragile or misleading.
    """

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """1, 2 or 3."""
        return {"low": 1, "medium": 2, "high": 3}[self.value]


class Confidence(StrEnum):
    """How sure the statement is: high, read from the project and the platform's published rule; medium, one step is
    inferred; low, a hint worth a look.
    """

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """1, 2 or 3."""
        return {"low": 1, "medium": 2, "high": 3}[self.value]


class Verdict(StrEnum):
    """Of a prediction."""

    WILL_FAIL = "will_fail"
    MAY_FAIL = "may_fail"
    NO_FAILURE_FOUND = "no_failure_found"
    UNKNOWN = "unknown"


class Applicability(StrEnum):
    """Of an edit: safe keeps the meaning or is surely meant; unsafe needs `--unsafe`; display-only is never applied."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY_ONLY = "display-only"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    `message` says what was found, what the platform does with it and what will happen; `hint` says what to do. The
    first evidence is the primary one. `subject` tells findings of one rule apart (a package, a key, a file) for
    baselines and repairs.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    hint: str
    evidence: tuple[Evidence, ...]
    subject: str = ""
    brief: str = ""
    """The message in a line, for lists; without it the message stands for itself."""

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"finding {self.rule} has no evidence")

    def only_if(self, condition: str) -> Finding:
        """The same finding where it holds only under a condition: of low confidence, with the condition in words."""
        brief = f"{self.brief} (if this builder is used)" if self.brief else ""
        return replace(self, confidence=Confidence.LOW, message=f"{self.message.rstrip('.')}. {condition}", brief=brief)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A check that could not look, and why."""

    rule: str
    reason: str


Problem = Finding
"""A finding met while reading or planning (a broken line, a builder's own error), under the id of its check."""
