"""Whole plans: projects without a blueprint, a service with an old key, five services of one blueprint."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.platforms.render.conftest import Planner
from trueup.model.finding import Severity
from trueup.model.plan import InputUse, PlanContext
from trueup.model.project import Project
from trueup.platforms._statements import complete_inputs
from trueup.platforms.render import PLATFORM
from trueup.registry import discover

LIGHTHOUSE = {
    "render.yaml": """\
services:
  - type: web
    name: beacon
    env: python
    plan: free
    rootDir: backend
    buildCommand: pip install -r requirements.txt
    startCommand: python main.py
    healthCheckPath: /health
    domains:
      - beacon.example
    envVars:
      - key: MONGODB_URL
        sync: false
      - key: SECRET_KEY
        generateValue: true
""",
    "backend/requirements.txt": "-r requirements-base.txt\n",
    "backend/requirements-base.txt": "fastapi==0.115.0\n",
    "backend/runtime.txt": "python-3.11.9\n",
}
NEXUS = {
    "render.yaml": """\
envVarGroups:
  - name: common
    envVars:
      - key: SECRET_KEY
        generateValue: true
      - key: CARGO_HOME
        value: /opt/render/project/.cargo
databases:
  - name: store
services:
  - type: keyvalue
    name: queue
    ipAllowList: []
  - type: web
    name: api
    runtime: python
    buildCommand: pip install --upgrade pip && pip install -r requirements.txt
    preDeployCommand: alembic upgrade head
    startCommand: uvicorn api.main:app --host 0.0.0.0 --port $PORT
    envVars: &all
      - fromGroup: common
      - key: DATABASE_URL
        fromDatabase: {name: store, property: connectionString}
      - key: REDIS_URL
        fromService: {type: keyvalue, name: queue, property: connectionString}
  - type: worker
    name: bot
    runtime: python
    buildCommand: pip install -r requirements.txt
    startCommand: python -m bot
    envVars: *all
  - type: worker
    name: worker
    runtime: python
    buildCommand: pip install -r requirements.txt
    startCommand: celery -A tasks worker
    envVars:
      - key: PYTHON_VERSION
        value: 3.12.8
  - type: cron
    name: nightly
    runtime: python
    schedule: "0 3 * * *"
    buildCommand: pip install -r requirements.txt
    startCommand: python report.py
  - type: web
    name: site
    runtime: static
    rootDir: web
    buildCommand: npm ci && npm run build
    staticPublishPath: dist
""",
    "requirements.txt": "fastapi\n",
    "web/package.json": "{}",
}


def test_the_registry_finds_the_platform() -> None:
    assert discover("trueup.platforms", "PLATFORM")["render"] is PLATFORM


def test_a_service_with_the_old_key_is_planned_and_told(plan_of: Planner) -> None:
    plan = plan_of(LIGHTHOUSE)
    assert (plan.service.runtime, plan.service.root_dir.value, plan.service.kind) == ("python", "backend", "web")
    assert (plan.python.version, plan.python.source) == ("3.14.3", "default")
    assert plan.manifests == ("requirements.txt",)
    assert plan.package_manager.value == "pip"
    assert (plan.health.path.value, plan.health.host_header, plan.health.timeout) == ("/health", "beacon.example", 900)
    assert plan.toolchain.rust.value is False
    assert "Read-only file system" in plan.toolchain.rust_note
    assert {item.name: item.source for item in plan.service.variables} == {
        "MONGODB_URL": "prompted",
        "SECRET_KEY": "generated",
    }
    (problem,) = plan.problems
    assert (problem.rule, problem.severity) == ("deprecated-configuration-key", Severity.LOW)
    assert problem.evidence[0].place == "render.yaml:4"
    assert plan.details["schema_valid"] is False


def test_the_five_services_of_one_blueprint() -> None:
    project, context = Project.from_texts(NEXUS), PlanContext(on="2026-11-20")
    services = PLATFORM.services(project, context)
    assert [(item.name, item.kind) for item in services] == [
        ("api", "web"),
        ("bot", "worker"),
        ("worker", "worker"),
        ("nightly", "cron"),
        ("site", "static"),
    ]
    plans = {item.name: PLATFORM.plan(project, item, "render-native", context) for item in services}
    assert {name: plan.python.version for name, plan in plans.items()} == {
        "api": "3.14.3",
        "bot": "3.14.3",
        "worker": "3.12.8",
        "nightly": "3.14.3",
        "site": None,
    }
    api = plans["api"]
    assert [step.command for step in api.install] == ["pip install --upgrade pip", "pip install -r requirements.txt"]
    assert api.manifests == ("requirements.txt",)
    assert api.release is not None
    assert api.release.command == "alembic upgrade head"
    assert (api.details["port"], api.details["binds"]) == (10000, "0.0.0.0:10000")
    assert plans["bot"].health.probes_port is False
    backing = services[1].settings["backing"].value
    assert isinstance(backing, tuple)
    assert [(store.kind, store.name, store.variables) for store in backing] == [
        ("postgresql", "store", ("DATABASE_URL",)),
        ("redis", "queue", ("REDIS_URL",)),
    ]
    assert [step.command for step in plans["site"].build] == ["npm ci", "npm run build"]


def test_a_version_of_another_service_is_not_called_unread() -> None:
    project, context = Project.from_texts(NEXUS), PlanContext(on="2026-11-20")
    for service in PLATFORM.services(project, context):
        plan = complete_inputs(PLATFORM.plan(project, service, "render-native", context), project)
        assert not [item for item in plan.python.inputs if item.use is InputUse.IGNORED]


def test_a_problem_of_the_whole_blueprint_is_told_once() -> None:
    project, context = Project.from_texts(NEXUS), PlanContext(on="2026-11-20")
    plans = [PLATFORM.plan(project, item, "render-native", context) for item in PLATFORM.services(project, context)]
    told = [(plan.service.name, problem.rule) for plan in plans for problem in plan.problems]
    assert told == [("api", "cargo-home-fallback")]


@pytest.mark.parametrize("runtime", ["docker", "node", "go"])
def test_other_runtimes_are_told_and_not_predicted(plan_of: Planner, runtime: str) -> None:
    plan = plan_of({"render.yaml": f"services:\n  - {{type: web, name: a, runtime: {runtime}}}\n"})
    assert plan.python.version is None
    assert plan.detected.value == runtime
    assert [item.subject for item in plan.unknowns if item.essential] == ["build"]
    assert "does not predict" in plan.unknowns[0].reason


def test_without_a_blueprint_the_folders_are_services_and_the_commands_assumed(plan_of: Planner) -> None:
    plan = plan_of({"backend/requirements.txt": "flask\n", "frontend/package.json": "{}"})
    assert plan.service.root_dir.value == "backend"
    assert [step.command for step in plan.install] == ["pip install -r requirements.txt"]
    assert plan.details["build_command_assumed"] is True
    assert {item.subject for item in plan.unknowns} >= {"build command", "start command", "settings", "glibc"}
    assert plan.start.value is None


def test_manifests_are_only_files_that_are_there(plan_of: Planner) -> None:
    text = LIGHTHOUSE["render.yaml"].replace("    rootDir: backend\n", "")
    plan = plan_of({**LIGHTHOUSE, "render.yaml": text})
    assert plan.manifests == ()
    assert [step.command for step in plan.install] == ["pip install -r requirements.txt"]


def test_a_root_directory_in_other_letters_is_not_there(plan_of: Planner) -> None:
    text = LIGHTHOUSE["render.yaml"].replace("rootDir: backend", "rootDir: ./Backend/")
    problems = plan_of({**LIGHTHOUSE, "render.yaml": text}).problems
    assert any(item.subject == "rootDir" and item.severity is Severity.HIGH for item in problems)


def test_uv_without_its_lockfile_is_not_there(plan_of: Planner) -> None:
    text = "services:\n  - {type: web, name: a, runtime: python, startCommand: x, buildCommand: uv sync}\n"
    assert any(item.subject == "uv" for item in plan_of({"render.yaml": text, "pyproject.toml": ""}).problems)
    assert not plan_of({"render.yaml": text, "pyproject.toml": "", "uv.lock": ""}).problems
    installed = text.replace("uv sync", "pip install uv && uv sync")
    assert not plan_of({"render.yaml": installed, "pyproject.toml": ""}).problems


def test_the_forms_example_is_no_start_command(plan_of: Planner) -> None:
    text = "services:\n  - {type: web, name: a, runtime: python, startCommand: gunicorn your_application.wsgi}\n"
    problem = next(item for item in plan_of({"render.yaml": text}).problems)
    assert "No module named 'your_application'" in problem.message


def test_a_pre_deploy_command_needs_a_paid_plan(plan_of: Planner) -> None:
    text = "services:\n  - {type: web, name: a, runtime: python, plan: free, startCommand: x, preDeployCommand: y}\n"
    assert any(item.subject == "preDeployCommand" for item in plan_of({"render.yaml": text}).problems)


def test_the_tools_versions_follow_the_creation_day(plan_of: Planner) -> None:
    files = {"requirements.txt": "flask\n"}
    assert plan_of(files, created="2025-06-11").details["poetry_version"] == "1.7.1"
    assert plan_of(files, created="2025-06-12").details["poetry_version"] == "2.1.3"
    assert plan_of(files, created="2022-01-01").details["poetry_version"] is None


def test_services_of_projects_and_equal_names_stay_apart() -> None:
    service = "{type: web, name: api, runtime: python}"
    text = f"projects:\n  - name: p\n    environments:\n      - name: blue\n        services: [{service}]\n"
    text += f"      - name: green\n        services: [{service}]\nungrouped:\n  services: [{service}]\n"
    services = PLATFORM.services(Project.from_texts({"render.yaml": text}), PlanContext(on="2026-11-20"))
    assert [item.name for item in services] == ["api", "blue/api", "green/api"]


def test_no_secret_stands_in_the_evidence(plan_of: Planner) -> None:
    text = "services:\n  - type: web\n    name: a\n    runtime: python\n    envVars:\n"
    text += "      - {key: SECRET_KEY, value: s3cr3t-value}\n      - {key: OTHER, value: true}\n"
    plan = plan_of({"render.yaml": text})
    assert plan.service.variables[0].value == "s3cr3t-value"
    shown = [repr(plan.problems), repr([item.evidence for item in plan.service.variables]), repr(plan.details)]
    assert not any("s3cr3t" in item for item in shown)


KEYS = (
    "services projects environments ungrouped databases envVarGroups type name runtime env rootDir envVars key value "
    "fromGroup fromDatabase fromService buildCommand startCommand healthCheckPath plan repo domains sync"
)
WORDS = ("web", "python", "static", "PYTHON_VERSION", "3.11")
YAML = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS.split()), inner | st.sampled_from(WORDS), max_size=5)
    ),
    max_leaves=25,
)


@given(YAML, st.lists(YAML, max_size=2))
def test_no_blueprint_makes_the_plan_raise(root: object, services: list[object]) -> None:
    document = {"services": services, **(root if isinstance(root, dict) else {})}
    project = Project.from_texts({"render.yaml": json.dumps(document), "requirements.txt": ""})
    context = PlanContext(on="2026-11-20")
    for service in PLATFORM.services(project, context):
        plan = PLATFORM.plan(project, service, "render-native", context)
        assert all(problem.evidence for problem in plan.problems)


@given(st.binary(max_size=60))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    project = Project.from_texts({"render.yaml": data, ".python-version": data})
    context = PlanContext(on="2026-11-20")
    for service in PLATFORM.services(project, context):
        PLATFORM.plan(project, service, "render-native", context)


def test_a_broken_blueprint_is_a_problem_not_a_traceback(plan_of: Planner) -> None:
    plan = plan_of({"render.yaml": "services:\n  - type: web\n   name: x\n", "requirements.txt": ""})
    assert [item.rule for item in plan.problems] == ["unreadable-file"]


def test_a_blueprint_in_a_subfolder_counts_only_where_its_setup_names_it(plan_of: Planner) -> None:
    blueprint = "services:\n  - type: web\n    name: api\n    envVars:\n      - {key: PYTHON_VERSION, value: 3.11.0}\n"
    files = {"backend/render.yaml": blueprint, "backend/requirements.txt": "flask\n"}
    plan = complete_inputs(plan_of(files), Project.from_texts(files))
    assert plan.python.source == "default"
    (ignored,) = plan.python.inputs
    assert "another one only where the Blueprint's setup names its path" in ignored.reason
    (settings,) = (item for item in plan.unknowns if item.subject == "settings")
    assert "backend/render.yaml counts only where" in settings.reason


@pytest.mark.parametrize(
    ("settings", "files", "said"),
    [
        ("dockerfilePath: docker/Api", [], "render.yaml:5 asks for the Dockerfile docker/Api, and the project has no"),
        ("dockerfilePath: ./backend", ["backend/Dockerfile"], "for the Dockerfile backend, which is a folder"),
        ("plan: free", [], "names no dockerfilePath, so that Render looks for the Dockerfile Dockerfile, and"),
        ("dockerfilePath: ./docker/Api", ["docker/Api"], ""),
        ("rootDir: docker", ["docker/Dockerfile"], ""),
        ("plan: free", ["Dockerfile"], ""),
        ("repo: https://example.com/other.git", [], ""),
    ],
)
def test_a_dockerfile_that_is_not_there(plan_of: Planner, settings: str, files: list[str], said: str) -> None:
    blueprint = f"services:\n  - type: web\n    name: api\n    runtime: docker\n    {settings}\n"
    plan = plan_of({"render.yaml": blueprint, "docker/readme": "", **dict.fromkeys(files, "FROM python:3.12\n")})
    assert [said in problem.message for problem in plan.problems] == ([True] if said else [])


def test_the_dockerfile_of_a_service_is_no_other_builders_file(plan_of: Planner) -> None:
    blueprint = "services:\n  - {type: web, name: api, runtime: docker, dockerfilePath: docker/Dockerfile}\n"
    plan = plan_of(
        {"render.yaml": blueprint, "docker/Dockerfile": "FROM python:3.12\n", "runtime.txt": "python-3.9.1\n"}
    )
    reasons = {item.evidence.path: item.reason for item in plan.python.inputs}
    assert reasons["docker/Dockerfile"] == "api is built from this Dockerfile: its image brings the Python."
    assert reasons["runtime.txt"] == "docker/Dockerfile decides the Python of api."


def test_an_empty_build_command_is_no_absent_one(plan_of: Planner) -> None:
    blueprint = (
        'services:\n  - type: web\n    name: api\n    runtime: python\n    buildCommand: ""\n'
        "    startCommand: python app.py\n"
    )
    plan = plan_of({"render.yaml": blueprint, "requirements.txt": "flask\n", "app.py": ""})
    (reason,) = (item.reason for item in plan.unknowns if item.subject == "build command")
    assert reason.startswith("render.yaml:5 leaves the build command of api empty; whether Render then runs nothing")
