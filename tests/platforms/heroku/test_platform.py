"""Heroku as a platform: signs, the one app, its builders, and that no project is too strange for a plan."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.platforms.heroku._plans import WEB, plan, rules
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.platforms import _data
from trueup.platforms.heroku import PLATFORM
from trueup.registry import discover

CONTEXT = PlanContext(on="2026-08-06")


def signs(files: dict[str, str | bytes]) -> list[str]:
    return [evidence.place for evidence in PLATFORM.signs(Project.from_texts(files))]


def test_it_is_found() -> None:
    assert discover("trueup.platforms", "PLATFORM")["heroku"] is PLATFORM


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"Procfile": "web: x"}, ["Procfile"]),
        ({"Procfile": "web: x", "railway.json": "{}"}, []),
        ({"Procfile": "web: x", "render.yaml": "", "app.json": '{"addons": []}'}, ["app.json"]),
        ({"runtime.txt": "python-3.12.1\n"}, ["runtime.txt:1"]),
        ({"runtime.txt": "3.12"}, []),
        ({".python-version": "3.12", "requirements.txt": ""}, []),
        ({"app.json": '{"expo": {}, "name": "x"}'}, []),
        ({"app.json": '{"name": "x"}'}, []),
        ({"project.toml": '[io.buildpacks]\nbuilder = "heroku/builder:24"'}, ["project.toml:2"]),
        ({"project.toml": '[io.buildpacks]\nbuilder = "paketobuildpacks/builder"'}, []),
        ({"heroku.yml": "", ".slugignore": ""}, ["heroku.yml", ".slugignore"]),
    ],
)
def test_only_files_that_speak_for_heroku_are_signs(files: dict[str, str | bytes], expected: list[str]) -> None:
    assert signs(files) == expected


def test_one_app_with_its_variables() -> None:
    app = {
        "stack": "heroku-24",
        "formation": {"web": {"quantity": 1}},
        "env": {
            "SECRET_KEY": {"generator": "secret"},
            "MODE": "production",
            "TOKEN": {"description": "of the bank"},
            "DEBUG": {"value": "0", "required": False},
        },
    }
    files = {**WEB, "app.json": json.dumps(app, indent=1)}
    (service,) = PLATFORM.services(Project.from_texts(files), CONTEXT)
    assert (service.name, service.kind, service.root_dir.value) == ("web", "web", "")
    assert {item.name: (item.value, item.source) for item in service.variables} == {
        "SECRET_KEY": (None, "generated"),
        "MODE": ("production", "literal"),
        "TOKEN": (None, "prompted"),
        "DEBUG": ("0", "literal"),
    }
    mode = next(item for item in service.variables if item.name == "MODE")
    assert mode.evidence.line is not None
    assert "production" not in mode.evidence.text
    setting = service.setting("stack")
    assert setting is not None
    assert setting.value == "heroku-24"


def test_an_app_without_a_web_process_is_a_worker() -> None:
    project = Project.from_texts({**WEB, "Procfile": "bot: python bot.py\nrelease: x"})
    (service,) = PLATFORM.services(project, CONTEXT)
    assert (service.name, service.kind) == ("bot", "worker")


def test_a_root_directory_is_used_and_needs_a_buildpack() -> None:
    files = {f"backend/{path}": text for path, text in WEB.items()}
    files[".python-version"] = "3.11"
    made = plan(files, root_dir="./backend/")
    assert made.service.root_dir.value == "backend"
    assert any("buildpack" in evidence.text for evidence in made.service.root_dir.evidence)
    assert made.python.evidence[0].place == "backend/.python-version:1"
    assert made.python.requested == "3.13"
    assert made.problems == ()
    assert plan(files).service.root_dir.value == ""


@pytest.mark.parametrize(
    ("files", "first"),
    [
        (WEB, "heroku-classic"),
        ({**WEB, "app.json": '{"stack": "cnb"}'}, "heroku-cnb"),
        ({**WEB, "project.toml": '[io.buildpacks]\nbuilder = "heroku/builder:24"'}, "heroku-cnb"),
        ({**WEB, "project.toml": "[_]\n"}, "heroku-classic"),
    ],
)
def test_the_builder_of_today(files: dict[str, str | bytes], first: str) -> None:
    project = Project.from_texts(files)
    builders = PLATFORM.builders(project, PLATFORM.services(project, CONTEXT)[0], CONTEXT)
    assert builders[0] == first
    assert set(builders) == {"heroku-classic", "heroku-cnb"}


def test_unknown_keys_of_app_json() -> None:
    text = (
        '{\n "addons": [],\n "enviroments": {},\n "scripts": {"predeploy": "x"},\n "env": {"A": {"val": "secret"}}\n}'
    )
    made = plan({**WEB, "app.json": text})
    found = [item for item in made.problems if item.rule == "unknown-configuration-key"]
    assert [(item.evidence[0].place, item.subject) for item in found] == [
        ("app.json:3", "enviroments"),
        ("app.json:4", "scripts.predeploy"),
        ("app.json:5", "env.A.val"),
    ]
    assert found[0].hint == "Write `environments`."
    assert "secret" not in str(found)


def test_a_broken_app_json_is_named_and_nothing_else_suffers() -> None:
    made = plan({**WEB, "app.json": "{"})
    assert rules(made) == ["unreadable-file"]
    assert made.start.value == "gunicorn app:app"


def test_every_platform_row_has_its_source() -> None:
    data = _data.load("heroku")
    tables = [row for value in data.values() for row in (value if isinstance(value, list) else [value])]
    rows = [row for row in tables if "source" in row] + list(data["stack"].values()) + list(data["generation"].values())
    assert len(rows) > 15
    for row in rows:
        assert row["source"].startswith("https://")
        assert row["checked"] == "2026-11-20"


NAMES = (
    *("Procfile", "runtime.txt", ".python-version", "Pipfile", "Pipfile.lock", "requirements.txt", "poetry.lock"),
    *("uv.lock", "pyproject.toml", "app.json", "project.toml", ".slugignore", "nltk.txt", "manage.py", "heroku.yml"),
)
PIECES = st.sampled_from(
    (
        *("3.12", "python-3.9", "web: x\n", "[", "{", '{"env": 5}', '{"buildpacks": {"a": [1]}}', "django\n", "-r a\n"),
        *(
            "[io.buildpacks]\nexclude = 3",
            '[[package]]\nname = "django"',
            "-r requirements.txt",
            "\n",
            "é",
            "!",
            "#",
            "*\n",
        ),
    )
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(NAMES), st.lists(PIECES, max_size=3).map("".join) | st.binary(max_size=30)),
    st.sampled_from(["heroku-classic", "heroku-cnb"]),
    st.sampled_from(["2019-01-01", "2023-06-01", "2025-06-01", "2026-11-20", "2031-01-01"]),
    st.sampled_from([None, "3.12.1", "2.7", "x"]),
)
def test_no_project_is_too_strange(files: dict[str, str | bytes], builder: str, day: str, previous: str | None) -> None:
    made = plan(files, builder, on=day, previous_python=previous)
    assert all(problem.evidence and problem.hint and problem.message for problem in made.problems)
    assert made.python.evidence
