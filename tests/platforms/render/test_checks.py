"""What is wrong with a blueprint, with the line, what Render does, and the right spelling."""

from __future__ import annotations

import pytest

from trueup.manifests._document import load_yaml
from trueup.model.finding import Problem, Severity
from trueup.model.project import SourceFile
from trueup.platforms._render_checks import Verdict, check_blueprint

SERVICE = "services:\n  - type: web\n    name: api\n    runtime: python\n"


def verdict_of(text: str) -> Verdict:
    return check_blueprint(load_yaml(SourceFile("render.yaml", text.encode())))


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
    assert (problem.rule, problem.severity) == ("unknown-configuration-key", Severity.MEDIUM)
    assert problem.evidence[0].place == "render.yaml:5"
    assert key.partition(":")[0] in problem.message
    assert right in problem.hint


def test_a_key_of_a_service_at_the_top_level_is_misplaced() -> None:
    problem = problem_of(f"startCommand: x\n{SERVICE}")
    assert "inside a service" in problem.hint


def test_a_cron_job_has_no_pre_deploy_command() -> None:
    text = "services:\n  - {type: cron, name: a, runtime: python, schedule: x, preDeployCommand: y}\n"
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
        ("services:\n  - {type: static, name: a, buildCommand: x, staticPublishPath: y}\n", "runtime: static"),
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
