"""Nixpacks plans as its own test suite says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.conformance._cases import Case, run
from trueup.manifests._document import load_toml
from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project, SourceFile
from trueup.model.service import Service
from trueup.platforms import _data
from trueup.platforms.builders import _nixpacks_plan as merging
from trueup.platforms.builders import nixpacks
from trueup.platforms.builders._nixpacks_app import App, Environment
from trueup.platforms.builders._nixpacks_config import plan_from_document
from trueup.platforms.builders._nixpacks_plan import NixPlan
from trueup.platforms.builders._nixpacks_python import choose_manager, is_using_mysql, is_using_postgres, uses
from trueup.platforms.builders._nixpacks_version import parse_pipfile, parse_tool_versions
from trueup.platforms.builders._railway_settings import RailwaySettings

DAY = "2026-08-22"
WRONG_CASES: dict[str, str] = {}


def predicted(case: Case) -> BuildPlan:
    service = Service("web", "web", Fact("", (Evidence.given("conformance case"),)), ())
    return nixpacks.plan(case.project, service, PlanContext(on=DAY, env=case.env), RailwaySettings())


def answers(plan: BuildPlan) -> dict[str, Callable[[], Any]]:
    """What a plan says under each key of a case."""
    details: dict[str, Any] = plan.details
    main = {"install": {}, "build": {}, **details["phases"]}
    archives = {"LEGACY_PYTHON_NIXPKGS_ARCHIVE": _data.load("nixpacks")["legacy"]["archive"]}
    return {
        "detected_provider": lambda: plan.detected.value,
        "python": lambda: plan.python.version,
        "python_source": lambda: plan.python.source,
        "package_manager": lambda: plan.package_manager.value,
        "install": lambda: main["install"].get("commands", []),
        "build": lambda: main["build"].get("commands", []),
        "start": lambda: plan.start.value,
        "system_packages": lambda: details["nix_packages"],
        "nix_libs": lambda: details["nix_libraries"],
        "nix_python": lambda: details["nix_python"],
        "paths": lambda: main["install"].get("paths", []),
        "cache_directories": lambda: main["install"].get("cache_directories", []),
        "variables": lambda: details["variables"],
        "metadata": lambda: details["variables"]["NIXPACKS_METADATA"].split(","),
        "providers": lambda: details["providers"],
        "poetry_version": lambda: details["variables"]["NIXPACKS_POETRY_VERSION"],
        "archive": lambda: next(
            (name for name, value in archives.items() if value == details["nixpkgs_archive"]),
            "PYTHON_NIXPKGS_ARCHIVE",
        ),
    }


def merged(context: dict[str, Any]) -> dict[str, Any]:
    """`BuildPlan::merge` of two texts, with only what is set."""
    lower, higher = (
        plan_from_document(load_toml(SourceFile("nixpacks.toml", context[key].encode())), ())
        for key in ("base", "override")
    )
    return shown(higher.over(lower))


def shown(plan: NixPlan) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if plan.providers is not None:
        result["providers"] = list(plan.providers)
    if plan.phases:
        result["phases"] = {
            name: {
                key: list(values)
                for key, values in {
                    "nixPkgs": phase.nix_pkgs,
                    "nixLibs": phase.nix_libs,
                    "aptPkgs": phase.apt_pkgs,
                    "cmds": phase.cmds,
                    "cacheDirectories": phase.cache_directories,
                }.items()
                if values is not None
            }
            for name, phase in plan.phases.items()
        }
    if plan.start is not None:
        result["start"] = {"cmd": plan.start}
    return result


def unit(case: Case) -> Any:
    """The value of the builder's function that a unit case names."""
    app, environment = App(case.project), Environment.given(case.env)
    context = case.context
    filled = merging.fill_auto(_strings(context.get("original")), _strings(context.get("replacer")))
    functions: dict[str, Callable[[], Any]] = {
        "parse_pipfile_python_version": lambda: parse_pipfile(app.read("Pipfile")),
        "parse_tool_versions_content": lambda: parse_tool_versions(app.read(".tool-versions")),
        "uses_dep": lambda: uses(app, context["argument"]),
        "is_using_postgres": lambda: is_using_postgres(app, DAY),
        "is_using_mysql": lambda: is_using_mysql(app),
        "PackageManager::from_env": lambda: forced_manager(environment),
        "BuildPlan::merge": lambda: merged(context),
        "BuildPlan::from_environment": lambda: shown(merging.plan_from_environment(environment)),
        "split_env_string": lambda: list(merging.split_names(context["input"])),
        "remove_autos_from_vec": lambda: list(merging.remove_autos(context["input"])),
        "fill_auto_in_vec": lambda: None if filled is None else list(filled),
        "get_config_variable": lambda: environment.config(context["argument"]),
        "is_config_variable_truthy": lambda: environment.is_truthy(context["argument"]),
        "Environment::from_envs": lambda: dict(Environment.parse(context["input"]).values),
    }
    function = functions.get(context["function"])
    return function() if function else f"no such function here: {context['function']}"


def _strings(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def forced_manager(environment: Environment) -> str:
    """The manager that the variable forces, in the words of the builder's test."""
    manager = choose_manager(App(Project.from_texts({"Pipfile": ""})), environment, DAY)
    if manager.evidence[0].path is not None:
        return "auto"
    return {"pip": "requirements", None: "skip"}.get(manager.value, str(manager.value))


def judge(case: Case) -> list[str]:
    asserted = case.asserted
    if "value" in asserted:
        found = unit(case)
        return [] if found == asserted["value"] else [f"value is {found!r}, expected {asserted['value']!r}"]
    plan = predicted(case)
    errors = [problem.message for problem in plan.problems if problem.rule in ("builder-error", "no-start-command")]
    mismatches = []
    known = answers(plan)
    for key, expected in asserted.items():
        if key == "output_contains":
            continue  # what the program prints, which is not in the stub
        if key == "build_succeeds":
            if errors:
                mismatches.append(f"expected a build that succeeds, found {errors}")
        elif key == "error":
            if not any(expected in message for message in errors):
                mismatches.append(f"expected the error {expected!r}, found {errors}")
        elif key not in known:
            mismatches.append(f"nothing here answers {key}")
        elif not agrees(key, known[key](), expected):
            mismatches.append(f"{key} is {known[key]()!r}, expected {expected!r}")
    return mismatches


def agrees(key: str, found: Any, expected: Any) -> bool:
    if key == "python" and isinstance(found, str) and isinstance(expected, str):
        return found == expected or found.startswith(f"{expected}.")
    return bool(found == expected)


def test_nixpacks() -> None:
    run("nixpacks", judge, WRONG_CASES)
