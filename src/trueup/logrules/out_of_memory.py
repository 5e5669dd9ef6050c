"""The kernel or the platform killed a process for its memory.

What it means:
    A process used more memory than the container may and was killed (status 137), while building or while running.

Why:
    Compiling large packages, machine-learning libraries, or too many workers for the instance.

Example:
    ==> Out of memory (used over 512Mi)

What to do:
    Use wheels, fewer workers or jobs, or a larger instance. gunicorn's "Perhaps out of memory?" alone proves nothing.

Sources:
    Render's and Heroku's logs; gcc's "Killed signal terminated program"; gunicorn's arbiter.py; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._rule import Group, Rule, Scene, pattern
from trueup.model.finding import Confidence

_TIMEOUT = re.compile(r"WORKER TIMEOUT")


def _no_timeout(scene: Scene) -> Mapping[str, str] | None:
    """Gunicorn kills a worker itself after WORKER TIMEOUT and prints the same words."""
    return None if scene.near(_TIMEOUT, 25, 6) is not None else {}


RULE = Rule(
    id="out-of-memory",
    title="Out of memory",
    group=Group.PLATFORM,
    phase="build",
    patterns=(
        pattern("Out of memory (used over", r"Out of memory \(used over (?P<limit>\w+)\)"),
        pattern("OOMKilled"),
        pattern("OOM", r"\bOOM[- ]?[Kk]ill(?:ed|er)?\b|OutOfMemory|oom-kill"),
        pattern("Out of memory:", r"Out of memory: Kill(?:ed)? process"),
        pattern("Killed signal terminated program", r"Killed signal terminated program (?P<program>\w+)"),
        pattern("exit code: 137", r"exit code: 137"),
        pattern(
            "137",
            r"(?:exit(?:ed)?(?: with)?(?: status| code)?:?|status|returned a non-zero code:|SIGKILL|code)"
            r" \(?137\)?\b",
            confidence=Confidence.MEDIUM,
            lead=-1,
            accept=_no_timeout,
        ),
        pattern("Error R14", r"Error R14 \(Memory quota exceeded\)"),
        pattern("Error R15", r"Error R15 \(Memory quota vastly exceeded\)"),
        pattern("MemoryError", r"^MemoryError\b", confidence=Confidence.MEDIUM),
        pattern(
            "irtual memory exhausted", r"[Vv]irtual memory exhausted|out of memory allocating|cc1plus: out of memory"
        ),
        pattern("Cannot allocate memory", r"\[Errno 12\] Cannot allocate memory|Cannot allocate memory"),
        pattern(
            "Perhaps out of memory?",
            r"was sent SIGKILL! Perhaps out of memory\?",
            accept=_no_timeout,
            confidence=Confidence.MEDIUM,
            lead=-1,
        ),
        pattern("Killed", r"^(?:/\S+: line \d+:\s+\d+ )?Killed(?:\s{2,}.*)?$", confidence=Confidence.MEDIUM, lead=-1),
        pattern(
            "signal 9",
            r"(?:terminated by|received|with) signal 9\b|signal: 9, SIGKILL",
            confidence=Confidence.MEDIUM,
            accept=_no_timeout,
            lead=-1,
        ),
        pattern("ran out of memory", r"(?:ran|running|run) out of memory", lead=-1),
        pattern("exceeded its memory limit", r"exceeded its memory limit"),
        pattern("heap out of memory"),
    ),
    explanation=(
        (
            "The process used more than {limit} of memory and was killed. | A process was killed for the memory it"
            " used (status 137 is a kill from outside)."
        ),
    ),
    remedies=(
        (
            "While building: install wheels instead of compiling, lower the parallel jobs (MAKEFLAGS=-j1,"
            " CARGO_BUILD_JOBS=1), install the CPU-only build of machine-learning libraries, `pip install"
            " --no-cache-dir`."
        ),
        "While running: fewer workers (WEB_CONCURRENCY=1), load large models lazily, or take a larger instance.",
    ),
    examples=(
        "==> Out of memory (used over 512Mi)",
        "      g++: fatal error: Killed signal terminated program cc1plus",
        "[2026-01-05 10:01:12 +0000] [7] [ERROR] Worker (pid:9) was sent SIGKILL! Perhaps out of memory?",
    ),
    counter_examples=(
        "[CRITICAL] WORKER TIMEOUT (pid:9)\n[ERROR] Worker (pid:9) was sent SIGKILL! Perhaps out of memory?",
    ),
    effect_of=frozenset({"worker-timeout"}),
    about_a_package=False,
)
