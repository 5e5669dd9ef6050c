"""What is wrong with a blueprint, with the line, what Render does, and the right spelling."""

from __future__ import annotations

import pytest

from trueup.manifests._document import load_yaml
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.project import SourceFile
from trueup.platforms._render_checks import Verdict, check_blueprint

SERVICE = "services:\n  - type: web\n    name: api\n    runtime: python\n"


def verdict_of(text: str, on: str = "2026-11-20") -> Verdict:
    return check_blueprint(load_yaml(SourceFile("render.yaml", text.encode())), on)


def problem_of(text: str) -> Problem:
    (placed,) = verdict_of(text).problems
    return placed.problem


@pytest.mark.parametrize(
    ("key", "right"),
    [
        ("pythonVersion: 3.11.9", "PYTHON_VERSION"),
        ("healthcheckPath: /health", "healthCheckPath"),
        ("health_check_path: /health", "healthCheckPath"),
        ("rootDirectory: backend", "rootDir"),
        ("startCommnd: x", "startCommand"),
        ("installCommand: x", "buildCommand"),
        ("releaseCommand: x", "preDeployCommand"),
        ("port: 8000", "PORT"),
        ("schedule: x", "cron"),
        ("databases: []", "top level"),
    ],
)
def test_an_unknown_key_is_named_with_its_line_and_its_right_spelling(key: str, right: str) -> None:
    problem = problem_of(f"{SERVICE}    {key}\n")
    assert (problem.rule, problem.severity) == ("unknown-configuration-key", Severity.HIGH)
    assert problem.evidence[0].place == "render.yaml:5"
    assert key.partition(":")[0] in problem.message
    assert right in problem.hint


def test_a_key_of_a_service_at_the_top_level_is_misplaced() -> None:
    problem = problem_of(f"startCommand: x\n{SERVICE}")
    assert "inside a service" in problem.hint


def test_a_cron_job_has_no_health_check() -> None:
    text = "services:\n  - {type: cron, name: a, runtime: python, schedule: x, healthCheckPath: /}\n"
    assert "web, worker or pserv" in problem_of(text).hint


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("services:\n  - {type: web, name: a, env: python}\n", "runtime"),
        ("services:\n  - {type: redis, name: a, ipAllowList: []}\n", "type: keyvalue"),
        (f"previewsEnabled: true\n{SERVICE}", "previews.generation"),
        (f"{SERVICE}    autoDeploy: false\n", "autoDeployTrigger"),
        (f"{SERVICE}    previewPlan: free\n", "previews.plan"),
    ],
)
def test_an_old_name_is_no_failure(text: str, new: str) -> None:
    problem = problem_of(text)
    assert (problem.rule, problem.severity) == ("deprecated-configuration-key", Severity.LOW)
    assert new in problem.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("services:\n  - {type: web, name: a, runtime: python3}\n", "runtime: python"),
        (f"{SERVICE}    preDeployCommand: [a]\n", "list"),
        ("services:\n  - {type: keyvalue, name: a}\n", "ipAllowList"),
        ("services:\n  - {type: web, name: a, startCommand: x}\n", "runtime"),
    ],
)
def test_a_value_outside_the_schema_is_warned_of(text: str, hint: str) -> None:
    problem = problem_of(text)
    assert (problem.rule, problem.severity) == ("builder-error", Severity.MEDIUM)
    assert hint in problem.hint


def test_a_word_that_two_versions_of_yaml_read_differently_leaves_the_verdict_open() -> None:
    for text in (f"previews:\n  generation: off\n{SERVICE}", f"{SERVICE}    autoDeploy: no\n"):
        verdict = verdict_of(text)
        assert verdict.valid is None
        assert "Quote the word" in verdict.unknowns[0].reason
        assert not any(placed.problem.rule == "builder-error" for placed in verdict.problems)
    assert verdict_of(f'previews:\n  generation: "off"\n{SERVICE}').valid is True


def test_a_wrong_value_of_a_variable_is_not_shown() -> None:
    text = f"{SERVICE}    envVars:\n      - key: TOKEN\n        value: [hunter2]\n"
    assert "hunter2" not in repr(problem_of(text))


@pytest.mark.parametrize(
    "text",
    [
        f"{SERVICE}    plan: 0.5c-512mb\n",
        f"{SERVICE}    renderSubdomainPolicy: disabled\n    maintenanceMode: {{enabled: false}}\n",
        "services:\n  - {type: cron, name: a, runtime: python, schedule: x, plan: 1c-2g, preDeployCommand: y}\n",
        "services:\n  - {type: keyvalue, name: a, ipAllowList: [], plan: 256mb, persistenceMode: snapshot}\n",
        "services:\n  - {type: workflow, name: a, runtime: python, region: ohio, startCommand: python a.py}\n",
        "databases:\n  - {name: a, plan: 0.1c-256mb, storageAutoscalingEnabled: false, connectionPool: pgbouncer}\n",
        "buildSources: [{name: a, git: {repo: r, runtime: go}}]\nservices: [{type: web, name: b, buildSource: a}]\n",
        "projects:\n  - {name: a}\n",
    ],
)
def test_what_the_schema_of_october_2026_allows(text: str) -> None:
    verdict = verdict_of(text)
    assert verdict.valid, verdict.errors
    assert not verdict.problems


@pytest.mark.parametrize(
    "text",
    [
        "services:\n  - {type: cron, name: a, runtime: python, schedule: x, plan: free}\n",
        f"{SERVICE}    plan: 1c-4g\n",
        f"{SERVICE}    buildSource: a\n",
        f"{SERVICE}    buildFilter: {{}}\n",
    ],
)
def test_what_the_schema_of_october_2026_refuses(text: str) -> None:
    assert verdict_of(text).valid is False


@pytest.mark.parametrize(
    ("kind", "hint"),
    [("database", "`databases`"), ("static", "`runtime: static`"), ("queue", "web, worker, pserv, cron")],
)
def test_a_type_that_render_does_not_have_is_told_once(kind: str, hint: str) -> None:
    problem = problem_of(f"services:\n  - type: {kind}\n    name: a\n    databaseName: b\n    plan: free\n")
    assert (problem.severity, problem.evidence[0].place) == (Severity.HIGH, "render.yaml:2")
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("{key: A, value: b, sync: false}", "cannot simultaneously specify fields value and sync"),
        ("{key: A}", "must be from group or have a key and value"),
    ],
)
def test_a_variable_that_the_sync_refuses_is_told_without_its_value(variable: str, said: str) -> None:
    problem = problem_of(f"{SERVICE}    envVars:\n      - {variable}\n")
    assert (problem.rule, problem.severity) == ("builder-error", Severity.HIGH)
    assert said in problem.message
    assert problem.evidence[0].text == "A in envVars"


@pytest.mark.parametrize(
    ("text", "severity", "hint"),
    [
        (f"{SERVICE}    envVars:\n      - {{key: A, value: true}}\n", Severity.LOW, '"true"'),
        ("databases:\n  - {name: a, postgresMajorVersion: 14}\n", Severity.MEDIUM, '"14"'),
    ],
)
def test_what_yaml_makes_of_an_unquoted_text_is_told_once(text: str, severity: Severity, hint: str) -> None:
    problem = problem_of(text)
    assert problem.severity is severity
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        (f"{SERVICE}    autoDeploy: false\n", "still allows it"),
        ("services:\n  - {type: web, name: a, env: python}\n", "refuses it"),
        (f"previewsEnabled: true\n{SERVICE}", "marks it as deprecated"),
    ],
)
def test_an_old_name_is_told_with_what_the_schema_says_of_it(text: str, standing: str) -> None:
    assert standing in problem_of(text).message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services:\n  - {type: web, name: a, runtime: docker, startCommand: x}\n", "docker runtime must not have"),
        (f"{SERVICE}    dockerfilePath: ./Dockerfile\n", "non-docker runtime python cannot have dockerfilePath"),
        (f"{SERVICE}    plan: free\n    disk: {{name: a, mountPath: /a}}\n", "disks are not supported for free tier"),
        (f"{SERVICE}    pythonVersion: 3.12.0\n", "field pythonVersion not found in type file.Service"),
        ("crons: []\n", "field crons not found in type file.Spec"),
        ("services:\n  - {type: static_site, name: a}\n", 'unknown type "static_site"'),
        ("services:\n  - {type: worker, name: a, runtime: python, plan: free}\n", "of nothing else"),
    ],
)
def test_what_the_sync_refuses_is_told_in_its_words(text: str, said: str) -> None:
    problem = problem_of(text)
    assert (problem.severity, problem.confidence) == (Severity.HIGH, Confidence.MEDIUM)
    assert said in problem.message


def test_a_legacy_plan_fails_a_new_database_only() -> None:
    problem = problem_of("databases:\n  - {name: a, plan: starter}\n")
    assert (problem.severity, problem.evidence[0].place) == (Severity.MEDIUM, "render.yaml:2")
    assert "a database that exists keeps its plan" in problem.message


@pytest.mark.parametrize(
    ("addition", "before", "today"),
    [
        ("    plan: 0.5c-512mb\n", False, True),
        ("    plan: starter\n", True, True),
        ("    plan: basic-256mb\n", True, False),
        ("    renderSubdomainPolicy: enabled\n", False, True),
    ],
)
def test_a_blueprint_is_judged_by_the_schema_of_the_day(addition: str, before: bool, today: bool) -> None:
    text = f"{SERVICE}    buildCommand: pip install .\n    startCommand: python main.py\n{addition}"
    assert verdict_of(text, "2026-03-01").valid is before
    assert verdict_of(text).valid is today
