"""Small projects as careless and malicious people make them, on the disk: each answered soon and with its place."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.robustness.running import DAY, write_project
from trueup.configuration import read_configuration
from trueup.model.plan import PlanContext
from trueup.model.report import Report
from trueup.pipeline import Choice, check
from trueup.reading import read_project
from trueup.registry import discover
from trueup.reports._interface import Format, Look

APP = "from fastapi import FastAPI\napp = FastAPI()\n"
PROCFILE = "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n"
BASE: dict[str, str] = {
    "main.py": APP,
    "requirements.txt": "fastapi==0.115.0\nuvicorn==0.32.0\n",
    "Procfile": PROCFILE,
    ".python-version": "3.12\n",
}
PLATFORMS = ("railway", "render", "heroku")
LONGEST = 8.0
"""Seconds of processor time for all builders of three platforms, on a machine that others use too."""


def texts(**files: str | bytes) -> dict[str, str | bytes]:
    return {**BASE, **{name.replace("__", "."): content for name, content in files.items()}}


def links(folder: Path) -> None:
    for name, target in (("a", "b"), ("b", "a"), ("runtime.txt", "runtime.txt"), ("up", "..")):
        (folder / name).symlink_to(target)
    (folder / "inner").mkdir()
    (folder / "inner/self").symlink_to("..")
    (folder / "inner/deep").symlink_to("self/inner/self/inner")


def names(folder: Path) -> None:
    for name in ("new\nline.py", "\x1b[31mred.py", "\u202eevil.py", "-rf", "--help", "$(touch pwned).py", "req\n.txt"):
        (folder / name).write_text("import os\nos.environ['X']\n")
    (folder / os.fsdecode(b"\xff\xfe.py")).write_text("x = 1\n")


def folders(folder: Path) -> None:
    for name in ("requirements.txt", "Procfile", ".python-version", "render.yaml", "pyproject.toml", ".gitignore"):
        (folder / name).mkdir()


def repository(folder: Path) -> None:
    (folder / ".git").mkdir()
    write_project(folder / "vendor/other", {".git/HEAD": "ref: refs/heads/main\n", ".python-version": "3.9\n"})


def submodule(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / "lib").mkdir()
    (folder / ".gitmodules").write_text('[submodule "lib"]\n\tpath = lib\n\turl = ../lib.git\n')


def deep(folder: Path) -> None:
    inner = folder
    for _ in range(200):
        inner = inner / "d"
    inner.mkdir(parents=True)
    (inner / "requirements.txt").write_text("flask\n")


def nothing(_: Path) -> None:
    return


PROSE = "Here is the file you asked for:\n```\ncontent\n```\nHope this helps!\n"
MANIFESTS = (
    "main.py", "requirements.txt", "Procfile", ".python-version", "runtime.txt", "pyproject.toml", "render.yaml",
    "railway.json", "railway.toml", "nixpacks.toml", "railpack.json", "app.json", "uv.lock", "poetry.lock", "pdm.lock",
    "Pipfile", "Pipfile.lock", "pylock.toml", "setup.py", "setup.cfg", "project.toml", "mise.toml", ".tool-versions",
    "Dockerfile", ".env", "manage.py",
)  # fmt: skip
TYPES: dict[str, str | bytes] = {
    "render.yaml": "services:\n - 3\n - null\n - {type: [web], name: {a: b}, runtime: python, envVars: 5}\n",
    "railway.json": '{"build": [], "deploy": {"startCommand": 5, "healthcheckPath": {"a": 1}}}',
    "pyproject.toml": "project = 5\n[tool]\npoetry = 'x'\nuv = [1]\n",
    "Pipfile.lock": "[]",
    "uv.lock": "package = 3",
    "poetry.lock": "package = [1]",
    "app.json": '{"env": [], "formation": 3, "buildpacks": {}}',
    "railpack.json": '{"steps": [], "deploy": 5}',
    "nixpacks.toml": "phases = 3\nstart = [1]\nvariables = 'x'\n",
}
CIRCLES = {f"r{one}.txt": "".join(f"-r r{other}.txt\n" for other in range(120)) for one in range(120)}
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": ["!pip install flask"]}], "nbformat": 4})
WINDOWS = "-r requirements\\base.txt\n.\\libs\\mylib\nC:\\wheels\\x-1.0-py3-none-any.whl\n"

Prepare = Callable[[Path], None]
CARELESS: dict[str, tuple[Mapping[str, str | bytes], Prepare, str, str | None]] = {
    "links in circles": (BASE, links, "unreadable-file", "runtime.txt"),
    "names that steer a terminal": (BASE, names, "no-start-command", None),
    "every file empty": (dict.fromkeys(MANIFESTS, ""), nothing, "builder-error", "railpack.json:1"),
    "prose in every file": (dict.fromkeys(MANIFESTS, PROSE), nothing, "unreadable-file", "railway.toml:1"),
    "values of other kinds": ({**BASE, **TYPES}, nothing, "builder-error", "nixpacks.toml:3"),
    "folders in the place of files": ({"main.py": APP}, folders, "no-start-command", "Procfile"),
    "lines that end in CR alone": (
        {name: str(text).replace("\n", "\r") for name, text in BASE.items()}, nothing, "builder-error", "Procfile:1",
    ),
    "a script with the line ends of Windows": (
        texts(Procfile="web: bash start.sh\n") | {"start.sh": "#!/bin/sh\r\nuvicorn main:app\r\n"},
        nothing, "unreadable-file", "start.sh:1",
    ),
    "paths of Windows in requirements": (
        {**BASE, "requirements.txt": WINDOWS}, nothing, "local-path-requirement", "requirements.txt:3",
    ),
    "a path of Windows in the start command": (
        texts(Procfile="web: python .\\src\\main.py\n") | {"src/main.py": APP},
        nothing, "start-target-missing", "Procfile:1",
    ),
    "syntax of Python 3.15": (
        {**BASE, "main.py": f"import os\nlazy import json\n{APP}"}, nothing, "syntax-too-new", "main.py:2",
    ),
    "syntax of Python 3.15 in an imported module": (
        {**BASE, "main.py": f"import lib\n{APP}", "lib.py": "x = [*y for y in [[1]]]\n"},
        nothing, "syntax-too-new", "lib.py:1",
    ),
    "notebooks instead of a program": (
        {"analysis.ipynb": NOTEBOOK, "requirements.txt": "jupyter\n", "runtime.txt": "python-3.12\n"},
        nothing, "no-start-command", "Procfile",
    ),
    "bytes of no encoding": (
        {name: b"\xff\xfe\xfa" + str(text).encode() for name, text in BASE.items()},
        nothing, "python-version-invalid", ".python-version:1",
    ),
    "a byte-order mark everywhere": (
        {name: b"\xef\xbb\xbf" + str(text).encode() for name, text in BASE.items()},
        nothing, "python-version-invalid", ".python-version:1",
    ),
    "null bytes everywhere": (
        {name: str(text).replace("\n", "\0\n") for name, text in BASE.items()}, nothing, "unreadable-file", "main.py:1",
    ),
    "merge markers everywhere": (
        {name: f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> x\n" for name, text in BASE.items()},
        nothing, "unreadable-file", "requirements.txt:1",
    ),
    "contents of other files": (
        texts(Procfile=str(BASE["requirements.txt"])) | {"requirements.txt": PROCFILE, "railway.json": PROCFILE},
        nothing, "unreadable-file", "railway.json:1",
    ),
    "modules that import each other": (
        {
            **BASE, "main.py": "import a\napp = a.b.x\n",
            "a.py": "import b\nfrom main import *\n", "b.py": "from a import *\n",
        },
        nothing, "floating-python", None,
    ),
    "a hundred files that include each other": (
        {"main.py": APP, "requirements.txt": "-r r0.txt\n", **CIRCLES}, nothing, "invalid-requirement", "r0.txt:1",
    ),
    "one endless line": (
        {**BASE, "requirements.txt": "a" * 2_000_000}, nothing, "invalid-requirement", "requirements.txt:1",
    ),
    "brackets in brackets": (
        {**BASE, "render.yaml": f"services: {'[' * 50_000}", "railway.json": "[" * 100_000},
        nothing, "unreadable-file", "render.yaml:1",
    ),
    "endless punctuation": (
        {
            **BASE, "requirements.txt": f"a{'[a,' * 20_000}\nx{';' * 20_000}\n{'(' * 20_000}\n",
            ".env": f"A={'$' * 50_000}",
        },
        nothing, "invalid-requirement", "requirements.txt:2",
    ),
    "folders in folders in folders": (BASE, deep, "floating-python", None),
}  # fmt: skip
NO_FINDING = {"names that steer a terminal", "modules that import each other", "folders in folders in folders"}
"""Nothing is wrong with these: they only have to be read."""


def report_of(folder: Path) -> Report:
    project = read_project(folder)
    return check(
        project, PlanContext(on=DAY), Choice(PLATFORMS), read_configuration(project), None, "no index is asked"
    )


@pytest.mark.parametrize("kind", CARELESS)
def test_each_is_answered_soon_and_with_its_place(kind: str, tmp_path: Path) -> None:
    files, prepare, rule, place = CARELESS[kind]
    folder = write_project(tmp_path / "project", files)
    prepare(folder)
    begun = time.process_time()
    report = report_of(folder)
    assert time.process_time() - begun < LONGEST
    findings = [finding for result in report.results for finding in result.findings]
    said = {(one.rule, item.place) for one in findings for item in one.evidence}
    if kind not in NO_FINDING:
        assert (rule, place) in said, sorted(said, key=str)
    assert len(findings) < 400
    formats: dict[str, Format] = discover("trueup.reports", "FORMAT")
    for name in ("text", "markdown", "html", "sarif"):
        text = formats[name].render(report, Look(width=100, detail=1))
        assert not {"\x1b", "\x07", "\0"} & set(text), name
        assert len(text) < 3_000_000
    assert not (folder / "pwned").exists()


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_project(tmp_path / "project", BASE)
    opened = os.open

    def refused(path: str, *arguments: int) -> int:
        if str(path).endswith(("main.py", "requirements.txt")):
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments)

    monkeypatch.setattr(os, "open", refused)
    findings = [finding for result in report_of(folder).results for finding in result.findings]
    said = {one.evidence[0].place: one.message for one in findings if one.rule == "unreadable-file"}
    assert "Permission denied" in said["main.py"]
    assert any("requirements.txt" in one.message and one.severity.rank >= 2 for one in findings)


def test_a_repository_inside_is_left_out_of_a_commit(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project", BASE)
    repository(folder)
    project = read_project(folder)
    assert "vendor/other/.python-version" in project.ignored
    assert any("vendor/other/ is a git repository of its own" in note for note in project.notes)


def test_a_folder_of_repositories_is_no_repository(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "work", {"one/.git/HEAD": "", "one/main.py": APP})
    project = read_project(folder)
    assert not project.ignored
    assert not project.notes


def test_a_submodule_that_is_not_there_is_told(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project", BASE)
    submodule(folder)
    assert any("lib/ is a git submodule that is not checked out" in note for note in read_project(folder).notes)
    (folder / "lib/.git").write_text("gitdir: ../.git/modules/lib\n")
    (folder / "lib/app.py").write_text("x = 1\n")
    project = read_project(folder)
    assert not project.notes
    assert not project.ignored
