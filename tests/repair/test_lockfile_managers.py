"""Lockfiles written by Poetry, PDM and Pipenv from an index of this machine: what stays, what is refused, what is said.

The tests that run a tool are skipped where it is not on the path. What the tools really wrote is kept beside this file
(`locks/`, made by `record_locks.py`), so that all else is tested without them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.server import LocalIndex, Reply, local_index, page, sdist
from trueup.model.project import SourceFile
from trueup.repair._guarded import LockToolFailedError, LockToolRefusedError
from trueup.repair._lock_changes import lock_changes
from trueup.repair._lock_tools import MANAGERS, written

PYPROJECT = """\
[project]
name = "svc"
version = "1"
requires-python = ">=3.11,<4.0"
dependencies = [{listed}]

[[tool.poetry.source]]
name = "mirror"
url = "{index}/"

[[tool.pdm.source]]
name = "pypi"
url = "{index}"
verify_ssl = false
"""
OLD_PYPROJECT = """\
[tool.poetry]
name = "svc"
version = "1"
description = ""
authors = []

[tool.poetry.dependencies]
python = "^3.11"
{listed}
[[tool.poetry.source]]
name = "mirror"
url = "{index}/"
"""
PIPFILE = """\
[[source]]
url = "{index}"
verify_ssl = false
name = "mirror"

[packages]
{listed}
"""


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not on the path")


TOOLS = [pytest.param(lock, marks=needs(manager.name)) for lock, manager in MANAGERS.items()]


def poetry_is_old() -> bool:
    said = subprocess.run(["poetry", "--version"], capture_output=True, text=True, check=True).stdout
    return " 1." in said or "version 1." in said


def manifest(lock: str, index: LocalIndex, *names: str) -> SourceFile:
    """The manifest that asks for some names, each in any version or in the one that it is written with (`a==1`)."""
    if lock == "Pipfile.lock" or (lock == "poetry.lock" and poetry_is_old()):
        form, path = (PIPFILE, "Pipfile") if lock == "Pipfile.lock" else (OLD_PYPROJECT, "pyproject.toml")
        asked = [name.partition("==") for name in names]
        listed = "".join(f'{name} = "{f"=={version}" if version else "*"}"\n' for name, _, version in asked)
    else:
        form, path, listed = PYPROJECT, "pyproject.toml", ", ".join(f'"{name}"' for name in names)
    return SourceFile(path, form.format(listed=listed, index=index.simple).encode())


def add(index: LocalIndex, name: str, *versions: str, requires: str = "") -> None:
    """Serve wheels of a package, beside those that it has."""
    needed = f"Requires-Dist: {requires}\n" if requires else ""
    links = index.replies.get(f"/simple/{name}/")
    text = links.body.decode() if isinstance(links, Reply) else ""
    for version in versions:
        filename = f"{name}-{version}-py3-none-any.whl"
        core = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}"
        text += linked(filename, index.add_wheel(filename, core))
    index.replies[f"/simple/{name}/"] = Reply(text.encode())
    index.replies[f"/simple/{name}"] = Reply(text.encode())


def linked(filename: str, data: bytes) -> str:
    return page(f"{filename}#sha256={hashlib.sha256(data).hexdigest()}").decode().replace(f">{filename}#", ">#")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalIndex]:
    """An index that has alpha 1.0, with caches of its own for every tool."""
    for name in ("POETRY_CACHE_DIR", "PDM_CACHE_DIR", "PIPENV_CACHE_DIR", "PIP_CACHE_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with local_index() as running:
        add(running, "alpha", "1.0")
        yield running


def unguarded(lock: str, asked: SourceFile, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the tool as a person does, in a folder that holds the manifest alone."""
    folder.mkdir()
    (folder / asked.path).write_bytes(asked.data)
    given = {"POETRY_VIRTUALENVS_CREATE": "false", "PDM_USE_VENV": "false", "PIPENV_NOSPIN": "1"}
    return subprocess.run(
        [MANAGERS[lock].name, "lock"],
        cwd=folder,
        env={**os.environ, **given, "WORKON_HOME": str(folder / "environments")},
        capture_output=True,
        text=True,
        check=False,
    )


def first_lock(lock: str, index: LocalIndex, folder: Path, *names: str) -> SourceFile:
    """What the tool itself makes of a manifest that asks for alpha, or for other names."""
    done = unguarded(lock, manifest(lock, index, *(names or ("alpha",))), folder / "first")
    assert (folder / "first" / lock).exists(), done.stdout + done.stderr
    return SourceFile(lock, (folder / "first" / lock).read_bytes())


@pytest.mark.parametrize("lock", TOOLS)
def test_a_locked_version_stays_when_another_is_added(lock: str, index: LocalIndex, tmp_path: Path) -> None:
    """Alpha 2.0 is out, and the lock has 1.0: beta is added with what it needs, and alpha stays."""
    before = first_lock(lock, index, tmp_path)
    add(index, "alpha", "2.0")
    add(index, "gamma", "1.0")
    add(index, "beta", "1.0", requires="gamma")
    text, tool = written(MANAGERS[lock], manifest(lock, index, "alpha", "beta"), before)
    changes = lock_changes(lock, before.text, text)
    assert changes.moved == ()
    assert changes.added == (("beta", "1.0"), ("gamma", "1.0"))
    assert changes.removed == ()
    assert tool.startswith(f"{MANAGERS[lock].name} ")


@pytest.mark.parametrize("lock", TOOLS)
def test_only_what_the_manifest_asks_for_moves(lock: str, index: LocalIndex, tmp_path: Path) -> None:
    """The manifest goes to alpha 2.0, which needs delta; what alpha 1.0 alone needed goes."""
    add(index, "gamma", "1.0")
    add(index, "alpha", "1.1", requires="gamma")
    before = first_lock(lock, index, tmp_path)
    assert "gamma" in before.text
    add(index, "gamma", "2.0")
    add(index, "delta", "1.0")
    add(index, "alpha", "2.0", requires="delta")
    text, _ = written(MANAGERS[lock], manifest(lock, index, "alpha==2.0"), before)
    changes = lock_changes(lock, before.text, text)
    assert changes.moved == (("alpha", "1.1", "2.0"),)
    assert changes.added == (("delta", "1.0"),)
    assert changes.removed == (("gamma", "1.0"),)


BACKEND = """\
open({trap!r}, "a").close()


def prepare_metadata_for_build_wheel(folder, settings=None):
    import pathlib

    place = pathlib.Path(folder, "trap-1.0.dist-info")
    place.mkdir()
    (place / "METADATA").write_text("Metadata-Version: 2.1\\nName: trap\\nVersion: 1.0\\n")
    (place / "WHEEL").write_text("Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    return place.name


def build_wheel(*given, **named):
    raise SystemExit("only its metadata")
"""


@pytest.mark.parametrize("lock", TOOLS)
def test_no_package_is_built(lock: str, index: LocalIndex, tmp_path: Path) -> None:
    """An sdist that only a build tells the needs of: the tool by itself runs its code, and under trueup it cannot."""
    before = first_lock(lock, index, tmp_path)
    trap = tmp_path / "ran"
    members = {
        "backend.py": BACKEND.format(trap=str(trap)),
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    }
    data = sdist("trap-1.0", members)
    index.replies["/files/trap-1.0.tar.gz"] = Reply(data, content_type="application/octet-stream")
    for path in ("/simple/trap/", "/simple/trap"):
        index.replies[path] = Reply(linked("trap-1.0.tar.gz", data).encode())
    asked = manifest(lock, index, "alpha", "trap")
    with pytest.raises(LockToolFailedError) as raised:
        written(MANAGERS[lock], asked, before)
    assert not trap.exists()
    assert "which trueup does not let it" in raised.value.message
    assert "trueup-lock-" not in raised.value.message
    done = unguarded(lock, asked, tmp_path / "unguarded")
    assert trap.exists(), done.stdout + done.stderr


STATIC = "Metadata-Version: 2.2\nName: trap\nVersion: 1.0\n"


@needs("poetry")
def test_an_sdist_that_states_its_needs_is_not_built(index: LocalIndex, tmp_path: Path) -> None:
    """Metadata 2.2 that does not call its requirements dynamic: Poetry 2 has its answer without a build."""
    if poetry_is_old():
        pytest.skip("Poetry 1 builds it all the same")
    before = first_lock("poetry.lock", index, tmp_path)
    data = sdist("trap-1.0", {"PKG-INFO": STATIC, "setup.py": "raise SystemExit('built')\n"})
    index.replies["/files/trap-1.0.tar.gz"] = Reply(data, content_type="application/octet-stream")
    for path in ("/simple/trap/", "/simple/trap"):
        index.replies[path] = Reply(linked("trap-1.0.tar.gz", data).encode())
    text, _ = written(MANAGERS["poetry.lock"], manifest("poetry.lock", index, "alpha", "trap"), before)
    assert lock_changes("poetry.lock", before.text, text).added == (("trap", "1.0"),)


@pytest.mark.parametrize("version", ["1.8.5", "2.5.1"])
def test_a_refused_old_poetry_is_told_of_a_newer_one(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before 2.0 Poetry builds what it need not; a newer one is no remedy for a newer one."""
    said = f"print('Poetry (version {version})')"
    program = tmp_path / "poetry"
    program.write_text(
        f"#!{sys.executable}\nimport subprocess, sys\n"
        f"{said} if '--version' in sys.argv else subprocess.run([sys.executable, '-m', 'build'])\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    manifest_file, lock = SourceFile("pyproject.toml", b""), SourceFile("poetry.lock", b"")
    with pytest.raises(LockToolRefusedError, match="which trueup does not let it") as raised:
        written(MANAGERS["poetry.lock"], manifest_file, lock)
    assert ("Poetry 2.0 and later read that" in raised.value.message) == version.startswith("1.")


@pytest.mark.parametrize("lock", TOOLS)
def test_what_cannot_be_resolved_is_said(lock: str, index: LocalIndex, tmp_path: Path) -> None:
    """In the tool's words, without a name of a folder of this machine."""
    before = first_lock(lock, index, tmp_path)
    with pytest.raises(LockToolFailedError, match="nowhere") as raised:
        written(MANAGERS[lock], manifest(lock, index, "alpha", "nowhere"), before)
    assert "trueup-lock-" not in raised.value.message


@needs("pipenv")
def test_every_category_of_a_pipfile_stays(index: LocalIndex, tmp_path: Path) -> None:
    """Newer versions of all are out: one more in [dev-packages] is all that changes, with the Pipfile's hash."""
    names = ("alpha", "beta", "tester", "shared")
    needs_shared = {"alpha": "shared", "tester": "shared"}
    for name in names:
        add(index, name, "1.0", requires=needs_shared.get(name, ""))
    body = PIPFILE.format(index=index.simple, listed='alpha = "*"\n')
    body += '\n[dev-packages]\ntester = "*"\n\n[docs]\nbeta = "*"\n'
    done = unguarded("Pipfile.lock", SourceFile("Pipfile", body.encode()), tmp_path / "first")
    assert done.returncode == 0, done.stderr
    before = SourceFile("Pipfile.lock", (tmp_path / "first" / "Pipfile.lock").read_bytes())
    for name in names:
        add(index, name, "2.0", requires=needs_shared.get(name, ""))
    add(index, "newdev", "1.0", requires="shared")
    asked = SourceFile("Pipfile", body.replace('tester = "*"', 'tester = "*"\nnewdev = "*"').encode())
    text, _ = written(MANAGERS["Pipfile.lock"], asked, before)
    old, new = json.loads(before.text), json.loads(text)
    assert new["develop"].pop("newdev")["version"] == "==1.0"
    assert old.pop("_meta")["hash"] != new.pop("_meta")["hash"]
    assert new == old
    assert set(new) == {"default", "develop", "docs"}
