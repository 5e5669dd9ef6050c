"""Whatever a caller does to the standard streams, a command ends with words and an exit code of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trueup.cli._options import look
from trueup.cli._run import build_parser

PROJECT = {"Procfile": "web: python main.py\n", ".python-version": "2.7\n", "requirements.txt": "", "main.py": ""}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in PROJECT.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def trueup(*words: str, redirection: str = "", **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command through a shell, since only a shell can close a stream."""
    line = f'exec "$0" -m trueup "$@" {redirection}'
    environment = {**os.environ, "NO_COLOR": "1", **variables}
    return subprocess.run(["sh", "-c", line, sys.executable, *words], capture_output=True, env=environment)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize(
    "words", [("check", "--offline", "--platform", "heroku"), ("rule",), ("--help",)], ids=["check", "rule", "help"]
)
def test_an_encoding_without_our_signs_gets_stand_ins(encoding: str, words: tuple[str, ...], project: Path) -> None:
    words = (*words, str(project)) if words[0] == "check" else words
    ended = trueup(*words, PYTHONIOENCODING=encoding)
    assert ended.returncode in (0, 13)
    assert b"Traceback" not in ended.stderr
    if words[0] == "check":
        assert ended.stdout.startswith(b"x will fail")


def test_a_letter_of_the_project_is_spelled_out(project: Path) -> None:
    (project / "Procfile").write_text("web: python größe.py\n", "utf-8")
    ended = trueup("check", "--offline", str(project), PYTHONIOENCODING="ascii")
    assert rb"gr\u00f6\u00dfe.py" in ended.stdout


def test_json_is_utf_8_whatever_the_locale(project: Path) -> None:
    (project / "Procfile").write_text("web: python größe.py\n", "utf-8")
    ended = trueup("check", "--offline", "--format", "json", str(project), PYTHONIOENCODING="cp1252")
    assert "größe.py" in json.dumps(json.loads(ended.stdout.decode("utf-8")), ensure_ascii=False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is of Linux")
@pytest.mark.parametrize("words", [("check", "--offline"), ("rule",), ("--version",)], ids=["check", "rule", "version"])
def test_a_full_disk_is_told(words: tuple[str, ...], project: Path) -> None:
    words = (*words, str(project)) if words[0] == "check" else words
    ended = trueup(*words, redirection=">/dev/full")
    assert (ended.returncode, ended.stderr) == (
        2,
        b"trueup: cannot write to the standard output: No space left on device\n",
    )


@pytest.mark.parametrize("redirection", ["1>&-", "2>&-", "1>&- 2>&-"])
def test_closed_streams_swallow_what_is_said(redirection: str, project: Path) -> None:
    ended = trueup("check", "--offline", str(project), redirection=redirection)
    assert ended.returncode == 13
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize(("term", "expected"), [("xterm", True), ("dumb", False), ("unknown", False)])
def test_a_dumb_terminal_gets_no_colours(term: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert look(build_parser("check").parse_args(["check"])).color is expected
