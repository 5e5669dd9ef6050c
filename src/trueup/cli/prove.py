"""Build as the platform does, boot on real backing services, probe, and keep the record.

This runs the project's code: it asks once for each project, unless `--yes` is given. Exit codes: 0 proved, 13 refuted,
6 inconclusive.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from trueup.cli import _options
from trueup.errors import ExitCode, RunnerUnavailable, UsageError
from trueup.model.project import Project

if TYPE_CHECKING:
    from trueup.model.proof import Proof, ProofVerdict
    from trueup.model.report import Result
    from trueup.prove.settings import ProofSettings, Tell

HELP = "build, boot and probe: the proof of what check predicts"
STANDARD_OUTPUT = 1
KINDS = ("postgresql", "redis", "rabbitmq", "mongodb", "mysql")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    _options.add_project(parser)
    _options.add_index(parser)
    _options.add_output(parser, ("text", "json"))
    group = parser.add_argument_group("the proof")
    group.add_argument("--yes", action="store_true", help="do not ask whether the project's code may run")
    group.add_argument("--env-file", action="append", default=[], metavar="FILE", help="variables, as NAME=VALUE lines")
    group.add_argument("--interpreter", action="append", default=[], metavar="PYTHON", help="a CPython to use")
    group.add_argument("--no-fetch", action="store_true", help="do not let uv fetch a CPython that is not here")
    group.add_argument("--fast", action="store_true", help="install with uv instead of the platform's command")
    group.add_argument("--sandbox", action="store_true", help="with bubblewrap: no home, no network after installing")
    group.add_argument("--with", dest="with_backing", action="append", default=[], choices=KINDS, metavar="KIND",
                       help=f"have this backing service also for optional variables: {', '.join(KINDS)}")  # fmt: skip
    group.add_argument("--without", dest="without_backing", action="append", default=[], choices=KINDS, metavar="KIND",
                       help="do not start this backing service")  # fmt: skip
    group.add_argument("--health-path", metavar="PATH", help="ask this path instead of the platform's")
    group.add_argument("--boot-timeout", type=float, default=120, metavar="S", help="seconds to answer (default: 120)")
    group.add_argument("--install-timeout", type=float, default=1800, metavar="S", help="seconds (default: 1800)")
    group.add_argument(
        "--tick-timeout", type=float, default=90, metavar="S", help="how long the scheduler's next tick is waited for"
    )
    group.add_argument("--memory", type=int, metavar="MIB", help="what a process may use (default: as the platform)")
    group.add_argument("--keep", action="store_true", help="keep the built copy of the project")
    group.add_argument("--verify", metavar="FILE", help="only hold a record against itself and this tree")
    parser.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever the verdict")


def run(arguments: argparse.Namespace) -> int:
    """Predict, prove, report, and return the exit code."""
    from trueup.index.cache import default_folder
    from trueup.reading import read_project

    if os.name == "nt":
        raise RunnerUnavailable("prove needs Linux or macOS", hint="In WSL, or in CI, it runs as well.")
    project = read_project(Path(arguments.path))
    if arguments.verify:
        return _verify(arguments, project)
    cache = default_folder().resolve()
    given = _given(arguments)
    _ask(arguments, project, cache)
    results = _predict(arguments, project)
    try:
        with _ending_tidily(), _telling(arguments) as tell:
            proof = _prove(arguments, project, results, cache, given, tell)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        hint = "The cache must be a folder that can be written and has room; TRUEUP_CACHE_DIR names another one."
        raise RunnerUnavailable(f"no proof could be made: {error.strerror or error}{where}", hint=hint) from error
    return _report(arguments, proof)


@contextlib.contextmanager
def _ending_tidily() -> Iterator[None]:
    """Let SIGTERM and SIGHUP (a cancelled job, a closed terminal) end as Ctrl-C does: with everything removed."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    numbers = [each for each in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(each) is not signal.SIG_IGN]
    before = {number: signal.signal(number, leave) for number in numbers}  # what nohup ignores stays ignored
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _report(arguments: argparse.Namespace, proof: Proof) -> int:
    from trueup.reports import _proof, _proof_json

    record = _proof_json.render(proof)
    (Path(proof.folder) / "proof.json").write_text(record, "utf-8")
    text = record if arguments.format == "json" else _proof.render(proof, _options.look(arguments))
    _options.emit(text, arguments.output)
    return ExitCode.NOTHING_FOUND if arguments.exit_zero else _exit_code(proof.verdict)


def _exit_code(verdict: ProofVerdict) -> ExitCode:
    """What a verdict is for scripts."""
    from trueup.model.proof import ProofVerdict

    codes = {ProofVerdict.PROVED: ExitCode.NOTHING_FOUND, ProofVerdict.REFUTED: ExitCode.FINDINGS_HIGH}
    return codes.get(verdict, ExitCode.RUNNER_UNAVAILABLE)


def _predict(arguments: argparse.Namespace, project: Project) -> list[Result]:
    """The predictions to prove: those of today's builders, or of the builders that were asked for."""
    from trueup.cli._index import open_index
    from trueup.configuration import read_configuration
    from trueup.pipeline import check
    from trueup.predictions import Choice

    configuration = read_configuration(project)
    context = _options.plan_context(arguments, configuration)
    builders = tuple(arguments.builder) or configuration.builders
    choice = Choice(tuple(arguments.platform) or configuration.platforms, builders, tuple(arguments.service))
    with open_index(arguments, project) as (index, reason):
        report = check(project, context, choice, configuration, index, reason)
    results = [result for result in report.results if result.is_today or builders]
    platforms = {result.plan.platform for result in results}
    if len(platforms) > 1 and not arguments.platform:
        hint = "Choose one with --platform."
        raise UsageError(f"the project may be for {', '.join(sorted(platforms))}: a proof is for one", hint=hint)
    return results


def _prove(
    arguments: argparse.Namespace,
    project: Project,
    results: list[Result],
    cache: Path,
    given: dict[str, str],
    tell: Tell,
) -> Proof:
    from trueup.prove.proving import prove
    from trueup.prove.record import clear, hold, new_folder
    from trueup.prove.settings import ProofSettings
    from trueup.prove.tree import identity

    folder = new_folder(cache, project)
    settings: ProofSettings = ProofSettings(
        cache=cache,
        folder=folder,
        given=given,
        interpreters=tuple(arguments.interpreter),
        with_backing=frozenset(arguments.with_backing),
        without_backing=frozenset(arguments.without_backing),
        fast=arguments.fast,
        sandbox=arguments.sandbox,
        keep=arguments.keep,
        health_path=arguments.health_path,
        install_seconds=arguments.install_timeout,
        boot_seconds=arguments.boot_timeout,
        tick_seconds=arguments.tick_timeout,
        memory=arguments.memory,
        fetch=not (arguments.no_fetch or arguments.offline),
        outputs=frozenset({identity(Path(arguments.output) if arguments.output else STANDARD_OUTPUT)}),
        tell=tell,
    )
    try:
        with hold(folder):
            return prove(project, results, settings)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        if folder.exists() and not arguments.keep:
            clear(folder)


def _given(arguments: argparse.Namespace) -> dict[str, str]:
    """The variables of `--env-file` and, over them, of `-e`.

    Raises:
        UsageError: a file cannot be read or a pair has the wrong form.
    """
    from trueup.prove.values import read_env_file

    found: dict[str, str] = {}
    for name in arguments.env_file:
        try:
            found |= read_env_file(Path(name).read_text("utf-8"))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(f"--env-file {name}: {reason}") from None
    for pair in arguments.env:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise UsageError("-e wants NAME=VALUE")
        found[name] = value
    arguments.env = [f"{name}={value}" for name, value in found.items()]
    return found


def _ask(arguments: argparse.Namespace, project: Project, cache: Path) -> None:
    """Ask whether the project's code may run; the answer is kept for the project's folder.

    Raises:
        UsageError: the answer is no, or nobody can be asked.
    """
    consents = cache / "proof-consents"
    place = str(Path(project.path).resolve())
    if arguments.yes or (consents.exists() and place in consents.read_text("utf-8").splitlines()):
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("prove runs the project's code, and nobody is there to allow it", hint="Add --yes.")
    sys.stderr.write(f"prove installs and runs the code of {place}, on this machine, as you. Allow it? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("not allowed: nothing was run")
    cache.mkdir(parents=True, exist_ok=True)
    with consents.open("a", encoding="utf-8") as stream:
        stream.write(f"{place}\n")


@contextlib.contextmanager
def _telling(arguments: argparse.Namespace) -> Iterator[Tell]:
    """Live progress on stderr: on a terminal a line for each step that is done and one that moves, elsewhere a line
    when a step begins.
    """
    began = time.monotonic()
    if arguments.quiet:
        yield lambda _service, _what: None
        return
    if not sys.stderr.isatty():

        def say(service: str, what: str) -> None:
            sys.stderr.write(f"{time.monotonic() - began:7.1f} s  {_told(service, what)}\n")
            sys.stderr.flush()

        yield say
        return
    with _moving_line() as tell:
        yield tell


def _told(service: str, what: str) -> str:
    from trueup.reports._words import printable

    return printable(f"{service}  {what}" if service else what)


@contextlib.contextmanager
def _moving_line() -> Iterator[Tell]:
    """One line that moves; what is done goes by above it, with the seconds that it took."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column
    from rich.text import Text

    console = Console(stderr=True)
    rest = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    columns = (SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False, table_column=rest))
    with Progress(*columns, console=console, transient=True, expand=True) as bars:
        current = bars.add_task("", total=None, visible=False)
        doing, since = "", time.monotonic()

        def show(service: str, what: str) -> None:
            nonlocal doing, since
            if doing:
                done = Text(f"{time.monotonic() - since:7.1f} s  {doing}", style="dim")
                bars.console.print(done, no_wrap=True, overflow="ellipsis")
            doing, since = (_told(service, what) if what else ""), time.monotonic()
            bars.reset(current, description=doing, visible=bool(doing))

        yield show
        show("", "")


def _verify(arguments: argparse.Namespace, project: Project) -> int:
    """Tell whether a record can be relied on for this tree; if so, the exit code is that of its verdict."""
    from trueup.prove.record import verify

    found = verify(Path(arguments.verify), project)
    said = f"{found.verdict.value} on {found.started}"
    if found.problem:
        text = f"{arguments.verify} says {said}, and does not count: {found.problem}. Run trueup prove again.\n"
        code = ExitCode.FINDINGS_HIGH
    else:
        text = f"{arguments.verify} belongs to this tree: {said}\n"
        code = _exit_code(found.verdict)
    _options.emit(text, arguments.output)
    return ExitCode.NOTHING_FOUND if arguments.exit_zero else code
