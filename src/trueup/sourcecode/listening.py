"""Where a program listens: by its command line, its configuration, its environment, or the code that starts a server.

Defaults of servers: data/servers.toml. Of servers that code starts, read 2026-11-20: uvicorn.run as its command;
https://github.com/pallets/flask/blob/2ac89889f4cc330eabd50f295dcef02828522c69/src/flask/app.py (Flask.run),
https://github.com/pallets/quart/blob/00e077e36fc9c19227d320529467e51865f75335/src/quart/app.py (Quart.run),
https://github.com/aio-libs/aiohttp/blob/495e778360d1924da63e16dba0f0d76baf56a56a/aiohttp/web.py#L426 (run_app),
https://github.com/Pylons/waitress/blob/4a378915f6fef264c6aaf03f059bd992287ba8ba/src/waitress/adjustments.py (serve),
https://github.com/bottlepy/bottle/blob/2a743a302a71460bfe4c0b8b7cb99a306b0328c6/bottle.py#L3801 (run).
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from trueup.model.evidence import Evidence
from trueup.sourcecode._options import split_bind, with_target
from trueup.sourcecode.applications import constructor
from trueup.sourcecode.facts import CodeFacts, ProcessStart
from trueup.sourcecode.module import Site, SourceModule
from trueup.sourcecode.servers import servers
from trueup.sourcecode.start_command import StartCommand
from trueup.sourcecode.values import FromEnvironment, Known, Unclear, Value

_VARIABLE = re.compile(r"^\$(?:\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|([A-Za-z_]\w*))$")
_PORT = re.compile(r"[0-9]{1,5}\Z")
_CONVERSION = re.compile(r"%[sdi]")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
_GUNICORN_SETTINGS = ("bind", "worker_class", "workers", "threads", "timeout", "wsgi_app", "chdir")


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a program listens.

    `host` is None where the text does not tell. `port` is a number or a name such as `$PORT`, None where it is not
    known; `by_default` tells which of the two nothing in the project says.
    """

    server: str
    host: str | None
    port: str | None
    evidence: tuple[Evidence, ...]
    host_by_default: bool = False
    port_by_default: bool = False

    @property
    def is_loopback(self) -> bool:
        """Whether nothing outside of the container reaches it."""
        return self.host in _LOOPBACK

    @property
    def fixed_port(self) -> int | None:
        """The port, where it is a number whatever the platform gives."""
        return int(self.port) if self.port and _PORT.match(self.port) else None


def listening(facts: CodeFacts, start: ProcessStart, program: StartCommand) -> Listening | None:
    """Where a program listens; None for workers, unknown programs and whatever its text does not tell.

    Args:
        facts: the code, with the variables that the platform gives.
        start: the process that the program belongs to.
        program: the program.
    """
    if program.server == "python":
        return _from_code(facts, program)
    row = program.row
    if row is None or row.port is None or row.host is None or program.options & frozenset(row.socket_options):
        return None
    configured = with_gunicorn_file(facts, program) if program.server == "gunicorn" else program
    if configured is None:
        return None
    program = configured
    if program.server == "hypercorn" and program.configuration:
        return None
    given = dict(facts.variables_given) | dict(program.environment)
    evidence = (start.evidence,)
    host, port = program.host, program.port
    if program.server == "gunicorn" and host is None and port is None:
        return _gunicorn(start, given)
    if program.server == "streamlit" and _streamlit_is_configured(facts, start):
        return None
    host = host if host is not None else given.get(row.host_variable, row.host) if row.host_variable else host
    host_by_default = host is None or (program.host is None and row.host_variable not in given)
    host = host if host is not None else row.host
    if port is None and row.port_variable and not row.bind_options:
        port = f"${row.port_variable}" if row.port_variable == "PORT" else given.get(row.port_variable)
    return Listening(
        program.server,
        _expanded(host, given),
        _expanded(port, given) if port is not None else str(row.port),
        (*evidence, row.evidence(f"{program.server} listens on {row.host}:{row.port} unless told otherwise")),
        host_by_default,
        port is None,
    )


def _streamlit_is_configured(facts: CodeFacts, start: ProcessStart) -> bool:
    """Whether a configuration file of Streamlit is there, or a script of the service writes one when it starts."""
    if facts.tree.has(".streamlit/config.toml") or ".streamlit" in start.command.value:
        return True
    scripts = (file for path, file in facts.tree.files.items() if path.endswith(".sh"))
    return any(b".streamlit" in file.data for file in scripts)


def _gunicorn(start: ProcessStart, given: Mapping[str, str | None]) -> Listening | None:
    """Without a bind gunicorn takes the variable PORT, which platforms set; GUNICORN_CMD_ARGS may hold one."""
    arguments = given.get("GUNICORN_CMD_ARGS", "")
    if arguments is None or "bind" in arguments or re.search(r"(^|\s)-b", arguments):
        return None
    text = "without a bind gunicorn listens on 0.0.0.0 and the variable PORT, where that is set"
    evidence = servers()["gunicorn"].evidence(text)
    return Listening("gunicorn", "0.0.0.0", "$PORT", (start.evidence, evidence), True, True)  # noqa: S104


def _expanded(text: str | None, given: Mapping[str, str | None]) -> str | None:
    """A text with a known variable written out; `$PORT` stays, another unknown variable makes it None."""
    if text is None or "$" not in text:
        return text
    found = _VARIABLE.match(text)
    if found is None:
        return None
    name = found[1] or found[3]
    if name == "PORT":
        return "$PORT"
    value = given.get(name)
    return value if value is not None else None if name in given else found[2]


def with_gunicorn_file(facts: CodeFacts, program: StartCommand) -> StartCommand | None:
    """The command with what gunicorn's configuration file adds; None where that cannot be told.

    gunicorn reads ./gunicorn.conf.py where no other file is named; the command line outranks it
    (https://docs.gunicorn.org/en/stable/configure.html, read 2026-11-20).
    """
    name = (program.configuration or "gunicorn.conf.py").removeprefix("file:")
    path = posixpath.normpath(posixpath.join(program.folder, name))
    module = facts.code.module(path)
    if module is None or module.tree is None:
        return program if program.configuration is None and not facts.tree.has(path) else None
    values: dict[str, str] = {}
    for setting in _GUNICORN_SETTINGS:
        for value, site in module.assigned.get(setting, ()):
            if site.function is not None:
                continue
            text = _text_of(facts, module, value)
            if setting == "bind" and text in (None, "$PORT"):  # an address is more than a port
                return program if program.host is not None else None
            if text is not None:
                values[setting] = text
    host, port = program.host, program.port
    if host is None and "bind" in values:
        host, port = split_bind(values["bind"])
    made = replace(
        program,
        host=host,
        port=port,
        worker_class=program.worker_class or values.get("worker_class"),
        workers=program.workers or values.get("workers"),
        threads=program.threads or values.get("threads"),
        timeout=program.timeout or values.get("timeout"),
    )
    return with_target(made, values.get("wsgi_app")) if made.module is None else made


def _text_of(facts: CodeFacts, module: SourceModule, node: ast.expr) -> str | None:
    """A setting's text; the variable PORT stays `$PORT`."""
    if isinstance(node, ast.JoinedStr):
        parts = []
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            text = _text_of(facts, module, inner)
            if text is None:
                return None
            parts.append(text)
        return "".join(parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text_of(facts, module, node.left), _text_of(facts, module, node.right)
        return left + right if left is not None and right is not None else None
    if isinstance(node, ast.BinOp):
        return _formatted(facts, module, node)
    if isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) == 1:
        return _text_of(facts, module, node.elts[0])
    value = facts.evaluator.evaluate(module, node)
    if isinstance(value, Known):
        return None if value.value is None else str(value.value)
    return "$PORT" if isinstance(value, FromEnvironment) and value.name == "PORT" else None


def _formatted(facts: CodeFacts, module: SourceModule, node: ast.BinOp) -> str | None:
    """`"0.0.0.0:%s" % os.environ["PORT"]`; any other operator makes a text that is not told."""
    pattern = _text_of(facts, module, node.left) if isinstance(node.op, ast.Mod) else None
    values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    texts = [_text_of(facts, module, value) for value in values]
    if pattern is None or None in texts or _CONVERSION.sub("", pattern).count("%"):
        return None
    parts = _CONVERSION.split(pattern)
    if len(parts) != len(texts) + 1:
        return None
    return parts[0] + "".join(f"{text}{part}" for text, part in zip(texts, parts[1:], strict=True))


# -- servers that code starts

_RUNS = {
    "uvicorn.run": ("uvicorn", "127.0.0.1", "8000", 1, 2),
    "aiohttp.web.run_app": ("aiohttp", "0.0.0.0", "8080", -1, -1),  # noqa: S104 - its default
    "waitress.serve": ("waitress", "0.0.0.0", "8080", -1, -1),  # noqa: S104 - its default
}
_METHODS = {
    "Flask": ("run", "flask", "127.0.0.1", "5000", 0, 1),
    "Quart": ("run", "quart", "127.0.0.1", "5000", 0, 1),
    "Sanic": ("run", "sanic", "127.0.0.1", "8000", 0, 1),
    "Bottle": ("run", "bottle", "127.0.0.1", "8080", -1, -1),
}


def _from_code(facts: CodeFacts, program: StartCommand) -> Listening | None:
    """The one server that the entry file starts; None where there is none, or more than one."""
    found: list[Listening] = []
    for path in facts.entries(program):
        module = facts.code.module(path)
        if module is None or module.tree is None:
            continue
        for call, site in module.each(ast.Call):
            made = _started(facts, module, call, site)
            if made is not None:
                found.append(made)
    return found[0] if len(found) == 1 else None


def _started(facts: CodeFacts, module: SourceModule, call: ast.Call, site: Site) -> Listening | None:
    name = module.qualified(call.func)
    row: tuple[str, str, str, int, int] | None = _RUNS.get(name)
    if row is None and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        framework = _framework_of(facts, module, call.func.value.id)
        method = _METHODS.get(framework or "")
        row = method[1:] if method is not None and method[0] == call.func.attr else None
    if row is None or any(keyword.arg is None for keyword in call.keywords):
        return None
    names = {keyword.arg for keyword in call.keywords}
    if names & {"uds", "fd", "unix_socket", "path", "sock", "listen", "sockets", "server"}:
        return None
    server, host, port, host_at, port_at = row
    host_value = _argument(facts, module, call, site, "host", host_at)
    port_value = _argument(facts, module, call, site, "port", port_at)
    return Listening(
        server,
        host if host_value is None else _shown(host_value),
        port if port_value is None else _shown(port_value),
        (module.evidence(call),),
        host_value is None,
        port_value is None,
    )


def _argument(
    facts: CodeFacts, module: SourceModule, call: ast.Call, site: Site, name: str, position: int
) -> Value | None:
    node = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    if node is None and 0 <= position < len(call.args):
        node = call.args[position]
    value = facts.evaluator.evaluate(module, node, site) if node is not None else None
    return None if isinstance(value, Known) and value.value is None else value


def _shown(value: Value) -> str | None:
    if isinstance(value, Known):
        return str(value.value)
    if isinstance(value, FromEnvironment) and value.name == "PORT":
        return "$PORT"
    if isinstance(value, FromEnvironment) and not isinstance(value.default, (Unclear, type(None))):
        inner = value.default
        return str(inner.value) if isinstance(inner, Known) and inner.value is not None else None
    return None


def _framework_of(facts: CodeFacts, module: SourceModule, name: str) -> str | None:
    """The framework of the application that a name holds, here or where it is imported from."""
    for value, _ in module.assigned.get(name, ()):
        found = constructor(module, value)
        if found:
            return found[0]
        if isinstance(value, ast.Call):
            maker = module.qualified(value.func).rpartition(".")[2]
            return next((a.framework for a in facts.applications if a.is_factory and a.attribute == maker), None)
    target = module.aliases.get(name, "")
    return next(
        (a.framework for a in facts.applications if target and target.endswith(f"{a.module}.{a.attribute}")), None
    )
