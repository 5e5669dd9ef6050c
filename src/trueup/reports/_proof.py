"""A proof for a terminal: one screen, the verdict first."""

from __future__ import annotations

from collections.abc import Iterator

from trueup.model.proof import Proof, ProofStep, ProofVerdict, ServiceProof, StepName
from trueup.reports._interface import Look
from trueup.reports._words import printable

SIGNS = {ProofVerdict.PROVED: "✓", ProofVerdict.REFUTED: "✗", ProofVerdict.INCONCLUSIVE: "?"}
COLORS = {ProofVerdict.PROVED: "32", ProofVerdict.REFUTED: "31", ProofVerdict.INCONCLUSIVE: "33"}
PREDICTED = {
    "will_fail": "that it fails",
    "may_fail": "that it may fail",
    "no_failure_found": "no failure",
    "unknown": "nothing",
}
LOG_LINES = 12


def render(proof: Proof, look: Look) -> str:
    """The proof as text, ending with a line end."""
    lines = [line for service in proof.services for line in _service(service, look)]
    services = "service" if len(proof.services) == 1 else "services"
    verdict = paint(proof.verdict.value.upper(), f"1;{COLORS[proof.verdict]}", look)
    lines.append(f"{verdict}  {len(proof.services)} {services} in {proof.seconds:.1f} s.  Logs: {proof.folder}")
    return "\n".join(lines) + "\n"


def paint(text: str, code: str, look: Look) -> str:
    """Text in a colour, where colours may be used."""
    return f"\x1b[{code}m{text}\x1b[0m" if look.color else text


def _service(service: ServiceProof, look: Look) -> Iterator[str]:
    sign = paint(f"{SIGNS[service.verdict]} {service.verdict.value}", f"1;{COLORS[service.verdict]}", look)
    python = f", Python {service.python}" if service.python else ""
    yield f"{sign}  {printable(service.service)} on {service.platform} ({service.builder}{python})"
    if service.disagreement:
        text = f"PREDICTION AND PROOF DISAGREE: {service.disagreement}."
        yield f"  {paint(text, '1;35', look)}"
    for step in _shown(service.steps, look):
        yield f"  {_step(step, look)}"
    for use in service.backing:
        version = f" {use.version}" if use.version else ""
        told = f"{use.how}" if use.ready else f"not available: {use.reason}"
        yield f"  backing  {use.kind}{version}, {printable(told)}"
    for words, items in (
        ("seen", service.observations),
        ("missing", service.missing),
        ("not proven", service.not_proven),
        ("imitated", service.imitated if look.detail else ()),
        ("differs", service.differs if look.detail else ()),
    ):
        for item in items:
            yield f"  {words}  {printable(item)}"
    yield from _failure(service, look)
    yield f"  check predicted {PREDICTED.get(service.prediction, service.prediction)}"
    yield ""


def _shown(steps: tuple[ProofStep, ...], look: Look) -> list[ProofStep]:
    return [step for step in steps if look.detail or step.name is not StepName.STOP]


def _step(step: ProofStep, look: Look) -> str:
    sign = paint("✓", "32", look) if step.ok else paint("✗", "31", look)
    who = f"{step.process}: " if step.process else ""
    room = max(30, look.width - 34 - len(step.note))
    command = printable(step.command)
    command = command if len(command) <= room else f"{command[: room - 1]}…"
    note = f"  {printable(step.note)}" if step.note else ""
    return f"{sign} {step.name.value:<8}{step.seconds:7.1f} s  {who}{command}{note}"


def _failure(service: ServiceProof, look: Look) -> Iterator[str]:
    if service.verdict is ProofVerdict.PROVED:
        return
    for cause in service.causes[:1]:
        package = f" ({cause.package}{f' {cause.version}' if cause.version else ''})" if cause.package else ""
        yield f"  {paint('cause', '1', look)}  {cause.rule}{printable(package)}: {printable(cause.explanation)}"
        for remedy in cause.remedies[:2]:
            yield f"  → {printable(remedy)}"
    if not service.causes and service.reason:
        yield f"  {paint('why', '1', look)}  {printable(service.reason)}"
    shown = service.failing_log if look.detail else service.failing_log[-LOG_LINES:]
    if shown:
        yield "  the end of its log:"
        for line in shown:
            yield f"  │ {printable(line)[: max(40, look.width - 4)]}"
