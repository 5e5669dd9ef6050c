"""The JSON of version 1: built key by key, never a dump of internals. Its schema is schema/check-1.json."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from trueup import __version__
from trueup.model.distribution import Conflict, InstallForecast, PackageForecast, Unresolved
from trueup.model.evidence import Unknown
from trueup.model.finding import Finding
from trueup.model.plan import BuildPlan, VersionInput
from trueup.model.report import Report, Result
from trueup.reports._evidence import evidence_list, evidence_object
from trueup.reports._interface import Format, Look
from trueup.reports._repair_objects import repair_object


def _python(plan: BuildPlan) -> dict[str, Any]:
    python = plan.python
    return {
        "requested": python.requested,
        "version": python.effective,
        "planned": python.version,
        "minor": python.minor,
        "source": python.source,
        "evidence": evidence_list((*python.evidence, *(python.runs.evidence if python.runs else ()))),
        "inputs": [_version_input(item) for item in python.inputs],
    }


def _version_input(item: VersionInput) -> dict[str, Any]:
    return {
        "source": item.source,
        "value": item.value,
        "use": item.use.value,
        "reason": item.reason,
        "evidence": [evidence_object(item.evidence)],
    }


def _package(package: PackageForecast) -> dict[str, Any]:
    needs = package.needs
    return {
        "name": package.name,
        "version": package.version,
        "direct": package.direct,
        "outcome": package.outcome.value,
        "file": package.file,
        "reason": package.reason,
        "fixed_in": package.fixed_in,
        "needs": {"languages": list(needs.languages), "system_libraries": list(needs.system_libraries)}
        if needs
        else None,
        "required_by": list(package.required_by),
        "evidence": evidence_list(package.evidence),
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    sides = [
        {"requirement": side.requirement, "required_by": side.parent, "evidence": evidence_list(side.evidence)}
        for side in conflict.sides
    ]
    return {"name": conflict.name, "reason": conflict.reason, "sides": sides}


def _unresolved(item: Unresolved) -> dict[str, Any]:
    return {
        "name": item.name,
        "reason": item.reason,
        "transient": item.transient,
        "evidence": evidence_list(item.evidence),
    }


def finding_object(finding: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "subject": finding.subject,
        "message": finding.message,
        "hint": finding.hint,
        "evidence": evidence_list(finding.evidence),
    }


def _unknown(unknown: Unknown) -> dict[str, Any]:
    return {"subject": unknown.subject, "reason": unknown.reason, "evidence": evidence_list(unknown.evidence)}


def _target(plan: BuildPlan) -> dict[str, Any] | None:
    target = plan.target
    if target is None:
        return None
    return {
        "python": target.minor,
        "os": target.os,
        "arch": target.arch,
        "libc": target.libc,
        "libc_version": plan.image.libc_version.value,
        "image": plan.image.name.value,
    }


def result_object(result: Result) -> dict[str, Any]:
    """One result."""
    plan = result.plan
    forecast: InstallForecast | None = result.forecast
    return {
        "platform": plan.platform,
        "builder": plan.builder,
        "current": result.is_today,
        "service": plan.service.name,
        "kind": plan.service.kind,
        "root_dir": plan.service.root_dir.value or ".",
        "verdict": result.verdict.value,
        "python": _python(plan),
        "package_manager": plan.package_manager.value,
        "install": [step.command for step in plan.install],
        "build": [step.command for step in plan.build],
        "release": plan.release.command if plan.release else None,
        "start": {"command": plan.start.value, "evidence": evidence_list(plan.start.evidence)},
        "processes": [
            {
                "name": process.name,
                "command": process.command.value,
                "evidence": evidence_list(process.command.evidence),
            }
            for process in plan.processes
        ],
        "health": {"path": plan.health.path.value, "evidence": evidence_list(plan.health.path.evidence)},
        "target": _target(plan),
        "packages": [_package(package) for package in forecast.packages] if forecast else [],
        "conflicts": [_conflict(conflict) for conflict in forecast.conflicts] if forecast else [],
        "unresolved": [_unresolved(item) for item in forecast.unresolved] if forecast else [],
        "findings": [finding_object(finding) for finding in result.findings],
        "skipped": [{"rule": skipped.rule, "reason": skipped.reason} for skipped in result.skipped],
        "unknowns": [_unknown(unknown) for unknown in result.unknowns],
    }


def report_object(report: Report, repairs: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    """The whole answer of `trueup check --format json`."""
    if report.repairs and not repairs:
        repairs = [repair_object(repair, report.project) for repair in report.repairs]
    return {
        "schema": "trueup/check/1",
        "trueup": __version__,
        "on": report.on,
        "project": {
            "path": report.project.path,
            "services": list(dict.fromkeys(result.plan.service.name for result in report.results)),
        },
        "results": [result_object(result) for result in report.results],
        "repairs": list(repairs),
        "notes": [*report.notes, *report.index_trouble],
    }


def render(report: Report, _: Look) -> str:
    """The report as one JSON object, indented, in UTF-8."""
    return json.dumps(report_object(report), indent=2, ensure_ascii=False) + "\n"


FORMAT = Format("json", "one JSON object, schema trueup/check/1", render, shows_repairs=True)
