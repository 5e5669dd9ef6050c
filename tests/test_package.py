"""The wheel installs and runs, without a compiler, on every supported Python that is on this machine.

Opt in with --network: dependencies are downloaded. Interpreters are those on the PATH and those that
TRUEUP_TEST_PYTHONS names (separated as in PATH).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NAMED = [path for path in os.environ.get("TRUEUP_TEST_PYTHONS", "").split(os.pathsep) if path]
ON_PATH = [shutil.which(f"python3.{minor}") for minor in range(11, 16)]
ASKED = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"

pytestmark = pytest.mark.network


def pythons() -> dict[str, str]:
    """One interpreter a minor, by minor."""
    found: dict[str, str] = {}
    for path in (*NAMED, *ON_PATH, sys.executable):
        if path:
            ended = subprocess.run([path, "-c", ASKED], capture_output=True, text=True, check=False)
            found.setdefault(ended.stdout.strip() or "broken", path)
    return {minor: path for minor, path in sorted(found.items()) if minor != "broken"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel, made from the sdist, and the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    line = [sys.executable, "-m", "uv", "build", "--quiet", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(line, check=True)
    return folder


def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


def test_the_wheel_holds_the_package_and_all_its_data(built: Path) -> None:
    held = set(zipfile.ZipFile(wheel(built)).namelist())
    source = ROOT / "src"
    wanted = {
        path.relative_to(source).as_posix()
        for path in (source / "trueup").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= held, sorted(wanted - held)[:10]
    others = {name for name in held - wanted if ".dist-info/" not in name}
    assert not others


def test_the_sdist_holds_what_its_tests_need(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        top = {"/".join(name.split("/")[1:2]) for name in archive.getnames()}
    assert {"src", "tests", "docs", "examples", "schema", "changes", "pyproject.toml", "LICENSE", "README.md"} <= top


@pytest.mark.parametrize(("minor", "python"), pythons().items(), ids=list(pythons()))
def test_it_installs_and_runs(built: Path, minor: str, python: str, tmp_path: Path) -> None:
    place = tmp_path / "environment"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", python, str(place)], check=True)
    install = [*uv, "pip", "install", "--quiet", "--only-binary", ":all:", "--python", str(place), str(wheel(built))]
    subprocess.run(install, check=True)
    trueup = [str(place / "bin" / "python"), "-W", "error", "-m", "trueup"]

    def said(*arguments: str, code: int = 0) -> str:
        ended = subprocess.run([*trueup, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == code, ended.stderr
        assert "Traceback" not in ended.stderr
        return ended.stdout

    assert said("--version").startswith("trueup ")
    assert "will fail" in said("check", str(ROOT / "examples/lighthouse"), "--on", "2026-11-20", code=13)
    assert "PYTHON_VERSION" in said("fix", str(ROOT / "examples/lighthouse"), "--diff", "--dry-run")
    assert "no-wheel" in said("rule")
    assert "complete -o default" in said("completion", "bash")
    assert said("check", str(ROOT / "examples/maya"), "--format", "html", "--exit-zero").startswith("<!doctype html>")
