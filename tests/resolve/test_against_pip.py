"""The same small indexes, resolved by trueup, by pip itself and by uv, on the running interpreter."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.resolve.fake_index import requirement_set
from tests.resolve.generated import Case, case, has_pre_releases, is_plain
from trueup.model.distribution import Resolution
from trueup.model.requirement import IndexOptions
from trueup.model.target import Target
from trueup.resolve.resolver import resolve

CASES = 150
RUNNER = """
import contextlib, io, json, pathlib, sys
import pip
from pip._internal.cli.main import main
print(pip.__version__)
for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    options = json.loads((folder / "options.json").read_text())
    report = folder / "report.json"
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        main(["--isolated", "--disable-pip-version-check", "--no-cache-dir", "--log", str(folder / "log"), "install",
              "--quiet", "--dry-run", "--ignore-installed", "--report", str(report),
              "--index-url", (folder / "simple").as_uri(), "-r", str(folder / "requirements.txt"),
              "-c", str(folder / "constraints.txt"), *options])
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not platform.libc_ver()[0], reason="trueup predicts for Linux with glibc"
)


def here() -> Target:
    """This machine as a target."""
    arch = "aarch64" if "aarch64" in sysconfig.get_platform() else "x86_64"
    return Target(platform.python_version(), arch, "glibc", platform.libc_ver()[1])


def resolved(one: Case) -> Resolution:
    wanted = requirement_set(*one.lines, constraints=one.constraints, options=IndexOptions(pre=one.pre))
    return resolve(wanted, here(), one.index())


def answer(resolution: Resolution) -> dict[str, str] | None:
    """The set, or None where it cannot be installed."""
    missing = any(one.selection is None or one.selection.file is None for one in resolution.distributions)
    if resolution.conflicts or missing:
        return None
    return {one.name: one.version for one in resolution.distributions}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every case as a folder."""
    root = tmp_path_factory.mktemp("cases")
    for seed in range(CASES):
        folder = root / f"{seed:04}"
        folder.mkdir()
        case(seed).write(folder)
        (folder / "options.json").write_text(json.dumps(["--pre"] if case(seed).pre else []))
    return root


def test_the_same_set_as_pip(folders: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    command = [sys.executable, "-W", "ignore", "-c", RUNNER, str(folders)]
    ran = subprocess.run(command, check=True, env=environment, timeout=900, capture_output=True, text=True)
    follows_pep_440 = int(ran.stdout.split(".")[0]) >= 26  # older ones take no pre-release where a specifier is given
    solved = compared = 0
    for seed in range(CASES):
        if has_pre_releases(seed) and not follows_pep_440:
            continue
        report = folders / f"{seed:04}" / "report.json"
        expected = None
        if report.exists():
            items = json.loads(report.read_text())["install"]
            expected = {item["metadata"]["name"]: item["metadata"]["version"] for item in items}
            solved += 1
        assert answer(resolved(case(seed))) == expected, f"seed {seed}: {case(seed)}"
        compared += 1
    assert compared >= 2 * CASES // 3
    assert compared // 4 < solved < compared  # both kinds of cases are there


def test_a_solution_exists_exactly_where_uv_finds_one(folders: Path, tmp_path: Path) -> None:
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    compared = 0
    for seed in filter(is_plain, range(CASES)):
        one = case(seed)
        links = tmp_path / f"{seed}"
        links.mkdir()
        for wheel in (folders / f"{seed:04}" / "simple").glob("*/*.whl"):
            shutil.copy(wheel, links)
        command = [
            uv,
            "pip",
            "compile",
            "--quiet",
            "--no-index",
            "--no-config",
            "--find-links",
            str(links),
            "--no-header",
        ]
        command += [
            "--python",
            sys.executable,
            "--no-cache",
            "--prerelease",
            "disallow",
            "-c",
            str(folders / f"{seed:04}" / "constraints.txt"),
        ]
        found = subprocess.run(
            [*command, str(folders / f"{seed:04}" / "requirements.txt")], capture_output=True, text=True
        )
        assert (answer(resolved(one)) is None) == (found.returncode != 0), f"seed {seed}: {one}\n{found.stderr}"
        compared += 1
    assert compared >= 10
