"""Each family on a small project: what it changes, and that the finding is gone afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.test_projects import recording
from trueup.configuration import Configuration, Policy
from trueup.fixing import Checker, fix
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.repair import Repair, RepairPlan
from trueup.pipeline import Choice
from trueup.repair._ignored import seen_texts, with_ignored
from trueup.repair._interface import Wishes
from trueup.repair.differences import difference
from trueup.repair.planner import families
from trueup.repair.verify import protects

PINNED = {".python-version": "3.12\n"}
FASTAPI = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/health')\ndef health():\n    return {}\n"
REQUIREMENTS = "fastapi==0.115.0\nuvicorn==0.32.0\n"


def planned(texts: dict[str, str | bytes], platform: str, **options: Any) -> tuple[Project, RepairPlan]:
    """What is offered for some files on one platform."""
    project = Project.from_texts(texts)
    context = PlanContext(on=options.pop("on", "2026-11-20"))
    configuration = Configuration(policy=Policy(**options.pop("policy", {})))
    choice = Choice((platform,))
    wishes = Wishes(**options)
    return project, fix(project, context, choice, configuration, lambda _: recording(), wishes=wishes)[1]


def repaired(project: Project, repair: Repair) -> dict[str, str]:
    """The files that a repair changes, as they are afterwards."""
    return {path: data.decode() if data is not None else "(removed)" for path, data in repair.contents(project).items()}


def one(plan: RepairPlan, beginning: str) -> Repair:
    found = [repair for repair in plan.repairs if repair.id.startswith(beginning)]
    assert len(found) == 1, f"{[repair.id for repair in plan.repairs]} {plan.held_back}"
    return found[0]


START = [
    ("uvicorn main:app --host 127.0.0.1 --port $PORT", "uvicorn main:app --host 0.0.0.0 --port $PORT"),
    ("uvicorn main:app --port $PORT", "uvicorn main:app --port $PORT --host 0.0.0.0"),
    ("uvicorn main:app", "uvicorn main:app --host 0.0.0.0 --port $PORT"),
    ("uvicorn main:app --host 0.0.0.0 --port 8000", "uvicorn main:app --host 0.0.0.0 --port $PORT"),
    ("uvicorn main:app --host=0.0.0.0", "uvicorn main:app --host=0.0.0.0 --port $PORT"),
]


@pytest.mark.parametrize(("command", "expected"), START)
def test_a_start_command_listens_where_the_platform_looks(command: str, expected: str) -> None:
    """In a Procfile: only the option changes, or is added at the end."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "Procfile": f"# start\nweb: {command}\n",
        **PINNED,
    }
    project, plan = planned(texts, "heroku")
    assert repaired(project, one(plan, "start-start-")) == {"Procfile": f"# start\nweb: {expected}\n"}


def test_a_start_command_in_json_keeps_its_quotes() -> None:
    """The option is added within the string, before the comma."""
    railway = '{\n  "deploy": {\n    "startCommand": "uvicorn main:app",\n    "healthcheckPath": "/health"\n  }\n}\n'
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "railway.json": railway,
        **PINNED,
    }
    project, plan = planned(texts, "railway", on="2026-08-01")
    expected = railway.replace('main:app"', 'main:app --host 0.0.0.0 --port $PORT"')
    assert repaired(project, one(plan, "start-start-")) == {"railway.json": expected}


def test_the_address_in_the_code() -> None:
    """A loopback address in the program itself is changed there."""
    start = '    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]))\n'
    code = f'{FASTAPI}\nif __name__ == "__main__":\n    import os\n\n    import uvicorn\n\n{start}'
    texts: dict[str, str | bytes] = {
        "main.py": code,
        "requirements.txt": REQUIREMENTS,
        "Procfile": "web: python main.py\n",
        **PINNED,
    }
    project, plan = planned(texts, "heroku")
    assert repaired(project, one(plan, "start-start-")) == {"main.py": code.replace("127.0.0.1", "0.0.0.0")}


def test_a_missing_server_is_added_as_an_exact_pin() -> None:
    """The newest release with a wheel; not where the policy allows no new dependency."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": "fastapi==0.115.0\nuvicorn==0.32.0\n",
        "Procfile": "web: gunicorn -k uvicorn.workers.UvicornWorker main:app --bind 0.0.0.0:$PORT\n",
        **PINNED,
    }
    project, plan = planned(texts, "heroku")
    text = repaired(project, one(plan, "add-gunicorn"))["requirements.txt"]
    assert text.startswith("fastapi==0.115.0\nuvicorn==0.32.0\ngunicorn==")
    _, plan = planned(texts, "heroku", policy={"new_dependencies": False})
    assert any("no new dependencies" in item.reason for item in plan.held_back)
    assert not any(repair.id.startswith("add-") for repair in plan.repairs)


def test_variables_are_declared_by_name_alone() -> None:
    """In .env.example without a value, in the blueprint as one that the dashboard asks for."""
    code = f"import os\n\n{FASTAPI}\nKEY = os.environ['STRIPE_KEY']\nURL = os.environ['MONGO_URL']\n"
    base: dict[str, str | bytes] = {"main.py": code, "requirements.txt": REQUIREMENTS, **PINNED}
    procfile = {"Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n"}
    project, plan = planned({**base, **procfile, ".env.example": "# needed\nSTRIPE_KEY="}, "heroku")
    expected = {".env.example": "# needed\nSTRIPE_KEY=\nMONGO_URL=\n"}
    assert repaired(project, one(plan, "variables-")) == expected
    blueprint = (
        "services:\n  - type: web\n    name: api\n    runtime: python\n"
        "    buildCommand: pip install -r requirements.txt\n"
        "    startCommand: uvicorn main:app --host 0.0.0.0 --port $PORT\n    healthCheckPath: /health\n"
        "    envVars:\n      - key: STRIPE_KEY\n        sync: false\n"
    )
    project, plan = planned({**base, "render.yaml": blueprint}, "render")
    expected = {"render.yaml": f"{blueprint}      - key: MONGO_URL\n        sync: false\n"}
    assert repaired(project, one(plan, "variables-")) == expected


def test_utf_16_becomes_utf_8() -> None:
    """The same characters and line ends."""
    text = "fastapi==0.115.0\r\nuvicorn==0.32.0\r\n"
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": text.encode("utf-16"),
        "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
        **PINNED,
    }
    project, plan = planned(texts, "railway")
    assert repaired(project, one(plan, "encoding-")) == {"requirements.txt": text}


def test_one_line_stays_of_several_for_one_name() -> None:
    """The exact pin, where the others allow it anyway."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": "uvicorn==0.32.0\nfastapi>=0.100\n# exact\nfastapi==0.115.0\n",
        "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
        **PINNED,
    }
    project, plan = planned(texts, "heroku")
    expected = {"requirements.txt": "uvicorn==0.32.0\n# exact\nfastapi==0.115.0\n"}
    assert repaired(project, one(plan, "single-")) == expected


PINS = [
    # platform, files, the file that is written and its text
    ("railway", {".python-version": "3.13\n"}, (".python-version", "3.12\n")),
    ("railway", {"runtime.txt": "python-3.13.1\n"}, ("runtime.txt", "python-3.12\n")),
    ("heroku", {".python-version": "# why\n3.13\n"}, (".python-version", "# why\n3.12\n")),
    (
        "railway",
        {".tool-versions": "nodejs 22\npython 3.13 # why\n"},
        (".tool-versions", "nodejs 22\npython 3.12 # why\n"),
    ),
    ("render", {".python-version": "3.13.1\n"}, (".python-version", None)),
]


@pytest.mark.parametrize(("platform", "files", "expected"), PINS, ids=[f"{p}-{next(iter(f))}" for p, f, _ in PINS])
def test_the_place_that_decides_is_changed(
    platform: str, files: dict[str, str], expected: tuple[str, str | None]
) -> None:
    """The pin asyncpg 0.29.0 has no wheel for 3.13: the version is replaced where it stands, in its own form."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": f"{REQUIREMENTS}asyncpg==0.29.0\n",
        "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
        **files,
    }
    project, plan = planned(texts, platform)
    changed = repaired(project, one(plan, "python-3.12"))
    path, text = expected
    assert list(changed) == [path]
    assert text is None or changed[path] == text
    assert "3.12" in changed[path]


def test_places_that_contradict_the_pin_are_brought_in_line() -> None:
    """A file that is not read and says something else would contradict the new pin: it is changed with it."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": f"{REQUIREMENTS}asyncpg==0.29.0\n",
        "render.yaml": "services:\n  - type: web\n    name: api\n    runtime: python\n"
        "    buildCommand: pip install -r requirements.txt\n"
        "    startCommand: uvicorn main:app --host 0.0.0.0 --port $PORT\n    healthCheckPath: /health\n"
        "    envVars:\n      - key: PYTHON_VERSION\n        value: 3.13.1\n",
        "runtime.txt": "python-3.13.1\n",
    }
    project, plan = planned(texts, "render")
    changed = repaired(project, one(plan, "python-3.12"))
    assert "value: 3.12." in changed["render.yaml"]
    assert set(changed) <= {"render.yaml", "runtime.txt"}


@pytest.mark.parametrize(
    ("image", "changed"),
    [
        ("python:3.13-slim", "python:3.12-slim"),
        (
            "docker.io/library/python:3.13-slim-bookworm AS build",
            "docker.io/library/python:3.12-slim-bookworm AS build",
        ),
        ("python:3.13-slim-buster", None),
        ("nikolaik/python-nodejs:python3.13-nodejs14", None),
    ],
)
def test_an_image_is_only_named_anew_where_there_is_one_for_every_python(image: str, changed: str | None) -> None:
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": f"{REQUIREMENTS}asyncpg==0.29.0\n",
        "Dockerfile": f"FROM {image}\nCOPY . .\n",
        "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
    }
    project, plan = planned(texts, "heroku")
    assert repaired(project, one(plan, "python-3.12")).get("Dockerfile") == (
        f"FROM {changed}\nCOPY . .\n" if changed else None
    )


def test_a_variable_is_added_to_app_json_as_json() -> None:
    """A line `NAME=` at its end was the edit for .env.example."""
    code = "import os\nfrom flask import Flask\napp = Flask(__name__)\nBROKER = os.environ['BROKER_URL']\n"
    texts: dict[str, str | bytes] = {
        "main.py": code,
        "requirements.txt": "flask==3.0.0\ngunicorn==23.0.0\n",
        ".python-version": "3.13\n",
        "Procfile": "web: gunicorn main:app\n",
        "app.json": '{\n  "env": {\n    "MODE": {\n      "value": "live"\n    }\n  }\n}\n',
    }
    project, plan = planned(texts, "heroku")
    changed = repaired(project, one(plan, "variables-app.json"))["app.json"]
    assert json.loads(changed) == {"env": {"MODE": {"value": "live"}, "BROKER_URL": {"required": True}}}
    assert '\n    "BROKER_URL": {"required": true}' in changed


def test_a_place_that_one_of_the_builders_reads_is_not_called_unread() -> None:
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "runtime.txt": "python-3.12.1\n",
        "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
    }
    _, plan = planned(texts, "heroku")
    assert one(plan, "python-3.12").reason.startswith(
        "runtime.txt:1 already asks for 3.12, in a place that not every builder reads"
    )


def test_a_partial_version_in_the_blueprint_is_completed() -> None:
    """Render takes a full X.Y.Z only; the newest patch of the same minor is written."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "render.yaml": "services:\n  - type: web\n    name: api\n    runtime: python\n"
        "    buildCommand: pip install -r requirements.txt\n"
        "    startCommand: uvicorn main:app --host 0.0.0.0 --port $PORT\n    healthCheckPath: /health\n"
        '    envVars:\n      - key: PYTHON_VERSION\n        value: "3.12"\n',
    }
    project, plan = planned(texts, "render")
    changed = repaired(project, one(plan, "python-3.12"))
    assert 'value: "3.12.' in changed["render.yaml"]


def test_every_repair_removes_what_it_says_and_adds_nothing() -> None:
    """The check of the repaired copy, made once more from nothing, has none of the findings that a repair names."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": f"{REQUIREMENTS}asyncpg==0.29.0\n",
        "Procfile": "web: uvicorn main:app --port 8000\n",
        "runtime.txt": "python-3.13.1\n",
    }
    project, plan = planned(texts, "railway")
    assert plan.repairs
    for repair in plan.repairs:
        checker = Checker(PlanContext(on="2026-11-20"), Choice(("railway",)), Configuration(), lambda _: recording())
        before = {(f.rule, f.subject) for r in checker.check(project).results for f in r.findings}
        after = {(f.rule, f.subject) for r in checker.check(repair.preview(project)).results for f in r.findings}
        assert after <= before, repair.id
        assert len(after) < len(before), repair.id


def test_families_say_what_they_repair() -> None:
    """Every family is documented, and names checks that exist."""
    from trueup.registry import discover

    checks = set(discover("trueup.checks", "CHECK"))
    for family in families():
        assert family.title
        assert set(family.rules) <= checks, family.id


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("app/guardians/**", "app/guardians/limits.py", True),
        ("migrations", "migrations/versions/1.py", True),
        ("migrations/", "migrations/README", True),
        ("./render.yaml", "render.yaml", True),
        ("*.lock", "backend/requirements.lock", True),
        ("app", "application/x.py", False),
    ],
)
def test_protected_paths(pattern: str, path: str, covered: bool) -> None:
    """Patterns, folders and files."""
    assert protects(pattern, path) is covered


def test_a_pin_that_git_would_leave_out_is_let_in() -> None:
    """A line of .gitignore that names the version file goes; everything else of it stays."""
    ignore = "# bytes\n__pycache__/\n\n# pyenv\n.python-version\n.env\n"
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
        ".gitignore": ignore,
    }
    project, plan = planned(texts, "heroku")
    changed = repaired(project, one(plan, "python-"))
    assert changed[".gitignore"] == ignore.replace(".python-version\n", "")
    assert changed[".python-version"] == "3.14\n"


def test_a_wider_pattern_gets_an_exception() -> None:
    """`.*` stays, and one line lets the version file in."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
        ".gitignore": ".*\r\n!.gitignore\r\n",
    }
    project, plan = planned(texts, "heroku")
    assert repaired(project, one(plan, "python-"))[".gitignore"] == ".*\r\n!.gitignore\r\n!/.python-version\r\n"


def test_what_git_leaves_out_is_known_of_a_copy() -> None:
    """New files by the patterns as they are then; below an excluded folder nothing can be let in."""
    project = Project.from_texts({".gitignore": "secret/\n*.lock\n", "a.txt": "a\n"})
    after = project.with_contents({"secret/.python-version": b"3.12\n", "uv.lock": b"", "b.txt": b"b\n"})
    assert with_ignored(project, after).ignored == {"secret/.python-version", "uv.lock"}
    assert seen_texts(project, "secret/.python-version") == {}
    assert seen_texts(project, "b.txt") == {}
    assert seen_texts(project, "uv.lock") == {".gitignore": "secret/\n*.lock\n!/uv.lock\n"}


def test_runtime_txt_becomes_a_version_file() -> None:
    """Heroku's newer buildpack refuses runtime.txt; one with other lines is left to the person."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
        "runtime.txt": "python-3.12.7\n",
    }
    project, plan = planned(texts, "heroku")
    assert repaired(project, one(plan, "python-")) == {".python-version": "3.12\n", "runtime.txt": "(removed)"}
    _, plan = planned({**texts, "runtime.txt": "python-3.12.7\nnumpy 2.0\n"}, "heroku")
    assert not any(edit.content is None for repair in plan.repairs for edit in repair.edits)


def test_the_application_that_is_there_is_started() -> None:
    """Of the server's interface: gunicorn gets the WSGI application, though the ASGI one comes first."""
    site = "from django.core.{0} import get_{0}_application\n\napplication = get_{0}_application()\n"
    texts: dict[str, str | bytes] = {
        "site/asgi.py": site.format("asgi"),
        "site/wsgi.py": site.format("wsgi"),
        "site/__init__.py": "",
        "requirements.txt": "django==5.2.8\ngunicorn==23.0.0\n",
        "Procfile": "web: gunicorn mysite.wsgi:application --bind 0.0.0.0:$PORT # start\n",
        **PINNED,
    }
    project, plan = planned(texts, "heroku")
    expected = "web: gunicorn site.wsgi:application --bind 0.0.0.0:$PORT # start\n"
    assert repaired(project, one(plan, "start-start-target"))["Procfile"] == expected


def test_values_that_are_right_in_upper_case() -> None:
    """Railway's schema knows them so; quotes and comments stay."""
    railway = "[build]\nbuilder = 'nixpacks' # as before\n\n[deploy]\nrestartPolicyType = \"on_failure\"\n"
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
        "railway.toml": railway,
        **PINNED,
    }
    project, plan = planned(texts, "railway", on="2026-08-01")
    expected = railway.replace("nixpacks", "NIXPACKS").replace("on_failure", "ON_FAILURE")
    assert repaired(project, one(plan, "upper-")) == {"railway.toml": expected}


def test_what_may_be_meant_for_another_place_is_not_removed() -> None:
    """Keys at the top, where a service lacks its name: a wrong indentation, and no rubbish."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "render.yaml": "services:\n  - type: web\nname: api\nplan: free\n",
        **PINNED,
    }
    _, plan = planned(texts, "render")
    assert not any(repair.id.startswith("unread-") for repair in plan.repairs)
    assert any("services.0.name is missing" in item.reason for item in plan.held_back)


def test_only_the_encoding_changes() -> None:
    """A difference is of text: two encodings of the same lines have none, which is said."""
    shown = difference("a.txt", "x==1\n".encode("utf-16"), b"x==1\n")
    assert shown == "--- a/a.txt\n+++ b/a.txt\n# the same text, UTF-16 → UTF-8\n"
    assert "-x==1\n+x==2\n" in difference("a.txt", "x==1\n".encode("utf-16"), "x==2\n".encode("utf-16"))


HEALTH = [
    ("render", "render.yaml", "services:\n  - type: web\n    name: api\n    runtime: python\n{0}", "    {1}: {2}\n"),
    ("railway", "railway.toml", '[deploy]\nnumReplicas = 1\n{0}\n[build]\nbuilder = "RAILPACK"\n', '{3} = "{2}"\n'),
    ("railway", "railway.json", '{{\n  "deploy": {{\n    "numReplicas": 1{0}\n  }}\n}}\n', ',\n    "{3}": "{2}"'),
]


@pytest.mark.parametrize(("platform", "name", "file", "line"), HEALTH, ids=[row[1] for row in HEALTH])
def test_a_health_path_that_is_answered_is_named(platform: str, name: str, file: str, line: str) -> None:
    """In the file's own form, and never without being asked for."""
    added = line.format("", "healthCheckPath", "/health", "healthcheckPath")
    start = "    startCommand: uvicorn main:app --host 0.0.0.0 --port $PORT\n    buildCommand: pip install .\n"
    lead = start if platform == "render" else ""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
        name: file.format(lead),
        **PINNED,
    }
    project, plan = planned(texts, platform, on="2026-08-01")
    repair = one(plan, "health-")
    assert repaired(project, repair) == {name: file.format(lead + added)}
    assert not repair.recommended


def test_what_only_weighs_less_is_not_said_to_be_gone() -> None:
    """An unread runtime.txt is still unread beside a pin that is read."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "render.yaml": (
            "services:\n  - type: web\n    name: api\n    runtime: python\n    plan: free\n"
            "    buildCommand: pip install -r requirements.txt\n    healthCheckPath: /health\n"
            "    startCommand: uvicorn main:app --host 0.0.0.0 --port $PORT\n"
        ),
        "runtime.txt": "python-3.10.13\n",
    }
    _, plan = planned(texts, "render")
    repair = one(plan, "python-")
    assert "floating-python" in repair.resolves
    assert "version-file-not-read" not in repair.resolves


@pytest.mark.parametrize(("old", "new"), [("false", "'off'"), ("true", "commit")])
def test_a_switch_becomes_the_word_of_its_new_key(old: str, new: str) -> None:
    """A switch under the new name would be refused, and the repair of every other key with it."""
    blueprint = (
        "services:\n  - type: web\n    name: api\n    env: python\n    buildCommand: pip install -r requirements.txt\n"
        f"    startCommand: uvicorn main:app --host 0.0.0.0 --port $PORT\n    autoDeploy: {old}  # by hand\n"
    )
    files: dict[str, str | bytes] = {"render.yaml": blueprint, "main.py": FASTAPI, "requirements.txt": REQUIREMENTS}
    project, plan = planned({**PINNED, **files}, "render")
    text = repaired(project, one(plan, "keys-"))["render.yaml"]
    assert f"    autoDeployTrigger: {new}  # by hand\n" in text
    assert "    runtime: python\n" in text
