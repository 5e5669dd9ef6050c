"""SARIF 2.1.0, for code scanning: one result per place, with the rules' help and fingerprints that survive moved lines.

Sources: the OASIS standard SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0) and GitHub's subset of it
(docs.github.com, "SARIF support for code scanning"), both read on 2026-11-20.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from trueup import HOME, __version__
from trueup.model.evidence import Evidence
from trueup.model.finding import Severity
from trueup.model.report import Report
from trueup.reports._findings import Told, in_folder, told
from trueup.reports._interface import Format, Look
from trueup.reports._rules import RuleDocument, rule_documents
from trueup.reports._words import printable, summary

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
MOST_RESULTS = 5000
"""GitHub keeps no more results of one run; ours are sorted worst first."""


def render(report: Report, look: Look) -> str:
    """The report as one SARIF log."""
    return json.dumps(sarif_object(report, look.folder), indent=2, ensure_ascii=False) + "\n"


def sarif_object(report: Report, folder: str = "") -> dict[str, Any]:
    """The SARIF log as an object."""
    rules = rule_documents()
    places = {rule: number for number, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "trueup",
                "semanticVersion": __version__,
                **({"informationUri": HOME} if HOME else {}),
                "rules": [_rule(document) for document in rules.values()],
            }
        },
        "automationDetails": {"id": f"trueup/{quote(folder)}/" if folder else "trueup/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(one, places, folder) for one in told(report, folder)[:MOST_RESULTS]],
        "properties": {"on": report.on, "summary": summary(report)},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(document: RuleDocument) -> dict[str, Any]:
    what = document.sections.get("What it does", document.title)
    return {
        "id": document.id,
        "name": "".join(word.capitalize() for word in document.id.split("-")),
        "shortDescription": {"text": document.title},
        "fullDescription": {"text": " ".join(what.split())},
        "help": {"text": document.text, "markdown": document.markdown},
        "properties": {"tags": ["deployment", "python"]},
    }


def _result(one: Told, places: dict[str, int], folder: str) -> dict[str, Any]:
    finding = one.finding
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": printable_lines(f"{finding.message}\n\nWhat to do: {finding.hint}")},
        "locations": [_location(one.path, one.line, finding.evidence[0].text if one.is_exact else "")],
        "partialFingerprints": {"primaryLocationLineHash": one.fingerprint, "trueup/v1": one.fingerprint},
        "properties": {
            "confidence": finding.confidence.value,
            "severity": finding.severity.value,
            "subject": printable(finding.subject),
            "where": one.where,
            "builtToday": one.is_today,
        },
    }
    if finding.rule in places:
        result["ruleIndex"] = places[finding.rule]
    related = _related(one, folder)
    if related:
        result["relatedLocations"] = related
    return result


def _related(one: Told, folder: str) -> list[dict[str, Any]]:
    """The other places that the finding rests on, each with its words."""
    found: dict[tuple[str, int], Evidence] = {}
    for item in one.finding.evidence:
        if item.path:
            place = (in_folder(folder, item.path), max(1, item.line or 1))
            if place != (one.path, one.line):
                found.setdefault(place, item)
    return [
        {"id": number, **_location(path, line, item.text), "message": {"text": printable(item.text) or item.kind.value}}
        for number, ((path, line), item) in enumerate(found.items(), start=1)
    ]


def _location(path: str, line: int, text: str) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": line}
    if text:
        region["snippet"] = {"text": printable_lines(text)}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(path.encode("utf-8", "surrogateescape"), safe="/-._~")},
            "region": region,
        }
    }


def _invocation(report: Report) -> dict[str, Any]:
    """How the run went: what could not be looked at is a notification, so that silence is never taken for health."""
    notes = [{"level": "warning", "message": {"text": printable_lines(text)}} for text in report.index_trouble]
    for result in report.results:
        plan = result.plan
        where = printable(f"{plan.platform} · {plan.builder} · {plan.service.name}")
        notes += [
            {
                "level": "warning",
                "descriptor": {"id": skipped.rule},
                "message": {"text": printable_lines(f"{where}: {skipped.rule} was skipped: {skipped.reason}")},
            }
            for skipped in result.skipped
        ]
        notes += [
            {"level": "note", "message": {"text": printable_lines(f"{where}: {item.subject}: {item.reason}")}}
            for item in result.unknowns
        ]
    notes += [{"level": "note", "message": {"text": printable_lines(text)}} for text in report.notes]
    return {"executionSuccessful": not report.index_trouble, "toolExecutionNotifications": notes}


def printable_lines(text: str) -> str:
    """Text whose control characters are spelled out, but for line ends."""
    return "\n".join(printable(line) for line in text.splitlines())


FORMAT = Format("sarif", "SARIF 2.1.0, for code scanning", render)
