"""A proof as JSON: the record that is kept, schema `trueup/proof/1`."""

from __future__ import annotations

import json
from typing import Any

from trueup import __version__
from trueup.model.diagnosis import Cause
from trueup.model.proof import BackingUse, ProbeResult, Proof, ProofStep, ServiceProof
from trueup.prove.record import digest_of


def proof_object(proof: Proof) -> dict[str, Any]:
    """The record as an object, closed by the digest of all that stands before it."""
    record = {
        "schema": "trueup/proof/1",
        "trueup": __version__,
        "verdict": proof.verdict.value,
        "tree": proof.tree,
        "index": proof.index_snapshot or None,
        "started": proof.started,
        "seconds": proof.seconds,
        "folder": proof.folder,
        "fast": proof.fast,
        "sandbox": proof.sandbox,
        "services": [_service(service) for service in proof.services],
    }
    return record | {"digest": digest_of(record)}


def render(proof: Proof) -> str:
    """The record as text."""
    return json.dumps(proof_object(proof), indent=1, ensure_ascii=False) + "\n"


def _service(service: ServiceProof) -> dict[str, Any]:
    return {
        "service": service.service,
        "platform": service.platform,
        "builder": service.builder,
        "verdict": service.verdict.value,
        "prediction": service.prediction,
        "disagreement": service.disagreement or None,
        "python": service.python,
        "predicted_python": service.predicted_python,
        "reason": service.reason or None,
        "missing": list(service.missing),
        "steps": [_step(step) for step in service.steps],
        "probe": _probe(service.probe) if service.probe else None,
        "backing": [_backing(use) for use in service.backing],
        "causes": [_cause(cause) for cause in service.causes],
        "observations": list(service.observations),
        "not_proven": list(service.not_proven),
        "imitated": list(service.imitated),
        "differs": list(service.differs),
        "made_up": list(service.made_up),
        "installed": service.installed,
        "failing_log": list(service.failing_log),
    }


def _step(step: ProofStep) -> dict[str, Any]:
    return {
        "name": step.name.value,
        "process": step.process or None,
        "command": step.command,
        "exit_code": step.exit_code,
        "seconds": step.seconds,
        "ok": step.ok,
        "note": step.note or None,
        "log": step.log,
    }


def _probe(probe: ProbeResult) -> dict[str, Any]:
    return {
        "url": probe.url,
        "status": probe.status,
        "seconds": probe.seconds,
        "attempts": probe.attempts,
        "ok": probe.ok,
        "problem": probe.problem or None,
    }


def _backing(use: BackingUse) -> dict[str, Any]:
    return {
        "kind": use.kind,
        "how": use.how,
        "version": use.version,
        "ready": use.ready,
        "reason": use.reason or None,
        "variables": list(use.variables),
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "rule": cause.rule,
        "title": cause.title,
        "package": cause.package,
        "version": cause.version,
        "confidence": cause.confidence.value,
        "explanation": cause.explanation,
        "remedies": list(cause.remedies),
        "evidence": [{"line": line.number, "text": line.text} for line in cause.evidence],
    }
