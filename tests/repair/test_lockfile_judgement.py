"""What is made of a lockfile that a tool wrote: from recorded ones, so that no tool has to be there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.repair.record_locks import FOLDER
from trueup.configuration import Configuration, Policy
from trueup.fixing import fix
from trueup.model.finding import Applicability
from trueup.model.plan import PlanContext
from trueup.model.project import Project, SourceFile
from trueup.model.repair import Change, Repair, RepairKind, RepairPlan
from trueup.pipeline import Choice
from trueup.repair import _guarded
from trueup.repair._guarded import LockToolFailedError, LockToolMissingError, guarded
from trueup.repair._interface import Wishes
from trueup.repair._lock_changes import LockChanges, foreign_addresses, lock_changes, needless
from trueup.repair._lock_tools import MANAGERS, local_dependency, plugin, written
from trueup.repair._locking import _reason as tool_reason
from trueup.repair.families import lockfile_managers
from trueup.repair.verify import policy_refusal

RECORDED = [
    ("poetry-2", "poetry.lock", "pyproject.toml"),
    ("poetry-1", "poetry.lock", "pyproject.toml"),
    ("pdm", "pdm.lock", "pyproject.toml"),
    ("pipenv", "Pipfile.lock", "Pipfile"),
]


def recorded(name: str, part: str) -> str:
    return (FOLDER / name / f"{part}.txt").read_bytes().decode()


def planned(
    name: str, lock: str, manifest: str, monkeypatch: pytest.MonkeyPatch, text: str, **options: Any
) -> tuple[Project, RepairPlan]:
    """What is offered where the tool writes a text."""
    tool = recorded(name, "tool").strip()
    monkeypatch.setattr(lockfile_managers, "written", lambda *_: (text, tool))
    texts: dict[str, str | bytes] = {
        lock: options.pop("before", recorded(name, "before")),
        manifest: options.pop("asked", recorded(name, "manifest")),
        "Procfile": "web: python app.py\n",
        "app.py": "print(1)\n",
        **options.pop("more", {}),
    }
    project = Project.from_texts(texts)
    configuration = Configuration(policy=Policy(**options.pop("policy", {})))
    wishes = Wishes(**options)
    context = PlanContext(on="2026-11-20")
    rules = ["lockfile-out-of-step"]
    plan = fix(project, context, Choice(("heroku",)), configuration, None, "asked so", wishes=wishes, only=rules)
    return project, plan[1]


def one(plan: RepairPlan) -> Repair:
    assert len(plan.repairs) == 1, plan
    return plan.repairs[0]


@pytest.mark.parametrize(("name", "lock", "manifest"), RECORDED)
def test_a_recorded_lockfile_is_offered(name: str, lock: str, manifest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly what the tool wrote, every change by name, the tool with its version; checked again on the copy."""
    after = recorded(name, "after")
    project, plan = planned(name, lock, manifest, monkeypatch, after)
    repair = one(plan)
    assert repair.applicability is Applicability.SAFE
    assert repair.contents(project) == {lock: after.encode()}
    assert repair.resolves == ("lockfile-out-of-step",)
    assert repair.changes == (Change("alpha", "1.0", "2.0", True), Change("delta", None, "1.0", False))
    words = f"written by {recorded(name, 'tool').strip()}, which moves alpha 1.0 → 2.0 and adds delta 1.0"
    assert repair.reason.startswith(words)


def test_line_ends_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lockfile checked out with \\r\\n keeps them, so that its difference is only what changed."""
    before = recorded("poetry-2", "before").replace("\n", "\r\n")
    after = recorded("poetry-2", "after")
    project, plan = planned("poetry-2", "poetry.lock", "pyproject.toml", monkeypatch, after, before=before)
    assert one(plan).contents(project) == {"poetry.lock": after.replace("\n", "\r\n").encode()}


SPOILED = [
    ("poetry-2", "index.example", "other.example", "addresses of other.example"),
    ("pipenv", "index.example", "other.example", "addresses of other.example"),
    ("pdm", '{file = "delta', '{url = "https://other.example/delta', "addresses of other.example"),
    ("poetry-2", 'lock-version = "2.1"', 'lock-version = "2.2"', "change its format from 2.1 to 2.2"),
    ("pdm", 'lock_version = "4', 'lock_version = "5', "change its format from 4"),
    (
        "poetry-2",
        'name = "omega"\nversion = "1.0"',
        'name = "omega"\nversion = "2.0"',
        "it moves omega, though nothing",
    ),
    (
        "pdm",
        'name = "epsilon"\nversion = "1.0"',
        'name = "epsilon"\nversion = "2.0"',
        "it moves epsilon, though nothing",
    ),
    ("poetry-2", 'content-hash = "', 'content-hash = "0', "its hash is not that of the manifest"),
    ("pdm", 'content_hash = "sha256:', 'content_hash = "sha256:0', "its hash is not that of the manifest"),
    ("pipenv", '"sha256": "', '"sha256": "0', "its hash is not that of the manifest"),
]


@pytest.mark.parametrize(("name", "old", "new", "words"), SPOILED)
def test_what_is_not_good_enough_is_held_back(
    name: str, old: str, new: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another index, another format, a version that need not have moved, a hash of something else."""
    lock, manifest = next(row[1:] for row in RECORDED if row[0] == name)
    after = recorded(name, "after")
    assert old in after
    _, plan = planned(name, lock, manifest, monkeypatch, after.replace(old, new))
    assert not plan.repairs
    assert any(words in item.reason and "By hand: `" in item.reason for item in plan.held_back), plan.held_back


def test_what_must_move_may_move() -> None:
    """Omega 2 needs epsilon from 2 on: that epsilon went is not needless, and alpha's own move is."""
    text = (
        '[[package]]\nname = "omega"\nversion = "2.0"\n\n[package.dependencies]\nepsilon = ">=2"\n'
        'alpha = {version = "^1.0", optional = true}\n'
    )
    changes = LockChanges((("epsilon", "1.0", "2.0"), ("alpha", "1.0", "1.1")))
    assert needless("poetry.lock", text, changes, ()) == ("alpha",)
    assert needless("uv.lock", text, changes, ()) == ()


def test_addresses_that_come_and_go() -> None:
    """Of hosts, without credentials; what the manifest names may come, and what it no longer names may go."""
    mine, other = 'url = "https://user:word@index.example/simple"', 'url = "https://other.example/simple"'
    assert foreign_addresses(mine, mine.replace("user:word@", ""), {}) == ""
    assert "addresses of other.example, which" in foreign_addresses(mine, f"{mine}\n{other}", {})
    assert foreign_addresses(mine, f"{mine}\n{other}", {"p": f"{mine}\n{other}"}) == ""
    assert foreign_addresses(f"{mine}\n{other}", mine, {"p": mine}) == ""
    assert "lose the addresses of index.example" in foreign_addresses(mine, "", {"p": mine})
    assert "lose the addresses of index.example" in foreign_addresses(mine, "", {})


def test_changes_of_every_format() -> None:
    """Names in every spelling, several versions of one name, and a compiled file."""
    assert lock_changes("requirements.txt", "A_b==1\nc==1\n", "a-b==2\nd==1\n") == LockChanges(
        (("a-b", "1", "2"),), (("d", "1"),), (("c", "1"),)
    )
    twice = '[[package]]\nname = "x"\nversion = "1"\n[[package]]\nname = "x"\nversion = "2"\n'
    once = '[[package]]\nname = "x"\nversion = "2"\n'
    assert lock_changes("a/uv.lock", twice, once).moved == (("x", "1, 2", "2"),)
    assert lock_changes("a/uv.lock", once, once).told() == "changes no version"


@pytest.mark.parametrize(("name", "lock", "manifest"), RECORDED[1:])
def test_without_the_tool_its_command_is_told(
    name: str, lock: str, manifest: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is on the path; and where tools are not wanted, none is looked for."""
    commands = {"poetry.lock": "poetry lock", "pdm.lock": "pdm lock --update-reuse", "Pipfile.lock": "pipenv lock"}
    for path, runs_tools, words in (
        (str(tmp_path), True, "is not on this machine"),
        (os.environ["PATH"], False, "is not wanted here"),
    ):
        monkeypatch.setenv("PATH", path)
        tool = recorded(name, "tool").split()[0]
        texts: dict[str, str | bytes] = {lock: recorded(name, "before"), manifest: recorded(name, "manifest")}
        texts |= {"Procfile": "web: python app.py\n", "app.py": "print(1)\n"}
        only = ["lockfile-out-of-step"]
        context, choice, wishes = PlanContext(on="2026-11-20"), Choice(("heroku",)), Wishes(runs_tools=runs_tools)
        plan = fix(
            Project.from_texts(texts), context, choice, Configuration(), None, "asked so", wishes=wishes, only=only
        )[1]
        repair = one(plan)
        assert repair.applicability is Applicability.DISPLAY_ONLY
        assert repair.commands == (commands[lock],)
        assert tool in repair.reason
        assert words in repair.reason


def test_a_tool_that_cannot_be_guarded_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that is no Python, and one whose Python leaves the environment out: both only tell their version."""
    for first in ("#!/bin/sh\necho 2.5.1\n", f"#!{sys.executable} -I\nprint('Poetry 2.5.1')\n"):
        program = tmp_path / "poetry"
        program.write_text(first, "utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        with pytest.raises(LockToolMissingError, match="cannot be kept from building"), guarded("poetry"):
            pass


def test_what_a_tool_says_holds_no_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It may name the address of an index with the user's own words in it, and folders of this machine."""
    program = tmp_path / "poetry"
    told = "f'no answer: https://me:word@index.example in {os.getcwd()}/x'"
    said = f"import os, sys\nif 'lock' in sys.argv:\n    sys.exit({told})"
    program.write_text(f"#!{sys.executable}\n{said}\nprint('Poetry 2.5.1')\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    lock, manifest = SourceFile("poetry.lock", b""), SourceFile("pyproject.toml", b"")
    with pytest.raises(LockToolFailedError) as raised:
        written(MANAGERS["poetry.lock"], manifest, lock)
    assert "https://***@index.example in project/x" in raised.value.message
    assert "word" not in raised.value.message
    assert tool_reason("error: https://me:word@index.example", "/s") == "error: https://***@index.example"


STARTS = [
    ([sys.executable, "-I", "-W", "ignore", "-c", "import sys; print(sys.prefix)"], True),
    ([sys.executable, "-Ic", "import platform"], True),
    ([sys.executable, "-EsS", "/x/site-packages/pdm/models/in_process/env_spec.py", "/x"], True),
    ([sys.executable, "/x/site-packages/pipenv/resolver/main.py", "--request-file", "r"], True),
    ([sys.executable, "/x/site-packages/pdm/models/in_process/parse_setup.py", "setup.py"], False),
    ([sys.executable, "/x/pyproject_hooks/_in_process/_in_process.py", "get_requires_for_build_wheel"], False),
    ([sys.executable, "-c", "import setuptools; exec(compile(open('setup.py').read(), 'setup.py', 'exec'))"], False),
    ([sys.executable, "-m", "pip", "install", "."], False),
    ([sys.executable, "setup.py", "egg_info"], False),
    ([sys.executable], False),
    (["git", "clone", "x"], False),
    (["make"], False),
]


@pytest.mark.parametrize(("command", "allowed"), STARTS)
def test_what_a_guarded_tool_may_start(command: list[str], allowed: bool, tmp_path: Path) -> None:
    """Questions to an interpreter and the tools' own scripts; every other start is refused and written down."""
    code = (
        "import subprocess, sys\n"
        "try:\n    subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,"
        " stderr=subprocess.DEVNULL)\n"
        "except PermissionError as error:\n    print(error)\n"
    )
    notes = tmp_path / "notes"
    guard = Path(_guarded.__file__).parent / "_guard"
    environment = {**os.environ, "PYTHONPATH": str(guard), "TRUEUP_LOCK_GUARD": str(notes)}
    done = subprocess.run(
        [sys.executable, "-c", code, *command], env=environment, capture_output=True, text=True, check=True
    )
    assert ("no other program" in done.stdout) is not allowed
    assert any(line.startswith("refused ") for line in notes.read_text("utf-8").splitlines()) is not allowed


def test_no_other_way_to_start_something(tmp_path: Path) -> None:
    """os.system, os.exec, os.posix_spawn: refused as well."""
    guard = Path(_guarded.__file__).parent / "_guard"
    for call in ("os.system('true')", "os.execv('/bin/true', ['true'])", "os.posix_spawn('/bin/true', ['true'], {})"):
        code = f"import os\ntry:\n    {call}\nexcept PermissionError:\n    print('refused')\n"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(guard)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "refused\n", call


LOCAL = [
    ("pyproject.toml", '[project]\ndependencies = ["x @ file:///srv/x"]\n', "x @ file:///srv/x"),
    ("pyproject.toml", '[tool.poetry.dependencies]\nx = {path = "../x"}\n', "x"),
    ("pyproject.toml", '[tool.poetry.group.dev.dependencies]\nx = [{path = "x", develop = true}]\n', "x"),
    ("pyproject.toml", '[tool.pdm.dev-dependencies]\ndev = ["-e file:///${PROJECT_ROOT}/x#egg=x"]\n', "-e file:///"),
    ("pyproject.toml", '[dependency-groups]\ndev = ["x @ file:x"]\n', "x @ file:x"),
    ("Pipfile", '[packages]\nx = {path = ".", editable = true}\n', "x"),
    ("Pipfile", '[dev-packages]\nx = {file = "x.zip"}\n', "x"),
    ("Pipfile", '[packages]\nx = "*"\n[scripts]\nserve = "./serve"\n', ""),
    ("pyproject.toml", '[project]\ndependencies = ["x==1"]\n[tool.poetry]\npackages = [{include = "a"}]\n', ""),
]


@pytest.mark.parametrize(("path", "text", "expected"), LOCAL)
def test_dependencies_of_this_machine(path: str, text: str, expected: str) -> None:
    """Folders and files, in every group and form."""
    found = local_dependency(SourceFile(path, text.encode()))
    assert found.startswith(expected) if expected else found == ""


@pytest.mark.parametrize(
    ("added", "more", "words"),
    [
        ('[tool.poetry.group.dev.dependencies]\nx = {path = "../x"}\n', {}, "asks for x of this machine"),
        ('[tool.poetry.requires-plugins]\npoetry-plugin-export = ">=1"\n', {}, "the plug-in poetry-plugin-export"),
    ],
)
def test_what_could_run_code_is_refused(
    added: str, more: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tool is not run at all; its command is told with the reason."""

    def never(*_: object) -> tuple[str, str]:
        raise AssertionError("the tool was run")

    asked = recorded("poetry-2", "manifest") + added
    monkeypatch.setattr(lockfile_managers, "written", never)
    project = Project.from_texts(
        {
            "pyproject.toml": asked,
            "poetry.lock": recorded("poetry-2", "before"),
            "Procfile": "web: python a.py\n",
            **more,
        }
    )
    plan = fix(
        project,
        PlanContext(on="2026-11-20"),
        Choice(("heroku",)),
        Configuration(),
        None,
        "asked so",
        wishes=Wishes(),
        only=["lockfile-out-of-step"],
    )[1]
    repair = one(plan)
    assert repair.applicability is Applicability.DISPLAY_ONLY
    assert words in repair.reason


def test_a_plugin_is_found() -> None:
    """Only Poetry's table counts."""
    assert plugin(SourceFile("pyproject.toml", b'[tool.poetry.requires-plugins]\nx = "*"\n')) == "x"
    assert plugin(SourceFile("pyproject.toml", b'[tool.other.requires-plugins]\nx = "*"\n')) == ""


def test_the_policy_and_what_the_manifest_asks_for() -> None:
    """A lockfile follows its manifest: only what moves besides is a bump that the policy forbids."""
    direct = Change("alpha", "1.0", "2.0", True), Change("beta", None, "1.0", True), Change("old", "1.0", None, False)
    repair = Repair("lock", "t", RepairKind.LOCKFILE, Applicability.SAFE, changes=direct)
    strict = Policy(version_bumps=False, new_dependencies=False, only=("nothing",))
    assert policy_refusal(repair, strict) == ""
    moved = Repair("lock", "t", RepairKind.LOCKFILE, Applicability.SAFE, changes=(Change("epsilon", "1", "2", False),))
    assert "epsilon would move" in policy_refusal(moved, strict)
