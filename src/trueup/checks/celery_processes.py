"""A Celery schedule without the process that runs it

What it does:
    Compares the Celery processes that the platform's files start (worker, beat) with each other and with the schedule
    in the code.

Why it fails a deployment:
    Every process starts, and nothing happens: beat sends tasks that no worker takes, or a schedule is never read.

Example:
    A beat_schedule in the code, and a Procfile with `worker: celery -A app worker` alone.

Use instead:
    One beat process and at least one worker.

Sources:
    https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html (read 2026-11-20).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trueup.checks._code import programs
from trueup.checks._interface import Check, CheckContext
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity

_FILES = {"render": "render.yaml", "heroku": "Procfile"}
"""The file that lists every process of a platform."""


def run(context: CheckContext) -> Iterator[Finding]:
    """At most one finding for each Celery process."""
    name = _FILES.get(context.plan.platform)
    file = context.project.get(name) or context.tree.get(name) if name else None
    if file is None or file.problem:
        return
    texts = [line for line in file.lines if not line.lstrip().startswith("#")]
    scripts = [script.text for path, script in context.project.matching(".sh") if path in file.text]
    everything = "\n".join([*texts, *scripts])
    has_worker = re.search(r"\bcelery\b[^\n]*\bworker\b", everything) is not None
    has_beat = re.search(r"\bcelery\b[^\n]*(\bbeat\b|\s-B\b)", everything) is not None
    for start, program in programs(context):
        if program.server != "celery":
            continue
        if program.role == "beat" and not has_worker:
            text = (
                f"{start.evidence.place} starts Celery's beat, and {file.path} starts no worker: no one runs its tasks."
            )
            yield _finding(start.evidence, text, "Add a process `celery -A … worker`.", file.path, "worker")
        scheduled = [a for a in context.code.applications if a.framework == "Celery" and a.schedule]
        if program.role == "worker" and scheduled and not has_beat:
            first = scheduled[0]
            names = ", ".join(first.schedule[:3])
            text = f"{first.evidence.place} has a schedule ({names}), and {file.path} starts no beat"
            hint = "Add one process `celery -A … beat`."
            yield _finding(start.evidence, f"{text}: the schedule is never read.", hint, file.path, "beat")


def _finding(evidence: Evidence, text: str, hint: str, path: str, subject: str) -> Finding:
    return Finding(
        rule="celery-processes",
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        message=text,
        hint=hint,
        evidence=(evidence, Evidence.absent(f"no Celery {subject} is started", path)),
        subject=subject,
    )


CHECK = Check("celery-processes", "A Celery schedule without the process that runs it", run)
