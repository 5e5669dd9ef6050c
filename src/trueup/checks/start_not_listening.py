"""The service listens where nothing outside of its container reaches it

What it does:
    Reads the address that the start command, the server's configuration or the code gives, and the server's own
    default where nothing gives one.

Why it fails a deployment:
    A server on 127.0.0.1 answers only inside the container: the platform's probe finds no open port, and the deploy
    times out or every request ends in a gateway error.

Example:
    `uvicorn main:app --port $PORT`: without `--host` uvicorn listens on 127.0.0.1.

Use instead:
    `--host 0.0.0.0` (gunicorn and hypercorn: `--bind 0.0.0.0:$PORT`).

Sources:
    The servers' references (sourcecode/data/servers.toml) and the platforms' (checks/data/listening.toml).
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._code import platform_row, rule, web_programs
from trueup.checks._interface import Check, CheckContext
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.listening import Listening, listening


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each web process that only the loopback reaches."""
    row = platform_row(context, "listening")
    for start, program in web_programs(context):
        found = listening(context.code, start, program)
        if row is None or found is None or not found.is_loopback:
            continue
        said = f"{found.server} gets no host, and its default is" if found.host_by_default else f"{found.server} binds"
        yield Finding(
            rule="start-not-listening",
            severity=Severity.HIGH,
            confidence=Confidence.HIGH,
            message=f"{found.evidence[0].place or 'the start command'}: {said} {found.host}. {row['address']}; nothing "
            "answers there, and the service never becomes reachable.",
            hint=_hint(found),
            evidence=(*found.evidence, rule(row, "address")),
            subject=start.name,
        )


def _hint(found: Listening) -> str:
    if found.server in ("gunicorn", "hypercorn"):
        return f"Start {found.server} with `--bind 0.0.0.0:$PORT`."
    if found.server == "django":
        return "Write `runserver 0.0.0.0:$PORT`, or better start gunicorn or uvicorn with `$PORT`."
    if found.server in ("uvicorn", "flask", "hypercorn", "granian", "sanic", "litestar", "fastapi"):
        return 'Give it the host 0.0.0.0 (`--host 0.0.0.0`, or `host="0.0.0.0"` in the code).'
    return "Let it listen on 0.0.0.0."


CHECK = Check("start-not-listening", "The service listens where nothing outside of its container reaches it", run)
