"""An index that answers with what it should not: absurd names, versions, requirements. No traceback, no false calm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.server import Reply, local_index, page, wheel
from tests.robustness.running import HEALTHY, check, write_project

WHEEL = "demo-1.0-py3-none-any.whl"
METADATA = "Metadata-Version: 2.2\nName: demo\nVersion: 1.0\n"
NINES = "9" * 5000


@pytest.mark.parametrize(
    "names",
    [
        [f"demo-{NINES}-py3-none-any.whl", WHEEL],
        [f"demo-1.0-{NINES}x-py3-none-any.whl", WHEEL],
        ["demo-1.0-cp313-cp313-manylinux_999999999999_1_x86_64.whl", WHEEL],
        ["demo-1.0-cp3999-none-any.whl", "demo-1.0-cp-none-any.whl", "demo-1.0-py-none-any.whl", WHEEL],
        [f"demo-1.0+{'a.' * 2000}a-py3-none-any.whl", WHEEL],
        ["demo-1.0-py3-none-any.whl" * 50, "../../../../etc/demo-9.tar.gz", WHEEL],
        ["demo-1.0-\x1b[31mpy3-none-any.whl", "demo-1.0-<script>-none-any.whl", WHEEL],
        ["demo-1.0-py3-none-any.whl"] * 3000,
    ],
)
def test_absurd_files(tmp_path: Path, names: list[str]) -> None:
    project = write_project(tmp_path / "project", HEALTHY)
    with local_index() as server:
        server.replies["/simple/demo/"] = Reply(page(*names))
        server.add_wheel(WHEEL, METADATA)
        ended = check(project, server.simple, tmp_path / "cache", "--format", "json")
    assert "Traceback" not in ended.errors, ended.errors
    (result,) = ended.report["results"]
    expected = {0: "no_failure_found", 5: "unknown"}
    assert result["verdict"] == expected[ended.code], "an absurd file may be taken, and then cannot be read"
    assert "\x1b" not in ended.out


@pytest.mark.parametrize(
    "attributes",
    [
        f' data-requires-python="&gt;={NINES}"',
        ' data-requires-python="nonsense" data-yanked="\x1b[2J"',
        ' data-requires-python="&gt;=3.8" data-upload-time="9999-99-99" data-size="-1"',
        f' data-size="{NINES}"',
        ' data-core-metadata="sha256=" data-core-metadata="true"',
    ],
)
def test_absurd_attributes(tmp_path: Path, attributes: str) -> None:
    project = write_project(tmp_path / "project", HEALTHY)
    with local_index() as server:
        server.replies["/simple/demo/"] = Reply(page(WHEEL, attributes=attributes))
        server.add_wheel(WHEEL, METADATA)
        ended = check(project, server.simple, tmp_path / "cache", "-v")
    assert "Traceback" not in ended.errors, ended.errors
    assert "\x1b" not in ended.out
    assert ended.code in (0, 5, 11, 12, 13)


@pytest.mark.parametrize(
    "line",
    [
        f"Requires-Dist: other>={NINES}",
        f"Requires-Dist: other; python_version < '{NINES}'",
        f"Requires-Dist: {'other, ' * 3000}",
        f"Requires-Dist: other{'(' * 3000}",
        "Requires-Dist: other; " + " or ".join(["extra == 'a'"] * 2000),
        "Requires-Dist: demo>=2",
        f"Requires-Python: >={NINES}",
        f"Metadata-Version: {NINES}",
        "Requires-Dist: \x1b[31mother",
    ],
)
def test_absurd_metadata(tmp_path: Path, line: str) -> None:
    project = write_project(tmp_path / "project", HEALTHY)
    with local_index() as server:
        server.replies["/simple/demo/"] = Reply(page(WHEEL))
        server.replies["/simple/pip/"] = Reply(page("pip-26.0-py3-none-any.whl"))
        server.replies[f"/files/{WHEEL}"] = Reply(wheel(WHEEL, f"{line}\n{METADATA}"))
        ended = check(project, server.simple, tmp_path / "cache", "-v")
    assert "Traceback" not in ended.errors, ended.errors
    assert "\x1b" not in ended.out
    assert ended.code in (0, 5, 11, 12, 13)
