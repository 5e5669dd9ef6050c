"""Reading the index cold and warm, against a plain parallel client that downloads the same and looks at nothing.

    .venv/bin/python bench/index_cold.py [--rounds 5]

Both clients run as processes of their own, one after the other, in every round; the medians and their ratio, against
the plain client's best round, are printed.
What is read: the pages of nexus's distributions, and of each the metadata of the wheel for Python 3.12 on Debian 12.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

PINS = Path(__file__).with_name("nexus_pins.txt")
WORKERS = 8
"""Threads of the plain client: as many connections as name servers let be opened at once without a pause."""


def pins() -> dict[str, str]:
    lines = (line.split("#")[0].strip() for line in PINS.read_text().splitlines())
    return dict(line.split("==", 1) for line in lines if "==" in line)


def ours(folder: Path, log: Path | None = None) -> None:
    """Read everything with trueup's client; note the requests where a log is wanted."""
    from trueup.index.cache import Cache
    from trueup.index.client import NetworkIndex
    from trueup.index.interface import Missing, Unavailable
    from trueup.index.select import select
    from trueup.index.settings import index_settings
    from trueup.model.target import Target

    wanted = pins()
    requests: list[tuple[str, dict[str, str]]] = []
    with NetworkIndex(index_settings(), Cache(folder)) as index:
        if log is not None:
            get = index.transport.get

            def noted(url: str, headers: Mapping[str, str] | None = None, **options: Any) -> Any:
                requests.append((url, dict(headers or {})))
                return get(url, headers, **options)

            index.transport.get = noted  # type: ignore[method-assign]
        found = index.releases(wanted)
        files = []
        for name, version in wanted.items():
            releases = found[name]
            if isinstance(releases, (Missing, Unavailable)):
                raise SystemExit(f"{name}: {releases}")
            chosen = select(releases.files(version), Target("3.12"), pinned=True).file
            if chosen is not None:
                files.append(chosen)
        for core in index.metadata(files).values():
            if isinstance(core, Unavailable):
                raise SystemExit(str(core))
    if log is not None:
        log.write_text(json.dumps(requests))


def plain(log: Path) -> None:
    """Download the same with a pool and threads, and nothing more."""
    import ssl

    import urllib3

    todo: SimpleQueue[tuple[str, dict[str, str]]] = SimpleQueue()
    for url, headers in json.loads(log.read_text()):
        todo.put((url, headers))
    pool = urllib3.PoolManager(maxsize=WORKERS, num_pools=8, ssl_context=ssl.create_default_context())
    total = [0] * WORKERS

    def work(number: int) -> None:
        while True:
            try:
                url, headers = todo.get_nowait()
            except Empty:
                return
            total[number] += len(pool.request("GET", url, headers=headers).data)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(total))


def timed(*arguments: str) -> tuple[float, float, str]:
    """Seconds, peak memory in MB, and the output of one process."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, __file__, *arguments], check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - begun
    return seconds, float(done.stderr.split()[-1]), done.stdout.strip()


def compare(rounds: int) -> None:
    rows: dict[str, list[float]] = {"plain": [], "cold": [], "warm": []}
    peak = 0.0
    size = ""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "requests.json")
        timed("ours", f"{folder}/first", str(log))
        for number in range(rounds):
            seconds, _, size = timed("plain", str(log))
            rows["plain"].append(seconds)
            for kind in ("cold", "warm"):
                seconds, memory, _ = timed("ours", f"{folder}/{number}")
                rows[kind].append(seconds)
                peak = max(peak, memory)
    medians = {kind: statistics.median(values) for kind, values in rows.items()}
    best = min(rows["plain"])
    print(f"{len(pins())} distributions, {int(size) / 1e6:.1f} MB, {rounds} rounds")
    for kind, seconds in medians.items():
        print(f"{kind:6} {seconds:6.2f} s   {seconds / best:5.2f} × the plain client's best")
    print(f"peak memory {peak:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("job", nargs="*")
    arguments = parser.parse_args()
    if not arguments.job:
        compare(arguments.rounds)
        return
    kind, *rest = arguments.job
    if kind == "plain":
        plain(Path(rest[0]))
    else:
        ours(Path(rest[0]), Path(rest[1]) if len(rest) > 1 else None)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, file=sys.stderr)


if __name__ == "__main__":
    main()
