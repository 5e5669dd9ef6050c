"""Where the server of a start command listens on Render, as far as the command itself says it.

Sources: Render's port rules and GUNICORN_CMD_ARGS (platforms/data/render_native.toml); the defaults of each server by
its own reference: https://www.uvicorn.org/settings, https://hypercorn.readthedocs.io/en/latest/how_to_guides/binds.html,
https://flask.palletsprojects.com/en/stable/cli, https://github.com/django/daphne, https://docs.pylonsproject.org/projects/waitress,
https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver (read 2026-11-20).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from trueup.platforms import _data
from trueup.platforms._render_commands import simple_commands

_PORT_VARIABLE = re.compile(r"\$\{PORT(?::-[^}]*)?\}|\$PORT\b")
_SERVERS: dict[str, tuple[str, int]] = {
    "uvicorn": ("127.0.0.1", 8000),
    "hypercorn": ("127.0.0.1", 8000),
    "daphne": ("127.0.0.1", 8000),
    "granian": ("127.0.0.1", 8000),
    "flask": ("127.0.0.1", 5000),
    "waitress-serve": ("0.0.0.0", 8080),  # noqa: S104 - what the server does by default
    "runserver": ("127.0.0.1", 8000),
    "streamlit": ("0.0.0.0", 8501),  # noqa: S104 - what the server does by default
}
_HOSTS = ("--host", "-h", "--server.address")
_PORTS = ("--port", "-p", "--server.port")
_BINDS = ("--bind", "-b", "--listen")


@dataclass(frozen=True, slots=True)
class Listening:
    """The address that a start command binds: `binds` as host:port, and whether Render finds it from outside."""

    server: str
    binds: str
    reachable: bool


def port_of(variables: Mapping[str, str | None]) -> int | None:
    """The value of PORT: Render's default unless the service sets its own; None where that is not a number."""
    text = variables.get("PORT", str(_data.load("render_native")["port"]["default"]))
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def listening(command: str, variables: Mapping[str, str | None]) -> Listening | None:
    """Where a start command listens; None where the command does not say it (a script, an unknown server).

    Args:
        command: the start command.
        variables: the service's own variables; a PORT of its own and a GUNICORN_CMD_ARGS of its own count.
    """
    try:
        commands = [words for words in simple_commands(command) if _server(words)]
    except ValueError:
        return None
    if not commands:
        return None
    words = commands[-1]
    server = _server(words) or ""
    port = port_of(variables)
    arguments = [_PORT_VARIABLE.sub(str(port), word) for word in words]
    binds = _gunicorn(arguments, variables, port) if server == "gunicorn" else _other(server, arguments)
    if binds is None:
        return None
    host = binds.rsplit(":", 1)[0].strip("[]")
    return Listening(server, binds, host not in ("127.0.0.1", "localhost", "::1"))


def _server(words: list[str]) -> str | None:
    names = [word.rsplit("/", 1)[-1] for word in words]
    if "gunicorn" in names[:5]:
        return "gunicorn"
    if "runserver" in names:
        return "runserver"
    return next((name for name in names[:5] if name in _SERVERS), None)


def _option(arguments: list[str], names: tuple[str, ...]) -> str | None:
    for index, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else (arguments[index + 1] if index + 1 < len(arguments) else None)
        if len(word) > 2 and word[:2] in names and not word.startswith("--"):
            return word[2:]
    return None


def _gunicorn(arguments: list[str], variables: Mapping[str, str | None], port: int | None) -> str | None:
    given = _option(arguments, ("--bind", "-b"))
    if given is not None:
        return given if ":" in given else f"{given}:8000"
    if "GUNICORN_CMD_ARGS" not in variables:
        row: dict[str, str] = _data.load("render_native")["port"]["gunicorn"]
        return row["bind"]
    own = _option((variables["GUNICORN_CMD_ARGS"] or "").split(), ("--bind", "-b"))
    # Without any bind gunicorn takes the variable PORT, which Render always sets.
    return _PORT_VARIABLE.sub(str(port), own) if own else f"0.0.0.0:{port}"


def _other(server: str, arguments: list[str]) -> str | None:
    host, port = _SERVERS[server]
    if server == "runserver":
        place = next((word for word in arguments[arguments.index("runserver") + 1 :] if not word.startswith("-")), "")
        if ":" in place:
            return place.replace("0:", "0.0.0.0:", 1) if place.startswith("0:") else place
        return f"{host}:{place or port}"
    bind = _option(arguments, _BINDS) if server in ("hypercorn", "waitress-serve") else None
    if bind:
        return bind.replace("*:", "0.0.0.0:") if ":" in bind else f"{bind}:{port}"
    hosts = (*_HOSTS, "-b", "--bind") if server == "daphne" else _HOSTS
    return f"{_option(arguments, hosts) or host}:{_option(arguments, _PORTS) or port}"
