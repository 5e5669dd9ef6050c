"""Files that people really commit, and some that are meant to do harm: a finding with its place, soon, no traceback."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import time
from pathlib import Path

import pytest

from tests.robustness.running import DAY, ROOT, Ended, command, environment, trueup, write_project
from trueup.configuration import read_configuration
from trueup.model.finding import Verdict
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.report import Report
from trueup.pipeline import Choice, check
from trueup.registry import discover
from trueup.reports._interface import Format, Look

REQUIREMENTS = "fastapi==0.115.0\nuvicorn==0.30.6\n"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 12345\n"
CHAT = "Sure! Here's a runtime.txt for your project:\n\n```\npython-3.11.9\n```\n\nLet me know if you need more.\n"
BLUEPRINT = "services:\n  - type: web\n    name: api\n    startCommand: python main.py\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + step)}: &{chr(98 + step)} [{','.join(['*' + chr(97 + step)] * 9)}]\n" for step in range(9)
)


def merge(ours: str, theirs: str, before: str = "", after: str = "") -> str:
    """What a merge leaves that nobody finished."""
    return f"{before}<<<<<<< HEAD\n{ours}\n=======\n{theirs}\n>>>>>>> theirs\n{after}"


BAD: dict[str, tuple[dict[str, str | bytes], str, str, str]] = {
    "UTF-16 without a mark": (
        {"requirements.txt": REQUIREMENTS.encode("utf-16-le")}, "render", "unreadable-file", "requirements.txt:1",
    ),
    "UTF-16, big end first": (
        {"requirements.txt": REQUIREMENTS.encode("utf-16-be")}, "heroku", "unreadable-file", "requirements.txt:1",
    ),
    "UTF-16 with a mark, which pip reads": (
        {"requirements.txt": REQUIREMENTS.encode("utf-16")}, "railway", "requirements-encoding", "requirements.txt:1",
    ),
    "UTF-16 in .python-version": (
        {".python-version": "3.12\n".encode("utf-16")}, "heroku", "python-version-invalid", ".python-version:1",
    ),
    "UTF-16 in Procfile": (
        {"Procfile": "web: python main.py\n".encode("utf-16"), "requirements.txt": REQUIREMENTS},
        "heroku", "builder-error", "Procfile",
    ),
    "UTF-16 in railway.json": (
        {"railway.json": '{"deploy": {}}'.encode("utf-16")}, "railway", "unreadable-file", "railway.json:1",
    ),
    "merge markers in requirements.txt": (
        {"requirements.txt": merge("fastapi==0.115.0", "fastapi==0.116.0", "uvicorn\n")},
        "render", "unreadable-file", "requirements.txt:2",
    ),
    "merge markers in pyproject.toml": (
        {
            "pyproject.toml": merge('version = "1"', 'version = "2"', '[project]\nname = "a"\n'),
            "poetry.lock": "",
        },
        "render", "unreadable-file", "pyproject.toml:3",
    ),
    "merge markers in render.yaml": (
        {"render.yaml": merge("  - type: web", "  - type: worker", "services:\n")},
        "render", "unreadable-file", "render.yaml:2",
    ),
    "merge markers in railway.json": (
        {"railway.json": merge('"a": 1', '"a": 2', "{\n", "}\n")}, "railway", "unreadable-file", "railway.json:2",
    ),
    "merge markers in .python-version": (
        {".python-version": merge("3.12", "3.13"), "requirements.txt": REQUIREMENTS},
        "heroku", "python-version-invalid", ".python-version:1",
    ),
    "merge markers in Procfile": (
        {"Procfile": merge("web: python main.py", "web: python app.py"), "requirements.txt": REQUIREMENTS},
        "heroku", "builder-warning", "Procfile:1",
    ),
    "a chat answer in runtime.txt": (
        {"runtime.txt": CHAT, "requirements.txt": REQUIREMENTS}, "heroku", "python-version-invalid", "runtime.txt:1",
    ),
    "a requirements list in runtime.txt": (
        {"runtime.txt": REQUIREMENTS, "requirements.txt": REQUIREMENTS},
        "heroku", "python-version-invalid", "runtime.txt:1",
    ),
    "a requirements list in runtime.txt, for Railway": (
        {"runtime.txt": REQUIREMENTS, "requirements.txt": REQUIREMENTS},
        "railway", "python-version-unavailable", "runtime.txt:1",
    ),
    "prose in pyproject.toml": (
        {"pyproject.toml": "This project uses Poetry. Install it first.\n", "poetry.lock": ""},
        "render", "unreadable-file", "pyproject.toml:1",
    ),
    "prose in railway.toml": (
        {"railway.toml": "Start the app with uvicorn on port 8000\n"}, "railway", "unreadable-file", "railway.toml:1",
    ),
    "prose in nixpacks.toml": (
        {"nixpacks.toml": "Use python 3.11 please\n"}, "railway", "builder-error", "nixpacks.toml:1",
    ),
    "a blueprint in Procfile": (
        {"Procfile": BLUEPRINT, "requirements.txt": REQUIREMENTS}, "heroku", "builder-error", "Procfile:1",
    ),
    "a git-lfs pointer as requirements.txt": (
        {"requirements.txt": POINTER}, "railway", "unreadable-file", "requirements.txt:1",
    ),
    "a git-lfs pointer as uv.lock": (
        {"pyproject.toml": '[project]\nname = "a"\nversion = "1"\n', "uv.lock": POINTER},
        "render", "unreadable-file", "uv.lock:1",
    ),
    "a git-lfs pointer as main.py": (
        {"main.py": POINTER, "Procfile": "web: uvicorn main:app\n", "requirements.txt": REQUIREMENTS},
        "heroku", "unreadable-file", "main.py:1",
    ),
    "a git-lfs pointer as an imported module": (
        {"main.py": "from core import app\n", "core.py": POINTER, "Procfile": "web: uvicorn main:app\n",
         "requirements.txt": REQUIREMENTS},
        "heroku", "unreadable-file", "core.py:1",
    ),
    "a git-lfs pointer as a module that nothing surely imports": (
        {"plugins/one.py": POINTER, "Procfile": "web: python main.py\n", "requirements.txt": REQUIREMENTS},
        "heroku", "unreadable-file", "plugins/one.py:1",
    ),
    "a git-lfs pointer as the script that starts": (
        {"start.sh": POINTER, "Procfile": "web: bash start.sh\n", "requirements.txt": REQUIREMENTS},
        "heroku", "unreadable-file", "start.sh:1",
    ),
    "merge markers in main.py": (
        {"main.py": merge("app = 1", "app = 2", "import os\n"), "Procfile": "web: uvicorn main:app\n",
         "requirements.txt": REQUIREMENTS},
        "heroku", "unreadable-file", "main.py:2",
    ),
    "UTF-16 in main.py": (
        {"main.py": "app = None\n".encode("utf-16"), "Procfile": "web: uvicorn main:app\n",
         "requirements.txt": REQUIREMENTS},
        "heroku", "unreadable-file", "main.py:1",
    ),
    "Python 2 in main.py": (
        {"main.py": "import os\nprint 'hello'\n", "Procfile": "web: python main.py\n", ".python-version": "3.11",
         "requirements.txt": REQUIREMENTS},
        "heroku", "unreadable-file", "main.py:2",
    ),
    "a YAML bomb": ({"render.yaml": f"{BOMB}services: *j\n"}, "render", "unreadable-file", "render.yaml:1"),
    "a YAML that holds itself": (
        {"render.yaml": "services: &a\n  - *a\n"}, "render", "unreadable-file", "render.yaml:1",
    ),
    "includes in a circle": (
        {"requirements.txt": "-r a.txt\nfastapi\n", "a.txt": "-r b.txt\n", "b.txt": "-r requirements.txt\n"},
        "render", "invalid-requirement", "b.txt:1",
    ),
    "an include of itself": ({"requirements.txt": "-r requirements.txt\n"}, "render", "invalid-requirement",
                             "requirements.txt:1"),
    "an include outside of the project": (
        {"requirements.txt": "fastapi\n-r ../../../../etc/passwd\n"}, "render", "invalid-requirement",
        "requirements.txt:2",
    ),
    "an include from the machine's root": (
        {"requirements.txt": "fastapi\n-r /etc/passwd\n"}, "heroku", "invalid-requirement", "requirements.txt:2",
    ),
    "a root directory outside of the project": (
        {"render.yaml": "services:\n  - type: web\n    name: a\n    runtime: python\n    rootDir: ../../..\n"},
        "render", "builder-error", "render.yaml:5",
    ),
    "bytes that are no text": (
        {"requirements.txt": b"fastapi\n" + bytes(range(256))}, "render", "unreadable-file", "requirements.txt:3",
    ),
    "an endless number": (
        {".python-version": "9" * 100_000, "requirements.txt": REQUIREMENTS}, "heroku", "python-version-invalid",
        ".python-version:1",
    ),
    "escapes of a terminal": (
        {"requirements.txt": "fastapi==0.115.0\n\x1b]0;owned\x07==1\n"}, "render", "invalid-requirement",
        "requirements.txt:2",
    ),
}  # fmt: skip


def reported(files: dict[str, str | bytes], platform: str) -> Report:
    project = Project.from_texts({"main.py": "print('hello')\n", **files})
    context = PlanContext(on=DAY)
    return check(project, context, Choice((platform,)), read_configuration(project), None, "no index is asked")


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_ends_in_a_finding_with_its_place(kind: str) -> None:
    files, platform, rule, place = BAD[kind]
    begun = time.process_time()
    report = reported(files, platform)
    assert time.process_time() - begun < 5
    findings = [finding for result in report.results for finding in result.findings]
    assert (rule, place) in {(one.rule, item.place) for one in findings for item in one.evidence}, [
        (one.rule, [item.place for item in one.evidence]) for one in findings
    ]
    assert all(len(one.message) < 4000 for one in findings)


@pytest.mark.parametrize("kind", BAD)
def test_no_format_hands_on_what_steers_a_terminal_or_a_page(kind: str) -> None:
    files, platform, _, _ = BAD[kind]
    report = reported(files, platform)
    formats: dict[str, Format] = discover("trueup.reports", "FORMAT")
    for name, each in formats.items():
        text = each.render(report, Look(width=100, detail=2))
        text.encode("utf-8")
        assert not {"\x1b", "\x07", "\0"} & set(text), name


HOSTILE: dict[str, str | bytes] = {
    "requirements.txt": "fastapi==0.115.0 # \x1b[2J<script>alert(1)</script>\n<img/src=x>==1\n",
    "\x1b[31m<script>alert(2)<script>.py": "import os\nos.environ['<b>\u202e']\n",
    "render.yaml": 'services:\n  - type: web\n    name: "\\e[31m<script>alert(3)</script>\\u202e"\n'
    "    runtime: python\n"
    '    startCommand: "python \\x1b]0;owned\\x07 <script>"\n',
}


def test_names_and_texts_meant_to_break_terminals_and_html() -> None:
    report = reported(HOSTILE, "render")
    formats: dict[str, Format] = discover("trueup.reports", "FORMAT")
    for name, each in formats.items():
        text = each.render(report, Look(width=100, detail=2))
        assert not {"\x1b", "\x07", "\u202e"} & set(text) or name == "json", name
        if name in ("html", "markdown"):
            assert not re.search(r"(?<!\\)<script>alert", text), name
    for result in report.results:
        assert result.verdict is not Verdict.NO_FAILURE_FOUND


# -- on the disk -------------------------------------------------------------------------------------------------------


def checked(project: Path, tmp_path: Path, *arguments: str) -> Ended:
    ended = trueup("check", str(project), "--on", DAY, "--no-index", *arguments, cache=tmp_path / "cache")
    assert "Traceback" not in ended.errors, ended.errors
    return ended


def test_links_that_leave_the_project_are_named_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("the-secret-requirement==1.0\n")
    project = write_project(tmp_path / "project", {"main.py": "print()\n", "Procfile": "web: python main.py\n"})
    (project / "requirements.txt").symlink_to(tmp_path / "outside.txt")
    (project / ".env").symlink_to("/etc/passwd")
    (project / "loop").symlink_to("loop")
    (project / "up").symlink_to("..", target_is_directory=True)
    ended = checked(project, tmp_path, "--platform", "heroku", "-v")
    assert "the-secret-requirement" not in ended.out
    assert "root:" not in ended.out
    assert "leaves the project" in ended.out
    assert ended.code == 13


def test_fifos_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", {"main.py": "print()\n"})
    os.mkfifo(project / "requirements.txt")
    (project / "runtime.txt").symlink_to("/dev/zero")
    assert checked(project, tmp_path, "--platform", "heroku").code == 13


@pytest.mark.parametrize(
    "name", ["requirements.txt", "pyproject.toml", "render.yaml", "uv.lock", "Procfile", "main.py"]
)
def test_a_manifest_of_50_megabytes(tmp_path: Path, name: str) -> None:
    files = {"main.py": "print()\n", "requirements.txt": "fastapi\n", "pyproject.toml": '[project]\nname = "a"\n'}
    project = write_project(tmp_path / "project", files)
    with (project / name).open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    begun = time.monotonic()
    process = subprocess.Popen(
        command("check", str(project), "--on", DAY, "--no-index", "--platform", "railway", "--platform", "render"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(tmp_path / "cache"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20)),
    )
    out, errors = process.communicate(timeout=60)
    assert time.monotonic() - begun < 20
    assert errors == b""
    if name != "main.py":
        assert b"50.0 MiB" in out
    assert process.returncode in (0, 5, 11, 12, 13)


def test_ten_thousand_files(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"package/part{number // 100}/m{number}.py": "" for number in range(10_000)}
    project = write_project(
        tmp_path / "project", {**files, "main.py": "import package\n", "requirements.txt": "rich\n"}
    )
    begun = time.monotonic()
    ended = checked(project, tmp_path, "--platform", "railway")
    assert time.monotonic() - begun < 30
    assert ended.code in (5, 11, 12, 13)


def test_paths_that_are_no_project_are_said_so(tmp_path: Path) -> None:
    for path, words in (("nowhere", "does not exist"), ("file", "is not a folder")):
        (tmp_path / "file").write_text("")
        ended = trueup("check", str(tmp_path / path), cache=tmp_path / "cache")
        assert ended.code == 2 or "trueup" in ended.errors
        assert words in ended.errors or ended.code == 2
        assert "Traceback" not in ended.errors


def test_an_empty_project_ends_in_words(tmp_path: Path) -> None:
    ended = checked(write_project(tmp_path / "project", {}), tmp_path)
    assert ended.out or ended.errors
