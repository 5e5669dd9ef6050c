"""The verdict, and which Python every builder takes: each place that states one, read or ignored, and why."""

from __future__ import annotations

from trueup.guide.document import Cell, Part, Point, Points, Section, State, Table, Words, code, counted, quoted
from trueup.guide.material import Material, Subject
from trueup.model.finding import Severity, Verdict
from trueup.model.plan import InputUse, VersionInput

VERDICTS = {
    Verdict.WILL_FAIL: ("will fail", State.BAD),
    Verdict.MAY_FAIL: ("may fail", State.BAD),
    Verdict.UNKNOWN: ("unknown", State.UNKNOWN),
    Verdict.NO_FAILURE_FOUND: ("no failure found", State.GOOD),
}
_USES = {
    InputUse.DECIDES: ("decides", State.GOOD),
    InputUse.SHADOWED: ("read, outranked", State.PLAIN),
    InputUse.IGNORED: ("ignored", State.BAD),
    InputUse.INVALID: ("read, refused", State.BAD),
}


def summary_section(material: Material) -> Section:
    """Every service in a line, and whether it can be deployed as it is."""
    heads = ("Service", "Built by", "Python", "Verdict", "High", "Medium", "Low")
    rows = []
    for subject in material.subjects:
        verdict, state = VERDICTS[subject.result.verdict]
        today = "" if subject.result.is_today else " (not used today)"
        counts = [
            sum(finding.severity is severity for finding in (*subject.result.findings, *subject.result.known))
            for severity in (Severity.HIGH, Severity.MEDIUM, Severity.LOW)
        ]
        rows.append(
            (
                code(subject.plan.service.name),
                Cell(f"{subject.plan.platform} · {subject.plan.builder}{today}"),
                Cell(subject.plan.python.effective or "unknown" if subject.is_python else "not Python"),
                Cell(verdict, state=state),
                *(Cell(str(number)) for number in counts),
            )
        )
    return Section("summary", "At a glance", (Words(readiness(material)), Table("Services", heads, tuple(rows))))


def readiness(material: Material) -> str:
    """Whether what is built today, or was asked for instead, can be deployed, in a sentence."""
    verdicts = [subject.result.verdict for subject in material.today]
    if not verdicts:
        return "Nothing would be built: no platform that was asked about takes anything here."
    is_current = all(subject.result.is_today for subject in material.today)
    when, what = (" for today", "would be built today") if is_current else ("", "was asked about")
    of = counted(len(verdicts), "service" if len(material.platforms) < 2 else "prediction")
    if Verdict.WILL_FAIL in verdicts:
        number = verdicts.count(Verdict.WILL_FAIL)
        return f"Not ready to deploy: {number} of {of}{when} will fail."
    if Verdict.MAY_FAIL in verdicts:
        number = verdicts.count(Verdict.MAY_FAIL)
        return f"Look before deploying: {number} of {of}{when} may fail."
    if Verdict.UNKNOWN in verdicts:
        return "It cannot be said whether this is ready to deploy: something that decides is unknown, see the notes."
    return f"No failure was found in what {what}. What could not be looked at is listed in the notes."


def python_section(material: Material) -> Section:
    """For every root directory a table of the places that state a Python, and what each builder does with them."""
    roots: dict[str, list[Subject]] = {}
    for subject in material.subjects:
        if subject.is_python:
            roots.setdefault(subject.plan.service.root_dir.value, []).append(subject)
    parts = tuple(_part(root, subjects) for root, subjects in roots.items())
    blocks = () if parts else (Words("No builder takes anything here for Python."),)
    return Section("python", "Python, file by file", blocks, parts)


def _part(root: str, subjects: list[Subject]) -> Part:
    builders: dict[str, Subject] = {}
    for subject in subjects:
        services = ", ".join(
            dict.fromkeys(
                other.plan.service.name for other in subjects if other.plan.python.inputs == subject.plan.python.inputs
            )
        )
        name = subject.plan.builder
        known = builders.get(name)
        if known is not None and known.plan.python.inputs != subject.plan.python.inputs:
            name = f"{name} ({services})"
        builders.setdefault(name, subject)
    places: dict[tuple[str, str, str], dict[str, VersionInput]] = {}
    for name, subject in builders.items():
        for item in subject.plan.python.inputs:
            places.setdefault((item.evidence.place or item.source, item.source, item.value), {})[name] = item
    takes = Points(tuple(_taken(name, subject) for name, subject in builders.items()))
    title = f"{root}/" if root else "The repository's root"
    if not places:
        return Part(title, (Words("No file states a Python version, so the platform's default decides."), takes))
    heads = ("Place", "Says", *builders)
    rows = tuple(
        (code(place), code(value), *(_use(uses.get(name)) for name in builders))
        for (place, _, value), uses in places.items()
    )
    reasons = Points(
        tuple(
            Point(f"{quoted(place)}, by {name}: {item.reason}")
            for (place, _, _), uses in places.items()
            for name, item in uses.items()
            if item.use is not InputUse.DECIDES
        )
    )
    table = Table(f"Places that state a Python version, {title}", heads, rows)
    return Part(title, (table, takes, *((reasons,) if reasons.items else ())))


def _use(item: VersionInput | None) -> Cell:
    if item is None:
        return Cell("not there for it")
    words, state = _USES[item.use]
    return Cell(words, state=state)


def _taken(name: str, subject: Subject) -> Point:
    python = subject.plan.python
    if python.version is None:
        return Point(f"{name}: the version is not known.", State.UNKNOWN, python.evidence)
    text = f"{name} takes Python {python.version}"
    if python.runs is not None and python.runs.value != python.version:
        return Point(
            f"{text} in its plan; in the container runs {python.runs.value}.", State.PLAIN, python.runs.evidence
        )
    by_default = "" if python.requested is not None else ", by the default of the platform"
    return Point(f"{text}{by_default}.", State.PLAIN, python.evidence)
