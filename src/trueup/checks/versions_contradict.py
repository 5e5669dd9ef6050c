"""Places that state a Python version contradict each other

What it does:
    Compares every place of the service that names a Python version, read by this builder or not: version files,
    manifests, configuration, the blueprint. It also compares the Python that is taken with `requires-python`, and the
    planned Python with the one that runs in the container.

Why it fails a deployment:
    Only one of the places decides, and it is not the same one on every builder and in every editor: the service is
    tested on one Python and deployed on another. Where the installer itself reads `requires-python`, it refuses a
    Python outside of it and installs nothing.

Example:
    `.python-version` says 3.12 and `runtime.txt` says python-3.11.9.

Use instead:
    One version, in the file that the builder reads; the others deleted, or brought in line.

Sources:
    The builders' version rules, cited in platforms/builders; `requires-python`: PEP 621 and the packaging
    specifications (core metadata, Requires-Python).
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._interface import Check, CheckContext
from trueup.checks._pythons import agree, concerns_service, pin_of, range_of
from trueup.checks._text import listed
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.plan import InputUse, VersionInput

RULE = "versions-contradict"


def run(context: CheckContext) -> Iterator[Finding]:
    """At most one finding about pins, one about the container, one about each range."""
    yield from _pins(context)
    yield from _runs(context)
    yield from _ranges(context)


def _pins(context: CheckContext) -> Iterator[Finding]:
    places = {item: pin for item in _places(context) if (pin := pin_of(item)) is not None}
    pins = list(dict.fromkeys(places.values()))
    if all(agree(one, other) for one in pins for other in pins):
        return
    plan = context.plan
    decider = next((item for item in places if item.use is InputUse.DECIDES), None)
    if plan.python.effective is None and decider is None:
        return  # no Python is taken at all: what stops the build is told by its own rule
    because = f"because of {decider.evidence.place or decider.source}" if decider else f"({plan.python.source})"
    taken = f"takes Python {plan.python.effective} {because}"
    if plan.python.effective is None and decider is not None:
        taken = f"goes by {decider.evidence.place or decider.source}"
    told = listed(f"{item.evidence.place or item.source} says {item.value}" for item in places)
    minors = {pin[:2] for pin in pins}
    yield Finding(
        rule=RULE,
        severity=Severity.MEDIUM if decider is None and len(minors) > 1 else Severity.LOW,
        confidence=Confidence.HIGH,
        message=f"{told}. {plan.builder} {taken}; the others change nothing there, and mislead "
        "whoever reads them, and every tool that reads another of these files.",
        hint=f"Keep one place, {decider.evidence.path or decider.source}, and bring the others in line or delete them."
        if decider
        else f"Write the version that you mean where {plan.builder} reads it, and bring the others in line.",
        evidence=tuple(item.evidence for item in sorted(places, key=lambda item: item is not decider)),
        subject="pins",
    )


def _places(context: CheckContext) -> list[VersionInput]:
    return [item for item in context.plan.python.inputs if concerns_service(context, item)]


def _runs(context: CheckContext) -> Iterator[Finding]:
    python = context.plan.python
    if python.runs is None or python.version is None or python.runs.value == python.version:
        return
    if python.version.split(".")[:2] == python.runs.value.split(".")[:2]:
        return
    yield Finding(
        rule=RULE,
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        message=f"{context.plan.builder} plans Python {python.version} ({python.source}), and the container runs "
        f"Python {python.runs.value}: {python.runs.evidence[0].place or python.runs.evidence[0].text}. The log "
        "names the one, and the service meets the other.",
        hint=f"Write the version that you mean into the file that decides for {context.plan.builder} itself.",
        evidence=(*python.runs.evidence, *python.evidence),
        subject="container",
    )


def _ranges(context: CheckContext) -> Iterator[Finding]:
    """Ranges that the Python taken is not in; where the resolution says so already, it is not said again."""
    target = context.plan.target
    if target is None:
        return
    told = context.forecast is not None
    for item in _places(context):
        allowed = range_of(item)
        if allowed is None or allowed.contains(target.version, prereleases=True):
            continue
        is_read = _is_read(context, item)
        if not (is_read and told):
            yield _range(context, item, is_read=is_read)
        told = told or is_read


def _is_read(context: CheckContext, item: VersionInput) -> bool:
    """Whether the install step reads a range: that of the manifest that it takes, and that of its lockfile."""
    own = context.requirements.requires_python_evidence
    if own is not None and (own.path, own.line) == (item.evidence.path, item.evidence.line):
        return True
    return own is not None and item.evidence.path != own.path and item.evidence.path in context.requirements.files


def _range(context: CheckContext, item: VersionInput, *, is_read: bool) -> Finding:
    plan = context.plan
    then = (
        f"{plan.package_manager.value or 'The installer'} reads it, refuses this Python, and the install step fails."
        if is_read
        else "The install step does not read it, so nothing stops: the service runs on a Python that its authors have "
        "ruled out."
    )
    default = Evidence.default(f"{plan.builder} takes Python {plan.python.effective} ({plan.python.source})")
    return Finding(
        rule=RULE,
        severity=Severity.HIGH if is_read else Severity.LOW,
        confidence=Confidence.HIGH,
        message=f"{item.evidence.place} allows Python {item.value}, and {plan.builder} takes Python "
        f"{plan.python.effective} ({plan.python.source}). {then}",
        hint=f"Pin a Python of {item.value} where {plan.builder} reads it, or widen the range.",
        evidence=(item.evidence, *(plan.python.evidence or (default,))),
        subject=item.source,
    )


CHECK = Check(RULE, "Places that state a Python version contradict each other", run)
