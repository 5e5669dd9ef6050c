"""Names are looked up once, however many connections are made."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.index.server import LocalIndex, Reply, local_index, page
from trueup.index import connections
from trueup.index.cache import Cache
from trueup.index.client import NetworkIndex
from trueup.index.interface import Missing, Unavailable
from trueup.index.settings import IndexSettings

NAMES = [f"demo{number}" for number in range(30)]


@pytest.fixture
def server() -> Iterator[LocalIndex]:
    with local_index() as running:
        for name in NAMES:
            running.replies[f"/simple/{name}/"] = Reply(page(f"{name}-1.0.tar.gz"), delay=0.02)
        yield running


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that were looked up. `index.example` is this machine, at the second of its addresses."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answered(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        if host == "index.example":
            asked.append(host)
            kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
            return [(*kind, ("127.0.0.9", 1)), (*kind, ("127.0.0.1", port))]
        if host == "nowhere.example":
            asked.append(host)
            threading.Event().wait(0.05)
            raise socket.gaierror(-2, "Name or service not known")
        return real(host, port, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", answered)
    monkeypatch.setattr(connections, "_known", {})
    return asked


def test_a_name_is_looked_up_once_and_its_other_addresses_are_tried(
    server: LocalIndex, lookups: list[str], tmp_path: Path
) -> None:
    url = server.simple.replace("127.0.0.1", "index.example")
    with NetworkIndex(IndexSettings(urls=(url,), timeout=5.0, retries=0), Cache(tmp_path)) as index:
        found = index.releases(NAMES)
    assert not [one for one in found.values() if isinstance(one, (Missing, Unavailable))]
    assert lookups == ["index.example"]
    hosts = {headers["host"] for _, headers in server.asked}
    assert hosts == {url.split("/")[2]}, "the server is still asked by its name"


def test_a_name_that_nobody_knows_is_asked_for_once_by_all_threads(lookups: list[str], tmp_path: Path) -> None:
    settings = IndexSettings(urls=("https://nowhere.example/simple",), timeout=5.0, retries=0)
    with NetworkIndex(settings, Cache(tmp_path)) as index:
        found = index.releases(NAMES)
    assert {type(one) for one in found.values()} == {Unavailable}
    assert all("its name cannot be resolved" in one.reason for one in found.values() if isinstance(one, Unavailable))
    assert lookups == ["nowhere.example"]


def test_an_answer_is_believed_for_a_while_only(lookups: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("trueup.index.connections.time.monotonic", lambda: now[0])
    for later, times in ((0.0, 1), (299.0, 1), (2.0, 2)):
        now[0] += later
        connections.addresses_of("index.example", 443)
        assert len(lookups) == times
