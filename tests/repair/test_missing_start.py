"""A service without a start command gets the one that its code asks for, in the file that its builder reads."""

from __future__ import annotations

import pytest

from tests.repair.test_families import FASTAPI, PINNED, REQUIREMENTS, one, planned, repaired
from trueup.model.finding import Applicability
from trueup.repair.differences import difference

FLASK = "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/health')\ndef health():\n    return {}\n"
BASE: dict[str, str | bytes] = {"server.py": FASTAPI, "requirements.txt": REQUIREMENTS, **PINNED}
BOT = (
    "from aiogram import Bot, Dispatcher\n\ndp = Dispatcher()\n\n\ndef main():\n    dp.run_polling(Bot('x'))\n\n\n"
    "if __name__ == '__main__':\n    main()\n"
)
BLUEPRINT = (
    "services:\n  - type: web\n    name: api  # the shop\n    runtime: python\n"
    "    buildCommand: pip install -r requirements.txt\n    healthCheckPath: /health\n"
)


@pytest.mark.parametrize("platform", ["heroku", "railway"])
def test_the_procfile_is_made(platform: str) -> None:
    """Two lines of difference for every builder that reads a Procfile."""
    project, plan = planned(BASE, platform)
    repair = one(plan, "start-procfile")
    shown = [difference(path, None, data) for path, data in repair.contents(project).items()]
    assert shown == [
        "--- /dev/null\n+++ b/Procfile\n@@ -0,0 +1 @@\n+web: uvicorn server:app --host 0.0.0.0 --port $PORT\n"
    ]
    assert (repair.recommended, repair.applicability) == (True, Applicability.SAFE)
    assert "no-start-command" in repair.resolves
    assert repair.reason == "server.py:3 makes the FastAPI application, and nothing starts it"


def test_a_procfile_that_is_there_keeps_its_lines() -> None:
    project, plan = planned({**BASE, "Procfile": "release: python -V\n"}, "heroku")
    text = "release: python -V\nweb: uvicorn server:app --host 0.0.0.0 --port $PORT\n"
    assert repaired(project, one(plan, "start-procfile")) == {"Procfile": text}


@pytest.mark.parametrize("line", ["web : python server.py", "web :python server.py", "web\t:  python server.py"])
def test_a_colon_behind_a_blank_is_joined_and_not_doubled(line: str) -> None:
    """`web: : python …` runs the shell's `:` and nothing else."""
    project, plan = planned({**BASE, "Procfile": f"{line}\n"}, "heroku")
    repair = one(plan, "start-procfile")
    assert repaired(project, repair)["Procfile"] == "web: python server.py\n"
    assert "Join the colon of Procfile:1" in repair.title


def test_a_missing_colon_is_written_and_nothing_else() -> None:
    """What the line starts is the project's own, with its faults."""
    texts = {**BASE, "Procfile": "web uvicorn server:app --host 0.0.0.0 --port $PORT --reload\n"}
    project, plan = planned(texts, "heroku")
    text = "web: uvicorn server:app --host 0.0.0.0 --port $PORT --reload\n"
    assert repaired(project, one(plan, "start-procfile")) == {"Procfile": text}


def test_the_blueprint_gets_the_key() -> None:
    project, plan = planned({**BASE, "render.yaml": BLUEPRINT}, "render")
    text = f"{BLUEPRINT}    startCommand: uvicorn server:app --host 0.0.0.0 --port $PORT\n"
    assert repaired(project, one(plan, "start-render.yaml-api")) == {"render.yaml": text}


def test_a_server_that_is_missing_is_a_part_of_it() -> None:
    """As an exact pin with a wheel; held back where the policy allows no new dependency or no line can be added."""
    texts: dict[str, str | bytes] = {"service.py": FLASK, "requirements.txt": "flask==3.1.3\n", **PINNED}
    project, plan = planned(texts, "heroku")
    found = repaired(project, one(plan, "start-procfile"))
    assert found["Procfile"] == "web: gunicorn service:app --bind 0.0.0.0:$PORT\n"
    assert found["requirements.txt"].startswith("flask==3.1.3\ngunicorn==")
    _, plan = planned(texts, "heroku", policy={"new_dependencies": False})
    assert not [repair for repair in plan.repairs if repair.id.startswith("start-")]
    assert any("gunicorn would be one" in item.reason for item in plan.held_back)
    hashed = {**texts, "requirements.txt": "flask==3.1.3 --hash=sha256:" + "0" * 64 + "\n"}
    _, plan = planned(hashed, "heroku")
    assert any("locked by hashes" in item.reason for item in plan.held_back)


def test_of_several_applications_none_is_chosen() -> None:
    """Both are named, with what would start them."""
    _, plan = planned({**BASE, "admin.py": FASTAPI}, "heroku")
    assert not [repair for repair in plan.repairs if repair.id.startswith("start-")]
    (reason,) = [item.reason for item in plan.held_back if "Procfile" in item.title]
    assert "FastAPI in admin.py:3 (uvicorn admin:app " in reason
    assert "FastAPI in server.py:3 (uvicorn server:app " in reason


def test_a_bot_that_starts_a_web_application_itself_is_not_chosen_from() -> None:
    """Its page keeps the service awake: either may be meant."""
    texts: dict[str, str | bytes] = {
        "awake.py": FLASK,
        "bot.py": f"import awake\n{BOT}",
        "requirements.txt": "flask==3.1.3\naiogram==3.31.0\n",
        **PINNED,
    }
    _, plan = planned(texts, "heroku")
    (reason,) = [item.reason for item in plan.held_back if "Procfile" in item.title]
    assert "awake.py" in reason
    assert "python bot.py" in reason


def test_a_bot_is_a_worker() -> None:
    """Heroku's only service is then called by its process type: what it had before has not come."""
    texts: dict[str, str | bytes] = {"bot.py": BOT, "requirements.txt": "aiogram\n"}
    project, plan = planned(texts, "heroku")
    assert repaired(project, one(plan, "start-procfile")) == {"Procfile": "worker: python bot.py\n"}


def test_a_wrong_name_of_the_procfile_is_told() -> None:
    """Not done: on a disk that ignores case both names are one file."""
    project, plan = planned({**BASE, "procfile": "web: uvicorn server:app --host 0.0.0.0 --port $PORT\n"}, "heroku")
    repair = one(plan, "by-hand-rename")
    assert (repair.applicability, repair.commands) == (Applicability.DISPLAY_ONLY, ("git mv procfile Procfile",))
    assert repair.contents(project) == {}


def test_what_a_dockerfile_starts_is_left_alone() -> None:
    _, plan = planned({**BASE, "Dockerfile": "FROM python:3.13\nCMD python server.py\n"}, "railway")
    assert any("Dockerfile:1 builds the service" in item.reason for item in plan.held_back)


def test_an_application_with_requirements_of_its_own_is_another_service() -> None:
    texts: dict[str, str | bytes] = {"backend/main.py": FASTAPI, "backend/requirements.txt": REQUIREMENTS}
    _, plan = planned(texts, "heroku")
    (reason,) = [item.reason for item in plan.held_back if "Procfile" in item.title]
    assert reason.endswith("make backend the root directory of the service")


def test_what_was_there_unseen_is_not_brought() -> None:
    """Open CORS in the code was there before the service could be started; it does not keep the command back."""
    code = FASTAPI.replace(
        "app = FastAPI()\n",
        "app = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=['*'], allow_credentials=True)\n",
    ).replace("import FastAPI\n", "import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n")
    _, plan = planned({**BASE, "server.py": code}, "heroku")
    assert one(plan, "start-procfile").recommended


def test_code_without_an_application_has_no_repair_and_a_reason() -> None:
    _, plan = planned({"tool.py": "print(1)\n", "requirements.txt": "flask==3.1.3\n", **PINNED}, "heroku")
    (reason,) = [item.reason for item in plan.unrepairable if item.rule == "no-start-command"]
    assert reason.startswith("no application was found in its code")
