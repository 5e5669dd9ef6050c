"""Render against its documentation, its published schema and public logs: 154 cases."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tests.conformance._cases import Case, run
from trueup.manifests import render_yaml
from trueup.manifests._document import load_yaml
from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import BuildPlan, PlanContext
from trueup.platforms import _data
from trueup.platforms._render_checks import check_blueprint
from trueup.platforms.render import PLATFORM

TODAY = "2026-11-20"
SCHEMA_OF = "2026-02-24"
"""The schema against which the cases give their verdicts on blueprints (README.md there)."""
WRONG_CASES: dict[str, str] = {}
COMMANDS = {"build_command": "buildCommand", "start_command": "startCommand"}


def test_render() -> None:
    run("render", judge, WRONG_CASES)


def judge(case: Case) -> list[str]:
    """The keys of a case that the plan (or the verdict on the blueprint) does not agree with."""
    return judge_blueprint(case) if case.context["kind"] == "blueprint" else judge_plan(case)


def plan_of(case: Case, created: str | None = None) -> BuildPlan:
    """The plan of the case's only service, with the settings that the case gives."""
    context = PlanContext(
        on=case.context.get("deployed", TODAY),
        created=created or case.context.get("service_created"),
        env=case.env,
        root_dir=case.context.get("root_dir"),
    )
    service = PLATFORM.services(case.project, context)[0]
    given: dict[str, Fact[object]] = {
        name: Fact(case.context[key], (Evidence.given(key),)) for key, name in COMMANDS.items() if key in case.context
    }
    service = replace(service, settings={**service.settings, **given})
    return PLATFORM.plan(case.project, service, PLATFORM.builders(case.project, service, context)[0], context)


def judge_plan(case: Case) -> list[str]:
    """A log of a day that the case does not tell may be explained by any creation day of Render's table."""
    plan = plan_of(case)
    mismatches = compare(case, plan)
    untold = case.context["kind"] == "log" and "service_created" not in case.context and "deployed" not in case.context
    if mismatches and untold:
        rows = _data.load("render_native")["python"]["defaults"]
        outcomes = [compare(case, plan_of(case, row["from"])) for row in rows if row["version"]]
        mismatches = min(outcomes, key=len)
    return mismatches


def compare(case: Case, plan: BuildPlan) -> list[str]:
    """The asserted keys that a plan does not agree with."""
    return [
        f"{key}: expected {expected!r}, got {observed!r}"
        for key, expected in case.asserted.items()
        for observed in [observe(case, plan, key, expected)]
        if observed != expected
    ]


def observe(case: Case, plan: BuildPlan, key: str, expected: Any) -> Any:
    """What a plan says of one key, in the case's words."""
    refused = [problem for problem in plan.problems if problem.rule.startswith("python-version-")]
    if key == "python":
        version = plan.python.version
        # A prefix is asserted where the patch is the platform's own.
        return expected if version and expected and version.startswith(f"{expected}.") else version
    if key == "python_source":
        source = plan.python.source
        return f"env:{source}" if source == "PYTHON_VERSION" else source
    if key == "log_line":
        return expected if expected in told(plan, "log_lines") else plan.details["log_line"]
    if key == "log_lines":
        return [line for line in told(plan, "log_lines") if line in expected]
    if key == "build":
        return [step.command for step in (*plan.install, *plan.build)]
    if key == "start":
        return plan.start.value
    if key in ("port", "binds"):
        return plan.details[key]
    if key == "config_valid":
        return not refused
    if key == "unknown":
        return plan.python.version is None and any(item.subject == "python" for item in plan.unknowns)
    if key == "error":
        return expected if explains(plan, expected) else told(plan, "errors")
    if key == "exit_code":
        return expected if any(f"status {expected}" in problem.message for problem in plan.problems) else None
    if key == "error_class":
        patterns: Any = plan.details["failure_patterns"]
        line = case.expect["error"].replace("crates.example", "index")
        return next((name for name, pattern in patterns.items() if re.search(pattern, line)), None)
    return f"no rule for the key {key}"


def told(plan: BuildPlan, key: str) -> list[str]:
    """A detail of a plan that holds lines."""
    lines: Any = plan.details.get(key, ())
    return list(lines)


def explains(plan: BuildPlan, line: str) -> bool:
    """Whether the plan foretells a line as the one with which the build or the start fails."""
    lines: Any = plan.details["failure_lines"]
    patterns: Any = plan.details["failure_patterns"]
    return (
        line in told(plan, "errors")
        or line in lines.values()
        or any(re.search(pattern, line) for pattern in patterns.values())
    )


def judge_blueprint(case: Case) -> list[str]:
    """The verdict by the schema; where YAML 1.1 and 1.2 differ, `unknown` is the right answer."""
    document = load_yaml(case.project.files["render.yaml"])
    verdict = check_blueprint(document, SCHEMA_OF)
    mismatches = []
    expected = case.expect["schema_valid"]
    if verdict.valid is None and not case.context.get("yaml_parser_dependent"):
        mismatches.append("the two readings of YAML differ, and the case knows of one only")
    if verdict.valid is not None and verdict.valid != expected:
        mismatches.append(f"schema_valid: expected {expected}, got {verdict.errors}")
    for hint in case.expect.get("schema_errors") or ():
        place = hint.partition(": ")[0] if not hint.startswith("Additional") else ""
        if not any(error.dotted.startswith(place) for error in verdict.errors):
            mismatches.append(f"no error at or below {place}: {[error.dotted for error in verdict.errors]}")
    if case.asserted.get("documented_mistake") and not verdict.problems:
        mismatches.append("a documented mistake is not told")
    mismatches += judge_version_value(case)
    return mismatches


def judge_version_value(case: Case) -> list[str]:
    """The value of PYTHON_VERSION, its type, and the lines that Render may answer with."""
    if "python_version_value" not in case.asserted:
        return []
    document = load_yaml(case.project.files["render.yaml"])
    value = document.get(*render_yaml.python_version_values(document)[0])
    plan = plan_of(case)
    observed = {
        "python_version_value": str(value),
        "python_version_yaml_type": type(value).__name__,
        "error_alternatives": told(plan, "errors"),
    }
    return [
        f"{key}: expected {case.expect[key]!r}, got {found!r}"
        for key, found in observed.items()
        if key in case.asserted and found != case.expect[key]
    ]
