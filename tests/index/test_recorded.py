"""The recording, the table of wheels over it, and the truths that both must tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from trueup.errors import UsageError
from trueup.index.client import NetworkIndex
from trueup.index.interface import Index, Missing, Unavailable
from trueup.index.recorded import FrozenIndex, load_recording
from trueup.index.select import select
from trueup.index.settings import IndexSettings, index_settings
from trueup.index.wheels import wheel_table, wheels_document
from trueup.model.distribution import CoreMetadata, IndexFile, Outcome
from trueup.model.target import SUPPORTED_MINORS, Target

RECORDINGS = Path(__file__).parent / "recordings"
SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "schema" / "wheels-1.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def frozen() -> FrozenIndex:
    return load_recording(RECORDINGS)


TRUTHS = [
    ("asyncpg", "0.29.0", {"3.8", "3.9", "3.10", "3.11", "3.12"}, {"3.13": "0.30.0"}),
    ("asyncpg", "0.31.0", {"3.9", "3.10", "3.11", "3.12", "3.13", "3.14"}, {}),
    ("uvloop", "0.20.0", {"3.8", "3.9", "3.10", "3.11", "3.12"}, {}),
    ("pydantic-core", "2.23.4", {"3.8", "3.9", "3.10", "3.11", "3.12", "3.13"}, {}),
    ("pymongo", "4.9.2", {"3.8", "3.9", "3.10", "3.11", "3.12", "3.13"}, {}),
    ("pyyaml", "6.0.3", {"3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"}, {}),
]


def check_truth(index: Index, name: str, version: str, pythons: set[str], first: dict[str, str]) -> None:
    (row,) = wheel_table(index, [f"{name}=={version}"], arches=("x86_64",), libcs=(("glibc", "2.36"),)).rows
    assert {cell.target.python for cell in row.cells if cell.outcome is Outcome.WHEEL} == pythons
    nearest = dict(row.first_version_with_wheel)
    assert all(nearest[python] == version for python in pythons)
    assert all(nearest[python] == wanted for python, wanted in first.items())


@pytest.mark.parametrize(("name", "version", "pythons", "first"), TRUTHS)
def test_truths_of_the_recording(
    frozen: FrozenIndex, name: str, version: str, pythons: set[str], first: dict[str, str]
) -> None:
    check_truth(frozen, name, version, pythons, first)


@pytest.mark.network
@pytest.mark.parametrize(("name", "version", "pythons", "first"), TRUTHS)
def test_truths_of_the_live_index(
    live: NetworkIndex, name: str, version: str, pythons: set[str], first: dict[str, str]
) -> None:
    check_truth(live, name, version, pythons, first)


@pytest.fixture
def live() -> Iterator[NetworkIndex]:
    with NetworkIndex(index_settings()) as index:
        yield index


@pytest.mark.network
def test_live_metadata_of_wheels_and_sdists(live: NetworkIndex) -> None:
    found = live.releases(["asyncpg", "fastapi", "this-project-does-not-exist-0451"])
    assert isinstance(found["this-project-does-not-exist-0451"], Missing)
    files: list[IndexFile] = []
    for name, version in (("asyncpg", "0.29.0"), ("fastapi", "0.115.0")):
        releases = found[name]
        assert not isinstance(releases, (Missing, Unavailable))
        files += releases.files(version)
    metadata = live.metadata(files)
    assert all(isinstance(core, CoreMetadata) for core in metadata.values())
    assert "starlette<0.39.0,>=0.37.2" in metadata["fastapi-0.115.0.tar.gz"].requires_dist  # type: ignore[union-attr]
    sdist = next(file for file in files if file.filename == "asyncpg-0.29.0.tar.gz")
    contents = live.sdist_files(sdist, ["pyproject.toml", "setup.py"])
    assert not isinstance(contents, Unavailable)
    assert b"build-backend" in contents["pyproject.toml"]
    assert b"asyncpg/protocol/protocol.pyx" in contents[""]


def test_every_file_of_the_recording_is_whole(frozen: FrozenIndex) -> None:
    names = frozen.names()
    assert len(names) > 150
    text = "".join(path.read_text("utf-8") for path in RECORDINGS.rglob("*.json"))
    assert len(text) < 5_000_000
    for name, releases in frozen.releases(names).items():
        assert not isinstance(releases, (Missing, Unavailable))
        assert releases.name == name
        assert releases.versions()
        for version in releases.versions():
            files = releases.files(version)
            assert files, (name, version)
            assert all("*" not in file.filename and "/" not in file.filename for file in files)


def test_metadata_and_members_of_the_recording(frozen: FrozenIndex) -> None:
    releases = frozen.releases(["asyncpg"])["asyncpg"]
    assert not isinstance(releases, (Missing, Unavailable))
    chosen = select(releases.files("0.29.0"), Target("3.13")).file
    assert chosen is not None
    assert chosen.filename == "asyncpg-0.29.0.tar.gz"
    core = frozen.metadata([chosen])[chosen.filename]
    assert isinstance(core, CoreMetadata)
    assert any(text.startswith("async-timeout") for text in core.requires_dist)
    contents = frozen.sdist_files(chosen, ["setup.py"])
    assert not isinstance(contents, Unavailable)
    assert set(contents) == {"", "setup.py"}
    assert b"ext_modules" in contents["setup.py"]


def test_what_was_not_recorded(frozen: FrozenIndex) -> None:
    assert frozen.releases(["no-such"]) == {"no-such": Missing("no-such")}
    pretending = load_recording(RECORDINGS, unavailable={"Asyncpg": "it refuses the connection"})
    (found,) = pretending.releases(["asyncpg"]).values()
    assert found == Unavailable("asyncpg", "it refuses the connection")


def test_the_table_and_its_document(frozen: FrozenIndex) -> None:
    table = wheel_table(frozen, ["asyncpg==0.29.0", "docopt==0.6.2", "nope==1", "fastapi", "asyncpg==99", "numpy==1.*"])
    document = wheels_document(table)
    jsonschema.validate(document, SCHEMA)
    json.dumps(document)
    asyncpg, docopt, nope, fastapi, future, numpy = table.rows
    assert len(asyncpg.cells) == len(SUPPORTED_MINORS) * 4
    blocked = next(cell for cell in asyncpg.cells if cell.target.python == "3.13")
    assert blocked.outcome is Outcome.COMPILES
    assert "those for this platform are for Python 3.8 to 3.12" in blocked.reason
    assert {cell.outcome for cell in docopt.cells} == {Outcome.PURE_SDIST}
    assert {cell.outcome for cell in nope.cells} == {Outcome.UNAVAILABLE}
    assert nope.reason == "the index has no such project"
    assert fastapi.version == frozen.releases(["fastapi"])["fastapi"].versions()[0]  # type: ignore[union-attr]
    assert {cell.outcome for cell in fastapi.cells if cell.target.minor in ("3.11", "3.14")} == {Outcome.WHEEL}
    refused = next(cell for cell in fastapi.cells if cell.target.minor == "3.10")
    assert refused.outcome is Outcome.UNAVAILABLE
    assert "requires Python >=3.11" in refused.reason
    assert "no version ==99" in future.reason
    assert numpy.version == "1.26.4"


def test_an_index_that_is_down_makes_all_unknown() -> None:
    with NetworkIndex(IndexSettings(urls=("http://127.0.0.1:9/simple",), retries=0)) as index:
        (row,) = wheel_table(index, ["asyncpg==0.29.0"]).rows
    assert {cell.outcome for cell in row.cells} == {Outcome.UNKNOWN}
    assert row.transient
    assert "refuses the connection" in row.reason


@pytest.mark.parametrize("text", ["", "==", "a b", "demo @ https://x.example/demo.whl"])
def test_what_is_no_requirement_is_refused(frozen: FrozenIndex, text: str) -> None:
    with pytest.raises(UsageError):
        wheel_table(frozen, [text])
