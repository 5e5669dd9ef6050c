"""Apps that something else builds than Heroku's Python buildpack: no failure of that buildpack is foretold for them."""

from __future__ import annotations

import json

import pytest

from tests.platforms.heroku._plans import WEB, plan, problem
from trueup.configuration import Configuration
from trueup.model.finding import Verdict
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.report import Result
from trueup.pipeline import Choice, check

DAY = PlanContext(on="2026-08-06")
NODE: dict[str, str | bytes] = {"package.json": '{"scripts": {"start": "node server.js"}}', "server.js": ""}
TWO_MANAGERS: dict[str, str | bytes] = {"requirements.txt": "poetry==1.8.2\n", "poetry.lock": "", "heroku.yml": ""}


def judged(files: dict[str, str | bytes]) -> Result:
    choice = Choice(("heroku",), ("heroku-classic",))
    return check(Project.from_texts(files), DAY, choice, Configuration(), None).results[0]


def test_a_project_of_another_language_is_not_accused_of_lacking_python() -> None:
    result = judged(NODE)
    assert result.verdict is Verdict.UNKNOWN
    assert [item.rule for item in result.findings] == []
    assert "its Node.js provider (package.json)" in result.unknowns[0].reason


@pytest.mark.parametrize(("path", "language"), [("go.mod", "Go"), ("composer.json", "PHP"), ("pom.xml", "Java")])
def test_languages_that_heroku_asks_after_python_count_where_nothing_is_python(path: str, language: str) -> None:
    result = judged({path: ""})
    assert result.verdict is Verdict.UNKNOWN
    assert f"its {language} provider ({path})" in result.unknowns[0].reason
    assert not any("provider" in item.reason for item in judged({path: "", "requirements.txt": ""}).unknowns)


def test_it_is_where_app_json_asks_for_the_python_buildpack() -> None:
    app = json.dumps({"buildpacks": [{"url": "heroku/python"}]})
    assert judged({**NODE, "app.json": app}).verdict is Verdict.WILL_FAIL


def test_a_stack_of_containers_is_built_by_docker() -> None:
    result = judged({**TWO_MANAGERS, "app.json": json.dumps({"stack": "container"}, indent=1)})
    assert result.verdict is Verdict.UNKNOWN
    assert [item.subject for item in result.unknowns if item.essential] == ["Dockerfile"]
    assert result.unknowns[0].evidence[0].place == "app.json:2"
    assert all("app.json does not ask for" in item.message for item in result.findings)
    assert judged(TWO_MANAGERS).verdict is Verdict.WILL_FAIL


@pytest.mark.parametrize(
    ("buildpacks", "subjects"),
    [
        (["https://github.com/Scalingo/python-buildpack"], ["builder"]),
        (["heroku/nodejs"], ["builder"]),
        (["heroku/nodejs", "heroku/python"], []),
        (["https://github.com/heroku/heroku-buildpack-python.git#v300"], []),
        ([], []),
    ],
)
def test_other_buildpacks_are_not_predicted(buildpacks: list[str], subjects: list[str]) -> None:
    made = plan({**WEB, "app.json": json.dumps({"buildpacks": [{"url": url} for url in buildpacks]})})
    assert [item.subject for item in made.unknowns if item.essential] == subjects


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("app/requirements.txt", "add a requirements.txt there with `-r app/requirements.txt`, or deploy app/ alone"),
        ("app/poetry.lock", "Move it to the root of the app or deploy app/ alone"),
        ("docs/requirements.txt", "Commit exactly one of requirements.txt"),
    ],
)
def test_what_to_do_about_a_file_in_a_folder(path: str, words: str) -> None:
    made = plan({"main.py": "", "Procfile": "web: python main.py\n", path: ""})
    assert words in problem(made, "builder-error").hint


def test_a_procfile_in_a_folder_is_included_by_nothing() -> None:
    made = plan({"requirements.txt": "", "app/Procfile": "web: python main.py\n", "app/main.py": ""})
    assert problem(made, "no-start-command").hint == "Move it to the root of the app or deploy app/ alone."
