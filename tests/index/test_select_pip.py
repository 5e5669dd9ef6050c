"""The choice of files against pip itself, over generated sets of names, all Pythons and platforms.

One process of pip's own finder answers many cases; a few go through `pip download` as a user types it.
"""

from __future__ import annotations

import html
import json
import os
import random
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from trueup.index.cache import Cache
from trueup.index.client import NetworkIndex
from trueup.index.interface import Missing, Unavailable
from trueup.index.select import select
from trueup.index.settings import IndexSettings
from trueup.index.tags import tags_for
from trueup.model.target import SUPPORTED_MINORS, Target

CASES = 400
PIP_WHEEL = os.environ.get("TRUEUP_TEST_PIP")
"""A pip (wheel or folder) to compare with instead of the installed one."""

INSTALLED: tuple[int, ...] | None
try:
    INSTALLED = tuple(int(part) for part in version("pip").split(".")[:2])
except PackageNotFoundError:
    INSTALLED = None
PIP = (99, 0) if PIP_WHEEL else INSTALLED
NEW = PIP is not None and PIP >= (26, 3)
"""Whether this pip knows abi3t and puts linux_* first."""
pytestmark = pytest.mark.skipif(PIP is None, reason="pip is not installed here")

PYTHON_TAGS = [
    "py3",
    "py2.py3",
    "py2",
    "py311",
    "py39.py310",
    *(f"cp3{minor}" for minor in range(7, 16)),
    "cp39.cp310.cp311",
    "pp310",
]
PLATFORMS = [
    "any", "any", "manylinux1_x86_64", "manylinux2010_x86_64", "manylinux2014_x86_64", "manylinux2014_aarch64",
    "manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_28_x86_64", "manylinux_2_28_aarch64",
    "manylinux_2_39_x86_64", "manylinux_2_5_x86_64.manylinux1_x86_64", "musllinux_1_1_x86_64", "musllinux_1_2_x86_64",
    "musllinux_1_2_aarch64", "macosx_11_0_arm64", "win_amd64", "manylinux2014_i686",
    "manylinux_2_12_x86_64.musllinux_1_1_x86_64",
]  # fmt: skip
TARGETS = [
    Target(python, arch, libc, libc_version)
    for python in (*SUPPORTED_MINORS, "3.11.3", "3.12.0")
    for arch in ("x86_64", "aarch64")
    for libc, libc_version in (
        ("glibc", "2.36"),
        ("glibc", "2.17"),
        ("glibc", "2.41"),
        ("musl", "1.1"),
        ("musl", "1.2"),
    )
]


def abi_of(python: str, chance: random.Random) -> str:
    if not python.startswith("cp") or "." in python:
        return "none"
    abis = [python, python, "abi3", "none"] + ([f"{python}t", "abi3.abi3t", "abi3t"] if NEW else [])
    return chance.choice(abis)


def filename(chance: random.Random) -> str:
    release = chance.choice(["1.0", "1.0", "1.0", "1.1", "2.0rc1"])
    if chance.random() < 0.15:
        return f"demo-{release}{chance.choice(['.tar.gz', '.zip', '.tar.bz2', '.exe', '.egg', '.tar.xz'])}"
    python = chance.choice(PYTHON_TAGS)
    build = chance.choice(["", "", "", "", "-1", "-2b", "-10"])
    platforms = [*PLATFORMS, "linux_x86_64"] if NEW else PLATFORMS
    return f"demo-{release}{build}-{python}-{abi_of(python, chance)}-{chance.choice(platforms)}.whl"


def link(name: str, chance: random.Random) -> str:
    attributes = ""
    if chance.random() < 0.3:
        asked = chance.choice([">=3.8", ">=3.9,<3.13", ">=3.11.4", "<3.12", "!=3.10.*", "nonsense", ">=2.7, !=3.0.*"])
        attributes += f' data-requires-python="{html.escape(asked)}"'
    if chance.random() < 0.15:
        attributes += ' data-yanked="bad"'
    return f'<a href="files/{name}"{attributes}>{name}</a><br>'


def cases(folder: Path) -> list[tuple[Path, str, Target]]:
    chance = random.Random(20261120)
    made = []
    for number in range(CASES):
        target = chance.choice(TARGETS)
        if NEW and target.minor in ("3.13", "3.14", "3.15") and chance.random() < 0.3:
            target = Target(target.python, target.arch, target.libc, target.libc_version, free_threaded=True)
        names = list(dict.fromkeys(filename(chance) for _ in range(chance.randint(1, 14))))
        page = folder / f"{number}.html"
        page.write_text(
            "<!DOCTYPE html><html><body>" + "\n".join(link(name, chance) for name in names) + "</body></html>"
        )
        made.append((page, chance.choice(["demo==1.0", "demo==1.0", "demo==1.1", "demo==2.0rc1"]), target))
    return made


def pythons_abi(target: Target) -> list[str] | None:
    return [f"cp{target.minor.replace('.', '')}t"] if target.free_threaded else None


def asked_of_pip(made: list[tuple[Path, str, Target]]) -> list[str | None]:
    questions = [
        [str(page), text, str(target.version), list(tags_for(target).platforms), pythons_abi(target)]
        for page, text, target in made
    ]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", **({"PYTHONPATH": PIP_WHEEL} if PIP_WHEEL else {})}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("ask_pip.py"))],
        input=json.dumps(questions), capture_output=True, text=True, env=environment, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    answers: list[str | None] = json.loads(done.stdout)
    return answers


def ours(page: Path, text: str, target: Target, folder: Path) -> str | None:
    with NetworkIndex(IndexSettings(find_links=(str(page),)), Cache(folder)) as index:
        found = index.releases(["demo"])["demo"]
    assert not isinstance(found, Unavailable)
    if isinstance(found, Missing):
        return None
    file = select(found.files(text.partition("==")[2]), target, pinned=True).file
    return file.filename if file else None


def test_the_choice_is_pips(tmp_path: Path) -> None:
    made = cases(tmp_path)
    answers = asked_of_pip(made)
    wrong = [
        (page.read_text(), text, str(target), answer, mine)
        for (page, text, target), answer in zip(made, answers, strict=True)
        if (mine := ours(page, text, target, tmp_path / "cache")) != answer
    ]
    assert not wrong, f"{len(wrong)} of {len(made)} differ, such as {wrong[0]}"
    assert sum(answer is not None for answer in answers) > CASES / 4, "the cases must not be trivial"


@pytest.mark.parametrize("minor", SUPPORTED_MINORS)
def test_pip_download_takes_the_same(tmp_path: Path, minor: str) -> None:
    from tests.index.server import wheel

    target = Target(minor)
    tag = f"cp{minor.replace('.', '')}"
    names = [
        f"demo-1.0-{tag}-{tag}-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "demo-1.0-py3-none-any.whl",
        f"demo-1.0-{tag}-{tag}-musllinux_1_2_x86_64.whl", "demo-1.0-cp38-abi3-manylinux_2_28_x86_64.whl",
        "demo-1.0-cp311-cp311-manylinux_2_28_x86_64.whl", f"demo-1.0-{tag}-{tag}-manylinux_2_38_x86_64.whl",
    ]  # fmt: skip
    for name in names:
        (tmp_path / name).write_bytes(wheel(name, "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"))
    platforms = [part for platform in tags_for(target).platforms for part in ("--platform", platform)]
    command = [
        sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "--no-index",
        "--disable-pip-version-check", "--find-links", str(tmp_path), "--python-version", f"{minor}.99",
        "--implementation", "cp", *platforms, "--dest", str(tmp_path / "got"), "demo==1.0",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    with NetworkIndex(IndexSettings(find_links=(str(tmp_path),)), Cache(tmp_path / "cache")) as index:
        found = index.releases(["demo"])["demo"]
    file = select(found.files("1.0"), target, pinned=True).file  # type: ignore[union-attr]
    assert file is not None
    assert [path.name for path in (tmp_path / "got").iterdir()] == [file.filename]
