"""Where programs listen: by command, configuration, environment, code."""

from __future__ import annotations

import pytest

from trueup.model.project import Project
from trueup.sourcecode import code_facts
from trueup.sourcecode.listening import Listening, listening

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
MAIN = "if __name__ == '__main__':\n    "


def found(start: str, given: dict[str, str] | None = None, **files: str) -> Listening | None:
    texts = {f"{name}.py" if name != "gunicorn" else "gunicorn.conf.py": text for name, text in files.items()}
    facts = code_facts(Project.from_texts(texts), given=given, start=start)
    process, program = facts.programs[0]
    return listening(facts, process, program)


@pytest.mark.parametrize(
    ("start", "host", "port"),
    [
        ("uvicorn m:a", "127.0.0.1", "8000"),
        ("uvicorn m:a --host 0.0.0.0 --port $PORT", "0.0.0.0", "$PORT"),
        ("UVICORN_HOST=0.0.0.0 uvicorn m:a", "0.0.0.0", "8000"),
        ("gunicorn m:a", "0.0.0.0", "$PORT"),
        ("gunicorn m:a -b 127.0.0.1:9000", "127.0.0.1", "9000"),
        ("hypercorn m:a", "127.0.0.1", "8000"),
        ("flask run --host 0.0.0.0 --port ${PORT:-5000}", "0.0.0.0", "$PORT"),
        ("python manage.py runserver", "127.0.0.1", "8000"),
        ("waitress-serve m:a", "0.0.0.0", "8080"),
        ("fastapi run main.py", "0.0.0.0", "$PORT"),
    ],
)
def test_commands(start: str, host: str, port: str) -> None:
    place = found(start)
    assert place is not None
    assert (place.host, place.port) == (host, port)


@pytest.mark.parametrize(
    "start", ["uvicorn m:a --uds /tmp/s", "uvicorn m:a --host $HOST", "celery -A a worker", "hypercorn -c x.toml m:a"]
)
def test_what_a_command_does_not_tell(start: str) -> None:
    place = found(start)
    assert place is None or place.host is None


def test_variables_are_written_out() -> None:
    place = found("uvicorn m:a --host $HOST --port $API_PORT", {"HOST": "0.0.0.0", "API_PORT": "9000"})
    assert place is not None
    assert (place.host, place.fixed_port) == ("0.0.0.0", 9000)


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ('bind = "0.0.0.0:%s" % os.environ.get("PORT", "8000")', "$PORT"),
        ('port = os.environ.get("PORT", "8000")\nbind = "%s:%s" % ("0.0.0.0", port)', "$PORT"),
        ('bind = "0.0.0.0:%d" % 9000', "9000"),
        ('bind = "%(host)s:%(port)s" % {"host": "0.0.0.0", "port": 9000}', None),
        ('bind = "{}:{}".format("0.0.0.0", os.environ["PORT"])', None),
        ('ADDRESS = "0.0.0.0:%s" % os.environ["PORT"]\nbind = ADDRESS', None),
    ],
)
def test_a_bind_that_gunicorns_file_puts_together(text: str, port: str | None) -> None:
    place = found("gunicorn m:a", gunicorn=f"import os\n{text}\n")
    assert (place.port if place is not None else None) == port


def test_gunicorn_configuration_file() -> None:
    place = found("gunicorn m:a", gunicorn="import os\nbind = f\"0.0.0.0:{os.environ.get('PORT', 8000)}\"\n")
    assert place is not None
    assert (place.host, place.port) == ("0.0.0.0", "$PORT")
    assert found("gunicorn m:a", gunicorn="bind = compute()\n") is None
    loop = found("gunicorn m:a", gunicorn='bind = "127.0.0.1:8000"\n')
    assert loop is not None
    assert loop.is_loopback


@pytest.mark.parametrize(
    ("code", "host", "port"),
    [
        (FLASK + MAIN + "app.run()", "127.0.0.1", "5000"),
        (FLASK + MAIN + "app.run(host='0.0.0.0', port=8080)", "0.0.0.0", "8080"),
        ("import os\n" + FLASK + "app.run('0.0.0.0', int(os.getenv('PORT', 5000)))", "0.0.0.0", "$PORT"),
        ("import uvicorn\nuvicorn.run('main:app', host='0.0.0.0')", "0.0.0.0", "8000"),
        ("from aiohttp import web\nweb.run_app(web.Application())", "0.0.0.0", "8080"),
    ],
)
def test_code(code: str, host: str, port: str) -> None:
    place = found("python main.py", main=code)
    assert place is not None
    assert (place.host, place.port) == (host, port)


def test_a_port_from_settings() -> None:
    settings = (
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    port: int = 8000\n"
        "    bind_host: str = '0.0.0.0'\nsettings = S()\n"
    )
    code = (
        "import uvicorn\nfrom settings import settings\n"
        "uvicorn.run('main:app', host=settings.bind_host, port=settings.port)"
    )
    place = found("python main.py", main=code, settings=settings)
    assert place is not None
    assert (place.host, place.port) == ("0.0.0.0", "$PORT")


@pytest.mark.parametrize(
    ("start", "files"),
    [
        (
            "sh setup.sh && streamlit run app.py",
            {"setup.sh": "mkdir -p ~/.streamlit\necho port=$PORT > ~/.streamlit/c\n"},
        ),
        ("mkdir -p ~/.streamlit && cp c.toml ~/.streamlit/config.toml && streamlit run app.py", {}),
        ("streamlit run app.py", {".streamlit/config.toml": "[server]\nport = 10000\n"}),
    ],
)
def test_streamlit_may_be_configured_by_a_file(start: str, files: dict[str, str]) -> None:
    facts = code_facts(Project.from_texts({"app.py": "", **files}), given=None, start=start)
    process, program = facts.programs[-1]
    assert program.server == "streamlit"
    assert listening(facts, process, program) is None


def test_streamlit_without_a_file_listens_on_its_own_port() -> None:
    place = found("streamlit run app.py", app="")
    assert place is not None
    assert (place.host, place.port) == ("0.0.0.0", "8501")
