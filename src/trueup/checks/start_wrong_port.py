"""The service listens on another port than the platform asks

What it does:
    Reads the port of the start command, of the server's configuration or of the code, and compares it with the
    variable PORT that the platform gives.

Why it fails a deployment:
    The platform sends its health check and its traffic to PORT; a server on a port of its own is not found there.

Example:
    `uvicorn main:app --host 0.0.0.0 --port 8000` on Heroku.

Use instead:
    `--port $PORT`, or `int(os.environ["PORT"])` in the code.

Sources:
    The platforms' own pages, cited in checks/data/listening.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trueup.checks._code import platform_row, rule, title, web_programs
from trueup.checks._interface import Check, CheckContext
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.facts import ProcessStart
from trueup.sourcecode.listening import Listening, listening

_QUOTED = re.compile(r"'[^'\s]*\$\{?PORT\b[^'\s]*'")


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each web process with a port that does not follow PORT."""
    row = platform_row(context, "listening")
    if row is None:
        return
    for start, program in web_programs(context):
        found = listening(context.code, start, program)
        if found is None or found.is_loopback:
            continue
        problem = _not_a_number(start, found)
        if problem:
            yield _finding(row, start, found.evidence, problem, Severity.HIGH, Confidence.HIGH)
        elif found.fixed_port is not None and not _is_given(context, row, found.fixed_port):
            default = ", its default," if found.port_by_default else ""
            text = f"{found.server} listens on port {found.fixed_port}{default} whatever {title(context)} says in PORT"
            severity, confidence = Severity(row["fixed_port_severity"]), Confidence(row["fixed_port_confidence"])
            yield _finding(row, start, found.evidence, text, severity, confidence)


def _is_given(context: CheckContext, row: dict[str, str], port: int) -> bool:
    """Whether the project, a flag or, where none of them does, the platform sets PORT to this very number."""
    return context.code.variables_given.get("PORT", row.get("default_port")) == str(port)


def _not_a_number(start: ProcessStart, found: Listening) -> str:
    if _QUOTED.search(start.command.value):
        return "PORT stands in single quotes, in which a shell does not write variables out"
    if found.port is not None and not found.port.isdigit() and "$" not in found.port:
        return f"{found.server} gets the port {found.port!r}, which is no number"
    return ""


def _finding(
    row: dict[str, str],
    start: ProcessStart,
    evidence: tuple[Evidence, ...],
    text: str,
    severity: Severity,
    confidence: Confidence,
) -> Finding:
    return Finding(
        rule="start-wrong-port",
        severity=severity,
        confidence=confidence,
        message=f"{evidence[0].place or 'the start command'}: {text}. {row['port']}.",
        hint="Let the server take the port from the variable: `--port $PORT`, `--bind 0.0.0.0:$PORT`, or "
        '`int(os.environ.get("PORT", 8000))` in the code.',
        evidence=(*evidence, rule(row, "port")),
        subject=start.name,
    )


CHECK = Check("start-wrong-port", "The service listens on another port than the platform asks", run)
