#!/usr/bin/env python3
"""How fast `trueup diagnose` reads a giant log, against `grep -E` with one pattern on the same file in the same run.

    python bench/diagnose_speed.py [--megabytes 200] [LOG …]

The log is made of recorded ones (by default those of tests/logs/recorded), repeated with timestamps and numbers that
differ, so that no line equals another. Printed: megabytes a second of one core for both, their ratio, and the peak
memory of the process that diagnosed. Exit status 1 below 50 MB/s.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLOOR = 50.0
PATTERN = r"No matching distribution found|fatal error: .*: No such file|Read-only file system"


def giant_log(path: Path, sources: list[Path], megabytes: int) -> int:
    """Write a log of about that size; its bytes."""
    lines = [line for source in sources for line in source.read_text("utf-8", "replace").splitlines()]
    written, number = 0, 0
    with path.open("w", encoding="utf-8") as out:
        while written < megabytes * 1_000_000:
            chunk = []
            for line in lines:
                number += 1
                chunk.append(f"2026-11-20T09:{number % 60:02}:{number % 59:02}.{number % 1_000_000_000:09}Z {line}")
            text = "\n".join(chunk) + "\n"
            out.write(text)
            written += len(text.encode())
    return path.stat().st_size


def seconds(command: list[str]) -> float:
    """The time that a command kept a core busy (the wall time would measure what else the machine does)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.PIPE, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("logs", nargs="*", type=Path)
    arguments = parser.parse_args()
    sources = arguments.logs or sorted((HERE.parent / "tests" / "logs" / "recorded").glob("*.log"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "giant.log"
        size = giant_log(path, sources, arguments.megabytes) / 1_000_000
        seconds(["cat", str(path)])  # so that both read it from memory
        grep = seconds(["grep", "-c", "-E", PATTERN, str(path)])
        ours = seconds([sys.executable, "-m", "trueup", "diagnose", "--offline", "--exit-zero", str(path)])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"log             {size:8.0f} MB")
    print(f"grep -E         {size / grep:8.0f} MB/s  ({grep:.2f} s)")
    print(f"trueup diagnose {size / ours:8.0f} MB/s  ({ours:.2f} s)")
    print(f"ratio           {ours / grep:8.2f} times grep's time")
    print(f"peak memory     {peak:8.0f} MB")
    return 0 if size / ours >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
