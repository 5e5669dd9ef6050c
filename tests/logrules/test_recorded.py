"""The failures that tests/logs/make.py really produced, against what is known to be wrong with each."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from trueup.logrules._engine import diagnose_stream, rules
from trueup.model.diagnosis import Diagnosis
from trueup.reports._diagnosis import as_json
from trueup.reports._interface import Look

LOGS = Path(__file__).resolve().parent.parent / "logs"
SCHEMA = json.loads((LOGS.parent.parent / "schema" / "diagnosis-1.json").read_text("utf-8"))
ROWS: dict[str, dict[str, Any]] = {
    row["name"]: row
    for source in ("builds.toml", "applications.toml")
    for row in tomllib.loads((LOGS / source).read_text("utf-8"))["attempt"]
}
RECORDED = sorted(path.stem for path in (LOGS / "recorded").glob("*.log"))


@cache
def diagnosis_of(name: str) -> Diagnosis:
    with (LOGS / "recorded" / f"{name}.log").open("rb") as stream:
        return diagnose_stream(stream)


def text_of(name: str) -> str:
    return (LOGS / "recorded" / f"{name}.log").read_text("utf-8")


@pytest.mark.parametrize("name", RECORDED)
def test_the_json_follows_its_schema(name: str) -> None:
    document = json.loads(as_json(diagnosis_of(name), Look()))
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(document)
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate({**document, "phase": "lunch"})


@pytest.mark.parametrize("name", RECORDED)
def test_the_root_cause_is_named(name: str) -> None:
    expected = ROWS[name]["expect"]
    diagnosis = diagnosis_of(name)
    if expected["rule"] == "none":
        assert diagnosis.causes == ()
        assert diagnosis.succeeded
        assert diagnosis.proofs
        return
    assert diagnosis.causes, diagnosis.look_for
    assert diagnosis.causes[0].rule == expected["rule"]
    assert diagnosis.phase == expected["phase"]


@pytest.mark.parametrize("name", [name for name in RECORDED if "package" in ROWS[name]["expect"]])
def test_package_and_version_are_extracted_when_the_log_holds_them(name: str) -> None:
    expected = ROWS[name]["expect"]
    cause = diagnosis_of(name).causes[0]
    assert cause.package == expected["package"]
    version = expected.get("version")
    flexible = re.sub(r"[-_.]+", "[-_.]", expected["package"])
    if version and re.search(rf"{flexible}\W{{0,3}}v?{re.escape(version)}", text_of(name), re.IGNORECASE):
        assert cause.version == version


@pytest.mark.parametrize("name", RECORDED)
def test_the_python_is_never_wrong(name: str) -> None:
    python = diagnosis_of(name).python
    assert python in (None, ROWS[name]["python"])
    tag = ROWS[name]["python"].replace(".", "")
    if re.search(rf"cpython-{tag}\b|/python{re.escape(ROWS[name]['python'])}/", text_of(name)):
        assert python is not None


@pytest.mark.parametrize("name", RECORDED)
def test_evidence_quotes_lines_that_stand_in_the_log(name: str) -> None:
    lines = text_of(name).splitlines()
    for cause in diagnosis_of(name).causes:
        assert cause.evidence
        for quoted in cause.evidence:
            assert quoted.text[:30].strip() in lines[quoted.number - 1]


def test_there_are_enough_recordings() -> None:
    """Sixty builds and twenty-five starts that failed, and most rules that a machine without containers can provoke."""
    failing = [name for name in RECORDED if ROWS[name]["expect"]["rule"] != "none"]
    starts = [name for name in failing if ROWS[name]["expect"]["phase"] in ("start", "health")]
    assert len(failing) - len(starts) >= 60
    assert len(starts) >= 25
    assert {ROWS[name]["expect"]["rule"] for name in failing} <= set(rules())
    assert len({ROWS[name]["expect"]["rule"] for name in failing}) >= 50


def test_recordings_name_no_registry_and_no_machine() -> None:
    hidden = re.compile(r"py[p]i\.org|python[h]osted\.org|crates\.i[o]|npm[j]s\.org|/root/\.|/work/(?:main|shared)")
    for name in RECORDED:
        assert not hidden.search(text_of(name)), name
