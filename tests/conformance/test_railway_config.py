"""railway.json and railway.toml as Railway's documentation, its schema and its refusals say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.conformance._cases import Case, run
from trueup.manifests.railway_json import load_railway
from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import PlanContext
from trueup.platforms._railway_config import FILES, RailwayConfig, find_file, read_config
from trueup.platforms._railway_schema import schema_errors
from trueup.platforms.railway import BUILDERS, builder_choice, railway_settings

BEFORE_DEPRECATION = "2026-08-20"
WRONG_CASES: dict[str, str] = {}


def context_of(case: Case) -> PlanContext:
    day = str(case.context.get("date", BEFORE_DEPRECATION))
    is_new = case.context.get("service_created_after_deprecation", False)
    return PlanContext(on=day, created=day if is_new else "2025-01-01", env=case.env)


def config_of(case: Case) -> RailwayConfig:
    return read_config(
        case.project,
        case.context.get("root_directory", "").strip("/"),
        context_of(case),
        config_path=case.context.get("config_path"),
        environment=case.context.get("environment", "production"),
        is_ephemeral=case.context.get("ephemeral", False),
    )


def start_of(case: Case, config: RailwayConfig) -> str | None:
    """The start command: the file's, else the one of the dashboard."""
    dashboard = case.context.get("dashboard", {}).get("startCommand")
    given = None if dashboard is None else Fact(str(dashboard), (Evidence.given("dashboard"),))
    found = railway_settings(config, context_of(case)).start_command or given
    return None if found is None else found.value


def answers(case: Case) -> dict[str, Callable[[], Any]]:
    config = config_of(case)
    path = next((name for name in FILES if case.project.has(name)), None) or find_file(case.project, "")
    file = case.project.get(path or "")
    document = load_railway(file) if file else None
    errors = schema_errors(document) if document else []
    settings = railway_settings(config, context_of(case))
    refusals = [problem for problem in config.problems if problem.rule in ("builder-error", "unreadable-file")]
    builder = config.text("build", "builder")
    dockerfile = case.project.has("Dockerfile")
    start_dir = case.context.get("start_dir", "")
    return {
        "schema_valid": lambda: not errors,
        "unknown_keys": lambda: own_keys([error.unknown_key for error in errors]),
        "config_valid": lambda: not refusals,
        "error": lambda: refusals[0].message.partition("“")[2].partition("”")[0] if refusals else None,
        "start": lambda: start_of(case, config),
        "build": lambda: [] if settings.build_command is None else [settings.build_command.value],
        "builder": lambda: (
            builder_choice(case.project, "", context_of(case)).value
            if dockerfile
            else (builder.value if builder else None)
        ),
        "config_read": lambda: config.is_read,
        "config_file": lambda: (
            find_file(case.project, start_dir)
            if "function" in case.context
            else (config.path if config.is_read else None)
        ),
    }


def own_keys(keys: list[str | None]) -> list[str]:
    """The unknown keys that the cases count: those at the top, in build and in deploy."""
    return [key for key in keys if key and not key.startswith(("environments.", "build.nixpacksPlan"))]


def judge(case: Case) -> list[str]:
    known = answers(case)
    mismatches = []
    for key, expected in case.asserted.items():
        if key in ("schema_errors", "documented_valid"):
            continue  # a hint, says the description of the cases; and where the example is printed
        if key not in known:
            mismatches.append(f"nothing here answers {key}")
            continue
        found = known[key]()
        if key == "unknown_keys":
            found, expected = sorted(found), sorted(expected)
        if found != expected:
            mismatches.append(f"{key} is {found!r}, expected {expected!r}")
    return mismatches


def test_railway_config() -> None:
    run("railway-config", judge, WRONG_CASES)


def test_every_builder_that_can_be_named_and_is_predicted_is_one_of_the_platforms() -> None:
    assert set(BUILDERS.values()) == {"nixpacks", "railpack"}
