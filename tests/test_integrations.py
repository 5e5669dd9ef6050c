"""What runs trueup elsewhere: the GitHub action, the pre-commit hook, and the outputs of `check` that they use."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.reports.samples import ROOT
from trueup.cli.main import main

HOOKS = ROOT / ".pre-commit-hooks.yaml"
ACTION = ROOT / "action.yml"


def read_yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text("utf-8"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in `app` below the working directory; trueup is told not to ask any index."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "requirements.txt").write_text("flask\n")
    (folder / "runtime.txt").write_text("python-9.9\n")
    monkeypatch.chdir(tmp_path)
    return folder


def run_action(folder: Path, **inputs: str) -> tuple[int, str, dict[str, str], str]:
    """Run the action's script as a runner does, with a pipx that starts this checkout; outputs and summary are read."""
    action = read_yaml(ACTION)
    (step,) = action["runs"]["steps"]
    values = {name: str(item.get("default", "")) for name, item in action["inputs"].items()} | inputs
    environment = {
        key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: values[found[1]], text)
        for key, text in step["env"].items()
    }
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    pipx = tools / "pipx"
    pipx.write_text(
        f'#!/bin/sh\ntest "$1 $2 $4" = "run --spec trueup" || exit 99\nshift 4\nexec {sys.executable} -m trueup "$@"\n'
    )
    pipx.chmod(0o755)
    output, summary = folder / "output", folder / "summary.md"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env={
            **os.environ,
            **environment,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    pairs = dict(line.split("=", 1) for line in output.read_text().splitlines()) if output.exists() else {}
    return done.returncode, done.stdout + done.stderr, pairs, summary.read_text() if summary.exists() else ""


def test_the_action_is_valid() -> None:
    checker = pytest.importorskip(
        "check_jsonschema", reason="check-jsonschema is not installed: ./dev test-formats has it"
    )
    schema = Path(checker.__file__).parent / "builtin_schemas" / "vendor" / "github-actions.json"
    jsonschema.Draft7Validator(json.loads(schema.read_text("utf-8"))).validate(read_yaml(ACTION))


def test_no_input_is_text_of_the_action_s_script() -> None:
    """An expression inside a script is replaced before the shell reads it: whoever writes the input runs commands."""
    for step in read_yaml(ACTION)["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_the_action_annotates_summarises_and_fails(project: Path) -> None:
    code, said, outputs, summary = run_action(
        project.parent, path="app", **{"fail-on": "high", "arguments": "--offline --no-index"}
    )
    assert outputs["exit-code"] == str(code), said
    assert code == 13, said
    assert "::error file=app/runtime.txt,line=1," in said
    assert summary.startswith("## trueup\n")
    assert outputs["sarif-file"] == "trueup.sarif"
    log = json.loads((project.parent / "trueup.sarif").read_text("utf-8"))
    uris = {
        location["physicalLocation"]["artifactLocation"]["uri"]
        for result in log["runs"][0]["results"]
        for location in result["locations"]
    }
    assert "app/runtime.txt" in uris


def test_the_action_s_inputs_run_nothing(project: Path) -> None:
    evil = "$(touch evil); touch evil #"
    code, said, outputs, _ = run_action(
        project.parent, path=evil, arguments="--offline `touch${IFS}evil`", baseline=evil
    )
    assert not (project.parent / "evil").exists()
    assert code == int(outputs["exit-code"]) != 0, said


def test_the_hook_is_valid() -> None:
    pytest.importorskip("pre_commit", reason="pre-commit is not installed: ./dev test-formats has it")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.network
def test_pre_commit_installs_and_runs_the_hook(project: Path, tmp_path: Path) -> None:
    """As in somebody's repository: pre-commit makes the hook's environment from this one, and the finding fails it."""
    pytest.importorskip("pre_commit", reason="pre-commit is not installed: ./dev test-formats has it")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "app"], check=True)
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), "trueup", "--files", "app/runtime.txt"],
        cwd=tmp_path,
        env={**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "exit code: 13" in done.stdout
    assert "app/requirements.txt" in done.stdout


def test_the_hook_runs_for_the_files_that_decide_a_build() -> None:
    (hook,) = read_yaml(HOOKS)
    files = re.compile(hook["files"])
    assert hook["entry"] == "trueup check"
    for name in ("requirements.txt", "backend/requirements-dev.txt", ".python-version", "render.yaml", "api/uv.lock"):
        assert files.search(name), name
    for name in ("main.py", "README.md", "docs/render.yaml.md", "xrender.yaml", "runtime.txt.bak"):
        assert not files.search(name), name


def check_in(arguments: list[str]) -> int:
    return main(["check", "app", "--no-index", "--exit-zero", *arguments])


def test_several_outputs_of_one_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    also = ["--also", "sarif=a.sarif", "--also", "junit=a.xml", "--also", "html=a.html", "--also", "markdown=a.md"]
    assert check_in([*also, "--badge", "a.svg"]) == 0
    assert "as built today" in capsys.readouterr().out
    starts = {"a.sarif": "{", "a.xml": "<?xml", "a.html": "<!doctype html>", "a.md": "## trueup", "a.svg": "<svg"}
    for name, start in starts.items():
        assert (project.parent / name).read_text("utf-8").startswith(start), name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--also", "sarif"], "--also wants FORMAT=FILE"),
        (["--also", "pdf=x"], "there is no format 'pdf'"),
        (["--badge", "badge.png"], "ends with .svg or .json"),
        (["--also", "sarif=no/such/folder/x"], "cannot write no/such/folder/x"),
    ],
)
def test_wrong_outputs_are_told(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert check_in(arguments) == 2
    assert words in capsys.readouterr().err


def test_a_step_summary_that_is_too_large_is_cut_at_a_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = project.parent / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setattr("trueup.cli._outputs.MOST_SUMMARY_BYTES", 120)
    check_in(["--format", "github"])
    text = summary.read_text("utf-8")
    assert text.endswith("\n\nThe rest does not fit into a step summary.\n")
    assert len(text) < 200
    check_in(["--format", "text"])
    assert summary.read_text("utf-8") == text


def test_matrix_wants_an_index_and_known_columns(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["matrix", "app", "--minor", "2.7"]) == 2
    assert "--minor wants one of 3.8" in capsys.readouterr().err
    assert main(["matrix", "app", "--offline", "--minor", "3.13"]) == 5
