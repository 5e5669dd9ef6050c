"""The file that pip would take: order of tags, reasons, yanked, pre-releases, nearest version."""

from __future__ import annotations

import itertools

import pytest
from packaging import tags as reference

from trueup.index.names import parse_wheel_name
from trueup.index.recorded import FrozenReleases
from trueup.index.select import first_version_with_wheel, has_wheel, select
from trueup.index.tags import tags_for
from trueup.model.distribution import IndexFile
from trueup.model.target import SUPPORTED_MINORS, Target

LIBCS = (("glibc", "2.17"), ("glibc", "2.36"), ("glibc", "2.41"), ("musl", "1.1"), ("musl", "1.2"))


def file(name: str, **fields: str) -> IndexFile:
    version = name.split("-")[1].removesuffix(".tar.gz").removesuffix(".zip")
    return IndexFile(name, f"https://files.example/{name}", version, **fields)  # type: ignore[arg-type]


def taken(names: list[str], target: Target, **options: bool) -> str | None:
    selection = select(tuple(file(name) for name in names), target, **options)
    return selection.file.filename if selection.file else None


def reason(name: str, target: Target) -> str:
    return select((file(name),), target).rejected[0].reason


@pytest.mark.parametrize(
    ("minor", "arch", "libc", "threads"),
    list(itertools.product(SUPPORTED_MINORS, ("x86_64", "aarch64"), LIBCS, (False, True))),
)
def test_the_order_of_tags_is_that_of_packaging(minor: str, arch: str, libc: tuple[str, str], threads: bool) -> None:
    ours = tags_for(Target(minor, arch, *libc, free_threaded=threads))
    numbers = tuple(int(part) for part in minor.split("."))
    interpreter = f"cp{minor.replace('.', '')}"
    abis = [interpreter + ("t" if threads else "")]
    expected = [
        *reference.cpython_tags(numbers, abis, ours.platforms),
        *reference.compatible_tags(numbers, interpreter, ours.platforms),
    ]
    assert list(ours.tags()) == [(tag.interpreter, tag.abi, tag.platform) for tag in expected]
    for place, parts in enumerate(ours.tags()):
        if place % 97 == 0:
            wheel = parse_wheel_name(f"a-1-{'-'.join(parts)}.whl")
            assert wheel is not None
            assert ours.rank(wheel) == place
            assert ours.tail_rank(wheel.tail) == place


def test_platform_tags_of_glibc_are_those_of_packaging(monkeypatch: pytest.MonkeyPatch) -> None:
    from packaging import _manylinux

    monkeypatch.setattr(_manylinux, "_get_glibc_version", lambda: (2, 36))
    monkeypatch.setattr(_manylinux, "_have_compatible_abi", lambda *_: True)
    for arch in ("x86_64", "aarch64"):
        expected = [f"linux_{arch}", *_manylinux.platform_tags([arch])]
        assert list(tags_for(Target("3.12", arch)).platforms) == expected


WHEEL_39 = "p-1.0-cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"


@pytest.mark.parametrize(
    ("names", "target", "expected"),
    [
        ([WHEEL_39, "p-1.0.tar.gz"], Target("3.9"), WHEEL_39),
        ([WHEEL_39, "p-1.0.tar.gz"], Target("3.10"), "p-1.0.tar.gz"),
        ([WHEEL_39, "p-1.0.tar.gz"], Target("3.9", "aarch64"), "p-1.0.tar.gz"),
        ([WHEEL_39, "p-1.0.tar.gz"], Target("3.9", libc="musl", libc_version="1.2"), "p-1.0.tar.gz"),
        (["p-1.0-cp38-abi3-manylinux2014_x86_64.whl"], Target("3.15"), "p-1.0-cp38-abi3-manylinux2014_x86_64.whl"),
        (["p-1.0-cp38-abi3-manylinux2014_x86_64.whl"], Target("3.14", free_threaded=True), None),
        (["p-1.0-cp315-abi3t-manylinux2014_x86_64.whl"], Target("3.15"), None),
        (
            ["p-1.0-cp315-abi3.abi3t-manylinux2014_x86_64.whl"],
            Target("3.15", free_threaded=True),
            "p-1.0-cp315-abi3.abi3t-manylinux2014_x86_64.whl",
        ),
        (["p-1.0-cp313-cp313t-manylinux2014_x86_64.whl"], Target("3.13"), None),
        (
            ["p-1.0-py3-none-any.whl", "p-1.0-cp312-cp312-manylinux1_x86_64.whl"],
            Target("3.12"),
            "p-1.0-cp312-cp312-manylinux1_x86_64.whl",
        ),
        (
            ["p-1.0-1-py3-none-any.whl", "p-1.0-cp312-cp312-manylinux1_x86_64.whl"],
            Target("3.12"),
            "p-1.0-cp312-cp312-manylinux1_x86_64.whl",
        ),
        (["p-1.0-10-py3-none-any.whl", "p-1.0-9-py3-none-any.whl"], Target("3.12"), "p-1.0-10-py3-none-any.whl"),
        (["p-1.0-cp312-cp312-manylinux_2_39_x86_64.whl"], Target("3.12", libc_version="2.36"), None),
        (
            ["p-1.0-cp312-cp312-manylinux_2_39_x86_64.whl"],
            Target("3.12", libc_version="2.41"),
            "p-1.0-cp312-cp312-manylinux_2_39_x86_64.whl",
        ),
        (["p-1.0.egg", "p-1.0.exe", "p-1.0.tar.Z"], Target("3.12"), None),
        (["p-1.0.tar.gz", "p-1.0.zip"], Target("3.12"), "p-1.0.zip"),
    ],
)
def test_the_file_that_pip_takes(names: list[str], target: Target, expected: str | None) -> None:
    assert taken(names, target) == expected


@pytest.mark.parametrize(
    ("name", "target", "expected"),
    [
        ("p-1.0-cp312-cp312-manylinux2014_x86_64.whl", Target("3.13"), "needs Python 3.12: tag cp312"),
        ("p-1.0-cp312-cp312-manylinux_2_39_x86_64.whl", Target("3.12"), "needs glibc 2.39, the image has 2.36"),
        ("p-1.0-cp312-cp312-macosx_11_0_arm64.whl", Target("3.12"), "for macOS"),
        ("p-1.0-cp312-cp312-win_amd64.whl", Target("3.12"), "for Windows"),
        ("p-1.0-cp312-cp312-manylinux2014_aarch64.whl", Target("3.12"), "for Linux on aarch64, the target is x86_64"),
        ("p-1.0-cp312-cp312-musllinux_1_2_x86_64.whl", Target("3.12"), "for musl, the image has glibc 2.36"),
        (
            "p-1.0-cp312-cp312-manylinux1_x86_64.whl",
            Target("3.12", libc="musl", libc_version="1.2"),
            "for glibc, the image has musl 1.2",
        ),
        ("p-1.0-cp314-abi3-manylinux1_x86_64.whl", Target("3.12"), "needs Python 3.14 or newer: tag cp314-abi3"),
        ("p-1.0-cp313-cp313t-manylinux1_x86_64.whl", Target("3.13"), "needs the free-threaded build: tag cp313t"),
        (
            "p-1.0-cp38-abi3-manylinux1_x86_64.whl",
            Target("3.13", free_threaded=True),
            "does not fit the free-threaded build: tag abi3",
        ),
        ("p-1.0-pp310-pypy310_pp73-manylinux1_x86_64.whl", Target("3.10"), "for PyPy 3.10: tag pp310"),
        ("p-1.0-py2-none-any.whl", Target("3.10"), "needs Python 2: tag py2"),
        (
            "p-1.0-cp313-cp313-manylinux_2_39_x86_64.whl",
            Target("3.12"),
            "needs glibc 2.39, the image has 2.36; needs Python 3.13: tag cp313",
        ),
        ("p-1.0.exe", Target("3.12"), "an archive that pip does not install from"),
        ("p-1.0-nonsense.whl", Target("3.12"), "its name is no valid name of a wheel"),
    ],
)
def test_why_a_file_is_not_taken(name: str, target: Target, expected: str) -> None:
    assert reason(name, target) == expected


def test_requires_python_of_a_file_counts() -> None:
    files = (file("p-1.0-py3-none-any.whl", requires_python=">=3.9,<3.13"),)
    assert select(files, Target("3.12")).file is files[0]
    refused = select(files, Target("3.13"))
    assert refused.file is None
    assert "requires Python >=3.9,<3.13, the target is 3.13" in refused.rejected[0].reason
    broken = (file("p-1.0-py3-none-any.whl", requires_python="three"),)
    assert select(broken, Target("3.13")).file is broken[0]


def test_a_bare_minor_is_a_late_patch() -> None:
    files = (file("p-1.0-py3-none-any.whl", requires_python=">=3.11.4"),)
    assert select(files, Target("3.11")).file is files[0]
    assert select(files, Target("3.11.2")).file is None


def test_yanked_files_need_an_exact_pin() -> None:
    files = (file("p-1.0-py3-none-any.whl", yanked="broken"), file("p-1.0.tar.gz"))
    assert select(files, Target("3.12")).file is files[1]
    assert select(files, Target("3.12"), pinned=True).file is files[1], "what is not yanked comes first"
    pinned = select(files[:1], Target("3.12"), pinned=True)
    assert pinned.file is files[0]
    assert pinned.yanked == "broken"
    assert select(files[:1], Target("3.12")).rejected[0].reason == "yanked by its authors: broken"


def test_no_binary_and_only_binary() -> None:
    names = ["p-1.0-py3-none-any.whl", "p-1.0.tar.gz"]
    assert taken(names, Target("3.12"), allow_wheels=False) == "p-1.0.tar.gz"
    assert taken(names[1:], Target("3.12"), allow_sdists=False) is None


def test_the_nearest_version_upwards_first() -> None:
    def release(version: str, python: str, **fields: str) -> tuple[IndexFile, ...]:
        return (file(f"p-{version}-{python}-{python}-manylinux2014_x86_64.whl", **fields), file(f"p-{version}.tar.gz"))

    releases = FrozenReleases(
        "p",
        {
            "3.0rc1": release("3.0rc1", "cp314"),
            "2.2": release("2.2", "cp313"),
            "2.1": release("2.1", "cp313", yanked=""),
            "2.0": release("2.0", "cp312"),
            "1.0": release("1.0", "cp311"),
            "0.9": release("0.9", "cp311"),
        },
    )
    assert first_version_with_wheel(releases, Target("3.13"), "2.0") == "2.2"
    assert first_version_with_wheel(releases, Target("3.12"), "2.0") == "2.0"
    assert first_version_with_wheel(releases, Target("3.11"), "2.0") == "1.0"
    assert first_version_with_wheel(releases, Target("3.14"), "2.0") is None
    assert first_version_with_wheel(releases, Target("3.13"), "1.5") == "2.2"
    assert not has_wheel(releases.files("2.1"), Target("3.13"))
