"""JUnit XML: valid against both schemas in use, and true to its counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
import xmlschema

from tests.reports import samples
from trueup.registry import discover
from trueup.reports._interface import Look
from trueup.reports.junit import render

REPORTS = [samples.maya, samples.nexus, samples.healthy, samples.hostile]


def schema_errors(schema: str, text: str) -> list[str | None]:
    return [error.reason for error in xmlschema.XMLSchema(str(samples.SCHEMAS / schema)).iter_errors(text)]


@pytest.mark.parametrize("schema", ["JUnit.xsd", "junit-10.xsd"])
@pytest.mark.parametrize("make", REPORTS)
def test_it_is_valid_against_the_published_schemas(make: Any, schema: str) -> None:
    assert not schema_errors(schema, render(make(), Look()))


@pytest.mark.parametrize("schema", ["JUnit.xsd", "junit-10.xsd"])
def test_the_published_schemas_refuse_what_is_wrong(schema: str) -> None:
    assert schema_errors(schema, render(samples.maya(), Look()).replace("<testcase ", "<testcase color='red' ", 1))


@pytest.mark.parametrize("make", REPORTS)
def test_the_counts_are_those_of_the_cases(make: Any) -> None:
    report = make()
    suites = ElementTree.fromstring(render(report, Look()))
    assert len(suites) == len(report.results)
    for suite, result in zip(suites, report.results, strict=True):
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases)
        failed = {case.attrib["name"] for case in cases if case.find("failure") is not None}
        assert int(suite.attrib["failures"]) == len(failed)
        assert failed == {finding.rule for finding in result.findings}
        assert {case.attrib["name"] for case in cases} >= set(discover("trueup.checks", "CHECK"))


def test_a_failure_says_all_findings_of_its_check() -> None:
    suite = ElementTree.fromstring(render(samples.maya(), Look()))[0]
    failure = suite.find("testcase[@name='no-wheel']/failure")
    assert failure is not None
    assert failure.text is not None
    assert "backend/requirements.txt:8: high: asyncpg 0.29.0" in failure.text
    assert "uvloop 0.20.0" in failure.text
    assert "What to do:" in failure.text


def test_a_skipped_check_is_not_passed() -> None:
    report = samples.hostile()
    suites = ElementTree.fromstring(render(report, Look()))
    assert suites[0].find("testcase[@name='no-wheel']/failure") is not None
    without_findings = replace(report.results[0], findings=())
    suites = ElementTree.fromstring(render(replace(report, results=(without_findings,)), Look()))
    assert suites[0].find("testcase[@name='no-wheel']/skipped") is not None
    assert suites[0].attrib["skipped"] == "1"
