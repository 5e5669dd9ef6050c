"""Modules and attributes: present, absent, or unknown; never a false absence."""

from __future__ import annotations

import pytest

from trueup.model.project import Project
from trueup.sourcecode.codebase import Presence, code_base


def presence(text: str, name: str, **files: str) -> Presence:
    code = code_base(
        Project.from_texts({"m.py": text} | {key.replace("__", "/") + ".py": v for key, v in files.items()})
    )
    return code.attribute("m.py", name)


@pytest.mark.parametrize(
    "text",
    [
        "app = 1",
        "a, (app, *b) = f()",
        "app: int = 3",
        "import app",
        "from x import y as app",
        "def app(): ...",
        "class app: ...",
        "if X:\n    app = 1\nelse:\n    app = 2",
        "try:\n    import app\nexcept ImportError:\n    app = None",
        "with open(f) as app: pass",
        "for app in []: pass",
        "print(app := 3)",
        "match x:\n    case [app]: pass",
    ],
)
def test_what_binds_a_name(text: str) -> None:
    assert presence(text, "app") is Presence.PRESENT


@pytest.mark.parametrize(
    "text",
    [
        "globals()['app'] = 1",
        "def __getattr__(name): return 1",
        "from somewhere import *",
        "exec('app = 1')",
        "def f():\n    global app\n    app = 1",
        "this is no Python",
    ],
)
def test_what_may_bind_it_unseen(text: str) -> None:
    assert presence(text, "app") is Presence.UNKNOWN


@pytest.mark.parametrize("text", ["", "application = 1", "def f():\n    app = 1", "class A:\n    app = 1", "# app"])
def test_what_surely_does_not(text: str) -> None:
    assert presence(text, "app") is Presence.ABSENT


def test_a_star_import_of_the_tree_is_followed() -> None:
    assert presence("from other import *", "app", other="app = 1") is Presence.PRESENT
    assert presence("from other import *", "app", other="x = 1") is Presence.ABSENT


def test_modules() -> None:
    code = code_base(Project.from_texts({"a/__init__.py": "", "a/b.py": "", "src/c.py": "", "n/d.py": "", "e.pyx": ""}))
    assert code.module_presence("a.b") is Presence.PRESENT
    assert code.module_presence("n.d") is Presence.PRESENT
    assert code.module_presence("a.x") is Presence.ABSENT
    assert code.module_presence("flask") is Presence.UNKNOWN
    assert code.module_presence("c") is Presence.UNKNOWN
    assert code.module_presence("c", ("src",)) is Presence.PRESENT
    assert code.module_presence("e") is Presence.PRESENT


def test_the_code_base_of_a_root_is_made_once() -> None:
    project = Project.from_texts({"backend/a.py": ""})
    assert code_base(project.subtree("backend")) is code_base(project.subtree("backend"))
    assert code_base(Project.from_texts({"backend/a.py": ""})) is not code_base(project)
