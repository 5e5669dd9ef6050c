"""`trueup fix` and `trueup undo` as they are called: what they print, write and return."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import trueup.cli._index
import trueup.repair.apply
from tests.test_projects import recording
from trueup.cli.main import main

ROOT = Path(__file__).resolve().parent.parent.parent
DAY = ("--on", "2026-11-20")


@contextmanager
def recorded(*_: object) -> Iterator[tuple[Callable[[object], object], str]]:
    yield (lambda _: recording()), ""


@pytest.fixture(autouse=True)
def index(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorded index in the place of the real one."""
    monkeypatch.setattr(trueup.cli._index, "open_index", recorded)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of lighthouse."""
    return Path(shutil.copytree(ROOT / "examples" / "lighthouse", tmp_path / "lighthouse"))


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The JSON of a command, held against its schema."""
    main([*arguments, *DAY, "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    name = {"trueup/repairs/1": "repairs-1.json", "trueup/check/1": "check-1.json"}[found["schema"]]
    jsonschema.validate(found, json.loads((ROOT / "schema" / name).read_text("utf-8")))
    return found


def test_where_the_time_was_too_short_nothing_is_called_impossible(capsys: pytest.CaptureFixture[str]) -> None:
    nexus = str(ROOT / "examples" / "nexus")
    wish = ("fix", nexus, "--platform", "render", "--python", "3.13", "--dry-run")
    (short,) = (one for one in answer(capsys, *wish, "--timeout", "0")["unrepairable"] if one["rule"] == "no-wheel")
    assert "not proven that there is none: the time given was over" in short["reason"]
    assert "aiohttp 3.9.3 (no wheel for Python 3.13" in short["reason"]
    found = answer(capsys, *wish)
    assert all(one["rule"] != "no-wheel" for one in found["unrepairable"])
    assert any(one["kind"] == "bump" and one["proven_minimal"] for one in found["repairs"])


def test_a_dry_run_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The repairs are shown with their differences, on one screen, and no file changes."""
    before = contents(project)
    assert main(["fix", str(project), "--dry-run", *DAY]) == 0
    text = capsys.readouterr().out
    assert contents(project) == before
    assert "+      - key: PYTHON_VERSION" in text
    assert "+    runtime: python" in text
    assert "no dependency changes, 1 file" in text
    assert len(text.splitlines()) < 50


def test_json_follows_its_schema(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Repairs, costs and differences, built key by key."""
    found = answer(capsys, "fix", str(project), "--dry-run")
    pin, *others = found["repairs"]
    assert (pin["kind"], pin["recommended"], pin["changes"], pin["applicability"]) == ("pin_python", True, [], "safe")
    assert pin["cost"]["direct"] == 0
    assert pin["cost"]["files"] == 1
    bump = next(repair for repair in others if repair["kind"] == "bump")
    assert not bump["recommended"]
    assert {change["package"] for change in bump["changes"] if change["direct"]} == {"motor", "pydantic"}
    assert found["applied"] == []


def test_applied_repaired_and_taken_back(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--yes applies what is recommended; check then finds no failure; undo restores every byte."""
    before = contents(project)
    found = answer(capsys, "fix", str(project), "--yes")
    assert found["applied"] == ["python-3.11-backend", "keys-render.yaml"]
    after = contents(project)
    assert {path for path in after if after[path] != before.get(path)} == {"render.yaml"}
    assert main(["check", str(project), "--fail-on", "medium", *DAY]) == 0
    assert main(["undo", str(project), "--list"]) == 0
    assert "render.yaml" in capsys.readouterr().out
    assert main(["undo", str(project)]) == 0
    assert contents(project) == before
    assert main(["undo", str(project)]) == 2


def test_a_second_run_has_nothing_to_apply(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is applied is not offered again."""
    main(["fix", str(project), "--yes", *DAY])
    capsys.readouterr()
    found = answer(capsys, "fix", str(project), "--yes")
    assert found["applied"] == []
    assert not [repair for repair in found["repairs"] if repair["recommended"]]


def test_without_a_terminal_nothing_is_applied(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No question can be asked, and --yes was not given."""
    before = contents(project)
    assert main(["fix", str(project), *DAY]) == 0
    assert "--yes" in capsys.readouterr().err
    assert contents(project) == before


def test_one_repair_by_its_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--repair applies this one alone, also where another is recommended."""
    found = answer(capsys, "fix", str(project), "--yes", "--repair", "bump-3.14-backend")
    assert found["applied"] == ["bump-3.14-backend"]
    assert "motor==3.7.0" in (project / "backend" / "requirements-base.txt").read_text("utf-8")
    assert "PYTHON_VERSION" not in (project / "render.yaml").read_text("utf-8")
    assert main(["fix", str(project), "--repair", "no-such-repair", *DAY]) == 2


def test_a_wanted_python(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--python moves what has to move for it, and pins it where the platform would take another."""
    found = answer(capsys, "fix", str(project), "--dry-run", "--python", "3.13")
    first = found["repairs"][0]
    assert first["recommended"]
    assert first["changes"] == []
    assert "3.13" in first["edits"][0]["diff"]


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (["--keep-python", "--no-bumps"], "keeps the Python"),
        (["--protect", "render.yaml", "--no-bumps"], "protects render.yaml"),
        (["--keep-python", "--only", "motor"], "other packages only"),
    ],
)
def test_what_the_policy_forbids_is_said(
    project: Path, capsys: pytest.CaptureFixture[str], flags: list[str], reason: str
) -> None:
    """Held back, each with its reason; the exit code tells that the failure stays."""
    before = contents(project)
    code = main(["fix", str(project), "--yes", *flags, *DAY, "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert any(reason in item["reason"] for item in found["held_back"]), found["held_back"]
    assert all(repair["kind"] not in ("pin_python", "bump") for repair in found["repairs"])
    assert code == 13
    changed = {path for path, data in contents(project).items() if data != before[path]}
    assert changed <= {"render.yaml"}


def test_a_file_that_changes_while_it_is_shown(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Edited between planning and applying: exit 7, and the edit stays."""
    apply_edits = trueup.repair.apply.apply_edits

    def late(*arguments: Any, **options: Any) -> Any:
        with (project / "render.yaml").open("a", encoding="utf-8") as stream:
            stream.write("# mine\n")
        return apply_edits(*arguments, **options)

    monkeypatch.setattr(trueup.repair.apply, "apply_edits", late)
    assert main(["fix", str(project), "--yes", *DAY]) == 7
    text = (project / "render.yaml").read_text("utf-8")
    assert text.endswith("# mine\n")
    assert "PYTHON_VERSION" not in text


def test_undo_refuses_over_an_edit(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The edit is shown and kept; --forget drops the entry."""
    main(["fix", str(project), "--yes", *DAY])
    path = project / "render.yaml"
    path.write_text(path.read_text("utf-8") + "# mine\n", "utf-8")
    assert main(["undo", str(project)]) == 7
    assert "+# mine" in capsys.readouterr().err
    assert path.read_text("utf-8").endswith("# mine\n")
    assert main(["undo", str(project), "--forget"]) == 0
    assert main(["undo", str(project)]) == 2


def test_no_secret_is_shown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines around an edit may hold a secret; its value is not printed."""
    path = project / "render.yaml"
    text = path.read_text("utf-8")
    secret = "v3ry-s3cret-value"
    path.write_text(text.replace("        sync: false\n", f"        value: {secret}\n"), "utf-8")
    main(["fix", str(project), "--dry-run", "--diff", *DAY])
    main(["fix", str(project), "--dry-run", "--format", "json", *DAY])
    shown = capsys.readouterr()
    assert "PYTHON_VERSION" in shown.out
    assert secret not in shown.out + shown.err


def test_check_tells_the_recommended_repairs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In JSON, unless they are not wanted."""
    found = answer(capsys, "check", str(project))
    assert [repair["id"] for repair in found["repairs"]] == ["python-3.11-backend", "keys-render.yaml"]
    assert answer(capsys, "check", str(project), "--no-repairs")["repairs"] == []


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
def test_git_is_never_touched(project: Path) -> None:
    """Neither a commit nor anything staged: the repository's own files stay as they were."""
    git = ["git", "-C", str(project), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    before = contents(project / ".git")
    main(["fix", str(project), "--yes", *DAY])
    assert contents(project / ".git") == before
    main(["undo", str(project)])
    assert contents(project / ".git") == before
    status = subprocess.run([*git, "status", "--porcelain"], check=True, capture_output=True, text=True)
    assert status.stdout == ""
