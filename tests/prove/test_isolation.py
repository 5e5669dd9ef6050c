"""What a proof leaves behind: nothing that runs, nothing outside its scratch folder and its cache."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.prove.conftest import SERVER, Prove
from tests.prove.test_running import gone, wait_for_text
from trueup.model.proof import ProofVerdict
from trueup.prove.machine import bubblewrap
from trueup.prove.tree import tree_hash
from trueup.reading import read_project

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux: prctl and /proc")
NEVER_HEALTHY = SERVER.replace('"/health"', '"/nowhere"')


def arguments(folder: Path, *words: str) -> list[str]:
    given = ("--offline", "--yes", "--quiet", "-e", "API_TOKEN=of-a-test-0815", *words)
    return [sys.executable, "-m", "trueup", "prove", str(folder), *given]


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@LINUX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_ended_from_outside(hello: Path, tmp_path: Path, number: signal.Signals) -> None:
    """Killed or interrupted while it probes: the service is gone, the project as it was; an interrupt tidies up too."""
    (hello / "server.py").write_text(NEVER_HEALTHY)
    before, pids = tree_hash(read_project(hello)), tmp_path / "pids"
    known = set((Path(os.environ["TRUEUP_CACHE_DIR"]) / "proofs").glob("*"))
    words = arguments(hello, "-e", f"PID_FILE={pids}")
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        service = int(wait_for_text(pids, 60))
        running.send_signal(number)
        assert running.wait(30) == (130 if number is signal.SIGINT else -signal.SIGKILL)
    assert gone(service)
    assert tree_hash(read_project(hello)) == before
    if number is signal.SIGINT:
        left = {path.parent.parent for path in (Path(os.environ["TRUEUP_CACHE_DIR"]) / "proofs").glob("*/*/app")}
        assert left <= known


def test_nothing_else_is_written(hello: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the home directory, nor the folder for temporary files, nor the project, nor the current folder."""
    places = {name: tmp_path / name for name in ("home", "temporary", "current")}
    for path in places.values():
        path.mkdir()
    monkeypatch.setenv("HOME", str(places["home"]))
    monkeypatch.setenv("TMPDIR", str(places["temporary"]))
    before = files_of(hello)
    done = subprocess.run(arguments(hello), cwd=places["current"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name: files_of(path) for name, path in places.items()} == {name: set() for name in places}
    assert files_of(hello) == before


def test_two_proofs_at_once(hello: Path) -> None:
    """They share the cache and take different ports."""
    words = arguments(hello, "--format", "json")
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    records = [json.loads(each.communicate()[0]) for each in both]
    assert [record["verdict"] for record in records] == ["proved", "proved"]
    assert len({record["services"][0]["probe"]["url"] for record in records}) == 2


def test_it_asks_first(hello: Path) -> None:
    """Without --yes and without a person nothing runs."""
    words = [word for word in arguments(hello) if word != "--yes"]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--yes" in done.stderr


def test_a_record_belongs_to_its_tree(hello: Path, tmp_path: Path) -> None:
    """--verify recognises the tree, and another one; a record beside the sources is no part of them."""
    for record in (tmp_path / "proof.json", hello / "proof.json", hello / "proof.json"):
        done = subprocess.run(arguments(hello, "--format", "json", "-o", str(record)), check=False)
        assert done.returncode == 0
        verify = [sys.executable, "-m", "trueup", "prove", str(hello), "--verify", str(record)]
        assert subprocess.run(verify, capture_output=True, check=False).returncode == 0
    with record.open("w") as stream:
        assert subprocess.run(arguments(hello, "--format", "json"), stdout=stream, check=False).returncode == 0
    verify = [sys.executable, "-m", "trueup", "prove", str(hello), "--verify", str(record)]
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0
    with (hello / "server.py").open("a") as stream:
        stream.write("\n")
    changed = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert changed.returncode == 13
    assert "other files" in changed.stdout


NOSY = """
import os, socket, sys
seen = os.path.exists(os.environ["LOOK_AT"])
try:
    socket.create_connection(("127.0.0.1", int(os.environ["CALL"])), timeout=2)
    called = True
except OSError:
    called = False
watched = os.path.exists(f"/proc/{os.environ['WATCH']}")
print(f"nosy: seen={seen} called={called} watched={watched}", flush=True)
"""


@pytest.mark.skipif(bubblewrap() is None, reason="bubblewrap is not there or does not work")
def test_sandbox(hello: Path, proof_of: Prove, tmp_path: Path) -> None:
    """In the sandbox the service sees no folders of the user, no other processes, no network, and is still probed."""
    (hello / "server.py").write_text(NOSY + SERVER)
    mine = tmp_path / "private"
    mine.write_text("")
    if not str(tmp_path).startswith(("/tmp", "/home", "/root")):
        pytest.skip("temporary files lie where the sandbox hides nothing")
    with socket.create_server(("127.0.0.1", 0)) as server:
        given = {"LOOK_AT": str(mine), "CALL": str(server.getsockname()[1]), "API_TOKEN": "of-a-test-0815"}
        given["WATCH"] = str(os.getpid())
        both = ((False, "seen=True called=True watched=True"), (True, "seen=False called=False watched=False"))
        for sandbox, said in both:
            proof = proof_of(hello, given=given, sandbox=sandbox)
            service = proof.services[0]
            assert service.verdict is ProofVerdict.PROVED, (service.reason, service.failing_log)
            logs = "".join(path.read_text() for path in Path(proof.folder).rglob("start-*.log"))
            assert f"nosy: {said}" in logs
