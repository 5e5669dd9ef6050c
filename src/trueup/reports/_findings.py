"""Findings as machines want them: one for each place, whatever number of services and builders it concerns."""

from __future__ import annotations

import hashlib
import posixpath
from collections import Counter
from dataclasses import dataclass

from trueup.baseline import fingerprint
from trueup.model.evidence import Evidence
from trueup.model.finding import Finding
from trueup.model.report import Report, Result
from trueup.reports._words import printable


@dataclass(frozen=True, slots=True)
class Told:
    """One finding at one place, and the results that have it. `finding` is the one of the highest severity.

    `path` is relative to where trueup was started; `line` counts from 1. `is_exact` is False where the finding is about
    no file of its own (something that is absent) and the place is only where the service is described.
    """

    finding: Finding
    results: tuple[Result, ...]
    path: str
    line: int
    is_exact: bool
    fingerprint: str

    @property
    def where(self) -> str:
        """The builders and services that it concerns, in words: `railway · railpack · web`."""
        builders: dict[str, list[str]] = {}
        for result in self.results:
            name = f"{result.plan.platform} · {result.plan.builder}"
            builders.setdefault(name, []).append(printable(result.plan.service.name))
        return "; ".join(f"{name} · {', '.join(dict.fromkeys(services))}" for name, services in builders.items())

    @property
    def is_today(self) -> bool:
        """Whether a builder that is used today has it."""
        return any(result.is_today for result in self.results)


def told(report: Report, folder: str = "") -> list[Told]:
    """The findings of a report, worst first; the same finding of several services or builders once."""
    found: dict[object, list[tuple[Result, Finding]]] = {}
    for result in report.results:
        for finding in result.findings:
            place = _place(report, finding)
            key = (finding.rule, finding.subject, place.place if place else None)
            found.setdefault(key, []).append((result, finding))
    merged = [_merged(report, same, folder) for same in found.values()]
    merged.sort(key=lambda one: (-one.finding.severity.rank, -one.finding.confidence.rank, not one.is_today))
    return _numbered(merged)


def _merged(report: Report, same: list[tuple[Result, Finding]], folder: str) -> Told:
    worst = max(same, key=lambda pair: (pair[1].severity.rank, pair[0].is_today, pair[1].confidence.rank))
    place = _place(report, worst[1])
    path, line = (place.path or "", place.line or 1) if place else _fallback(report, worst[0])
    mark = "\n".join(fingerprint(*worst)[:3])
    results = tuple(result for result, _ in same)
    return Told(worst[1], results, in_folder(folder, path), max(1, line), place is not None, mark)


def _numbered(merged: list[Told]) -> list[Told]:
    """The same list with fingerprints that tell equal findings of one file apart by their order."""
    seen: Counter[str] = Counter()
    numbered = []
    for one in merged:
        seen[one.fingerprint] += 1
        digest = hashlib.sha256(one.fingerprint.encode("utf-8", "backslashreplace")).hexdigest()[:32]
        mark = f"{digest}:{seen[one.fingerprint]}"
        numbered.append(Told(one.finding, one.results, one.path, one.line, one.is_exact, mark))
    return numbered


def _place(report: Report, finding: Finding) -> Evidence | None:
    """The first evidence that is a line of a file that is there, else the first that is a file that is there."""
    placed = [item for item in finding.evidence if item.path and report.project.whole.has(item.path)]
    return next((item for item in placed if item.line is not None), placed[0] if placed else None)


def _fallback(report: Report, result: Result) -> tuple[str, int]:
    """A place for a finding about something absent: where the service is described, what it installs, any file."""
    service = (*result.plan.service.evidence, *result.plan.service.root_dir.evidence)
    for item in service:
        if item.path and report.project.whole.has(item.path):
            return item.path, item.line or 1
    files = (*result.requirements.files, *sorted(report.project.whole.files))
    return (files[0], 1) if files else (".", 1)


def in_folder(folder: str, path: str) -> str:
    """A path of the project as seen from where trueup was started."""
    return posixpath.normpath(posixpath.join(folder, path)) if folder else path
