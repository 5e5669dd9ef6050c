"""Services that behave badly, and machines that lack something: what is said, and that nothing is left."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.prove.conftest import OWN_PYTHON, SERVER, Prove
from tests.prove.test_isolation import NEVER_HEALTHY, arguments
from tests.prove.test_proving import failing, only
from tests.prove.test_running import LINUX, gone, wait_for_text
from trueup.model.proof import ProofVerdict, StepName
from trueup.prove import interpreters, record, running, tree
from trueup.prove.obtaining import kinds
from trueup.prove.running import Redactor, folded, tail
from trueup.reading import read_project


def test_an_answer_of_500(hello: Path, proof_of: Prove) -> None:
    """The process has started, the probe has not: the note stands once, and the log is not all about being asked."""
    (hello / "server.py").write_text(SERVER.replace("200 if", "500 if"))
    proof = proof_of(hello, boot_seconds=2)
    assert failing(proof) == "probe failed: it answers 500, and the platform accepts 200 to 399"
    assert [step.ok for step in only(proof).steps if step.name is StepName.START] == [True]
    assert "more lines like it" in only(proof).failing_log[-1]


def test_no_answer_at_all(hello: Path, proof_of: Prove) -> None:
    """A server that takes the connection and says nothing is given up after the time of the check."""
    silent = "        __import__('time').sleep(600)\n        self.send_response"
    (hello / "server.py").write_text(SERVER.replace("        self.send_response", silent))
    began = time.monotonic()
    assert "no answer within 5 s" in failing(proof_of(hello, boot_seconds=1))
    assert time.monotonic() - began < 60


def test_one_that_ignores_the_end(hello: Path, proof_of: Prove, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is killed after the platform's drain time, and the text says so without being asked."""
    monkeypatch.setattr("trueup.prove.booting.LONGEST_DRAIN", 2)
    (hello / "server.py").write_text(SERVER.replace("lambda *_: sys.exit(0)", "signal.SIG_IGN"))
    service = only(proof_of(hello))
    assert service.verdict is ProofVerdict.PROVED
    assert (service.steps[-1].name, service.steps[-1].exit_code) == (StepName.STOP, -signal.SIGKILL)
    assert "was killed; the platform allows 30 s" in service.steps[-1].note


def test_one_that_writes_into_the_project(hello: Path, proof_of: Prove) -> None:
    """By an absolute path it can, outside of the sandbox; then nobody can say what was proved."""
    written = hello / "written.txt"
    (hello / "server.py").write_text(f"open({str(written)!r}, 'w').write('x')\n{SERVER}")
    service = only(proof_of(hello))
    assert service.verdict is ProofVerdict.INCONCLUSIVE
    assert "written.txt" in service.missing[0]
    assert only(proof_of(hello)).verdict is ProofVerdict.PROVED, "it is there now and does not change"


def test_links_do_not_lead_back_into_the_project(tmp_path: Path) -> None:
    """One with an absolute path would let the copy's service write into the original."""
    folder, copy = tmp_path / "project", tmp_path / "copy"
    (folder / "data").mkdir(parents=True)
    copy.mkdir()
    (folder / "data" / "file").write_text("x")
    (folder / "back").symlink_to(folder / "data" / "file")
    (folder / "beside").symlink_to("data/file")
    project = read_project(folder)
    tree.copy_files(project, tree.committed_paths(project), copy)
    assert not (copy / "back").is_symlink()
    assert (copy / "beside").resolve() == copy / "data" / "file"


def test_a_set_port_gives_way(hello: Path, proof_of: Prove) -> None:
    """Two proofs, or whatever listens on it here, would clash on it."""
    with (hello / "render.yaml").open("a") as stream:
        stream.write('      - key: PORT\n        value: "10000"\n')
    for given in ({}, {"PORT": "10001"}):
        service = only(proof_of(hello, given=given))
        assert service.verdict is ProofVerdict.PROVED, service.reason
        assert service.probe is not None
        assert not service.probe.url.endswith((":10000/health", ":10001/health"))
        assert any("PORT is a free port" in each for each in service.differs)


def two_services(hello: Path, *builds: str) -> None:
    """A blueprint of services with the same install and each its own build command."""
    text = "services:\n"
    for number, build in enumerate(builds):
        text += f"  - type: web\n    name: number-{number}\n    runtime: python\n    plan: starter\n"
        text += f"    buildCommand: pip install -r requirements.txt && {build}\n"
        text += "    startCommand: python server.py\n    healthCheckPath: /health\n"
    (hello / "render.yaml").write_text(text)


WRITES = "import greeting\nwith open(greeting.__file__, 'a') as stream:\n    stream.write(chr(10))\n"


def test_a_build_that_writes_into_a_shared_environment(hello: Path) -> None:
    """The next service with the same install gets an environment of its own, and does not wait for ever."""
    (hello / "touch.py").write_text(WRITES)
    two_services(hello, "python touch.py", "python touch.py")
    words = [*arguments(hello), "--format", "json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_build_that_fails_for_one_service(hello: Path, proof_of: Prove) -> None:
    """Says nothing about another one that only installs the same."""
    two_services(hello, "python -c 'raise SystemExit(3)'", "python -c pass")
    proof = proof_of(hello)
    assert [service.verdict for service in proof.services] == [ProofVerdict.REFUTED, ProofVerdict.PROVED]
    assert proof.services[0].reason == "build failed: it ended with 3"


@LINUX
def test_sigterm_tidies_up(hello: Path, tmp_path: Path) -> None:
    """A cancelled job ends like Ctrl-C: no copy stays, the exit code is the signal's."""
    (hello / "server.py").write_text(NEVER_HEALTHY)
    pids = tmp_path / "pids"
    proofs = Path(os.environ["TRUEUP_CACHE_DIR"]) / "proofs"
    known = set(proofs.glob("*"))
    words = arguments(hello, "-e", f"PID_FILE={pids}")
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as child:
        service = int(wait_for_text(pids, 60))
        child.send_signal(signal.SIGTERM)
        _, said = child.communicate(timeout=30)
    assert child.returncode == 128 + signal.SIGTERM
    assert "Traceback" not in said
    assert gone(service)
    assert set(proofs.glob("*")) <= known


SERVES = """
import sys, time
from contextlib import ExitStack
from pathlib import Path
from tests.prove.test_backing import place
from trueup.prove.obtaining import kinds, obtain
with ExitStack() as stack:
    where = place(stack, sys.argv[1], Path(sys.argv[2]))
    server = obtain(kinds()[sys.argv[1]], where, stack).server
    print(where.folder, server.running.process, flush=True)
    time.sleep(600)
"""


@LINUX
@pytest.mark.parametrize("kind", ["postgresql", "redis"])
def test_a_killed_proof_leaves_no_server_and_no_scratch(kind: str, root: Path, tmp_path: Path) -> None:
    """The supervisor removes what trueup cannot remove any more."""
    if kinds()[kind].find() is None:
        pytest.skip(f"no server of {kind} is on this machine")
    words = [sys.executable, "-c", SERVES, kind, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        folder, process = child.stdout.readline().split()
        assert Path(folder).exists()
        child.kill()
    assert gone(int(process))
    deadline = time.monotonic() + 10
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(folder).exists()


def test_a_cache_that_cannot_be_written(hello: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is told in words, with what to do."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRUEUP_CACHE_DIR", str(tmp_path / "file"))
    done = subprocess.run(arguments(hello), capture_output=True, text=True, check=False)
    assert done.returncode == 6, done.stderr
    assert "Traceback" not in done.stderr
    assert "TRUEUP_CACHE_DIR" in done.stderr


def test_a_missing_server_does_not_excuse_a_missing_module(
    hello: Path, proof_of: Prove, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ends the process whatever stands behind it refutes; a refused connection does not."""
    monkeypatch.setattr("trueup.prove.backing.mongodb._find", lambda: None)
    monkeypatch.setattr("trueup.prove.obtaining.container_engine", lambda: None)
    if any(kinds()["mongodb"].find() or ()):
        pytest.skip("this machine has MongoDB's server")
    needs = "import os\nMONGODB_URL = os.environ['MONGODB_URL']\n"
    (hello / "server.py").write_text(f"{needs}import nowhere_to_be_found\n")
    assert only(proof_of(hello)).verdict is ProofVerdict.REFUTED
    refused = "raise ConnectionRefusedError(111, 'Connection refused')\n"
    (hello / "server.py").write_text(f"{needs}{refused}")
    service = only(proof_of(hello))
    assert service.verdict is ProofVerdict.INCONCLUSIVE
    assert "install mongod" in service.missing[0]


UV = """#!/bin/sh
echo 'Downloading https://index.example/python.tar.gz' >&2
echo 'error: Failed to install' >&2
echo '  cause: the network is unreachable' >&2
exit 1
"""


def test_uv_that_cannot_fetch_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The innermost reason, and no address."""
    uv = tmp_path / "uv"
    uv.write_text(UV)
    uv.chmod(0o755)
    monkeypatch.setattr(interpreters, "find_uv", lambda: str(uv))
    found, reason = interpreters.fetch_interpreter("3.99.1", tmp_path)
    assert found is None
    assert reason == "uv could not fetch it (the network is unreachable)"


def test_a_fetched_python_is_found_again(tmp_path: Path) -> None:
    """In the cache, also when fetching is off."""
    folder = tmp_path / interpreters.FETCHED / f"cpython-{OWN_PYTHON}.99-linux" / "bin"
    folder.mkdir(parents=True)
    own = interpreters.find_interpreter(OWN_PYTHON)
    assert own is not None
    script = folder / f"python{OWN_PYTHON}"
    script.write_text(f'#!/bin/sh\nexec "{own.executable}" "$@"\n')
    script.chmod(0o755)
    places = [how for path, how in interpreters._places(OWN_PYTHON, tmp_path) if path == script]
    assert places == ["fetched by uv"]


def test_an_interpreter_of_another_version_is_told(hello: Path, proof_of: Prove, tmp_path: Path) -> None:
    """What was given and could not be used is named."""
    own = interpreters.find_interpreter(OWN_PYTHON)
    assert own is not None
    given = (str(own.executable), str(tmp_path / "nothing"))
    missing = only(proof_of(hello, python="3.99", interpreters=given)).missing[0]
    assert f"--interpreter {own.executable} is CPython {own.version}" in missing
    assert "nothing is no CPython with ensurepip that runs here" in missing


@LINUX
def test_a_killed_proof_is_tidied_up_by_the_next(hello: Path, tmp_path: Path) -> None:
    """What it could not remove, and no supervisor either; a proof that runs is left alone."""
    cache = tmp_path / "cache"
    project = read_project(hello)
    folders = [record.new_folder(cache, project) for _ in range(2)]
    for folder in folders:
        (folder / "web" / "app").mkdir(parents=True)
        (folder / "web" / "logs").mkdir()
    (folders[0] / record.MARK).write_text("")
    with record.hold(folders[1]):
        record.new_folder(cache, project)
        assert [(folder / "web" / "app").exists() for folder in folders] == [False, True]
        assert (folders[0] / "web" / "logs").exists()
    assert not (folders[1] / record.MARK).exists()


@pytest.mark.parametrize("before", [1, 9, 26])
def test_a_value_that_is_cut_by_a_giant_line(tmp_path: Path, before: int) -> None:
    """No half of it gets into the log, wherever the line is cut."""
    secret = "a-value-of-the-service-0815"
    line = b"x" * (2 * running.LONGEST_LINE - before) + secret.encode() + b"y" * 100_000 + b"\n"
    running._copy(io.BytesIO(line), (tmp_path / "log").open("wb"), Redactor({"KEY": secret}))
    log = (tmp_path / "log").read_text()
    assert log.count("[KEY]") == 1
    assert secret[:5] not in log
    assert secret[-5:] not in log


def test_decoded_passwords_are_struck_out() -> None:
    """Drivers print them as they send them."""
    redactor = Redactor({"DATABASE_URL": "postgresql://me:p%40ss%2Fword@h/d"})
    assert redactor.clean_text("password p@ss/word or p%40ss%2Fword") == "password [DATABASE_URL] or [DATABASE_URL]"


def test_repeated_lines_are_folded(tmp_path: Path) -> None:
    """Lines that differ in numbers alone; two stay two."""
    (tmp_path / "log").write_text("a 1\nGET 1\nGET 2\nGET 33\nb\nb\n")
    assert folded(tail(tmp_path / "log")) == ("a 1", "GET 1", "… 2 more lines like it", "b", "b")
