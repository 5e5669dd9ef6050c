"""Time the resolution and forecast of one requirement set on 28 targets.

    ./dev python bench/resolve_many.py [--recording FOLDER | --offline] [--profile] [FILE…]

Without a recording the configured index is asked, through the cache: the first run fills it. FILE is a requirements
file of plain pins; nexus's pins by default. The targets are CPython 3.9 to 3.15 × x86_64, aarch64 × glibc, musl.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import time
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from trueup.index.interface import Index
from trueup.model.evidence import Evidence
from trueup.model.requirement import DeclaredRequirement, RequirementSet
from trueup.model.target import Target
from trueup.resolve.forecast import forecast_many
from trueup.resolve.resolver import resolve_many

NEXUS = """
pydantic==2.5.3 pydantic-settings==2.1.0 aiogram==3.4.1 fastapi==0.109.2 uvicorn[standard]==0.27.1
sqlalchemy[asyncio]==2.0.27 asyncpg==0.31.0 redis==5.0.1 celery==5.3.6 openai==1.12.0 httpx==0.26.0 aiohttp==3.9.3
orjson==3.9.14 python-dateutil==2.8.2 pytz==2024.1 structlog==24.1.0 pytest==8.0.0 pytest-asyncio==0.23.5
pytest-cov==4.1.0 factory-boy==3.3.0 faker==23.2.1 black==24.2.0 mypy==1.8.0 ruff==0.2.1 cryptography==42.0.5
"""
TARGETS = [
    Target(python, arch, libc, version)
    for python in ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
    for arch in ("x86_64", "aarch64")
    for libc, version in (("glibc", "2.36"), ("musl", "1.2"))
]


def requirement_set(lines: list[str]) -> RequirementSet:
    found = []
    for number, line in enumerate(lines, 1):
        parsed = Requirement(line)
        evidence = Evidence.found("requirements.txt", number, line)
        name = canonicalize_name(parsed.name)
        found.append(
            DeclaredRequirement(name, parsed.specifier, evidence, frozenset(parsed.extras), parsed.marker, parsed.url)
        )
    return RequirementSet(tuple(found))


def open_index(recording: Path | None, offline: bool) -> Index:
    if recording is not None:
        from trueup.index.recorded import load_recording

        return load_recording(recording)
    from trueup.index.client import NetworkIndex
    from trueup.index.settings import index_settings

    return NetworkIndex(index_settings(offline=offline))


def run(requirements: RequirementSet, index: Index) -> None:
    start = time.perf_counter()
    processor = time.process_time()
    resolutions = resolve_many(requirements, TARGETS, index)
    resolved = time.perf_counter()
    forecasts = forecast_many(resolutions, index)
    end = time.perf_counter()
    packages = [len(one.packages) for one in forecasts.values()]
    blockers = [len(one.blockers) for one in forecasts.values()]
    print(f"resolve  {resolved - start:.3f} s for {len(TARGETS)} targets")
    print(f"forecast {end - resolved:.3f} s; distributions {min(packages)} to {max(packages)}, blockers {blockers}")
    print(f"together {end - start:.3f} s, of them {time.process_time() - processor:.3f} s of processor time")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--recording", type=Path)
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("file", nargs="*", type=Path)
    given = parser.parse_args()
    lines = [line for file in given.file for line in file.read_text().splitlines() if line and line[0] not in "#-"]
    requirements = requirement_set(lines or NEXUS.split())
    index = open_index(given.recording, given.offline)
    if given.profile:
        profile = cProfile.Profile()
        profile.runcall(run, requirements, index)
        pstats.Stats(profile, stream=sys.stdout).sort_stats("cumulative").print_stats(35)
    else:
        run(requirements, index)
    return 0


if __name__ == "__main__":
    sys.exit(main())
