"""Repairs as JSON, and their differences without the value of a secret in any line around them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from trueup import __version__
from trueup.logrules._redact import HIDDEN, redact
from trueup.model.project import Project
from trueup.model.repair import Change, Cost, Repair, RepairPlan
from trueup.model.report import Report
from trueup.repair.differences import differences
from trueup.reports._evidence import evidence_list

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
