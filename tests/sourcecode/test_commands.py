"""Start commands: what they start, whatever the shell around it."""

from __future__ import annotations

import pytest

from trueup.model.project import Project
from trueup.sourcecode.commands import StartCommand, parse_start


def main(text: str, **files: str) -> StartCommand:
    found = parse_start(text, Project.from_texts(dict(files))).main
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "server", "target"),
    [
        ("uvicorn app.main:app --host 0.0.0.0 --port $PORT", "uvicorn", "app.main:app"),
        ("exec uvicorn --factory main:create --port ${PORT:-8000}", "uvicorn", "main:create"),
        ("WEB_CONCURRENCY=2 gunicorn -w 4 -k gevent wsgi", "gunicorn", "wsgi"),
        ("gunicorn 'app:create_app(\"production\")' -b :$PORT", "gunicorn", "app:create_app"),
        ("poetry run gunicorn site.wsgi:application", "gunicorn", "site.wsgi:application"),
        ("uv run --no-dev uvicorn main:app", "uvicorn", "main:app"),
        ("pipenv run hypercorn main:app --bind 0.0.0.0:$PORT", "hypercorn", "main:app"),
        ("python -m uvicorn main:app --reload", "uvicorn", "main:app"),
        ("sh -c 'alembic upgrade head && uvicorn main:app'", "uvicorn", "main:app"),
        (
            "python manage.py migrate && daphne -b 0.0.0.0 -p $PORT site.asgi:application",
            "daphne",
            "site.asgi:application",
        ),
        (". /opt/venv/bin/activate && gunicorn app:app", "gunicorn", "app:app"),
        ("newrelic-admin run-program gunicorn app:app", "gunicorn", "app:app"),
        ("bin/start-nginx gunicorn app:app", "gunicorn", "app:app"),
        ("celery -A worker.app worker --loglevel=info --concurrency=2", "celery", "worker.app"),
        ("python /app/.heroku/python/bin/celery --app=jobs.tasks worker -B", "celery", "jobs.tasks"),
        ("python .venv/bin/gunicorn app:app", "gunicorn", "app:app"),
        ("waitress-serve --port=$PORT app:app", "waitress", "app:app"),
        ("python -m bot.main", "python", "bot.main"),
        ("granian --interface asgi --respawn-failed-workers main:app", "granian", "main:app"),
        ("sanic --motd -vv server:app --single-process", "sanic", "server:app"),
        ("hypercorn -D main:app", "hypercorn", "main:app"),
        ("gunicorn --no-control-socket app:app", "gunicorn", "app:app"),
        ("waitress-serve --clear-untrusted-proxy-headers app:app", "waitress", "app:app"),
        ("celery -Aproj worker -Ofair -lINFO", "celery", "proj"),
        ("celery -O fair -A proj worker", "celery", "proj"),
        ("dramatiq --use-spawn jobs -p2", "dramatiq", "jobs"),
        ("dramatiq-gevent jobs", "dramatiq", "jobs"),
    ],
)
def test_the_program_and_its_target(text: str, server: str, target: str) -> None:
    found = main(text)
    assert (found.server, found.target) == (server, target)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("uvicorn a:b --host=0.0.0.0 --port=8000", "0.0.0.0", "8000"),
        ("gunicorn a:b --bind 0.0.0.0:$PORT", "0.0.0.0", "$PORT"),
        ("gunicorn a:b -b:${PORT:-5000}", "0.0.0.0", "${PORT:-5000}"),
        ("gunicorn a:b", None, None),
        ("gunicorn a:b --bind unix:/tmp/app.sock", "unix:/tmp/app.sock", None),
        ("python manage.py runserver 0:8000", "0.0.0.0", "8000"),
        ("python manage.py runserver 8000", None, "8000"),
        ("streamlit run app.py --server.port $PORT --server.address 0.0.0.0", "0.0.0.0", "$PORT"),
        ("flask run -h 0.0.0.0 -p 5000", "0.0.0.0", "5000"),
        ("fastapi dev main.py", "127.0.0.1", None),
        ("gunicorn a:b --bind [::]:$PORT", "::", "$PORT"),
    ],
)
def test_the_address(text: str, host: str | None, port: str | None) -> None:
    found = main(text)
    assert (found.host, found.port) == (host, port)


def test_a_value_after_an_option_of_streamlit_is_not_its_script() -> None:
    assert main("streamlit run --server.headless true app.py").script == "app.py"


def test_short_options_of_celery_with_their_values() -> None:
    found = main("celery -A proj worker -c4 -Pgevent -Ofair")
    assert (found.workers, found.worker_class) == ("4", "gevent")


def test_workers_and_flags() -> None:
    found = main("gunicorn a:b --worker-class gevent --workers 2 --threads 4 --timeout 120 --preload")
    assert (found.worker_class, found.workers, found.threads, found.timeout) == ("gevent", "2", "4", "120")
    assert "--preload" in found.options


def test_cd_and_chdir_move_where_modules_are_looked_for() -> None:
    assert main("cd backend && uvicorn main:app").folder == "backend"
    assert main("gunicorn --chdir backend app:app").folder == "backend"
    assert "src" in main("PYTHONPATH=src uvicorn service:app").search
    assert "src" in main("uvicorn --app-dir src service:app").search


def test_a_script_of_the_project_is_followed_and_an_unknown_one_is_told() -> None:
    text = "#!/bin/sh\nset -e\npython manage.py migrate\nexec gunicorn site.wsgi --bind 0.0.0.0:$PORT\n"
    found = parse_start("bash start.sh", Project.from_texts({"start.sh": text}))
    assert found.main is not None
    assert found.main.target == "site.wsgi"
    assert found.before == ("set -e", "python manage.py migrate")
    assert "start.sh" in parse_start("./start.sh", Project.from_texts({})).unclear


def test_the_foreground_program_counts() -> None:
    found = parse_start("celery -A jobs worker & gunicorn app:app")
    assert [program.server for program in found.programs] == ["celery", "gunicorn"]
    assert found.main is not None
    assert found.main.server == "gunicorn"


def test_roles_of_celery() -> None:
    assert main("celery -A jobs beat -l info").role == "beat"
    assert main("celery --app=jobs worker -B").role == "worker+beat"


def test_an_open_quotation_is_told() -> None:
    assert "quotation" in parse_start("uvicorn 'main:app").unclear
    assert parse_start("x" * 30_000).unclear
