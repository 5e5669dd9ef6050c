"""What the guide says of projects that are not as tidy as the examples: never more than was looked at."""

from __future__ import annotations

from functools import cache

from tests.guide.test_guide import CONTEXT, cells, points, tables
from tests.reports import samples
from trueup.configuration import Configuration
from trueup.guide import Document, Material, write_guide
from trueup.guide.document import Commands, State
from trueup.matrix import make_matrix
from trueup.model.distribution import Outcome, PackageForecast
from trueup.model.matrix import falls_back
from trueup.model.project import Project
from trueup.pipeline import Choice, check
from trueup.reports._outlook import lane_name, outlooks

BY_CODE = ("No signing key", "Debug mode", "Browsers of other origins", "The hosts that are answered")
FLASK = "from flask import Flask\n\napp = Flask(__name__)\n"


def guide(files: dict[str, str], *platforms: str) -> Document:
    project = Project.from_texts(files)
    choice, index = Choice(platforms=platforms), samples.recording()
    report = check(project, CONTEXT, choice, Configuration(), lambda _: index)
    matrix = make_matrix(project, CONTEXT, choice, lambda _: index)
    told = tuple(f"{lane_name(found.lane)}: {found.sentence}" for _, found in outlooks(matrix))
    return write_guide(Material(report, CONTEXT, Configuration(), matrix, outlooks=told))


@cache
def wrong_target() -> Document:
    """The start command names a module that has no app: what app/main.py does is not looked at."""
    return guide(
        {
            "requirements.txt": "fastapi==0.115.0\nuvicorn==0.32.0\n",
            ".python-version": "3.12\n",
            "Procfile": "web: uvicorn app:app --host 0.0.0.0 --port $PORT\n",
            "app/__init__.py": "",
            "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI(debug=True)\n",
        },
        "heroku",
    )


def test_code_that_the_start_does_not_reach_is_not_called_safe() -> None:
    found = {point.text: point.state for point in points(wrong_target(), "security")}
    for title in BY_CODE:
        (state,) = [state for text, state in found.items() if text.startswith(title)]
        assert state is State.UNKNOWN, title


@cache
def unknown_python() -> Document:
    return guide({"requirements.txt": "flask==3.0.0\n", "runtime.txt": "python -3.11\n", "app.py": FLASK}, "heroku")


def test_an_unknown_python_is_not_called_maintained() -> None:
    found = {point.text: point.state for point in points(unknown_python(), "security")}
    (state,) = [state for text, state in found.items() if text.startswith("The Python still gets security fixes")]
    assert state is State.UNKNOWN


def test_where_nothing_is_installed_nothing_is_called_pinned_or_sound() -> None:
    files = {"Pipfile": "[packages]\nflask = '*'\n", "Procfile": "web: gunicorn app:app\n", "app.py": FLASK}
    document = guide(files, "heroku")
    assert tables(document, "categories") == []
    (pins,) = [point for point in points(document, "policy") if "pin" in point.text and point.state is State.UNKNOWN]
    assert "no pin was judged" in pins.text
    (yanked,) = [point for point in points(document, "security") if point.text.startswith("No pin was withdrawn")]
    assert yanked.state is State.UNKNOWN


def too_old() -> Document:
    """A Python that is too old for a pin: pip finds no file, so that no build begins."""
    return guide(
        {
            "requirements.txt": "structlog==24.4.0\npytest-cov==6.0.0\n",
            "runtime.txt": "python-3.8.18\n",
            "Procfile": "web: python app.py\n",
            "app.py": FLASK + "\n\n@app.route('/')\ndef home():\n    return ''\n",
        },
        "railway",
    )


def test_what_pip_says_of_a_python_that_is_too_old_is_told() -> None:
    document = too_old()
    seen = [row[0] for row in cells(tables(document, "trouble")[0])]
    assert "`No matching distribution found for pytest-cov`, while dependencies are installed" in seen
    assert not any("Failed building wheel" in text for text in seen)


def test_a_web_service_without_a_health_path_has_an_address_to_ask() -> None:
    document = too_old()
    (verify,) = [section for section in document.sections if section.id == "verify"]
    lines = [line for block in verify.blocks if isinstance(block, Commands) for line in block.lines]
    assert lines[-1] == 'curl --fail --silent --show-error --include "https://$HOST"/'
    (verify,) = [section for section in wrong_target().sections if section.id == "verify"]
    lines = [line for block in verify.blocks if isinstance(block, Commands) for line in block.lines]
    assert lines[-1].startswith("# no health path is set")


def test_the_next_python_is_the_next_that_is_looked_at() -> None:
    (watched,) = [point.text for point in points(too_old(), "watch") if "railpack" in point.text]
    assert "has no column" not in watched
    assert "raised to Python 3.11" in watched


def test_services_that_write_to_the_same_place_are_told_once() -> None:
    files = {
        "requirements.txt": "flask==3.0.0\n",
        "app.py": FLASK + "\nopen('notes/today.txt', 'w').write('x')\n",
        "render.yaml": "services:\n"
        + "".join(
            f"  - {{type: web, name: {name}, runtime: python, buildCommand: pip install -r requirements.txt, "
            "startCommand: python app.py}\n"
            for name in ("a", "b")
        ),
        "Procfile": "web: python app.py\n",
    }
    rows = cells(tables(guide(files, "render", "heroku"), "storage")[0])
    assert [row[0] for row in rows] == ["notes/today.txt"]


def test_an_older_version_is_not_sold_as_the_first_with_a_wheel() -> None:
    forecast = PackageForecast("django", "5.2.7", True, Outcome.UNAVAILABLE, "too old", (), fixed_in="4.2.30")
    assert falls_back(forecast)
    newer = PackageForecast("asyncpg", "0.29.0", True, Outcome.COMPILES, "no wheel", (), fixed_in="0.30.0")
    assert not falls_back(newer)
    assert not falls_back(PackageForecast("x", "not a version", True, Outcome.COMPILES, "", (), fixed_in="1.0"))
