"""The report for a terminal: the verdict, the reason with file and line, and the command that fixes, on one screen."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trueup.model.distribution import PackageForecast
from trueup.model.evidence import Evidence, EvidenceKind, Unknown
from trueup.model.finding import Finding, Severity, Verdict
from trueup.model.plan import BuildPlan, InputUse
from trueup.model.report import Report, Result
from trueup.reports._interface import Format, Look
from trueup.reports._terminal import Terminal, labelled
from trueup.reports._words import SIGNS, VERDICTS, Group, found_words, grouped, place, printable, summary
from trueup.resolve.prospect import compile_prospect

STYLES = {
    Verdict.WILL_FAIL: "bold red",
    Verdict.MAY_FAIL: "bold yellow",
    Verdict.UNKNOWN: "bold magenta",
    Verdict.NO_FAILURE_FOUND: "bold green",
}
SEVERITY_STYLES = {Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan"}
_UNSETTLED = (Verdict.UNKNOWN, Verdict.MAY_FAIL)
LONG_REASON = 60
NARROW = 64
"""Columns below which tables would cut words into pieces: what stands side by side then stands below one another."""


def render(report: Report, look: Look) -> str:
    """The whole report as text, with colours where they may be used."""
    console = Terminal(look)
    for group in () if look.is_brief else grouped(report):
        is_judged = any(group.first is result for result in report.judged)
        if look.detail == 0 and not is_judged:
            console.print(_brief(group, report))
            continue
        console.print(_group(group, look))
    for note in (*report.notes, *map(_index_note, report.index_trouble)):
        console.print(labelled("note", printable(note), "yellow"))
    console.print(_closing(report, look))
    return console.text()


def _index_note(trouble: str) -> str:
    return (
        f"not every package could be looked at: {trouble}. Nothing is said about those. Look at the network, the proxy "
        "and --index-url, and run it again."
    )


def _rules_of_its_own(result: Result, report: Report) -> list[str]:
    """The rules of what fails with this builder, and not with one that is used today for the same service."""
    said = {
        (finding.rule, finding.subject)
        for other in report.judged
        if other.plan.service.name == result.plan.service.name
        for finding in other.findings
    }
    return [
        finding.rule
        for finding in result.findings
        if finding.severity is Severity.HIGH and (finding.rule, finding.subject) not in said
    ]


def _heading(group: Group) -> Text:
    result = group.first
    verdict = result.verdict
    heading = Text()
    heading.append(f"{SIGNS[verdict]} {VERDICTS[verdict]}", style=STYLES[verdict])
    heading.append(f"  {result.plan.platform} · {result.plan.builder} · ", style="dim")
    heading.append(group.names, style="bold")
    if group.images:
        heading.append(f"  on {group.images}", style="dim")
    if not result.is_today:
        heading.append("  (not the builder used today)", style="dim")
    return heading


def _brief(group: Group, report: Report) -> RenderableType:
    """A builder that is not used today, in a line."""
    line = _heading(group)
    rules = list(dict.fromkeys(_rules_of_its_own(group.first, report)))
    line.append(f", Python {group.first.plan.python.effective or 'unknown'}", style="dim")
    if rules:
        line.append(f": {', '.join(rules)}", style="dim")
    line.append("\n")
    return line


def _group(group: Group, look: Look) -> RenderableType:
    result = group.first
    parts: list[RenderableType] = [_heading(group), _indented(_facts(result, look))]
    parts += [_indented(_unknown(item)) for item in _reasons_to_doubt(result)]
    findings = [finding for finding in result.findings if look.detail or finding.severity is not Severity.LOW]
    blockers = [] if look.detail else [finding for finding in findings if finding.rule == "no-wheel"]
    if blockers:
        parts.append(Text())
    for severity in dict.fromkeys(finding.severity for finding in blockers):
        names = {finding.subject for finding in blockers if finding.severity is severity}
        parts.append(_indented(_blockers(result, names, severity, look)))
    others = [finding for finding in findings if finding not in blockers]
    if others:
        parts.append(Text())
        parts += [_indented(_finding(finding, look)) for finding in others]
    parts += [_indented(line) for line in _rest(result, len(result.findings) - len(findings), look)]
    parts.append(Text())
    return Lines(*parts)


def _indented(inner: RenderableType, columns: int = 2) -> RenderableType:
    return Padding(inner, (0, 0, 0, columns))


def _beside(severity: Severity, *parts: RenderableType) -> RenderableType:
    """Parts with their severity at the left, so that no second line stands where only severities do."""
    table = Table.grid()
    table.add_column(width=7, style=SEVERITY_STYLES[severity])
    table.add_column(overflow="fold")
    table.add_row(severity.value, Lines(*parts))
    return table


def _blockers(result: Result, names: set[str], severity: Severity, look: Look) -> RenderableType:
    """The packages without a usable wheel, a line each; what each needs and what has one."""
    assert result.forecast is not None
    target = result.forecast.target
    heading = Text("no-wheel", style="bold")
    heading.append(
        f"  no wheel for Python {target.minor}, {target.arch}, {target.libc} {target.libc_version}", "not bold"
    )
    table = Table.grid(padding=(0, 2))
    styles = ("bold", "dim", "", "green")
    for style in styles:
        table.add_column(style=style, overflow="fold")
    lines: list[RenderableType] = []
    for package in result.forecast.blockers:
        if package.name not in names:
            continue
        through = "" if package.direct or not package.required_by else f", by {', '.join(package.required_by)}"
        needs = "not installable" if package.needs is None else f"compiles {_languages(package.needs.languages)}"
        needs += _prospect(package, result.plan)
        fixed = f"{package.fixed_in} has one" if package.fixed_in else "no version has one"
        row = (f"{package.name} {package.version}", place(package.evidence) + through, needs, fixed)
        table.add_row(*map(printable, row))
        lines.append(Text("  ").join(Text(printable(cell), style) for cell, style in zip(row, styles, strict=True)))
    return _beside(severity, heading, *(lines if look.width < NARROW else [table]))


def _prospect(package: PackageForecast, plan: BuildPlan) -> str:
    """In a word, why a compile is no blocker of high severity."""
    if package.installs_anyway:
        return ", optional"
    is_possible = package.needs is not None and compile_prospect(package.needs, plan.toolchain)[0]
    return ", expected to work" if package.compiled_before and is_possible else ""


def _languages(names: tuple[str, ...]) -> str:
    return ", ".join("C++" if name in ("c++", "cpp") else name.capitalize() for name in names) or "its sources"


def _facts(result: Result, look: Look) -> RenderableType:
    is_narrow = look.width < NARROW
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    if not is_narrow:
        table.add_column(style="dim", overflow="fold")
    for label, value, whole in _fact_rows(result):
        reason = whole if look.detail else _shortened(whole)
        shown = Text(printable(value), style="bold" if label == "Python" else "")
        if is_narrow:
            table.add_row(label, Lines(shown, *([Text(reason, style="dim")] if reason else [])))
        else:
            table.add_row(label, shown, reason)
    return table


_REST = re.compile(r": |; |, (?:or|with) ")


def _shortened(reason: str) -> str:
    """A long reason without its second half, which `-v` tells; a caveat in parentheses stays."""
    head = _REST.split(reason)[0]
    return head if len(reason) > LONG_REASON and "(" not in head else reason


def _fact_rows(result: Result) -> Iterator[tuple[str, str, str]]:
    """What the builder does, a label, a value and a reason each."""
    plan = result.plan
    python = plan.python
    effective = python.evidence if python.runs is None else python.runs.evidence
    yield "Python", python.effective or "unknown", _reason(effective)
    if python.runs is not None:
        yield "", f"planned {python.version or 'none'}", _reason(python.evidence)
    for step in plan.install:
        yield "install", step.command, _reason(step.evidence)
    if plan.release is not None:
        yield "release", plan.release.command, _reason(plan.release.evidence)
    if plan.start.value is None and any(unknown.essential and unknown.subject == "build" for unknown in plan.unknowns):
        yield "start", "not predicted", ""
    else:
        yield "start", plan.start.value or "nothing", _reason(plan.start.evidence)
    if plan.service.kind in ("web", "private"):
        health = plan.health.path.value or ("an open port" if plan.health.probes_port else "none")
        yield "health", health, _reason(plan.health.path.evidence)
    if result.forecast is not None:
        yield "packages", _packages(result), str(result.forecast.target)


def _packages(result: Result) -> str:
    assert result.forecast is not None
    packages = result.forecast.packages
    wheels = sum(package.outcome == "wheel" for package in packages)
    text = f"{len(packages)} distributions, {wheels} from wheels"
    parts = {"without": len(result.forecast.blockers), "not looked at": len(result.forecast.unresolved)}
    return ", ".join([text, *(f"{number} {words}" for words, number in parts.items() if number)])


def _reason(evidence: tuple[Evidence, ...]) -> str:
    """The first place or sentence; of what is not there, the sentence that says so and not the place that lacks it."""
    for item in evidence:
        return printable(item.text if item.kind is EvidenceKind.ABSENT else item.place or item.text)
    return ""


def _finding(finding: Finding, look: Look) -> RenderableType:
    """A finding: whole where it is high or everything is told, else in a line."""
    heading = Text(finding.rule, style="bold")
    where = place(finding.evidence)
    if where:
        heading.append(f"  {where}", style="not bold dim")
    if look.detail == 0 and finding.severity is not Severity.HIGH and finding.brief:
        heading.append(f"  {printable(finding.brief)}", style="not bold")
        return _beside(finding.severity, heading)
    hint = Text("→ ", style="green")
    hint.append(printable(finding.hint), style="default")
    return _beside(finding.severity, heading, Text(printable(" ".join(finding.message.split("\n")))), hint)


def _reasons_to_doubt(result: Result) -> list[Unknown]:
    """Why a verdict is not settled: it stands before all findings, which hold only if it does not matter."""
    return [item for item in result.unknowns if item.essential and result.verdict in _UNSETTLED]


def _unknown(unknown: Unknown) -> RenderableType:
    return labelled("unknown", printable(f"{unknown.subject}: {unknown.reason}"), "magenta")


def _rest(result: Result, hidden: int, look: Look) -> Iterator[RenderableType]:
    others = [unknown for unknown in result.unknowns if unknown not in _reasons_to_doubt(result)]
    more = []
    if hidden:
        more.append(f"{hidden} of low severity")
    if look.detail:
        yield from _version_inputs(result)
        yield from map(_unknown, others)
    elif others:
        more.append(f"{len(others)} unknown")
    if more:
        yield Text(f"and {', '.join(more)}: -v tells", style="dim")
    skipped: dict[str, list[str]] = {}
    for item in result.skipped:
        skipped.setdefault(item.reason, []).append(item.rule)
    for reason, rules in skipped.items():
        yield labelled("skipped", printable(f"{', '.join(dict.fromkeys(rules))}: {reason}"), "magenta")


def _version_inputs(result: Result) -> Iterator[RenderableType]:
    inputs = result.plan.python.inputs
    if not inputs:
        return
    table = Table.grid(padding=(0, 2))
    for _ in range(4):
        table.add_column(overflow="fold")
    for item in inputs:
        style = "green" if item.use is InputUse.DECIDES else "yellow" if item.use is InputUse.IGNORED else ""
        where = item.evidence.place or item.source
        table.add_row(
            Text(item.use.value, style=style), printable(where), printable(item.value), Text(printable(item.reason))
        )
    yield Text("Where a Python version is written:", style="dim")
    yield Padding(table, (0, 0, 0, 2))


def _closing(report: Report, look: Look) -> RenderableType:
    line = Text(summary(report), style="bold")
    line.append(f"  {found_words(report)}", style="not bold")
    parts: list[RenderableType] = [line]
    if report.worst is not None:
        where = "" if report.project.path == "." else f" {shlex.quote(printable(report.project.path))}"
        where += "".join(f" {shlex.quote(printable(flag))}" for flag in look.flags)
        repair = Text("Look for repairs: ", style="green")
        repair.append(f"trueup fix{where}", style="default bold")
        rest = Text("About a rule: trueup rule ID   Details: -v", style="dim")
        fits = repair.cell_len + 3 + rest.cell_len <= look.width
        parts += [Text("   ").join([repair, rest])] if fits else [repair, rest]
    return Lines(*parts)


FORMAT = Format("text", "for a terminal", render)
