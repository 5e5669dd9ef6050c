"""Statements about real repositories that were wrong or too strong, and what is said now."""

from __future__ import annotations

import json

import pytest

from tests.checks._contexts import context_of, findings
from tests.resolve.fake_index import CP, FakeIndex
from trueup.checks import (
    debug_mode,
    duplicate_requirement,
    ephemeral_disk,
    no_wheel,
    secret_weak,
    start_wrong_port,
    version_file_not_read,
    versions_contradict,
    wrong_package_name,
)
from trueup.configuration import Configuration
from trueup.model.distribution import Outcome, PackageForecast
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Severity, Verdict
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.pipeline import Choice, check

BLUEPRINT = """services:
  - type: web
    name: web
    runtime: python
    startCommand: uvicorn main:app --host 0.0.0.0 --port {port}
"""
APP = {"main.py": "app = 1\n", "requirements.txt": "uvicorn\n"}


@pytest.mark.parametrize(("port", "count"), [("10000", 0), ("8000", 1)])
def test_the_port_that_render_takes_by_itself_is_no_wrong_port(port: str, count: int) -> None:
    context = context_of({**APP, "render.yaml": BLUEPRINT.format(port=port)}, builder="render-native")
    assert len(findings(start_wrong_port.CHECK, context)) == count


def test_that_port_is_wrong_where_the_blueprint_gives_another() -> None:
    given = BLUEPRINT.format(port=10000) + "    envVars:\n      - key: PORT\n        value: '9000'\n"
    context = context_of({**APP, "render.yaml": given}, builder="render-native")
    assert len(findings(start_wrong_port.CHECK, context)) == 1


@pytest.mark.parametrize(
    ("line", "count"), [("sklearn==0.0", 0), ("sklearn", 1), ("sklearn==0.0.post12", 1), ("sklearn>=0.0", 1)]
)
def test_a_name_that_installs_in_its_first_version(line: str, count: int) -> None:
    context = context_of({"requirements.txt": f"{line}\n", "main.py": ""})
    assert len(findings(wrong_package_name.CHECK, context)) == count


@pytest.mark.parametrize(("outcome", "count"), [(Outcome.WHEEL, 0), (Outcome.UNAVAILABLE, 1), (None, 1)])
def test_a_name_that_installs_from_a_wheel_does_not_stop_the_install(outcome: Outcome | None, count: int) -> None:
    evidence = (Evidence.found("requirements.txt", 1, "beautifulsoup"),)
    package = PackageForecast("beautifulsoup", "3.2", True, outcome or Outcome.UNKNOWN, "", evidence)
    texts: dict[str, str | bytes] = {"requirements.txt": "beautifulsoup==3.2\n", "main.py": ""}
    context = context_of(texts, packages=[package] if outcome is not None else None)
    assert len(findings(wrong_package_name.CHECK, context)) == count


@pytest.mark.parametrize(
    ("line", "count"),
    [
        *(("futures==2.2.0", 0), ("futures==3.1.1", 0), ("futures==3.4.0", 1), ("futures", 1)),
        *(("tensorflow-gpu==2.10.0", 0), ("tensorflow-gpu==2.12.0", 1), ("tensorflow-gpu", 1)),
    ],
)
def test_versions_that_have_wheels_are_not_meant(line: str, count: int) -> None:
    context = context_of({"requirements.txt": f"{line}\n", "main.py": ""})
    assert len(findings(wrong_package_name.CHECK, context)) == count


def test_a_server_for_development_without_debugging_shows_no_tracebacks() -> None:
    code = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run(debug=False)\n"
    texts: dict[str, str | bytes] = {
        "app.py": code,
        "requirements.txt": "flask\n",
        "Procfile": "web: python app.py\n",
    }
    (finding,) = findings(debug_mode.CHECK, context_of(texts, builder="heroku-classic"))
    assert "not made for load" in finding.message
    assert "tracebacks" not in finding.message


@pytest.mark.parametrize(
    ("wheels", "words"),
    [((), "another distribution"), ([CP.format("311")], "pin a Python that old 1.0 has a wheel for")],
)
def test_an_older_python_is_advised_only_where_it_has_a_wheel(wheels: list[str], words: str) -> None:
    index = FakeIndex()
    setup = "from setuptools import Extension, setup\nsetup(ext_modules=[Extension('a', ['a.c'])])\n"
    index.add("old", "1.0", wheels=wheels, sdist_members={"setup.py": setup, "a.c": ""})
    project = Project.from_texts({"requirements.txt": "old==1.0\n", "main.py": "", ".python-version": "3.13\n"})
    report = check(
        project, PlanContext(on="2026-11-20"), Choice(("railway",), ("railpack",)), Configuration(), lambda _: index
    )
    (finding,) = [one for one in report.results[0].findings if one.rule == no_wheel.CHECK.id]
    assert words in finding.hint


WINDOWS = "cp{0}-cp{0}-win_amd64"


@pytest.mark.parametrize(
    ("wheels", "severity", "words"),
    [
        ([WINDOWS.format("313")], Severity.MEDIUM, "the compile is expected to work"),
        ([WINDOWS.format("312")], Severity.HIGH, "is not known before"),
        ([], Severity.HIGH, "is not known before"),
    ],
)
def test_a_version_that_was_built_for_this_python_elsewhere(wheels: list[str], severity: Severity, words: str) -> None:
    index = FakeIndex()
    setup = "from setuptools import Extension, setup\nsetup(ext_modules=[Extension('a', ['a.c'])])\n"
    index.add("driver", "1.0", wheels=wheels, sdist_members={"setup.py": setup, "a.c": ""})
    texts = {"requirements.txt": "driver==1.0\n", ".python-version": "3.13\n", "Procfile": "web: python main.py\n"}
    day, choice = PlanContext(on="2026-11-20"), Choice(("heroku",), ("heroku-classic",))
    report = check(Project.from_texts(texts), day, choice, Configuration(), lambda _: index)
    (finding,) = [one for one in report.results[0].findings if one.rule == no_wheel.CHECK.id]
    assert finding.severity is severity
    assert words in finding.message


DOCKER = {
    "Dockerfile": "FROM python:3.12-slim\nCMD python -m app\n",
    "requirements.txt": "gone==1.0\n",
    "app/__init__.py": "",
}


def test_what_a_builder_would_do_is_no_failure_where_a_dockerfile_builds() -> None:
    index = FakeIndex()
    index.add("gone", "1.0", wheels=[CP.format("38")], sdist=False)
    texts = dict(DOCKER)
    results = {}
    for name in ("with", "without"):
        report = check(
            Project.from_texts(texts),
            PlanContext(on="2026-11-20", created="2026-06-01"),
            Choice(("railway",), ("railpack",)),
            Configuration(),
            lambda _: index,
        )
        results[name] = report.results[0]
        texts.pop("Dockerfile", None)
    assert {"no-start-command", "no-wheel"} <= {finding.rule for finding in results["with"].findings}
    assert results["with"].verdict is Verdict.UNKNOWN
    assert {finding.confidence for finding in results["with"].findings} == {Confidence.LOW}
    assert all("Dockerfile" in finding.message for finding in results["with"].findings)
    assert results["without"].verdict is Verdict.WILL_FAIL


def test_what_stops_the_dockerfile_itself_still_fails() -> None:
    texts = {**DOCKER, "Dockerfile": "FROM python:$PY\n"}
    context = PlanContext(on="2026-11-20", created="2026-06-01")
    report = check(Project.from_texts(texts), context, Choice(("railway",), ("railpack",)), Configuration(), None)
    assert report.results[0].verdict is Verdict.WILL_FAIL


BASE_SETTINGS = """INSTALLED_APPS = []
DEBUG = True
SECRET_KEY = "told to everybody"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
MEDIA_ROOT = "media"
"""
OWN_SETTINGS = """DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
DATABASES = {"default": dj_database_url.config()}
MEDIA_ROOT = os.environ["MEDIA_ROOT"]
"""


def split_settings(production: str, middle: str = "from .base import *\n") -> dict[str, str | bytes]:
    return {
        "site/__init__.py": "",
        "site/settings/__init__.py": "",
        "site/settings/base.py": BASE_SETTINGS,
        "site/settings/heroku.py": middle,
        "site/settings/production.py": f"import os\nimport dj_database_url\nfrom .heroku import *\n{production}",
        "site/wsgi.py": "import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault("
        '"DJANGO_SETTINGS_MODULE", "site.settings.production")\napplication = get_wsgi_application()\n',
        "requirements.txt": "django\ngunicorn\n",
        "Procfile": "web: gunicorn site.wsgi\n",
    }


@pytest.mark.parametrize(
    ("production", "middle", "counts"),
    [
        ("", "from .base import *\n", (1, 1, 2)),
        (OWN_SETTINGS, "from .base import *\n", (0, 0, 0)),
        ("DEBUG = False\n", "from .base import *\n", (0, 1, 2)),
        (OWN_SETTINGS, "from .base import DEBUG, SECRET_KEY\nimport site.settings.base\n", (1, 1, 2)),
    ],
)
def test_settings_that_later_settings_give_anew(production: str, middle: str, counts: tuple[int, int, int]) -> None:
    context = context_of(split_settings(production, middle), builder="heroku-classic")
    checks = (debug_mode.CHECK, secret_weak.CHECK, ephemeral_disk.CHECK)
    assert tuple(len(findings(check, context)) for check in checks) == counts


@pytest.mark.parametrize(
    ("name", "count"),
    [("APP_SECRET", 1), ("FLASK_APP_SECRET", 1), ("TWITTER_APP_SECRET", 0), ("FACEBOOK_APP_SECRET", 0)],
)
def test_a_credential_of_another_service_signs_nothing(name: str, count: int) -> None:
    texts: dict[str, str | bytes] = {
        "app.py": f'from flask import Flask\napp = Flask(__name__)\n{name} = "told to everybody"\n',
        "requirements.txt": "flask\ngunicorn\n",
        "Procfile": "web: gunicorn app:app\n",
    }
    assert len(findings(secret_weak.CHECK, context_of(texts, builder="heroku-classic"))) == count


def pipenv_project(pipfile: str, locked: str, **further: str) -> dict[str, str | bytes]:
    lock = {"_meta": {"requires": {"python_version": locked}, "sources": []}, "default": {}, "develop": {}}
    return {
        "Pipfile": f'[packages]\n[requires]\npython_version = "{pipfile}"\n',
        "Pipfile.lock": json.dumps(lock, indent=1),
        "Procfile": "web: python main.py\n",
        "main.py": "",
        **further,
    }


@pytest.mark.parametrize(
    "texts",
    [
        pipenv_project("3.12", "3.12"),
        pipenv_project("3.6", "3.6"),
        pipenv_project("3.12", "3.12", **{".python-version": "3.12\n"}),
    ],
)
def test_the_pipfiles_version_of_which_the_lock_holds_a_copy_is_no_second_pin(texts: dict[str, str | bytes]) -> None:
    assert findings(version_file_not_read.CHECK, context_of(texts, builder="heroku-classic")) == []


def test_a_pipfiles_line_is_not_removed_without_a_new_lock() -> None:
    texts = pipenv_project("3.12", "3.12", **{".python-version": "3.13\n"})
    (finding,) = findings(version_file_not_read.CHECK, context_of(texts, builder="heroku-classic"))
    assert "takes Python 3.13" in finding.message
    assert "run `pipenv lock`" in finding.hint
    assert "Remove" not in finding.hint


def test_a_python_that_is_not_known_is_not_taken() -> None:
    texts = pipenv_project("3.6", "3.6", **{"runtime.txt": "python-3.9.5\n", "Dockerfile": "FROM python:3.8\n"})
    context = context_of(texts, builder="heroku-classic")
    messages = [item.message for check in VERSIONS for item in findings(check, context)]
    assert any("heroku-classic goes by runtime.txt:1" in message for message in messages)
    assert not any("Python unknown" in message or "the version it finds" in message for message in messages)


VERSIONS = (version_file_not_read.CHECK, versions_contradict.CHECK)


SETTINGS = """import os
import dj_database_url
INSTALLED_APPS = []
{before}
if {test}:
    DATABASES = {{"default": dj_database_url.config()}}
else:
    DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}}}
"""


@pytest.mark.parametrize(
    ("before", "test", "count"),
    [
        ("", '"DYNO" in os.environ', 0),
        ('ON_HEROKU = "DYNO" in os.environ and "CI" not in os.environ', "ON_HEROKU", 0),
        ("", 'os.environ.get("DYNO")', 0),
        ("", 'not ("DYNO" not in os.environ)', 0),
        ("", '"RENDER" in os.environ', 1),
        ("", '"DATABASE_URL" in os.environ', 1),
        ('ON_HEROKU = "DYNO" in os.environ\nON_HEROKU = False', "ON_HEROKU", 1),
        ("", 'os.environ.get("MODE") == "live"', 1),
    ],
)
def test_a_branch_that_never_runs_on_the_platform(before: str, test: str, count: int) -> None:
    texts: dict[str, str | bytes] = {
        "site/__init__.py": "",
        "site/settings.py": SETTINGS.format(before=before, test=test),
        "site/wsgi.py": "import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault("
        '"DJANGO_SETTINGS_MODULE", "site.settings")\napplication = get_wsgi_application()\n',
        "requirements.txt": "django\ngunicorn\n",
        "Procfile": "web: gunicorn site.wsgi\n",
    }
    assert len(findings(ephemeral_disk.CHECK, context_of(texts, builder="heroku-classic"))) == count


STORE = """import sqlite3

class Store:
    def __init__(self, path: str = "users.db", timeout=5):
        self.path = path

    def add(self):
        with sqlite3.connect(self.path) as connection:
            connection.execute("insert")

def connected(path="orders.db"):
    return sqlite3.connect(path)

"""


@pytest.mark.parametrize(
    ("calls", "places"),
    [
        ("Store().add()", ["users.db"]),
        ("Store(timeout=3).add()", ["users.db"]),
        ("connected()", ["orders.db"]),
        ("Store(); connected()", ["users.db", "orders.db"]),
        ("Store(place())", []),
        ("Store(path=place())", []),
        ("Store(*arguments)", []),
        ("Store(); Store(place())", []),
        ("pass", []),
    ],
)
def test_a_database_whose_path_every_call_leaves_at_its_default(calls: str, places: list[str]) -> None:
    texts: dict[str, str | bytes] = {
        "bot.py": f"{STORE}{calls}\n",
        "requirements.txt": "aiogram\n",
        "Procfile": "worker: python bot.py\n",
    }
    found = findings(ephemeral_disk.CHECK, context_of(texts, builder="heroku-classic"))
    assert [place for place in ("users.db", "orders.db") if any(place in item.message for item in found)] == places


def test_a_range_in_setup_cfg_is_no_pin() -> None:
    texts: dict[str, str | bytes] = {
        "setup.cfg": "[metadata]\nname = x\n[options]\npython_requires = >=3.5\n",
        "requirements.txt": "",
        ".python-version": "3.13\n",
        "main.py": "",
        "Procfile": "web: python main.py\n",
    }
    assert findings(version_file_not_read.CHECK, context_of(texts, builder="heroku-classic")) == []


def test_a_version_with_wheels_for_older_pythons_asks_for_such_a_python() -> None:
    index = FakeIndex()
    index.add("heavy", "1.0", wheels=[CP.format("310")], sdist=False)
    texts = {"requirements.txt": "heavy==1.0\n", ".python-version": "3.13\n", "Procfile": "web: python main.py\n"}
    day, choice = PlanContext(on="2026-11-20"), Choice(("heroku",), ("heroku-classic",))
    report = check(Project.from_texts(texts), day, choice, Configuration(), lambda _: index)
    (finding,) = [one for one in report.results[0].findings if one.rule == no_wheel.CHECK.id]
    assert "pin a Python that heavy 1.0 has a wheel for" in finding.hint


@pytest.mark.parametrize(
    ("own", "line", "count"),
    [
        *(("flask", "flask==3.0.0", 0), ("flask>=2", "flask==3.0.0", 0)),
        *(("flask<3", "flask==3.0.0", 1), ("flask", "flask>=2", 1)),
    ],
)
def test_what_a_package_needs_and_what_an_installation_pins_are_no_duplicates(own: str, line: str, count: int) -> None:
    texts: dict[str, str | bytes] = {
        "setup.cfg": f"[metadata]\nname = x\n[options]\ninstall_requires =\n    {own}\n",
        "setup.py": "from setuptools import setup\nsetup()\n",
        "requirements.txt": f"{line}\n-e .\n",
        "main.py": "",
        "Procfile": "web: python main.py\n",
    }
    assert len(findings(duplicate_requirement.CHECK, context_of(texts, builder="heroku-classic"))) == count


@pytest.mark.parametrize(
    ("lines", "words", "severity"),
    [
        ("environ==1.0", "Write django-environ.", Severity.MEDIUM),
        ("environ==1.0\ndjango-environ==0.9.0", "Remove the line", Severity.LOW),
        ("jwt==1.3.1\npyjwt==2.8.0", "Remove the line", Severity.MEDIUM),
    ],
)
def test_a_wrong_name_beside_the_right_one_is_removed(lines: str, words: str, severity: Severity) -> None:
    (finding,) = findings(wrong_package_name.CHECK, context_of({"requirements.txt": f"{lines}\n", "main.py": ""}))
    assert words in finding.hint
    assert finding.severity is severity
