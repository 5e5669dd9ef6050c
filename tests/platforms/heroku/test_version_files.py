"""The two grammars of .python-version, runtime.txt and Pipfile.lock, and the `file` command's view of an encoding."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.model.project import SourceFile
from trueup.platforms.builders import _heroku_version_files as files
from trueup.platforms.builders._heroku_encoding import file_command_encoding

INVALID = "Error: Invalid Python version in .python-version."
UNREADABLE = "Error: Unable to read .python-version."


def file(data: str | bytes, path: str = ".python-version") -> SourceFile:
    return SourceFile(path, data.encode() if isinstance(data, str) else data)


@pytest.mark.parametrize(
    ("content", "request_"),
    [
        ("3.12", "3.12"),
        ("3.12.4\n", "3.12.4"),
        ("\ufeff"[:0] + "  3.11\t\r\n\n", "3.11"),
        ("# pinned for the host\n\n3.13", "3.13"),
        ("\u20033.12\u3000", "3.12"),
        ("0.0", "0.0"),
    ],
)
def test_classic_accepts(content: str, request_: str) -> None:
    reading = files.read_classic_version_file(file(content))
    assert reading.request == request_
    assert reading.error == ""


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("3", INVALID),
        ("03.12", INVALID),
        ("3.012", INVALID),
        ("3.12.x", INVALID),
        ("python-3.12", INVALID),
        ("3.12 # why", INVALID),
        ("3.12\n3.x", INVALID),  # every line is validated before lines are counted
        ("3.x\n3.12", INVALID),
        ("3.12\u00a0", INVALID),  # a non-breaking space is no space to sed
        ("3.12\x00", INVALID),
        ("3.12\x1b", INVALID),
        ("", "Error: No Python version found in .python-version."),
        ("# 3.12\n", "Error: No Python version found in .python-version."),
        ("3.11\n3.12\n", "Error: Multiple Python versions found in .python-version."),
        ("\ufeff3.12", UNREADABLE),
        ("3.12\n".encode("utf-16"), UNREADABLE),
        ("version trois é".encode("latin-1"), UNREADABLE),
        (b"\x80\x81\n", INVALID),  # `file` calls it extended ASCII *text*
        ("3.12".encode("utf-16-le"), INVALID),  # without a mark it is `data`
    ],
)
def test_classic_refuses(content: str | bytes, error: str) -> None:
    reading = files.read_classic_version_file(file(content))
    assert reading.request is None
    assert reading.error == error


def test_the_line_that_decides_is_named() -> None:
    assert files.read_classic_version_file(file("# one\n\n3.12\n")).line == 3
    assert files.read_cnb_version_file(file("# one\n\n3.12\n")).line == 3
    assert files.read_runtime_txt(file("# one\npython-3.12\n", "runtime.txt")).line == 2


@pytest.mark.parametrize(
    ("content", "request_"),
    [("python-3.12.1\n", "3.12.1"), ("\n python-3.12 \n# old\n", "3.12")],
)
def test_runtime_txt_accepts(content: str, request_: str) -> None:
    assert files.read_runtime_txt(file(content)).request == request_


@pytest.mark.parametrize("content", ["3.12", "", "Python-3.12", "python-3", "python-3.12\npython-3.13", "python 3.12"])
def test_runtime_txt_refuses(content: str) -> None:
    reading = files.read_runtime_txt(file(content))
    assert reading.request is None
    assert reading.error == "Error: Invalid Python version in runtime.txt."


@pytest.mark.parametrize(
    ("content", "request_", "key"),
    [
        ('{"_meta": {"requires": {"python_version": "3.12"}}}', "3.12", "python_version"),
        ('{"_meta": {"requires": {"python_version": 3.10}}}', "3.10", "python_version"),
        (
            '{"_meta": {"requires": {"python_version": "3.12", "python_full_version": "3.12.2"}}}',
            "3.12.2",
            "python_full_version",
        ),
        ('{"_meta": {"requires": {"python_full_version": false, "python_version": "3.9"}}}', "3.9", "python_version"),
        ('{"_meta": {"requires": {"python_version": "3.12\\n"}}}', "3.12", "python_version"),
        ('{"_meta": {"requires": {}}}', None, ""),
        ("{}", None, ""),
        ("null", None, ""),
    ],
)
def test_pipfile_lock(content: str, request_: str | None, key: str) -> None:
    reading = files.read_pipfile_lock(file(content, "Pipfile.lock"))
    assert (reading.request, reading.key, reading.error) == (request_, key, "")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("{", "Error: Can't parse Pipfile.lock."),
        ("[1]", "Error: Can't parse Pipfile.lock."),
        ('{"_meta": "x"}', "Error: Can't parse Pipfile.lock."),
        ('{"_meta": {"requires": {"python_version": "3.*"}}}', "Error: Invalid Python version in Pipfile.lock."),
        ('{"_meta": {"requires": {"python_version": ""}}}', "Error: Invalid Python version in Pipfile.lock."),
        ('{"_meta": {"requires": {"python_version": false}}}', "Error: Invalid Python version in Pipfile.lock."),
        ("", "Error: Invalid Python version in Pipfile.lock."),
    ],
)
def test_broken_pipfile_lock(content: str, error: str) -> None:
    assert files.read_pipfile_lock(file(content, "Pipfile.lock")).error == error


@pytest.mark.parametrize(
    ("content", "request_", "variant"),
    [
        ("3.09", "3.9", ""),  # a Rust integer may have leading zeros
        ("+3.12", "3.12", ""),
        ("3.12\u00a0", "3.12", ""),  # Rust's trim knows the non-breaking space
        ("3.70000", None, "InvalidVersion"),  # more than 16 bits
        ("3.12\n3.x", None, "MultipleVersions"),  # lines are counted first
        ("\ufeff3.12", None, "InvalidVersion"),
        ("3.12.", None, "InvalidVersion"),
        ("#3.12", None, "NoVersion"),
        (b"\xff\xfe3\x00", None, "ReadPythonVersionFile"),
    ],
)
def test_cnb(content: str | bytes, request_: str | None, variant: str) -> None:
    reading = files.read_cnb_version_file(file(content))
    assert (reading.request, reading.variant) == (request_, variant)


@given(st.binary(max_size=200))
def test_no_bytes_are_too_strange(data: bytes) -> None:
    for read in (files.read_classic_version_file, files.read_cnb_version_file, files.read_runtime_txt):
        reading = read(file(data))
        assert (reading.request is None) == bool(reading.error)
    lock = files.read_pipfile_lock(file(data))
    assert not (lock.request and lock.error)


@given(st.integers(0, 65535), st.integers(0, 65535), st.integers(0, 65535) | st.none())
def test_plain_versions_mean_the_same_to_both(major: int, minor: int, patch: int | None) -> None:
    text = f"{major}.{minor}" + (f".{patch}" if patch is not None else "")
    assert files.read_classic_version_file(file(text)).request == text
    assert files.read_cnb_version_file(file(text)).request == text


@pytest.mark.skipif(shutil.which("file") is None, reason="the `file` command is not installed")
@pytest.mark.parametrize(
    "data",
    [
        b"3.12\n",
        "é\n".encode(),
        b"\xef\xbb\xbf3.12\n",
        "3.12\n".encode("utf-16"),
        "3.12\n".encode("utf-32"),
        b"\xe9t\xe9\n",
        b"\x80\x81\n",
        b"3.12\x01\n",
        b"3\x00.\x001\x00",
        b"3\x85.13",
        b"\xc2\xad3.12\x01",
        b"cut short \xe9",
        b"\xc3\xa9 cut short \xe9",
    ],
)
def test_encodings_are_those_of_the_file_command(data: bytes) -> None:
    command = ["file", "--brief", "--exclude", "json", "--exclude", "soft", "-"]
    said = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()
    words = file_command_encoding(data).removesuffix(" text")
    assert said.startswith(words), said


def test_a_whole_file_is_not_quoted() -> None:
    requirements = "".join(f"package-{number}==1.0\n" for number in range(40))
    reading = files.read_runtime_txt(file(requirements))
    assert reading.value == "package-0==1.0, package-1==1.0, package-2==1.0 and 37 more lines"
    assert files.read_classic_version_file(file("3.11\n3.12\n3.13\n3.14\n")).value == "3.11, 3.12, 3.13 and 1 more line"
