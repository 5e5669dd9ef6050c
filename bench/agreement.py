"""Prediction against reality: predict, really install with pip, import, and count.

Every requirement set of SETS, on every CPython that this machine has, is predicted by the whole pipeline and then
installed by pip on a PATH without compilers, as the question is whether wheels (or pure sdists) suffice. What was
installed is imported. The confusion table is printed, with every disagreement; `--write FILE` writes it as Markdown.

    ./dev python -m bench.agreement [--interpreter PYTHON]… [--python 3.12]… [--work FOLDER] [--write FILE]

Results are kept in the work folder: a second run goes on where the first ended.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from packaging.version import Version

from trueup.configuration import Configuration
from trueup.index.cache import Cache
from trueup.index.client import NetworkIndex
from trueup.index.settings import index_settings
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.requirement import IndexOptions
from trueup.model.target import SUPPORTED_MINORS
from trueup.pipeline import check
from trueup.predictions import Choice
from trueup.prove.interpreters import Interpreter, all_interpreters
from trueup.prove.machine import C_COMPILERS, FORTRAN_COMPILERS, PYTHONS, RUST_COMPILERS, system_path

ROOT = Path(__file__).resolve().parent.parent
SYSTEMS = {
    "maya": ("examples/maya/backend/requirements.txt",),
    "lighthouse": ("examples/lighthouse/backend/requirements-base.txt", "examples/lighthouse/backend/requirements.txt"),
    "polydebate": ("examples/polydebate/backend/requirements.txt",),
    "nexus": ("examples/nexus/requirements.txt",),
}
NEXUS_AFTER = """pydantic==2.9.2 pydantic-settings==2.6.1 aiogram==3.13.1 fastapi==0.115.0 uvicorn[standard]==0.32.0
sqlalchemy[asyncio]==2.0.36 asyncpg==0.30.0 redis==5.2.1 celery==5.4.0 openai==1.55.0 httpx==0.28.1 aiohttp==3.11.10
orjson==3.10.12 cryptography==44.0.0"""
SMALL = (
    *("asyncpg==0.29.0", "asyncpg==0.30.0", "uvloop==0.20.0", "uvloop==0.22.1", "pydantic==2.9.2", "pydantic==2.5.3"),
    *("orjson==3.9.14", "aiohttp==3.9.1", "aiohttp==3.11.10", "gevent==23.9.1", "gevent==25.9.1", "greenlet==3.0.3"),
    *("SQLAlchemy==2.0.23", "SQLAlchemy==2.0.36", "pymongo==4.9.2", "pyyaml==6.0.1", "pyyaml==5.4.1"),
    *("psycopg2-binary==2.9.9", "psycopg2==2.9.9", "cryptography==42.0.5", "bcrypt==4.0.1", "numpy==1.26.4"),
    *("pandas==2.1.4", "lxml==5.1.0", "Pillow==10.2.0", "grpcio==1.60.0", "tiktoken==0.6.0", "regex==2023.12.25"),
    *("scikit-learn==1.4.0", "markupsafe==2.1.3", "ujson==5.9.0", "msgpack==1.0.7", "Flask==3.0.0", "Django==4.2.9"),
    *("docopt==0.6.2", "mysqlclient==2.2.1", "aiogram==3.13.1 aiohttp==3.11.10", "celery==5.3.6 redis==5.0.1"),
    *("fastapi==0.115.0 uvicorn[standard]==0.32.0", "openai==1.55.0 httpx==0.28.1", "passlib[argon2]==1.7.4"),
    *("django==5.0.1 gunicorn==21.2.0 whitenoise==6.6.0", "aioredis==2.0.1", "setuptools==69.0.3 gunicorn==20.0.4"),
)
FRESH = (
    *("httptools==0.6.1", "pyzmq==25.1.2", "psutil==5.9.7", "pydantic==1.10.13", "shapely==2.0.2", "protobuf==4.25.1"),
    *("cffi==1.16.0", "argon2-cffi-bindings==21.2.0", "zstandard==0.22.0", "brotli==1.1.0", "rpds-py==0.13.2"),
    *("tokenizers==0.15.0", "confluent-kafka==2.3.0", "duckdb==0.9.2", "pynacl==1.5.0", "watchfiles==0.21.0"),
    *("websockets==12.0", "requests==2.31.0", "boto3==1.34.0", "black==23.12.0", "python-jose[cryptography]==3.3.0"),
    *("peewee==3.17.0", "simplejson==3.19.2", "cython==3.0.6", "Flask==2.0.1 Werkzeug==3.0.1", "starlette==0.14.2"),
    *("jinja2==2.11.3", "kombu==5.3.4", "eventlet==0.33.3", "aiofiles==0.8.0", "tornado==6.2", "wrapt==1.15.0"),
)
"""Sets that nothing of trueup was made or mended with when they were first measured."""
NAMED = {*SYSTEMS, "nexus, the write-up's bumps"}
"""The sets that are told by name; the others tell their requirements."""
USES = {
    "openai": "openai.OpenAI(api_key='none')",
    "celery": "import kombu.transport.redis as r, unittest.mock as m; r.Channel._get_client(m.MagicMock())",
}
"""What is done with a module beyond its import, where that is when a known pair fails."""
WORKS, NEEDS_COMPILER, NO_SET, FAILS_LATER = "works", "needs a compiler", "cannot be installed", "fails at import"
BUILT = "built without its extension"


@dataclass(frozen=True)
class Cell:
    """One set on one Python: what was predicted, what happened, and the details of both."""

    name: str
    python: str
    predicted: str
    actual: str
    why_predicted: str
    why_actual: str

    @property
    def agrees(self) -> bool:
        """Whether the prediction came true.

        Without a compiler, what needs one cannot be installed; or it is built all the same, without its extension,
        where its build script takes the extension for optional.
        """
        if self.predicted == NEEDS_COMPILER:
            return self.actual in (NO_SET, BUILT)
        if self.predicted == NO_SET:
            return self.actual == NO_SET
        return self.predicted == self.actual


def sets() -> dict[str, str]:
    """Name → requirements."""
    found = {}
    for name, paths in SYSTEMS.items():
        lines = [line for path in paths for line in (ROOT / path).read_text().splitlines()]
        found[name] = "\n".join(line for line in lines if not line.startswith("-r"))
    found["nexus, the write-up's bumps"] = "\n".join(NEXUS_AFTER.split())
    return found | {text: "\n".join(text.split()) for text in (*SMALL, *FRESH)}


def predict(text: str, python: Interpreter) -> tuple[str, str]:
    """What the pipeline says of a project with these requirements on a Python."""
    project = Project.from_texts({"requirements.txt": text, "main.py": "", "Procfile": "web: python main.py\n"})
    context = PlanContext(on=datetime.date.today().isoformat(), python=python.version)
    settings = index_settings(index_url=None, options=IndexOptions(), project=project)
    with NetworkIndex(settings, Cache(), None) as index:
        choice = Choice(platforms=("render",))
        report = check(project, context, choice, Configuration(), lambda _: index)
    result = report.results[0]
    assert result.forecast is not None
    if result.forecast.unresolved:
        return NO_SET, result.forecast.unresolved[0].reason
    blockers = [f"{package.name} {package.version}" for package in result.forecast.blockers]
    if blockers:
        return NEEDS_COMPILER, ", ".join(blockers)
    rules = {finding.rule: finding for finding in result.findings}
    for rule, kind in (("conflict", NO_SET), ("resolution-conflict", NO_SET), ("incompatible-at-start", FAILS_LATER)):
        if rule in rules:
            return kind, rules[rule].subject or rules[rule].message
    return WORKS, ""


class Installer:
    """Installs with the pip of one CPython, on a PATH without compilers."""

    def __init__(self, python: Interpreter, work: Path) -> None:
        self.folder = work / f"environment-{python.version}"
        if not (self.folder / "bin" / "pip").exists():
            subprocess.run([str(python.executable), "-m", "venv", str(self.folder)], check=True, capture_output=True)
        hidden = (*PYTHONS, *C_COMPILERS, *RUST_COMPILERS, *FORTRAN_COMPILERS)
        path = [str(self.folder / "bin"), *system_path(work / "path", hidden)]
        self.environment = os.environ | {"PATH": os.pathsep.join(path), "CC": "no-compiler", "CXX": "no-compiler"}

    def install(self, text: str, seconds: int) -> tuple[str, str]:
        """Install into a folder of its own and import everything; what happened and why."""
        with tempfile.TemporaryDirectory(prefix="agreement-") as name:
            requirements, target = Path(name) / "requirements.txt", Path(name) / "target"
            requirements.write_text(text)
            words = [str(self.folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--target", str(target)]
            words += ["--no-warn-conflicts", "--no-compile", "-r", str(requirements)]
            try:
                done = subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=seconds)
            except subprocess.TimeoutExpired:
                return NO_SET, f"no end after {seconds} s"
            if done.returncode:
                return NO_SET, reason_of(done.stderr)
            return self.imports(target, text)

    def imports(self, target: Path, text: str) -> tuple[str, str]:
        """Import the modules of the direct requirements, each in a process of its own."""
        names = {re.split(r"[\[=<>!~; ]", line, maxsplit=1)[0].lower().replace("_", "-") for line in text.splitlines()}
        for module in sorted(modules_of(target, names - {"", "#"})):
            program = f"import {module}; {USES.get(module, '')}"
            words = [str(self.folder / "bin" / "python"), "-W", "ignore", "-c", program]
            environment = self.environment | {"PYTHONPATH": str(target)}
            done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)
            if done.returncode:
                return FAILS_LATER, f"import {module}: {done.stderr.strip().splitlines()[-1][:160]}"
        return WORKS, " ".join(sorted(built_here(target)))


def built_here(target: Path) -> set[str]:
    """The distributions that were built on this machine: their wheels have a plain `linux` or no platform tag."""
    found = set()
    for info in target.glob("*.dist-info"):
        wheel = (info / "WHEEL").read_text() if (info / "WHEEL").exists() else ""
        if "manylinux" not in wheel and "musllinux" not in wheel:
            found.add(name_of(info))
    return found


def name_of(info: Path) -> str:
    """The normalised name of a `.dist-info` folder."""
    return re.sub(r"[-_.]+", "-", info.name.removesuffix(".dist-info").rpartition("-")[0]).lower()


def reason_of(text: str) -> str:
    """The line of pip's output that tells most."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for pattern in (
        r"Failed to build|Failed building",
        r"No matching distribution",
        r"conflict",
        r"╰─> [a-z]",
        r"rror",
    ):
        for line in reversed(lines):
            if re.search(pattern, line):
                return line[:160]
    return lines[-1][:160] if lines else "it says nothing"


def modules_of(target: Path, names: set[str]) -> set[str]:
    """What a service imports of some distributions, by their RECORD: the module of a distribution's own name, and where
    there is none, all at its top (PyYAML has yaml; duckdb has a driver beside duckdb that wants another distribution).
    """
    found: set[str] = set()
    for info in target.glob("*.dist-info"):
        record, name = info / "RECORD", name_of(info)
        if name not in {re.sub(r"[-_.]+", "-", each) for each in names} or not record.exists():
            continue
        tops = set()
        for line in record.read_text().splitlines():
            path = line.split(",")[0]
            top = path.split("/")[0]
            if path.endswith("/__init__.py") and path.count("/") == 1 and re.fullmatch(r"[A-Za-z]\w*", top):
                tops.add(top)
            elif "/" not in path and path.endswith(".py") and re.fullmatch(r"[a-z]\w*\.py", path):
                tops.add(path.removesuffix(".py"))
        own = {top for top in tops if re.sub(r"[-_.]+", "-", top).lower() == name}
        found |= own or tops - {"tests", "test", "docs", "examples", "conftest", "setup"}
    return found


def measure(names: dict[str, str], pythons: dict[str, Interpreter], work: Path, seconds: int) -> list[Cell]:
    """Every cell; those that the work folder has already are taken from there."""
    (work / "cells").mkdir(parents=True, exist_ok=True)
    cells = []
    for python in sorted(pythons.values(), key=lambda each: Version(each.version), reverse=True):
        installer = None
        for name, text in names.items():
            uses = [use for module, use in USES.items() if re.search(rf"(?m)^{module}\b", text)]
            key = hashlib.sha256("\0".join((text, python.version, *uses)).encode()).hexdigest()[:24]
            kept = work / "cells" / f"{key}.json"
            predicted, why = predict(text, python)
            if not kept.exists():
                installer = installer or Installer(python, work)
                began = time.monotonic()
                actual = installer.install(text, seconds)
                kept.write_text(json.dumps(actual))
                print(f"{python.version} {name}: {actual[0]} ({time.monotonic() - began:.0f} s)", file=sys.stderr)
            actual_kind, why_actual = json.loads(kept.read_text())
            if actual_kind == WORKS:
                built = set(why_actual.split()) & set(why.replace(",", "").split())
                actual_kind, why_actual = (BUILT, ", ".join(sorted(built))) if built else (WORKS, "")
            cells.append(Cell(name, python.version, predicted, actual_kind, why, why_actual))
    return cells


def markdown(cells: list[Cell]) -> str:
    """The confusion table, what it was made of, and every disagreement."""
    pythons = sorted({cell.python for cell in cells}, key=lambda text: tuple(map(int, text.split("."))))
    counts = Counter((cell.predicted, cell.actual) for cell in cells)
    kinds = (WORKS, NEEDS_COMPILER, NO_SET, FAILS_LATER)
    lines = [
        f"{len({cell.name for cell in cells})} requirement sets on CPython {', '.join(pythons)}: {len(cells)} cells,",
        f"{sum(cell.agrees for cell in cells)} agree. Read on {datetime.date.today().isoformat()}.",
        "",
        "| predicted \\ really | works | built without its extension | cannot be installed | fails at import |",
        "|---|---|---|---|---|",
    ]
    for kind in kinds:
        row = [str(counts[(kind, actual)] or "·") for actual in (WORKS, BUILT, NO_SET, FAILS_LATER)]
        lines.append(f"| {kind} | {' | '.join(row)} |")
    disagreeing = [cell for cell in cells if not cell.agrees]
    lines += ["", "| set | Python | predicted | really |", "|---|---|---|---|"] if disagreeing else []
    for cell in disagreeing:
        predicted = f"{cell.predicted}: {cell.why_predicted}".rstrip(": ")
        actual = f"{cell.actual}: {cell.why_actual}".rstrip(": ")
        lines.append(f"| {cell.name} | {cell.python} | {escape(predicted)} | {escape(actual)} |")
    lines += ["", "The sets that trueup was mended with:", "", *(_told(name) for name in sets() if name not in FRESH)]
    lines += ["", "The fresh ones:", "", *(_told(name) for name in FRESH)]
    return "\n".join(lines) + "\n"


def _told(name: str) -> str:
    return f"- {name}" if name in NAMED else f"- `{name}`"


def escape(text: str) -> str:
    """Text for a table's cell, without addresses."""
    return re.sub(r"https?://\S+", "…", text).replace("|", "\\|").replace("\n", " ")[:220]


def main() -> int:
    """Measure, print, and fail on disagreement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interpreter", action="append", default=[])
    parser.add_argument("--python", action="append", default=[])
    parser.add_argument("--set", action="append", default=[], help="only sets whose name holds this")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "trueup-agreement")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    pythons = all_interpreters(tuple(arguments.python) or SUPPORTED_MINORS, arguments.interpreter)
    names = {n: t for n, t in sets().items() if not arguments.set or any(part in n for part in arguments.set)}
    cells = measure(names, pythons, arguments.work, arguments.seconds)
    text = markdown(cells)
    print(json.dumps([asdict(cell) for cell in cells], indent=1) if arguments.json else text)
    if arguments.write:
        head = arguments.write.read_text().split("<!-- table -->")[0] if arguments.write.exists() else ""
        arguments.write.write_text(f"{head}<!-- table -->\n\n{text}")
    return 0 if all(cell.agrees for cell in cells) else 1


if __name__ == "__main__":
    sys.exit(main())
