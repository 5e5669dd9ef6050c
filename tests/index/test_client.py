"""The client against a server that does everything wrong, and its cache."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.index.server import LocalIndex, Reply, local_index, page, sdist, wheel
from trueup.index import cache as cache_module
from trueup.index.cache import Cache
from trueup.index.client import NetworkIndex
from trueup.index.interface import Missing, Releases, Unavailable
from trueup.index.settings import IndexSettings
from trueup.model.distribution import CoreMetadata

METADATA = (
    "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: left>=1\nRequires-Python: >=3.8\n\nText: x\n"
)
WHEEL = "demo-1.0-py3-none-any.whl"


@pytest.fixture
def server() -> Iterator[LocalIndex]:
    with local_index() as running:
        running.replies["/simple/demo/"] = Reply(page(WHEEL, "demo-1.0.tar.gz"))
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def client(server: LocalIndex, folder: Path, **settings: object) -> NetworkIndex:
    defaults: dict[str, object] = {"urls": (server.simple,), "timeout": 2.0, "retries": 1}
    return NetworkIndex(IndexSettings(**{**defaults, **settings}), Cache(folder))  # type: ignore[arg-type]


def ask(server: LocalIndex, folder: Path, name: str = "demo", **settings: object) -> Releases | Missing | Unavailable:
    with client(server, folder, **settings) as index:
        return index.releases([name])[name]


def names(found: object) -> list[str]:
    assert not isinstance(found, (Missing, Unavailable)), found
    return [file.filename for version in found.versions() for file in found.files(version)]  # type: ignore[attr-defined]


def test_a_page_is_read_and_kept(server: LocalIndex, folder: Path) -> None:
    assert names(ask(server, folder)) == [WHEEL, "demo-1.0.tar.gz"]
    assert names(ask(server, folder)) == [WHEEL, "demo-1.0.tar.gz"]
    assert server.paths() == ["/simple/demo/"]
    assert "json" in server.asked[0][1]["accept"]


def test_a_json_page(server: LocalIndex, folder: Path) -> None:
    body = json.dumps(
        {"meta": {"api-version": "1.1"}, "files": [{"filename": WHEEL, "url": f"/f/{WHEEL}", "hashes": {}}]}
    )
    server.replies["/simple/demo/"] = Reply(body.encode(), content_type="application/vnd.pypi.simple.v1+json")
    found = ask(server, folder)
    assert names(found) == [WHEEL]
    assert found.files("1.0")[0].url == f"{server.url}/f/{WHEEL}"  # type: ignore[union-attr]


def test_a_missing_project_is_missing_and_stays_so(server: LocalIndex, folder: Path) -> None:
    for _ in range(2):
        with client(server, folder) as index:
            assert isinstance(index.releases(["demo", "nope"])["nope"], Missing)
    assert sorted(server.paths()) == ["/simple/demo/", "/simple/nope/"]


def test_an_index_without_any_page_tells_nothing_about_a_project(server: LocalIndex, folder: Path) -> None:
    found = ask(server, folder, "nope")
    assert isinstance(found, Unavailable)
    assert "its address may be wrong" in found.reason
    assert server.paths() == ["/simple/nope/", "/simple/pip/"]
    server.replies["/simple/nope/"] = Reply(page("nope-1.0.tar.gz"))
    assert names(ask(server, folder, "nope")) == ["nope-1.0.tar.gz"], "nothing of it is kept"
    server.replies["/simple/pip/"] = Reply(page("pip-1.0.tar.gz"))
    assert isinstance(ask(server, folder, "other"), Missing), "an index that has pip is one"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=500), "HTTP 500"),
        (Reply(status=503), "HTTP 503"),
        (Reply(status=429, headers={"Retry-After": "100"}), "asked too often"),
        (Reply(status=403), "refuses access"),
        (Reply(status=401), "asks for credentials"),
        (Reply(page(WHEEL), cut=40), "cut off"),
        (Reply(page(WHEEL), content_type="image/png"), "content type 'image/png'"),
        (Reply(b"<html><h1>Sorry</h1></html>"), "no index page"),
        (Reply(page(WHEEL), delay=3.0), "stopped sending"),
        (Reply(b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"}), "damaged"),
        (Reply(b'{"files": [', content_type="application/vnd.pypi.simple.v1+json"), "cut off"),
        (Reply(status=302, headers={"Location": "/simple/demo/"}), "in circles"),
        (Reply(status=302, headers={"Location": "ftp://files.example/"}), "'ftp'"),
    ],
)
def test_trouble_is_unavailable_with_its_reason(server: LocalIndex, folder: Path, reply: Reply, words: str) -> None:
    server.replies["/simple/demo/"] = reply
    settings: dict[str, Any] = {"timeout": 0.4, "retries": 0} if reply.delay else {}
    found = ask(server, folder, **settings)
    assert isinstance(found, Unavailable)
    assert words in found.reason
    assert found.transient, "nothing follows about the project"
    server.replies["/simple/demo/"] = Reply(page(WHEEL))
    assert names(ask(server, folder)) == [WHEEL], "nothing of the trouble is kept"


def test_a_refused_connection_ends_it_for_all_names_at_once(tmp_path: Path) -> None:
    settings = IndexSettings(urls=("http://127.0.0.1:9/simple",), retries=1, timeout=1.0, workers=2)
    begun = time.monotonic()
    with NetworkIndex(settings, Cache(tmp_path)) as index:
        found = index.releases([f"name{number}" for number in range(60)])
    assert all(isinstance(one, Unavailable) and one.transient for one in found.values())
    assert "refuses the connection" in found["name1"].reason  # type: ignore[union-attr]
    assert time.monotonic() - begun < 5


def test_a_passing_failure_is_repeated(server: LocalIndex, folder: Path) -> None:
    server.replies["/simple/demo/"] = [Reply(status=503), Reply(page(WHEEL), cut=9), Reply(page(WHEEL))]
    assert names(ask(server, folder, retries=3)) == [WHEEL]
    assert len(server.asked) == 3


def test_retry_after_is_honoured(server: LocalIndex, folder: Path) -> None:
    server.replies["/simple/demo/"] = [Reply(status=429, headers={"Retry-After": "1"}), Reply(page(WHEEL))]
    begun = time.monotonic()
    assert names(ask(server, folder)) == [WHEEL]
    assert time.monotonic() - begun >= 1


def test_an_index_that_is_too_talkative_is_refused(
    server: LocalIndex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trueup.index.page_reader.PAGE_LIMIT", 1000)
    server.replies["/simple/demo/"] = Reply(page(WHEEL) + b" " * 5000)
    found = ask(server, folder)
    assert isinstance(found, Unavailable)
    assert "larger than" in found.reason


def test_an_old_page_is_confirmed_and_not_sent_again(server: LocalIndex, folder: Path) -> None:
    def reply(handler: object) -> Reply:
        if handler.headers.get("If-None-Match") == '"v1"':  # type: ignore[attr-defined]
            return Reply(status=304, content_type="")
        return Reply(page(WHEEL), headers={"ETag": '"v1"', "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"})

    server.replies["/simple/demo/"] = reply
    ask(server, folder)
    assert names(ask(server, folder, fresh_for=0.0)) == [WHEEL]
    assert server.asked[1][1]["if-none-match"] == '"v1"'
    assert names(ask(server, folder)) == [WHEEL]
    assert len(server.asked) == 2


def test_offline_takes_the_cache_whatever_its_age(server: LocalIndex, folder: Path) -> None:
    ask(server, folder)
    assert names(ask(server, folder, offline=True, fresh_for=0.0)) == [WHEEL, "demo-1.0.tar.gz"]
    found = ask(server, folder, "other", offline=True)
    assert isinstance(found, Unavailable)
    assert "--offline" in found.reason
    assert len(server.asked) == 1


def test_credentials_go_to_their_host_only_and_into_no_message(server: LocalIndex, folder: Path) -> None:
    secret = server.simple.replace("http://", "http://me:s3cret%21@")
    server.replies["/simple/demo/"] = Reply(status=500)
    with local_index() as other:
        server.replies["/simple/away/"] = Reply(status=302, headers={"Location": f"{other.url}/simple/away/"})
        other.replies["/simple/away/"] = Reply(page("away-1.0.tar.gz"))
        found = ask(server, folder, urls=(secret,), retries=0)
        assert isinstance(found, Unavailable)
        assert "s3cret" not in found.reason
        assert server.asked[0][1]["authorization"].startswith("Basic ")
        away = ask(server, folder, "away", urls=(secret,))
        assert names(away) == ["away-1.0.tar.gz"]
        assert away.files("1.0")[0].url.startswith(other.url)  # type: ignore[union-attr]
        assert "authorization" not in other.asked[0][1]
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"s3cret" not in kept


def test_netrc_is_asked(server: LocalIndex, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password pass\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    ask(server, folder)
    assert "authorization" in server.asked[0][1]


def test_a_proxy_is_used(server: LocalIndex, folder: Path) -> None:
    target = "http://index.example/simple/demo/"
    server.replies[target] = Reply(page(WHEEL))
    assert names(ask(server, folder, urls=("http://index.example/simple",), proxy=server.url)) == [WHEEL]
    assert server.paths() == [target]


def test_all_indexes_together(server: LocalIndex, folder: Path) -> None:
    server.replies["/extra/demo/"] = Reply(page("demo-2.0-py3-none-any.whl", WHEEL))
    urls = (server.simple, f"{server.url}/extra")
    found = ask(server, folder, urls=urls)
    assert names(found) == ["demo-2.0-py3-none-any.whl", WHEEL, "demo-1.0.tar.gz"]
    assert names(ask(server, folder, urls=urls, strategy="first-match")) == [WHEEL, "demo-1.0.tar.gz"]
    server.replies["/extra/demo/"] = Reply(status=500)
    assert isinstance(ask(server, folder / "b", urls=urls, retries=0), Unavailable), "half an answer is none"


def test_find_links(server: LocalIndex, folder: Path, tmp_path: Path) -> None:
    (tmp_path / WHEEL).write_bytes(wheel(WHEEL, METADATA))
    (tmp_path / "other-1.0.tar.gz").write_bytes(b"")
    server.replies["/links.html"] = Reply(b'<a href="/files/demo-3.0.tar.gz">x</a>')
    places = (str(tmp_path), tmp_path.as_uri(), f"{server.url}/links.html", str(tmp_path / "nowhere"))
    with client(server, folder, urls=(), find_links=places) as index:
        found = index.releases(["demo"])["demo"]
        assert names(found) == ["demo-3.0.tar.gz", WHEEL]
        core = index.metadata(found.files("1.0"))[WHEEL]  # type: ignore[union-attr]
    assert isinstance(core, CoreMetadata)
    assert core.requires_dist == ("left>=1",)


def test_files_of_this_machine_are_read_offline_too(server: LocalIndex, folder: Path, tmp_path: Path) -> None:
    (tmp_path / WHEEL).write_bytes(wheel(WHEEL, METADATA))
    (tmp_path / "other-1.0.tar.gz").write_bytes(sdist("other-1.0", {"setup.py": "import x", "pyproject.toml": ""}))
    with client(server, folder, urls=(), find_links=(str(tmp_path),), offline=True) as index:
        found = index.releases(["demo", "other"])
        files = found["demo"].files("1.0")  # type: ignore[union-attr]
        source = found["other"].files("1.0")[0]  # type: ignore[union-attr]
        assert isinstance(index.metadata(files)[WHEEL], CoreMetadata)
        assert isinstance(index.sdist_files(source, ("setup.py",)), dict)
    assert server.asked == []


# --- metadata


def metadata_of(
    server: LocalIndex, folder: Path, filename: str = WHEEL, **settings: object
) -> CoreMetadata | Unavailable:
    with client(server, folder, **settings) as index:
        found = index.releases(["demo"])["demo"]
        assert not isinstance(found, (Missing, Unavailable))
        file = next(file for file in found.files("1.0") if file.filename == filename)
        return index.metadata([file])[filename]


@pytest.mark.parametrize("padding", [0, 300_000])
@pytest.mark.parametrize("ranges", [True, False])
def test_metadata_by_reading_a_wheels_end(server: LocalIndex, folder: Path, padding: int, ranges: bool) -> None:
    data = wheel(WHEEL, METADATA, padding)
    server.replies[f"/files/{WHEEL}"] = Reply(data, ranges=ranges, content_type="application/octet-stream")
    core = metadata_of(server, folder)
    assert isinstance(core, CoreMetadata)
    assert (core.name, core.version, core.requires_dist, core.requires_python) == ("demo", "1.0", ("left>=1",), ">=3.8")
    assert core.source == WHEEL
    asked = len(server.asked)
    assert metadata_of(server, folder, offline=True) == core
    assert len(server.asked) == asked


def test_a_server_that_refuses_ranges(server: LocalIndex, folder: Path) -> None:
    data = wheel(WHEEL, METADATA)

    def reply(handler: object) -> Reply:
        spans = "Range" in handler.headers  # type: ignore[attr-defined]
        return Reply(status=501) if spans else Reply(data, content_type="application/octet-stream")

    server.replies[f"/files/{WHEEL}"] = reply
    assert isinstance(metadata_of(server, folder), CoreMetadata)


def test_offered_metadata_is_taken_and_its_hash_checked(server: LocalIndex, folder: Path) -> None:
    import hashlib

    digest = hashlib.sha256(METADATA.encode()).hexdigest()
    server.replies["/simple/demo/"] = Reply(page(WHEEL, attributes=f' data-core-metadata="sha256={digest}"'))
    server.replies[f"/files/{WHEEL}.metadata"] = Reply(METADATA.encode(), content_type="application/octet-stream")
    core = metadata_of(server, folder)
    assert isinstance(core, CoreMetadata)
    assert server.paths()[-1] == f"/files/{WHEEL}.metadata"
    server.replies[f"/files/{WHEEL}.metadata"] = Reply(METADATA.replace("left", "evil").encode())
    lied = metadata_of(server, folder / "b")
    assert isinstance(lied, Unavailable)
    assert "does not match the hash" in lied.reason


def test_promised_metadata_that_is_not_there(server: LocalIndex, folder: Path) -> None:
    server.replies["/simple/demo/"] = Reply(page(WHEEL, attributes=' data-dist-info-metadata="true"'))
    server.add_wheel(WHEEL, METADATA)
    assert isinstance(metadata_of(server, folder), CoreMetadata)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a zip", "no zip archive"),
        (wheel(WHEEL, METADATA.replace("Name: demo", "Name: evil")), "metadata is that of evil"),
        (wheel("evil-1.0-py3-none-any.whl", METADATA), "no METADATA of this project"),
        (wheel(WHEEL, METADATA)[:-60], "no zip archive"),
        (wheel(WHEEL, "Metadata-Version: 2.1\n\n"), "no name or no version"),
    ],
)
def test_wheels_that_lie_are_unavailable(server: LocalIndex, folder: Path, data: bytes, words: str) -> None:
    server.replies[f"/files/{WHEEL}"] = Reply(data, content_type="application/octet-stream")
    found = metadata_of(server, folder)
    assert isinstance(found, Unavailable)
    assert words in found.reason


def test_an_sdist_is_spoken_for_by_a_wheel_of_its_version(server: LocalIndex, folder: Path) -> None:
    server.add_wheel(WHEEL, METADATA)
    core = metadata_of(server, folder, "demo-1.0.tar.gz")
    assert isinstance(core, CoreMetadata)
    assert core.source == WHEEL


SETUP = "import sys\nsys.exit('never run')\n"


@pytest.mark.parametrize(
    ("members", "requires", "source"),
    [
        ({"PKG-INFO": METADATA.replace("2.1", "2.2"), "setup.py": SETUP}, ("left>=1",), "demo-1.0.tar.gz"),
        (
            {"setup.py": SETUP, "pyproject.toml": '[project]\nname="demo"\nversion="1.0"\ndependencies=["right"]\n'},
            ("right",),
            "demo-1.0.tar.gz, pyproject.toml",
        ),
        (
            {
                "PKG-INFO": "Metadata-Version: 1.2\nName: demo\nVersion: 1.0\n",
                "demo.egg-info/requires.txt": "up\n[x]\ndown\n",
            },
            ("up", 'down; extra == "x"'),
            "demo-1.0.tar.gz, requires.txt (as its author's build wrote it)",
        ),
        ({"setup.py": SETUP, "PKG-INFO": "Metadata-Version: 1.1\nName: demo\nVersion: 1.0\n"}, None, ""),
    ],
)
def test_an_sdist_is_read_and_never_run(
    server: LocalIndex, folder: Path, members: dict[str, str], requires: tuple[str, ...] | None, source: str
) -> None:
    server.replies["/simple/demo/"] = Reply(page("demo-1.0.tar.gz"))
    server.replies["/files/demo-1.0.tar.gz"] = Reply(sdist("demo-1.0", members), content_type="application/gzip")
    core = metadata_of(server, folder, "demo-1.0.tar.gz")
    if requires is None:
        assert isinstance(core, Unavailable)
        assert "setup code" in core.reason
        assert not core.transient
        del server.replies["/files/demo-1.0.tar.gz"]
        assert metadata_of(server, folder, "demo-1.0.tar.gz") == core, "it is kept on disk"
        return
    assert isinstance(core, CoreMetadata)
    assert (core.requires_dist, core.source) == (requires, source)


def test_members_of_an_sdist_without_a_folder_around_them(server: LocalIndex, folder: Path) -> None:
    members = {".gitignore": "", "setup.py": SETUP, "core/a.c": "int x;", "plugins/setup.py": "another"}
    data = sdist("", members)
    server.replies["/files/demo-1.0.tar.gz"] = Reply(data, content_type="application/gzip")
    server.replies["/simple/demo/"] = Reply(page("demo-1.0.tar.gz"))
    with client(server, folder) as index:
        file = index.releases(["demo"])["demo"].files("1.0")[0]  # type: ignore[union-attr]
        found = index.sdist_files(file, ["setup.py"])
    assert found == {"": b".gitignore\nsetup.py\ncore/a.c\nplugins/setup.py", "setup.py": SETUP.encode()}


def test_members_of_an_sdist(server: LocalIndex, folder: Path) -> None:
    import hashlib

    members = {"setup.py": SETUP, "src/a.c": "int x;", "docs/readme.txt": "hi"}
    data = sdist("demo-1.0", members)
    server.replies["/files/demo-1.0.tar.gz"] = Reply(data, content_type="application/gzip")
    link = f'<a href="/files/demo-1.0.tar.gz#sha256={hashlib.sha256(data).hexdigest()}">x</a>'
    server.replies["/simple/demo/"] = Reply(link.encode())
    with client(server, folder) as index:
        file = index.releases(["demo"])["demo"].files("1.0")[0]  # type: ignore[union-attr]
        found = index.sdist_files(file, ["setup.py", "*.c"])
        assert not isinstance(found, Unavailable)
        assert found == {"": b"setup.py\nsrc/a.c\ndocs/readme.txt", "setup.py": SETUP.encode(), "src/a.c": b"int x;"}
        asked = len(server.asked)
        assert index.sdist_files(file, ["setup.py", "*.c"]) == found
    with client(server, folder, offline=True) as index:
        assert index.sdist_files(file, ["setup.py", "*.c"]) == found, "it is kept on disk"
        index.prefetch_sdists([file], ["PKG-INFO"])
        assert isinstance(index.sdist_files(file, ["PKG-INFO"]), Unavailable)
    assert len(server.asked) == asked
    server.replies["/simple/demo/"] = Reply(link.replace("sha256=", "sha256=00").encode())
    with client(server, folder / "b") as index:
        file = index.releases(["demo"])["demo"].files("1.0")[0]  # type: ignore[union-attr]
        lied = index.sdist_files(file, ["setup.py"])
    assert isinstance(lied, Unavailable)
    assert "does not match the hash" in lied.reason


@pytest.mark.parametrize("data", [b"", b"garbage", sdist("demo-1.0", {"setup.py": SETUP * 2000})[:-40]])
def test_broken_sdists_are_unavailable(server: LocalIndex, folder: Path, data: bytes) -> None:
    server.replies["/files/demo-1.0.tar.gz"] = Reply(data, content_type="application/gzip")
    with client(server, folder) as index:
        file = index.releases(["demo"])["demo"].files("1.0")[1]  # type: ignore[union-attr]
        found = index.sdist_files(file, ["setup.py"])
    assert isinstance(found, Unavailable)


def test_progress_is_told(server: LocalIndex, folder: Path) -> None:
    told: list[tuple[str, int, int]] = []
    settings = IndexSettings(urls=(server.simple,), retries=0)
    with NetworkIndex(settings, Cache(folder), lambda what, done, total: told.append((what, done, total))) as index:
        index.releases(["demo", "b", "c"])
    assert told == [("pages", 1, 3), ("pages", 2, 3), ("pages", 3, 3)]


def test_a_cache_that_cannot_be_written_is_done_without(
    server: LocalIndex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module.Cache, "_write", lambda *_: False)
    assert names(ask(server, folder)) == [WHEEL, "demo-1.0.tar.gz"]


def test_a_damaged_page_is_read_anew(server: LocalIndex, folder: Path) -> None:
    with client(server, folder) as index:
        found = index.releases(["demo"])["demo"]
    path = Cache(folder).page_path(server.simple, "demo")
    data = bytearray(path.read_bytes())
    data[-5] ^= 0xFF
    path.write_bytes(bytes(data))
    with client(server, folder) as index:
        again = index.releases(["demo"])["demo"]
        assert names(again) == names(found)
    assert len(server.asked) == 2


INTERRUPTED = """
import sys
from pathlib import Path
from trueup.index.cache import Cache
from trueup.index.client import NetworkIndex
from trueup.index.settings import IndexSettings
index = NetworkIndex(IndexSettings(urls=(sys.argv[1],), timeout=30.0), Cache(Path(sys.argv[2])))
index.releases(["demo", *(f"slow{number}" for number in range(40))])
"""


def test_ctrl_c_ends_it_at_once_and_leaves_a_usable_cache(server: LocalIndex, folder: Path, root: Path) -> None:
    for number in range(40):
        server.replies[f"/simple/slow{number}/"] = Reply(page(f"slow{number}-1.0.tar.gz"), delay=20.0)
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    command = [sys.executable, "-c", INTERRUPTED, server.simple, str(folder)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while not (len(server.asked) >= 10 and any(folder.rglob("pages/*/demo"))) and time.monotonic() < deadline:
        time.sleep(0.05)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - begun < 3
    assert b"KeyboardInterrupt" in errors
    assert names(ask(server, folder, offline=True)) == [WHEEL, "demo-1.0.tar.gz"]
