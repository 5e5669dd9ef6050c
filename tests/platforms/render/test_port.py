"""Where a start command listens on Render."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.platforms._render_port import listening, port_of


@pytest.mark.parametrize(
    ("command", "binds", "reachable"),
    [
        ("gunicorn app:app", "0.0.0.0:10000", True),
        ("gunicorn app:app --bind 127.0.0.1:5000", "127.0.0.1:5000", False),
        ("gunicorn -b 0.0.0.0:$PORT app:app", "0.0.0.0:10000", True),
        ("poetry run gunicorn app:app", "0.0.0.0:10000", True),
        ("uvicorn main:app", "127.0.0.1:8000", False),
        ("uvicorn main:app --host 0.0.0.0 --port $PORT", "0.0.0.0:10000", True),
        ("python -m uvicorn main:app --host=0.0.0.0 --port=${PORT:-8000}", "0.0.0.0:10000", True),
        ("hypercorn main:app", "127.0.0.1:8000", False),
        ("hypercorn main:app --bind 0.0.0.0:$PORT", "0.0.0.0:10000", True),
        ("flask run", "127.0.0.1:5000", False),
        ("flask run --host=0.0.0.0 -p $PORT", "0.0.0.0:10000", True),
        ("daphne -b 0.0.0.0 -p $PORT site.asgi:application", "0.0.0.0:10000", True),
        ("python manage.py runserver", "127.0.0.1:8000", False),
        ("python manage.py runserver 0.0.0.0:$PORT", "0.0.0.0:10000", True),
        ("python manage.py migrate && gunicorn site.wsgi", "0.0.0.0:10000", True),
    ],
)
def test_the_command_says_the_address(command: str, binds: str, reachable: bool) -> None:
    found = listening(command, {})
    assert found is not None
    assert (found.binds, found.reachable) == (binds, reachable)


def test_a_script_does_not_say_it() -> None:
    assert listening("python main.py", {}) is None
    assert listening("celery -A app worker", {}) is None


def test_own_gunicorn_arguments_replace_renders() -> None:
    found = listening("gunicorn app:app", {"GUNICORN_CMD_ARGS": "--timeout 120", "PORT": "8080"})
    assert found is not None
    assert found.binds == "0.0.0.0:8080"


def test_the_port_is_10000_unless_the_service_sets_it() -> None:
    assert port_of({}) == 10000
    assert port_of({"PORT": "8080"}) == 8080
    assert port_of({"PORT": None}) is None
    assert port_of({"PORT": "web"}) is None


@given(st.text(max_size=60), st.dictionaries(st.sampled_from(["PORT", "GUNICORN_CMD_ARGS"]), st.text(max_size=10)))
def test_no_command_makes_it_raise(command: str, variables: dict[str, str | None]) -> None:
    listening(command, variables)
    listening(f"gunicorn {command}", variables)
