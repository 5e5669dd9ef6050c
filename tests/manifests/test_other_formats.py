"""Dockerfile, environment files and setup.cfg."""

from __future__ import annotations

import pytest

from tests.manifests._files import DOCKERFILE, DOTENV, SETUP_CFG, source
from trueup.manifests import dockerfile, dotenv, setup_cfg


def test_dockerfile_stages_instructions_and_lines() -> None:
    found = dockerfile.parse(source("Dockerfile", DOCKERFILE))
    assert not found.problems
    assert [(stage.image, stage.name) for stage in found.stages] == [
        ("python:3.12-slim-bookworm", "base"),
        ("base", None),
    ]
    first, second = found.stages
    assert [(i.name, i.value, i.line) for i in first.instructions[:2]] == [
        ("RUN", "apt-get update && apt-get install -y libpq-dev", 4),
        ("COPY", "requirements.txt .", 9),
    ]
    assert first.instructions[2].body == "pip install -r requirements.txt"
    command = second.last("CMD")
    assert command is not None
    assert command.words == ("gunicorn", "app:app", "--bind", "0.0.0.0:8000")
    assert command.evidence.line == 16
    assert found.base_image(second) == "python:3.12-slim-bookworm"


def test_the_base_image_states_the_python() -> None:
    (statement,) = dockerfile.python_statements(source("Dockerfile", DOCKERFILE))
    assert (statement.source, statement.value, statement.evidence.line) == ("Dockerfile FROM", "3.12", 3)


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("python", "latest"),
        ("python:3", "3"),
        ("python:3.11.9-slim", "3.11.9"),
        ("python:slim", "slim"),
        ("docker.io/library/python:3.13@sha256:aa", "3.13"),
        ("localhost:5000/team/python:3.14.0rc2", "3.14.0rc2"),
        ("images.example/devcontainers/python:1-3.12-bookworm", "3.12"),
        ("registry.example/uv:python3.12-bookworm-slim", "3.12"),
        ("debian:12", None),
        ("localhost:5000/app", None),
        ("scratch", None),
    ],
)
def test_image_python(image: str, version: str | None) -> None:
    assert dockerfile.image_python(image) == version


@pytest.mark.parametrize(
    ("text", "version", "line"),
    [
        ("ARG PY=3.12\nFROM python:${PY}-slim\n", "3.12", None),
        ("FROM debian\nARG PY=3.12\nFROM python:$PY\n", "$PY", 3),
        ("FROM python:${PY}\nARG PY=3.12\n", "${PY}", 1),
        ("FROM python:${PY}-slim\n", "${PY}-slim", 1),
        ("ARG PY\nFROM python:${PY}\n", "${PY}", None),
        ("ARG A=1 PY=3.11\nFROM python:$PY\n", "3.11", None),
        ('ARG PY="3.12" \nFROM python:${PY:-3.10}\n', "3.12", None),
        ("FROM python:3.12$SUFFIX\n", "3.12", None),
        ("FROM --platform=$BUILDPLATFORM python:3.12\n", "3.12", None),
    ],
)
def test_only_an_argument_above_the_first_stage_has_a_value(text: str, version: str, line: int | None) -> None:
    file = source("Dockerfile", text)
    (statement,) = dockerfile.python_statements(file)
    assert statement.value == version
    assert [problem.evidence[0].line for problem in dockerfile.parse(file).problems] == ([line] if line else [])


def test_what_is_no_dockerfile_is_a_problem() -> None:
    (problem,) = dockerfile.parse(source("Dockerfile", "FROM python\nsudo apt install x\n")).problems
    assert problem.evidence[0].line == 2
    assert "has no FROM" in dockerfile.parse(source("Dockerfile", "# nothing\n")).problems[0].message


def test_the_escape_directive_and_crossing_stages() -> None:
    found = dockerfile.parse(source("Dockerfile", "# escape=`\nFROM a AS x\nFROM x AS a\nRUN one `\n two\n"))
    assert found.stages[1].instructions[0].value == "one two"
    assert found.base_image(found.stages[0]) in ("a", "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("$A", "1"), ("${A}x", "1x"), ("${B:-d}", "d"), ("${A:+y}", "y"), ("${B:+y}", ""), (r"\$A", "$A"), ("$B", "")],
)
def test_variables_are_put_in(text: str, expected: str) -> None:
    assert dockerfile.substitute(text, {"A": "1"}) == expected


def test_environment_files_give_names_and_never_values() -> None:
    found = dotenv.parse(source(".env", DOTENV))
    assert [(e.name, e.line, e.has_value) for e in found.entries] == [
        ("DATABASE_URL", 2, True),
        ("SECRET_KEY", 3, True),
        ("EMPTY", 4, False),
        ("ALONE", 5, False),
        ("QUOTED", 6, True),
        ("OTHER", 8, True),
        ("LAST", 10, True),
    ]
    assert [p.evidence[0].line for p in found.problems] == [9]
    told = repr(found)
    assert not any(secret in told for secret in ("hunter2", "s3cr3t", "prose", "two"))
    values = {e.name: e.value for e in found.entries}
    assert values["SECRET_KEY"] == "s3cr3t # not a comment"
    assert values["OTHER"] == "value"
    assert values["QUOTED"] == "two\nlines"


@pytest.mark.parametrize(
    ("value", "real"), [("your-key-here", False), ("changeme", False), ("", False), ("x8Jq2", True)]
)
def test_placeholders_are_told_from_values(value: str, real: bool) -> None:
    (entry,) = dotenv.parse(source(".env.example", f"KEY={value}\n")).entries
    assert entry.looks_real is real


def test_setup_cfg() -> None:
    found = setup_cfg.parse(source("setup.cfg", SETUP_CFG))
    assert [(r.name, str(r.specifier), r.evidence.line) for r in found.dependencies] == [
        ("requests", ">=2", 7),
        ("attrs", "", 8),
    ]
    assert [(r.name, r.evidence.line) for r in found.optional_dependencies["db"]] == [("asyncpg", 12)]
    assert found.requires_python == ">=3.9"
    assert found.requires_python_evidence is not None
    assert found.requires_python_evidence.line == 5
    files = setup_cfg.parse(source("setup.cfg", "[options]\ninstall_requires = file: a.txt, b.txt\n"))
    assert files.requirement_files == ("a.txt", "b.txt")
    (problem,) = setup_cfg.parse(source("setup.cfg", "[options\nx\n")).problems
    assert problem.rule == "unreadable-file"
