"""Which Python Render takes: variable, file, default by the creation day; unknown where Render does not say."""

from __future__ import annotations

import pytest

from tests.platforms.render.conftest import Planner
from trueup.model.finding import Severity
from trueup.model.plan import InputUse

REQUIREMENTS = {"requirements.txt": "flask\n"}


def blueprint(variables: str = "", **keys: str) -> str:
    extra = "".join(f"    {key}: {value}\n" for key, value in keys.items())
    listed = f"    envVars:\n{variables}" if variables else ""
    return f"services:\n  - type: web\n    name: api\n    runtime: python\n{extra}{listed}"


def version_variable(text: str) -> str:
    return f"      - key: PYTHON_VERSION\n        value: {text}\n"


@pytest.mark.parametrize(
    ("created", "version"),
    [
        ("2019-07-04", "3.7.10"),
        ("2023-10-31", "3.7.10"),
        ("2023-11-01", None),
        ("2023-12-03", None),
        ("2023-12-04", "3.11.6"),
        ("2025-06-11", "3.11.11"),
        ("2025-06-12", "3.13.4"),
        ("2026-02-10", "3.13.4"),
        ("2026-02-11", "3.14.3"),
        ("2027-01-01", "3.14.3"),
    ],
)
def test_the_creation_day_decides_the_default(plan_of: Planner, created: str, version: str | None) -> None:
    plan = plan_of(REQUIREMENTS, created=created)
    assert plan.python.version == version
    assert plan.python.source == "default"
    assert any(item.subject == "python" and item.essential for item in plan.unknowns) is (version is None)


def test_without_a_creation_day_the_day_asked_about_counts_and_the_evidence_says_so(plan_of: Planner) -> None:
    plan = plan_of(REQUIREMENTS, on="2025-01-31")
    assert plan.python.version == "3.11.11"
    assert "creation day is not known" in plan.python.evidence[0].text


def test_a_full_variable_decides_over_the_file(plan_of: Planner) -> None:
    files = {**REQUIREMENTS, ".python-version": "3.12\n", "render.yaml": blueprint(version_variable("3.11.9"))}
    plan = plan_of(files)
    assert (plan.python.version, plan.python.source) == ("3.11.9", "PYTHON_VERSION")
    assert plan.details["log_line"] == "==> Using Python version 3.11.9 via environment variable PYTHON_VERSION"
    assert {item.source: item.use for item in plan.python.inputs} == {
        "PYTHON_VERSION in render.yaml": InputUse.DECIDES,
        ".python-version": InputUse.SHADOWED,
    }
    assert plan.python.evidence[0].place == "render.yaml:7"


def test_a_given_variable_outranks_the_blueprint(plan_of: Planner) -> None:
    plan = plan_of({"render.yaml": blueprint(version_variable("3.11.9"))}, env={"PYTHON_VERSION": "3.12.4"})
    assert plan.python.version == "3.12.4"
    assert [item.use for item in plan.python.inputs] == [InputUse.DECIDES, InputUse.SHADOWED]


@pytest.mark.parametrize("text", ["3.11", "3.13"])
def test_a_partial_variable_stops_the_build_with_renders_own_line(plan_of: Planner, text: str) -> None:
    plan = plan_of({"render.yaml": blueprint(version_variable(f'"{text}"'))})
    (problem,) = [item for item in plan.problems if item.rule == "python-version-invalid"]
    assert plan.python.version is None
    assert problem.severity is Severity.HIGH
    assert f"You have requested {text}. See https://render.com/docs/python-version" in problem.message
    assert plan.details["errors"] == (problem.message.split("“")[1].rstrip("”"),)
    assert plan.target is None


def test_an_unquoted_version_that_yaml_takes_for_a_number_may_lose_its_zero(plan_of: Planner) -> None:
    plan = plan_of({"render.yaml": blueprint(version_variable("3.10"))})
    errors = plan.details["errors"]
    assert isinstance(errors, tuple)
    assert [error.split("requested ")[1].split(". See")[0] for error in errors] == ["3.1", "3.10"]
    assert "YAML" in plan.problems[0].message
    assert "quotes" in plan.problems[0].hint


@pytest.mark.parametrize("text", ["python-3.11.9", "v3.11.9", ">=3.11", "3.13.0rc1", "3", "three", "3.11.9 ", "٣.١١.٩"])
def test_other_texts_are_refused_and_what_render_says_is_unknown(plan_of: Planner, text: str) -> None:
    plan = plan_of(REQUIREMENTS, env={"PYTHON_VERSION": text})
    assert plan.python.version is None
    assert [item.rule for item in plan.problems] == ["python-version-invalid"]
    assert plan.details["errors"] == ()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("3.7.3", None),
        ("3.7.2", "python-version-invalid"),
        ("3.6.15", "python-version-invalid"),
        ("2.7.18", "python-version-invalid"),
        ("3.99.0", "python-version-invalid"),
        ("3.9.25", None),
        ("3.9.26", "python-version-unavailable"),
        ("3.12.99", "python-version-unavailable"),
    ],
)
def test_only_released_versions_from_3_7_3_are_offered(plan_of: Planner, text: str, rule: str | None) -> None:
    plan = plan_of(REQUIREMENTS, env={"PYTHON_VERSION": text})
    assert [item.rule for item in plan.problems] == ([rule] if rule else [])
    assert plan.python.version == (None if rule else text)


def test_a_patch_that_may_have_come_out_since_is_taken_and_told(plan_of: Planner) -> None:
    plan = plan_of(REQUIREMENTS, env={"PYTHON_VERSION": "3.14.8"})
    assert plan.python.version == "3.14.8"
    assert any("newer than the releases known" in item.reason for item in plan.unknowns)


@pytest.mark.parametrize(("text", "version"), [("3.12.4\n", "3.12.4"), ("3.12.4", "3.12.4"), ("3.12\n", "3.12")])
def test_the_file_may_leave_the_patch_out(plan_of: Planner, text: str, version: str) -> None:
    plan = plan_of({**REQUIREMENTS, ".python-version": text})
    assert (plan.python.version, plan.python.source) == (version, ".python-version")
    full = version.count(".") == 2
    line = f"==> Using Python version {version} via /opt/render/project/src/.python-version"
    assert plan.details["log_line"] == (line if full else None)


@pytest.mark.parametrize(
    "text", ["# pin\n3.11.9\n", "3.11.9\n3.12.1\n", "python-3.11\n", "", "3\n", "3.11.9\r\n", "\n3.11\n"]
)
def test_what_render_does_not_document_of_the_file_is_unknown(plan_of: Planner, text: str) -> None:
    plan = plan_of({**REQUIREMENTS, ".python-version": text})
    assert plan.python.version is None
    assert plan.problems == ()
    assert any(item.subject == "python" and item.essential for item in plan.unknowns)


@pytest.mark.parametrize("path", [".python-version", "backend/.python-version"])
def test_the_file_of_a_service_with_a_root_directory_is_ambiguous(plan_of: Planner, path: str) -> None:
    plan = plan_of({"backend/requirements.txt": "flask\n", path: "3.11.9\n"}, root_dir="backend")
    (unknown,) = [item for item in plan.unknowns if item.subject == "python"]
    assert plan.python.version is None
    assert path in unknown.reason
    assert "3.11.9" in unknown.reason
    assert "3.14.3" in unknown.reason


def test_two_files_that_agree_leave_nothing_open(plan_of: Planner) -> None:
    files = {
        "backend/requirements.txt": "flask\n",
        ".python-version": "3.11.9\n",
        "backend/.python-version": "3.11.9\n",
    }
    plan = plan_of(files, root_dir="backend")
    assert plan.python.version == "3.11.9"
    assert plan.details["log_line"] is None, "which of the two the log names is open"


@pytest.mark.parametrize(
    ("variable", "why"),
    [
        ("        sync: false\n", "dashboard"),
        ("        generateValue: true\n", "random"),
        ("        fromService:\n          type: web\n          name: b\n          envVarKey: V\n", "another resource"),
    ],
)
def test_a_version_that_no_file_holds_is_unknown(plan_of: Planner, variable: str, why: str) -> None:
    plan = plan_of({"render.yaml": blueprint(f"      - key: PYTHON_VERSION\n{variable}")})
    assert plan.python.version is None
    assert why in next(item.reason for item in plan.unknowns if item.subject == "python")


def test_a_group_of_the_blueprint_gives_the_version(plan_of: Planner) -> None:
    text = blueprint("      - fromGroup: shared\n")
    text += "envVarGroups:\n  - name: shared\n    envVars:\n      - key: PYTHON_VERSION\n        value: 3.12.8\n"
    plan = plan_of({"render.yaml": text})
    assert plan.python.version == "3.12.8"
    assert plan.python.evidence[0].place == "render.yaml:11"
