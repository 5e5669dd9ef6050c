"""Asks a Celery application's workers to run a task, or tells when its schedule ticks. Run by the project's Python.

`celery_probe.py task APP SECONDS` sends Celery's own task `celery.accumulate`, which does nothing but return its
argument, to a queue that a worker consumes, and waits until that worker has counted it. `celery_probe.py ticks APP`
tells in how many seconds the nearest entry of the beat schedule is due. `celery_probe.py ran APP SECONDS NAME…` waits
until a worker has counted one of the named tasks. One JSON line is printed. Must stay valid on Python 3.8.
Source: https://docs.celeryq.dev/en/stable/userguide/workers.html#inspecting-workers (read 2026-11-20).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

TASK = "celery.accumulate"


def totals(app: Any, name: str) -> dict[str, int]:
    """How often each worker has run a task."""
    stats = app.control.inspect(timeout=1.0).stats() or {}
    return {worker: row.get("total", {}).get(name, 0) for worker, row in stats.items()}


def run_task(app: Any, seconds: float) -> dict[str, Any]:
    """Let a worker run a task; tell which did."""
    deadline = time.time() + seconds
    while not (queues := app.control.inspect(timeout=1.0).active_queues() or {}):
        if time.time() > deadline:
            return {"ok": False, "problem": "no worker answers on the broker"}
    worker, rows = min(queues.items())
    before = totals(app, TASK).get(worker, 0)
    app.send_task(TASK, args=("trueup",), queue=rows[0]["name"])
    while totals(app, TASK).get(worker, 0) <= before:
        if time.time() > deadline:
            return {"ok": False, "problem": "a worker answers, and does not run the task that it is sent"}
    return {"ok": True, "queue": rows[0]["name"]}


def next_tick(app: Any) -> dict[str, Any]:
    """The nearest entry of the schedule and the seconds until it is due."""
    app.loader.import_default_modules()
    app.finalize()
    found: list[Any] = []
    for name, entry in (app.conf.beat_schedule or {}).items():
        schedule = entry["schedule"]
        if hasattr(schedule, "remaining_estimate"):
            left = schedule.remaining_estimate(app.now()).total_seconds()
        elif hasattr(schedule, "total_seconds"):
            left = schedule.total_seconds()
        else:
            left = float(schedule)
        found.append([max(0.0, left), name, entry["task"]])
    return {"ok": True, "entries": sorted(found), "scheduler": str(app.conf.beat_scheduler)}


def wait_for(app: Any, seconds: float, names: list[str]) -> dict[str, Any]:
    """Wait until some worker has run one of the tasks."""
    deadline = time.time() + seconds
    while time.time() < deadline:
        for name in names:
            if any(totals(app, name).values()):
                return {"ok": True, "task": name}
        time.sleep(0.5)
    return {"ok": False, "problem": "no worker has run a scheduled task"}


def main() -> None:
    """Do what the arguments say."""
    sys.path.insert(0, str(Path.cwd()))
    from celery.app.utils import find_app  # type: ignore[import-not-found, unused-ignore]

    what, name = sys.argv[1], sys.argv[2]
    app = find_app(name)
    if what == "task":
        answer = run_task(app, float(sys.argv[3]))
    elif what == "ticks":
        answer = next_tick(app)
    else:
        answer = wait_for(app, float(sys.argv[3]), sys.argv[4:])
    print("trueup-answer " + json.dumps(answer))  # noqa: T201 - this is its protocol


if __name__ == "__main__":
    main()
