"""What goes wrong in a Heroku build, collected in the order in which the buildpack would meet it.

A buildpack stops at its first error; here every further one is told too, so that one push is enough. The words that a
build log begins an error with are quoted exactly; everything else is our own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Problem, Severity

INVALID = "python-version-invalid"
END_OF_LIFE = "python-version-end-of-life"
UNAVAILABLE = "python-version-unavailable"
ERROR = "builder-error"
WARNING = "builder-warning"
NO_START = "no-start-command"


@dataclass
class Log:
    """The errors and warnings of one build, in order.

    `errors` and `warnings` are the first lines that the buildpack prints; `facts` its own names for the first error.
    """

    title: str
    problems: list[Problem] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)

    def error(
        self,
        line: str,
        what: str,
        hint: str,
        evidence: tuple[Evidence, ...],
        rule: str = ERROR,
        *,
        sure: bool = True,
        subject: str = "",
        **facts: object,
    ) -> None:
        """Note that the build stops.

        Args:
            line: the first line of the buildpack's error.
            what: what was found, as a sentence.
            hint: what to do.
            evidence: why; the first is the primary one.
            rule: the check that reports it.
            sure: False where the data may be older than the day asked about.
            subject: what tells it apart from others of its rule.
            facts: the buildpack's own names (`error_variant`, `found` …), kept of the first error only.
        """
        if not self.errors:
            self.facts.update(facts)
        self.errors.append(line)
        confidence = Confidence.HIGH if sure else Confidence.MEDIUM
        shown = f"{line} …" if line.endswith(",") else line
        message = f"{what} {self.title} stops the build with “{shown}”"
        self.problems.append(Problem(rule, Severity.HIGH, confidence, message, hint, evidence, subject or line))

    def warning(
        self,
        line: str,
        what: str,
        hint: str,
        evidence: tuple[Evidence, ...],
        rule: str = WARNING,
        severity: Severity = Severity.LOW,
    ) -> None:
        """Note that the build goes on, with a warning that begins with `line`."""
        self.warnings.append(line)
        message = f"{what} {self.title} goes on, and says “{line}”"
        self.problems.append(Problem(rule, severity, Confidence.HIGH, message, hint, evidence, line))

    def remark(self, problem: Problem) -> None:
        """Note something that the buildpack itself says nothing about."""
        self.problems.append(problem)

    def details(self) -> dict[str, object]:
        """The outputs for `BuildPlan.details`."""
        return {
            "error": self.errors[0] if self.errors else None,
            "errors": tuple(self.errors),
            "warnings": tuple(self.warnings),
            **self.facts,
        }
