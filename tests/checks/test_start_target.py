"""Start commands that go out of what the platform builds, or run a script that is not there."""

from __future__ import annotations

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks import start_commands_differ
from trueup.checks.start_target_missing import CHECK
from trueup.model.finding import Finding

FILES = {"main.py": "app = 1\n", "requirements.txt": "uvicorn\n", "deploy/start.sh": "uvicorn main:app\n"}


def found(command: str) -> list[Finding]:
    return findings(CHECK, context_of({**FILES, "Procfile": f"web: {command}\n"}))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("python ../../other/main.py", "goes to ../../other/main.py, outside of the repository's root"),
        ("cd ../.. && uvicorn main:app", "goes to ../.., outside of the repository's root"),
        ("bash ../../start.sh", "runs the script ../../start.sh, outside of the repository's root"),
        ("bash start.sh", "runs the script start.sh, and there is no such file; deploy/start.sh lies elsewhere"),
        ("./scripts/run.sh", "runs the script scripts/run.sh, and there is no such file"),
    ],
)
def test_what_is_not_in_the_image(command: str, words: str) -> None:
    (finding,) = found(command)
    assert words in finding.message
    assert finding.evidence[0].place == "Procfile:1"


@pytest.mark.parametrize(
    "command",
    [
        "bash deploy/start.sh",
        "cd ../app && uvicorn main:app",
        "python ../app/main.py",
        "bash /usr/local/bin/start.sh",
        "bash $SCRIPT",
        "bash <(cat deploy/start.sh)",
        "cd /app && uvicorn main:app",
    ],
)
def test_what_may_well_be_there(command: str) -> None:
    assert not found(command)


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("python manage.py migrate", "runs manage.py before a new version goes live"),
        ("DJANGO_DEBUG=0 python3 -u manage.py migrate && echo done", "src/manage.py lies elsewhere"),
        ("python src/manage.py migrate", ""),
        ("cd src && python manage.py migrate", ""),
        ("python -m alembic upgrade head", ""),
        ("flask db upgrade", ""),
    ],
)
def test_a_release_command_of_a_file_that_is_not_there(release: str, words: str) -> None:
    texts: dict[str, str | bytes] = {
        "main.py": "app = 1\n",
        "requirements.txt": "uvicorn\ndjango\n",
        "src/manage.py": "",
        "Procfile": f"release: {release}\nweb: uvicorn main:app\n",
    }
    messages = [item.message for item in findings(CHECK, context_of(texts, builder="heroku-classic"))]
    assert [words in message for message in messages] == ([True] if words else [])


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "start it in backend/, where it looks for its modules (`cd backend && …`), or set backend as the root"),
        ({"backend/__init__.py": ""}, "makes a Django application: start backend.config.wsgi:application."),
    ],
)
def test_an_application_below_a_folder_starts_in_that_folder(files: dict[str, str], words: str) -> None:
    """`backend.config.wsgi` can be imported from above, and `config.settings`, which it asks for, cannot."""
    texts: dict[str, str | bytes] = {
        "requirements.txt": "django\ngunicorn\n",
        "Procfile": "web: gunicorn config.wsgi:application\n",
        "backend/config/__init__.py": "",
        "backend/config/wsgi.py": (
            "from django.core.wsgi import get_wsgi_application\n\napplication = get_wsgi_application()\n"
        ),
        **files,
    }
    (finding,) = findings(CHECK, context_of(texts))
    assert words in finding.hint


@pytest.mark.parametrize(
    ("command", "builder", "steps", "count"),
    [
        ("/opt/venv/bin/python main.py", "railpack", "", 1),
        (". /opt/venv/bin/activate && uvicorn main:app", "railpack", "", 1),
        (". /opt/venv/bin/activate; uvicorn main:app", "railpack", "", 0),
        ("/opt/venv/bin/python main.py", "nixpacks", "", 0),
        ("/app/.venv/bin/uvicorn main:app", "nixpacks", "", 1),
        ("/app/.venv/bin/uvicorn main:app", "railpack", "", 0),
        ("/app/.venv/bin/uvicorn main:app", "nixpacks", "python -m venv /app/.venv", 0),
    ],
)
def test_the_environment_of_another_builder_is_not_there(command: str, builder: str, steps: str, count: int) -> None:
    texts: dict[str, str | bytes] = {**FILES, "Procfile": f"web: {command}\n"}
    if steps:
        texts["nixpacks.toml"] = f'[phases.install]\ncmds = ["{steps}"]\n'
    said = [
        item.message for item in findings(CHECK, context_of(texts, builder=builder)) if "environment" in item.message
    ]
    assert len(said) == count


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("uvicorn main:app", "start web.app:create_app with --factory."),
        ("gunicorn -k uvicorn.workers.UvicornWorker main:app", "start 'web.app:create_app()'."),
    ],
)
def test_a_factory_is_called_only_where_the_server_is_told_to(command: str, words: str) -> None:
    code = "from fastapi import FastAPI\n\n\ndef create_app():\n    app = FastAPI()\n    return app\n"
    texts: dict[str, str | bytes] = {**FILES, "web/app.py": code, "Procfile": f"web: {command}\n"}
    (finding,) = findings(CHECK, context_of({**texts, "main.py": "import web.app\n"}))
    assert words in finding.hint


@pytest.mark.parametrize(
    ("command", "factory", "words"),
    [
        ("gunicorn main:app", True, "start 'app:create_app()'."),
        ("waitress-serve --port=$PORT main:app", True, "start --call app:create_app."),
        ("gunicorn main:app", False, "start app:app."),
    ],
)
def test_an_application_that_a_function_makes_is_called(command: str, factory: bool, words: str) -> None:
    """Gunicorn would take `app:create_app` for the application itself, and call it with a request."""
    made = "def create_app():\n    return Flask(__name__)\n" if factory else "app = Flask(__name__)\n"
    texts: dict[str, str | bytes] = {
        "app.py": f"from flask import Flask\n\n{made}",
        "requirements.txt": "flask\ngunicorn\nwaitress\n",
        "Procfile": f"web: {command}\n",
    }
    (finding,) = findings(CHECK, context_of(texts, builder="heroku-classic"))
    assert finding.hint.endswith(words)


@pytest.mark.parametrize(("first", "count"), [("", 1), ("listen 8000\n", 0)])
def test_a_procfile_at_which_the_builder_stops_does_not_differ(first: str, count: int) -> None:
    """Railpack reads the file as YAML: a line without a name ends the build."""
    texts: dict[str, str | bytes] = {
        "requirements.txt": "fastapi\nuvicorn\n",
        "main.py": "",
        "Procfile": f"{first}web: python other.py\n",
        "railway.json": '{"deploy": {"startCommand": "uvicorn main:app"}}',
    }
    assert len(findings(start_commands_differ.CHECK, context_of(texts, created="2025-01-01"))) == count
