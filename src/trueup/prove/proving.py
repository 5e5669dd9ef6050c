"""The story of a proof: build every service, start what stands behind them, boot, look, stop, judge."""

from __future__ import annotations

import datetime
import hashlib
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from trueup.model.diagnosis import Cause
from trueup.model.project import Project
from trueup.model.proof import BackingUse, Proof, ProofStep, ProofVerdict, ServiceProof, StepName
from trueup.model.report import Result
from trueup.prove import tree
from trueup.prove.backing._interface import Place
from trueup.prove.booting import Booted, boot, processes_of, release, stop
from trueup.prove.building import Build, make, prepare
from trueup.prove.causes import INDEPENDENT, causes_of, machine_reason
from trueup.prove.environments import tidy
from trueup.prove.interpreters import Interpreter, about, all_interpreters, fetch_interpreter, find_interpreter
from trueup.prove.layout import layout_of
from trueup.prove.looking import Seen, look, look_again
from trueup.prove.machine import index_settings
from trueup.prove.needs import Needs, needs_of, url_for
from trueup.prove.obtaining import kinds, obtain, scratch
from trueup.prove.ports import Ports
from trueup.prove.running import Redactor, close_all, folded, tail
from trueup.prove.sandbox import Network, inside, open_network
from trueup.prove.settings import ProofSettings
from trueup.prove.verdict import disagreement, verdict_of_all, verdict_of_service
from trueup.sourcecode.facts import CodeFacts, code_facts

FAILING_LINES = 25
_WHEEL_PYTHONS = ("3.12", "3.11", "3.13", "3.14", "3.10", "3.9")


@dataclass
class Subject:
    """One service under proof."""

    result: Result
    build: Build
    facts: CodeFacts
    needs: Needs | None = None
    seen: Seen = field(default_factory=lambda: Seen([], []))
    booted: list[Booted] = field(default_factory=list)
    backing: list[BackingUse] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The service's name."""
        return self.result.plan.service.name


@dataclass
class Run:
    """One proof while it runs."""

    project: Project
    settings: ProofSettings
    stack: ExitStack
    ports: Ports
    redactor: Redactor
    subjects: list[Subject] = field(default_factory=list)
    booted: list[Booted] = field(default_factory=list)
    made: dict[str, Build] = field(default_factory=dict)


def prove(project: Project, results: Sequence[Result], settings: ProofSettings) -> Proof:
    """Prove services: build each as its builder does, boot all on real backing services, probe.

    Args:
        project: the project as read; its files are copied, never changed.
        results: the predictions to put to the proof, one a service and builder.
        settings: what a person asks.

    Returns:
        The record. It also stands for what failed: nothing of the project's failing raises.

    Raises:
        RunnerUnavailable: this machine cannot prove anything (no free port).
        OSError: the project cannot be read, or the scratch folder or the cache cannot be written.
    """
    began, started = time.monotonic(), datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    tidy(settings.cache / "environments")
    before = tree.state(project, settings.outputs)
    with ExitStack() as stack:
        ports = Ports(settings.cache / "ports")
        stack.callback(ports.close)
        run = Run(project, settings, stack, ports, Redactor(settings.given))
        stack.callback(lambda: close_all(each.running for each in run.booted))
        for result in results:
            run.subjects.append(_subject(run, result))
        for subject in run.subjects:
            _build(run, subject)
        network = open_network(stack) if settings.sandbox else None
        with inside(network):
            _provide(run, network)
            _boot_all(run)
            stop(run.booted)
        services = tuple(_judged(subject) for subject in run.subjects)
    if changed := tree.changed_paths(before, project, settings.outputs):
        services = tuple(_doubted(service, changed) for service in services)
    return Proof(
        verdict=verdict_of_all(service.verdict for service in services),
        services=services,
        tree=tree.hash_of(before),
        started=started,
        seconds=round(time.monotonic() - began, 3),
        folder=str(settings.folder),
        index_snapshot=snapshot(results),
        fast=settings.fast,
        sandbox=settings.sandbox,
    )


def snapshot(results: Sequence[Result]) -> str:
    """A hash of what the index said to the predictions: every distribution's version, outcome and file."""
    rows = sorted(
        {
            (package.name, package.version, str(package.outcome), str(package.file))
            for result in results
            if result.forecast
            for package in result.forecast.packages
        }
    )
    return f"sha256:{hashlib.sha256(repr(rows).encode()).hexdigest()}" if rows else ""


def _subject(run: Run, result: Result) -> Subject:
    plan, settings = result.plan, run.settings
    is_python = plan.service.kind != "static" and plan.python.effective is not None
    layout = layout_of(plan.builder)
    interpreter: Interpreter | None = None
    missing: list[str] = []
    if is_python:
        interpreter, missing = _interpreter(plan.python.effective or "", settings)
    elif plan.service.kind != "static":
        missing = ["the prediction does not say which Python the platform takes"]
    if layout is None:
        missing.append(f"what the image of {plan.builder} looks like is not known")
    build = prepare(result, run.project, layout, interpreter, settings, run.redactor)
    build.missing += missing
    if interpreter and plan.python.effective and interpreter.version != plan.python.effective:
        patch = plan.python.effective if plan.python.effective.count(".") > 1 else f"the newest {interpreter.minor}"
        build.differs.append(f"Python {interpreter.version} stands in for {patch}")
    build.variables |= {item.name: item.value for item in plan.service.variables if item.value is not None}
    build.variables |= settings.given
    if "PORT" in build.variables:
        build.differs.append("PORT is a free port of this machine, and not the one that is set")
    for item in plan.service.variables:
        if item.value is not None and item.source != "literal":
            run.redactor.add(item.name, item.value)
    facts = code_facts(build.project, plan, {**settings.given})
    return Subject(result, build, facts)


def _interpreter(wanted: str, settings: ProofSettings) -> tuple[Interpreter | None, list[str]]:
    found = find_interpreter(wanted, settings.interpreters, settings.cache)
    if found is not None:
        return found, []
    reason = "fetching is off"
    if settings.fetch:
        settings.tell("", f"fetch CPython {wanted}")
        found, reason = fetch_interpreter(wanted, settings.cache)
    if found is not None:
        return found, []
    minor = ".".join(wanted.split(".")[:2])
    how = f"get it by `uv python install {minor}` or `pyenv install {minor}`, or name one with --interpreter"
    other = [f"--interpreter {each} is {about(each)}" for each in settings.interpreters]
    return None, ["; ".join([f"CPython {minor} is not on this machine, and {reason}", *other, how])]


def _build(run: Run, subject: Subject) -> None:
    build = subject.build
    if build.missing:
        return
    try:
        make(build, run.stack, run.made)
    except OSError as error:
        build.missing.append(f"the files could not be copied: {error}")
        return
    if subject.result.plan.service.kind == "static" and not build.failed:
        _look_at_static(subject)


def _look_at_static(subject: Subject) -> None:
    """A static site: its publish folder must hold a page."""
    build = subject.build
    setting = subject.result.plan.service.setting("staticPublishPath")
    folder = str(setting.value) if setting else "."
    pages = list((build.application / folder).glob("*.html"))
    note = f"{folder} holds {len(pages)} pages" if pages else f"{folder} holds no page after the build"
    build.steps.append(ProofStep(StepName.PROBE, f"look into {folder}", None, 0.0, None, bool(pages), note))
    if pages:
        subject.seen.observations.append(f"{folder} holds {', '.join(sorted(page.name for page in pages)[:3])}")


def _provide(run: Run, network: Network | None) -> None:
    """Work out what the services need, start one server a kind, and hand the addresses out."""
    known = kinds()
    settings = run.settings
    living = [each for each in run.subjects if not each.build.missing and not each.build.failed and each.build.layout]
    for subject in living:
        subject.build.network = network
        if subject.result.plan.service.kind == "static":
            continue
        subject.needs = needs_of(
            subject.result.plan.service,
            subject.facts,
            subject.build.installed,
            settings.given,
            known,
            settings.with_backing,
            settings.without_backing,
        )
        for name in subject.needs.bot_tokens:
            subject.seen.not_proven.append(f"that the bot gets in: {name} is made up, give a real one with -e")
        for name, value in subject.needs.values.items():
            run.redactor.add(name, value)
        subject.build.variables = subject.needs.values | subject.build.variables
    for kind in sorted({kind for each in living if each.needs for kind in each.needs.backing}):
        _serve(run, kind, [each for each in living if each.needs and kind in each.needs.backing], network)
    for subject in living:
        for kind, names in (subject.needs.given_kinds or {}).items() if subject.needs else ():
            subject.backing.append(BackingUse(kind, "given URL", None, variables=names))


def _serve(run: Run, kind: str, subjects: list[Subject], network: Network | None) -> None:
    backing = kinds()[kind]
    settings = run.settings
    settings.tell("", f"start {backing.title}")

    def pythons() -> tuple[Path, ...]:
        return tuple(
            each.executable for each in all_interpreters(_WHEEL_PYTHONS, settings.interpreters, settings.cache).values()
        )

    place = Place(
        folder=scratch(run.stack, kind),
        log=settings.folder / "backing" / f"{kind}.log",
        ports=run.ports,
        redactor=run.redactor,
        cache=settings.cache,
        index=index_settings(os.environ, settings.cache, "servers"),
        pythons=pythons,
        network=network.process if network else None,
    )
    run.redactor.add("PASSWORD", place.password)
    obtained = obtain(backing, place, run.stack)
    for subject in subjects:
        assert subject.needs is not None
        names = subject.needs.backing[kind]
        if obtained.server is None:
            subject.backing.append(
                BackingUse(
                    kind, "not available", None, ready=False, reason="; ".join(obtained.reasons), variables=names
                )
            )
            url = backing.container_url.format(host="127.0.0.1", port=run.ports.take(), password=place.password)
            subject.seen.not_proven.append(f"that the service works with {backing.title}: none can be had here")
        else:
            server = obtained.server
            url = server.url
            subject.backing.append(BackingUse(kind, server.how, server.version, variables=names))
        for name in names:
            subject.build.variables[name] = url_for(name, url, subject.facts)


def _boot_all(run: Run) -> None:
    ready = [each for each in run.subjects if each.build.layout and not each.build.missing and not each.build.failed]
    for subject in ready:
        if subject.result.plan.service.kind == "static":
            continue
        if not processes_of(subject.build):
            subject.build.steps.append(
                ProofStep(StepName.START, "", None, 0.0, None, ok=False, note="the platform finds no start command")
            )
            continue
        if not release(subject.build):
            continue
        for process in processes_of(subject.build):
            booted = boot(subject.build, process, run.ports)
            subject.booted.append(booted)
            run.booted.append(booted)
    for subject in sorted(ready, key=_order):
        for booted in sorted(subject.booted, key=lambda each: not each.is_web):
            others = [each for each in run.booted if each is not booted]
            look(booted, subject.facts, subject.seen, others)
    for booted in run.booted:
        look_again(booted)


def _order(subject: Subject) -> tuple[int, str]:
    """Those that answer at once first; beat, which must be waited for, last."""
    roles = {program.role for _, program in subject.facts.programs}
    return (2 if "beat" in roles else 0 if subject.result.plan.service.kind in ("web", "private") else 1, subject.name)


def _judged(subject: Subject) -> ServiceProof:
    """The record of one service."""
    build, plan = subject.build, subject.result.plan
    causes = causes_of(build.failed_log, build.project) if build.failed_log else ()
    missing = [*build.missing, *_excuses(subject, causes)]
    if build.failed and not missing and (reason := machine_reason(causes, build.machine.lacks)):
        missing.append(reason)
    reason = next((_words(step) for step in build.steps if not step.ok), "")
    verdict = verdict_of_service(build.steps, missing, "")
    blockers = [package.name for package in subject.result.forecast.blockers] if subject.result.forecast else []
    culprits = [cause.package for cause in causes[:1] if cause.package]
    shown = verdict is not ProofVerdict.PROVED and build.failed_log is not None
    return ServiceProof(
        service=plan.service.name,
        platform=plan.platform,
        builder=plan.builder,
        verdict=verdict,
        python=build.interpreter.version if build.interpreter else None,
        predicted_python=plan.python.effective,
        prediction=subject.result.verdict.value,
        steps=tuple(build.steps),
        probe=subject.seen.probe,
        backing=tuple(subject.backing),
        causes=causes if verdict is not ProofVerdict.PROVED else (),
        reason=reason,
        missing=tuple(missing),
        observations=tuple(subject.seen.observations),
        not_proven=tuple(subject.seen.not_proven),
        imitated=build.machine.imitated,
        differs=tuple(build.differs),
        disagreement=disagreement(subject.result.verdict, verdict, blockers, culprits),
        installed=build.installed,
        failing_log=_end_of(build) if shown else (),
        made_up=tuple(sorted(set(subject.needs.values))) if subject.needs else (),
    )


def _end_of(build: Build) -> tuple[str, ...]:
    """The end of the failing log, with the platform's paths for those of this machine."""
    lines = folded(tail(build.failed_log, 400))[-FAILING_LINES:] if build.failed_log else ()
    return tuple(build.places.there(line) for line in lines)


def _doubted(service: ServiceProof, changed: Sequence[str]) -> ServiceProof:
    """The record of a service whose files did not stay what they were: nobody can say what was proved."""
    names = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
    told = f"the project changed while it was proved ({names}): prove it again; if it changes its own files, --sandbox"
    if service.verdict is not ProofVerdict.PROVED:
        return replace(service, differs=(*service.differs, told))
    return replace(service, verdict=ProofVerdict.INCONCLUSIVE, missing=(*service.missing, told), disagreement="")


def _words(step: ProofStep) -> str:
    how = step.note or f"it ended with {step.exit_code}"
    return f"{step.name.value} failed: {how}"


def _excuses(subject: Subject, causes: Sequence[Cause]) -> list[str]:
    """Why a boot that failed says nothing: something it needs was not there, or cannot be made up."""
    boot_steps = (StepName.RELEASE, StepName.START, StepName.PROBE)
    failed_at_boot = any(not step.ok and step.name in boot_steps for step in subject.build.steps)
    if not failed_at_boot or (causes and causes[0].rule in INDEPENDENT):
        return []
    found = [f"{use.kind} is not here: {use.reason}" for use in subject.backing if not use.ready]
    if subject.needs and subject.needs.bot_tokens:
        names = ", ".join(subject.needs.bot_tokens)
        found.append(f"a made-up {names} lets no bot in: give a real one with -e")
    return found
