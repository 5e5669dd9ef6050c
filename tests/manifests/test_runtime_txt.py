"""runtime.txt: the versions that it states."""

from __future__ import annotations

import pytest

from trueup.manifests.runtime_txt import python_statements
from trueup.model.project import SourceFile


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"python-3.12.4\n", [("3.12.4", 1)]),
        (b"3.11", [("3.11", 1)]),
        (b"# old\r\n\r\n  python-3.9 \r\n", [("3.9", 3)]),
        (b"pypy3.9-7.3.9\n", [("pypy3.9-7.3.9", 1)]),
        (b"python-latest\npython-3.12\n", [("python-latest", 1), ("3.12", 2)]),
        (b"\xff\xfe\x00", []),
        (b"", []),
    ],
)
def test_statements(data: bytes, expected: list[tuple[str, int]]) -> None:
    found = python_statements(SourceFile("backend/runtime.txt", data))
    assert [(item.value, item.evidence.line) for item in found] == expected
    assert all(item.source == "runtime.txt" and item.evidence.path == "backend/runtime.txt" for item in found)
