"""Looking at booted processes: what each kind must do before it counts as started."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from trueup.model.proof import ProbeResult
from trueup.prove.booting import Booted, note_end, note_probe, note_started, runtime_environment, said
from trueup.prove.building import Build
from trueup.prove.layout import rows
from trueup.prove.probing import Health, Listener, family_of, listeners, probe
from trueup.prove.running import Command, run
from trueup.sourcecode.commands import StartCommand
from trueup.sourcecode.facts import CodeFacts

CELERY = Path(__file__).with_name("celery_probe.py")
TASK_SECONDS = 45
TICK_MARGIN = 8
"""Seconds after its time at which a tick must have been seen."""
TRACEBACK = "Traceback (most recent call last)"
DUE = "Sending due task"


@dataclass
class Seen:
    """What was observed beyond the steps."""

    observations: list[str]
    not_proven: list[str]
    probe: ProbeResult | None = None


def look(booted: Booted, facts: CodeFacts, seen: Seen, workers: Sequence[Booted]) -> None:
    """Look at one process until it counts as started or has failed."""
    programs = booted.programs(facts)
    celery = next((each for each in programs if each.server == "celery"), None)
    if booted.is_web:
        _look_at_web(booted, seen)
    elif booted.build.plan.service.kind == "cron":
        _look_at_job(booted)
    elif celery is not None and celery.role == "worker":
        _look_at_worker(booted, celery, seen)
    elif celery is not None and celery.role == "beat":
        _look_at_beat(booted, celery, seen, workers)
    else:
        _look_at_quiet(booted, seen)


def _look_at_web(booted: Booted, seen: Seen) -> None:
    build = booted.build
    health = health_of(build, booted.port)
    build.settings.tell(build.plan.service.name, f"probe: {health.path or 'an open port'}")
    result = probe(health, lambda: booted.running.poll() is not None or _finds_other_port(booted))
    ended = booted.running.poll()
    if ended is None and not result.ok and (other := _other_port(booted)):
        result = probe(health_of(build, other), lambda: booted.running.poll() is not None)
        ended = booted.running.poll()
    seen.probe = result
    if ended is not None:
        note_end(booted, ended, "the process ended before the health check was answered")
        return
    heard = listeners(family_of(booted.running.process))
    problem = "" if result.ok else result.problem
    if result.ok and heard and all(each.is_loopback for each in heard):
        problem = f"it listens on {_words(heard)} only: the platform reaches it from outside"
    elif not result.ok and heard and booted.port not in {each.port for each in heard}:
        problem = f"it listens on {_words(heard)}, and not on $PORT"
    seen.probe = result = replace(result, ok=not problem, problem=problem)
    note_started(booted)
    note_probe(booted, result)


def _words(heard: Sequence[Listener]) -> str:
    return ", ".join(f"{each.address}:{each.port}" for each in heard)


def _takes_any_port(build: Build) -> bool:
    return bool(rows().get(build.plan.builder, {}).get("any_port"))


def _other_port(booted: Booted) -> int | None:
    """A port that the platform would find by looking, where it looks at all."""
    if not _takes_any_port(booted.build):
        return None
    heard = listeners(family_of(booted.running.process))
    return next((each.port for each in heard if not each.is_loopback and each.port != booted.port), None)


def _finds_other_port(booted: Booted) -> bool:
    return time.monotonic() - booted.started > 1 and _other_port(booted) is not None


def health_of(build: Build, port: int) -> Health:
    """The platform's health check, for one port."""
    plan, settings = build.plan, build.settings
    request = plan.details.get("health_request_timeout")
    total = min(plan.health.timeout or settings.boot_seconds, settings.boot_seconds)
    return Health(
        port=port,
        path=settings.health_path or plan.health.path.value,
        accepted=plan.health.accepted_statuses,
        host_header=plan.health.host_header,
        request_seconds=float(request) if isinstance(request, (int, float)) else 10.0,
        total_seconds=float(total),
    )


def _look_at_job(booted: Booted) -> None:
    """A cron job: it must end, and well."""
    deadline = time.monotonic() + booted.build.settings.install_seconds
    while (ended := booted.running.poll()) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    if ended is None:
        note_started(booted, "the job did not end in time")
    elif ended.ok:
        note_started(booted)
    else:
        note_end(booted, ended, "the job failed")


def _look_at_quiet(booted: Booted, seen: Seen) -> None:
    """A process without a port: alive, and without a traceback, for the platform's grace time."""
    layout = booted.build.layout
    grace = layout.grace_seconds if layout else 5
    while time.monotonic() - booted.started < grace and booted.running.poll() is None:
        time.sleep(0.05)
    ended = booted.running.poll()
    if ended is not None:
        note_end(booted, ended, "the process ended, and a service of this kind must stay running")
    elif said(booted, TRACEBACK):
        note_started(booted, "the process runs, and its log shows a traceback")
    else:
        note_started(booted)
        seen.observations.append(f"{booted.process.name}: alive and quiet for {grace} s")


def look_again(booted: Booted) -> None:
    """Before everything is stopped: what has started must still be there."""
    ended = booted.running.poll() if booted.ok and booted.build.plan.service.kind != "cron" else None
    if ended is not None:
        note_end(booted, ended, "the process ended by itself after it had started well")


def _ask_celery(booted: Booted, program: StartCommand, *words: str) -> dict[str, object]:
    """Run the Celery probe with the service's Python, variables and folder; its answer."""
    build = booted.build
    assert build.environment is not None
    python = build.environment / "bin" / "python"
    log = build.log(f"celery-{words[0]}-{booted.process.name}")
    search = os.pathsep.join(str(build.application / each) for each in program.search)
    environment = runtime_environment(build, booted.port)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [search, environment.get("PYTHONPATH", "")]))
    command = Command(
        words=build.confine((str(python), str(CELERY), words[0], program.target or "", *words[1:])),
        folder=build.application / program.folder,
        environment=environment,
        seconds=TASK_SECONDS + build.settings.tick_seconds,
        network=build.network.process if build.network else None,
    )
    run(command, log, build.redactor)
    for line in log.read_text("utf-8", "replace").splitlines():
        if line.startswith("trueup-answer "):
            answer: dict[str, object] = json.loads(line.partition(" ")[2])
            return answer
    return {"ok": False, "problem": "the Celery application could not be asked"}


def _look_at_worker(booted: Booted, program: StartCommand, seen: Seen) -> None:
    """A Celery worker: a task must really run."""
    booted.build.settings.tell(booted.build.plan.service.name, "probe: a task runs in the worker")
    answer = _ask_celery(booted, program, "task", str(TASK_SECONDS))
    ended = booted.running.poll()
    if ended is not None:
        note_end(booted, ended, "the worker ended")
    elif answer["ok"]:
        note_started(booted)
        seen.observations.append(f"{booted.process.name}: a task ran in the worker (queue {answer['queue']})")
    else:
        note_started(booted, str(answer["problem"]))


def _look_at_beat(booted: Booted, program: StartCommand, seen: Seen, workers: Sequence[Booted]) -> None:
    """A Celery beat: an entry of its schedule must really tick, if one is due soon enough."""
    build = booted.build
    build.settings.tell(build.plan.service.name, "probe: the schedule ticks")
    answer = _ask_celery(booted, program, "ticks")
    entries = answer.get("entries")
    soonest = entries[0] if isinstance(entries, list) and entries else None
    if soonest is None or soonest[0] > build.settings.tick_seconds:
        _look_at_quiet(booted, seen)
        when = f"the next tick is in {soonest[0] / 60:.0f} min" if soonest else "its schedule could not be read"
        seen.not_proven.append(f"{booted.process.name}: that the schedule ticks ({when})")
        return
    deadline = time.monotonic() + float(soonest[0]) + TICK_MARGIN
    while time.monotonic() < deadline and booted.running.poll() is None and not said(booted, DUE):
        time.sleep(0.2)
    ended = booted.running.poll()
    if ended is not None:
        note_end(booted, ended, "beat ended")
    elif said(booted, DUE):
        note_started(booted)
        seen.observations.append(f"{booted.process.name}: the schedule ticked ({soonest[1]})")
    elif workers and _ask_celery(booted, program, "ran", "5", str(soonest[2]))["ok"]:
        note_started(booted)
        seen.observations.append(f"{booted.process.name}: the schedule ticked, a worker ran {soonest[2]}")
    else:
        note_started(booted)
        seen.not_proven.append(f"{booted.process.name}: that the schedule ticks (its log tells no tick)")
