"""An index that fails in every way, met by the real command: unknown, with the reason, and exit code 5."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.server import LocalIndex, Reply, local_index, page, sdist, wheel
from tests.robustness.running import HEALTHY, Ended, check, command, environment, write_project

WHEEL = "demo-1.0-py3-none-any.whl"
SDIST = "demo-1.0.tar.gz"
METADATA = "Metadata-Version: 2.2\nName: demo\nVersion: 1.0\n"
OTHER_HASH = hashlib.sha256(b"something else").hexdigest()
SDIST_DATA = sdist("demo-1.0", {"PKG-INFO": METADATA, "setup.py": "from setuptools import setup\nsetup()\n"})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project", HEALTHY)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def server() -> Iterator[LocalIndex]:
    with local_index() as running:
        heal(running)
        yield running


def heal(server: LocalIndex) -> None:
    """Let the index answer as it should."""
    server.replies.clear()
    server.replies["/simple/demo/"] = Reply(page(WHEEL))
    server.replies["/simple/pip/"] = Reply(page("pip-26.0-py3-none-any.whl"))
    server.add_wheel(WHEEL, METADATA)


def must_be_unknown(ended: Ended, words: str) -> None:
    """The verdict is unknown, the reason stands in the report, and the exit code says that the index is to blame."""
    assert "Traceback" not in ended.errors
    (result,) = ended.report["results"]
    assert result["verdict"] == "unknown"
    reasons = [item["reason"] for item in result["unresolved"]]
    reasons += [item["reason"] for item in result["packages"] if item["outcome"] == "unknown"]
    assert any(words in reason for reason in reasons), reasons
    assert any(words in note for note in ended.report["notes"]), ended.report["notes"]
    assert result["findings"] == []
    assert ended.code == 5


FAILURES = {
    "HTTP 400": (Reply(status=400), "HTTP 400"),
    "HTTP 401": (Reply(status=401), "asks for credentials"),
    "HTTP 403": (Reply(status=403), "refuses access"),
    "HTTP 429": (Reply(status=429, headers={"Retry-After": "100"}), "asked too often"),
    "HTTP 451": (Reply(status=451), "HTTP 451"),
    "HTTP 500": (Reply(status=500), "HTTP 500"),
    "HTTP 502": (Reply(status=502), "HTTP 502"),
    "HTTP 503": (Reply(status=503), "HTTP 503"),
    "HTTP 504": (Reply(status=504), "HTTP 504"),
    "slow": (Reply(page(WHEEL), delay=3.0), "stopped sending"),
    "cut off": (Reply(page(WHEEL), cut=40), "cut off"),
    "damaged": (Reply(b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"}), "damaged"),
    "another content type": (Reply(page(WHEEL), content_type="image/png"), "content type 'image/png'"),
    "no content type": (Reply(page(WHEEL), content_type=""), "content type 'none'"),
    "an error page with 200": (Reply(b"<html><h1>Sorry</h1></html>"), "no index page"),
    "a login page with 200": (Reply(b"<html><h1>Welcome</h1><a href='/login'>log in</a></html>"), "no file of this"),
    "nothing with 200": (Reply(b""), "no index page"),
    "broken JSON": (Reply(b'{"files": [', content_type="application/vnd.pypi.simple.v1+json"), "JSON is broken"),
    "redirects in circles": (Reply(status=302, headers={"Location": "/simple/demo/"}), "in circles"),
    "redirects elsewhere": (Reply(status=302, headers={"Location": "ftp://files.example/"}), "'ftp'"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_page(server: LocalIndex, project: Path, cache: Path, failure: str) -> None:
    reply, words = FAILURES[failure]
    server.replies["/simple/demo/"] = reply
    must_be_unknown(check(project, server.simple, cache, "--format", "json"), words)
    heal(server)
    recovered = check(project, server.simple, cache, "--format", "json")
    assert (recovered.code, recovered.report["results"][0]["verdict"]) == (0, "no_failure_found"), "nothing is kept"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9/simple", "refuses the connection"),
        ("http://index.invalid/simple", "name cannot be resolved"),
        ("http://[::1/simple", "address cannot be read"),
    ],
)
def test_an_index_that_is_not_there(project: Path, cache: Path, url: str, words: str) -> None:
    must_be_unknown(check(project, url, cache, "--format", "json"), words)


def test_an_index_that_does_not_speak_tls(server: LocalIndex, project: Path, cache: Path) -> None:
    ended = check(project, server.simple.replace("http:", "https:"), cache, "--format", "json")
    must_be_unknown(ended, "does not speak TLS")


def test_an_index_that_has_lost_its_pages(server: LocalIndex, project: Path, cache: Path) -> None:
    server.replies.clear()
    must_be_unknown(check(project, server.simple, cache, "--format", "json"), "its address may be wrong")


def test_a_project_that_a_sound_index_does_not_have_is_no_unknown(
    server: LocalIndex, project: Path, cache: Path
) -> None:
    del server.replies["/simple/demo/"]
    ended = check(project, server.simple, cache, "--format", "json")
    assert (ended.code, ended.report["results"][0]["verdict"]) == (13, "will_fail")


FILE_FAILURES = {
    "HTTP 403": (Reply(status=403), "refuses access"),
    "listed and not there": (Reply(status=404), "no such page"),
    "HTTP 500": (Reply(status=500), "HTTP 500"),
    "cut off": (Reply(wheel(WHEEL, METADATA), cut=50), "cut off"),
    "slow": (Reply(wheel(WHEEL, METADATA), delay=3.0), "stopped sending"),
    "an error page with 200": (Reply(b"<html>Sorry</html>"), "no zip archive"),
    "another project's": (Reply(wheel(WHEEL, METADATA.replace("Name: demo", "Name: evil"))), "that of evil"),
}


@pytest.mark.parametrize("failure", FILE_FAILURES)
def test_a_failing_wheel(server: LocalIndex, project: Path, cache: Path, failure: str) -> None:
    reply, words = FILE_FAILURES[failure]
    server.replies[f"/files/{WHEEL}"] = reply
    must_be_unknown(check(project, server.simple, cache, "--format", "json"), words)
    heal(server)
    assert check(project, server.simple, cache).code == 0, "nothing of the trouble is kept"


def test_metadata_that_is_not_what_the_page_promised(server: LocalIndex, project: Path, cache: Path) -> None:
    server.replies["/simple/demo/"] = Reply(page(WHEEL, attributes=f' data-core-metadata="sha256={OTHER_HASH}"'))
    server.replies[f"/files/{WHEEL}.metadata"] = Reply(METADATA.encode())
    must_be_unknown(check(project, server.simple, cache, "--format", "json"), "does not match the hash")


@pytest.mark.parametrize(
    ("fragment", "reply", "words"),
    [
        (f"#sha256={OTHER_HASH}", Reply(SDIST_DATA), "does not match the hash"),
        ("", Reply(status=500), "HTTP 500"),
        ("", Reply(SDIST_DATA[:100]), "damaged"),
    ],
)
def test_a_failing_sdist(
    server: LocalIndex, project: Path, cache: Path, fragment: str, reply: Reply, words: str
) -> None:
    server.replies["/simple/demo/"] = Reply(page(SDIST).replace(b'tar.gz"', f'tar.gz{fragment}"'.encode()))
    server.replies[f"/files/{SDIST}"] = reply
    must_be_unknown(check(project, server.simple, cache, "--format", "json"), words)


def test_a_failing_dependency(server: LocalIndex, project: Path, cache: Path) -> None:
    server.add_wheel(WHEEL, f"{METADATA}Requires-Dist: other>=1\n")
    server.replies["/simple/other/"] = Reply(status=500)
    must_be_unknown(check(project, server.simple, cache, "--format", "json"), "HTTP 500")


@pytest.mark.parametrize("format_", ["text", "json"])
def test_no_format_says_that_no_failure_was_found(server: LocalIndex, project: Path, cache: Path, format_: str) -> None:
    server.replies["/simple/demo/"] = Reply(status=500)
    ended = check(project, server.simple, cache, "--format", format_)
    assert "no failure found" not in ended.out
    assert "no_failure_found" not in ended.out
    assert "HTTP 500" in ended.out
    assert ended.code == 5


def test_findings_come_before_the_index_in_the_exit_code(server: LocalIndex, project: Path, cache: Path) -> None:
    server.replies["/simple/demo/"] = Reply(status=500)
    (project / "Procfile").unlink()
    (project / "main.py").unlink()
    ended = check(project, server.simple, cache)
    assert ended.code == 13, "no start command: that is known without the index"
    assert "HTTP 500" in ended.out
    assert check(project, server.simple, cache, "--fail-on", "never").code == 5


def test_offline_without_a_cache_is_unknown(server: LocalIndex, project: Path, cache: Path) -> None:
    must_be_unknown(check(project, server.simple, cache, "--format", "json", "--offline"), "--offline")
    assert server.asked == []


def test_a_passing_failure_is_tried_again(server: LocalIndex, project: Path, cache: Path) -> None:
    server.replies["/simple/demo/"] = [Reply(status=503), Reply(page(WHEEL))]
    assert check(project, server.simple, cache, PIP_RETRIES="2").code == 0


def test_credentials_are_in_no_output(server: LocalIndex, project: Path, cache: Path) -> None:
    server.replies["/simple/demo/"] = Reply(status=500)
    secret = server.simple.replace("http://", "http://user:s3cret@")
    for arguments in ((), ("-vv",), ("--format", "json")):
        ended = check(project, secret, cache, *arguments)
        assert "s3cret" not in ended.out + ended.errors


def test_damage_anywhere_in_the_cache_is_dropped_and_read_anew(server: LocalIndex, project: Path, cache: Path) -> None:
    assert check(project, server.simple, cache).code == 0
    kept = [path for path in cache.rglob("*") if path.is_file()]
    assert len(kept) >= 2
    for path in kept:
        whole = path.read_bytes()
        for data in (b"", whole[: len(whole) // 2], whole[:-1] + b"\xff", b"\0" * len(whole), b"nonsense"):
            path.write_bytes(data)
            ended = check(project, server.simple, cache)
            assert (ended.code, ended.errors) == (0, ""), (path.name, data[:40])
    assert check(project, server.simple, cache, "--offline").code == 0


def test_a_cache_that_is_a_file_is_done_without(server: LocalIndex, project: Path, cache: Path) -> None:
    cache.write_text("not a folder")
    assert check(project, server.simple, cache).code == 0


def test_two_processes_share_a_cache(server: LocalIndex, project: Path, cache: Path) -> None:
    line = command("check", str(project), "--platform", "railway", "--index-url", server.simple, "--on", "2026-11-20")
    for _ in range(2):
        running = [
            subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(cache))
            for _ in range(4)
        ]
        for process in running:
            _, errors = process.communicate(timeout=60)
            assert (process.returncode, errors) == (0, b"")
    assert not list(cache.rglob("*.part"))
