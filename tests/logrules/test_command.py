"""`trueup diagnose` from the command line: exit codes and the four forms."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from trueup.cli.main import main

FAILED = """\
2026-06-29T08:54:22.083607264Z ==> Using Python version 3.14.3 (default)
2026-06-29T08:54:23.083607264Z Collecting asyncpg==0.29.0 (from -r requirements.txt (line 2))
2026-06-29T08:54:24.083607264Z   Downloading asyncpg-0.29.0.tar.gz (820 kB)
2026-06-29T08:54:25.083607264Z       pgproto.c:43719:27: error: too few arguments to function ‘_PyLong_AsByteArray’
2026-06-29T08:54:26.083607264Z   ERROR: Failed building wheel for asyncpg
2026-06-29T08:54:27.083607264Z ==> Build failed 😞
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "build.log"
    path.write_text(FAILED, "utf-8")
    return path


def run(*arguments: str) -> int:
    return main(["diagnose", "--no-index", "--offline", *arguments])


def test_text_fits_one_screen(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(log)) == 0
    text = capsys.readouterr().out
    assert "cpython-api-changed" in text
    assert "asyncpg 0.29.0" in text
    assert "     4 | pgproto.c:43719:27: error: too few arguments" in text
    assert len(text.splitlines()) <= 40
    assert max(map(len, text.splitlines())) <= 120
    assert "\x1b" not in text


def test_json_has_the_keys_of_version_1(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(log), "--format", "json") == 0
    value = json.loads(capsys.readouterr().out)
    assert value["schema"] == "trueup/diagnosis/1"
    assert (value["platform"], value["builder"]) == ("render", "render-native")
    assert (value["phase"], value["python"]) == ("install", "3.14")
    cause = value["causes"][0]
    assert (cause["rule"], cause["package"], cause["version"]) == ("cpython-api-changed", "asyncpg", "0.29.0")
    assert cause["confidence"] == "high"
    assert {"line": 4, "text": "pgproto.c:43719:27: error: too few arguments to function ‘_PyLong_AsByteArray’"} in (
        cause["evidence"]
    )
    assert cause["remedies"]


def test_markdown_quotes_in_a_fence(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.write_text("Collecting x==1\nerror: linker `cc` not found ```\n", "utf-8")
    assert run(str(log), "--format", "markdown") == 0
    text = capsys.readouterr().out
    assert "````text\n2: error: linker" in text
    assert "### No compiler" in text


def test_github_annotates_the_line_of_the_project(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "requirements.txt").write_text("flask==3.0.0\nasyncpg==0.29.0\n")
    assert run(str(log), "--format", "github", "--project", str(project)) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("::error file=requirements.txt,line=2,title=cpython-api-changed%3A ")


def test_a_log_without_a_known_cause_exits_with_3(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.write_text("nothing of note\nProcess completed with exit code 1.\n", "utf-8")
    assert run(str(log)) == 3
    assert "What to look for" in capsys.readouterr().out
    assert run(str(log), "--format", "json") == 3
    assert json.loads(capsys.readouterr().out)["causes"] == []
    assert run(str(log), "--exit-zero") == 0


def test_a_success_exits_with_0(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.write_text(
        "Successfully installed flask-3.0.0\n==> Build successful 🎉\n==> Your service is live 🎉\n", "utf-8"
    )
    assert run(str(log)) == 0
    assert "shows a success" in capsys.readouterr().out


@pytest.mark.parametrize(("python", "code"), [("3.14", 0), ("3.14.3", 0), ("3.11", 13), ("3.1", 13)])
def test_a_python_must_be_proved(log: Path, python: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(log), "--verify-python", python) == code
    assert ("does not prove" in capsys.readouterr().err) == (code != 0)


def test_a_python_must_look_like_one(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(log), "--verify-python", "three") == 2
    assert "--verify-python wants" in capsys.readouterr().err


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Pipe:
        buffer = io.BytesIO(FAILED.encode())

        @staticmethod
        def isatty() -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", Pipe())
    assert run("-") == 0
    assert "asyncpg" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["absent.log", "."])
def test_what_cannot_be_read_is_said(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / name)) == 2
    assert "Traceback" not in capsys.readouterr().err


REFUSED = """\
Looking in indexes: https://index.example/simple
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by \
'NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at 0x7fcf249733e0>: Failed to establish a \
new connection, after which nothing else was tried, and nobody knew why it was so: Connection refused')': /simple/flask/
ERROR: No matching distribution found for flask==3.0.0
"""


def test_the_line_that_says_it_is_shown_with_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "build.log").write_text(REFUSED)
    assert run(str(tmp_path / "build.log")) == 0
    text = capsys.readouterr().out
    rows = [line for line in text.splitlines() if " | " in line]
    assert rows[0].startswith("       2 | WARNING: Retrying")
    assert "Connection refused')': /simple/flask/" in text
    assert max(map(len, text.splitlines())) <= 80
    assert text.splitlines()[0].endswith("3 lines, no line names the platform")


def test_one_line_is_not_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "build.log").write_text("sh: 1: uvicorn: not found\n")
    assert run(str(tmp_path / "build.log")) == 0
    assert capsys.readouterr().out.splitlines()[0] == "phase start, 1 line, no line names the platform"


def test_a_library_without_a_debian_package_is_not_said_to_come_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "      talib/_ta_lib.c:747:10: fatal error: ta-lib/ta_defs.h: No such file or directory\n"
    (tmp_path / "build.log").write_text(line)
    assert run(str(tmp_path / "build.log"), "--format", "markdown") == 0
    text = capsys.readouterr().out
    assert "It is of the TA-Lib C library, which Debian does not package." in text
    assert "compile and install the TA-Lib C library first" in text
    assert "On Debian images" not in text


def test_an_empty_log_is_called_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "build.log").write_text("")
    assert run(str(tmp_path / "build.log")) == 3
    assert "? The log is empty." in capsys.readouterr().out
