"""What `check` and `init` say beside the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from trueup.cli.main import main
from trueup.model.repair import Edit
from trueup.repair.apply import apply_edits

NOTE = "Nothing here is Python"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, True),
        ({"package.json": "{}"}, True),
        ({"main.py": ""}, False),
        ({"api/requirements-dev.txt": ""}, False),
        ({"pyproject.toml": ""}, False),
    ],
    ids=["empty", "node", "source", "requirements", "pyproject"],
)
def test_a_folder_without_python_is_told(
    files: dict[str, str], expected: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    main(["check", "--no-index", "--platform", "render", str(tmp_path)])
    assert (NOTE in capsys.readouterr().out) is expected


def test_notes_of_init_are_wrapped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "runtime.txt").write_text("python-3.11.9\n")
    (tmp_path / "app.py").write_text("from flask import Flask\n\napp = Flask(__name__)\n")
    main(["init", "render", "--no-index", "--dry-run", str(tmp_path)])
    lines = capsys.readouterr().err.splitlines()
    assert any(line.startswith("note: ") for line in lines)
    assert any(line.startswith("  ") for line in lines)
    assert max(map(len, lines)) <= 60


def test_quiet_leaves_the_closing_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.txt").write_text("")
    monkeypatch.chdir(tmp_path)  # a long path would take a line more
    main(["check", "--no-index", "--platform", "heroku", "--on", "2026-11-20", "--quiet"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1 service as built today: 1 will fail.  Found 1 high, 1 low")
    assert len(lines) <= 4


def test_quiet_does_not_shorten_what_goes_into_a_file(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("")
    report = tmp_path / "report.txt"
    main(["check", "--no-index", "--platform", "heroku", "--quiet", "--also", f"text={report}", str(tmp_path)])
    assert "no-start-command" in report.read_text("utf-8")


def test_undo_fits_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "60")
    (tmp_path / "a").mkdir()
    title = "; ".join(f"Write the right keys in file-{number}.json" for number in range(5))
    apply_edits(title, (Edit.new_file("new.txt", b""),), tmp_path / "a")
    assert main(["undo", "--list", str(tmp_path / "a")]) == 0
    assert main(["undo", str(tmp_path / "a")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 60
    assert any(line.startswith("Taken back: Write the right keys in file-0.json;") for line in lines)
    assert lines[-1] == "  new.txt (removed)"


@pytest.mark.parametrize(
    ("flags", "words", "hint"),
    [
        (("--builder", "railpak"), "nothing here is built by 'railpak'", "The builders here are: railpack, nixpacks."),
        (("--builder", "nixpacks", "--builder", "railpak"), "nothing here is built by 'railpak'", "railpack, nixpacks"),
        (("--service", "wbe"), "there is no service 'wbe'", "The services here are: "),
    ],
)
def test_a_name_that_nothing_has_is_refused_with_those_that_are_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...], words: str, hint: str
) -> None:
    (tmp_path / "requirements.txt").write_text("")
    assert main(["check", "--no-index", "--platform", "railway", *flags, str(tmp_path)]) == 2
    errors = capsys.readouterr().err
    assert words in errors
    assert hint in errors


@pytest.mark.parametrize(
    ("flags", "again"),
    [
        ((), "trueup fix"),
        (("--root-dir", "api", "--platform", "heroku"), "trueup fix --platform heroku --root-dir api"),
        (("--python", "3.13", "--on", "2026-11-20"), "trueup fix --python 3.13 --on 2026-11-20"),
        (("--python", "3.12", "--python", "3.13"), "trueup fix"),
        (("-e", "API_TOKEN=very-secret"), "trueup fix"),
    ],
)
def test_the_command_that_looks_for_repairs_looks_at_the_same(
    flags: tuple[str, ...],
    again: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "requirements.txt").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    main(["check", "--no-index", "--quiet", *flags])
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Look for repairs: "))
    assert line.removeprefix("Look for repairs: ").split("   ")[0] == again
    assert "very-secret" not in line
