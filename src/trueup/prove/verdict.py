"""The verdict of a proof, from what was seen. Pure: nothing here runs anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trueup.model.finding import Verdict
from trueup.model.proof import ProofStep, ProofVerdict


def verdict_of_service(steps: Iterable[ProofStep], missing: Sequence[str], refuted_because: str) -> ProofVerdict:
    """Judge one service.

    Args:
        steps: what was done.
        missing: what the proof lacked; anything here makes the verdict inconclusive, whatever failed for lack of it.
        refuted_because: a failure that no step's exit code shows (a probe that was not answered, a task that did not
            run); empty where there is none.
    """
    if missing:
        return ProofVerdict.INCONCLUSIVE
    if refuted_because or any(not step.ok for step in steps):
        return ProofVerdict.REFUTED
    return ProofVerdict.PROVED


def verdict_of_all(verdicts: Iterable[ProofVerdict]) -> ProofVerdict:
    """One refuted service refutes the whole; without one, an inconclusive service leaves it open."""
    found = set(verdicts)
    for verdict in (ProofVerdict.REFUTED, ProofVerdict.INCONCLUSIVE):
        if verdict in found:
            return verdict
    return ProofVerdict.PROVED if found else ProofVerdict.INCONCLUSIVE


def disagreement(predicted: Verdict, proof: ProofVerdict, blockers: Sequence[str], culprits: Sequence[str]) -> str:
    """How a prediction and a proof contradict each other; empty where they do not.

    Args:
        predicted: the verdict of `check`.
        proof: the verdict of the proof.
        blockers: the packages that `check` says have no usable wheel.
        culprits: the packages that the failing log names.
    """
    if proof is ProofVerdict.PROVED and predicted is Verdict.WILL_FAIL:
        return "check predicts that this fails, and it was built, booted and answered"
    if proof is ProofVerdict.REFUTED and predicted is Verdict.NO_FAILURE_FOUND:
        return "check found no failure, and it fails"
    if proof is ProofVerdict.REFUTED and blockers and culprits and not set(blockers) & set(culprits):
        return f"check blames {', '.join(blockers)}, and the log {', '.join(culprits)}"
    return ""
