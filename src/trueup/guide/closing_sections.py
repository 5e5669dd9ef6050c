"""Troubleshooting for the project's own risks, what to watch and what is billed, the next steps, and the notes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from trueup.checks._rows import rows as check_rows
from trueup.guide.document import (
    Block,
    Cell,
    Commands,
    Point,
    Points,
    Section,
    State,
    Table,
    Words,
    code,
    counted,
    quoted,
    quoted_list,
)
from trueup.guide.material import Material, rows
from trueup.model.distribution import Outcome
from trueup.model.evidence import Evidence
from trueup.model.finding import Finding, Severity


def trouble_section(material: Material) -> Section:
    """What would be seen, why, and what to do: only for what this project risks."""
    symptoms = rows("platforms")["symptoms"]
    found = []
    for finding in _findings(material):
        rule = "not-installable" if finding.rule == "no-wheel" and _is_unavailable(material, finding) else finding.rule
        template = symptoms.get(rule)
        if template:
            found.append((Cell(_seen(template, finding)), Cell(finding.message), Cell(finding.hint)))
    for line, text in _failure_lines(material).items():
        found.append((code(line), Cell(text), Cell("`trueup diagnose` reads the log and names the cause.")))
    if not found:
        return Section("trouble", "Troubleshooting", (Words("No finding of this project has a symptom to look for."),))
    heads = ("If you see", "It is because", "Then")
    return Section("trouble", "Troubleshooting", (Table("Troubleshooting", heads, tuple(found)),))


def _is_unavailable(material: Material, finding: Finding) -> bool:
    """Whether pip finds no file at all for it, so that no build even begins."""
    name = (finding.subject.split() or [""])[0]
    forecasts = [subject.result.forecast for subject in material.today if subject.result.forecast is not None]
    found = [package.outcome for forecast in forecasts for package in forecast.blockers if package.name == name]
    return bool(found) and all(outcome is Outcome.UNAVAILABLE for outcome in found)


def _seen(template: str, finding: Finding) -> str:
    subject = (finding.subject.split() or ["it"])[0].replace("`", "'")
    return template.replace("{subject}", subject)


def _findings(material: Material) -> list[Finding]:
    """Every finding of what is built today, once, worst first."""
    found: dict[tuple[str, str, str], Finding] = {}
    for subject in material.today:
        for finding in subject.result.findings:
            found.setdefault((finding.rule, finding.subject, finding.message), finding)
    return sorted(found.values(), key=lambda finding: -finding.severity.rank)


def _failure_lines(material: Material) -> dict[str, str]:
    """The lines that the platform would print, where the plan knows them."""
    found: dict[str, str] = {}
    for subject in material.python_today:
        lines = subject.plan.details.get("failure_lines")
        if isinstance(lines, dict):
            for name, line in lines.items():
                words = rows("platforms")["endings"].get(name) or str(name).replace("-", " ")
                found.setdefault(str(line), f"{words[:1].upper()}{words[1:]}.")
    return found


def watch_section(material: Material) -> Section:
    """What may change without a commit, and what tells that the service is well."""
    items = [Point(text) for text in material.outlooks]
    minors = dict.fromkeys(subject.plan.python.minor for subject in material.python_today)
    for minor in minors:
        items += _end_of_life(minor or "")
    if not material.outlooks and not material.has_index:
        reason = material.no_index_reason or "no index was asked"
        items.append(Point(f"What a moved default would break is not known: {reason}.", State.UNKNOWN))
    services = material.today
    kinds = [subject.plan.service.kind for subject in services]
    items.append(Point("Memory and restarts of each service during the first day: a leak shows as regular restarts."))
    if "web" in kinds:
        items.append(Point("The share of 5xx answers, and the time of the slowest of the requests that users make."))
    if "worker" in kinds:
        items.append(Point("The length of the queue: it grows where workers stand still."))
    return Section("watch", "What to watch afterwards", (Points(tuple(dict.fromkeys(items))),))


def _end_of_life(minor: str) -> Iterator[Point]:
    for row in check_rows("end_of_life").get("python", ()):
        if row["minor"] == minor:
            evidence = Evidence.default(f"the end of Python {minor}", row["source"], row["checked"])
            yield Point(f"Python {minor} gets no more security fixes after {row['end']}.", State.PLAIN, (evidence,))


def cost_section(material: Material) -> Section:
    """What is billed: counted, without prices, which change."""
    heads = ("Platform", "Services that run", "Data services that they ask for")
    found = []
    for platform in material.platforms:
        subjects = [subject for subject in material.today if subject.plan.platform == platform]
        running = [subject.plan.service.name for subject in subjects if subject.plan.service.kind != "static"]
        names = set(running)
        needed = dict.fromkeys(
            use.name
            for group in material.variables
            for use in (*group.required, *group.optional)
            if use.variable.kind in ("database", "redis", "broker") and names & set(use.services)
        )
        found.append((Cell(platform), Cell(f"{len(running)}: {', '.join(running)}"), code(", ".join(needed))))
    note = Words("Prices are not in this report: they change. What is counted here is what each of them applies to.")
    return Section("cost", "What is billed", (Table("What is billed", heads, tuple(found)), note))


def next_section(material: Material) -> Section:
    """What to do now, in order: repairs, what is left for a person, variables, proof."""
    items: list[Point] = []
    repaired: set[tuple[str, str]] = set()
    plan = material.repairs
    for repair in plan.repairs if plan else ():
        if repair.recommended:
            repaired |= set(repair.removes)
            because = f": {repair.reason.rstrip('.')}" if repair.reason else ""
            items.append(Point(f"{repair.title}{because}. (`trueup fix --repair {repair.id}`)", State.OPEN))
    left = [item for item in _findings(material) if (item.rule, item.subject) not in repaired]
    items += [
        Point(f"{finding.hint} (`{finding.rule}`)", State.BAD, finding.evidence[:1])
        for finding in left
        if finding.severity is not Severity.LOW
    ]
    held_back = plan.held_back if plan else ()
    items += [Point(f"Held back: {held.title}, since {held.reason}", State.UNKNOWN) for held in held_back]
    low = [finding for finding in left if finding.severity is Severity.LOW]
    if low:
        rules = quoted_list(finding.rule for finding in low)
        items.append(Point(f"Look at {counted(len(low), 'finding')} of low severity when there is time: {rules}."))
    required = dict.fromkeys(use.name for group in material.variables for use in group.required if not use.given)
    if required:
        items.append(Point(f"Set {quoted_list(required)}; `trueup env` checks a local `.env`.", State.OPEN))
    items.append(Point("Build, boot and probe it with `trueup prove`, then deploy by the steps above.", State.OPEN))
    return Section("next", "Next steps", (Points(tuple(dict.fromkeys(items)), is_ordered=True),))


def note_section(material: Material) -> Section:
    """What could not be looked at: never silent."""
    items = [Point(note) for note in (*material.report.notes, *material.report.index_trouble)]
    for subject in material.subjects:
        items += [Point(f"{item.subject}: {item.reason}", State.UNKNOWN) for item in subject.result.unknowns]
        items += [
            Point(f"{quoted(item.rule)} was skipped: {item.reason}.", State.UNKNOWN) for item in subject.result.skipped
        ]
    blocks: tuple[Block, ...] = (
        (Points(tuple(dict.fromkeys(items))),) if items else (Words("Everything was looked at."),)
    )
    again = Commands((f"trueup report {shlex.quote(material.project.path)}",))
    return Section("notes", "What could not be looked at, and how this was made", (*blocks, again))
