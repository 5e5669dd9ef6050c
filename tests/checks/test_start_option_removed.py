"""Worker classes and options that the installed version of a program does not have."""

from __future__ import annotations

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks._interface import CheckContext
from trueup.checks.server_not_required import CHECK as SERVER
from trueup.checks.start_option_removed import CHECK
from trueup.model.finding import Finding, Skipped

FILES = {"app.py": "from flask import Flask\napp = Flask(__name__)\n"}


def context(command: str, *pins: str, more: dict[str, str] | None = None) -> CheckContext:
    texts: dict[str, str | bytes] = {
        **FILES,
        **(more or {}),
        "requirements.txt": "\n".join(pins) + "\n",
        "Procfile": f"web: {command}\n",
    }
    return context_of(texts)


def found(command: str, *pins: str, more: dict[str, str] | None = None) -> list[Finding]:
    return findings(CHECK, context(command, *pins, more=more))


@pytest.mark.parametrize(
    ("command", "gone", "there"),
    [
        ("gunicorn -k eventlet app:app", "gunicorn==26.0.0", "gunicorn==25.3.0"),
        ("gunicorn -k gunicorn.workers.geventlet.EventletWorker app:app", "gunicorn==26.1.0", "gunicorn==23.0.0"),
        ("gunicorn -k asgi app:app", "gunicorn==23.0.0", "gunicorn==24.0.0"),
        ("gunicorn --tolerate-dangerous-framing app:app", "gunicorn==23.0.0", "gunicorn==22.0.0"),
        ("uvicorn --debug app:app", "uvicorn==0.19.0", "uvicorn==0.18.3"),
        ("granian --interface wsgi --threads 2 app:app", "granian==2.0.0", "granian==1.7.6"),
        ("granian --interface wsgi --opt app:app", "granian==1.7.0", "granian==1.6.4"),
        ("daphne --ws-protocol graphql-ws app:app", "daphne==4.0.0", "daphne==3.0.2"),
        ("celery worker -A app", "celery==5.0.0", "celery==4.4.7"),
        ("celery worker --app=app -l info", "celery==5.5.0", "celery==4.4.7"),
        ("celery -A app worker --maxtasksperchild 5", "celery==5.5.0", "celery==4.4.7"),
    ],
)
def test_the_version_decides(command: str, gone: str, there: str) -> None:
    (finding,) = found(command, gone)
    assert gone.replace("==", " ") + " is installed" in finding.message
    assert finding.evidence[0].place == "Procfile:1"
    assert not found(command, there)


@pytest.mark.parametrize(
    "command",
    [
        "celery -A app worker -l info",
        "celery -Aapp worker -B",
        "celery -b redis://broker -A app beat",
        "celery flower --app tasks --loglevel info",  # Flower warns of --app and drops it
    ],
)
def test_global_options_before_the_sub_command(command: str) -> None:
    assert not found(command, "celery==5.5.0")


def test_the_worker_class_of_gunicorns_configuration_file() -> None:
    more = {"gunicorn.conf.py": 'worker_class = "eventlet"\n'}
    (finding,) = found("gunicorn app:app", "gunicorn==26.1.0", more=more)
    assert "the worker class eventlet" in finding.message
    assert not found("gunicorn -k gthread app:app", "gunicorn==26.1.0", more=more)


def test_a_worker_class_that_is_gone_is_not_mended_by_its_distribution() -> None:
    """`server-not-required` would have eventlet added, which brings nothing back."""
    told = SERVER.run(context("gunicorn -k eventlet app:app", "gunicorn==26.1.0"))
    assert not [item for item in told if isinstance(item, (Finding, Skipped))]


def test_an_unknown_version_is_said_to_be_unknown() -> None:
    (skipped,) = CHECK.run(context("gunicorn -k eventlet app:app", "gunicorn"))
    assert isinstance(skipped, Skipped)
    assert "the version of gunicorn is not known" in skipped.reason
