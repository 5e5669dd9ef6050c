"""Hold trueup's "no usable wheel" against pip, for every requirement set of many projects on many targets.

    ./dev python bench/pip_agreement.py FOLDER [--python 3.11.9 …] [--arch x86_64 …] [--libc glibc …] [--spot 20]

FOLDER holds one project per folder, as `bench/corpus.py` puts them there. trueup resolves every requirement set of
every project for each target; then pip is asked for each pinned distribution on its own, with `--only-binary :all:
--no-deps` for that target. Both must leave out the same distributions. pip's own finder is asked in one process, by
the command's own code and options, since a process for each question would take hours; `--spot` asks that many of the
same questions of a real `pip install --dry-run`, half of them of distributions that are said to have no wheel.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pip._internal.commands import create_command
from pip._internal.exceptions import DistributionNotFound
from pip._internal.index.collector import IndexContent
from pip._internal.index.package_finder import PackageFinder
from pip._internal.models.link import Link
from pip._internal.models.target_python import TargetPython
from pip._internal.req.constructors import install_req_from_line

from trueup.errors import TrueupError
from trueup.index.client import NetworkIndex
from trueup.index.interface import Index
from trueup.index.settings import index_settings
from trueup.model.distribution import InstallForecast, Outcome
from trueup.model.plan import PlanContext
from trueup.model.requirement import RequirementSet
from trueup.model.target import LIBC_VERSIONS, Target
from trueup.predictions import Choice, predict
from trueup.reading import read_project
from trueup.resolve.forecast import forecast_many
from trueup.resolve.resolver import resolve_many

Pin = tuple[str, str]

PAGES: dict[str, IndexContent | None] = {}
"""The index's pages, by address: the same for all targets, so fetched once."""

OLD_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
OLDEST = {"x86_64": 5, "aarch64": 17}


@dataclass
class Pip:
    """pip's answers for one target, each asked for once."""

    target: Target
    answers: dict[Pin, bool] = field(default_factory=dict)

    def arguments(self) -> list[str]:
        """What `pip install` is told, but for the distribution."""
        platforms = [argument for name in platform_names(self.target) for argument in ("--platform", name)]
        return [
            *("--isolated", "--no-deps", "--only-binary", ":all:", "--target", "unused", "--dry-run"),
            *("--implementation", "cp", "--python-version", self.target.python, *platforms),
        ]

    def open(self) -> PackageFinder:
        """The finder that the command makes of these arguments, with one memory of pages for all targets."""
        command = create_command("install")
        options, _ = command.parse_args(self.arguments())
        with command.main_context():
            session = command.get_default_session(options)  # type: ignore[attr-defined]
        wanted = TargetPython(options.platforms, tuple(map(int, self.target.python.split("."))), None, "cp")
        finder: PackageFinder = command._build_package_finder(options, session, wanted)  # type: ignore[attr-defined]
        collector = finder._link_collector
        fetch = collector.fetch_response

        def fetch_once(location: Link) -> IndexContent | None:
            if location.url not in PAGES:
                PAGES[location.url] = fetch(location)
            return PAGES[location.url]

        collector.fetch_response = fetch_once  # type: ignore[method-assign]
        return finder

    def ask(self, pins: set[Pin]) -> None:
        """Note for each distribution whether pip finds a file that it takes."""
        finder = self.open()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for name, version in sorted(pins):
                requirement = install_req_from_line(f"{name}=={version}")
                try:
                    self.answers[name, version] = finder.find_requirement(requirement, upgrade=False) is not None
                except DistributionNotFound:
                    self.answers[name, version] = False

    def ask_command(self, pin: Pin) -> bool:
        """Whether a real pip command takes the distribution."""
        line = [sys.executable, "-m", "pip", "install", "--quiet", *self.arguments(), f"{pin[0]}=={pin[1]}"]
        return subprocess.run(line, capture_output=True, check=False).returncode == 0


def platform_names(target: Target) -> Iterator[str]:
    """Every platform tag of the target, written out: pip expands none but the old names of manylinux."""
    newest = int(target.libc_version.split(".")[1])
    if target.libc == "musl":
        yield from (f"musllinux_1_{minor}_{target.arch}" for minor in range(newest, -1, -1))
    else:
        for minor in range(newest, OLDEST[target.arch] - 1, -1):
            yield f"manylinux_2_{minor}_{target.arch}"
            if minor in OLD_NAMES:
                yield f"{OLD_NAMES[minor]}_{target.arch}"
    yield f"linux_{target.arch}"


def requirement_sets(folder: Path) -> Iterator[tuple[str, RequirementSet]]:
    """Every distinct requirement set of every project, by all builders of the platforms it has files for."""
    for root in sorted(path for path in folder.iterdir() if path.is_dir()):
        try:
            found = predict(read_project(root), PlanContext(on=date.today().isoformat()), Choice())
        except TrueupError as error:
            print(f"{root.name}: {error}", file=sys.stderr)
            continue
        known: list[RequirementSet] = []
        for prediction in found:
            requirements = prediction.requirements
            if (requirements.requirements or requirements.locked) and requirements not in known:
                known.append(requirements)
                yield root.name, requirements


def pins_of(forecast: InstallForecast) -> tuple[set[Pin], set[Pin]]:
    """All pinned distributions of a forecast, and those that it says have no usable wheel."""
    known = [
        package for package in forecast.packages if package.outcome is not Outcome.UNKNOWN or not package.transient
    ]
    pins = {(package.name, package.version) for package in known if "://" not in (package.file or "")}
    return pins, {(p.name, p.version) for p in known if p.outcome is not Outcome.WHEEL} & pins


def forecasts(folder: Path, targets: list[Target], index: Index) -> Iterator[tuple[str, Target, InstallForecast]]:
    for name, requirements in requirement_sets(folder):
        for target, forecast in forecast_many(resolve_many(requirements, targets, index), index).items():
            yield name, target, forecast


def compare(made: list[tuple[str, Target, InstallForecast]], pips: dict[Target, Pip]) -> int:
    """Print the figure and every disagreement; give the number of pairs that disagree."""
    differing, questions, without = 0, 0, 0
    causes: dict[tuple[Target, Pin, bool], list[str]] = {}
    for name, target, forecast in made:
        pins, missing = pins_of(forecast)
        refused = {pin for pin in pins if not pips[target].answers[pin]}
        differing += missing != refused
        questions, without = questions + len(pins), without + len(refused)
        for pin in missing ^ refused:
            causes.setdefault((target, pin, pin in missing), []).append(name)
    for (target, pin, ours), names in sorted(causes.items(), key=str):
        who = "trueup finds no wheel, pip takes one" if ours else "trueup finds a wheel, pip takes none"
        print(f"  {pin[0]} {pin[1]} on {target.python} {target.arch} {target.libc}: {who} ({', '.join(names)})")
    asked = sum(len(pip.answers) for pip in pips.values())
    print(f"{len(made) - differing} of {len(made)} pairs of a requirement set and a target agree with pip")
    print(f"{questions} distributions in them, {without} without a usable wheel; {asked} questions asked of pip")
    return differing


def spot_checks(pips: dict[Target, Pip], number: int) -> int:
    """Ask the real command some of the questions; give how many answers differ from the finder's."""
    choose = random.Random(20261120)
    differing = 0
    for answer in (True, False):
        known = sorted((str(target), target, pin) for target in pips for pin in pips[target].answers
                       if pips[target].answers[pin] is answer)  # fmt: skip
        for _, target, pin in choose.sample(known, min(number // 2, len(known))):
            if pips[target].ask_command(pin) is not answer:
                differing += 1
                print(f"  the command differs from the finder: {pin} on {target}")
    print(f"{number} of the questions asked of the command itself: {differing} answers differ")
    return differing


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", nargs="+", default=["3.9.20", "3.11.9", "3.13.5"])
    parser.add_argument("--arch", nargs="+", default=["x86_64", "aarch64"])
    parser.add_argument("--libc", nargs="+", default=["glibc"])
    parser.add_argument("--spot", type=int, default=20)
    given = parser.parse_args()
    os.environ.pop("PIP_FIND_LINKS", None)
    targets = [
        Target(python, arch, libc, LIBC_VERSIONS[libc])
        for python in given.python for arch in given.arch for libc in given.libc
    ]  # fmt: skip
    start = time.monotonic()
    with NetworkIndex(index_settings()) as index:
        made = list(forecasts(given.folder, targets, index))
    print(f"{len(made)} forecasts in {time.monotonic() - start:.0f} s")
    pips = {target: Pip(target) for target in targets}
    for target, pip in pips.items():
        pip.ask(set().union(*(pins_of(forecast)[0] for _, of, forecast in made if of == target)))
    print(f"pip asked after {time.monotonic() - start:.0f} s")
    return 1 if compare(made, pips) + spot_checks(pips, given.spot) else 0


if __name__ == "__main__":
    sys.exit(main())
