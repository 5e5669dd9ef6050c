"""Routes with their prefixes, and tables that do not pretend to be complete."""

from __future__ import annotations

import pytest

from trueup.model.project import Project
from trueup.sourcecode import code_facts
from trueup.sourcecode.routes import RouteTable


def table(text: str, **files: str) -> RouteTable:
    texts = {"main.py": text} | {f"{name.replace('__', '/')}.py": content for name, content in files.items()}
    return code_facts(Project.from_texts(texts), start="uvicorn main:app").routes


def paths(found: RouteTable) -> set[str]:
    return {route.path for route in found.routes}


def test_fastapi_with_routers_in_routers() -> None:
    found = table(
        "from fastapi import FastAPI\nimport users\nfrom items import router as items\n"
        "app = FastAPI()\napp.include_router(users.router, prefix='/v1')\napp.include_router(items)\n"
        "@app.get('/health')\nasync def health(): ...\n",
        users="from fastapi import APIRouter\nimport friends\nrouter = APIRouter(prefix='/users')\n"
        "router.include_router(friends.router)\n@router.get('/{name}')\ndef one(name): ...\n",
        friends="from fastapi import APIRouter\nrouter = APIRouter(prefix='/friends')\n@router.post('')\n"
        "def add(): ...\n",
        items="from fastapi import APIRouter\nP = '/items'\nrouter = APIRouter(prefix=P)\n@router.get('/')\n"
        "def all_(): ...\n",
    )
    assert paths(found) == {"/health", "/v1/users/{name}", "/v1/users/friends", "/items/"}
    assert found.is_complete
    assert found.match("/v1/users/ada")
    assert not found.match("/v1/users/ada/x")
    assert not found.match("/items")
    assert found.match("/items", slash=True)


def test_flask_with_a_factory_and_blueprints() -> None:
    found = table(
        "from flask import Flask\nfrom views import bp\ndef create_app():\n    app = Flask(__name__)\n"
        "    app.register_blueprint(bp, url_prefix='/api')\n    app.add_url_rule('/ping', view_func=f)\n"
        "    return app\n"
        "app = create_app()\n",
        views="from flask import Blueprint\nbp = Blueprint('b', __name__, url_prefix='/old')\n"
        "@bp.route('/files/<path:name>', methods=['GET', 'PUT'])\ndef files(name): ...\n",
    )
    assert paths(found) == {"/api/files/<path:name>", "/ping"}
    assert found.match("/api/files/a/b/c")
    assert found.is_complete


def test_django_follows_include() -> None:
    found = table(
        "ROOT_URLCONF = 'urls'\nINSTALLED_APPS = []\n",
        urls="from django.urls import include, path\nfrom django.contrib import admin\n"
        "urlpatterns = [path('admin/', admin.site.urls), path('api/', include('api.urls'))]\n",
        api__urls="from django.urls import path, re_path\nurlpatterns = [path('health/', f), re_path(r'^x$', f)]\n",
    )
    assert paths(found) == {"/admin/", "/api/health/", "/api/x"}
    assert found.match("/admin/login/")
    assert found.match("/api/health/")
    assert not found.match("/api/health")


def test_aiohttp_and_starlette() -> None:
    aiohttp = table(
        "from aiohttp import web\nroutes = web.RouteTableDef()\n@routes.get('/a')\nasync def a(r): ...\n"
        "app = web.Application()\napp.add_routes(routes)\napp.router.add_get('/b', a)\n"
        "app.add_routes([web.get('/c', a)])\n"
    )
    assert paths(aiohttp) == {"/a", "/b", "/c"}
    starlette = table(
        "from starlette.applications import Starlette\nfrom starlette.routing import Mount, Route\n"
        "app = Starlette(routes=[Route('/a', f), Mount('/in', routes=[Route('/b', f)]), Mount('/static', app=x)])\n"
    )
    assert paths(starlette) == {"/a", "/in/b", "/static"}
    assert starlette.match("/static/logo.png")


@pytest.mark.parametrize(
    "text",
    [
        "from fastapi import FastAPI\nfrom elsewhere import router\napp = FastAPI()\napp.include_router(router)\n",
        "from fastapi import FastAPI\nfrom setup_ import routes\napp = FastAPI()\nroutes(app)\n",
        "from flask import Flask\napp = Flask(__name__)\nfor p in P:\n    app.add_url_rule(p, view_func=f)\n",
        "from fastapi import FastAPI\napp = FastAPI()\n@app.get(compute())\ndef f(): ...\n",
    ],
)
def test_what_is_computed_or_foreign_makes_it_incomplete(text: str) -> None:
    assert not table(f"{text}\n@app.get('/known')\ndef known(): ...\n").is_complete


def test_extensions_that_add_no_routes_do_not_matter() -> None:
    found = table(
        "from flask import Flask\nfrom flask_cors import CORS\nfrom db import db\napp = Flask(__name__)\nCORS(app)\n"
        "db.init_app(app)\n@app.get('/')\ndef f(): ...\n",
        db="from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
    )
    assert found.is_complete
