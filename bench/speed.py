"""Time trueup beside uv and a bare interpreter, in one run, and print the ratios.

    ./dev python bench/speed.py [--rounds 5] [warm] [cold] [start]

warm   `trueup check` of nexus for CPython 3.9 to 3.15 × x86_64, aarch64 × glibc, musl (28 targets, every blocker named)
       as one process, against `uv pip compile --no-build` once for each of them (it stops at the first blocker); twice:
       the same check again, whose forecasts are remembered, and after an edit of requirements.txt, when they are not
cold   the same check for one target with an empty cache, against uv with an empty cache; and how much of it is left
       when nothing has to be fetched
start  `trueup --version` against a bare interpreter

Needs the configured index once, to fill a small local one: that hands out the same pages and files with
`cache-control`, so that uv never has to ask twice. Each round runs both sides one after the other; the best of the
rounds counts, because whatever else runs on the machine only ever adds to a time. Processor time stands beside it for
busy machines.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "examples" / "nexus"
REQUIREMENTS = PROJECT / "requirements.txt"
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
ARCHES = ("x86_64", "aarch64")
LIBCS = {"glibc": "unknown-linux-gnu", "musl": "unknown-linux-musl"}
DAY = "2026-11-20"
ONE_TARGET = ("--platform", "render", "--service", "nexus-api", "--python", "3.12")


@dataclass
class Times:
    """What the rounds of one side took, in seconds, and the most memory of a process, in MB."""

    wall: float = 1e9
    processor: float = 1e9
    peak: float = 0.0

    def add(self, commands: Sequence[Sequence[str]], environment: dict[str, str], codes: Sequence[int]) -> None:
        """Run commands one after the other, as one round."""
        begun, used = time.perf_counter(), _processor()
        for command in commands:
            process = subprocess.Popen(
                command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            out, errors = process.communicate()
            if process.returncode not in codes:
                raise SystemExit(f"{' '.join(command)}\n{out.decode()}\n{errors.decode()}")
        self.wall = min(self.wall, time.perf_counter() - begun)
        self.processor = min(self.processor, _processor() - used)

    def __str__(self) -> str:
        peak = f", {self.peak:.0f} MB" if self.peak else ""
        return f"{self.wall:7.3f} s (processor {self.processor:.3f} s{peak})"


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_of(command: Sequence[str], environment: dict[str, str]) -> float:
    """The peak memory of a process, in MB, told by itself."""
    told = (
        "import resource,runpy,sys,atexit\n"
        "atexit.register(lambda: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024, file=sys.stderr))\n"
        f"sys.argv={list(command[2:])!r}\nrunpy.run_module('trueup', run_name='__main__', alter_sys=True)"
    )
    done = subprocess.run([command[0], "-c", told], env=environment, cwd=ROOT, capture_output=True, text=True)
    return float(done.stderr.split()[-1])


@dataclass(frozen=True)
class Kept:
    """An answer of the configured index or of its files' host, as it is handed out again."""

    status: int
    headers: dict[str, str]
    body: bytes


class Mirror:
    """Answers for pages and files, each fetched once, with `cache-control`, as the public index's own servers send it.

    Pages point back to the mirror for files, because the files' host may say nothing about how long they hold.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.address = ""
        self._kept: dict[tuple[str, str, str], Kept] = {}
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, span: str) -> Kept:
        """The answer to a request; `span` is its Range header."""
        key = (method, path, span)
        with self._lock:
            kept = self._kept.get(key)
        if kept is None:
            kept = self._fetched(method, path, span)
            with self._lock:
                self._kept[key] = kept
        return kept

    def _fetched(self, method: str, path: str, span: str) -> Kept:
        from trueup.index.pages import ACCEPT

        is_page = path.startswith("/simple/")
        url = f"{self.source}{path.removeprefix('/simple')}" if is_page else f"https://{path.removeprefix('/files/')}"
        headers = (
            {"Accept": ACCEPT} if is_page else {"Accept-Encoding": "identity", **({"Range": span} if span else {})}
        )
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers, method=method)) as answer:
                status, body, told = answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            return Kept(error.code, {"Content-Length": "0"}, b"")
        names = ("Content-Type", "Content-Range", "Content-Length", "ETag", "Last-Modified", "Accept-Ranges")
        kept = {name: told[name] for name in names if told[name]}
        if is_page:
            body = body.replace(b'href="https://', f'href="{self.address}/files/'.encode())
        if method == "GET":
            kept["Content-Length"] = str(len(body))
        return Kept(
            status, {**kept, "Cache-Control": "max-age=3600" if is_page else "max-age=365000000, immutable"}, body
        )


@contextmanager
def local_index() -> Iterator[str]:
    """An index on this machine that hands out what the configured one has."""
    from trueup.index.settings import index_settings

    mirror = Mirror(index_settings().urls[0])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send("GET")

        def do_HEAD(self) -> None:
            self._send("HEAD")

        def _send(self, method: str) -> None:
            kept = mirror.answer(method, self.path, self.headers.get("Range", ""))
            self.send_response(kept.status)
            for name, value in kept.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if method == "HEAD" else kept.body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    mirror.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{mirror.address}/simple"
    finally:
        server.shutdown()


def environment(folder: Path) -> dict[str, str]:
    """Caches of the benchmark's own, compiled modules, no settings of the machine."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PIP_", "UV_", "TRUEUP_", "PYTHONDONTWRITE"))
    }
    return {
        **kept,
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "TRUEUP_CACHE_DIR": str(folder / "trueup"),
        "UV_CACHE_DIR": str(folder / "uv"),
        "PIP_CONFIG_FILE": os.devnull,
        **({"SSL_CERT_FILE": os.environ["PIP_CERT"]} if "PIP_CERT" in os.environ else {}),
    }


def trueup(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "trueup", *arguments]


def uv(index: str, python: str, arch: str, libc: str) -> list[str]:
    """One target, as fast as uv can be asked for it: an interpreter is named, so that none is looked for."""
    program = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--no-build", "--quiet", "--no-config"]
    target = ["--python", sys.executable, "--python-version", python, "--python-platform", f"{arch}-{LIBCS[libc]}"]
    return [*program, "--default-index", index, *target, "--no-header", str(REQUIREMENTS)]


def many_targets(index: str, project: Path = PROJECT) -> list[str]:
    line = ["check", str(project), "--platform", "render", "--service", "nexus-api", "--on", DAY, "--index-url", index]
    for flag, values in (("--python", PYTHONS), ("--arch", ARCHES), ("--libc", tuple(LIBCS))):
        for value in values:
            line += [flag, value]
    return trueup(*line)


def warm(index: str, folder: Path, rounds: int) -> None:
    """28 targets with everything in the caches."""
    env = environment(folder)
    ours, edited, theirs = Times(), Times(), Times()
    copy = folder / "nexus"
    shutil.copytree(PROJECT, copy)
    theirs_all = [uv(index, python, arch, libc) for python in PYTHONS for arch in ARCHES for libc in LIBCS]
    Times().add([many_targets(index)], env, (11, 12, 13))
    Times().add(theirs_all, env, (0, 1))
    for _ in range(rounds):
        ours.add([many_targets(index)], env, (11, 12, 13))
        requirements = copy / REQUIREMENTS.name
        requirements.write_text(f"\n{requirements.read_text()}")  # every line moves, and with it all evidence
        edited.add([many_targets(index, copy)], env, (11, 12, 13))
        theirs.add(theirs_all, env, (0, 1))
    ours.peak = peak_of(many_targets(index), env)
    requirements.write_text(f"\n{requirements.read_text()}")
    edited.peak = peak_of(many_targets(index, copy), env)
    print(f"warm, {len(theirs_all)} targets, the same check again")
    _compare("trueup check", ours, "uv pip compile", theirs)
    print(f"warm, {len(theirs_all)} targets, after an edit of {REQUIREMENTS.name}")
    _compare("trueup check", edited, "uv pip compile", theirs)


def cold(_: str, folder: Path, rounds: int) -> None:
    """One target with empty caches, from the configured index itself."""
    from trueup.index.settings import index_settings

    index = index_settings().urls[0]
    ours, again, theirs = Times(), Times(), Times()
    for number in range(rounds):
        fresh = folder / f"cold{number}"
        env = {**environment(fresh), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
        command = trueup("check", str(PROJECT), *ONE_TARGET, "--on", DAY, "--index-url", index)
        ours.add([command], env, (0, 11, 12, 13))
        again.add([command], env, (0, 11, 12, 13))
        theirs.add([uv(index, "3.12", "x86_64", "glibc")], env, (0, 1))
    print("cold, one target")
    _compare("trueup check", ours, "uv pip compile", theirs)
    print("cold, one target: of it what is not the index (the same check again, everything remembered)")
    _compare("trueup check", again, "uv pip compile", theirs)


def start(_: str, folder: Path, rounds: int) -> None:
    """The interpreter alone, and with the smallest command."""
    env = environment(folder)
    ours, theirs = Times(), Times()
    for _round in range(max(rounds, 20)):
        ours.add([trueup("--version")], env, (0,))
        theirs.add([[sys.executable, "-c", "pass"]], env, (0,))
    print("start")
    _compare("trueup --version", ours, "python -c pass", theirs)


def _compare(our_name: str, ours: Times, their_name: str, theirs: Times) -> None:
    print(f"  {our_name:18} {ours}")
    print(f"  {their_name:18} {theirs}")
    print(f"  ratio {ours.wall / theirs.wall:.2f} (of processor time {ours.processor / theirs.processor:.2f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("what", nargs="*", choices=["warm", "cold", "start", []])
    given = parser.parse_args()
    measures = {"start": start, "warm": warm, "cold": cold}
    with tempfile.TemporaryDirectory() as folder, local_index() as index:
        for name in given.what or measures:
            measures[name](index, Path(folder), given.rounds)


if __name__ == "__main__":
    main()
