"""Names of files: held equal to `packaging`, which is slower."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from trueup.index.names import newest_first, normalise, parse_wheel_name, release_version, wheel_tail

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.]{0,8}", fullmatch=True)
VERSIONS = st.sampled_from(
    ["1.0", "2.31.5", "1!2.0", "1.0rc1", "1.0.post1", "1.0.dev3", "1.0+cu118", "0", "bad", "1_0"]
)
BUILDS = st.sampled_from(["", "", "", "1", "2b", "x1", "007"])
PYTHONS = st.sampled_from(["py3", "cp312", "py2.py3", "cp39.cp310", "CP313", "pp39", "", "cp31-"])
ABIS = st.sampled_from(["none", "cp312", "abi3", "abi3.abi3t", "CP313t", ""])
PLATFORMS = st.sampled_from(["any", "win_amd64", "manylinux_2_17_x86_64.manylinux2014_x86_64", "Linux_x86_64", ""])


@given(NAMES, VERSIONS, BUILDS, PYTHONS, ABIS, PLATFORMS, st.sampled_from([".whl", ".whl", ".whl", ".WHL", ".zip"]))
def test_wheel_names_are_read_as_packaging_reads_them(
    name: str, version: str, build: str, python: str, abi: str, platform: str, suffix: str
) -> None:
    parts = [name, version, *([build] if build else []), python, abi, platform]
    filename = "-".join(parts) + suffix
    ours = parse_wheel_name(filename)
    try:
        _, expected_version, expected_build, expected_tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        assert ours is None
        return
    assert ours is not None
    assert Version(ours.version) == expected_version
    assert ours.build == expected_build
    tags = set(itertools.product(ours.pythons, ours.abis, ours.platforms))
    assert tags == {(tag.interpreter, tag.abi, tag.platform) for tag in expected_tags}
    assert wheel_tail(filename) == f"{python}-{abi}-{platform}"


@given(NAMES, st.sampled_from(["1.0", "2.31.5", "1.0rc1"]), st.sampled_from([".tar.gz", ".zip"]))
def test_sdist_names_are_read_as_packaging_reads_them(name: str, version: str, suffix: str) -> None:
    filename = f"{name}-{version}{suffix}"
    try:
        project, expected = parse_sdist_filename(filename)
    except InvalidSdistFilename:
        return
    text = release_version(filename, project)
    assert text is not None
    assert Version(text) == expected


@given(st.text(alphabet="aB-_.1", max_size=12))
def test_names_are_normalised_as_packaging_does(text: str) -> None:
    assert normalise(text) == canonicalize_name(text)


@pytest.mark.parametrize(
    ("filename", "project", "version"),
    [
        ("python-dateutil-2.8.2.tar.gz", "python-dateutil", "2.8.2"),
        ("python_dateutil-2.8.2-py2.py3-none-any.whl", "python-dateutil", "2.8.2"),
        ("zope.interface-5.0.tar.gz", "zope-interface", "5.0"),
        ("foo__bar-1.0.zip", "foo-bar", "1.0"),
        ("foo-bar-1.0.tar.gz", "foo", "bar-1.0"),
        ("other-1.0.tar.gz", "foo", None),
        ("other-1.0-py3-none-any.whl", "foo", None),
        ("foo-1.0.exe", "foo", None),
        ("foo-1.0-py3.11.egg", "foo", None),
        ("foo.tar.gz", "foo", None),
        ("foo-.tar.gz", "foo", None),
    ],
)
def test_a_file_belongs_to_a_version(filename: str, project: str, version: str | None) -> None:
    assert release_version(filename, project) == version


def test_versions_are_sorted_by_pep_440() -> None:
    assert newest_first(["1.9", "1.10", "1.10rc1", "nonsense", "2.0.dev1", "1.10.post1"]) == [
        "2.0.dev1", "1.10.post1", "1.10", "1.10rc1", "1.9",
    ]  # fmt: skip
