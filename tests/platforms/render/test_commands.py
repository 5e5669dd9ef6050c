"""What a build command installs, from which files, and what else it runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.model.project import Project
from trueup.platforms._render_commands import parse_build

TREE = Project.from_texts(
    {
        "requirements.txt": "flask\n",
        "requirements/prod.txt": "flask\n",
        "poetry.lock": "",
        "pyproject.toml": "",
        "uv.lock": "",
        "Pipfile": "",
        "Pipfile.lock": "",
        "build.sh": "#!/bin/bash\nset -o errexit\n# why\npip install -r requirements.txt\npython manage.py migrate\n",
        "loop.sh": "./loop.sh\n",
    }
)


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("pip install -r requirements.txt", ("requirements.txt",)),
        ("pip3.12 install --no-cache-dir -r requirements.txt", ("requirements.txt",)),
        ("python -m pip install --requirement=requirements.txt", ("requirements.txt",)),
        ("pip install -rrequirements.txt -c limits.txt", ("requirements.txt",)),
        ("pip install --upgrade pip && pip install -r requirements.txt", ("requirements.txt",)),
        ("cd requirements && pip install -r prod.txt", ("requirements/prod.txt",)),
        ("cd requirements; cd ..; pip install -r ./requirements.txt", ("requirements.txt",)),
        ("pip install -r ../shared.txt", ("../shared.txt",)),
        ("pip install .", ("pyproject.toml",)),
        ("pip install -e '.[prod]'", ("pyproject.toml",)),
        ("poetry install --only main", ("poetry.lock", "pyproject.toml")),
        ("uv sync --frozen", ("uv.lock", "pyproject.toml")),
        ("uv pip install -r requirements.txt", ("requirements.txt",)),
        ("uv pip sync requirements.txt", ("requirements.txt",)),
        ("pipenv install --deploy", ("Pipfile.lock", "Pipfile")),
        ("PIP_NO_CACHE_DIR=1 pip install -r requirements.txt", ("requirements.txt",)),
        ("bash build.sh", ("requirements.txt",)),
        ("./build.sh", ("requirements.txt",)),
        ("bash -c 'pip install -r requirements.txt'", ("requirements.txt",)),
        ("poetry export -o out.txt && pip install -r out.txt", ("poetry.lock", "pyproject.toml")),
        ("uv export > out.txt && pip install -r out.txt", ("uv.lock", "pyproject.toml")),
        ("pip install \\\n  -r requirements.txt", ("requirements.txt",)),
        ("pip install -i https://index.example/simple -r requirements.txt", ("requirements.txt",)),
        ("npm ci && npm run build", ()),
        ("pip list", ()),
        ("poetry run pytest", ()),
    ],
)
def test_the_files_are_exactly_those_that_the_install_steps_read(command: str, files: tuple[str, ...]) -> None:
    parsed = parse_build(command, TREE)
    assert tuple(dict.fromkeys(path for item in parsed.install for path in item.files)) == files


def test_other_commands_are_build_steps() -> None:
    parsed = parse_build("pip install -r requirements.txt && python manage.py collectstatic --no-input", TREE)
    assert parsed.build == ("python manage.py collectstatic --no-input",)
    assert parse_build("./build.sh", TREE).build == ("python manage.py migrate",)


def test_a_step_keeps_the_folder_that_it_runs_in() -> None:
    parsed = parse_build("cd requirements && pip install -r prod.txt -c ../limits.txt && make", TREE)
    assert parsed.install[0].text == "cd requirements && pip install -r prod.txt -c ../limits.txt"
    assert parsed.install[0].constraints == ("limits.txt",)
    assert parsed.build == ("cd requirements && make",)


def test_flags_that_choose_files_are_noted() -> None:
    parsed = parse_build("pip install --only-binary :all: --no-binary=psycopg -r requirements.txt", TREE)
    assert parsed.install[0].flags == ("--only-binary=:all:", "--no-binary=psycopg")
    assert parse_build("poetry install --without dev", TREE).install[0].flags == ("--without=dev",)


def test_requirements_on_the_command_line_are_told() -> None:
    parsed = parse_build('pip install -U "uvicorn[standard]>=0.30" gunicorn', TREE)
    assert parsed.install[0].names == ("uvicorn[standard]>=0.30", "gunicorn")


def test_a_script_that_is_not_there_or_calls_itself_is_noted() -> None:
    assert parse_build("./deploy.sh", TREE).unread == ("deploy.sh",)
    assert parse_build("./loop.sh", TREE).unread == ("loop.sh",)


def test_an_unclosed_quotation_is_told() -> None:
    parsed = parse_build("pip install 'flask", TREE)
    assert parsed.problem
    assert parsed.build == ("pip install 'flask",)


WORDS = "pip install -r x.txt && ; cd .. ' uv sync -e . bash -c".split()  # noqa: SIM905 - reads better


@given(st.text(max_size=80) | st.lists(st.sampled_from([*WORDS, "\n"]), max_size=12).map(" ".join))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    parsed = parse_build(text, TREE)
    assert all(isinstance(path, str) and path for item in parsed.install for path in item.files)
