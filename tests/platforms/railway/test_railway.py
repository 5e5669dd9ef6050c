"""Railway: services, builders by date, its configuration file and what becomes of it, and its own rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.model.finding import Confidence, Severity
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.platforms.railway import PLATFORM, builder_choice

OLD = PlanContext(on="2026-06-01", created="2025-01-01")
FILES = {"requirements.txt": "flask\n", "main.py": ""}


def project(config: Any = None, name: str = "railway.json", **more: str) -> Project:
    files = {**FILES, **more}
    if config is not None:
        files[name] = config if isinstance(config, str) else json.dumps(config, indent=1)
    return Project.from_texts(files)


def planned(of: Project, context: PlanContext = OLD, builder: str | None = None) -> BuildPlan:
    (service,) = PLATFORM.services(of, context)
    chosen = builder or PLATFORM.builders(of, service, context)[0]
    return PLATFORM.plan(of, service, chosen, context)


def problems(plan: BuildPlan, rule: str) -> list[str]:
    return [problem.message for problem in plan.problems if problem.rule == rule]


@pytest.mark.parametrize(
    ("on", "created", "expected"),
    [
        ("2024-01-01", None, ("nixpacks",)),
        ("2025-09-15", None, ("nixpacks", "railpack")),
        ("2025-09-16", None, ("railpack", "nixpacks")),
        ("2026-11-20", "2025-09-15", ("nixpacks", "railpack")),
        ("2026-11-20", "2025-09-16", ("railpack", "nixpacks")),
    ],
)
def test_the_day_of_creation_decides_the_builder(on: str, created: str | None, expected: tuple[str, ...]) -> None:
    context = PlanContext(on=on, created=created)
    (service,) = PLATFORM.services(project(), context)
    assert PLATFORM.builders(project(), service, context) == expected


def test_the_file_names_the_builder_and_a_dockerfile_outranks_it() -> None:
    named = project({"build": {"builder": "RAILPACK"}})
    assert planned(named).builder == "railpack"
    both = project({"build": {"builder": "RAILPACK"}}, Dockerfile="FROM python:3.12\n")
    assert builder_choice(both, "", OLD).value == "DOCKERFILE"
    assert [u.subject for u in planned(both).unknowns if u.essential] == ["Dockerfile"]
    elsewhere = project({"build": {"dockerfilePath": "docker/Dockerfile"}}, **{"docker/Dockerfile": "FROM x\n"})
    assert builder_choice(elsewhere, "", OLD).value == "DOCKERFILE"


@pytest.mark.parametrize(
    ("path", "words", "confidence"),
    [
        ("../../etc/Dockerfile", "outside of the repository", Confidence.HIGH),
        ("docker/Dockerfile.prod", "no such file is there", Confidence.MEDIUM),
    ],
)
def test_a_dockerfile_that_is_not_there_stops_the_build(path: str, words: str, confidence: Confidence) -> None:
    plan = planned(project({"build": {"dockerfilePath": path}}))
    (found,) = [problem for problem in plan.problems if problem.rule == "builder-error"]
    assert words in found.message
    assert found.confidence is confidence
    assert found.evidence[0].place == "railway.json:3"
    assert found.severity is Severity.HIGH


def test_what_stops_the_build_of_the_dockerfile_is_told() -> None:
    plan = planned(project(Dockerfile="FROM python:$PY\nARG PY=3.12\n"))
    (message,) = problems(plan, "unreadable-file")
    assert "Dockerfile:1 takes PY in FROM python:$PY" in message


def test_a_dockerfile_that_is_there_is_no_problem() -> None:
    there = project({"build": {"dockerfilePath": "./docker/Dockerfile"}}, **{"docker/Dockerfile": "FROM x\n"})
    assert not problems(planned(there), "builder-error")
    given = PlanContext(on=OLD.on, created=OLD.created, env={"RAILWAY_DOCKERFILE_PATH": "Dockerfile.web"})
    assert "RAILWAY_DOCKERFILE_PATH names" in problems(planned(project(), given), "builder-error")[0]


def test_a_builder_that_is_not_predicted_is_unknown() -> None:
    plan = planned(project({"build": {"builder": "PAKETO"}}))
    assert [u.subject for u in plan.unknowns if u.essential] == ["builder"]


def test_values_of_the_file_reach_the_plan() -> None:
    config = {
        "build": {"buildCommand": "make css"},
        "deploy": {
            "startCommand": "gunicorn main:app",
            "preDeployCommand": ["./migrate"],
            "healthcheckPath": "/ready",
            "healthcheckTimeout": 60,
        },
    }
    for builder in ("nixpacks", "railpack"):
        plan = planned(project(config), builder=builder)
        assert plan.start.value == "gunicorn main:app"
        assert plan.start.evidence[0].place == "railway.json:6"
        assert any("make css" in step.command for step in plan.build)
        assert plan.release is not None
        assert plan.release.command == "./migrate"
        health = plan.health
        assert (health.path.value, health.timeout, health.accepted_statuses) == ("/ready", 60, (200, 200))
        assert health.host_header == "healthcheck.railway.app"
        assert "PORT" in plan.variables


def test_the_health_check_waits_as_long_as_the_variable_says() -> None:
    context = PlanContext(on=OLD.on, created=OLD.created, env={"RAILWAY_HEALTHCHECK_TIMEOUT_SEC": "45"})
    assert planned(project(), context).health.timeout == 45
    assert planned(project()).health.timeout == 300


def test_environments_outrank_the_base_and_pull_requests_have_their_own() -> None:
    config = {
        "deploy": {"startCommand": "base"},
        "environments": {"staging": {"deploy": {"startCommand": "staging"}}, "pr": {"deploy": {"startCommand": "pr"}}},
    }

    def start(name: str) -> str | None:
        env = {"RAILWAY_ENVIRONMENT_NAME": name}
        return planned(project(config), PlanContext(on=OLD.on, created=OLD.created, env=env)).start.value

    assert [start(name) for name in ("production", "staging", "pr-7")] == ["base", "staging", "pr"]


def test_railway_toml_wins_and_the_nearest_folder_counts() -> None:
    def named(*paths: str) -> str | None:
        files = {path: '[deploy]\nstartCommand = "x"\n' if path.endswith("toml") else "{}" for path in paths}
        of = Project.from_texts({"api/requirements.txt": "", **files})
        (service,) = PLATFORM.services(of, OLD)
        plan = PLATFORM.plan(of, service, "nixpacks", OLD)
        return plan.start.evidence[0].path

    assert named("railway.toml", "railway.json") == "railway.toml"
    assert named("railway.toml", "api/railway.toml") == "api/railway.toml"


@pytest.mark.parametrize(
    ("on", "created", "start", "severity"),
    [
        ("2026-08-20", "2025-01-01", "from file", None),
        ("2026-08-21", "2025-01-01", "from file", Severity.MEDIUM),
        ("2026-11-30", "2025-01-01", "from file", Severity.MEDIUM),
        ("2026-12-01", "2025-01-01", "python main.py", Severity.HIGH),
        ("2026-09-01", "2026-08-21", "python main.py", Severity.HIGH),
    ],
)
def test_the_file_is_read_until_its_last_day(on: str, created: str, start: str, severity: Severity | None) -> None:
    plan = planned(project({"deploy": {"startCommand": "from file"}}), PlanContext(on=on, created=created), "nixpacks")
    assert plan.start.value == start
    found = [problem.severity for problem in plan.problems if problem.rule == "railway-config-deprecated"]
    assert found == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("config", "text", "confidence"),
    [
        ({"build": {"builder": "docker"}}, "Error: build.builder: Invalid input", Confidence.HIGH),
        ({"build": {"builder": "railpack"}}, "Error: build.builder: Invalid input", Confidence.LOW),
        (
            {"deploy": {"numReplicas": "2"}},
            "Error: deploy.numReplicas: Invalid input: expected number, received string",
            Confidence.HIGH,
        ),
        (
            {"build": {"nixpacksPlan": "x"}},
            "Error: build.nixpacksPlan: Expected object, received string",
            Confidence.HIGH,
        ),
        ({"deploy": {"restartPolicyMaxRetries": 0}}, "Error: deploy.restartPolicyMaxRetries", Confidence.MEDIUM),
    ],
)
def test_a_refusal_has_railways_words(config: dict[str, Any], text: str, confidence: Confidence) -> None:
    (problem,) = (p for p in planned(project(config)).problems if p.rule == "builder-error")
    assert f"Failed to parse your service config. {text}" in problem.message
    assert problem.confidence is confidence
    assert problem.evidence[0].line == 3


def test_several_refusals_stand_on_lines_of_their_own_in_the_order_of_the_schema() -> None:
    config = {"deploy": {"sleepApplication": "no", "startCommand": 3}, "build": {"builder": "nix"}}
    (message,) = problems(planned(project(config)), "builder-error")
    assert (
        "Failed to parse your service config.\n"
        "Error: build.builder: Invalid input\n"
        "Error: deploy.startCommand: Invalid input: expected string, received number\n"
        "Error: deploy.sleepApplication: Invalid input: expected boolean, received string"
    ) in message


def test_every_dead_key_is_named_with_its_line_and_its_right_place() -> None:
    config = {
        "pythonVersion": "3.11",
        "build": {"nixpacksPath": "x", "startCommand": "y", "nixpacksPlan": {"phases": {"setup": {"nixpkgs": []}}}},
        "deploy": {"healthCheckPath": "/", "port": 8000},
        "environments": {"staging": {"variables": {"A": "b"}}},
    }
    plan = planned(project(config))
    found = {p.subject.rpartition(":")[2]: p for p in plan.problems if p.rule == "unknown-configuration-key"}
    assert {key: problem.evidence[0].line for key, problem in found.items()} == {
        "pythonVersion": 2,
        "build.nixpacksPath": 4,
        "build.startCommand": 5,
        "build.nixpacksPlan.phases.setup.nixpkgs": 9,
        "deploy.healthCheckPath": 15,
        "deploy.port": 16,
        "environments.staging.variables": 20,
    }
    assert "3.11 into a file .python-version" in found["pythonVersion"].hint
    assert "nixpacksConfigPath" in found["build.nixpacksPath"].hint
    assert "deploy.startCommand" in found["build.startCommand"].hint
    assert "healthcheckPath" in found["deploy.healthCheckPath"].hint


def test_the_file_of_the_other_builder_is_said_not_to_be_read() -> None:
    files = {"nixpacks.toml": '[python]\nversion = "3.11"\n', "railpack.json": "{}"}
    of = project(None, **files)
    for builder, other in (("railpack", "nixpacks.toml"), ("nixpacks", "railpack.json")):
        plan = planned(of, builder=builder)
        assert any(f"{other} configures" in text for text in problems(plan, "unknown-configuration-key"))
        assert sum("key python" in text for text in problems(plan, "unknown-configuration-key")) == 1


def test_services_are_named_after_their_folders() -> None:
    of = Project.from_texts({"api/requirements.txt": "", "a/bot/main.py": "", "a/bot/Pipfile": "", "b/bot/Pipfile": ""})
    services = PLATFORM.services(of, OLD)
    assert [(service.name, service.root_dir.value) for service in services] == [
        ("bot", "a/bot"),
        ("api", "api"),
        ("b-bot", "b/bot"),
    ]
    assert [service.name for service in PLATFORM.services(project(), OLD)] == ["web"]


def test_what_kind_a_service_is() -> None:
    def kind(of: Project) -> str:
        return PLATFORM.services(of, OLD)[0].kind

    assert kind(project()) == "web"
    assert kind(project({"deploy": {"cronSchedule": "* * * * *"}})) == "cron"
    assert kind(project(None, Procfile="worker: python bot.py\n")) == "worker"


def test_signs_are_the_files_of_railway_and_of_its_builders() -> None:
    of = project({}, **{"api/nixpacks.toml": "", ".railway/railway.ts": ""})
    assert [evidence.path for evidence in PLATFORM.signs(of)] == [
        ".railway/railway.ts",
        "api/nixpacks.toml",
        "railway.json",
    ]
    assert PLATFORM.signs(project()) == ()


def test_a_broken_file_is_a_problem_and_nothing_of_it_counts() -> None:
    plan = planned(project('{"deploy": {"startCommand": "x",}}'), builder="nixpacks")
    assert plan.start.value == "python main.py"
    assert [p.evidence[0].place for p in plan.problems if p.rule == "unreadable-file"] == ["railway.json:1"]


KEYS = [
    *("build", "deploy", "environments", "builder", "nixpacksPlan", "phases", "setup", "nixPkgs", "startCommand"),
    *("preDeployCommand", "healthcheckPath", "healthcheckTimeout", "multiRegionConfig", "production", "x"),
]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)


@given(values)
def test_no_content_of_the_file_raises(value: Any) -> None:
    for builder in ("nixpacks", "railpack"):
        plan = planned(project(json.dumps(value)), builder=builder)
        assert all(problem.evidence and problem.hint for problem in plan.problems)
