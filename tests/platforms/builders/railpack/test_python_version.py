"""Which Python Railpack plans and which one runs, by release."""

from __future__ import annotations

import pytest

from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import BuildPlan, InputUse, PlanContext
from trueup.model.project import Project
from trueup.model.service import Service
from trueup.platforms.builders import railpack

GIVEN = Evidence.given("a test")
TODAY = "2026-11-20"


def plan(
    files: dict[str, str],
    on: str = TODAY,
    root: str = "",
    env: dict[str, str] | None = None,
    *,
    python: str | None = None,
    previous: str | None = None,
    created: str | None = None,
) -> BuildPlan:
    service = Service("web", "web", Fact(root, (GIVEN,)), (GIVEN,))
    context = PlanContext(on=on, env=env or {}, python=python, previous_python=previous, created=created)
    return railpack.plan(Project.from_texts(files).subtree(root), service, context)


FASTAPI = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": ""}


@pytest.mark.parametrize(
    ("on", "version"),
    [
        ("2025-01-01", "3.13.1"),
        ("2025-02-20", "3.13.2"),
        ("2025-03-07", "3.11"),
        ("2025-09-01", "3.11"),
        ("2025-09-15", "3.11"),
        ("2025-09-16", "3.13"),
        ("2025-09-20", "3.13"),
        (TODAY, "3.13"),
    ],
)
def test_default_moves_with_the_release(on: str, version: str) -> None:
    choice = plan(FASTAPI, on).python
    assert (choice.version, choice.requested, choice.source) == (version, None, "railpack default")
    assert choice.evidence[0].url
    assert choice.evidence[0].checked


def test_version_file_outside_the_root_directory_is_not_seen() -> None:
    files = {".python-version": "3.11.9\n", "backend/requirements.txt": "fastapi\n", "backend/main.py": ""}
    choice = plan(files, root="backend").python
    assert choice.version == "3.13"
    assert choice.inputs == ()


@pytest.mark.parametrize(
    ("on", "planned", "runs"),
    [
        ("2025-10-01", "3.11.9", None),  # 0.8 reads the file's text itself
        ("2025-11-10", "3.11.9", None),  # so does 0.11
        ("2025-11-20", "3.13", "3.11.9"),  # 0.12 to 0.16 leave it to mise, which their planner does not let read it
        ("2026-01-18", "3.13", "3.11.9"),
        ("2026-01-19", "3.11.9", None),
        (TODAY, "3.11.9", None),
    ],
)
def test_version_file_by_release(on: str, planned: str, runs: str | None) -> None:
    files = {f"backend/{name}": text for name, text in FASTAPI.items()} | {"backend/.python-version": "3.11.9\n"}
    made = plan(files, on, root="backend")
    choice = made.python
    assert choice.version == planned
    assert (choice.runs.value if choice.runs else None) == runs
    assert choice.minor == "3.11"
    assert made.target is not None
    assert made.target.python == "3.11.9"
    assert [item.use for item in choice.inputs] == [InputUse.DECIDES]
    assert choice.inputs[0].evidence.place == "backend/.python-version:1"


@pytest.mark.parametrize(
    ("on", "source"),
    [
        ("2025-09-01", "Pipfile > python_version"),
        ("2025-10-10", "mise.toml"),
        ("2026-03-01", "mise.toml"),
        (TODAY, "RAILPACK_PYTHON_VERSION"),
    ],
)
def test_order_of_precedence_by_release(on: str, source: str) -> None:
    files = {
        **FASTAPI,
        "mise.toml": '[tools]\npython = "3.12.4"\n',
        "runtime.txt": "python-3.10.2\n",
        "Pipfile": '[requires]\npython_version = "3.9"\n',
    }
    choice = plan(files, on, env={"RAILPACK_PYTHON_VERSION": "3.11.3"}).python
    assert choice.source == source
    assert {item.source for item in choice.inputs} == {"mise.toml", "runtime.txt", "Pipfile", "RAILPACK_PYTHON_VERSION"}
    assert sum(item.use is InputUse.DECIDES for item in choice.inputs) == 1


def test_variable_plans_but_the_version_file_runs() -> None:
    choice = plan({**FASTAPI, ".python-version": "3.11.9\n"}, env={"RAILPACK_PYTHON_VERSION": "3.13.1"}).python
    assert (choice.requested, choice.version, choice.source) == ("3.13.1", "3.13.1", "RAILPACK_PYTHON_VERSION")
    assert choice.runs is not None
    assert choice.runs.value == "3.11.9"
    uses = {item.source: item.use for item in choice.inputs}
    assert uses == {"RAILPACK_PYTHON_VERSION": InputUse.SHADOWED, ".python-version": InputUse.DECIDES}


def test_the_lowest_of_several_versions_is_planned_and_the_first_runs() -> None:
    choice = plan({**FASTAPI, ".python-version": "3.12.1\n3.10.1\n"}).python
    assert choice.version == "3.10.1"
    assert choice.effective == "3.12.1"


def test_runtime_txt_does_not_reach_the_container() -> None:
    choice = plan({**FASTAPI, "runtime.txt": "python-3.11.9\n"}, env={"RAILPACK_PYTHON_VERSION": "3.12"}).python
    assert choice.version == "3.12"
    assert choice.runs is None


def test_a_range_becomes_the_newest_python_of_the_day() -> None:
    files = {**FASTAPI, ".python-version": ">=3.11,<3.13\n"}
    assert plan(files, "2026-09-30").python.version == "3.14"
    assert plan(files, "2026-10-10").python.version == "3.14"  # 3.15 is out, but not yet for 14 days
    assert plan(files, TODAY).python.version == "3.15"


def test_a_file_that_stops_mise_is_told_and_the_next_place_decides() -> None:
    made = plan({**FASTAPI, ".python-version": '"3.11"\n', "runtime.txt": "3.12\n"})
    assert (made.python.version, made.python.source) == ("3.12", "runtime.txt")
    problem = next(problem for problem in made.problems if problem.rule == "python-version-invalid")
    assert problem.evidence[0].place == ".python-version:1"
    assert InputUse.INVALID in {item.use for item in made.python.inputs}


@pytest.mark.parametrize("text", ["2024.1", "myproject-env", "4", "3.99"])
def test_a_version_that_does_not_exist_stops_the_build(text: str) -> None:
    made = plan({**FASTAPI, ".python-version": f"{text}\n"})
    assert made.python.version is None
    assert made.target is None
    problem = next(problem for problem in made.problems if problem.rule == "python-version-unavailable")
    assert problem.subject == f"failed to resolve version {text} of python"


def test_an_old_python_has_no_ready_made_build() -> None:
    files = {**FASTAPI, "runtime.txt": "python-3.7.9\n"}
    subjects = [problem.subject for problem in plan(files).problems]
    assert subjects == ["no precompiled python found for core:python@3.7.9 on x86_64-unknown-linux-gnu"]
    assert plan(files, "2025-10-15").problems == ()
    assert plan(files, env={"MISE_PYTHON_COMPILE": "1"}).problems == ()


def test_the_last_build_replaces_the_default_only() -> None:
    assert plan(FASTAPI, previous="3.11.9").python.version == "3.11.9"
    assert plan(FASTAPI, previous="3.11.9").python.source == "previous installed version"
    assert plan({**FASTAPI, "runtime.txt": "3.12.1"}, previous="3.11.9").python.version == "3.12.1"


def test_an_old_service_may_keep_its_python() -> None:
    subjects = [unknown.subject for unknown in plan(FASTAPI, created="2025-06-01").unknowns]
    assert "the Python of the last build" in subjects
    subjects = [unknown.subject for unknown in plan(FASTAPI, created="2025-10-01").unknowns]
    assert "the Python of the last build" not in subjects


def test_a_forced_python_wins_over_everything() -> None:
    choice = plan({**FASTAPI, ".python-version": "3.11.9\n"}, python="3.12").python
    assert (choice.version, choice.source, choice.runs) == ("3.12", "--python", None)
    assert {item.use for item in choice.inputs[1:]} == {InputUse.SHADOWED}
