"""Time the search for the smallest version changes, and how often it is proven.

    ./dev python -m bench.optimum [--recording FOLDER | --offline] [--runs N] [--check] [FILE…]

Without a recording the configured index is asked, through the cache: the first run of each set fills it and is told
apart. FILE is a requirements file of plain lines; by default the sets below, each on CPython 3.13, 3.14 and 3.15 and on
3.13 for three platforms at once. With `--check` the independent checker of the tests judges every plan and its
certificate on the same index. What has to hold: the 95th percentile of the warm runs stays under 5 seconds of processor
time, and no certificate is refuted; else the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repair.optimum.check_certificate import check
from trueup.configuration import Policy
from trueup.index.interface import Index
from trueup.model.evidence import Evidence
from trueup.model.requirement import DeclaredRequirement, RequirementSet
from trueup.model.target import Target
from trueup.repair.optimum import minimal_bumps
from trueup.resolve.resolver import resolve

SETS = {
    "chat bot": """
        pydantic==2.5.3 pydantic-settings==2.1.0 aiogram==3.4.1 fastapi==0.109.2 uvicorn[standard]==0.27.1
        sqlalchemy[asyncio]==2.0.27 asyncpg==0.31.0 redis==5.0.1 celery==5.3.6 openai==1.12.0 httpx==0.26.0
        aiohttp==3.9.3 orjson==3.9.14 pytest==8.0.0 factory-boy==3.3.0 black==24.2.0 mypy==1.8.0 cryptography==42.0.5
    """,
    "conflict": "aiogram==3.13.1 aiohttp==3.11.10 pydantic==2.9.2 fastapi==0.115.0 orjson==3.10.12 asyncpg==0.30.0",
    "web and database": """
        fastapi==0.115.0 uvicorn[standard]==0.32.0 motor==3.6.0 pydantic==2.9.2 pydantic-settings==2.6.0
        python-jose[cryptography]==3.3.0 passlib[argon2]==1.7.4
    """,
    "flask": "flask==3.0.0 gunicorn==21.2.0 gevent==23.9.1 sqlalchemy==2.0.23 aiohttp==3.9.1 psycopg2-binary==2.9.9",
    "science": """
        numpy==1.26.4 pandas==2.1.4 scipy==1.11.4 scikit-learn==1.3.2 matplotlib==3.8.2 jupyterlab==4.0.9
        statsmodels==0.14.1 seaborn==0.13.0 pyarrow==14.0.2 polars==0.20.2 xgboost==2.0.3 nltk==3.8.1 spacy==3.7.2
        streamlit==1.29.0 plotly==5.18.0 sqlalchemy==2.0.23 psycopg2-binary==2.9.9 lxml==4.9.4 pillow==10.1.0
    """,
    "large": """
        django==4.2.8 djangorestframework==3.14.0 celery==5.3.6 redis==5.0.1 psycopg2-binary==2.9.9 gunicorn==21.2.0
        boto3==1.34.0 sentry-sdk==1.39.1 pandas==2.1.4 numpy==1.26.2 requests==2.31.0 pillow==10.1.0 lxml==4.9.3
        cryptography==41.0.7 pydantic==2.5.2 fastapi==0.105.0 uvicorn[standard]==0.24.0 httpx==0.25.2 openai==1.3.9
        langchain==0.0.350 google-cloud-storage==2.14.0 google-cloud-bigquery==3.14.1 azure-storage-blob==12.19.0
        jupyterlab==4.0.9 matplotlib==3.8.2 scipy==1.11.4 grpcio==1.60.0 sqlalchemy==2.0.23 alembic==1.13.0
        aiohttp==3.9.1 elasticsearch==8.11.1 pymongo==4.6.1 scrapy==2.11.0 twisted==23.10.0 black==23.12.0 mypy==1.7.1
        pytest==7.4.3 pytest-cov==4.1.0 coverage==7.3.3 regex==2023.10.3 pyyaml==6.0.1 orjson==3.9.10
    """,
}
PLATFORMS = (
    Target("3.13", libc_version="2.36"),
    Target("3.13", libc_version="2.41"),
    Target("3.13", libc_version="2.35"),
)
BUDGET = 5.0
"""Seconds of processor time."""
ASKED = {"3.13": (Target("3.13"),), "3.14": (Target("3.14"),), "3.15": (Target("3.15"),), "3 platforms": PLATFORMS}


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


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--recording", type=Path)
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--check", action="store_true", help="judge every plan with the tests' independent checker")
    parser.add_argument("file", nargs="*", type=Path)
    given = parser.parse_args()
    sets = {file.name: [line for line in file.read_text().splitlines() if line[:1] not in "#- "] for file in given.file}
    warm: list[float] = []
    processor: list[float] = []
    refuted: list[str] = []
    for name, lines in (sets or {name: text.split() for name, text in SETS.items()}).items():
        requirements = requirement_set(lines)
        for asked, targets in ASKED.items():
            times: list[float] = []
            for _ in range(given.runs):
                index = open_index(given.recording, given.offline)
                start, own = time.perf_counter(), time.process_time()
                plan = minimal_bumps(requirements, targets, index, Policy(), timeout=30)
                if times:
                    processor.append(time.process_time() - own)
                times.append(time.perf_counter() - start)
            size = len(resolve(requirements, targets[0], index).distributions)
            warm.extend(times[1:])
            told = "proven" if plan.proven else f"unproven: {plan.reason}"
            wrong = check(plan, requirements, targets, index) if given.check else []
            refuted += [f"{name}, {asked}: {words}" for words in wrong]
            told += f", {len(plan.certificate.facts)} facts {'refuted' if wrong else 'hold'}" if given.check else ""
            print(
                f"{name}, {asked}: {size} distributions, {len(lines)} lines, {plan.cost.direct} changes, {told}; "
                f"first {times[0]:.2f} s, then {', '.join(f'{one:.2f}' for one in times[1:])} s",
                flush=True,
            )
    for words, found in (("on the clock", sorted(warm)), ("of processor time", sorted(processor))):
        if found:
            middle, high = found[len(found) // 2], found[int(len(found) * 0.95)]
            print(f"warm: median {middle:.2f} s, 95th percentile {high:.2f} s {words}")
    print("\n".join(refuted) if refuted else "no plan was refuted" if given.check else "")
    slow = bool(processor) and sorted(processor)[int(len(processor) * 0.95)] > BUDGET
    return 1 if refuted or slow else 0


if __name__ == "__main__":
    sys.exit(main())
