"""Building one service as its builder does: a fresh copy of the files that it sees, its commands, its Python."""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from trueup.model.plan import BuildPlan, Step
from trueup.model.project import Project
from trueup.model.proof import ProofStep, StepName
from trueup.model.report import Result
from trueup.prove import tree
from trueup.prove.environments import Slot, installed, key_of, slot
from trueup.prove.interpreters import Interpreter, find_uv
from trueup.prove.layout import Layout, Places
from trueup.prove.machine import Machine, bubblewrap, index_settings, prepare_machine, secrets_of
from trueup.prove.running import Command, Ended, Redactor, run
from trueup.prove.sandbox import Network, confined, readable_folders
from trueup.prove.settings import ProofSettings
from trueup.prove.tools import provide_tools

BUILD_MEMORY = 8192
"""MiB that a build may use: what Render gives (render.com/docs/build-pipeline, read 2026-11-20)."""
_PIP_INSTALL = re.compile(r"(?<![\w./-])(?:python3? -m )?pip3? install\b")
_INSTALLS = re.compile(r"(?<![\w./-])(?:uv (?:sync|pip)|poetry (?:install|sync)|pdm (?:install|sync)|pip3? |pipenv )")
"""Build steps that change the environment: it is then for one proof only."""
_LOCAL = re.compile(r"(?m)^\s*(?:-e\b|--editable\b|\.{1,2}(?:/|\[|\s|$)|file:)|(?:install|-e)\s+\.(?:\s|$|\[)")


@dataclass
class Build:
    """A service while it is proved: its folders, what was done, what failed."""

    result: Result
    project: Project
    layout: Layout | None
    interpreter: Interpreter | None
    machine: Machine
    places: Places
    folder: Path
    environment: Path | None
    redactor: Redactor
    settings: ProofSettings
    variables: dict[str, str]
    steps: list[ProofStep] = field(default_factory=list)
    installed: dict[str, str] = field(default_factory=dict)
    failed_log: Path | None = None
    differs: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    network: Network | None = None
    is_kept: bool = False
    """Whether the environment is in the cache for others too."""

    @property
    def plan(self) -> BuildPlan:
        """The plan that is carried out."""
        return self.result.plan

    @property
    def application(self) -> Path:
        """The copy of the project."""
        return self.folder / "app"

    @property
    def scratch(self) -> tuple[Path, ...]:
        """What is worth nothing when the proof is over."""
        return (self.application, self.folder / "home", self.folder / "tmp")

    @property
    def failed(self) -> bool:
        """Whether a step has failed."""
        return any(not step.ok for step in self.steps)

    @property
    def install_steps(self) -> list[ProofStep]:
        """The steps that made the environment."""
        return [step for step in self.steps if step.name is StepName.INSTALL]

    def base_environment(self, step: Mapping[str, str]) -> dict[str, str]:
        """The environment of every command: nothing of this machine's but the language, then what is given."""
        path = [str(self.environment / "bin")] if self.environment else []
        values = {
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join([*path, *self.machine.path]),
            "SHELL": "/bin/bash",
        }
        if self.environment:
            values["VIRTUAL_ENV"] = str(self.environment)
        values |= self.machine.variables
        values |= {name: self.places.here(value) for name, value in step.items()}
        if self.environment:  # the environment is not where each tool would look for it
            values |= {"UV_PROJECT_ENVIRONMENT": str(self.environment), "PIPENV_IGNORE_VIRTUALENVS": "0"}
        return values

    def log(self, name: str) -> Path:
        """The log file of a step."""
        return self.folder / "logs" / f"{name}.log"

    def do(
        self, name: StepName, step: Step, extra: Mapping[str, str], text: str | None = None, note: str = ""
    ) -> Ended:
        """Run one command of the plan to its end, and note it."""
        number = sum(done.name is name for done in self.steps) + 1
        log = self.log(f"{name.value}-{number}")
        self.settings.tell(self.plan.service.name, f"{name.value}: {step.command}")
        is_run = name is StepName.RELEASE
        words = self.words(self.places.here(text or step.command), is_build=not is_run)
        command = Command(
            words=self.confine(words) if is_run else words,
            folder=self.application,
            environment=self.base_environment(step.variables) | dict(extra),
            seconds=self.settings.install_seconds,
            mebibytes=BUILD_MEMORY,
            network=self.network.process if self.network and is_run else None,
            scratch=self.scratch,
        )
        ended = run(command, log, self.redactor)
        notes = [note, limit_note(ended, self.settings.install_seconds, BUILD_MEMORY)]
        self.note_step(name, step.command, ended, log, "; ".join(filter(None, notes)))
        return ended

    def note_step(self, name: StepName, command: str, ended: Ended, log: Path, note: str = "") -> None:
        """Note a finished command."""
        path = log.relative_to(self.settings.folder).as_posix()
        self.steps.append(ProofStep(name, command, ended.exit_code, round(ended.seconds, 3), path, ended.ok, note))
        if not ended.ok and self.failed_log is None:
            self.failed_log = log

    def confine(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The words that run a command of the service in the sandbox, where there is one."""
        if self.network is None or self.interpreter is None or self.environment is None:
            return words
        python = Path(os.path.realpath(self.interpreter.executable))
        programs = [self.machine.programs, *map(Path, self.machine.path), Path(__file__).parent]
        readable = readable_folders(python.parent.parent, self.environment, *programs)
        return confined(words, readable, self.scratch)

    def words(self, text: str, *, is_build: bool = True) -> tuple[str, ...]:
        """The words that run a shell text; a build with the read-only places of the platform."""
        shell = ("/bin/bash", "-c", text) if Path("/bin/bash").exists() else ("/bin/sh", "-c", text)
        program = bubblewrap() if self.machine.read_only and is_build else None
        if program is None:
            return shell
        places = [word for path in self.machine.read_only for word in ("--ro-bind", str(path), str(path))]
        return (program, "--dev-bind", "/", "/", *places, "--", *shell)


def limit_note(ended: Ended, seconds: float, mebibytes: int | None) -> str:
    """Why a command was ended from outside, in words."""
    if ended.ended_by == "time":
        return f"killed after {seconds:g} s"
    if ended.ended_by == "memory":
        return f"killed: it used more than {mebibytes} MiB"
    return ended.ended_by


def prepare(
    result: Result,
    project: Project,
    layout: Layout | None,
    interpreter: Interpreter | None,
    settings: ProofSettings,
    redactor: Redactor,
) -> Build:
    """Make the folders of one service, empty but for the programs."""
    plan = result.plan
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{plan.platform}-{plan.builder}-{plan.service.name}")
    folder = settings.folder / name
    for inner in ("app", "home", "tmp", "logs"):
        (folder / inner).mkdir(parents=True)
    machine = prepare_machine(plan, layout, interpreter, folder, settings.cache)
    view = project.subtree(plan.service.root_dir.value)
    build = Build(
        result=result,
        project=view,
        layout=layout,
        interpreter=interpreter,
        machine=machine,
        places=Places({}),
        folder=folder,
        environment=None,
        redactor=redactor,
        settings=settings,
        variables={},
    )
    build.differs += machine.differs
    return build


def place(build: Build, environment: Path | None) -> None:
    """Fix where the environment lies, and with it how the platform's paths are written."""
    build.environment = environment
    places = {"/opt/pip-cache": build.settings.cache / "pip" / build.plan.builder}
    if build.layout:
        places[build.layout.application] = build.application
        if environment:
            places[build.layout.environment] = environment
    build.places = Places(places, {"/tmp": build.folder / "tmp"})  # noqa: S108 - written, not used


def make(build: Build, stack: ExitStack, made: dict[str, Build]) -> None:
    """Install and build; stops at the first step that fails. The environment is held until the stack is closed.

    Args:
        build: the service.
        stack: holds the environment.
        made: the builds of this proof by the key of their environment. What failed for one service is not tried again
            for another with the same inputs.
    """
    plan, settings = build.plan, build.settings
    visible = tree.visible_paths(build.project, plan.visible_at_install)
    if build.interpreter is not None and build.layout is not None:
        key = environment_key(build)
        earlier = made.setdefault(key, build)
        if earlier is not build and (earlier.missing or not all(step.ok for step in earlier.install_steps)):
            _fail_as(build, earlier)
            return
        if earlier is not build and not earlier.is_kept:
            key = key_of(key, str(build.folder))
        chosen = stack.enter_context(slot(settings.cache / "environments", key))
        if earlier is not build and chosen.usable() is None:  # a step of the earlier build has written into it
            chosen = stack.enter_context(slot(settings.cache / "environments", key_of(key, str(build.folder))))
        if any(_INSTALLS.search(step.command) for step in plan.build):
            stack.callback(chosen.clear)
        place(build, chosen.folder)
        tree.copy_files(build.project, visible, build.application)
        _install(build, chosen)
    else:
        place(build, None)
    if build.failed or build.missing:
        return
    tree.copy_files(build.project, tree.committed_paths(build.project), build.application)
    index = index_settings(os.environ, settings.cache, plan.builder)
    for step in plan.build:
        if not build.do(StepName.BUILD, step, index | build.variables).ok:
            return


def _fail_as(build: Build, earlier: Build) -> None:
    """Note the failure of the same install for another service."""
    note = f"the same install failed for {earlier.plan.service.name}"
    build.steps += [replace(step, note=step.note if step.ok else note) for step in earlier.install_steps]
    build.failed_log, build.missing = earlier.failed_log, [*build.missing, *earlier.missing]


def environment_key(build: Build) -> str:
    """The hash of all that decides an environment: Python, commands, the files they read, the index, the day.

    The day is left out where every version is locked: then a new release cannot change the outcome.
    """
    plan, requirements = build.plan, build.result.requirements
    assert build.interpreter is not None
    root = f"{plan.service.root_dir.value}/" if plan.service.root_dir.value else ""
    files = [path.removeprefix(root) for path in requirements.files]
    texts = [file.text for path in files if (file := build.project.get(path))]
    is_local = any(_LOCAL.search(text) for text in (*texts, *(step.command for step in plan.install)))
    if plan.visible_at_install is not None:
        seen = tree.visible_paths(build.project, plan.visible_at_install)
    else:
        seen = tree.committed_paths(build.project) if is_local or not files else tuple(files)
    status = build.interpreter.executable.stat()
    index = index_settings(os.environ, Path(), plan.builder)
    return key_of(
        plan.builder,
        str(build.interpreter.executable),
        build.interpreter.version,
        status.st_mtime_ns,
        [(step.command, step.variables) for step in plan.install],
        tree.content_hash(build.project, seen),
        index,
        build.settings.fast,
        sorted(build.machine.imitated),
        str(build.folder) if any(_INSTALLS.search(step.command) for step in plan.build) else "",
        None if requirements.locked is not None else time.strftime("%Y-%m-%d", time.gmtime()),
    )


def _install(build: Build, chosen: Slot) -> None:
    """Install into the slot, or take what an earlier proof has installed there."""
    noted = chosen.usable()
    if noted is None:
        chosen.own(lambda: build.settings.tell(build.plan.service.name, "wait: another proof uses the environment"))
        noted = chosen.usable()
    if noted is not None:
        chosen.share()
        build.is_kept = True
        build.installed = noted["installed"]
        for command, seconds in noted["steps"]:
            note = f"from the cache, verified; it took {seconds:g} s"
            build.steps.append(ProofStep(StepName.INSTALL, command, 0, 0.0, None, True, note))
        return
    chosen.clear()
    index = index_settings(os.environ, build.settings.cache, build.plan.builder)
    for name, value in secrets_of(index).items():
        build.redactor.add(name, value)
    before = tree.listing(build.application)
    _run_install_steps(build, index)
    if build.failed or build.missing or build.environment is None:
        chosen.release()
        return
    build.installed = installed(build.environment)
    if tree.listing(build.application) == before:
        steps = [(step.command, step.seconds) for step in build.steps]
        chosen.complete({"installed": build.installed, "steps": steps})
        build.is_kept = True
    chosen.share()


def _run_install_steps(build: Build, index: Mapping[str, str]) -> None:
    plan, layout = build.plan, build.layout
    assert layout is not None
    assert build.environment is not None
    assert build.interpreter is not None
    uv = find_uv() if build.settings.fast else None
    if build.settings.fast:
        how = "installed by uv and not by the platform's command" if uv else "installed as usual: uv is not here"
        build.differs.append(f"{how} (--fast)")
    if layout.made_by_platform or not any("-m venv" in step.command for step in plan.install):
        bare = () if layout.made_by_platform else ("--without-pip",)  # as the package managers make theirs
        words = (str(build.interpreter.executable), "-m", "venv", *bare, str(build.environment))
        setup = Command(words=words, folder=build.application, environment=build.base_environment({}))
        ended = run(setup, build.log("environment"), build.redactor)
        if not ended.ok:
            build.missing.append("this Python cannot make a virtual environment: its ensurepip does not work")
            return
    missing = provide_tools(plan, build.machine.programs, build.interpreter, build.settings.cache, index)
    if missing:
        build.missing.append(missing)
        return
    for step in plan.install:
        text = _PIP_INSTALL.sub(f"{shlex.quote(uv)} pip install", step.command) if uv else step.command
        if not build.do(StepName.INSTALL, step, dict(index) | build.variables, text).ok:
            return
