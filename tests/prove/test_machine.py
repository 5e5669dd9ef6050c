"""What stands in for the platform's image, the faster installer, and the questions to Celery."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.prove.conftest import OWN_PYTHON, Prove, predictions
from tests.prove.test_proving import only
from trueup.model.evidence import Evidence, Fact
from trueup.model.proof import ProofVerdict
from trueup.prove import celery_probe
from trueup.prove.interpreters import find_interpreter, find_uv
from trueup.prove.layout import layout_of
from trueup.prove.machine import Machine, prepare_machine

EVIDENCE = (Evidence.given("test"),)


def machine(hello: Path, tmp_path: Path, *, c: bool, pip: bool, rust_note: str = "") -> Machine:
    """The stand-in for an image with or without a C compiler and pip; Rust is there with a note only."""
    plan = predictions(hello, {})[0].plan
    toolchain = replace(plan.toolchain, c=Fact(c, EVIDENCE), rust=Fact(bool(rust_note), EVIDENCE), rust_note=rust_note)
    layout = layout_of("render-native")
    assert layout is not None
    folder = tmp_path / f"service-{c}-{pip}"
    folder.mkdir()
    interpreter = find_interpreter(OWN_PYTHON)
    plan, layout = replace(plan, toolchain=toolchain), replace(layout, pip_on_path=pip)
    return prepare_machine(plan, layout, interpreter, folder, tmp_path / "cache")


def which(name: str, image: Machine) -> str | None:
    return shutil.which(name, path=os.pathsep.join(image.path))


def test_what_the_image_lacks_is_not_on_path(hello: Path, tmp_path: Path) -> None:
    """Compilers, Rust, pip and other Pythons are hidden; the shell's programs are there, and the right Python."""
    bare = machine(hello, tmp_path, c=False, pip=False)
    hidden = ("cc", "gcc", "g++", "make", "cargo", "rustc", "pip", "pip3", "poetry")
    assert {name: which(name, bare) for name in hidden} == dict.fromkeys(hidden)
    assert {"no C compiler on PATH", "no Rust on PATH"} <= set(bare.imitated)
    assert which("sh", bare)
    python = which("python", bare)
    assert python is not None
    said = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"Python {OWN_PYTHON}.")
    whole = machine(hello, tmp_path, c=True, pip=True)
    assert which("pip", whole)
    if shutil.which("gcc", path="/usr/bin:/usr/local/bin"):
        assert which("gcc", whole)
        assert not whole.lacks
    else:
        assert "c" in whole.lacks


def test_fast_installs_with_uv_and_says_so(hello: Path, proof_of: Prove, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is another one than that of the platform's command."""
    if find_uv() is None:
        pytest.skip("uv is not here")
    monkeypatch.setenv("UV_NO_INDEX", "1")
    proof_of(hello)
    proof = proof_of(hello, fast=True)
    service = only(proof)
    assert service.verdict is ProofVerdict.PROVED, (service.reason, service.failing_log)
    assert proof.fast
    assert any("installed by uv" in each for each in service.differs)
    assert service.steps[0].command == "pip install -r requirements.txt"


@dataclass
class Worker:
    """Stands in for a Celery application with workers that run a task some looks after it was sent."""

    queues: dict[str, Any] = field(default_factory=lambda: {"worker@host": [{"name": "own-queue"}]})
    runs: bool = True
    sent: list[tuple[str, str]] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    @property
    def control(self) -> Any:
        """As `app.control.inspect(timeout=…)` is asked."""
        stats = {worker: {"total": dict(self.done)} for worker in self.queues}
        return SimpleNamespace(
            inspect=lambda **_: SimpleNamespace(stats=lambda: stats, active_queues=lambda: self.queues)
        )

    def send_task(self, name: str, args: tuple[str, ...], queue: str) -> None:
        """As the application's method."""
        assert args
        self.sent.append((name, queue))
        if self.runs:
            self.done[name] = self.done.get(name, 0) + 1


def test_a_task_must_really_run() -> None:
    """Sent to a queue that the worker consumes, and counted by it; older counts do not count."""
    app = Worker(done={celery_probe.TASK: 4})
    assert celery_probe.run_task(app, 5) == {"ok": True, "queue": "own-queue"}
    assert app.sent == [(celery_probe.TASK, "own-queue")]
    assert "no worker answers" in celery_probe.run_task(Worker(queues={}), 0)["problem"]
    lazy = Worker(runs=False, done={celery_probe.TASK: 4})
    assert "does not run the task" in celery_probe.run_task(lazy, 0)["problem"]


def test_the_nearest_tick() -> None:
    """Of schedules as Celery takes them: seconds, timedeltas, crontabs."""
    crontab = SimpleNamespace(remaining_estimate=lambda _now: datetime.timedelta(seconds=-1))
    schedule = {
        "number": {"schedule": 30, "task": "a"},
        "delta": {"schedule": datetime.timedelta(minutes=1), "task": "b"},
        "crontab": {"schedule": crontab, "task": "c"},
    }
    app = SimpleNamespace(
        loader=SimpleNamespace(import_default_modules=lambda: None),
        finalize=lambda: None,
        now=lambda: None,
        conf=SimpleNamespace(beat_schedule=schedule, beat_scheduler="celery.beat:PersistentScheduler"),
    )
    entries = celery_probe.next_tick(app)["entries"]
    assert entries == [[0.0, "crontab", "c"], [30.0, "number", "a"], [60.0, "delta", "b"]]


def test_a_scheduled_task_that_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any of the named ones, by any worker."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    assert celery_probe.wait_for(Worker(done={"b": 1}), 5, ["a", "b"]) == {"ok": True, "task": "b"}
    assert not celery_probe.wait_for(Worker(), 0.01, ["a"])["ok"]
