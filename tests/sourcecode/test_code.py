"""Applications, imports, disk writes, needed Pythons, secrets."""

from __future__ import annotations

import pytest

from trueup.model.project import Project, SourceFile
from trueup.sourcecode import CodeFacts, code_facts
from trueup.sourcecode.module import parse_module
from trueup.sourcecode.secrets import committed_secrets, looks_random
from trueup.sourcecode.syntax import needed_python, newer_syntax


def facts(start: str, **files: str) -> CodeFacts:
    texts = {f"{name.replace('__', '/')}.py": text for name, text in files.items()}
    return code_facts(Project.from_texts(texts), start=start)


@pytest.mark.parametrize(
    ("text", "framework", "target", "is_factory"),
    [
        ("from fastapi import FastAPI\napp = FastAPI()", "FastAPI", "main:app", False),
        ("import fastapi as f\napi: f.FastAPI = f.FastAPI()", "FastAPI", "main:api", False),
        (
            "from flask import Flask\ndef create_app(c=None):\n    a = Flask('x')\n    return a",
            "Flask",
            "main:create_app",
            True,
        ),
        ("from celery import Celery\nq = Celery('q')", "Celery", "main:q", False),
        ("from aiohttp.web import Application\napp = Application()", "aiohttp", "main:app", False),
        ("import streamlit as st\nst.title('x')", "Streamlit", "main", False),
        ("import gradio as gr\nwith gr.Blocks() as demo:\n    pass", "Gradio", "main:demo", False),
        (
            "from telegram.ext import Application\na = Application.builder().token('x').build()",
            "python-telegram-bot",
            "main",
            False,
        ),
        (
            "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()",
            "Django",
            "main:application",
            False,
        ),
    ],
)
def test_applications(text: str, framework: str, target: str, is_factory: bool) -> None:
    found = facts("python main.py", main=text).applications
    assert [(a.framework, a.target, a.is_factory) for a in found] == [(framework, target, is_factory)]


def test_imports_at_start_and_later() -> None:
    found = facts(
        "python main.py",
        main="import os\nimport flask\nimport helper\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    import pandas\n"
        "try:\n    import ujson\nexcept ImportError:\n    import json\n",
        helper="def f():\n    import numpy\n",
        unused="import torch\n",
    )
    by_name = {item.name: item for item in found.imports}
    assert by_name["flask"].at_start
    assert not by_name["flask"].guarded
    assert by_name["ujson"].guarded
    assert not by_name["numpy"].at_start
    assert not {"pandas", "torch", "helper"} & by_name.keys()


def test_folders_that_the_code_adds_to_the_path() -> None:
    found = facts(
        "gunicorn app:app",
        app="import sys, os\nsys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))\nfrom inner import app\n",
        lib__inner="import flask\napp = flask.Flask('x')\n",
    )
    assert found.reach.at_start == ["app.py", "lib/inner.py"]


@pytest.mark.parametrize(
    ("text", "kind", "place", "variable"),
    [
        ("import sqlite3\nsqlite3.connect('app.db')", "sqlite", "app.db", None),
        (
            "import os\nURL = os.getenv('DATABASE_URL', 'sqlite:///./data/app.db')",
            "sqlite",
            "data/app.db",
            "DATABASE_URL",
        ),
        (
            "import os\nurl = os.getenv('DATABASE_URL', '').strip()\nif not url:\n    url = 'sqlite:///app.db'",
            "sqlite",
            "app.db",
            "DATABASE_URL",
        ),
        (
            "from sqlalchemy import create_engine\ncreate_engine('sqlite+aiosqlite:////data/app.db')",
            "sqlite",
            "/data/app.db",
            None,
        ),
        (
            "from pathlib import Path\nD = Path(__file__).parent / 'out'\n(D / 'a.txt').write_text('x')",
            "file",
            "out/a.txt",
            None,
        ),
        ("open('/tmp/x', 'w')", "file", "/tmp/x", None),
        (
            (
                "import os\nBASE = os.path.dirname(os.path.abspath(__file__))\nINSTALLED_APPS = []\n"
                "MEDIA_ROOT = os.path.join(BASE, 'media')"
            ),
            "upload",
            "media",
            None,
        ),
    ],
)
def test_disk_writes(text: str, kind: str, place: str, variable: str | None) -> None:
    found = facts("python main.py", main=text).writes
    assert [(w.kind, w.place, w.variable) for w in found] == [(kind, place, variable)]


@pytest.mark.parametrize(
    "text", ["import sqlite3\nsqlite3.connect(':memory:')", "URL = 'postgres://h/d'", "open('a')", "open(name, 'w')"]
)
def test_what_is_no_known_write(text: str) -> None:
    assert not facts("python main.py", main=text).writes


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("match x:\n    case 1: pass", "3.10"),
        ("try:\n    f()\nexcept* ValueError:\n    pass", "3.11"),
        ("if (a := 1): pass", "3.8"),
        ("def f(x: int | None): ...", "3.10"),
        ("def f(x: list[int]): ...", "3.9"),
        ("from __future__ import annotations\ndef f(x: int | None): ...", None),
        ("def g():\n    def f(x: int | None): ...", None),
        ("x = 1 | 2", None),
    ],
)
def test_needed_python(text: str, minor: str | None) -> None:
    found = needed_python(parse_module("m.py", SourceFile("m.py", text.encode())))
    assert (found.minor if found else None) == minor


@pytest.mark.parametrize(
    ("text", "minor", "line"),
    [
        ("import os\nlazy import json", "3.15", 2),
        ("lazy from json import loads", "3.15", 1),
        ("x = [*y for y in [[1]]]", "3.15", 1),
        ("x = {**y for y in [{}]}", "3.15", 1),
        ("x = sum((*y for y in [[1]]), 0)", "3.15", 1),
        ("try:\n    f()\nexcept ValueError, errors.Other:\n    pass", "3.14", 3),
        ("x = t'{y}'", "3.14", 1),
        ("type Pair = tuple[int, int]", "3.12", 1),
        ("def first[T](x: T) -> T: ...", "3.12", 1),
        ("x = [y for y in [[1]]]\nz = {**x}\nw = [*x]", None, 0),
        ("try:\n    f()\nexcept (ValueError, errors.Other):\n    pass", None, 0),
        ("try:\n    f()\nexcept (\n    ValueError,\n    OSError,\n):\n    pass", None, 0),
    ],
)
def test_new_syntax_is_known_whichever_python_runs_this(text: str, minor: str | None, line: int) -> None:
    module = parse_module("m.py", SourceFile("m.py", text.encode()))
    found = newer_syntax(module) or needed_python(module)
    assert ((found.minor, found.line) if found else (None, 0)) == (minor, line)


def test_secrets_by_shape() -> None:
    key = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    text = f"# one\nKEY = '{key}'\nOTHER = 'sk_{'live'}_xxxxxxxxxxxxxxxxxxxxxxxx'\n"
    found = committed_secrets(SourceFile("a.py", text.encode()))
    assert [(item.kind, item.line) for item in found] == [("a Stripe live key", 2)]
    url = "postgres" + "://shop:v8Jq2LmZ0pRt@ep-blue.provider.example/shop"
    assert [item.kind for item in committed_secrets(SourceFile("a", url.encode()))] == [
        "a database URL with its password"
    ]
    assert not committed_secrets(SourceFile("a", b"postgres://postgres:postgres@localhost:5432/app"))


def test_random_looking_values() -> None:
    assert looks_random("q7Rm2Zx9Lp4Tn8Vb3Wc6Yd1Kf5Hg0Js")
    assert not looks_random("change-me-before-you-deploy-1")
    assert not looks_random("aaaaaaaaaaaaaaaaaaaaaaaa1")


@pytest.mark.parametrize(
    "data", [b"def f(:\n", b"\0\0", b"\xff\xfex\0=\01\0", b"(" * 5000, b"x = " + b"-" * 20000 + b"1", b"a" * 500_000]
)
def test_what_cannot_be_parsed_has_a_problem(data: bytes) -> None:
    module = parse_module("m.py", SourceFile("m.py", data))
    assert module.tree is None
    assert module.problem
