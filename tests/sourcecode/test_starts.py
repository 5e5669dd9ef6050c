"""The command that the code asks for: which server, which name, from which folder."""

from __future__ import annotations

import pytest

from trueup.model.project import Project
from trueup.sourcecode import code_facts
from trueup.sourcecode.starts import bot_starts, celery_starts, web_starts

FASTAPI = "from fastapi import FastAPI\n\napp = FastAPI()\n"
FLASK = "from flask import Flask\n\napp = Flask(__name__)\n"
FACTORY = "from flask import Flask\n\n\ndef create_app({}):\n    return Flask(__name__)\n"
POLLING = (
    "from telegram.ext import ApplicationBuilder\n\n\ndef main():\n    bot = ApplicationBuilder().build()\n"
    "    bot.{}()\n\n\nif __name__ == '__main__':\n    main()\n"
)
GUNICORN = "gunicorn {} --bind 0.0.0.0:$PORT"
UVICORN = "uvicorn {} --host 0.0.0.0 --port $PORT"
WEB: dict[str, tuple[dict[str, str], str, list[str]]] = {
    "an application at the root": ({"app.py": FLASK}, "gunicorn", [GUNICORN.format("app:app")]),
    "waitress, where it alone is installed": (
        {"app.py": FLASK},
        "waitress",
        ["waitress-serve --host 0.0.0.0 --port $PORT app:app"],
    ),
    "a package": (
        {"app/main.py": "from app.db import x\n" + FASTAPI, "app/db.py": "x = 1\n"},
        "uvicorn",
        [UVICORN.format("app.main:app")],
    ),
    "relative imports keep the package": (
        {"backend/main.py": "from .db import x\n" + FASTAPI, "backend/db.py": "x = 1\n"},
        "uvicorn",
        [UVICORN.format("backend.main:app")],
    ),
    "imports from the file's own folder": (
        {"backend/main.py": "import db\n" + FASTAPI, "backend/db.py": "x = 1\n"},
        "uvicorn",
        [UVICORN.format("main:app") + " --app-dir backend"],
    ),
    "imports from a folder between": (
        {"backend/src/api/main.py": "from api.db import x\n" + FLASK, "backend/src/api/db.py": "x = 1\n"},
        "gunicorn",
        [GUNICORN.format("api.main:app") + " --chdir backend/src"],
    ),
    "a folder that is no package": (
        {"my-api/main.py": FASTAPI},
        "hypercorn",
        ["cd my-api && hypercorn main:app --bind 0.0.0.0:$PORT"],
    ),
    "a factory": ({"shop.py": FACTORY.format("")}, "gunicorn", ["gunicorn 'shop:create_app()' --bind 0.0.0.0:$PORT"]),
    "what holds a factory's application": (
        {
            "shop/__init__.py": FACTORY.format("name"),
            "run.py": "from shop import create_app\n\napp = create_app('x')\n",
        },
        "gunicorn",
        [GUNICORN.format("run:app")],
    ),
    "a factory that no server can call": ({"shop.py": FACTORY.format("name")}, "gunicorn", []),
    "a part of another application": (
        {"main.py": "from admin import app as admin\n" + FASTAPI + "app.mount('/admin', admin)\n", "admin.py": FASTAPI},
        "uvicorn",
        [UVICORN.format("main:app")],
    ),
    "two applications": (
        {"main.py": FASTAPI, "other.py": FASTAPI},
        "uvicorn",
        [UVICORN.format("main:app"), UVICORN.format("other:app")],
    ),
    "Django's two interfaces are one": (
        {
            "shop/asgi.py": "from django.core.asgi import get_asgi_application as get\n\napplication = get()\n",
            "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application as get\n\napplication = get()\n",
        },
        "gunicorn",
        [GUNICORN.format("shop.wsgi:application")],
    ),
    "Channels wraps what Django makes": (
        {
            "shop/asgi.py": "from django.core.asgi import get_asgi_application\nfrom channels.routing import X\n\n"
            "inner = get_asgi_application()\napplication = X({'http': inner})\n"
        },
        "daphne",
        ["daphne -b 0.0.0.0 -p $PORT shop.asgi:application"],
    ),
    "Streamlit at the top of the file": (
        {
            "app.py": "import streamlit as st\n\nst.title('x')\n",
            "pages/one.py": "import streamlit as st\n\nst.title('y')\n",
        },
        "streamlit",
        ["streamlit run app.py --server.port $PORT --server.address 0.0.0.0"],
    ),
    "Streamlit in a function that the file calls": (
        {
            "app.py": "import streamlit as st\n\n\ndef main():\n    st.title('x')\n\n\n"
            "if __name__ == '__main__':\n    main()\n"
        },
        "streamlit",
        ["streamlit run app.py --server.port $PORT --server.address 0.0.0.0"],
    ),
    "Dash's server": (
        {"app.py": "from dash import Dash\n\napp = Dash()\nserver = app.server\n"},
        "gunicorn",
        [GUNICORN.format("app:server")],
    ),
    "nothing to start": ({"tool.py": "print(1)\n"}, "gunicorn", []),
}


@pytest.mark.parametrize("name", WEB)
def test_the_web_process(name: str) -> None:
    files, server, expected = WEB[name]
    facts = code_facts(Project.from_texts(files))
    found = web_starts(facts, frozenset({server}))
    assert [start.command for start in found] == expected
    assert all(start.needs == () for start in found)


def test_a_server_that_nothing_installs_is_told() -> None:
    (start,) = web_starts(code_facts(Project.from_texts({"app.py": FLASK})), frozenset({"flask"}))
    assert (start.command, start.needs) == (GUNICORN.format("app:app"), ("gunicorn",))
    assert start.words == "Flask in app.py:3"


def test_a_bot_that_asks_is_a_worker_and_one_that_is_called_is_web() -> None:
    (asking,) = bot_starts(code_facts(Project.from_texts({"my-bot.py": POLLING.format("run_polling")})))
    assert (asking.kind, asking.command) == ("worker", "python my-bot.py")
    (called,) = bot_starts(code_facts(Project.from_texts({"bot.py": POLLING.format("run_webhook")})))
    assert (called.kind, called.command) == ("web", "python bot.py")


def test_a_bot_is_started_by_the_file_that_runs_it() -> None:
    loader = "from aiogram import Dispatcher\n\ndp = Dispatcher()\n"
    main = "from bots.loader import dp\n\nif __name__ == '__main__':\n    dp.run_polling()\n"
    (start,) = bot_starts(code_facts(Project.from_texts({"bots/loader.py": loader, "bots/main.py": main})))
    assert start.command == "python -m bots.main"


def test_celery_has_a_beat_where_it_has_a_schedule() -> None:
    code = "from celery import Celery\n\napp = Celery('x')\n"
    worker = "celery -A jobs worker --loglevel=info"
    assert [start.command for start in celery_starts(code_facts(Project.from_texts({"jobs.py": code})))] == [worker]
    both = celery_starts(code_facts(Project.from_texts({"jobs.py": f"{code}app.conf.beat_schedule = {{'a': {{}}}}\n"})))
    assert [start.command for start in both] == [worker, "celery -A jobs beat --loglevel=info"]
