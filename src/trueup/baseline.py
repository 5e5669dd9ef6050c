"""Baselines: what a project already has, so that only what is new is reported.

A finding is known again by its rule, subject and path, and by the service and builder that it is about; never by a
line number, so that lines may move. A baseline holds how often each occurs: one more of the same is new.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from typing import Any

from trueup.errors import UsageError
from trueup.model.finding import Finding
from trueup.model.report import Report, Result

SCHEMA = "trueup/baseline/1"

Fingerprint = tuple[str, str, str, str, str]
"""Rule, subject, path, service, builder."""

_FIELDS = ("rule", "subject", "path", "service", "builder")
_LINE = re.compile(r":\d+$")


def fingerprint(result: Result, finding: Finding) -> Fingerprint:
    """What stays the same of a finding while lines move and messages are reworded."""
    path = next((item.path for item in finding.evidence if item.path), "") or ""
    subject = _LINE.sub("", finding.subject)
    return finding.rule, subject, path, result.plan.service.name, result.plan.builder


def write_baseline(report: Report) -> str:
    """The baseline of everything that a report says, as JSON, sorted, so that two of them can be compared."""
    counted = Counter(
        fingerprint(result, item) for result in report.results for item in (*result.findings, *result.known)
    )
    rows = [{**dict(zip(_FIELDS, row, strict=True)), "count": counted[row]} for row in sorted(counted)]
    return json.dumps({"schema": SCHEMA, "on": report.on, "findings": rows}, indent=1, ensure_ascii=False) + "\n"


def read_baseline(text: str, name: str) -> Counter[Fingerprint]:
    """Read a baseline.

    Args:
        text: the file's text.
        name: the file's name, for the message.

    Raises:
        UsageError: the text is no baseline.
    """
    hint = "Write it with `trueup check --baseline FILE --write-baseline`."
    try:
        value: Any = json.loads(text)
        if value["schema"] != SCHEMA:
            raise UsageError(f"{name} has the schema {value['schema']!r}, not {SCHEMA}", hint=hint)
        found: Counter[Fingerprint] = Counter()
        for row in value["findings"]:
            rule, subject, path, service, builder = (str(row[key]) for key in _FIELDS)
            found[rule, subject, path, service, builder] += int(row.get("count", 1))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(f"{name} is not a baseline of trueup", hint=hint) from None
    return found


def without_known(report: Report, baseline: Counter[Fingerprint]) -> Report:
    """The report in which what the baseline has is set apart: it still counts for the verdict, and no more."""
    left = Counter(baseline)
    results = []
    for result in report.results:
        new: list[Finding] = []
        known: list[Finding] = []
        for finding in result.findings:
            mark = fingerprint(result, finding)
            (known if left[mark] > 0 else new).append(finding)
            left[mark] -= 1
        results.append(replace(result, findings=tuple(new), known=(*result.known, *known)))
    count = sum(len(result.known) for result in results)
    note = (f"{count} findings are in the baseline and not told here; they still count for the verdict.",)
    return replace(report, results=tuple(results), notes=(*report.notes, *(note if count else ())))
