"""gunicorn kills a worker that is silent for too long.

What it means:
    A worker did not report for 30 seconds (the default); gunicorn's arbiter kills it and says WORKER TIMEOUT.

Why:
    The application loads for too long (models, migrations), a request takes too long in a sync worker, or the instance
    is too slow.

Example:
    [CRITICAL] WORKER TIMEOUT (pid:9)

What to do:
    Make start-up or the request shorter, or raise --timeout. What gunicorn adds ("Perhaps out of memory?") is a guess.

Sources:
    gunicorn/arbiter.py murder_workers and reap_workers; own recording; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="worker-timeout",
    title="gunicorn kills a worker by its own timeout",
    group=Group.START,
    phase="start",
    patterns=(pattern("WORKER TIMEOUT", r"WORKER TIMEOUT \(pid:(?P<pid>\d+)\)"), pattern("WORKER TIMEOUT", lead=-1)),
    explanation=(
        "A worker was silent for longer than gunicorn's timeout, and gunicorn killed it.",
        "A `Perhaps out of memory?` after it is gunicorn's guess, not a finding.",
    ),
    remedies=(
        (
            "Do long work outside of requests and of the import (a task queue, loading at build time), or use async"
            " or threaded workers."
        ),
        "Raise the limit (`--timeout 120`), with `--workers` and `--preload` fitting the memory.",
    ),
    examples=(
        (
            "[2026-01-05 10:00:31 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:9)\n[2026-01-05 10:00:31 +0000] [9]"
            " [INFO] Worker exiting (pid: 9)"
        ),
    ),
    counter_examples=("[ERROR] Worker (pid:9) was sent SIGKILL! Perhaps out of memory?",),
    effect_of=frozenset({"service-connection-refused", "service-dns"}),
    survives_success=True,
    about_a_package=False,
)
