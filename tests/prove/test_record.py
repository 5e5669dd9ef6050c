"""The record of a proof and its text: valid against the published schema, noticed when edited, fit for a terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.prove.conftest import Prove
from trueup.cli.main import main
from trueup.model.diagnosis import Cause
from trueup.model.finding import Confidence
from trueup.model.proof import BackingUse, ProbeResult, Proof, ProofStep, ProofVerdict, ServiceProof, StepName
from trueup.prove.record import digest_of
from trueup.prove.tree import tree_hash
from trueup.reading import read_project
from trueup.reports import _proof, _proof_json
from trueup.reports._interface import Look

LONG = "python -m gunicorn app:app --bind 0.0.0.0:$PORT --workers 2 --threads 2 --timeout 120 --worker-class gevent"
CAUSE = Cause(
    rule="missing-dependency",
    title="A module that no requirement provides",
    package="httpx",
    version=None,
    confidence=Confidence.HIGH,
    explanation="The code imports a module that no requirement provides, and the process ends when it is imported. "
    * 2,
    remedies=("Add httpx to requirements.txt.",),
    evidence=(),
)
SERVICE = ServiceProof(
    service="web",
    platform="railway",
    builder="railpack",
    verdict=ProofVerdict.REFUTED,
    python="3.12.1",
    predicted_python="3.12",
    prediction="no_failure_found",
    steps=(
        ProofStep(StepName.INSTALL, "pip install -r requirements.txt", 0, 12.3, "web/logs/install-1.log"),
        ProofStep(StepName.START, LONG, None, 1.0, "web/logs/start-web.log", True, "", "web"),
        ProofStep(
            StepName.PROBE,
            "GET http://127.0.0.1:20000/health",
            None,
            9.9,
            "web/logs/start-web.log",
            False,
            "it answers 500",
            "web",
        ),
        ProofStep(StepName.STOP, "SIGTERM", -9, 30.0, None, True, "it did not end and was killed", "web"),
    ),
    probe=ProbeResult("http://127.0.0.1:20000/health", 500, 9.9, 7, ok=False, problem="it answers 500"),
    backing=(
        BackingUse("postgresql", "local server", "16", variables=("DATABASE_URL",)),
        BackingUse("mongodb", "not available", ready=False, reason="no container engine answers; " * 5),
    ),
    causes=(CAUSE,),
    reason="probe failed: it answers 500",
    observations=("worker: a task ran in the worker (queue celery)",),
    not_proven=("that the service works with MongoDB: none can be had here",),
    disagreement="check found no failure, and it fails",
    installed={"flask": "3.0.0"},
    made_up=("API_TOKEN", "JWT_SECRET_KEY", "SMTP_PASSWORD", "WEBHOOK_SECRET"),
    failing_log=("Traceback (most recent call last):", "x" * 300, "\x1b[31mred\x1b[0m"),
)
PROOF = Proof(ProofVerdict.REFUTED, (SERVICE,), f"sha256:{'0' * 64}", "2026-11-20T10:00:00+00:00", 99.9, "proofs/1")


def valid(root: Path, record: str) -> dict[str, Any]:
    """A record, held against the published schema."""
    schema = json.loads((root / "schema" / "proof-1.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    found: dict[str, Any] = json.loads(record)
    jsonschema.Draft202012Validator(schema).validate(found)
    return found


def test_records_follow_the_schema(root: Path, hello: Path, proof_of: Prove) -> None:
    """One with everything in it, and those of proofs that were really made: proved, refuted, inconclusive."""
    assert set(valid(root, _proof_json.render(PROOF))["services"][0]["backing"][1]) > {"ready", "reason"}
    proved = valid(root, _proof_json.render(proof_of(hello)))
    assert proved["verdict"] == "proved"
    assert proved["services"][0]["made_up"] == ["API_TOKEN"]
    assert valid(root, _proof_json.render(proof_of(hello, python="3.99")))["verdict"] == "inconclusive"
    (hello / "server.py").write_text("import nowhere_to_be_found\n")
    refuted = valid(root, _proof_json.render(proof_of(hello)))["services"][0]
    assert refuted["causes"][0]["evidence"]
    assert any("/opt/render/project/src/server.py" in line for line in refuted["failing_log"])


@pytest.mark.parametrize("change", [{"verdict": "good"}, {"extra": 1}, {"services": [{}]}, {"digest": None}])
def test_the_schema_refuses_what_is_not_of_it(root: Path, change: dict[str, Any]) -> None:
    """It is not so wide that anything passes."""
    record = _proof_json.proof_object(PROOF) | change
    with pytest.raises(jsonschema.ValidationError):
        valid(root, json.dumps(record))


def verified(record: Path, project: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """What `prove --verify` exits with and says."""
    code = main(["prove", str(project), "--verify", str(record)])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out + captured.err


def test_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict decides for a record of this tree; an edit, another tree and another lockfile are noticed."""
    project, record = tmp_path / "project", tmp_path / "proof.json"
    project.mkdir()
    (project / "requirements.txt").write_text("flask\n")
    (project / "uv.lock").write_text("version = 1\n")
    tree = tree_hash(read_project(project))
    for verdict, code in (("refuted", 13), ("inconclusive", 6), ("proved", 0)):
        record.write_text(_proof_json.render(replace(PROOF, verdict=ProofVerdict(verdict), tree=tree)))
        assert verified(record, project, capsys)[0] == code
    record.write_text(json.dumps(json.loads(record.read_text()), indent=8))
    assert verified(record, project, capsys)[0] == 0, "the layout does not count"
    for old, new in (('"made_up"', '"made up"'), ('"fast": false', '"fast": true'), ("3.12.1", "3.12.2")):
        whole = record.read_text()
        record.write_text(whole.replace(old, new, 1))
        code, said = verified(record, project, capsys)
        assert code == 13
        assert "changed after it was written" in said
        record.write_text(whole)
    (project / "uv.lock").write_text("version = 2\n")
    code, said = verified(record, project, capsys)
    assert code == 13
    assert "of other files" in said
    record.write_text('{"schema": "trueup/proof/1"}')
    assert verified(record, project, capsys)[0] == 2
    assert main(["prove", str(project), "--verify", str(tmp_path / "nothing")]) == 2


def test_a_digest_is_of_the_content() -> None:
    """Whatever the order of the keys; a bare record has one too."""
    assert digest_of({"a": 1, "b": [2]}) == digest_of({"b": [2], "a": 1, "digest": "x"})
    assert digest_of({"a": 1}) != digest_of({"a": 2})


@pytest.mark.parametrize("width", [60, 80, 120])
def test_text_fits_the_terminal(width: int) -> None:
    """No line is wider, nothing steers the terminal, and all that matters is said."""
    text = _proof.render(PROOF, Look(width=width))
    assert max(map(len, text.splitlines())) <= width
    assert "\x1b" not in text
    words = " ".join(text.replace("│", " ").split())
    for needle in (
        *("refuted", "PREDICTION AND PROOF DISAGREE", "probe", "it answers 500", "was killed", "postgresql 16"),
        *(
            "mongodb, not available",
            "a task ran",
            "MongoDB: none can be had",
            "API_TOKEN",
            "missing-dependency (httpx)",
        ),
        *("Add httpx to", "web/logs/start-web.log", "check found no failure", "proofs/1"),
    ):
        assert needle in words, needle
    assert "killed" not in _proof.render(replace(PROOF, services=(replace(SERVICE, steps=SERVICE.steps[:3]),)), Look())


def test_many_services_are_counted() -> None:
    """The last lines tell how many are what."""
    proved = replace(SERVICE, verdict=ProofVerdict.PROVED)
    text = _proof.render(replace(PROOF, services=(SERVICE, proved, proved)), Look())
    assert "REFUTED  3 services (1 refuted, 2 proved) in 99.9 s" in text
