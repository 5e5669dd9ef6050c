"""What tests of proofs share: index settings for opted-in proofs, and a small project that needs no index."""

from __future__ import annotations

import os
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from trueup.configuration import Configuration
from trueup.model.plan import PlanContext
from trueup.model.proof import Proof
from trueup.model.report import Result
from trueup.pipeline import Choice, check
from trueup.prove.proving import prove
from trueup.prove.settings import ProofSettings
from trueup.reading import read_project

MACHINE = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))}
INTERPRETERS = tuple(filter(None, os.environ.get("TRUEUP_TEST_INTERPRETERS", "").split(os.pathsep)))
"""Further CPythons for opted-in tests, as a list of executables."""

OWN_PYTHON = ".".join(map(str, __import__("sys").version_info[:2]))
HEROKU = tomllib.loads((files("trueup") / "platforms" / "data" / "heroku_classic.toml").read_text(encoding="utf-8"))
on_heroku = pytest.mark.skipif(
    OWN_PYTHON not in {row["version"] for row in HEROKU["minor"]},
    reason=f"Heroku has no Python {OWN_PYTHON}, as far as is known ({HEROKU['data']['read']}), to build with here",
)

SERVER = '''"""A web service of the standard library that needs one variable and one distribution."""
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import greeting

print("secret is", os.environ["API_TOKEN"], flush=True)
with open(os.environ.get("PID_FILE", os.devnull), "a") as stream:
    stream.write(f"{os.getpid()}\\n")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()
        self.wfile.write(greeting.WORD.encode())


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
'''
BLUEPRINT = """services:
  - type: web
    name: hello
    runtime: python
    plan: free
    buildCommand: pip install -r requirements.txt
    startCommand: python server.py
    healthCheckPath: /health
    envVars:
      - key: API_TOKEN
        sync: false
"""


def make_wheel(path: Path, name: str = "greeting", version: str = "1.0") -> None:
    """A pure wheel with one module, made by hand."""
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", 'WORD = "hello"\n')
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests: an environment with the same inputs is made once."""
    return tmp_path_factory.mktemp("shared-cache")


@pytest.fixture
def hello(tmp_path: Path, shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that installs one wheel of its own folder: no index is asked."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("TRUEUP_CACHE_DIR", str(shared_cache))
    folder = tmp_path / "hello"
    (folder / "wheels").mkdir(parents=True)
    make_wheel(folder / "wheels" / "greeting-1.0-py3-none-any.whl")
    (folder / "requirements.txt").write_text("--find-links wheels\ngreeting==1.0\n")
    (folder / "server.py").write_text(SERVER)
    (folder / "render.yaml").write_text(BLUEPRINT)
    (folder / ".python-version").write_text(f"{OWN_PYTHON}\n")
    return folder


@pytest.fixture
def machine_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own settings of pip and uv, for opted-in proofs."""
    for name, value in MACHINE.items():
        monkeypatch.setenv(name, value)


Prove = Callable[..., Proof]


@pytest.fixture
def proof_of(tmp_path: Path) -> Prove:
    """Prove a folder; further arguments are settings, `builders`, `python`, `root_dir`, `services`."""

    def run(folder: Path, **options: object) -> Proof:
        results = predictions(folder, options)
        target = tmp_path / f"proof-{len(list(tmp_path.glob('proof-*')))}"
        target.mkdir()
        cache = Path(os.environ["TRUEUP_CACHE_DIR"])
        settings = ProofSettings(cache=cache, folder=target, fetch=False, interpreters=INTERPRETERS, boot_seconds=30)
        return prove(read_project(folder), results, replace(settings, **options))  # type: ignore[arg-type]

    return run


def predictions(folder: Path, options: dict[str, object]) -> list[Result]:
    """Predict without an index; the options of a prediction are taken out of `options`."""
    python, root_dir = options.pop("python", None), options.pop("root_dir", None)
    builders, services = options.pop("builders", ()), options.pop("services", ())
    assert isinstance(builders, tuple)
    assert isinstance(services, tuple)
    context = PlanContext(
        on="2026-11-20",
        python=python if isinstance(python, str) else None,
        root_dir=root_dir if isinstance(root_dir, str) else None,
    )
    choice = Choice(builders=builders, services=services)
    report = check(read_project(folder), context, choice, Configuration(), None, "not asked")
    return [result for result in report.results if result.is_today or builders]
