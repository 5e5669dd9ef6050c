"""Ctrl-C and kill at any time: it ends at once, says so, and leaves a cache that the next run uses."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.server import LocalIndex, Reply, local_index, page
from tests.robustness.running import DAY, HEALTHY, ROOT, check, command, environment, write_project

NAMES = [f"demo{number}" for number in range(30)]


@pytest.fixture
def server() -> Iterator[LocalIndex]:
    """An index of 30 projects that takes its time, so that a signal finds every stage."""
    with local_index() as running:
        for name in NAMES:
            wheel = f"{name}-1.0-py3-none-any.whl"
            running.replies[f"/simple/{name}/"] = Reply(page(wheel), delay=0.01)
            running.add_wheel(wheel, f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", delay=0.01)
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    requirements = "".join(f"{name}==1.0\n" for name in NAMES)
    main = HEALTHY["main.py"].replace("demo", NAMES[0])
    return write_project(tmp_path / "project", {**HEALTHY, "requirements.txt": requirements, "main.py": main})


def started(project: Path, server: LocalIndex, cache: Path) -> subprocess.Popen[bytes]:
    line = ("check", str(project), "--platform", "railway", "--builder", "railpack", "--on", DAY)
    return subprocess.Popen(
        command(*line, "--index-url", server.simple),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(cache),
    )


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_at_any_time_leaves_a_usable_cache(
    server: LocalIndex, project: Path, tmp_path: Path, kind: signal.Signals
) -> None:
    cache = tmp_path / "cache"
    chance = random.Random(kind)
    whole = _seconds_of_a_run(server, project, tmp_path / "other")
    for _ in range(8):
        process = started(project, server, cache)
        time.sleep(chance.uniform(0.0, whole))
        process.send_signal(kind)
        told = time.monotonic()
        _, errors = process.communicate(timeout=30)
        assert time.monotonic() - told < 10
        if kind is signal.SIGINT and b"interrupted" in errors:
            assert errors == b"trueup: interrupted\n"
            # -2, which shells show as 130: Python ends itself so where the signal met an exec of dataclasses.
            assert process.returncode in (130, -signal.SIGINT)
        for path in cache.rglob("*"):
            assert path.is_dir() or path.suffix != ".part" or kind is not signal.SIGINT, f"{path} is half a file"
    ended = check(project, server.simple, cache, PIP_DEFAULT_TIMEOUT="15")
    assert (ended.code, ended.errors) == (0, "")
    assert check(project, server.simple, cache, "--offline").code == 0


def _seconds_of_a_run(server: LocalIndex, project: Path, cache: Path) -> float:
    begun = time.monotonic()
    process = started(project, server, cache)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, (out, errors)
    return time.monotonic() - begun


def test_a_reader_that_goes_away_is_no_failure(server: LocalIndex, project: Path, tmp_path: Path) -> None:
    process = started(project, server, tmp_path / "cache")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) in (0, 141)
    assert errors == b""
