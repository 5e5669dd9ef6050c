"""A proof for a terminal: one screen, the verdict first."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

from trueup.model.proof import BackingUse, Proof, ProofStep, ProofVerdict, ServiceProof, StepName
from trueup.reports._interface import Look
from trueup.reports._words import printable

SIGNS = {ProofVerdict.PROVED: "✓", ProofVerdict.REFUTED: "✗", ProofVerdict.INCONCLUSIVE: "?"}
COLORS = {ProofVerdict.PROVED: "32", ProofVerdict.REFUTED: "31", ProofVerdict.INCONCLUSIVE: "33"}
PREDICTED = {
    "will_fail": "check says that it fails",
    "may_fail": "check says that it may fail",
    "no_failure_found": "check found no failure",
    "unknown": "check does not know",
}
LOG_LINES = 12
LABEL_WIDTH = 11
STEP_INDENT = 23
"""Columns before a step's command."""


def render(proof: Proof, look: Look) -> str:
    """The proof as text, ending with a line end."""
    lines = [line for service in proof.services for line in _service(service, look)]
    services = "service" if len(proof.services) == 1 else "services"
    verdict = paint(proof.verdict.value.upper(), f"1;{COLORS[proof.verdict]}", look)
    counts = Counter(service.verdict for service in proof.services)
    told = ", ".join(f"{number} {each.value}" for each, number in counts.items())
    of = f" ({told})" if len(counts) > 1 else ""
    how = [word for word, is_so in (("--fast", proof.fast), ("--sandbox", proof.sandbox)) if is_so]
    lines.append(f"{verdict}  {len(proof.services)} {services}{of} in {' '.join([f'{proof.seconds:.1f} s', *how])}")
    lines.append(f"Logs and record: {proof.folder}")
    return "\n".join(lines) + "\n"


def paint(text: str, code: str, look: Look) -> str:
    """Text in a colour, where colours may be used."""
    return f"\x1b[{code}m{text}\x1b[0m" if look.color else text


def _service(service: ServiceProof, look: Look) -> Iterator[str]:
    sign = paint(f"{SIGNS[service.verdict]} {service.verdict.value}", f"1;{COLORS[service.verdict]}", look)
    python = f", Python {service.python}" if service.python else ""
    yield f"{sign}  {printable(service.service)} on {service.platform} ({service.builder}{python})"
    if service.disagreement:
        for line in _wrapped(f"PREDICTION AND PROOF DISAGREE: {service.disagreement}. One of them is wrong.", look):
            yield paint(line, "1;35", look)
    for step in _shown(service.steps, look):
        yield from _step(step, look)
    for label, items in _told(service, look):
        for item in items:
            yield from _wrapped(item, look, label)
    yield from _failure(service, look)
    yield from _wrapped(PREDICTED.get(service.prediction, service.prediction), look, "predicted")
    yield ""


def _told(service: ServiceProof, look: Look) -> Iterator[tuple[str, Iterable[str]]]:
    """What is said below the steps, by its label."""
    yield "backing", (_backing(use) for use in service.backing)
    yield "seen", service.observations
    yield "missing", service.missing
    yield "unproven", service.not_proven
    if service.made_up:
        yield "made up", [f"values of {', '.join(service.made_up)} (-e or --env-file gives your own)"]
    if look.detail:
        yield "imitated", service.imitated
        yield "differs", service.differs


def _backing(use: BackingUse) -> str:
    version = f" {use.version}" if use.version else ""
    return f"{use.kind}{version}, {use.how if use.ready else f'not available: {use.reason}'}"


def _shown(steps: tuple[ProofStep, ...], look: Look) -> list[ProofStep]:
    """All but endings as they should be."""
    return [step for step in steps if look.detail or step.name is not StepName.STOP or "killed" in step.note]


def _step(step: ProofStep, look: Look) -> Iterator[str]:
    """A step on one line, with its note below where both do not fit; a command is cut, a note never."""
    sign = paint("✓", "32", look) if step.ok else paint("✗", "31", look)
    command = printable(f"{step.process}: {step.command}" if step.process else step.command)
    note = printable(step.note)
    room = max(20, look.width - STEP_INDENT)
    if note and len(command) + 2 + len(note) <= room:
        command, note = f"{command}  {note}", ""
    command = command if len(command) <= room else f"{command[: room - 1]}…"
    yield f"  {sign} {step.name.value:<8}{step.seconds:7.1f} s  {command}"
    if note:
        indent = " " * STEP_INDENT
        yield from textwrap.wrap(note, look.width, initial_indent=indent, subsequent_indent=indent)


def _wrapped(text: str, look: Look, label: str = "") -> list[str]:
    """A text of several lines below its label."""
    first, others = (f"  {label:<{LABEL_WIDTH}}", " " * (LABEL_WIDTH + 2)) if label else ("  ", "  ")
    return textwrap.wrap(
        printable(text), look.width, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    )


def _failure(service: ServiceProof, look: Look) -> Iterator[str]:
    if service.verdict is ProofVerdict.PROVED:
        return
    if service.reason and not service.causes and not any(step.note for step in service.steps if not step.ok):
        yield from _wrapped(service.reason, look, "why")
    for cause in service.causes[:1]:
        package = f" ({cause.package}{f' {cause.version}' if cause.version else ''})" if cause.package else ""
        yield from _wrapped(f"{cause.rule}{package}: {cause.explanation}", look, "cause")
        for remedy in cause.remedies[:2]:
            yield from _wrapped(remedy, look, "  →")
    shown = service.failing_log if look.detail else service.failing_log[-LOG_LINES:]
    if shown:
        log = next((step.log for step in service.steps if not step.ok and step.log), None)
        yield f"  the end of {'its log' if log is None else log}:"
        for line in shown:
            text = printable(line)
            room = max(40, look.width - 4)
            yield f"  │ {text if len(text) <= room else f'{text[: room - 1]}…'}"
