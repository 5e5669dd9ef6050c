"""Break manifests in thousands of ways and run all of `check` but the index on each.

    ./dev python -m tests.robustness.mutate 100000 [SEED]

Each mutation is read, planned by every builder of one platform, its requirements are read, every check is run and the
reports are made. There must be no exception, no surprise in the report, and no mutation that takes long.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from tests.manifests.mutate import MUTATIONS
from tests.robustness.corpus import corpus
from trueup.configuration import read_configuration
from trueup.errors import TrueupError
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.report import Report
from trueup.pipeline import Choice, check
from trueup.registry import discover
from trueup.reports._interface import Format, Look
from trueup.reports.json import report_object

PLATFORMS = ("railway", "render", "heroku")
CONTEXT = PlanContext(on="2026-11-20")
LONGEST = 3.0
"""Seconds of processor time that one mutation may take; the usual one takes a hundredth of one."""
EVERY_FORMAT = 25
"""Of how many mutations one is written in every format."""
SECRET = "hunter2"
LARGEST = 200_000
"""Bytes at which a mutation is cut."""


@dataclass(frozen=True)
class Mutation:
    """A project with one broken file."""

    number: int
    files: dict[str, bytes]
    path: str

    def __str__(self) -> str:
        return f"mutation {self.number}, {self.path}: {self.files[self.path][:2000]!r}"


@cache
def projects() -> list[tuple[dict[str, bytes], str]]:
    """The corpus, read once."""
    return corpus()


def mutations(count: int, seed: int) -> Iterator[Mutation]:
    """Broken projects, each file of the corpus in turn, with one to four mutations."""
    chance = random.Random(seed)
    known = projects()
    for number in range(count):
        files, path = known[number % len(known)]
        data = files[path]
        for _ in range(chance.randint(1, 4)):
            data = chance.choice(MUTATIONS)(chance, data)[:LARGEST]
        yield Mutation(number, {**files, path: data}, path)


def look_at(mutation: Mutation) -> float:
    """Run everything on one mutation; return the seconds of processor time it took.

    Raises:
        AssertionError: the report is not as it must be. Any other exception is a bug as well.
    """
    platform = PLATFORMS[mutation.number // len(projects()) % len(PLATFORMS)]
    started = time.process_time()
    project = Project.from_texts(mutation.files)
    try:
        report = check(project, CONTEXT, Choice((platform,)), read_configuration(project), None, "no index is asked")
    except TrueupError:
        return time.process_time() - started  # such as: the broken file leaves no service to look at
    text = json.dumps(report_object(report), ensure_ascii=False)
    text.encode("utf-8")
    judge(report, mutation)
    if mutation.number % EVERY_FORMAT == 0:
        formats: dict[str, Format] = discover("trueup.reports", "FORMAT")
        for each in formats.values():
            rendered = each.render(report, Look(width=100, detail=2))
            rendered.encode("utf-8")
            assert each.id == "json" or "\x1b" not in rendered, f"{each.id} steers the terminal"
    return time.process_time() - started


def judge(report: Report, mutation: Mutation) -> None:
    """What every report must keep: findings have words and a place that exists; values of secrets are not printed."""
    for result in report.results:
        for finding in result.findings:
            assert finding.message.strip(), finding
            for evidence in finding.evidence:
                if evidence.path and evidence.line is not None:
                    assert evidence.line >= 1, finding
            if mutation.path.startswith(".env"):
                assert SECRET not in finding.message + finding.hint, finding


@dataclass
class Run:
    """What many mutations led to: the slowest, and of every place that raised an exception the first mutation."""

    slowest: tuple[float, Mutation | None] = (0.0, None)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, mutation: Mutation) -> None:
        """Look at one mutation."""
        try:
            seconds = look_at(mutation)
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            place = f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}"
            told = "".join(traceback.format_exception(error, limit=-8))
            self.failures.setdefault(place, f"{told}{mutation}\n")
            return
        if seconds > self.slowest[0]:
            self.slowest = (seconds, mutation)


def run(count: int, seed: int) -> Run:
    """Look at many mutations."""
    found = Run()
    for mutation in mutations(count, seed):
        found.add(mutation)
    return found


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261120
    found = run(count, seed)
    used = resource.getrusage(resource.RUSAGE_SELF)
    total, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    seconds, mutation = found.slowest
    print("".join(f"--- {place}\n{told}" for place, told in found.failures.items()), end="")
    print(f"{count:,} mutations of {len(projects())} files: {len(found.failures)} places raise an exception")
    print(f"{total:.0f} s of processor time, peak memory {peak:.0f} MB")
    print(f"the slowest took {seconds:.2f} s: {mutation.path if mutation else ''} ({mutation and mutation.number})")
    return 1 if found.failures or seconds > LONGEST else 0


if __name__ == "__main__":
    sys.exit(main())
