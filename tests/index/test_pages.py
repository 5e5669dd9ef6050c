"""Pages in both forms, as every kind of index writes them."""

from __future__ import annotations

import contextlib
import html
import json
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.index import page_html
from trueup.index.names import release_version
from trueup.index.pages import NotAnIndexPageError, decode, filenames, outline, parse_page
from trueup.model.distribution import IndexFile

URL = "https://index.example/simple/demo/"
VERSIONS = ["1.0", "1.1", "2.0rc1", "1.0.post1", "0.9+cu118"]


def read(body: bytes | str, content_type: str = "text/html", url: str = URL) -> dict[str, tuple[IndexFile, ...]]:
    raw = body.encode() if isinstance(body, str) else body
    page = parse_page("demo", content_type, raw, url)
    chunks = {version: page.chunk(version) for version in page.spans}
    found = {version: decode(page.form, page.base, version, chunk) for version, chunk in chunks.items()}
    for version, chunk in chunks.items():
        assert filenames(page.form, chunk) == tuple(file.filename for file in found[version])
    return found


def only(body: str, content_type: str = "text/html") -> IndexFile:
    (files,) = read(body, content_type).values()
    (file,) = files
    return file


@st.composite
def listed(draw: st.DrawFn) -> IndexFile:
    version = draw(st.sampled_from(VERSIONS))
    tail = draw(st.sampled_from(["-py3-none-any.whl", "-cp312-cp312-win_amd64.whl", ".tar.gz", ".zip"]))
    filename = f"demo-{version}{tail}"
    digest = draw(st.sampled_from(["", "a" * 64]))
    metadata = draw(st.sampled_from([None, "true", "sha256=" + "b" * 64]))
    return IndexFile(
        filename=filename,
        url=f"https://files.example/ab/{quote(filename)}",
        version=version,
        hashes=(("sha256", digest),) if digest else (),
        requires_python=draw(st.sampled_from([None, ">=3.8", ">=3.8,<4", "!=3.0.*,>2.7"])),
        yanked=draw(st.sampled_from([None, "", 'it "breaks" <all> & more', "it's"])),
        has_metadata=metadata is not None,
        metadata_hash=metadata if metadata and "=" in metadata else None,
        size=draw(st.sampled_from([None, 12])),
        uploaded=draw(st.sampled_from([None, "2024-01-02T03:04:05Z"])),
    )


def anchor(file: IndexFile, style: int) -> str:
    mark = "'" if style == 1 else '"'

    def attribute(name: str, value: str) -> str:
        escaped = html.escape(value, quote=True)
        return f"{name}={mark}{escaped}{mark}"

    fragment = f"#{file.hashes[0][0]}={file.hashes[0][1]}" if file.hashes else ""
    parts = [attribute("href", file.url + fragment)]
    if file.requires_python is not None:
        parts.append(attribute("data-requires-python", file.requires_python))
    if file.yanked is not None:
        parts.append("data-yanked" if file.yanked == "" and style == 2 else attribute("data-yanked", file.yanked))
    if file.has_metadata:
        parts.append(attribute("data-core-metadata", file.metadata_hash or "true"))
    if file.size is not None:
        parts.append(attribute("data-size", str(file.size)))
    if file.uploaded is not None:
        parts.append(attribute("data-upload-time", file.uploaded))
    if style == 2:
        parts.reverse()
    tag = {0: "a ", 1: "A\n", 2: "a\t"}[style]
    return f"<{tag}{' '.join(parts)}>{html.escape(file.filename)}</a><br/>\n"


@given(st.lists(listed(), min_size=1, max_size=8), st.integers(0, 2))
def test_html_is_read_in_every_style(files: list[IndexFile], style: int) -> None:
    body = "<!DOCTYPE html><html><body>" + "".join(anchor(file, style) for file in files) + "</body></html>"
    expected: dict[str, list[IndexFile]] = {}
    for file in files:
        expected.setdefault(file.version, []).append(file)
    assert read(body) == {version: tuple(of_version) for version, of_version in expected.items()}


@given(st.lists(listed(), min_size=1, max_size=8), st.integers(0, 2))
def test_an_outline_agrees_with_the_files(files: list[IndexFile], style: int) -> None:
    body = "".join(anchor(file, style) for file in files)
    page = parse_page("demo", "text/html", body.encode(), "https://index.example/simple/demo/")
    for version in page.spans:
        chunk = page.chunk(version)
        decoded = decode(page.form, page.base, version, chunk)
        told = outline(page.form, chunk)
        required = {file.requires_python or "" for file in decoded}
        is_plain = len(required) == 1 and all(file.yanked is None for file in decoded)
        if told is not None:
            assert is_plain
            assert {told.requires_python} == required
            assert told.has_sdist == any(file.filename.endswith((".tar.gz", ".zip")) for file in decoded)
        else:
            assert style != 0 or not is_plain, "a plain version written in the usual way has an outline"


@given(st.lists(listed(), min_size=1, max_size=8))
def test_json_says_the_same_as_html(files: list[IndexFile]) -> None:
    rows = []
    for file in files:
        row: dict[str, object] = {"filename": file.filename, "url": file.url, "hashes": dict(file.hashes)}
        if file.requires_python is not None:
            row["requires-python"] = file.requires_python
        row["yanked"] = False if file.yanked is None else (file.yanked or True)
        if file.has_metadata:
            row["core-metadata"] = {"sha256": "b" * 64} if file.metadata_hash else True
        row.update({"size": file.size} if file.size is not None else {})
        row.update({"upload-time": file.uploaded} if file.uploaded is not None else {})
        rows.append(row)
    body = json.dumps({"meta": {"api-version": "1.1"}, "name": "demo", "files": rows})
    as_html = "<html>" + "".join(anchor(file, 0) for file in files) + "</html>"
    assert read(body, "application/vnd.pypi.simple.v1+json") == read(as_html)


def test_versions_come_newest_first_and_equal_ones_are_one() -> None:
    names = [
        "demo-1.0.tar.gz",
        "demo-1.10.tar.gz",
        "demo-1.9.tar.gz",
        "demo-1.0.0-py3-none-any.whl",
        "demo-2.0.dev1.tar.gz",
    ]
    found = read("".join(f'<a href="/f/{name}">{name}</a>' for name in names))
    assert list(found) == ["2.0.dev1", "1.10", "1.9", "1.0"]
    assert [file.filename for file in found["1.0"]] == ["demo-1.0.tar.gz", "demo-1.0.0-py3-none-any.whl"]


@pytest.mark.parametrize(
    ("href", "base", "expected"),
    [
        ("../../f/demo-1.0.tar.gz", "", "https://index.example/f/demo-1.0.tar.gz"),
        ("/f/demo-1.0.tar.gz", "", "https://index.example/f/demo-1.0.tar.gz"),
        ("demo-1.0.tar.gz", "<base href='https://other.example/x/'>", "https://other.example/x/demo-1.0.tar.gz"),
        ("//cdn.example/demo-1.0.tar.gz", "", "https://cdn.example/demo-1.0.tar.gz"),
        ("https://a.example/demo-1.0.tar.gz?x=1&amp;y=/z", "", "https://a.example/demo-1.0.tar.gz?x=1&y=/z"),
    ],
)
def test_addresses_are_resolved(href: str, base: str, expected: str) -> None:
    file = only(f'<html><head>{base}</head><a href="{href}#sha256=ab">x</a></html>')
    assert file.url == expected
    assert file.filename == "demo-1.0.tar.gz"
    assert file.hashes == (("sha256", "ab"),)


def test_an_address_that_is_none_is_kept_as_it_is() -> None:
    body = b'<a href="//[/demo-1.0.tar.gz">demo-1.0.tar.gz</a>'
    found = parse_page("demo", "text/html", b'<base href="//[">' + body, "https://index.example/simple/demo/")
    (file,) = decode(found.form, found.base, "1.0", found.chunk("1.0"))
    assert (file.filename, file.url) == ("demo-1.0.tar.gz", "//[/demo-1.0.tar.gz")


def test_raw_angle_brackets_in_attributes_do_no_harm() -> None:
    body = '<a href="demo-1.0.tar.gz" data-requires-python=">=3.7">demo</a>'
    body += '<a data-requires-python=">=3.8" href="demo-1.1.tar.gz">'
    found = read(body)
    assert found["1.0"][0].requires_python == ">=3.7"
    assert found["1.1"][0].requires_python == ">=3.8"


def test_links_in_comments_and_of_other_projects_are_left_out() -> None:
    body = '<!-- <a href="demo-9.tar.gz">x</a> --><a href="demo-1.0.tar.gz">x</a><a href="other-3.0.tar.gz">x</a>'
    assert list(read(body)) == ["1.0"]


def test_a_project_without_files_is_no_trouble() -> None:
    assert read("<html><head><title>Links for demo</title></head><body></body></html>") == {}
    assert (
        read('{"meta": {"api-version": "1.0"}, "name": "demo", "files": []}', "application/vnd.pypi.simple.v1+json")
        == {}
    )


@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("text/html", "<html><h1>Bad gateway</h1></html>", "login or error page"),
        ("text/html", '<html><a href="/login">Log in</a></html>', "lead to no file of this project"),
        ("text/html", '<meta name="pypi:repository-version" content="2.0"><a href="demo-1.0.zip">', "version 2.0"),
        ("image/png", "x", "content type 'image/png'"),
        ("", "x", "content type 'none'"),
        ("application/vnd.pypi.simple.v1+json", '{"files": [', "broken or cut off"),
        ("application/vnd.pypi.simple.v1+json", "[]", "not that of an index page"),
        ("application/vnd.pypi.simple.v1+json", '{"meta": {"api-version": "2.0"}, "files": []}', "version 2.0"),
        ("application/vnd.pypi.simple.v1+json", "[" * 100_000, "broken or cut off"),
    ],
)
def test_what_is_no_index_page_is_refused(content_type: str, body: str, words: str) -> None:
    with pytest.raises(NotAnIndexPageError, match=words):
        read(body, content_type)


@given(st.binary(max_size=300))
def test_garbage_never_crashes_the_reader(body: bytes) -> None:
    for content_type in ("text/html", "application/vnd.pypi.simple.v1+json"):
        with contextlib.suppress(NotAnIndexPageError):
            read(b'<a href="demo-1.0.tar.gz' + body, content_type)


def test_odd_types_in_json_are_taken_for_absent() -> None:
    rows = [
        {
            "filename": "demo-1.0.tar.gz",
            "url": "demo-1.0.tar.gz",
            "hashes": [],
            "requires-python": 3,
            "size": "x",
            "yanked": None,
        },
        {"url": 1},
        7,
    ]
    file = only(json.dumps({"files": rows}), "application/vnd.pypi.simple.v1+json")
    assert (file.hashes, file.requires_python, file.size, file.yanked) == ((), None, None, None)


TRAPS = [
    "",
    "see #12",
    "see https://x.example/demo-9.0-a-b-c.whl#1",
    "demo-9.0.tar.gz#",
    'a "b" /c.whl#d',
    "</a>",
    "<a ",
]


@given(st.lists(st.tuples(listed(), st.sampled_from(TRAPS)), max_size=12), st.integers(0, 2), st.booleans())
def test_the_quick_way_through_a_page_finds_what_the_slow_one_finds(
    files: list[tuple[IndexFile, str]], style: int, is_hashed: bool
) -> None:
    written = []
    for file, trap in files:
        hashes = (("sha256", "a" * 64),) if is_hashed else file.hashes
        yanked = trap if trap and style != 2 else file.yanked
        text = anchor(
            replace(file, hashes=hashes, yanked=yanked), style if style != 1 or "'" not in (yanked or "") else 0
        )
        written.append(text.replace("</a><br/>", f"</a>{trap if trap != '</a>' else ''}<br/>"))
    body = ("<!DOCTYPE html><html><body>\n" + "".join(written) + "</body></html>").encode()
    quick, slow = page_html._usual_runs(body), page_html._single_runs(body)

    def grouped(found: tuple[bytes, bytes, list[tuple[bytes, bytes, tuple[int, int]]]]) -> dict[str | None, bytes]:
        by_version: dict[str | None, bytes] = {}
        for _, file, (start, end) in found[2]:
            version = release_version(file.decode(), "demo")
            by_version[version] = by_version.get(version, b"") + found[1][start:end]
        return by_version

    if quick is not None:
        assert grouped(quick) == grouped(slow)
        assert quick[0] == slow[0]
    else:
        unusual = style or not is_hashed or not files or any(trap for _, trap in files)
        assert unusual, "a page that is written in the usual way is read in the quick way"
