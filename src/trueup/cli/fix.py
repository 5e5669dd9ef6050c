"""Show the smallest changes that make a project work, and apply them.

Every repair shown was applied to a copy in memory and checked again. Without --yes nothing is written before a question
on the terminal is answered; `trueup undo` takes an applied repair back, byte for byte. Nothing of the project is
executed, and git is never touched. Exit codes: 0 nothing is left that fails and has no repair, 13 something is, 5 the
package index could not be asked, 7 a file changed since the repair was planned.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from trueup.cli import _options
from trueup.configuration import Policy
from trueup.errors import ExitCode, UsageError
from trueup.model.finding import Applicability, Severity
from trueup.model.repair import Repair, RepairPlan
from trueup.model.report import Report
from trueup.registry import plugin_ids

HELP = "show the smallest repairs, and apply them"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    _options.add_project(parser)
    _options.add_index(parser)
    _options.add_output(parser, ("text", "json"))
    group = parser.add_argument_group("repairs")
    group.add_argument("-n", "--dry-run", action="store_true", help="show, and change nothing")
    group.add_argument("--diff", action="store_true", help="show every difference whole")
    group.add_argument(
        "-y", "--yes", "--apply", action="store_true", help="apply the recommended repairs without asking"
    )
    group.add_argument("--unsafe", action="store_true", help="also apply what may change the meaning of something")
    group.add_argument(
        "--repair", action="append", default=[], metavar="ID", help="this repair instead; may be repeated"
    )
    group.add_argument("--rule", action="append", default=[], metavar="ID", help="only findings of this rule")
    group.add_argument("--timeout", type=float, default=20.0, metavar="SECONDS", help="for the search (default: 20)")
    policy = parser.add_argument_group("policy, beside that of the configuration")
    policy.add_argument("--keep-python", action="store_true", help="do not change the Python")
    policy.add_argument("--no-bumps", action="store_true", help="move no version")
    policy.add_argument("--no-new-dependencies", action="store_true", help="add no dependency")
    policy.add_argument("--exact-pins", action="store_true", help="write exact pins only")
    policy.add_argument(
        "--protect", action="append", default=[], metavar="PATTERN", help="never edit these paths; may be repeated"
    )
    policy.add_argument(
        "--only", action="append", default=[], metavar="PACKAGE", help="only this package may move; may be repeated"
    )


def merged_policy(policy: Policy, arguments: argparse.Namespace) -> Policy:
    """The policy of the configuration, made stricter by flags."""
    return replace(
        policy,
        protected=(*policy.protected, *arguments.protect),
        exact_pins=policy.exact_pins or arguments.exact_pins,
        version_bumps=policy.version_bumps and not arguments.no_bumps,
        new_dependencies=policy.new_dependencies and not arguments.no_new_dependencies,
        keep_python=policy.keep_python or arguments.keep_python,
        only=tuple(arguments.only) or policy.only,
    )


def run(arguments: argparse.Namespace) -> int:
    """Plan, show, ask, apply; return the exit code."""
    from trueup.cli._index import open_index
    from trueup.configuration import read_configuration
    from trueup.fixing import fix
    from trueup.predictions import Choice
    from trueup.reading import read_project
    from trueup.repair._interface import Wishes
    from trueup.repair.apply import finish_interrupted

    known = plugin_ids("trueup.checks")
    for rule in arguments.rule:
        if rule not in known:
            raise _options.no_such_rule(rule, known)
    root = Path(arguments.path)
    finished = finish_interrupted(root) if root.is_dir() and not arguments.dry_run else None
    if finished:
        sys.stderr.write(f"note: finished what an earlier command was interrupted in: {finished.title}\n")
    project = read_project(root)
    configuration = read_configuration(project)
    configuration = replace(configuration, policy=merged_policy(configuration.policy, arguments))
    context = _options.plan_context(arguments, configuration)
    choice = Choice(
        tuple(arguments.platform) or configuration.platforms,
        tuple(arguments.builder) or configuration.builders,
        tuple(arguments.service),
    )
    wishes = Wishes(context.python, arguments.timeout, runs_tools=not arguments.offline)
    with open_index(arguments, project) as (index, reason):
        report, plan = fix(
            project, context, choice, configuration, index, reason, wishes=wishes, only=tuple(arguments.rule)
        )
    chosen = choose(plan, arguments)
    return _carry_out(arguments, report, plan, chosen)


def choose(plan: RepairPlan, arguments: argparse.Namespace) -> list[Repair]:
    """The repairs to apply: those named, else the recommended ones that are safe enough.

    Raises:
        UsageError: a named repair does not exist or is never applied.
    """
    by_id = {repair.id: repair for repair in plan.repairs}
    for name in arguments.repair:
        if name not in by_id:
            raise UsageError(f"there is no repair {name!r}", hint=f"The repairs are: {', '.join(by_id) or 'none'}.")
        if by_id[name].applicability is Applicability.DISPLAY_ONLY:
            raise UsageError(f"{name} is not applied by trueup", hint="Its commands are shown; run them yourself.")
    chosen = [by_id[name] for name in arguments.repair] or [repair for repair in plan.repairs if repair.recommended]
    allowed = {Applicability.SAFE, *((Applicability.UNSAFE,) if arguments.unsafe or arguments.repair else ())}
    return [repair for repair in chosen if repair.applicability in allowed and repair.edits]


def _carry_out(
    arguments: argparse.Namespace,
    report: Report,
    plan: RepairPlan,
    chosen: Sequence[Repair],
) -> int:
    from trueup.repair.apply import apply_edits
    from trueup.repair.planner import combined
    from trueup.reports._repair_objects import render_json
    from trueup.reports._repairs import render_text

    is_json = arguments.format == "json"
    shown = _marked(plan, chosen)
    applies = bool(chosen) and not arguments.dry_run
    if not is_json:
        closing = _closing(report, plan, chosen, asks=applies)
        text = render_text(shown, report, _options.look(arguments), diffs=arguments.diff, closing=closing)
        _options.emit(text, arguments.output)
    if applies and (arguments.yes or (not is_json and _agreed(chosen))):
        repair = combined(chosen)
        apply_edits(repair.title, repair.edits, Path(arguments.path))
        if not is_json:
            sys.stderr.write(f"Applied {len(chosen)} of {len(plan.repairs)} repairs. `trueup undo` takes them back.\n")
    else:
        applies = False
    if is_json:
        _options.emit(render_json(shown, report, chosen if applies else ()), arguments.output)
    return _exit_code(report, plan)


def _marked(plan: RepairPlan, chosen: Sequence[Repair]) -> RepairPlan:
    """The plan with what was chosen by name in the place of what is recommended."""
    if all(repair.recommended for repair in chosen):
        return plan
    ids = {repair.id for repair in chosen}
    return replace(plan, repairs=tuple(replace(repair, recommended=repair.id in ids) for repair in plan.repairs))


def _agreed(chosen: Sequence[Repair]) -> bool:
    """Ask on the terminal; without one, nothing is applied."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        sys.stderr.write("Nothing was changed: --yes applies the repairs without asking.\n")
        return False
    files = len({edit.path for repair in chosen for edit in repair.edits})
    sys.stderr.write(f"Apply this to {files} file{'' if files == 1 else 's'}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _closing(report: Report, plan: RepairPlan, chosen: Sequence[Repair], *, asks: bool) -> str:
    if not plan.repairs:
        return "Nothing to repair." if report.worst is None else "No repair was found that works."
    if not chosen:
        return "Nothing is applied by itself here: name one with --repair ID, or allow more with --unsafe."
    noun = "repair" if len(chosen) == 1 else "repairs"
    tail = (
        "" if asks else " `trueup fix --yes` applies it." if len(chosen) == 1 else " `trueup fix --yes` applies them."
    )
    return f"{len(chosen)} {noun}, each tried on a copy and checked again.{tail}"


def _exit_code(report: Report, plan: RepairPlan) -> int:
    from trueup.repair.verify import without_line

    resolved = {key for repair in plan.repairs for key in repair.removes}
    for result in report.results:
        for finding in result.findings:
            if finding.severity is Severity.HIGH and (finding.rule, without_line(finding.subject)) not in resolved:
                return ExitCode.FINDINGS_HIGH
    return ExitCode.INDEX_UNAVAILABLE if report.index_trouble else ExitCode.NOTHING_FOUND
