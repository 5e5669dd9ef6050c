"""Forecasts are remembered exactly as they were made, and only for as long as nothing that they rest on changes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.index.server import LocalIndex, Reply, local_index, page, sdist, wheel
from tests.resolve.fake_index import requirement_set
from trueup import forecasts as module
from trueup.forecasts import forecasts, packed, unpacked
from trueup.index.cache import Cache
from trueup.index.client import NetworkIndex
from trueup.index.settings import IndexSettings
from trueup.model.distribution import (
    BuildNeeds,
    Conflict,
    ConflictSide,
    InstallForecast,
    Outcome,
    PackageForecast,
    Unresolved,
)
from trueup.model.evidence import Evidence, EvidenceKind
from trueup.model.requirement import IndexOptions, RequirementSet
from trueup.model.target import Target
from trueup.resolve import resolver

PY313 = Target("3.13")
BOTH = (Target("3.12"), PY313)
OLD = "lib-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
NEW = "lib-1.0-cp313-cp313-manylinux_2_17_x86_64.whl"
METADATA = "Metadata-Version: 2.1\nName: {0}\nVersion: 1.0\nRequires-Dist: leaf\n"
WANTED = requirement_set("lib==1.0")


@pytest.fixture
def server() -> Iterator[LocalIndex]:
    with local_index() as running:
        running.add_wheel(OLD, METADATA.format("lib"))
        running.add_wheel(NEW, METADATA.format("lib"))
        running.add_wheel("leaf-1.0-py3-none-any.whl", "Metadata-Version: 2.1\nName: leaf\nVersion: 1.0\n")
        code = "from setuptools import Extension, setup\nsetup(ext_modules=[Extension('fast', ['fast.c'])])\n"
        running.replies["/files/lib-1.0.tar.gz"] = Reply(sdist("lib-1.0", {"setup.py": code, "fast.c": "int a;"}))
        running.replies["/simple/lib/"] = Reply(page(OLD, "lib-1.0.tar.gz"), headers={"ETag": '"old"'})
        running.replies["/simple/leaf/"] = Reply(page("leaf-1.0-py3-none-any.whl"))
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def made(
    server: LocalIndex,
    folder: Path,
    wanted: RequirementSet = WANTED,
    targets: tuple[Target, ...] = BOTH,
    **more: object,
) -> dict[Target, InstallForecast]:
    settings = IndexSettings(urls=(server.simple,), timeout=2.0, retries=1, **more)  # type: ignore[arg-type]
    with NetworkIndex(settings, Cache(folder)) as index:
        return forecasts(wanted, targets, index)


def outcomes(found: dict[Target, InstallForecast]) -> list[str]:
    return [package.outcome for forecast in found.values() for package in forecast.packages if package.name == "lib"]


@pytest.fixture
def resolving(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many targets were resolved, at each time that anything was."""
    seen: list[int] = []
    real = resolver.resolve_many

    def counted(requirements: RequirementSet, targets: tuple[Target, ...], index: NetworkIndex) -> object:
        seen.append(len(targets))
        return real(requirements, targets, index)

    monkeypatch.setattr(resolver, "resolve_many", counted)
    return seen


def age(folder: Path, seconds: float) -> None:
    """Make every page of the cache older."""
    for path in folder.rglob("pages/*/*"):
        os.utime(path, (time.time() - seconds, time.time() - seconds))


def test_the_second_time_nothing_is_resolved_nor_asked(server: LocalIndex, folder: Path, resolving: list[int]) -> None:
    first = made(server, folder)
    asked = len(server.asked)
    assert outcomes(first) == [Outcome.WHEEL, Outcome.COMPILES]
    assert made(server, folder) == first
    assert (resolving, len(server.asked)) == ([2], asked)


def test_the_order_of_targets_is_the_one_asked_for(server: LocalIndex, folder: Path) -> None:
    made(server, folder)
    assert list(made(server, folder, targets=BOTH[::-1])) == list(BOTH[::-1])


def test_old_pages_are_asked_for_again_and_a_new_wheel_is_seen(
    server: LocalIndex, folder: Path, resolving: list[int]
) -> None:
    first = made(server, folder)
    age(folder, 3600)
    server.replies["/simple/lib/"] = lambda request: (
        Reply(status=304) if request.headers.get("If-None-Match") == '"old"' else Reply(page(OLD, "lib-1.0.tar.gz"))
    )
    assert made(server, folder) == first
    assert resolving == [2], "the pages say what they said"
    age(folder, 3600)
    server.replies["/simple/lib/"] = Reply(page(OLD, NEW, "lib-1.0.tar.gz"))
    assert outcomes(made(server, folder)) == [Outcome.WHEEL, Outcome.WHEEL]
    assert resolving == [2, 2]


def test_an_index_that_went_down_leaves_it_unknown_and_offline_does_not_ask(server: LocalIndex, folder: Path) -> None:
    first = made(server, folder)
    age(folder, 3600)
    server.replies["/simple/lib/"] = Reply(status=500)
    down = made(server, folder)
    assert down[PY313].unresolved, "what was known an hour ago is not passed off as known"
    assert made(server, folder, offline=True) == first


def test_trouble_of_the_network_is_not_remembered(server: LocalIndex, folder: Path) -> None:
    good = server.replies["/simple/leaf/"]
    server.replies["/simple/leaf/"] = Reply(status=503)
    assert made(server, folder)[PY313].unresolved
    server.replies["/simple/leaf/"] = good
    assert not made(server, folder)[PY313].unresolved


def test_a_folder_of_links_is_part_of_the_question(
    server: LocalIndex, folder: Path, tmp_path: Path, resolving: list[int]
) -> None:
    links = tmp_path / "links"
    links.mkdir()
    deep = links / "deep-1.0-py3-none-any.whl"
    deep.write_bytes(wheel(deep.name, "Metadata-Version: 2.1\nName: deep\nVersion: 1.0\n"))
    for _ in range(2):
        made(server, folder, find_links=(str(links),))
    assert resolving == [2], "nothing has changed"
    local = links / "leaf-2.0-py3-none-any.whl"
    local.write_bytes(wheel(local.name, "Metadata-Version: 2.1\nName: leaf\nVersion: 2.0\n"))
    found = made(server, folder, find_links=(str(links),))
    assert {one.version for one in found[PY313].packages if one.name == "leaf"} == {"2.0"}
    needs_more = "Metadata-Version: 2.1\nName: leaf\nVersion: 2.0\nRequires-Dist: deep\n"
    local.write_bytes(wheel(local.name, needs_more))
    found = made(server, folder, find_links=(str(links),))
    assert "deep" in {one.name for one in found[PY313].packages}, "it was built anew under its old name"
    assert resolving == [2, 2, 2]


def test_a_page_of_links_is_read_once_in_every_run(server: LocalIndex, folder: Path, resolving: list[int]) -> None:
    server.replies["/links.html"] = Reply(b'<a href="/files/other-3.0.tar.gz">x</a>')
    for _ in range(2):
        made(server, folder, find_links=(f"{server.url}/links.html",))
    assert resolving == [2, 2]
    assert server.paths().count("/links.html") == 2


@pytest.mark.parametrize(
    "wanted",
    [
        requirement_set("lib==1.0", "leaf"),
        requirement_set("", "lib==1.0"),
        replace(WANTED, options=IndexOptions(only_binary=frozenset({"lib"}))),
        replace(WANTED, requires_python=">=3.13"),
    ],
)
def test_another_requirement_set_is_another_question(
    server: LocalIndex, folder: Path, resolving: list[int], wanted: RequirementSet
) -> None:
    made(server, folder)
    made(server, folder, wanted)
    assert resolving == [2, 2]


def test_another_trueup_does_not_believe_it(
    server: LocalIndex, folder: Path, resolving: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made(server, folder)
    monkeypatch.setattr(module, "_code", lambda: "changed")
    made(server, folder)
    assert resolving == [2, 2]


@pytest.mark.parametrize("spoilt", [b"", b"[]", b"\x00", b'[["a"]]\n{}', b'[]\n{"roots":[0],"rows":[[0]]}'])
def test_what_is_damaged_is_made_anew(
    server: LocalIndex, folder: Path, monkeypatch: pytest.MonkeyPatch, spoilt: bytes
) -> None:
    first = made(server, folder)
    for path in folder.rglob("answers/*/*"):
        path.write_bytes(path.read_bytes()[:-3])
    assert made(server, folder) == first
    monkeypatch.setattr(Cache, "blob", lambda *_: spoilt)
    assert made(server, folder) == first


# --- packing

words = st.text(max_size=6)
texts = st.none() | words
tuples = st.lists(words, max_size=2).map(tuple)
evidences = st.lists(
    st.builds(Evidence, st.sampled_from(EvidenceKind), words, texts, st.none() | st.integers(1, 9)),
    max_size=2,
).map(tuple)
packages = st.builds(
    PackageForecast,
    *(words, words, st.booleans(), st.sampled_from(Outcome), words, evidences),
    file=texts,
    needs=st.none() | st.builds(BuildNeeds, tuples, tuples, texts, evidences),
    required_by=tuples,
    yanked=texts,
    size=st.none() | st.integers(0, 10**12),
    transient=st.booleans(),
)
conflicts = st.builds(
    Conflict,
    st.text(),
    st.lists(st.builds(ConflictSide, words, texts, evidences), max_size=2).map(tuple),
    st.text(),
)
whole = st.builds(
    InstallForecast,
    st.builds(Target, st.sampled_from(["3.9", "3.13.2"]), libc=st.sampled_from(["glibc", "musl"])),
    st.lists(packages, max_size=2).map(tuple),
    st.lists(conflicts, max_size=2).map(tuple),
    st.lists(st.builds(Unresolved, words, words, evidences, st.booleans()), max_size=2).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(whole, max_size=2))
def test_what_is_packed_is_unpacked_as_it_was(found: list[InstallForecast]) -> None:
    assert unpacked(packed(found)) == found


def test_every_field_is_packed() -> None:
    """A field of a kind that `packed` does not know would come back as something else."""
    for kind in (InstallForecast, PackageForecast, Conflict, ConflictSide, Unresolved, BuildNeeds, Evidence, Target):
        for field in fields(kind):
            words = set(str(field.type).replace("[", " ").replace("]", " ").replace(",", " ").split()) - {"|", "..."}
            known = {each.__name__ for each in module._FIELDS} | {"str", "int", "bool", "None", "tuple"}
            assert words <= known, f"{kind.__name__}.{field.name} is a {field.type}"
