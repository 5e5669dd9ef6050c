"""SARIF: valid against the published schema, and alerts keep their identity."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from tests.reports import samples
from trueup.model.report import Report
from trueup.reading import read_project
from trueup.reports._interface import Look
from trueup.reports.sarif import render

REPORTS = [samples.maya, samples.nexus, samples.healthy, samples.hostile]


def run_of(report: Report, folder: str = "") -> dict[str, Any]:
    log = json.loads(render(report, Look(folder=folder)))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def schema_errors(log: Any) -> list[str]:
    schema = json.loads((samples.SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
    return [error.message for error in jsonschema.validators.validator_for(schema)(schema).iter_errors(log)]


@pytest.mark.parametrize("make", REPORTS)
def test_it_is_valid_against_the_published_schema(make: Any) -> None:
    assert not schema_errors(json.loads(render(make(), Look())))


def test_the_published_schema_refuses_what_is_wrong() -> None:
    log = json.loads(render(samples.maya(), Look()))
    log["runs"][0]["results"][0]["level"] = "fatal"
    del log["runs"][0]["tool"]["driver"]["name"]
    assert len(schema_errors(log)) == 2


@pytest.mark.parametrize("make", REPORTS)
def test_what_code_scanning_needs_is_there(make: Any) -> None:
    """GitHub refuses a result without a location, a rule or a fingerprint of its own."""
    run = run_of(make())
    rules = run["tool"]["driver"]["rules"]
    marks = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert len(set(marks)) == len(marks)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["region"]["startLine"] >= 1
        assert not place["artifactLocation"]["uri"].startswith(("/", "file:"))
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]


def test_it_leads_to_where_trueup_is_published_once_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "informationUri" not in run_of(samples.healthy())["tool"]["driver"]
    monkeypatch.setattr("trueup.reports.sarif.HOME", "https://index.example/trueup")
    log = json.loads(render(samples.healthy(), Look()))
    assert log["runs"][0]["tool"]["driver"]["informationUri"] == "https://index.example/trueup"
    assert not schema_errors(log)


def test_every_rule_carries_its_help() -> None:
    for rule in run_of(samples.healthy())["tool"]["driver"]["rules"]:
        assert rule["shortDescription"]["text"]
        assert "Why it fails a deployment" in rule["help"]["text"], rule["id"]
        assert "**Use instead**" in rule["help"]["markdown"], rule["id"]


def test_one_finding_of_two_builders_is_one_result() -> None:
    places = [
        (result["ruleId"], result["properties"]["subject"], str(result["locations"]))
        for result in run_of(samples.maya())["results"]
    ]
    assert len(places) == len(set(places))
    shared = [result for result in run_of(samples.maya())["results"] if "; " in result["properties"]["where"]]
    assert shared, "both builders of Railway ignore the same file"


def test_fingerprints_survive_moved_lines() -> None:
    project = read_project(samples.ROOT / "examples" / "maya")
    file = project.files["backend/requirements.txt"]
    moved = project.with_contents({"backend/requirements.txt": b"# a comment\n\n\n" + file.data})
    before, after = run_of(samples.maya()), run_of(samples.predicted(moved))

    def marks(run: dict[str, Any]) -> dict[str, int]:
        return {
            result["partialFingerprints"]["trueup/v1"]: result["locations"][0]["physicalLocation"]["region"][
                "startLine"
            ]
            for result in run["results"]
        }

    assert marks(before).keys() == marks(after).keys()
    assert marks(before) != marks(after)


def test_paths_start_where_trueup_was_started_and_are_uris() -> None:
    first = run_of(samples.hostile(), folder="apps/my shop")["results"][0]
    uri = first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.startswith("apps/my%20shop/a%2Cb%3Ac%25/")
    assert "<" not in uri
    assert unquote(uri).startswith("apps/my shop/a,b:c%/<script>")


def test_what_could_not_be_looked_at_is_said() -> None:
    invocation = run_of(samples.hostile())["invocations"][0]
    assert invocation["executionSuccessful"] is False
    said = " ".join(note["message"]["text"] for note in invocation["toolExecutionNotifications"])
    assert "no-wheel was skipped" in said


def test_no_control_character_survives() -> None:
    text = render(samples.hostile(), Look())
    text.encode("utf-8")
    assert not {"\x1b", "\x00", "\u202e", "\\u001b", "\\u0000"} & {*text, *text.split('"')}
    assert "\x1b" not in json.loads(text)["runs"][0]["results"][0]["message"]["text"]
