"""RabbitMQ. Protocol: https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, section 4.2.2 (read 2026-11-20)."""

from __future__ import annotations

import re
from pathlib import Path

from trueup.prove.backing._interface import Backing, Place, Server, exchange, programs

_FOLDERS = ("/usr/lib/rabbitmq/bin", "/usr/lib/rabbitmq/lib/*/sbin", "/opt/homebrew/opt/rabbitmq/sbin")
_VERSION = re.compile(rb"version(?:S....)(\d+\.\d+\.\d+)", re.DOTALL)


def _find() -> dict[str, Path] | None:
    for pattern in _FOLDERS:  # the distribution's own script insists on its own user
        for path in sorted(Path("/").glob(f"{pattern.lstrip('/')}/rabbitmq-server"), reverse=True):
            return {"server": path}
    found = programs("rabbitmq-server")
    return {"server": found["rabbitmq-server"]} if found else None


def _launch(place: Place, found: dict[str, Path]) -> Server:
    """A node of its own, with its own port mapper, on free ports of the loopback address."""
    place.own(place.folder)
    port, distribution, mapper = place.ports.take(), place.ports.take(), place.ports.take()
    environment = {
        "RABBITMQ_NODENAME": f"trueup-{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(place.folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(place.folder / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(place.folder / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(place.folder / "plugins"),
        "RABBITMQ_CONFIG_FILE": str(place.folder / "none"),
        "RABBITMQ_CONF_ENV_FILE": str(place.folder / "none.env"),
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    running = place.launch(str(found["server"]), environment=environment)
    return Server("rabbitmq", "local server", f"amqp://guest:guest@127.0.0.1:{port}//", None, running)


def _answers(host: str, port: int) -> str | None:
    """The protocol header; the server answers with Connection.Start, which names its version."""
    answer = exchange(host, port, b"AMQP\x00\x00\x09\x01")
    if answer[:1] != b"\x01":
        return None
    match = _VERSION.search(answer)
    return match[1].decode() if match else ""


BACKING = Backing(
    id="rabbitmq",
    title="RabbitMQ",
    schemes=("amqp", "amqps"),
    drivers=frozenset({"pika", "aio-pika", "kombu", "amqp", "aioamqp"}),
    names=re.compile(r"AMQP|RABBIT"),
    image="rabbitmq:4",
    port=5672,
    container_url="amqp://guest:guest@{host}:{port}//",
    find=_find,
    launch=_launch,
    answers=_answers,
    install="install RabbitMQ (Debian: rabbitmq-server; macOS: brew install rabbitmq)",
)
