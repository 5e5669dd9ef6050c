"""The contributors' pages, followed for real: each difference is applied to a copy and its commands run there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("add-a-check", "add-a-log-rule", "add-a-report", "add-a-platform")
DIFFERENCE = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^ *\$ \./dev (test|run) (.+)$", re.MULTILINE)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "projects")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the commands need."""
    for folder in ("src", "tests", "examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=LEFT_OUT)
    for case in ("healthy-pip", "local-path-requirement"):
        shutil.copytree(ROOT / "tests/projects" / case, tmp_path / "tests/projects" / case)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def call(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    line = [sys.executable, "-m", *arguments]
    return subprocess.run(line, cwd=copy, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_as_it_says(name: str, copy: Path) -> None:
    """The difference applies and is clean, the tests of the page run and pass, and trueup knows what was added."""
    page = (ROOT / "docs/how-to" / f"{name}.md").read_text("utf-8")
    (difference,) = DIFFERENCE.findall(page)
    added = re.findall(r"^\+\+\+ b/(.+)$", difference, re.MULTILINE)
    assert all(not (ROOT / path).exists() for path in added), "it is in the repository already"
    subprocess.run(["git", "apply", "-"], cwd=copy, input=difference, text=True, check=True)
    sources = [path for path in added if path.endswith(".py") and not path.startswith("tests/projects/")]
    for arguments in (("check",), ("format", "--check")):
        ended = call(copy, "ruff", *arguments, "--no-cache", *sources)
        assert ended.returncode == 0, ended.stdout
    commands = COMMAND.findall(page)
    assert any(kind == "test" for kind, _ in commands)
    for kind, text in commands:
        words = shlex.split(text)
        if kind == "test":
            ended = call(copy, "pytest", "-q", "-p", "no:cacheprovider", *words)
            assert ended.returncode == 0, ended.stdout
            assert re.search(r"\b[1-9]\d* passed", ended.stdout), ended.stdout
        else:
            ended = call(copy, "trueup", *words, "--no-index")
            assert ended.returncode in (0, 11, 12, 13), ended.stderr
            assert ended.stdout


@pytest.mark.parametrize("name", ["add-a-check", "add-a-log-rule"])
def test_what_was_added_can_be_looked_up(name: str, copy: Path) -> None:
    """Nothing lists it, and `trueup rule` knows it."""
    page = (ROOT / "docs/how-to" / f"{name}.md").read_text("utf-8")
    (difference,) = DIFFERENCE.findall(page)
    subprocess.run(["git", "apply", "-"], cwd=copy, input=difference, text=True, check=True)
    added = next(path for path in re.findall(r"^\+\+\+ b/(.+)$", difference, re.MULTILINE) if path.startswith("src/"))
    ended = call(copy, "trueup", "rule", Path(added).stem.replace("_", "-"))
    assert ended.returncode == 0, ended.stderr
    assert "Sources:" in ended.stdout
