"""Whole proofs of a project that installs from its own folder: what is proved, what is refuted, and why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.prove.conftest import SERVER, Prove, on_heroku
from trueup.model.proof import Proof, ProofVerdict, ServiceProof, StepName
from trueup.prove.tree import tree_hash
from trueup.reading import read_project
from trueup.reports import _proof, _proof_json
from trueup.reports._interface import Look

SECRET = "the-real-secret-4711"


def only(proof: Proof) -> ServiceProof:
    """The one service of a proof."""
    assert len(proof.services) == 1
    return proof.services[0]


def failing(proof: Proof) -> str:
    """Why the one service is refuted."""
    service = only(proof)
    assert service.verdict is ProofVerdict.REFUTED, (service.missing, service.reason)
    return service.reason


def test_a_service_that_works_is_proved(hello: Path, proof_of: Prove) -> None:
    """Installed, started, answered with the accepted status, ended at SIGTERM; the tree is as it was."""
    before = tree_hash(read_project(hello))
    proof = proof_of(hello)
    service = only(proof)
    assert service.verdict is ProofVerdict.PROVED, (service.reason, service.missing, service.failing_log)
    assert [step.name for step in service.steps] == [
        StepName.INSTALL,
        StepName.START,
        StepName.PROBE,
        StepName.STOP,
    ]
    assert service.probe is not None
    assert service.probe.status == 200
    assert service.probe.url.endswith("/health")
    assert service.installed["greeting"] == "1.0"
    assert service.steps[-1].exit_code == 0
    assert proof.tree == before == tree_hash(read_project(hello))
    assert not (hello / "__pycache__").exists()


def test_the_second_proof_takes_the_environment_from_the_cache(
    hello: Path, proof_of: Prove, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And notices when it was tampered with, or when its inputs changed."""
    monkeypatch.setenv("TRUEUP_CACHE_DIR", str(tmp_path / "own-cache"))
    proof_of(hello)
    warm = only(proof_of(hello))
    assert "from the cache" in warm.steps[0].note
    for module in Path(os.environ["TRUEUP_CACHE_DIR"]).glob("environments/*/environment/lib/*/*/greeting.py"):
        module.write_text("WORD = 'tampered'\n")
    again = only(proof_of(hello))
    assert "from the cache" not in again.steps[0].note
    assert again.verdict is ProofVerdict.PROVED
    with (hello / "requirements.txt").open("a") as stream:
        stream.write("# another text\n")
    assert "from the cache" not in only(proof_of(hello)).steps[0].note


def test_values_are_nowhere(hello: Path, proof_of: Prove) -> None:
    """The service prints its secret; no log, record or report holds it."""
    proof = proof_of(hello, given={"API_TOKEN": SECRET})
    assert only(proof).verdict is ProofVerdict.PROVED
    logs = list(Path(proof.folder).rglob("*.log"))
    assert any("secret is [API_TOKEN]" in log.read_text() for log in logs)
    kept = "".join(log.read_text() for log in logs)
    assert SECRET not in kept + _proof_json.render(proof) + _proof.render(proof, Look(detail=2))


def test_a_distribution_that_is_not_there_refutes(hello: Path, proof_of: Prove) -> None:
    """The cause is read from pip's log by the rules of diagnose."""
    (hello / "requirements.txt").write_text("--find-links wheels\ngreeting==2.0\n")
    proof = proof_of(hello)
    assert "install failed" in failing(proof)
    assert only(proof).causes[0].package == "greeting"
    assert "greeting" in _proof.render(proof, Look())


def test_a_crash_at_start_refutes_with_its_cause(hello: Path, proof_of: Prove) -> None:
    """An import that fails ends the process; the log's traceback names the module."""
    (hello / "server.py").write_text("import greetings_of_another_kind\n")
    proof = proof_of(hello)
    assert "ended before the health check" in failing(proof)
    assert only(proof).causes[0].rule == "missing-dependency"
    assert any("ModuleNotFoundError" in line for line in only(proof).failing_log)


def test_a_status_that_the_platform_refuses(hello: Path, proof_of: Prove) -> None:
    """404 is no health."""
    (hello / "server.py").write_text(SERVER.replace('"/health"', '"/healthz"'))
    assert "it answers 404" in failing(proof_of(hello, boot_seconds=1))


def test_only_loopback(hello: Path, proof_of: Prove) -> None:
    """A service that listens on 127.0.0.1 answers here, and the platform would not reach it."""
    if not Path("/proc/net/tcp").exists():
        pytest.skip("needs /proc/net/tcp")
    (hello / "server.py").write_text(SERVER.replace('"0.0.0.0"', '"127.0.0.1"'))
    assert "127.0.0.1" in failing(proof_of(hello))


@on_heroku
def test_a_port_of_its_own(hello: Path, proof_of: Prove) -> None:
    """Heroku looks at $PORT only; Render finds another open port."""
    if not Path("/proc/net/tcp").exists():
        pytest.skip("needs /proc/net/tcp")
    (hello / "server.py").write_text(SERVER.replace('int(os.environ["PORT"])', 'int(os.environ["PORT"]) + 20000'))
    assert only(proof_of(hello)).verdict is ProofVerdict.PROVED
    (hello / "render.yaml").unlink()
    (hello / "Procfile").write_text("web: python server.py\n")
    refuted = proof_of(hello, builders=("heroku-classic",), boot_seconds=2)
    assert "not on $PORT" in failing(refuted)


def test_too_much_memory(hello: Path, proof_of: Prove) -> None:
    """What exceeds the platform's memory is killed, and that is said."""
    (hello / "server.py").write_text("block = bytearray(400 * 1024 * 1024)\n" + SERVER)
    assert "more than 150 MiB" in failing(proof_of(hello, memory=150))


def test_a_worker_must_stay_alive_and_quiet(hello: Path, proof_of: Prove) -> None:
    """Processes without a port: one that ends, one that only complains, one that lives."""
    blueprint = (hello / "render.yaml").read_text().replace("type: web", "type: worker")
    (hello / "render.yaml").write_text(blueprint.replace("    healthCheckPath: /health\n", ""))
    (hello / "server.py").write_text("print('done')\n")
    assert "must stay running" in failing(proof_of(hello))
    (hello / "server.py").write_text(
        "import time, traceback\ntry: 1/0\nexcept Exception: traceback.print_exc()\ntime.sleep(60)\n"
    )
    assert "traceback" in failing(proof_of(hello))
    (hello / "server.py").write_text("import time\ntime.sleep(60)\n")
    assert only(proof_of(hello)).observations == ("worker: alive and quiet for 5 s",)


def test_an_interpreter_that_is_not_there_is_inconclusive(hello: Path, proof_of: Prove) -> None:
    """And the proof says how to get it."""
    proof = proof_of(hello, python="3.99")
    assert proof.verdict is ProofVerdict.INCONCLUSIVE
    assert "pyenv install 3.99" in " ".join(only(proof).missing)


def test_railpack_copies_only_what_it_copies(hello: Path, proof_of: Prove) -> None:
    """The include lies beside, and is not there when the install step runs."""
    (hello / "render.yaml").unlink()
    (hello / "more").mkdir()
    (hello / "more" / "requirements.txt").write_text("greeting==1.0\n")
    (hello / "requirements.txt").write_text("-r more/requirements.txt\n")
    (hello / "railway.json").write_text('{"deploy": {"startCommand": "python server.py"}}')
    proof = proof_of(hello, builders=("railpack",))
    assert "install failed" in failing(proof)
    assert only(proof).causes[0].rule == "requirements-file-missing"


@on_heroku
def test_a_release_command_that_fails_stops_the_rest(hello: Path, proof_of: Prove) -> None:
    """Nothing is started after it."""
    (hello / "render.yaml").unlink()
    (hello / "Procfile").write_text("release: python -c 'raise SystemExit(3)'\nweb: python server.py\n")
    proof = proof_of(hello, builders=("heroku-classic",))
    assert "release failed" in failing(proof)
    assert StepName.START not in {step.name for step in only(proof).steps}


def test_gitignored_files_are_not_there(hello: Path, proof_of: Prove) -> None:
    """A platform gets what is committed."""
    (hello / ".gitignore").write_text("local_settings.py\n")
    (hello / "local_settings.py").write_text("")
    (hello / "server.py").write_text("import local_settings\n" + SERVER)
    assert "ended before" in failing(proof_of(hello))


def test_services_with_the_same_install(hello: Path, proof_of: Prove) -> None:
    """It is done once: what works is shared, what fails is not tried again."""
    blueprint = (hello / "render.yaml").read_text()
    second = blueprint.removeprefix("services:\n").replace("name: hello", "name: hello-too")
    (hello / "render.yaml").write_text(blueprint + second)
    works = proof_of(hello)
    assert [service.verdict for service in works.services] == [ProofVerdict.PROVED, ProofVerdict.PROVED]
    assert "from the cache" in works.services[1].steps[0].note
    (hello / "requirements.txt").write_text("--find-links wheels\ngreeting==3.0\n")
    fails = proof_of(hello)
    assert [service.verdict for service in fails.services] == [ProofVerdict.REFUTED, ProofVerdict.REFUTED]
    assert "failed for hello" in fails.services[1].steps[0].note
    assert fails.services[1].causes[0].package == "greeting"


def test_an_install_that_writes_into_the_project_is_not_kept(hello: Path, proof_of: Prove) -> None:
    """Such an environment is not whole without what the install left beside the project's files."""
    blueprint = (hello / "render.yaml").read_text()
    install = "pip install -r requirements.txt"
    (hello / "render.yaml").write_text(blueprint.replace(install, f"{install} --log own.txt"))
    for _ in range(2):
        service = only(proof_of(hello))
        assert service.verdict is ProofVerdict.PROVED, (service.reason, service.missing)
        assert "from the cache" not in service.steps[0].note
