"""Run `trueup` as its users do: a process of its own, with a cache and an index of the test's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
HEALTHY = {
    "requirements.txt": "demo==1.0\n",
    ".python-version": "3.12.12\n",
    "Procfile": "web: python main.py\n",
    "main.py": """import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import demo


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(demo.GREETING)


HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
""",
}
"""A project that is fine wherever its index has demo 1.0 as a wheel."""
DAY = "2026-11-20"


@dataclass(frozen=True)
class Ended:
    """A process that has ended."""

    code: int
    out: str
    errors: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON that it wrote."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def write_project(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a project's files into a folder that may not exist yet."""
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def environment(cache: Path, **variables: str) -> dict[str, str]:
    """The machine's own environment without its settings for indexes, and with a cache of the test's."""
    own = ("PIP_", "UV_", "TRUEUP_", "PYTHONDONTWRITEBYTECODE")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(own)}
    fixed = {"PIP_CONFIG_FILE": os.devnull, "NO_COLOR": "1", "PYTHONPYCACHEPREFIX": str(ROOT / ".pytest_cache" / "pyc")}
    return {**kept, **fixed, "TRUEUP_CACHE_DIR": str(cache), **variables}


def command(*arguments: str) -> list[str]:
    """The command line of trueup from this checkout."""
    return [sys.executable, "-m", "trueup", *arguments]


def trueup(*arguments: str, cache: Path, **variables: str) -> Ended:
    """Run trueup to its end, or fail after a minute."""
    done = subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env=environment(cache, **variables),
        encoding="utf-8",
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def check(project: Path, index: str, cache: Path, *arguments: str, **variables: str) -> Ended:
    """`trueup check` of a project on one builder, that asks the index at most for a second and never again."""
    given = {"PIP_DEFAULT_TIMEOUT": "1", "PIP_RETRIES": "0", **variables}
    line = ("check", str(project), "--platform", "railway", "--builder", "railpack", "--on", DAY, "--index-url", index)
    return trueup(*line, *arguments, cache=cache, **given)
