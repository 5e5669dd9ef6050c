"""MongoDB. Protocol: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ (read 2026-11-20)."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from trueup.prove.backing._interface import Backing, Place, Server, exchange, programs


def _find() -> dict[str, Path] | None:
    return programs("mongod", folders=("/opt/homebrew/bin", "/usr/local/opt/mongodb-community*/bin"))


def _launch(place: Place, found: dict[str, Path]) -> Server:
    """A server with an empty folder on a free port of the loopback address."""
    data = place.folder / "data"
    data.mkdir()
    place.own(place.folder)
    port = place.ports.take()
    options = ("--bind_ip", "127.0.0.1", "--nounixsocket", "--wiredTigerCacheSizeGB", "0.25")
    running = place.launch(str(found["mongod"]), "--dbpath", str(data), "--port", str(port), *options)
    return Server("mongodb", "local server", f"mongodb://127.0.0.1:{port}/proof", None, running)


def _answers(host: str, port: int) -> str | None:
    """The command `{hello: 1, $db: "admin"}` as an OP_MSG; any OP_MSG is an answer."""
    document = b"\x10hello\0" + struct.pack("<i", 1) + b"\x02$db\0" + struct.pack("<i", 6) + b"admin\0" + b"\0"
    section = b"\0" + struct.pack("<i", len(document) + 4) + document
    body = struct.pack("<I", 0) + section
    answer = exchange(host, port, struct.pack("<iiii", len(body) + 16, 1, 0, 2013) + body)
    return "" if len(answer) > 16 and struct.unpack("<i", answer[12:16])[0] == 2013 else None


BACKING = Backing(
    id="mongodb",
    title="MongoDB",
    schemes=("mongodb", "mongodb+srv"),
    drivers=frozenset({"pymongo", "motor", "mongoengine", "beanie", "odmantic"}),
    names=re.compile(r"MONGO"),
    image="mongo:7",
    port=27017,
    container_url="mongodb://{host}:{port}/proof",
    find=_find,
    launch=_launch,
    answers=_answers,
    install="install mongod (mongodb.com/docs/manual/installation) or a container engine",
)
