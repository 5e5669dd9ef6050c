"""What `fix` shows people: every repair with its cost, its reason and its differences."""

from __future__ import annotations

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from trueup.model.finding import Applicability
from trueup.model.project import Project
from trueup.model.repair import Cost, Repair, RepairKind, RepairPlan
from trueup.model.report import Report
from trueup.reports._interface import Look
from trueup.reports._repair_objects import shown_differences
from trueup.reports._terminal import Terminal, labelled
from trueup.reports._words import printable

_BY_HAND = {
    Applicability.SAFE: "",
    Applicability.UNSAFE: " · unsafe: applied by its name or with --unsafe only",
    Applicability.DISPLAY_ONLY: " · for you to do: trueup only shows it",
}
MOST_DIFF_LINES = 30
"""Lines of differences that are shown without --diff, so that the recommended repair fits a screen."""


def render_text(plan: RepairPlan, report: Report, look: Look, *, diffs: bool = False, closing: str = "") -> str:
    """The repairs for a terminal: those that would be applied with their differences, every other in a line."""
    console = Terminal(look)
    recommended = [repair for repair in plan.repairs if repair.recommended]
    others = [repair for repair in plan.repairs if not repair.recommended]
    for repair in recommended:
        console.print(_whole(repair, report.project, diffs))
    if others:
        console.print(Text("Also possible:", style="bold"))
        for repair in others:
            console.print(_line(repair))
            if diffs:
                console.print(_indented(_diffs(repair, report.project, whole=True), 4))
        console.print(Text())
    _print_rest(console, plan, look)
    for note in (*report.notes, *report.index_trouble):
        console.print(labelled("note", printable(note), "yellow"))
    if closing:
        console.print(Text(closing, style="bold"))
    return console.text()


def _print_rest(console: Terminal, plan: RepairPlan, look: Look) -> None:
    for held in plan.held_back:
        console.print(labelled("held back", printable(f"{held.title}: {held.reason}"), "yellow"))
    if look.detail:
        for item in plan.unrepairable:
            console.print(labelled("no repair", printable(f"{item.rule}: {item.reason}"), "magenta"))
    elif plan.unrepairable:
        rules = ", ".join(dict.fromkeys(item.rule for item in plan.unrepairable))
        console.print(labelled("no repair", f"{rules}: -v tells why", "dim"))


def _whole(repair: Repair, project: Project, diffs: bool) -> RenderableType:
    heading = Text()
    heading.append("→ ", style="green")
    heading.append(printable(repair.title), style="bold")
    parts: list[RenderableType] = [heading]
    about = [f"[{repair.id}]", cost_words(repair.cost)]
    about += ["unsafe: applied with --unsafe only"] if repair.applicability is Applicability.UNSAFE else []
    about += ["proven minimal"] if repair.proven_minimal and repair.changes else []
    searched = repair.changes and repair.kind is not RepairKind.LOCKFILE
    about += [f"not proven minimal: {printable(repair.certificate)}"] if searched and not repair.proven_minimal else []
    parts.append(Padding(Text(" · ".join(about), style="dim"), (0, 0, 0, 2)))
    if repair.reason:
        parts.append(Padding(Text(f"why: {printable(repair.reason)}"), (0, 0, 0, 2)))
    for change in repair.changes:
        kind = "" if change.direct else " (not pinned by the project)"
        words = f"{change.package} {change.from_version or '(free)'} → {change.to_version or '(gone)'}{kind}"
        parts.append(Padding(Text(printable(words)), (0, 0, 0, 2)))
    parts += [Padding(Text(f"run: {printable(command)}"), (0, 0, 0, 2)) for command in repair.commands]
    parts += [Padding(_diffs(repair, project, whole=diffs), (0, 0, 0, 2)), Text()]
    return Lines(*parts)


def _line(repair: Repair) -> RenderableType:
    """A repair that is not applied by itself: its title, what it costs or takes, and how to name it."""
    about = f"[{repair.id}]" if repair.commands else f"[{repair.id}] · {cost_words(repair.cost)}"
    parts: list[RenderableType] = [_indented(Text(printable(repair.title)), 2)]
    parts.append(_indented(Text(f"{about}{_BY_HAND[repair.applicability]}", style="dim"), 4))
    parts += [_indented(Text(f"run: {printable(command)}", style="dim"), 4) for command in repair.commands]
    if repair.commands and repair.reason:
        parts.append(_indented(Text(printable(repair.reason)), 4))
    return Lines(*parts)


def _indented(text: RenderableType, columns: int) -> RenderableType:
    return Padding(text, (0, 0, 0, columns))


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
