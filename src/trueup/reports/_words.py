"""What the reports for people share: words, grouping, and making hostile text harmless."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from trueup.model.evidence import Evidence
from trueup.model.finding import Finding, Severity, Verdict
from trueup.model.report import Report, Result

VERDICTS = {
    Verdict.WILL_FAIL: "will fail",
    Verdict.MAY_FAIL: "may fail",
    Verdict.UNKNOWN: "unknown",
    Verdict.NO_FAILURE_FOUND: "no failure found",
}
SIGNS = {Verdict.WILL_FAIL: "✗", Verdict.MAY_FAIL: "!", Verdict.UNKNOWN: "?", Verdict.NO_FAILURE_FOUND: "✓"}
_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def printable(text: str) -> str:
    """Text of a project without anything that could steer a terminal: control and format characters are spelled out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(character):04x}" if unicodedata.category(character) in _HARMFUL else character for character in text
    )


_CODE = re.compile("`([^`\n]+)`")


def prose(text: str) -> list[tuple[str, bool]]:
    """A sentence of ours in its parts, each with whether it stands between backticks and is code."""
    parts = _CODE.split(text)
    return [(part, number % 2 == 1) for number, part in enumerate(parts) if part]


def place(evidence: Iterable[Evidence]) -> str:
    """The first `path:line` of several evidences; empty where none has a place."""
    return next((printable(item.place) for item in evidence if item.path), "")


@dataclass(frozen=True)
class Group:
    """Results that say the same about several services, or on several images."""

    results: tuple[Result, ...]

    @property
    def first(self) -> Result:
        """The result that stands for all."""
        return self.results[0]

    @property
    def names(self) -> str:
        """The services' names, with their root directory."""
        names = ", ".join(dict.fromkeys(printable(result.plan.service.name) for result in self.results))
        root = self.first.plan.service.root_dir.value
        return f"{names} ({printable(root)}/)" if root else names

    @property
    def images(self) -> str:
        """The architectures and C libraries, where it is more than one: what `--arch` and `--libc` ask for."""
        images = dict.fromkeys((result.plan.image.arch, result.plan.image.libc) for result in self.results)
        return ", ".join(f"{arch} {libc}" for arch, libc in images) if len(images) > 1 else ""


def _sameness(result: Result) -> object:
    plan = result.plan
    return (
        plan.platform,
        plan.builder,
        plan.service.root_dir.value,
        plan.python.effective,
        tuple(step.command for step in plan.install),
        tuple((finding.rule, finding.subject) for finding in result.findings),
        result.verdict,
    )


def grouped(report: Report) -> list[Group]:
    """The results in their order, those that say the same about several services together."""
    groups: dict[object, list[Result]] = {}
    for result in report.results:
        groups.setdefault(_sameness(result), []).append(result)
    return [Group(tuple(results)) for results in groups.values()]


def counts(findings: Iterable[Finding]) -> str:
    """`2 high, 1 medium`; "nothing" where there is none."""
    found = list(findings)
    parts = [
        f"{number} {severity.value}"
        for severity in (Severity.HIGH, Severity.MEDIUM, Severity.LOW)
        if (number := sum(finding.severity is severity for finding in found))
    ]
    return ", ".join(parts) or "nothing"


def found_words(report: Report) -> str:
    """One sentence on what was found with the builders by which the whole is judged, and how much more with others.

    Each thing counts once, however many services and builders it is said of.
    """
    judged = _distinct(report.judged)
    others = len(_distinct(report.results)) - len(judged)
    more = f", and {others} with builders not used today" if others else ""
    return f"Found {counts(judged.values())}{more}, as of {report.on}."


def _distinct(results: Iterable[Result]) -> dict[tuple[str, str, Severity], Finding]:
    return {
        (finding.rule, finding.subject, finding.severity): finding for result in results for finding in result.findings
    }


def summary(report: Report) -> str:
    """One sentence on the builds that the platforms would run today, or on those that were asked for instead."""
    current = report.judged
    if not current:
        return "Nothing would be built."
    parts = []
    for verdict, words in VERDICTS.items():
        number = sum(result.verdict is verdict for result in current)
        if number:
            parts.append(f"{number} {words}")
    services = {(result.plan.platform, result.plan.service.name) for result in current}
    noun = "service" if len(current) == 1 else "services" if len(services) == len(current) else "predictions"
    how = "as built today" if all(result.is_today for result in current) else "as asked for"
    return f"{len(current)} {noun} {how}: {', '.join(parts)}."
