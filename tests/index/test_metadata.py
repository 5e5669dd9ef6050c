"""Core metadata from METADATA, PKG-INFO, pyproject.toml and requires.txt."""

from __future__ import annotations

import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from trueup.index.metadata import MetadataError, decode, encode, parse_headers, parse_requires_txt, static_metadata

VALUES = st.text(alphabet="abc <>=;\"'.,()1234 ", max_size=30).map(str.strip)
FIELDS = st.lists(
    st.tuples(st.sampled_from(["Requires-Dist", "Provides-Extra", "Summary", "requires-dist"]), VALUES), max_size=8
)


@given(FIELDS, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_headers_are_read_as_the_standard_library_reads_them(
    fields: list[tuple[str, str]], end: str, body: bool
) -> None:
    lines = ["Metadata-Version: 2.1", "Name: Demo.Pkg", "Version: 1.0", *(f"{key}: {value}" for key, value in fields)]
    text = end.join(lines) + end + (f"{end}Requires-Dist: not-this{end}" if body else "")
    message = email.message_from_string(text.replace("\r\n", "\n"), policy=email.policy.compat32)
    core = parse_headers(text.encode(), "x").core
    assert core.name == "demo-pkg"
    assert core.requires_dist == tuple(value.strip() for value in message.get_all("Requires-Dist", []))
    assert core.provides_extra == tuple(value.strip() for value in message.get_all("Provides-Extra", []))
    assert decode(encode(core)) == core


def test_folded_lines_are_joined() -> None:
    text = b"\xef\xbb\xbfName: demo\nVersion: 1\nRequires-Dist: a\n  ; python_version < '3'\nDynamic: Requires-Dist\n"
    headers = parse_headers(text, "x")
    assert headers.core.requires_dist == ("a ; python_version < '3'",)
    assert headers.dynamic == {"requires-dist"}
    assert not headers.is_static


def test_nameless_metadata_is_refused() -> None:
    with pytest.raises(MetadataError):
        parse_headers(b"Version: 1\n\nName: in the body", "x")


def test_requires_txt() -> None:
    text = "plain>=1\n\n[:python_version < '3.8']\nold\n[extra]\n"
    text += "more[x] ; os_name == 'nt'\n[extra:platform_system == 'Linux']\nlinux\n"
    requires, extras = parse_requires_txt(text)
    assert extras == ("extra",)
    assert requires[0] == "plain>=1"
    markers = [str(Requirement(text).marker) for text in requires[1:]]
    assert markers == [
        'python_version < "3.8"',
        'os_name == "nt" and extra == "extra"',
        'platform_system == "Linux" and extra == "extra"',
    ]


def info(version: str, *lines: str) -> bytes:
    return "\n".join([f"Metadata-Version: {version}", "Name: demo", "Version: 1.0", *lines, "", ""]).encode()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"PKG-INFO": info("2.2", "Requires-Dist: a")}, ("a",)),
        ({"PKG-INFO": info("2.2")}, ()),
        ({"PKG-INFO": info("2.2", "Dynamic: Requires-Dist")}, None),
        ({"PKG-INFO": info("1.2")}, None),
        ({"PKG-INFO": info("2.1", "Requires-Dist: a")}, ("a",)),
        (
            {"pyproject.toml": b'[project]\nname="Demo"\ndependencies=["b"]\n[project.optional-dependencies]\nx=["c"]'},
            ("b", 'c; extra == "x"'),
        ),
        ({"pyproject.toml": b'[project]\nname="demo"\ndynamic=["dependencies"]'}, None),
        ({"pyproject.toml": b'[project]\nname="other"\ndependencies=["b"]'}, None),
        ({"pyproject.toml": b"not toml ="}, None),
        ({"demo.egg-info/requires.txt": b"d\n"}, ("d",)),
        ({"demo.egg-info/PKG-INFO": info("1.0"), "setup.py": b"setup(name='demo')"}, ()),
        ({"demo.egg-info/PKG-INFO": info("1.0"), "setup.py": b"setup(install_requires=find())"}, None),
        ({}, None),
    ],
)
def test_what_an_sdist_says_without_being_built(files: dict[str, bytes], expected: tuple[str, ...] | None) -> None:
    core = static_metadata(files, "demo", "1.0", "demo-1.0.tar.gz")
    assert (core.requires_dist if core else None) == expected
