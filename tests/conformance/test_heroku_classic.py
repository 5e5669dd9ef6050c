"""heroku/heroku-buildpack-python v351 (2026-08-18): what its own tests expect, compared with the plan.

Cases of kind `install-error` are failures of a package, a hook or the project's own code: no rule of detection decides
their text, so only what they say about detection, Python, package manager and command is judged (here, nowhere else).
"""

from __future__ import annotations

import json
from typing import Any

from tests.conformance._cases import Case, run
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.platforms.heroku import PLATFORM

DAY = "2026-08-18"

WRONG_CASES: dict[str, str] = {}


def plan_of(case: Case) -> BuildPlan:
    """Plan a case: its context becomes settings of the app, its cache the Python of the last build."""
    contents: dict[str, str | bytes] = dict(case.files)
    if case.context.get("buildpacks"):
        buildpacks = [{"url": f"heroku/{name}"} for name in case.context["buildpacks"]]
        contents["app.json"] = json.dumps({"buildpacks": buildpacks})
    project = Project.from_texts(contents)
    environment = dict(case.env)
    if case.context.get("stack"):
        environment["STACK"] = case.context["stack"]
    if case.id.startswith("heroku-classic/ci-"):
        environment["INSTALL_TEST"] = "1"
    cached = case.context.get("cached") or {}
    previous = cached.get("python") or cached.get("python_major")
    context = PlanContext(on=DAY, env=environment, previous_python=previous)
    service = PLATFORM.services(project, context)[0]
    return PLATFORM.plan(project, service, "heroku-classic", context)


def outcome(plan: BuildPlan) -> dict[str, Any]:
    """What the plan says, in the words of the cases."""
    return {
        "detected": plan.detected.value is not None,
        "python": plan.python.version,
        "python_source": plan.python.source,
        "python_requested": plan.details["python_requested"],
        "package_manager": plan.package_manager.value,
        "install": plan.install[0].command if plan.install else None,
        "start": plan.start.value,
        "error": plan.details["error"],
        "warnings": list(plan.details["warnings"]),  # type: ignore[call-overload]
    }


def judge(case: Case) -> list[str]:
    """The mismatches of one case."""
    found = outcome(plan_of(case))
    expected = case.asserted
    if case.kind == "install-error":
        expected.pop("error", None)
    elif "error" not in expected:
        expected["error"] = None
    return [
        f"{key}: expected {value!r}, found {found.get(key)!r}"
        for key, value in expected.items()
        if found.get(key) != value
    ]


def test_conformance() -> None:
    run("heroku-classic", judge, WRONG_CASES)
