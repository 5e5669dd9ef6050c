"""The five systems, really: refuted for the predicted cause, repaired by `trueup fix`, then proved.

Opt in with --proof. They need the package index, CPython 3.11 to 3.14 (TRUEUP_TEST_INTERPRETERS names further
executables), PostgreSQL and Redis (or the wheels that bring them), and for the static site node and npm.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.prove.conftest import INTERPRETERS
from tests.prove.telegram import telegram
from trueup.prove.interpreters import find_interpreter

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("machine_index")]


def needs_python(minor: str) -> None:
    if find_interpreter(minor, INTERPRETERS) is None:
        pytest.skip(f"CPython {minor} is not on this machine")


@pytest.fixture
def system(root: Path, tmp_path: Path) -> Any:
    """A copy of one of the examples, which may be repaired."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(root / "examples" / name, tmp_path / name))

    return copy


def trueup(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "trueup", *words], capture_output=True, text=True, check=False)


def fix(folder: Path, *words: str) -> None:
    done = trueup("fix", str(folder), "--yes", "--quiet", *words)
    assert done.returncode in (0, 11, 12, 13), done.stderr


def prove(folder: Path, *words: str) -> dict[str, dict[str, Any]]:
    """The record's services by name."""
    interpreters = [word for path in INTERPRETERS for word in ("--interpreter", path)]
    done = trueup("prove", str(folder), "--yes", "--quiet", "--format", "json", "--no-fetch", *interpreters, *words)
    assert done.stdout, done.stderr
    record = json.loads(done.stdout)
    return {service["service"]: service for service in record["services"]}


def assert_proved(service: dict[str, Any]) -> None:
    assert service["verdict"] == "proved", (service["reason"], service["missing"], service["causes"])
    assert service["disagreement"] is None
    assert service["prediction"] != "will_fail"


def assert_refuted(service: dict[str, Any], package: str | None, rules: set[str]) -> None:
    """Refuted by one of some rules, about the package that the prediction names."""
    assert service["verdict"] == "refuted", (service["missing"], service["reason"])
    assert service["prediction"] == "will_fail"
    assert service["disagreement"] is None
    assert service["causes"][0]["rule"] in rules, service["causes"]
    assert service["causes"][0]["package"] == package


def test_maya(system: Any) -> None:
    """Railpack takes 3.13 and asyncpg's C code does not compile; pinned where it is read, all works on PostgreSQL."""
    for minor in ("3.11", "3.13"):
        needs_python(minor)
    folder = system("maya")
    before = prove(folder, "--root-dir", "backend")["web"]
    assert_refuted(before, "asyncpg", {"cpython-api-changed", "c-compile-fails", "missing-compiler"})
    fix(folder, "--root-dir", "backend")
    after = prove(folder, "--root-dir", "backend")["web"]
    assert_proved(after)
    assert after["python"].startswith("3.11.")
    assert after["probe"]["status"] == 200
    assert [use["kind"] for use in after["backing"] if use["ready"]] == ["postgresql"]


def test_lighthouse(system: Any) -> None:
    """Render takes 3.14: pydantic-core is built by cargo, whose home is read-only. MongoDB as far as it can be had."""
    for minor in ("3.11", "3.14"):
        needs_python(minor)
    folder = system("lighthouse")
    before = prove(folder)["lighthouse-backend"]
    assert_refuted(before, "pydantic-core", {"cargo-read-only", "missing-rust-toolchain", "pyo3-python-too-new"})
    fix(folder)
    after = prove(folder)["lighthouse-backend"]
    assert_proved(after)
    assert after["probe"]["status"] == 200
    assert after["backing"][0]["kind"] == "mongodb"
    assert after["backing"][0]["ready"] or "MongoDB" in after["not_proven"][0]


def test_polydebate(system: Any) -> None:
    """Railpack has not copied the include; with it inlined, gunicorn and gevent serve SQLite and PostgreSQL."""
    needs_python("3.11")
    folder = system("polydebate")
    assert_refuted(prove(folder)["web"], None, {"requirements-file-missing"})
    fix(folder)
    sqlite = prove(folder, "--health-path", "/api/health")["web"]
    assert_proved(sqlite)
    assert sqlite["probe"]["status"] == 200
    assert sqlite["backing"] == []
    postgresql = prove(folder, "--health-path", "/api/health", "--with", "postgresql")["web"]
    assert_proved(postgresql)
    assert postgresql["backing"][0]["kind"] == "postgresql"
    assert postgresql["backing"][0]["ready"]


def test_nexus(system: Any) -> None:
    """Five services on one PostgreSQL and Redis: a task runs, the schedule ticks, the bot polls, the site is built."""
    for minor in ("3.12", "3.14"):
        needs_python(minor)
    folder = system("nexus")
    before = prove(folder)
    for name in ("nexus-api", "nexus-bot", "nexus-worker", "nexus-beat"):
        assert before[name]["verdict"] == "refuted"
        assert before[name]["disagreement"] is None
        assert before[name]["causes"][0]["package"] in {"aiohttp", "orjson", "pydantic-core"}
    fix(folder)
    with telegram() as (address, methods):
        token = f"TELEGRAM_BOT_TOKEN=123456789:{'a' * 35}"
        after = prove(folder, "-e", token, "-e", f"TELEGRAM_API_URL={address}")
        assert {"getme", "getupdates"} <= methods
    static = after.pop("nexus-miniapp")
    for service in after.values():
        assert_proved(service)
        assert {use["kind"] for use in service["backing"] if use["ready"]} == {"postgresql", "redis"}
    assert after["nexus-api"]["probe"]["status"] == 200
    assert "a task ran" in after["nexus-worker"]["observations"][0]
    assert "the schedule ticked" in after["nexus-beat"]["observations"][0]
    assert "alive and quiet" in after["nexus-bot"]["observations"][0]
    if shutil.which("npm"):
        assert static["verdict"] == "proved", static["reason"]
