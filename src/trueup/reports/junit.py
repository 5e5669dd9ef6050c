"""JUnit XML: a test suite per service and builder, a test case per check.

Valid against both schemas in common use: that of Ant's JUnit task (JUnit.xsd, which wants every attribute) and that of
Jenkins' xUnit plugin (junit-10.xsd), read on 2026-11-20. A check that could not look is skipped, never passed.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from trueup.model.finding import Finding, Skipped
from trueup.model.report import Report, Result
from trueup.registry import discover
from trueup.reports._interface import Format, Look
from trueup.reports._words import VERDICTS, place, printable

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, even as a character reference."""


def render(report: Report, _: Look) -> str:
    """The report as one XML document."""
    suites = ElementTree.Element("testsuites")
    for number, result in enumerate(report.results):
        suites.append(_suite(report, result, number))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _suite(report: Report, result: Result, number: int) -> ElementTree.Element:
    plan = result.plan
    name = _token(f"{plan.platform}.{plan.builder}.{plan.service.name}")
    cases = [case for rule in discover("trueup.checks", "CHECK") for case in _cases(result, rule, name)]
    known = {case.get("name") for case in cases}
    cases += [_case(finding.rule, name, [finding], ()) for finding in result.findings if finding.rule not in known]
    suite = ElementTree.Element(
        "testsuite",
        {
            "package": "trueup",
            "id": str(number),
            "name": name,
            "timestamp": f"{report.on}T00:00:00",
            "hostname": "localhost",
            "tests": str(len(cases)),
            "failures": str(sum(case.find("failure") is not None for case in cases)),
            "errors": "0",
            "skipped": str(sum(case.find("skipped") is not None for case in cases)),
            "time": "0",
        },
    )
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in _facts(result).items():
        ElementTree.SubElement(properties, "property", {"name": key, "value": clean(value)})
    suite.extend(cases)
    ElementTree.SubElement(suite, "system-out").text = clean("\n".join((*report.notes, *_unknowns(result))))
    ElementTree.SubElement(suite, "system-err").text = clean("\n".join(report.index_trouble))
    return suite


def _facts(result: Result) -> dict[str, str]:
    plan = result.plan
    return {
        "verdict": VERDICTS[result.verdict],
        "python": plan.python.effective or "unknown",
        "builtToday": "yes" if result.is_today else "no",
        "start": plan.start.value or "",
    }


def _unknowns(result: Result) -> list[str]:
    return [f"unknown: {item.subject}: {item.reason}" for item in result.unknowns]


def _cases(result: Result, rule: str, suite: str) -> list[ElementTree.Element]:
    findings = [finding for finding in result.findings if finding.rule == rule]
    return [_case(rule, suite, findings, [item for item in result.skipped if item.rule == rule])]


def _case(rule: str, suite: str, findings: list[Finding], skipped: list[Skipped] | tuple[()]) -> ElementTree.Element:
    """One check: all its findings are one failure, because the common schema allows no more."""
    case = ElementTree.Element("testcase", {"classname": suite, "name": rule, "time": "0"})
    if findings:
        worst = findings[0]
        head = worst.brief or worst.message
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        failure = ElementTree.SubElement(
            case, "failure", {"type": worst.severity.value, "message": clean(f"{head}{more}")}
        )
        failure.text = clean("\n\n".join(_words(finding) for finding in findings))
    elif skipped:
        ElementTree.SubElement(case, "skipped").text = clean("\n".join(item.reason for item in skipped))
    return case


def _words(finding: Finding) -> str:
    where = place(finding.evidence)
    head = f"{where}: {finding.severity.value}" if where else finding.severity.value
    return f"{head}: {finding.message}\nWhat to do: {finding.hint}"


def clean(text: str) -> str:
    """Text with what XML cannot hold, and what could steer a terminal, spelled out."""
    lines = "\n".join(printable(line) for line in text.splitlines())
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", lines)


def _token(text: str) -> str:
    """A name without line ends, and without more than one space in a row (the type `token` of XML Schema)."""
    return " ".join(clean(text).split())


FORMAT = Format("junit", "JUnit XML", render)
