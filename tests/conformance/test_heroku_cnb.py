"""heroku/buildpacks-python 6.5.6 (2026-08-06): what its own tests expect, compared with the plan or with one rule.

Cases of level `function` call one function of the buildpack, so they are judged against the function here that holds
the same rule; all others against a whole plan. Cases of kind `install-error` are failures of a package or of the
project's own code: no rule decides their text, so only the rest of what they say is judged (here and nowhere else).
"""

from __future__ import annotations

from typing import Any

from tests.conformance._cases import Case, run
from trueup.model.plan import PlanContext
from trueup.platforms.builders import _heroku_cnb_python as pythons
from trueup.platforms.builders import heroku_cnb
from trueup.platforms.builders._heroku_problems import Log
from trueup.platforms.builders._heroku_source import detection
from trueup.platforms.builders._heroku_version_files import read_cnb_version_file
from trueup.platforms.heroku import PLATFORM

DAY = "2026-08-06"

WRONG_CASES: dict[str, str] = {}


def outcome(case: Case) -> dict[str, Any]:
    """What is found for a case, in the words of the cases."""
    if case.context.get("level") != "function":
        return _of_plan(case)
    if case.context.get("function") == "python_version_file::parse":
        return _of_file(case)
    log = Log("test")
    project = case.project
    forbidden = heroku_cnb.check_environment(log, case.env, DAY)
    manager = case.context.get("package_manager")
    if manager is None and ("package_manager" in case.asserted or case.kind in ("package-manager", "error")):
        manager = _package_manager(case, log)
    choice = pythons.choose(log, project, manager, DAY)
    return {
        "detected": detection(project).value,
        "python": choice.python.version,
        "python_source": choice.python.source,
        "python_requested": choice.requested,
        "package_manager": manager,
        "forbidden": list(forbidden),
        **_of_log(log.details()),
    }


def _package_manager(case: Case, log: Log) -> str | None:
    """Asked for only where the case is about it: functions on versions get no package manager from their files."""
    names = {"requirements.txt", "poetry.lock", "uv.lock", "pyproject.toml"}
    return heroku_cnb.package_manager(log, case.project, DAY).value if names & case.files.keys() else None


def _of_file(case: Case) -> dict[str, Any]:
    file = case.project.get(".python-version")
    assert file is not None
    reading = read_cnb_version_file(file)
    return {
        "python": reading.request,
        "python_source": ".python-version",
        "python_requested": reading.request,
        "error": reading.error or None,
        "error_variant": reading.variant,
        "found": list(reading.found),
    }


def _of_log(details: dict[str, object]) -> dict[str, Any]:
    return {
        "error": details["error"],
        "error_variant": details.get("error_variant"),
        "warnings": list(details["warnings"]),  # type: ignore[call-overload]
        "found": list(details.get("found", ())),  # type: ignore[call-overload]
    }


def _of_plan(case: Case) -> dict[str, Any]:
    context = PlanContext(on=DAY, env=case.env)
    project = case.project
    service = PLATFORM.services(project, context)[0]
    plan = PLATFORM.plan(project, service, "heroku-cnb", context)
    return {
        "detected": plan.detected.value is not None,
        "python": plan.python.version,
        "python_source": plan.python.source,
        "python_requested": plan.details["python_requested"],
        "package_manager": plan.package_manager.value,
        "start": plan.start.value,
        "default_process": plan.start.value,
        **_of_log(plan.details),
    }


def judge(case: Case) -> list[str]:
    """The mismatches of one case."""
    found = outcome(case)
    expected = case.asserted
    if case.kind == "install-error":
        expected.pop("error", None)
    elif "error" not in expected and case.kind == "python-version":
        expected["error"] = None
    if str(expected.get("default_process", "")).startswith("none"):
        expected["default_process"] = None
    mismatches = []
    for key, value in expected.items():
        actual = found.get(key)
        if key == "python" and isinstance(value, str) and value.count(".") == 1 and actual:
            actual = ".".join(str(actual).split(".")[:2])
        if actual != value:
            mismatches.append(f"{key}: expected {value!r}, found {actual!r}")
    return mismatches


def test_conformance() -> None:
    run("heroku-cnb", judge, WRONG_CASES)
