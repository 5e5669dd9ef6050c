"""Starting the processes of a built service, and ending them as the platform does."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from trueup.model.plan import BuildPlan, Process, Step
from trueup.model.proof import ProbeResult, ProofStep, StepName
from trueup.prove.building import Build, limit_note
from trueup.prove.layout import drain_seconds, platform_variables
from trueup.prove.ports import Ports
from trueup.prove.running import Command, Ended, Running, start
from trueup.sourcecode.commands import StartCommand
from trueup.sourcecode.facts import CodeFacts

UNKNOWN_MEMORY = 8192
"""MiB for processes where the platform's limit is not known."""
SHORTEST_DRAIN, LONGEST_DRAIN = 2, 30
"""Seconds that a proof waits for a process to end: at least, where the platform gives it no time, and at most."""


@dataclass
class Booted:
    """One process that was started."""

    build: Build
    process: Process
    running: Running
    port: int
    started: float = field(default_factory=time.monotonic)
    ok: bool = True
    problem: str = ""

    @property
    def is_web(self) -> bool:
        """Whether the platform looks for its port."""
        return is_web(self.build, self.process)

    def programs(self, facts: CodeFacts) -> tuple[StartCommand, ...]:
        """What its command starts."""
        return next((each.parsed.programs for each in facts.starts if each.name == self.process.name), ())


def is_web(build: Build, process: Process) -> bool:
    """Whether a process of the service must listen."""
    service = build.plan.service
    return process.name == "web" or (service.kind in ("web", "private") and len(processes_of(build)) == 1)


def processes_of(build: Build) -> tuple[Process, ...]:
    """The processes of the service: those of the plan, else its start command."""
    plan = build.plan
    if plan.processes:
        return plan.processes
    if plan.start.value:
        from trueup.model.evidence import Fact

        return (Process(plan.service.kind, Fact(plan.start.value, plan.start.evidence)),)
    return ()


def image_variables(plan: BuildPlan) -> dict[str, str]:
    """The variables that the builder writes into the image.

    Nixpacks' image keeps those of its build, the project's own [variables] among them; their values are in the steps
    alone, as the details are printed.
    """
    image = plan.details.get("runtime_variables") or plan.details.get("variables") or {}
    assert isinstance(image, dict)
    kept = (*plan.install, *plan.build) if plan.details.get("image_keeps_variables") else ()
    values = {name: value for step in kept for name, value in step.variables.items()}
    return {str(name): str(value) for name, value in image.items()} | values


def runtime_environment(build: Build, port: int | None) -> dict[str, str]:
    """The environment of a running process: the image's, the platform's, then what was worked out and given.

    A PORT that is set gives way to the free one: something else may listen there, another proof for instance.
    """
    plan = build.plan
    image = image_variables(plan)
    python = build.interpreter.version if build.interpreter else ""
    values = platform_variables(plan, port, python) | image
    environment = build.base_environment(values)
    environment |= {name: build.places.here(value) for name, value in build.variables.items()}
    return environment | ({"PORT": str(port)} if port is not None else {})


def memory_limit(build: Build) -> int:
    """MiB that a process of the service may use."""
    known = build.plan.details.get("memory_mib")
    return build.settings.memory or (known if isinstance(known, int) else UNKNOWN_MEMORY)


def release(build: Build) -> bool:
    """Run the release command; whether it succeeded or there is none."""
    if build.plan.release is None:
        return True
    step: Step = build.plan.release
    environment = runtime_environment(build, None)
    return build.do(StepName.RELEASE, step, environment).ok


def boot(build: Build, process: Process, ports: Ports) -> Booted:
    """Start one process on a port of its own."""
    port = ports.take()
    build.settings.tell(build.plan.service.name, f"start: {process.command.value}")
    log = build.log(f"start-{process.name}")
    command = Command(
        words=build.confine(build.words(build.places.here(process.command.value), is_build=False)),
        folder=build.application,
        environment=runtime_environment(build, port),
        mebibytes=memory_limit(build),
        network=build.network.process if build.network else None,
        scratch=build.scratch,
    )
    return Booted(build, process, start(command, log, build.redactor), port)


def note_end(booted: Booted, ended: Ended, problem: str) -> None:
    """Note a process that ended although it must not have."""
    build = booted.build
    note = limit_note(ended, 0, memory_limit(build)) or problem
    path = booted.running.log.relative_to(build.settings.folder).as_posix()
    step = ProofStep(
        StepName.START,
        booted.process.command.value,
        ended.exit_code,
        round(ended.seconds, 3),
        path,
        ok=False,
        note=note,
        process=booted.process.name,
    )
    build.steps.append(step)
    build.failed_log = build.failed_log or booted.running.log
    booted.ok, booted.problem = False, note


def note_started(booted: Booted, problem: str = "") -> None:
    """Note a process that runs; with a problem, one that runs and does not do what it must.

    What the health check finds is noted by `note_probe`: the process itself has started.
    """
    build = booted.build
    path = booted.running.log.relative_to(build.settings.folder).as_posix()
    seconds = round(time.monotonic() - booted.started, 3)
    command = booted.process.command.value
    name = booted.process.name
    build.steps.append(ProofStep(StepName.START, command, None, seconds, path, not problem, problem, name))
    if problem:
        build.failed_log = build.failed_log or booted.running.log
        booted.ok, booted.problem = False, problem


def note_probe(booted: Booted, result: ProbeResult) -> None:
    """Note what the health check said."""
    has_path = bool(booted.build.settings.health_path or booted.build.plan.health.path.value)
    note = result.problem if not result.ok else f"status {result.status}" if result.status else "the port is open"
    if result.ok and result.status and not has_path:
        note = f"the port is open (GET / answers {result.status}; the platform asks no path)"
    what = f"GET {result.url}" if has_path else f"connect to {result.url}"
    log = None if result.ok else booted.running.log.relative_to(booted.build.settings.folder).as_posix()
    booted.build.steps.append(
        ProofStep(StepName.PROBE, what, None, result.seconds, log, result.ok, note, booted.process.name)
    )
    if not result.ok:
        booted.build.failed_log = booted.build.failed_log or booted.running.log
        booted.ok, booted.problem = False, result.problem


def stop(everything: list[Booted]) -> None:
    """SIGTERM to all, and SIGKILL after each platform's drain time; note how long each took."""
    living = [each for each in everything if each.running.poll() is None]
    for each in living:
        each.build.settings.tell(each.build.plan.service.name, f"stop: {each.process.name}")
        each.running.order("term")
    began = time.monotonic()
    for each in living:
        layout = each.build.layout
        allowed = drain_seconds(layout, each.build.plan) if layout else LONGEST_DRAIN
        patience = min(max(allowed, SHORTEST_DRAIN), LONGEST_DRAIN)
        ended = each.running.stop(max(0.1, patience - (time.monotonic() - began)), is_told=True)
        seconds = round(time.monotonic() - began, 3)
        if ended.ended_by == "killed":
            note = f"it did not end within {patience} s of SIGTERM and was killed; the platform allows {allowed} s"
        elif seconds > allowed:
            note = f"it ended {seconds:.1f} s after SIGTERM; the platform allows {allowed} s and then kills it"
        else:
            note = f"it ended {seconds:.1f} s after SIGTERM; the platform allows {allowed} s"
        each.build.steps.append(
            ProofStep(StepName.STOP, "SIGTERM", ended.exit_code, seconds, None, True, note, each.process.name)
        )


def said(booted: Booted, *needles: str) -> bool:
    """Whether the process's log holds one of some texts."""
    try:
        text = booted.running.log.read_text("utf-8", "replace")
    except OSError:
        return False
    return any(needle in text for needle in needles)
