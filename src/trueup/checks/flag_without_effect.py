"""A flag of the start command has no effect

What it does:
    Compares the flags of the start command (and of gunicorn's configuration file) with what the chosen workers read.

Why it fails a deployment:
    It does not fail one: the service runs with less concurrency than the command promises, and whoever sizes it by
    that number is wrong.

Example:
    `gunicorn app:app --worker-class gevent --threads 2`

Use instead:
    Leave the flag out, or choose the worker class that reads it.

Sources:
    gunicorn's settings and uvicorn's configuration, cited in checks/data/worker_classes.toml.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._code import programs, rule
from trueup.checks._interface import Check, CheckContext
from trueup.checks._rows import rows
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.facts import ProcessStart
from trueup.sourcecode.listening import with_gunicorn_file


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each flag that nothing reads."""
    data = rows("worker_classes")
    for start, program in programs(context):
        if program.server == "uvicorn" and "--reload" in program.options and _is_many(program.workers):
            text = f"--workers {program.workers} together with --reload"
            hint = "Remove --reload: it is for development, and with it one worker runs."
            yield _finding(
                start, text, "One worker runs instead.", hint, rule(data["reload_workers"], "text"), "--workers"
            )
        if program.server != "gunicorn":
            continue
        known = with_gunicorn_file(context.code, program)
        if known is None:
            continue
        worker = known.worker_class or "sync"
        if _is_many(known.threads) and worker not in data["threads"]["with"]:
            text = f"--threads {known.threads} with {worker} workers"
            hint = "Remove --threads, or use `--worker-class gthread`; gevent workers take --worker-connections."
            yield _finding(
                start,
                text,
                f"Each {worker} worker runs as if it were not there.",
                hint,
                rule(data["threads"], "text"),
                "--threads",
            )
        if "--worker-connections" in known.options and worker == "sync" and not _is_many(known.threads):
            hint = "Remove it, or choose `--worker-class gthread` or gevent."
            yield _finding(
                start,
                "--worker-connections with sync workers",
                "Each worker still takes one request at a time.",
                hint,
                rule(data["worker_connections"], "text"),
                "--worker-connections",
            )


def _is_many(text: str | None) -> bool:
    return text is not None and text.isascii() and text.isdigit() and len(text) < 6 and int(text) > 1


def _finding(start: ProcessStart, text: str, effect: str, hint: str, source: Evidence, subject: str) -> Finding:
    return Finding(
        rule="flag-without-effect",
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        message=f"{start.evidence.place or 'the start command'} has {text}. {source.text}. {effect}",
        hint=hint,
        evidence=(start.evidence, source),
        subject=f"{start.name} {subject}",
    )


CHECK = Check("flag-without-effect", "A flag of the start command has no effect", run)
