"""How long `trueup fix` takes to plan, warm: `.venv/bin/python bench/repair_speed.py [--times N] [PATH …]`.

Without paths, the systems under examples/ and tests/projects/nexus-after are planned against the newest recording, each
as it is and for every Python from 3.11 to 3.14. Prints the median and the 95th percentile in seconds; exits with 1
where the 95th percentile is above the budget of issue 5 (5 seconds for up to 150 distributions).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.test_projects import recording  # noqa: E402
from trueup.configuration import read_configuration  # noqa: E402
from trueup.fixing import fix  # noqa: E402
from trueup.model.plan import PlanContext  # noqa: E402
from trueup.predictions import Choice  # noqa: E402
from trueup.reading import read_project  # noqa: E402
from trueup.repair._interface import Wishes  # noqa: E402

BUDGET = 5.0
PROJECTS = (
    ("examples/lighthouse", None),
    ("examples/maya", "backend"),
    ("examples/polydebate", None),
    ("examples/nexus", None),
    ("tests/projects/nexus-after/project", None),
)
PYTHONS = (None, "3.11", "3.12", "3.13", "3.14")


def plan(path: Path, root_dir: str | None, python: str | None) -> tuple[float, int, int]:
    """Seconds, distributions and repairs of one plan."""
    start = time.perf_counter()
    project = read_project(path)
    context = PlanContext(on="2026-11-20", root_dir=root_dir)
    wishes = Wishes(python, runs_tools=False)
    configuration = read_configuration(project)
    report, found = fix(project, context, Choice(), configuration, lambda _: recording(), wishes=wishes)
    seconds = time.perf_counter() - start
    sizes = [len(result.forecast.packages) for result in report.results if result.forecast]
    return seconds, max(sizes, default=0), len(found.repairs)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    chosen: list[tuple[Path, str | None]] = [(path, None) for path in arguments.paths]
    chosen = chosen or [(ROOT / path, root) for path, root in PROJECTS]
    measured: list[float] = []
    for path, root_dir in chosen:
        for python in PYTHONS:
            plan(path, root_dir, python)
            rows = [plan(path, root_dir, python) for _ in range(arguments.times)]
            measured += [row[0] for row in rows]
            median = statistics.median(row[0] for row in rows)
            about = f"{rows[0][1]:4} distributions, {rows[0][2]} repairs"
            print(f"{path.name:14} {python or 'as it is':9} {median:6.2f} s  {about}")
    worst = statistics.quantiles(measured, n=20)[-1]
    print(f"median {statistics.median(measured):.2f} s, 95th percentile {worst:.2f} s, budget {BUDGET:.0f} s")
    return 0 if worst <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
