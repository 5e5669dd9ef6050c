"""`trueup init`: what it writes is for what the code is, and `check` has nothing to say about it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.resolve.fake_index import CP, FakeIndex
from trueup.cli.main import main
from trueup.configuration import Configuration
from trueup.errors import UsageError
from trueup.initialize import Initialization, initialize
from trueup.manifests._document import load_yaml
from trueup.manifests.procfile import process_types
from trueup.model.plan import PlanContext
from trueup.model.project import Project, SourceFile

PLATFORMS = ("railway", "render", "heroku")
NAMES = (
    *("fastapi", "uvicorn", "flask", "gunicorn", "django", "celery", "redis", "asyncpg", "aiogram"),
    *("psycopg2-binary", "pydantic-settings", "starlette", "hypercorn"),
)

FASTAPI = {
    "requirements.txt": "fastapi==99.0\nuvicorn==99.0\nasyncpg==99.0\n",
    "main.py": "import os\nfrom fastapi import FastAPI\n\napp = FastAPI()\nURL = os.environ['DATABASE_URL']\n"
    "KEY = os.environ['SECRET_KEY']\nMAIL = os.environ['MAIL_KEY']\n\n\n"
    "@app.get('/health')\ndef health():\n    return {'status': 'ok'}\n",
}
FLASK = {
    "requirements.txt": "flask==99.0\ngunicorn==99.0\n",
    "service/__init__.py": "",
    "service/web.py": "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    return app\n",
}
DJANGO = {
    "requirements.txt": "django==99.0\ngunicorn==99.0\n",
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "shop/__init__.py": "",
    "shop/settings.py": "import os\nSECRET_KEY = os.environ['SECRET_KEY']\nDEBUG = False\nALLOWED_HOSTS = ['*']\n"
    "ROOT_URLCONF = 'shop.urls'\nWSGI_APPLICATION = 'shop.wsgi.application'\nDATABASES = {}\n",
    "shop/urls.py": "urlpatterns = []\n",
    "shop/wsgi.py": "import os\nfrom django.core.wsgi import get_wsgi_application\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = get_wsgi_application()\n",
}
CELERY = {
    "requirements.txt": "fastapi==99.0\nuvicorn==99.0\ncelery==99.0\nredis==99.0\n",
    "main.py": FASTAPI["main.py"].replace("URL = os.environ['DATABASE_URL']\n", ""),
    "jobs.py": "import os\nfrom celery import Celery\n\napp = Celery('jobs', broker=os.environ['REDIS_URL'])\n"
    "app.conf.beat_schedule = {'tick': {'task': 'jobs.tick', 'schedule': 60.0}}\n\n\n"
    "@app.task\ndef tick():\n    return 1\n",
}
MONOREPO = {
    **{f"backend/{path}": text for path, text in FASTAPI.items()},
    "frontend/package.json": '{"name": "site"}\n',
}
PROJECTS = {"fastapi": FASTAPI, "flask": FLASK, "django": DJANGO, "celery": CELERY, "monorepo": MONOREPO}


def index() -> FakeIndex:
    """Everything is pure, but `asyncpg`, whose wheels end at Python 3.13."""
    found = FakeIndex()
    for name in NAMES:
        if name == "asyncpg":
            found.add(name, "99.0", wheels=[CP.format(minor) for minor in ("311", "312", "313")])
        else:
            found.add(name, "99.0")
    return found


def made(files: dict[str, str], platform: str, **options: object) -> Initialization:
    project = Project.from_texts(files, path="shop")
    answers = index()
    context = PlanContext(on="2026-11-20", python=options.pop("python", None))  # type: ignore[arg-type]
    return initialize(project, platform, context, Configuration(), lambda _: answers, **options)  # type: ignore[arg-type]


def texts(planned: Initialization) -> dict[str, str]:
    return {path: data.decode() for path, data in planned.contents.items() if data is not None}


def blueprint_of(planned: Initialization) -> Any:
    return load_yaml(SourceFile("render.yaml", texts(planned)["render.yaml"].encode()))


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", PROJECTS)
def test_check_has_nothing_to_say_of_what_is_written(name: str, platform: str) -> None:
    planned = made(PROJECTS[name], platform)
    left = [(f.rule, f.message) for r in planned.report.results if r.is_today for f in r.findings]
    assert left == []
    assert planned.missing == ()
    assert planned.contents


@pytest.mark.parametrize("platform", PLATFORMS)
def test_python_is_pinned_to_one_on_which_everything_installs(platform: str) -> None:
    planned = made(FASTAPI, platform)
    assert {r.plan.python.minor for r in planned.report.results if r.is_today} == {"3.13"}
    assert all(r.plan.python.requested for r in planned.report.results if r.is_today)


def test_a_wanted_python_is_the_one_that_is_pinned() -> None:
    planned = made(FASTAPI, "railway", python="3.12")
    assert texts(planned)[".python-version"].startswith("3.12")


def test_a_blueprint_has_every_process_its_variables_and_its_data_services() -> None:
    planned = made(CELERY, "render")
    document = blueprint_of(planned).value
    services = {item["name"]: item for item in document["services"]}
    assert {name: item["type"] for name, item in services.items()} == {
        "shop-web": "web",
        "shop-worker": "worker",
        "shop-beat": "worker",
        "shop-redis": "keyvalue",
    }
    assert services["shop-web"]["healthCheckPath"] == "/health"
    assert "celery -A jobs beat" in services["shop-beat"]["startCommand"]
    redis = services["shop-worker"]["envVars"][0]
    assert redis["fromService"]["name"] == "shop-redis"
    assert {"fromGroup": "shop-secrets"} in services["shop-web"]["envVars"]
    assert document["envVarGroups"][0]["envVars"] == [{"key": "SECRET_KEY", "generateValue": True}]
    mail = next(item for item in services["shop-web"]["envVars"] if item.get("key") == "MAIL_KEY")
    assert mail["sync"] is False


def test_one_service_has_a_database_and_a_generated_key() -> None:
    document = blueprint_of(made(FASTAPI, "render")).value
    (service,) = document["services"]
    variables = {item["key"]: item for item in service["envVars"]}
    assert service["startCommand"] == "uvicorn main:app --host 0.0.0.0 --port $PORT"
    assert variables["DATABASE_URL"]["fromDatabase"] == {"name": "shop-db", "property": "connectionString"}
    assert variables["SECRET_KEY"]["generateValue"] is True
    assert document["databases"] == [{"name": "shop-db"}]


RAILWAY = """\
import { defineRailway, postgres, preserve, project, service } from "railway/iac";

export default defineRailway(() => {
  const database = postgres("shop-postgres");

  const web = service("web", {
    rootDirectory: "backend",
    start: "uvicorn main:app --host 0.0.0.0 --port $PORT",
    healthcheck: "/health",
    env: {
      DATABASE_URL: database.env.DATABASE_URL,  // backend/main.py:5
      MAIL_KEY: preserve(),  // backend/main.py:7; set its value in Railway
      SECRET_KEY: preserve(),  // backend/main.py:6; set its value in Railway
    },
  });

  return project("shop", { resources: [database, web] });
});
"""


def test_railway_gets_its_code_and_a_procfile() -> None:
    """The new file says all that railway.json did and more; the Procfile is what every build reads."""
    found = texts(made(MONOREPO, "railway"))
    code = found[".railway/railway.ts"]
    head, _, rest = code.partition("import {")
    assert all(line.startswith("// ") for line in head.splitlines())
    assert f"import {{{rest}" == RAILWAY
    assert "backend/Procfile" in found
    assert not [path for path in found if path.endswith(("railway.json", "railway.toml"))]


def test_every_process_is_a_service_of_railway() -> None:
    code = texts(made(CELERY, "railway"))[".railway/railway.ts"]
    assert code.count(" = service(") == 3
    assert 'start: "celery -A jobs beat --loglevel=info"' in code
    assert "resources: [cache, web, worker, beat]" in code


def test_hostile_names_stay_within_their_line_of_railways_code() -> None:
    """A process is named by a person, and its command may hold anything."""
    procfile = 'web: uvicorn main:app --host 0.0.0.0 --port $PORT\nnew: python -c "print(1) // `${x}`"\n'
    code = texts(made(FASTAPI | {"Procfile": procfile}, "railway", replaces=True))[".railway/railway.ts"]
    assert 'const service3 = service("new", {' in code
    assert r'start: "python -c \"print(1) // `${x}`\"",' in code


def test_heroku_gets_a_procfile_and_an_app_json() -> None:
    found = texts(made(CELERY, "heroku"))
    names = [item.name for item in process_types(SourceFile("Procfile", found["Procfile"].encode()))]
    assert names == ["web", "worker", "beat"]
    app = json.loads(found["app.json"])
    assert app["addons"] == ["heroku-redis"]
    assert app["env"]["SECRET_KEY"]["generator"] == "secret"
    assert app["env"]["MAIL_KEY"]["required"] is True


def test_a_factory_and_a_module_path_are_started_as_their_server_wants() -> None:
    assert "gunicorn 'service.web:create_app()' --bind 0.0.0.0:$PORT" in texts(made(FLASK, "heroku"))["Procfile"]
    assert "gunicorn shop.wsgi:application" in texts(made(DJANGO, "heroku"))["Procfile"]


def test_static_files_are_collected_where_the_platform_does_not() -> None:
    settings = DJANGO["shop/settings.py"] + "STATIC_URL = '/static/'\nSTATIC_ROOT = 'static'\n"
    blueprint = texts(made(DJANGO | {"shop/settings.py": settings}, "render"))["render.yaml"]
    assert "buildCommand: pip install -r requirements.txt && python manage.py collectstatic --no-input" in blueprint
    assert "collectstatic" not in texts(made(DJANGO, "render"))["render.yaml"]


def test_a_locked_project_is_installed_and_started_by_its_own_tool() -> None:
    files = {
        "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n'
        'dependencies = ["fastapi==99.0", "uvicorn==99.0"]\n',
        "uv.lock": 'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "shop"\nversion = "1"\n'
        'source = { virtual = "." }\ndependencies = [{ name = "fastapi" }, { name = "uvicorn" }]\n\n'
        '[package.metadata]\nrequires-dist = [{ name = "fastapi", specifier = "==99.0" }, '
        '{ name = "uvicorn", specifier = "==99.0" }]\n\n'
        + "".join(
            f'[[package]]\nname = "{name}"\nversion = "99.0"\n'
            f'source = {{ registry = "https://index.example/simple" }}\n'
            f'wheels = [{{ url = "https://index.example/{name}-99.0-py3-none-any.whl", '
            f'hash = "sha256:{"0" * 64}" }}]\n\n'
            for name in ("fastapi", "uvicorn")
        ),
        "main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    }
    planned = made(files, "render")
    blueprint = texts(planned)["render.yaml"]
    assert "buildCommand: uv sync --frozen --no-dev" in blueprint
    assert "startCommand: uv run --no-dev uvicorn main:app --host 0.0.0.0 --port $PORT" in blueprint
    assert [f.rule for r in planned.report.results if r.is_today for f in r.findings] == []


def test_the_folder_of_a_monorepo_is_noted_where_no_file_of_the_platform_says_it() -> None:
    assert 'root-dir = "backend"' in texts(made(MONOREPO, "railway"))["trueup.toml"]
    blueprint = texts(made(MONOREPO, "render"))
    assert "rootDir: backend" in blueprint["render.yaml"]
    assert "trueup.toml" not in blueprint


def test_a_procfile_keeps_its_lines_and_its_command_is_taken() -> None:
    stated = "web: uvicorn main:app --host 0.0.0.0 --port $PORT --workers 3"
    files = CELERY | {"Procfile": stated}
    found = texts(made(files, "heroku"))["Procfile"]
    assert found.startswith(f"{stated}\nworker: celery")
    assert f"startCommand: {stated.removeprefix('web: ')}" in texts(made(files, "render"))["render.yaml"]


def test_every_process_that_another_platform_starts_is_taken_over() -> None:
    files = CELERY | {
        "bot.py": "print(1)\n",
        "render.yaml": "services:\n"
        + "".join(
            f"  - type: {kind}\n    name: shop-{name}\n    runtime: python\n"
            f"    buildCommand: pip install -r requirements.txt\n    startCommand: {command}\n"
            for kind, name, command in (
                ("web", "api", "uvicorn main:app --host 0.0.0.0 --port $PORT --workers 2"),
                ("worker", "one", "celery -A jobs worker --concurrency=2"),
                ("worker", "two", "celery -A jobs beat"),
                ("worker", "three", "python bot.py"),
            )
        ),
    }
    found = texts(made(files, "heroku"))["Procfile"].splitlines()[1:]
    assert found == [
        "web: uvicorn main:app --host 0.0.0.0 --port $PORT --workers 2",
        "worker: celery -A jobs worker --concurrency=2",
        "beat: celery -A jobs beat",
        "shop-three: python bot.py",
    ]


def test_a_file_that_is_there_is_kept_unless_its_replacement_is_asked_for() -> None:
    files = FASTAPI | {"app.json": '{"name": "ours"}\n'}
    planned = made(files, "heroku")
    assert planned.kept == ("app.json",)
    assert "app.json" not in planned.contents
    assert "app.json" in made(files, "heroku", replaces=True).contents


def test_what_is_complete_is_not_written_again() -> None:
    first = texts(made(CELERY, "heroku"))
    assert made(CELERY | first, "heroku").contents == {}


def test_a_server_that_nothing_installs_is_said() -> None:
    planned = made(FASTAPI | {"requirements.txt": "fastapi==99.0\nasyncpg==99.0\n"}, "heroku")
    assert [item.distribution for item in planned.missing] == ["uvicorn"]
    assert "server-not-required" in {f.rule for r in planned.report.results for f in r.findings}
    other = made(FASTAPI | {"requirements.txt": "fastapi==99.0\nhypercorn==99.0\nasyncpg==99.0\n"}, "heroku")
    assert "web: hypercorn main:app --bind 0.0.0.0:$PORT" in texts(other)["Procfile"]


def test_nothing_to_start_is_an_error_with_a_hint() -> None:
    with pytest.raises(UsageError) as caught:
        made({"requirements.txt": "flask==99.0\n", "tool.py": "print(1)\n"}, "render")
    assert caught.value.hint


def test_hostile_names_stay_within_their_line() -> None:
    files = FASTAPI | {"main.py": FASTAPI["main.py"].replace("MAIL_KEY", "X: y\\n  - type: web")}
    document = blueprint_of(made(files, "render"))
    assert document.problem is None
    assert len(document.value["services"]) == 1


def test_hostile_folders_reach_no_command_and_no_other_line() -> None:
    folder = 'a; touch x\n"b'
    hostile = {f"{folder}/{path}": text for path, text in FASTAPI.items()}
    planned = made(hostile, "heroku")
    found = texts(planned)
    assert tomllib.loads(found["trueup.toml"])["root-dir"] == folder
    assert all(process.command.startswith("uvicorn main:app ") for s in planned.services for process in s.processes)
    blueprint = blueprint_of(made(hostile, "render"))
    assert blueprint.problem is None
    assert [service["rootDir"] for service in blueprint.value["services"]] == [folder]
    with pytest.raises(UsageError):
        made({"requirements.txt": "fastapi==99.0\n", "a;b/main.py": FASTAPI["main.py"]}, "heroku")


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_the_command_writes_only_after_a_yes_and_undo_takes_it_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = written(tmp_path / "shop", {**FLASK, "requirements.txt": ""})
    before = sorted(path.name for path in root.iterdir())
    arguments = ["init", "heroku", str(root), "--on", "2026-11-20", "--no-index"]
    main([*arguments, "--dry-run"])
    main(arguments)
    assert "Nothing was written" in capsys.readouterr().err
    assert sorted(path.name for path in root.iterdir()) == before
    main([*arguments, "--yes"])
    assert "+web: gunicorn" in capsys.readouterr().out
    assert (root / "Procfile").read_text().endswith("--bind 0.0.0.0:$PORT\n")
    assert main(["undo", str(root)]) == 0
    assert not (root / "Procfile").exists()


def test_an_unknown_platform_is_a_wrong_command_line(tmp_path: Path) -> None:
    assert main(["init", "moon", str(tmp_path)]) == 2
