"""What `check` does to the outside world, seen by the interpreter itself: it reads, asks the index, fills its cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.index.server import LocalIndex, Reply, local_index, page, sdist
from tests.robustness.running import DAY, HEALTHY, ROOT, environment, write_project

WITNESS = """
import json, os, sys

LOG = open(os.environ["TRUEUP_TEST_LOG"], "w")
CHANGES = {
    "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.chown", "os.link", "os.symlink", "os.truncate",
    "os.utime", "os.setxattr", "os.removexattr", "shutil.move", "shutil.rmtree", "shutil.copyfile", "tempfile.mkstemp",
    "tempfile.mkdtemp", "os.mkfifo", "os.mknod",
}
RUNS = {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.spawn", "os.posix_spawn", "pty.spawn"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
BUSY = []


def note(kind, *details):
    LOG.write(json.dumps([kind, *(str(detail) for detail in details)]) + "\\n")
    LOG.flush()


def witness(event, arguments):
    if BUSY:
        return
    BUSY.append(event)
    try:
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, (str, bytes, os.PathLike)) and flags & WRITING:
                note("write", os.path.abspath(os.fsdecode(path)))
        elif event in CHANGES:
            paths = [os.path.abspath(os.fsdecode(each)) for each in arguments if isinstance(each, (str, bytes))]
            for path in paths:
                note("write", path)
        elif event in RUNS:
            note("run", event, arguments)
        elif event in ("socket.connect", "socket.sendto", "socket.bind"):
            note(event, arguments[1])
        elif event == "exec":
            if not arguments[0].co_filename.startswith("<"):
                note("exec", os.path.abspath(arguments[0].co_filename))
        elif event in ("ctypes.dlopen", "import") and len(arguments) > 1 and arguments[1]:
            note("exec", os.path.abspath(str(arguments[1])))
    finally:
        BUSY.pop()


sys.addaudithook(witness)
del sys.path[0]
from trueup.cli.main import main

sys.exit(main(sys.argv[1:]))
"""
"""Runs trueup and notes every event that touches the world. The log itself is opened before the hook is set."""

TRAP = """
import os, pathlib
pathlib.Path(os.environ["TRUEUP_TEST_LOG"] + ".trapped").write_text(__file__)
raise SystemExit("the project's code was run")
"""
PYTHON_TRAPS = ("setup.py", "conftest.py", "sitecustomize.py", "usercustomize.py", "json.py", "yaml.py", "rich.py")
HOSTILE = {
    **HEALTHY,
    **dict.fromkeys(PYTHON_TRAPS, TRAP),
    "main.py": f"{TRAP}\n{HEALTHY['main.py']}",
    "settings/__init__.py": TRAP,
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    '[project]\nname = "trap"\ndynamic = ["version", "dependencies"]\n',
    "backend.py": TRAP,
    "build.sh": '#!/bin/sh\ntouch "$TRUEUP_TEST_LOG.trapped"\n',
    "bin/pre_compile": '#!/bin/sh\ntouch "$TRUEUP_TEST_LOG.trapped"\n',
    "mise.toml": """[tools]
python = '3.12'

[hooks]
enter = 'touch trapped'

[env]
X = "{{exec(command='touch trapped')}}"
""",
    "render.yaml": """services:
  - type: web
    name: web
    runtime: python
    buildCommand: ./build.sh
    startCommand: python main.py
    envVars:
      - key: X
        value: !!python/object/apply:os.system ['touch trapped']
""",
}
"""A project that marks whenever anything of it is run."""


@pytest.fixture
def server() -> Iterator[LocalIndex]:
    metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: source\n"
    with local_index() as running:
        running.replies["/simple/demo/"] = Reply(page("demo-1.0-py3-none-any.whl"))
        running.add_wheel("demo-1.0-py3-none-any.whl", metadata)
        running.replies["/simple/source/"] = Reply(page("source-1.0.tar.gz"))
        data = sdist(
            "source-1.0", {"setup.py": TRAP, "PKG-INFO": "Metadata-Version: 1.0\nName: source\nVersion: 1.0\n"}
        )
        running.replies["/files/source-1.0.tar.gz"] = Reply(data, content_type="application/gzip")
        yield running


def witnessed(project: Path, tmp_path: Path, *arguments: str) -> list[list[str]]:
    """What a command did, run from within the project."""
    log = tmp_path / "events"
    (tmp_path / "witness.py").write_text(WITNESS)
    variables = environment(tmp_path / "cache", TRUEUP_TEST_LOG=str(log), PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "witness.py"), *arguments],
        cwd=project,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in (0, 5, 11, 12, 13), done.stderr
    assert not Path(f"{log}.trapped").exists(), Path(f"{log}.trapped").read_text()
    return [json.loads(line) for line in log.read_text().splitlines()]


def judge(events: list[list[str]], project: Path, cache: Path, server: LocalIndex) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    for kind, *details in events:
        detail = details[0]
        if kind == "write":
            assert Path(detail).is_relative_to(cache) or detail == os.devnull, f"it writes to {detail}"
        elif kind == "exec":
            assert not Path(detail).is_relative_to(project), f"it runs {detail}"
        elif kind == "socket.connect":
            assert detail == str((host, int(port))), f"it connects to {detail}"
        elif kind == "socket.bind":
            assert detail == str(("::1", 0)), f"it listens on {detail}"  # urllib3 tries whether there is IPv6
        else:
            raise AssertionError(f"it does {kind} {details}")
    assert any(kind == "write" for kind, *_ in events), "the witness saw nothing: the cache was written"
    assert any(kind == "socket.connect" for kind, *_ in events), "the witness saw nothing: the index was asked"


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--platform", "railway", "--platform", "render", "--platform", "heroku"),
        (
            "check",
            "--platform",
            "railway",
            "--format",
            "json",
            "-v",
            "--python",
            "3.13",
            "--python",
            "3.9",
            "--libc",
            "musl",
        ),
        ("matrix", "--platform", "railway"),
        ("wheels", "demo==1.0"),
    ],
)
def test_it_writes_to_its_cache_asks_the_index_and_runs_nothing(
    server: LocalIndex, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    project = write_project(tmp_path / "project", HOSTILE)
    before = _state(project)
    day = () if arguments[0] == "wheels" else ("--on", DAY)
    events = witnessed(project, tmp_path, *arguments, *day, "--index-url", server.simple)
    judge(events, project, tmp_path / "cache", server)
    assert _state(project) == before


@pytest.mark.parametrize("example", ["maya", "nexus"])
def test_examples_are_only_read(server: LocalIndex, tmp_path: Path, example: str) -> None:
    project = ROOT / "examples" / example
    before = _state(project)
    events = witnessed(project, tmp_path, "check", "--on", DAY, "--index-url", server.simple)
    judge(events, project, tmp_path / "cache", server)
    assert _state(project) == before


def test_the_current_folder_is_no_place_for_modules(tmp_path: Path) -> None:
    """`python -m` puts the current folder, which is the project, before all other places of modules."""
    project = write_project(tmp_path / "project", HOSTILE)
    log = tmp_path / "events"
    done = subprocess.run(
        [sys.executable, "-m", "trueup", "check", "--no-index", "--on", DAY],
        cwd=project,
        env=environment(tmp_path / "cache", TRUEUP_TEST_LOG=str(log)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert not Path(f"{log}.trapped").exists(), Path(f"{log}.trapped").read_text()
    assert "the project's code was run" not in done.stderr
    assert "railpack" in done.stdout or "render" in done.stdout


def _state(folder: Path) -> dict[str, Any]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.stat().st_mode, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
