"""What `fix` shows: every repair with its cost, its reason and its differences, for people and for tools."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console, RenderableType
from rich.console import Group as Lines
from rich.padding import Padding
from rich.text import Text

from trueup import __version__
from trueup.logrules._redact import HIDDEN, redact
from trueup.model.finding import Applicability
from trueup.model.project import Project
from trueup.model.repair import Change, Cost, Repair, RepairPlan
from trueup.model.report import Report
from trueup.repair.differences import differences
from trueup.reports._evidence import evidence_list
from trueup.reports._interface import Look
from trueup.reports._words import printable

MOST_DIFF_LINES = 30
"""Lines of differences that are shown without --diff, so that the recommended repair fits a screen."""
_SECRET_KEY = re.compile(r"key:\s*\S*(?:secret|token|passw|key|credential|dsn|url|uri)\S*\s*$", re.IGNORECASE)
_VALUE = re.compile(r"^(?P<lead>[-+ ]\s*(?:-\s+)?value:\s*)(?P<value>\S.*)$")


def shown_differences(repair: Repair, project: Project) -> dict[str, str]:
    """The unified difference of every file of a repair, without the value of a secret in any line around it."""
    before = {path: file.data for path, file in project.whole.files.items()}
    return {path: _without_secrets(diff) for path, diff in differences(before, repair.contents(project)).items()}


def _without_secrets(diff: str) -> str:
    lines: list[str] = []
    for line in diff.split("\n"):
        value = _VALUE.match(line)
        hides = value is not None and bool(lines) and _SECRET_KEY.search(lines[-1]) is not None
        lines.append(f"{value['lead']}{HIDDEN}" if hides and value else redact(line))
    return "\n".join(lines)


def cost_object(cost: Cost) -> dict[str, int]:
    """A cost, in the order in which costs are compared."""
    return {
        "unsatisfied": cost.unsatisfied,
        "compilations": cost.compilations,
        "major_downgrades": cost.major_downgrades,
        "direct": cost.direct,
        "downgrades": cost.downgrades,
        "transitive": cost.transitive,
        "major": cost.major,
        "minor": cost.minor,
        "patch": cost.patch,
        "files": cost.files,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "package": change.package,
        "from": change.from_version,
        "to": change.to_version,
        "direct": change.direct,
        "evidence": evidence_list(change.evidence),
    }


def repair_object(repair: Repair, project: Project) -> dict[str, Any]:
    """One repair."""
    return {
        "id": repair.id,
        "title": repair.title,
        "kind": repair.kind.value,
        "targets": list(repair.targets),
        "services": list(repair.services),
        "recommended": repair.recommended,
        "reason": repair.reason,
        "applicability": repair.applicability.value,
        "changes": [_change(change) for change in repair.changes],
        "cost": cost_object(repair.cost),
        "proven_minimal": repair.proven_minimal,
        "certificate": repair.certificate,
        "resolves": list(repair.resolves),
        "edits": [{"path": path, "diff": diff} for path, diff in shown_differences(repair, project).items()],
        "commands": list(repair.commands),
        "evidence": evidence_list(repair.evidence),
    }


def plan_object(plan: RepairPlan, report: Report, applied: Sequence[Repair] = ()) -> dict[str, Any]:
    """The whole answer of `trueup fix --format json`."""
    return {
        "schema": "trueup/repairs/1",
        "trueup": __version__,
        "on": report.on,
        "project": {"path": report.project.path},
        "repairs": [repair_object(repair, report.project) for repair in plan.repairs],
        "held_back": [
            {"title": item.title, "reason": item.reason, "rules": list(item.rules)} for item in plan.held_back
        ],
        "unrepairable": [
            {"rule": item.rule, "reason": item.reason, "evidence": evidence_list(item.evidence)}
            for item in plan.unrepairable
        ],
        "applied": [repair.id for repair in applied],
        "notes": [*report.notes, *report.index_trouble],
    }


def render_json(plan: RepairPlan, report: Report, applied: Sequence[Repair] = ()) -> str:
    """The same as indented text."""
    return json.dumps(plan_object(plan, report, applied), indent=2, ensure_ascii=False) + "\n"


def render_text(plan: RepairPlan, report: Report, look: Look, *, diffs: bool = False, closing: str = "") -> str:
    """The repairs for a terminal: those that would be applied with their differences, every other in a line."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=look.width,
        force_terminal=look.color,
        color_system="standard" if look.color else None,
        no_color=not look.color,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    recommended = [repair for repair in plan.repairs if repair.recommended]
    others = [repair for repair in plan.repairs if not repair.recommended]
    for repair in recommended:
        console.print(_whole(repair, report.project, diffs))
    if others:
        console.print(Text("Also possible:", style="bold"))
        for repair in others:
            console.print(_line(repair))
            if diffs:
                console.print(Padding(_diffs(repair, report.project, whole=True), (0, 0, 0, 2)))
    _print_rest(console, plan, look)
    for note in (*report.notes, *report.index_trouble):
        console.print(Text(f"note: {printable(note)}", style="yellow"))
    if closing:
        console.print(Text(closing, style="bold"))
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _print_rest(console: Console, plan: RepairPlan, look: Look) -> None:
    for held in plan.held_back:
        console.print(Text(f"held back  {printable(held.title)}: {printable(held.reason)}", style="yellow"))
    if look.detail:
        for item in plan.unrepairable:
            console.print(Text(f"no repair  {item.rule}: {printable(item.reason)}", style="magenta"))
    elif plan.unrepairable:
        rules = ", ".join(dict.fromkeys(item.rule for item in plan.unrepairable))
        console.print(Text(f"no repair for {rules}: -v tells why", style="dim"))


def _whole(repair: Repair, project: Project, diffs: bool) -> RenderableType:
    heading = Text()
    heading.append("→ ", style="green")
    heading.append(printable(repair.title), style="bold")
    parts: list[RenderableType] = [heading]
    about = [f"[{repair.id}]", cost_words(repair.cost)]
    about += ["unsafe: applied with --unsafe only"] if repair.applicability is Applicability.UNSAFE else []
    about += ["proven minimal"] if repair.proven_minimal and repair.changes else []
    about += ["not proven minimal in the time given"] if repair.changes and not repair.proven_minimal else []
    parts.append(Padding(Text(" · ".join(about), style="dim"), (0, 0, 0, 2)))
    if repair.reason:
        parts.append(Padding(Text(f"why: {printable(repair.reason)}"), (0, 0, 0, 2)))
    for change in repair.changes:
        kind = "" if change.direct else " (not pinned by the project)"
        words = f"{change.package} {change.from_version or '(free)'} → {change.to_version}{kind}"
        parts.append(Padding(Text(printable(words)), (0, 0, 0, 2)))
    parts += [Padding(Text(f"run: {printable(command)}"), (0, 0, 0, 2)) for command in repair.commands]
    parts += [Padding(_diffs(repair, project, whole=diffs), (0, 0, 0, 2)), Text()]
    return Lines(*parts)


def _line(repair: Repair) -> RenderableType:
    line = Text("  ")
    line.append(printable(repair.title))
    unsafe = "" if repair.applicability is Applicability.SAFE else f" · {repair.applicability.value}"
    about = f"run: {'; '.join(repair.commands)}" if repair.commands else cost_words(repair.cost)
    line.append(f"  [{repair.id}] {printable(about)}{unsafe}", style="dim")
    return line


def _diffs(repair: Repair, project: Project, *, whole: bool) -> Text:
    text = Text()
    lines = [line for diff in shown_differences(repair, project).values() for line in diff.split("\n") if line]
    hidden = 0 if whole else max(0, len(lines) - MOST_DIFF_LINES)
    for line in lines[: len(lines) - hidden]:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        text.append(printable(line.rstrip("\r")) + "\n", style=style)
    if hidden:
        text.append(f"… and {hidden} more lines: --diff shows all\n", style="dim")
    text.rstrip()
    return text


def cost_words(cost: Cost) -> str:
    """A cost in a few words."""
    words = [
        (cost.unsatisfied, "requirement left unsatisfied", "requirements left unsatisfied"),
        (cost.compilations, "still to compile", "still to compile"),
        (cost.direct, "dependency changed", "dependencies changed"),
        (cost.downgrades, "moved back", "moved back"),
        (cost.transitive, "other version changes", "other versions change"),
    ]
    parts = [f"{number} {one if number == 1 else many}" for number, one, many in words if number]
    parts = parts or ["no dependency changes"]
    parts.append(f"{cost.files} file{'' if cost.files == 1 else 's'}")
    return ", ".join(parts)


def recommended_objects(plan: RepairPlan, project: Project) -> Iterable[dict[str, Any]]:
    """The recommended repairs, for the `repairs` key of `check`."""
    return [repair_object(repair, project) for repair in plan.repairs if repair.recommended]
