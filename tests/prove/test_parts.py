"""The parts of a proof that need nothing to run: values, needs, places, verdicts, trees, environments, ports."""

from __future__ import annotations

import base64
import json
import re
import socket
from pathlib import Path

import pytest

from trueup.errors import UsageError
from trueup.model.evidence import Evidence, Fact
from trueup.model.finding import Verdict
from trueup.model.project import Project
from trueup.model.proof import ProofStep, ProofVerdict, StepName
from trueup.model.service import Service, Variable
from trueup.prove import environments, ports, tree, values
from trueup.prove.interpreters import find_interpreter
from trueup.prove.layout import Places
from trueup.prove.machine import NOT_PASSED, index_settings, secrets_of
from trueup.prove.needs import Needs, kind_of_url, needs_of
from trueup.prove.obtaining import kinds
from trueup.prove.record import verify
from trueup.prove.verdict import disagreement, verdict_of_all, verdict_of_service
from trueup.reading import read_project
from trueup.sourcecode.facts import code_facts

OK = ProofStep(StepName.INSTALL, "pip", 0, 1.0)
FAILED = ProofStep(StepName.START, "run", 1, 1.0, ok=False)


@pytest.mark.parametrize(
    ("steps", "missing", "verdict"),
    [
        ([OK], [], ProofVerdict.PROVED),
        ([OK, FAILED], [], ProofVerdict.REFUTED),
        ([OK, FAILED], ["PostgreSQL"], ProofVerdict.INCONCLUSIVE),
        ([], ["CPython"], ProofVerdict.INCONCLUSIVE),
    ],
)
def test_verdict(steps: list[ProofStep], missing: list[str], verdict: ProofVerdict) -> None:
    """What was missing weighs more than what failed for lack of it."""
    assert verdict_of_service(steps, missing, "") is verdict


def test_verdict_of_all() -> None:
    """The worst decides; nothing proves nothing."""
    proved, refuted, open_ = ProofVerdict.PROVED, ProofVerdict.REFUTED, ProofVerdict.INCONCLUSIVE
    assert verdict_of_all([proved, open_, refuted]) is refuted
    assert verdict_of_all([proved, open_]) is open_
    assert verdict_of_all([proved]) is proved
    assert verdict_of_all([]) is open_


def test_disagreement() -> None:
    """Both directions, and another culprit than the one that was predicted."""
    assert disagreement(Verdict.WILL_FAIL, ProofVerdict.PROVED, ["a"], [])
    assert disagreement(Verdict.NO_FAILURE_FOUND, ProofVerdict.REFUTED, [], [])
    assert "b" in disagreement(Verdict.WILL_FAIL, ProofVerdict.REFUTED, ["a"], ["b"])
    assert not disagreement(Verdict.WILL_FAIL, ProofVerdict.REFUTED, ["a", "b"], ["b"])
    assert not disagreement(Verdict.NO_FAILURE_FOUND, ProofVerdict.PROVED, [], [])
    assert not disagreement(Verdict.WILL_FAIL, ProofVerdict.INCONCLUSIVE, ["a"], [])


def test_values_have_the_form_that_is_demanded() -> None:
    """Lengths, encodings and the shapes that libraries check."""
    assert len(base64.b64decode(values.plausible("KEY", "secret", ["32 bytes", "base64"]), validate=True)) == 32
    fernet = values.plausible("KEY", "secret", ["32 bytes, base64, URL-safe (a Fernet key)"])
    assert len(base64.urlsafe_b64decode(fernet)) == 32
    assert len(bytes.fromhex(values.plausible("KEY", "secret", ["hexadecimal", "16 bytes"]))) == 16
    assert len(values.plausible("SECRET", "secret", ["at least 64 characters"])) == 64
    assert len(values.plausible("SECRET", "secret", ["at most 8 characters"])) == 8
    assert re.fullmatch(r"\d{9,10}:\w{35}", values.plausible("TELEGRAM_BOT_TOKEN", "secret", []))
    assert values.plausible("SITE_URL", "url", []).startswith("https://")
    assert values.plausible("A", "secret", []) != values.plausible("A", "secret", [])


def test_env_files() -> None:
    """Comments, export, quotes; a line that is none of these is named by its number."""
    text = "# c\nexport A=1\nB='two words'  \n\nC=x # note\nD=\"a#b\"\n"
    assert values.read_env_file(text) == {"A": "1", "B": "two words", "C": "x", "D": "a#b"}
    with pytest.raises(ValueError, match="line 2"):
        values.read_env_file("A=1\nnonsense\n")


SETTINGS = """
import os
DATABASE_URL = os.environ["DATABASE_URL"]
CACHE = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
LOCAL = os.environ.get("STATS_DATABASE_URL", "sqlite:///stats.db")
TOKEN = os.environ["API_TOKEN"]
LEVEL = os.environ.get("LOG_LEVEL", "info")
"""


def needs(text: str, given: dict[str, str] | None = None, **options: frozenset[str]) -> Needs:
    project = Project.from_texts({"main.py": text})
    facts = code_facts(project, start="python main.py")
    evidence = (Evidence.given("test"),)
    service = Service("web", "web", Fact("", evidence), evidence, variables=(Variable("FROM_FILE", None, evidence[0]),))
    return needs_of(service, facts, {"asyncpg", "redis"}, given or {}, kinds(), **options)


def test_needs_of_the_code() -> None:
    """Required URLs and those that point to this machine want servers; SQLite and given ones do not."""
    found = needs(SETTINGS)
    assert found.backing == {"postgresql": ("DATABASE_URL",), "redis": ("REDIS_URL",)}
    assert set(found.values) == {"API_TOKEN", "FROM_FILE"}
    given = needs(SETTINGS, {"DATABASE_URL": "postgresql+asyncpg://h/d", "API_TOKEN": "x"})
    assert given.backing == {"redis": ("REDIS_URL",)}
    assert given.given_kinds == {"postgresql": ("DATABASE_URL",)}
    assert "redis" not in needs(SETTINGS, unwanted=frozenset({"redis"})).backing


def test_kinds_by_url() -> None:
    """By the scheme, with or without a driver."""
    known = kinds()
    assert kind_of_url("postgresql+asyncpg://u@h/d", known) == "postgresql"
    assert kind_of_url("mongodb+srv://h", known) == "mongodb"
    assert kind_of_url("amqp://h", known) == "rabbitmq"
    assert kind_of_url("sqlite:///x", known) is None
    assert kind_of_url("http://[bad", known) is None


def test_places_are_rewritten_as_whole_paths() -> None:
    """The longest place wins; what only begins alike stays."""
    places = Places({"/app": Path("/s/app"), "/app/.venv": Path("/c/env")})
    assert places.here("python -m venv /app/.venv") == "python -m venv /c/env"
    assert places.here("cd /app && PATH=/app/.venv/bin:/application") == "cd /s/app && PATH=/c/env/bin:/application"
    assert places.here("/srv/app /app2") == "/srv/app /app2"
    assert places.there("/c/env/bin/python in /s/app") == "/app/.venv/bin/python in /app"


def test_index_settings_pass_what_is_needed_and_nothing_else(tmp_path: Path) -> None:
    """And passwords in them are known."""
    given = {
        "PIP_INDEX_URL": "https://me:pa55word@index.example/simple",
        "AWS_SECRET_ACCESS_KEY": "x",
        "PIP_TARGET": "/x",
    }
    found = index_settings(given, tmp_path, "railpack")
    assert found["PIP_INDEX_URL"] == given["PIP_INDEX_URL"]
    assert "AWS_SECRET_ACCESS_KEY" not in found
    assert not NOT_PASSED & set(found)
    assert secrets_of(found) == {"PIP_INDEX_URL": "pa55word"}


def test_the_tree_is_what_is_committed(tmp_path: Path) -> None:
    """Ignored files do not count; bytes, names and the executable bit do. Links out of the project are not followed."""
    folder = tmp_path / "project"
    (folder / "sub").mkdir(parents=True)
    (folder / "main.py").write_text("a")
    (folder / "sub" / "data.bin").write_bytes(b"\0\1")
    (folder / ".gitignore").write_text("secret.env\n")
    first = tree.tree_hash(read_project(folder))
    (folder / "secret.env").write_text("x")
    assert tree.tree_hash(read_project(folder)) == first
    (folder / "main.py").chmod(0o755)
    executable = tree.tree_hash(read_project(folder))
    assert executable != first
    (folder / "main.py").write_text("b")
    assert tree.tree_hash(read_project(folder)) not in (first, executable)
    (folder / "out").symlink_to(tmp_path / "elsewhere")
    project = read_project(folder)
    target = tmp_path / "copy"
    target.mkdir()
    tree.copy_files(project, tree.committed_paths(project), target)
    assert tree.listing(target) == {"main.py", "sub/data.bin", ".gitignore"}
    assert tree.visible_paths(project, ("sub",)) == ("sub/data.bin",)


def test_environments_are_noticed_when_changed(tmp_path: Path) -> None:
    """A slot is usable only as it was completed."""
    with environments.slot(tmp_path, environments.key_of("a", 1)) as place:
        assert place.usable() is None
        place.clear()
        place.folder.mkdir()
        module = place.folder / "module.py"
        module.write_text("1")
        place.complete({"installed": {}})
        assert place.usable() is not None
        (place.folder / "__pycache__").mkdir()
        (place.folder / "__pycache__" / "module.pyc").write_text("x")
        assert place.usable() is not None
        module.write_text("22")
        assert place.usable() is None
    assert environments.key_of("a", 1) != environments.key_of("a", 2)


def test_ports_are_taken_once(tmp_path: Path) -> None:
    """By one proof at a time, and none on which somebody listens."""
    first, second = ports.Ports(tmp_path), ports.Ports(tmp_path)
    taken = [each.take() for each in (first, second) for _ in range(20)]
    assert len(set(taken)) == 40
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not ports.is_free(server.getsockname()[1])
    first.close()
    second.close()


def test_interpreters() -> None:
    """The one that runs this is found; what is not there is not."""
    own = ".".join(map(str, __import__("sys").version_info[:2]))
    found = find_interpreter(own)
    assert found is not None
    assert found.minor == own
    assert find_interpreter("3.99") is None
    assert find_interpreter(own, ["/no/such/python"]) is not None


def test_a_record_that_is_none(tmp_path: Path) -> None:
    """Is refused in words."""
    project = Project.from_texts({}, path=str(tmp_path))
    record = tmp_path / "record.json"
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        verify(record, project)
    whole = {"schema": "trueup/proof/1", "verdict": "proved", "started": "today", "tree": "sha256:0", "digest": "x"}
    texts = ['{"schema": "other"}', "[]", "7", "{", "[" * 99_999, json.dumps(whole | {"verdict": "perfect"})]
    texts += [
        json.dumps({name: value for name, value in whole.items() if name != key}) for key in whole if key != "tree"
    ]
    for text in texts:
        record.write_text(text)
        with pytest.raises(UsageError, match="is no record of a proof"):
            verify(record, project)
