"""Reading ahead over the network: nothing waits for what it does not need."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.index.server import LocalIndex, Reply, local_index, page
from tests.resolve.fake_index import requirement_set
from trueup.index.cache import Cache
from trueup.index.client import NetworkIndex
from trueup.index.interface import Missing, Told, Unavailable, Wanted
from trueup.index.parallel import spread
from trueup.index.settings import IndexSettings
from trueup.model.target import Target
from trueup.resolve.resolver import resolve

TARGET = Target("3.12", "x86_64", "glibc", "2.36")


@pytest.fixture
def server() -> Iterator[LocalIndex]:
    with local_index() as running:
        yield running


def add(server: LocalIndex, name: str, *needs: str, version: str = "1.0") -> None:
    """A project of one wheel, or one more wheel of it."""
    filename = f"{name}-{version}-py3-none-any.whl"
    lines = "".join(f"Requires-Dist: {line}\n" for line in needs)
    server.add_wheel(filename, f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}\n")
    known = server.replies.get(f"/simple/{name}/")
    files = [filename, *getattr(known, "files", ())]
    reply = Reply(page(*files))
    reply.files = files  # type: ignore[attr-defined]
    server.replies[f"/simple/{name}/"] = reply


def index_of(server: LocalIndex, folder: Path, *urls: str) -> NetworkIndex:
    return NetworkIndex(IndexSettings(urls=(server.simple, *urls), timeout=10.0, retries=0), Cache(folder))


def test_a_slow_page_does_not_keep_the_others_waiting(server: LocalIndex, tmp_path: Path) -> None:
    for name, needs in {"slow": (), "quick": ("middle",), "middle": ("deep",), "deep": ()}.items():
        add(server, name, *needs)
    slow, reached = server.replies["/simple/slow/"], threading.Event()
    deep = server.replies["/simple/deep/"]
    assert isinstance(slow, Reply)
    assert isinstance(deep, Reply)

    def held(_: object) -> Reply:
        reached.wait(8)
        return slow

    def noted(_: object) -> Reply:
        reached.set()
        return deep

    server.replies["/simple/slow/"], server.replies["/simple/deep/"] = held, noted
    with index_of(server, tmp_path) as index:
        found = resolve(requirement_set("slow", "quick"), TARGET, index)
    assert [one.name for one in found.distributions] == ["deep", "middle", "quick", "slow"]
    assert reached.is_set()
    order = server.paths()
    assert order.index("/simple/deep/") < order.index("/files/slow-1.0-py3-none-any.whl")


def test_nothing_is_asked_for_twice_and_the_search_asks_for_nothing_more(server: LocalIndex, tmp_path: Path) -> None:
    add(server, "left", "shared", "extra[fast]")
    add(server, "right", "shared<2")
    add(server, "shared")
    add(server, "shared", version="2.0")
    add(server, "extra", 'speed; extra == "fast"')
    add(server, "speed", "left")
    with index_of(server, tmp_path) as index:
        first = resolve(requirement_set("left", "right", "unknown-name"), TARGET, index)
        asked = server.paths()
        assert len(asked) == len(set(asked))
        again = resolve(requirement_set("left", "right", "unknown-name"), TARGET, index)
    assert server.paths() == asked
    assert first == again
    assert {one.name: one.version for one in first.distributions}["shared"] == "1.0"
    assert "/files/shared-1.0-py3-none-any.whl" in asked, "the version that the demands leave is read, too"


def test_what_is_told_meanwhile_counts_every_page_and_file_once(server: LocalIndex, tmp_path: Path) -> None:
    add(server, "left", "shared")
    add(server, "shared", "deep")
    add(server, "deep")
    told: list[tuple[str, int, int]] = []
    settings = IndexSettings(urls=(server.simple,), retries=0)
    with NetworkIndex(settings, Cache(tmp_path), lambda *progress: told.append(progress)) as index:
        resolve(requirement_set("left"), TARGET, index)
        resolve(requirement_set("left", "unknown-name"), TARGET, index)
    assert [one for one in told if one[0] == "pages"] == [("pages", n, n) for n in (1, 2, 3, 4)]
    assert [one for one in told if one[0] == "metadata"] == [("metadata", n, n) for n in (1, 2, 3)]


def test_an_index_that_has_nothing_is_doubted(server: LocalIndex, tmp_path: Path) -> None:
    told: list[Wanted] = []

    def onwards(item: Wanted, _: Told) -> Iterable[Wanted]:
        told.append(item)
        return ()

    with index_of(server, tmp_path) as index:
        index.read_ahead(["one", "two"], onwards)
        answers = index.releases(["one", "two"])
    assert sorted(map(str, told)) == ["one", "two"]
    assert all(isinstance(answer, Unavailable) for answer in answers.values()), answers


def test_names_of_two_indexes_are_merged(server: LocalIndex, tmp_path: Path) -> None:
    add(server, "demo")
    server.replies["/other/demo/"] = Reply(page("demo-3.0.tar.gz"))
    seen: dict[Wanted, Told] = {}

    def onwards(item: Wanted, answer: Told) -> Iterable[Wanted]:
        seen[item] = answer
        return ()

    with index_of(server, tmp_path, f"{server.url}/other") as index:
        index.read_ahead(["demo", "nothing"], onwards)
    demo = seen["demo"]
    assert list(demo.versions()) == ["3.0", "1.0"]  # type: ignore[union-attr]
    assert isinstance(seen["nothing"], Missing)


def test_what_the_cache_knows_is_told_without_asking(server: LocalIndex, tmp_path: Path) -> None:
    add(server, "quick", "deep")
    add(server, "deep")
    for _ in range(2):
        with index_of(server, tmp_path) as index:
            resolve(requirement_set("quick"), TARGET, index)
            fetched = index.has_fetched
    assert not fetched
    assert len(server.paths()) == len(set(server.paths()))


def test_an_error_in_a_thread_is_raised_and_ends_the_others() -> None:
    def work(number: int) -> int:
        if number == 3:
            raise ValueError("three")
        return number

    before = threading.active_count()
    with pytest.raises(ValueError, match="three"):
        spread(work, [1], lambda number, _: [number + 1], workers=2)
    for _ in range(100):
        if threading.active_count() <= before:
            break
        threading.Event().wait(0.02)
    assert threading.active_count() <= before
