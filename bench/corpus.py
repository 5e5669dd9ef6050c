"""Run `trueup check` over projects that no one here wrote, and count what it says.

    ./dev python bench/corpus.py get FOLDER [--from 'https://github.com/{name}']
    ./dev python bench/corpus.py run FOLDER [--keep REPORTS] [--show RULE]

`get` brings every repository of bench/corpus.toml at its commit into FOLDER, one folder each; what is there is left as
it is. `run` checks each of them in a process of its own, on all platforms that the project has files for, and prints
the statistics of docs/reference/corpus.md as Markdown. `--keep` writes each JSON report; `--show` prints every finding
of a rule, to be read against the repository. Nothing of the repositories is part of this project.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIST = Path(__file__).with_name("corpus.toml")
EXIT_CODES = {0: "nothing found", 5: "no index", 11: "low", 12: "medium", 13: "high", 70: "traceback"}
LONGEST = 300
"""Seconds after which a check is given up."""


@dataclass
class Run:
    """One checked project."""

    name: str
    exit_code: int
    seconds: float
    results: list[dict[str, Any]] = field(default_factory=list)

    def findings(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Each finding with its result, and the same statement of several builders each time."""
        for result in self.results:
            yield from ((result, finding) for finding in result["findings"])


def repositories() -> list[dict[str, str]]:
    """The names and commits of the list."""
    rows: list[dict[str, str]] = tomllib.loads(LIST.read_text("utf-8"))["repository"]
    return rows


def folder_of(folder: Path, name: str) -> Path:
    """Where a repository lies below the folder."""
    return folder / name.replace("/", "+")


def get(folder: Path, source: str) -> int:
    """Bring what is missing; give the number of repositories that could not be brought."""
    missing = 0
    for row in repositories():
        place = folder_of(folder, row["name"])
        if place.exists():
            continue
        place.mkdir(parents=True)
        owner, _, name = row["name"].partition("/")
        address = source.format(name=row["name"], owner=owner, repository=name)
        steps = (
            ("init", "--quiet"),
            ("fetch", "--quiet", "--depth", "1", address, row["commit"]),
            ("checkout", "--quiet", "FETCH_HEAD"),
        )
        if any(subprocess.run(["git", *step], cwd=place, check=False).returncode for step in steps):
            print(f"{row['name']} could not be brought", file=sys.stderr)
            missing += 1
    return missing


def check(place: Path, name: str) -> Run:
    """Check one project."""
    line = [sys.executable, "-m", "trueup", "check", str(place), "--format", "json"]
    start = time.monotonic()
    try:
        done = subprocess.run(line, capture_output=True, check=False, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return Run(name, -1, time.monotonic() - start)
    seconds = time.monotonic() - start
    if b"Traceback" in done.stderr:
        print(f"{name}:\n{done.stderr.decode(errors='replace')}", file=sys.stderr)
    report = json.loads(done.stdout) if done.stdout else {"results": []}
    return Run(name, done.returncode, seconds, report["results"])


def table(title: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> str:
    """Rows as a Markdown table."""
    lines = ["| " + " | ".join(title) + " |", "|---" * len(title) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)]) + "\n"


def statistic(runs: list[Run]) -> Iterator[str]:
    """The paragraphs and tables of the statistics."""
    results = [result for run in runs for result in run.results]
    yield f"{len(runs)} repositories, {len(results)} results (a service with a builder each).\n"
    verdicts: dict[str, list[int]] = {}
    for result in results:
        verdicts.setdefault(result["verdict"], [0, 0])[0 if result["current"] else 1] += 1
    rows = ((name, *verdicts[name], sum(verdicts[name])) for name in sorted(verdicts))
    yield table(("verdict", "with today's builder", "with another one", "together"), rows)
    codes = Counter(run.exit_code for run in runs)
    yield table(
        ("exit code (worst finding)", "repositories"),
        ((f"{c} ({EXIT_CODES.get(c, '?')})", codes[c]) for c in sorted(codes)),
    )
    said: dict[str, Counter[str]] = {}
    where: dict[str, set[str]] = {}
    for run in runs:
        for _, finding in run.findings():
            said.setdefault(finding["rule"], Counter())[finding["severity"]] += 1
            where.setdefault(finding["rule"], set()).add(run.name)
    order = sorted(said, key=lambda rule: -len(where[rule]))
    per_rule = ((f"`{r}`", len(where[r]), *(said[r][s] for s in ("high", "medium", "low"))) for r in order)
    yield table(("rule", "repositories", "high", "medium", "low"), per_rule)
    times = sorted(run.seconds for run in runs)
    yield (
        f"Time of a whole process: median {statistics.median(times):.1f} s, nine of ten within "
        f"{times[int(len(times) * 0.9)]:.1f} s, longest {times[-1]:.1f} s.\n"
    )


def run_all(folder: Path, keep: Path | None, show: str | None) -> int:
    """Check every project that is there, and print what was asked for; give 1 after a traceback or a time-out."""
    runs = []
    for row in repositories():
        place = folder_of(folder, row["name"])
        if not place.exists():
            print(f"{row['name']} is not there", file=sys.stderr)
            continue
        made = check(place, row["name"])
        runs.append(made)
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{place.name}.json").write_text(json.dumps(made.results, indent=1), "utf-8")
    if not runs:
        print("no project of the list is there: run `get` first", file=sys.stderr)
        return 1
    print("\n".join(statistic(runs)))
    for made in runs if show else ():
        for result, finding in made.findings():
            if finding["rule"] == show:
                print(f"{made.name} {result['builder']} {result['service']} {finding['confidence']}")
                print(f"    {finding['message']}")
    return 1 if any(made.exit_code in (-1, 70) for made in runs) else 0


def main() -> int:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    bring = commands.add_parser("get")
    bring.add_argument("folder", type=Path)
    bring.add_argument("--from", dest="source", default="https://github.com/{name}")
    check_all = commands.add_parser("run")
    check_all.add_argument("folder", type=Path)
    check_all.add_argument("--keep", type=Path)
    check_all.add_argument("--show")
    given = parser.parse_args()
    if given.command == "get":
        return 1 if get(given.folder, given.source) else 0
    return run_all(given.folder, given.keep, given.show)


if __name__ == "__main__":
    sys.exit(main())
