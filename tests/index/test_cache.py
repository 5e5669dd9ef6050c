"""The cache: damage, two processes, eviction, interruption."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trueup.errors import IndexUnavailable
from trueup.index.cache import Cache, default_folder, load_page
from trueup.index.pages import Page, parse_page

INDEX = "https://index.example/simple"


def a_page(name: str = "demo", count: int = 3) -> Page:
    links = "".join(f'<a href="/f/{name}-{n}.0-py3-none-any.whl#sha256=ab">x</a>\n' for n in range(1, count + 1))
    return parse_page(name, "text/html", links.encode(), f"{INDEX}/{name}/")


def test_a_page_comes_back_as_it_was(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.page(INDEX, "demo") is None
    cache.store_page(INDEX, "demo", a_page(), etag='"x"', modified="then")
    page = cache.page(INDEX, "demo")
    assert page is not None
    assert page.versions() == ("3.0", "2.0", "1.0")
    assert [file.filename for file in page.files("2.0")] == ["demo-2.0-py3-none-any.whl"]
    assert page.files("2") == page.files("2.0")
    assert page.files("9.0") == ()
    assert page.filenames("1.0") == ("demo-1.0-py3-none-any.whl",)
    assert page.validators == {"If-None-Match": '"x"', "If-Modified-Since": "then"}
    assert not page.missing
    assert cache.page("https://other.example", "demo") is None


def test_large_pages_are_read_in_parts(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    page = cache.store_page(INDEX, "demo", a_page(count=9000))
    assert page is not None
    assert page.body is None
    assert [file.filename for file in page.files("4321.0")] == ["demo-4321.0-py3-none-any.whl"]


def test_a_page_that_another_process_replaced_is_read_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    old = cache.store_page(INDEX, "demo", a_page(count=5000))
    assert old is not None
    cache.store_page(INDEX, "demo", a_page(count=5001))
    assert [file.filename for file in old.files("77.0")] == ["demo-77.0-py3-none-any.whl"]


def test_a_vanished_page_without_an_index_says_so(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    page = cache.store_page(INDEX, "demo", a_page(count=5000))
    assert page is not None
    page.path.unlink()
    with pytest.raises(IndexUnavailable, match="damaged"):
        page.files("77.0")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_gives_wrong_answers(tmp_path: Path, data: st.DataObject) -> None:
    cache = Cache(tmp_path)
    page = a_page()
    cache.store_page(INDEX, "demo", page)
    path = cache.page_path(INDEX, "demo")
    raw = bytearray(path.read_bytes())
    kind = data.draw(st.sampled_from(["flip", "cut", "empty", "garbage"]))
    if kind == "flip":
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    elif kind == "cut":
        raw = raw[: data.draw(st.integers(0, len(raw) - 1))]
    else:
        raw = bytearray(b"" if kind == "empty" else data.draw(st.binary(max_size=200)))
    path.write_bytes(bytes(raw))
    found = cache.page(INDEX, "demo")
    if found is None:
        return
    for version in page.spans:
        try:
            assert [file.filename for file in found.files(version)] == [f"demo-{version}-py3-none-any.whl"]
        except IndexUnavailable:
            assert not path.exists(), "what is damaged is dropped"
            return


def test_blobs_and_their_damage(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.store_blob("metadata", "demo-1.0.whl.ab", b"content")
    assert cache.blob("metadata", "demo-1.0.whl.ab") == b"content"
    (path,) = (path for path in tmp_path.rglob("demo*") if path.is_file())
    path.write_bytes(path.read_bytes()[:-1])
    assert cache.blob("metadata", "demo-1.0.whl.ab") is None
    assert not path.exists()
    cache.store_blob("metadata", "../../../../etc/x y", b"odd")
    assert cache.blob("metadata", "../../../../etc/x y") == b"odd"
    assert all(tmp_path in path.parents for path in tmp_path.rglob("*"))


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit=25_000)
    for number in range(10):
        cache.store_blob("sdists", f"s{number}", bytes(5000))
        (path,) = (path for path in tmp_path.rglob(f"s{number}") if path.is_file())
        os.utime(path, (time.time() - 1000 + number, time.time() - 1000 + number))
    stale = path.with_name(".old.part")
    stale.write_bytes(b"x")
    os.utime(stale, (1, 1))
    cache.tidy()
    assert [n for n in range(10) if cache.blob("sdists", f"s{n}") is not None] == [6, 7, 8, 9]
    assert not stale.exists()


def test_a_read_only_folder_is_no_trouble(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    cache = Cache(blocked)
    assert cache.store_page(INDEX, "demo", a_page()) is None
    cache.store_blob("metadata", "x", b"y")
    assert cache.blob("metadata", "x") is None
    cache.tidy(now=True)


def test_interrupted_writes_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path)
    cache.store_page(INDEX, "demo", a_page())

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cache.store_page(INDEX, "demo", a_page(count=50))
    monkeypatch.undo()
    page = cache.page(INDEX, "demo")
    assert page is not None
    assert len(page.versions()) == 3
    assert not list(tmp_path.rglob("*.part"))


WORKER = """
import sys
from pathlib import Path
from tests.index.test_cache import INDEX, a_page
from trueup.index.cache import Cache
cache = Cache(Path(sys.argv[1]))
for round in range(60):
    count = 1500 + round % 3
    cache.store_page(INDEX, "demo", a_page(count=count))
    page = cache.page(INDEX, "demo")
    assert page is not None
    for version in ("1.0", "700.0", "1500.0"):
        assert [file.filename for file in page.files(version)] == [f"demo-{version}-py3-none-any.whl"], version
    cache.store_blob("metadata", "one", b"x" * (round + 1))
    blob = cache.blob("metadata", "one")
    assert blob is not None and set(blob) == {120}
"""


def test_two_processes_share_it(tmp_path: Path, root: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}"}
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    both = [subprocess.Popen(command, env=environment, cwd=root, stderr=subprocess.PIPE) for _ in range(2)]
    for process in both:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors.decode()
    assert load_page(Cache(tmp_path).page_path(INDEX, "demo")) is not None


def test_where_the_cache_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRUEUP_CACHE_DIR", str(tmp_path / "own"))
    assert default_folder() == tmp_path / "own"
    monkeypatch.delenv("TRUEUP_CACHE_DIR")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert default_folder() == tmp_path / "xdg" / "trueup"


def test_json_chunks_survive_too(tmp_path: Path) -> None:
    rows = [
        {"filename": f"demo-1.{n}.tar.gz", "url": f"/f/demo-1.{n}.tar.gz", "hashes": {}, "size": n} for n in range(4)
    ]
    page = parse_page(
        "demo", "application/vnd.pypi.simple.v1+json", json.dumps({"files": rows}).encode(), f"{INDEX}/demo/"
    )
    kept = Cache(tmp_path).store_page(INDEX, "demo", page)
    assert kept is not None
    assert kept.files("1.2")[0].size == 2
    assert kept.files("1.2")[0].url == "https://index.example/f/demo-1.2.tar.gz"
