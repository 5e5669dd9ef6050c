"""The service listens where nothing outside of its container reaches it

What it does:
    Reads the address that the start command, the server's configuration or the code gives, and the server's own
    default where nothing gives one. A file that plain `python` runs and that starts no server is told too: a program of
    Streamlit, or a module that only makes a WSGI or ASGI application.

Why it fails a deployment:
    A server on 127.0.0.1 answers only inside the container: the platform's probe finds no open port, and the deploy
    times out or every request ends in a gateway error. A program that only makes its application ends at once.

Example:
    `uvicorn main:app --port $PORT`: without `--host` uvicorn listens on 127.0.0.1.

Use instead:
    `--host 0.0.0.0` (gunicorn and hypercorn: `--bind 0.0.0.0:$PORT`).

Sources:
    https://docs.streamlit.io/develop/concepts/architecture/run-your-app (`streamlit run` starts the server);
    the servers' references (sourcecode/data/servers.toml) and the platforms' (checks/data/listening.toml).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trueup.checks._code import platform_row, rule, web_programs
from trueup.checks._interface import Check, CheckContext
from trueup.model.finding import Confidence, Finding, Severity
from trueup.sourcecode.applications import Application, find_applications
from trueup.sourcecode.facts import ProcessStart
from trueup.sourcecode.listening import Listening, listening
from trueup.sourcecode.module import SourceModule
from trueup.sourcecode.start_command import StartCommand

_STARTERS = ("streamlit.web", "streamlit.cli", "streamlit.bootstrap", "subprocess", "runpy", "os.system", "os.exec")
_LIVELY = (
    "run",
    "serv",
    "start",
    "main",
    "listen",
    "launch",
    "poll",
    "loop",
    "exec",
    "system",
    "spawn",
    "thread",
    "wait",
)
"""Parts of the names of calls that may start a server or keep the program running."""


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each web process that only the loopback reaches."""
    row = platform_row(context, "listening")
    for start, program in web_programs(context):
        if row is not None and program.server == "python":
            yield from _never_listens(context, start, program, row)
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


def _never_listens(
    context: CheckContext, start: ProcessStart, program: StartCommand, row: dict[str, str]
) -> Iterator[Finding]:
    """A started file that makes an application and starts no server, as far as it and what it imports tell."""
    made = _only_made(context, program)
    if made is None:
        return
    is_streamlit = made.interface == "streamlit"
    what = "is a program of Streamlit" if is_streamlit else f"makes a {made.framework} application and starts no server"
    yield Finding(
        rule="start-not-listening",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH if is_streamlit else Confidence.MEDIUM,
        message=f"{made.evidence.place} {what}, and `{program.text}` runs it with plain python: it comes to its end at "
        f"once. {row['address']}; nothing answers there, and the service never becomes reachable.",
        hint=f"Start `streamlit run {made.path} --server.port $PORT --server.address 0.0.0.0`."
        if is_streamlit
        else f"Start a server with {made.target}, such as uvicorn (ASGI) or gunicorn (WSGI), on 0.0.0.0 and $PORT.",
        evidence=(made.evidence, start.evidence, rule(row, "address")),
        subject=start.name,
    )


def _only_made(context: CheckContext, program: StartCommand) -> Application | None:
    """The application of a started file, where nothing that runs with it can start a server or keep it running."""
    module = context.code.code.module(program.script or "")
    if module is None or module.tree is None:
        return None
    found = [item for item in find_applications([module]) if item.interface in ("streamlit", "asgi", "wsgi")]
    called = [module.qualified(call.func) for call, _ in module.each(ast.Call)]
    if not found or any(name.startswith(_STARTERS) for name in (*called, *(item.target for item in module.imports))):
        return None
    if found[0].interface == "streamlit":
        return found[0]
    at_once = [item for item in found if item.attribute is not None and not item.is_factory]
    runs = any(_may_serve(each) for each in context.code.modules)
    return None if runs or not at_once else at_once[0]


def _may_serve(module: SourceModule) -> bool:
    """Whether a module, when it is imported or run, does something that may start a server or never end."""
    if any(site.function is None for kind in (ast.While, ast.For, ast.With) for _, site in module.each(kind)):
        return True
    for call, site in module.each(ast.Call):
        name = module.qualified(call.func).rpartition(".")[2].lower()
        if site.function is None and any(word in name for word in _LIVELY):
            return True
    return any(site.is_main for _, site in module.each(ast.Call))


def _hint(found: Listening) -> str:
    if found.server in ("gunicorn", "hypercorn"):
        return f"Start {found.server} with `--bind 0.0.0.0:$PORT`."
    if found.server == "django":
        return "Write `runserver 0.0.0.0:$PORT`, or better start gunicorn or uvicorn with `$PORT`."
    if found.server in ("uvicorn", "flask", "hypercorn", "granian", "sanic", "litestar", "fastapi"):
        return 'Give it the host 0.0.0.0 (`--host 0.0.0.0`, or `host="0.0.0.0"` in the code).'
    return "Let it listen on 0.0.0.0."


CHECK = Check("start-not-listening", "The service listens where nothing outside of its container reaches it", run)
