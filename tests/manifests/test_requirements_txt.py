"""requirements.txt: the whole grammar, broken lines, and agreement with packaging and with pip's own parser."""

from __future__ import annotations

import codecs
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from trueup.manifests.requirements_txt import RequirementsFile, apply_options, parse
from trueup.model.finding import Confidence, Severity
from trueup.model.project import SourceFile
from trueup.model.requirement import DeclaredRequirement, IndexOptions


def read(text: str | bytes, **options: Any) -> RequirementsFile:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return parse(SourceFile("requirements.txt", data, len(data)), **options)


def one(text: str) -> DeclaredRequirement:
    found = read(text)
    assert not found.problems
    (requirement,) = found.requirements
    return requirement


def spans(found: RequirementsFile) -> list[str]:
    text = found.file.text
    return [text[r.start : r.end] for r in found.requirements if r.start is not None and r.end is not None]


@pytest.mark.parametrize(
    ("text", "name", "specifier", "span"),
    [
        ("asyncpg==0.29.0", "asyncpg", "==0.29.0", "asyncpg==0.29.0"),
        ("  Flask_Cors >= 4 , < 5  # web", "flask-cors", "<5,>=4", "Flask_Cors >= 4 , < 5"),
        ("uvicorn[standard]==0.32.0", "uvicorn", "==0.32.0", "uvicorn[standard]==0.32.0"),
        ("a==1; python_version<'3.12'", "a", "==1", "a==1"),
        ("a (>=1)", "a", ">=1", "a (>=1)"),
        ("plain", "plain", "", "plain"),
        ("a==1 --hash=sha256:ab12", "a", "==1", "a==1"),
        ("a>=1,\\\n  <2", "a", "<2,>=1", "a>=1,\\\n  <2"),
        ("\ufeffa==1", "a", "==1", "a==1"),
        ("a~=1.4.2", "a", "~=1.4.2", "a~=1.4.2"),
        ("a===weird", "a", "===weird", "a===weird"),
        ("a#b", "", "", ""),
    ],
)
def test_plain_requirements(text: str, name: str, specifier: str, span: str) -> None:
    """The name, the specifier, and exactly the text that an edit may replace."""
    found = read(text)
    if not name:
        assert found.problems
        return
    assert [(r.name, str(r.specifier)) for r in found.requirements] == [(name, specifier)]
    assert spans(found) == [span]


def test_markers_extras_and_hashes_are_kept() -> None:
    found = one(
        'Uvicorn[Standard, other_One]==1 ; sys_platform == "linux" \\\n  --hash=sha256:aa \\\n  --hash=sha512:bb\n'
    )
    assert found.extras == {"standard", "other-one"}
    assert str(found.marker) == 'sys_platform == "linux"'
    assert found.hashes == ("sha256:aa", "sha512:bb")
    assert found.evidence.line == 1


@pytest.mark.parametrize(
    ("text", "name", "url", "path"),
    [
        ("git+https://h.example/x/y.git@v1#egg=Y[z]", "y", "git+https://h.example/x/y.git@v1#egg=Y[z]", None),
        ("https://h.example/a_b-1.0-py3-none-any.whl", "a-b", "https://h.example/a_b-1.0-py3-none-any.whl", None),
        ("b @ https://h.example/b.zip", "b", "https://h.example/b.zip", None),
        ("b@https://h.example/b.zip ; python_version>'3'", "b", "https://h.example/b.zip", None),
        ("./wheels/c-2.0-py3-none-any.whl", "c", None, "./wheels/c-2.0-py3-none-any.whl"),
        ("./lib[extra]", "", None, "./lib"),
        (".", "", None, "."),
        ("d @ file:./lib", "d", None, "./lib"),
        ("file:///srv/x.tar.gz", "", None, "/srv/x.tar.gz"),
        ("archive.tar.gz", "", None, "archive.tar.gz"),
    ],
)
def test_addresses_and_paths(text: str, name: str, url: str | None, path: str | None) -> None:
    found = one(text)
    assert (found.name, found.url, found.local_path) == (name, url, path)


@pytest.mark.parametrize(
    ("text", "name", "path"),
    [
        ("-e .", "", "."),
        ("-e ./pkg[dev]", "", "./pkg"),
        ("--editable=pkg", "", "pkg"),
        ("-e git+ssh://git@h.example/x.git#egg=x", "x", None),
        ("-e 'x @ https://h.example/x.zip'", "x", None),
    ],
)
def test_editables(text: str, name: str, path: str | None) -> None:
    found = one(text)
    assert found.editable
    assert (found.name, found.local_path) == (name, path)


def test_includes_and_options_keep_their_lines() -> None:
    found = read(
        "-r base.txt\n--constraint=limits.txt\n-i https://a.example/simple\n--extra-index-url https://b.example\n"
        "--no-binary=:all:\n--only-binary Foo_Bar,baz --pre\n--find-links ./wheels\n--require-hashes\n"
        "--trusted-host b.example\n--prefer-binary\n--no-index\n"
    )
    assert [(i.target, i.is_constraint, i.line) for i in found.includes] == [
        ("base.txt", False, 1),
        ("limits.txt", True, 2),
    ]
    options = apply_options(IndexOptions(), found.options)
    assert options == IndexOptions(
        index_url="https://a.example/simple",
        extra_index_urls=("https://b.example",),
        find_links=("./wheels",),
        no_index=True,
        no_binary=frozenset({":all:"}),
        only_binary=frozenset({"foo-bar", "baz"}),
        prefer_binary=True,
        pre=True,
        require_hashes=True,
    )
    assert not found.problems


def test_formats_exclude_each_other() -> None:
    """What is allowed as a wheel only is no longer forbidden as one; :none: starts anew."""
    options = read("--no-binary a,b\n--only-binary a\n--no-binary :none:\n--no-binary c").options
    applied = apply_options(IndexOptions(), options)
    assert applied.no_binary == {"c"}
    assert applied.only_binary == {"a"}


def test_variables_are_put_in_where_they_are_set() -> None:
    text = "a @ https://${TOKEN}@h.example/a.zip\nb==${VERSION}\n"
    found = read(text, variables={"TOKEN": "t0p", "VERSION": "2.0"})
    assert [r.name for r in found.requirements] == ["a", "b"]
    assert str(found.requirements[1].specifier) == "==2.0"
    assert found.requirements[1].start is None
    assert all("t0p" not in r.evidence.text for r in found.requirements)
    missing = read("b==${VERSION}")
    assert "VERSION" in missing.problems[0].hint


def test_credentials_are_in_no_evidence_and_no_message() -> None:
    found = read(
        "x @ https://user:hunter2@h.example/x.zip\n--bogus https://user:hunter2@h.example\n"
        "https://tok3n@h.example/ x y\n"
    )
    told = repr([r.evidence for r in found.requirements]) + repr(found.problems)
    assert "hunter2" not in told
    assert "tok3n" not in told
    assert "***@h.example" in told


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("flask=2.0", "`==`"),
        ("flask 2.0", "operator"),
        ("pip install flask", "not commands"),
        ('flask = "^2.0"', "TOML"),
        ("flask^2.0", "Poetry"),
        ("'flask==2.0'", "without quotes"),
        ("Here are the packages you need:", "one requirement"),
        ("```", "Markdown"),
        ("flask>=2.*", "wildcard"),
        ("--unknown-option x", "option"),
        ("flask==2.0 --hash=md5:aa", "option"),
        ("-r", "option"),
    ],
)
def test_broken_lines_are_problems_with_a_place_and_a_cure(text: str, hint: str) -> None:
    found = read(f"good==1\n{text}\nalso-good==2\n")
    assert [r.name for r in found.requirements] == ["good", "also-good"]
    (problem,) = found.problems
    assert problem.rule == "invalid-requirement"
    assert problem.evidence[0].line == 2
    assert problem.message.startswith("requirements.txt:2")
    assert hint in problem.hint


def test_the_column_of_a_mistake_is_told() -> None:
    assert read("flask=2.0").problems[0].message.startswith("requirements.txt:1:6 holds `flask=2.0`")


def test_a_line_that_pip_leaves_out_is_told() -> None:
    (problem,) = read("- flask\n").problems
    assert "leaves it out" in problem.message


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_byte_order_marks_are_read_as_pip_reads_them(mark: bytes) -> None:
    encoding = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}[mark]
    found = read(mark + "flask==3.0\r\nrequests\r\n".encode(encoding))
    assert [r.name for r in found.requirements] == ["flask", "requests"]
    assert spans(found) == ["flask==3.0", "requests"]


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        ("flask==3.0\n".encode("utf-16-le"), 1, "byte-order mark"),
        (b"flask\nx # caf\xe9\n", 2, "not UTF-8"),
        (b"flask\nx\0y\n", 2, "zero byte"),
        (b"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n", 2, "merge conflict"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 3\n", 1, "git-lfs"),
    ],
)
def test_files_that_are_something_else_give_one_problem(data: bytes, line: int, words: str) -> None:
    (problem,) = read(data).problems
    assert problem.rule == "unreadable-file"
    assert problem.evidence[0].line == line
    assert words in problem.message


def test_a_declared_encoding_is_accepted() -> None:
    assert not read(b"# -*- coding: latin-1 -*-\nflask # caf\xe9\n").problems


def test_a_file_that_was_not_read_is_a_problem() -> None:
    file = SourceFile("requirements.txt", size=52_428_800, problem="it has 50.0 MiB")
    (problem,) = parse(file).problems
    assert "50.0 MiB" in problem.message


@pytest.mark.parametrize(
    "data",
    [
        b"a==1\n" * 800_000,
        b" " * 2_000_000 + b"#",
        b"a==1 " + b"--hash=sha256:ab " * 200_000,
        b"[" * 2_000_000,
        b"a;" + b"(" * 500_000,
        b"#" * 2_000_000,
        b"\\\n" * 1_000_000,
        b"x\n" * 15_000 + b"prose with many words in it\n" * 15_000,
        b"-e " + b"[" * 1_000_000 + b"]",
        b"https://" + b"a:b@" * 500_000,
    ],
    ids=["many", "blanks", "hashes", "brackets", "parentheses", "comments", "continued", "prose", "editable", "url"],
)
def test_large_files_take_bounded_time(data: bytes) -> None:
    started = time.perf_counter()
    found = read(data)
    assert time.perf_counter() - started < 8
    assert len(found.problems) < 30


@given(st.text(st.characters(codec="utf-8")) | st.text("ab=<>~!@[]();,#$-{}\\ \n\r\t'\".:/*10", max_size=60))
@settings(max_examples=600, deadline=None)
def test_no_text_raises(text: str) -> None:
    """Whatever is pasted into the file: requirements and problems, never an exception."""
    found = read(text)
    assert all(p.evidence[0].path == "requirements.txt" and p.hint for p in found.problems)
    for requirement in found.requirements:
        assert requirement.evidence.line is not None
        if requirement.start is not None and requirement.end is not None:
            assert 0 <= requirement.start < requirement.end <= len(found.file.text)


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise(data: bytes) -> None:
    read(data)


NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}((a|b|rc)[0-9])?(\.post[0-9])?", fullmatch=True)
SPECIFIERS = st.lists(
    st.builds(
        "{}{}{}".format, st.sampled_from(["==", ">=", "<=", "!=", "<", ">"]), st.sampled_from(["", " "]), VERSIONS
    ),
    max_size=3,
).map(", ".join)
EXTRAS = st.lists(NAMES, max_size=2).map(lambda names: f"[{','.join(names)}]" if names else "")
MARKERS = st.sampled_from(
    ["", "; python_version >= '3.9'", ' ; sys_platform == "linux" and extra == "x"', ";os_name!='nt'"]
)
TAILS = st.sampled_from(["", "  # a comment", " --hash=sha256:0123abcd", " \\\n    --hash=sha256:ab --hash=sha384:cd"])


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, str]:
    """A valid line, and its requirement's own text."""
    requirement = f"{draw(NAMES)}{draw(EXTRAS)}{draw(SPECIFIERS)}"
    indent = draw(st.sampled_from(["", "  ", "\t"]))
    return f"{indent}{requirement}{draw(MARKERS)}{draw(TAILS)}", requirement


@given(st.lists(lines(), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n", "\n\n# note\n"]))
@settings(max_examples=300, deadline=None)
def test_valid_lines_agree_with_packaging_and_spans_are_exact(drawn: list[tuple[str, str]], end: str) -> None:
    found = read(end.join(line for line, _ in drawn))
    assert not found.problems
    assert spans(found) == [requirement for _, requirement in drawn]
    for ours, (_, text) in zip(found.requirements, drawn, strict=True):
        theirs = Requirement(text)
        assert ours.name == canonicalize_name(theirs.name)
        assert ours.specifier == theirs.specifier
        assert ours.extras == {canonicalize_name(extra) for extra in theirs.extras}


@pytest.fixture(scope="module")
def pip_parser() -> Any:
    """Pip's own parser; importing it warns about pip's own parts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pip._internal.network.session import PipSession
        from pip._internal.req import constructors, req_file

        session = PipSession()
    return req_file, constructors, session


def pips_view(pip_parser: Any, text: str) -> list[str | None] | None:
    """The names that pip's own parser yields in order (None for one without); None where pip refuses the file."""
    req_file, constructors, session = pip_parser
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requirements.txt"
        path.write_bytes(text.encode())
        try:
            parsed = list(req_file.parse_requirements(str(path), session))
        except req_file.RequirementsFileParseError:
            return None
    names: list[str | None] = []
    for item in parsed:
        try:
            make = constructors.parse_req_from_editable if item.is_editable else None
            found = make(item.requirement) if make else constructors.parse_req_from_line(item.requirement, None)
        except Exception as error:  # whatever pip raises for a line that it refuses
            if item.is_editable and "not a valid editable" in str(error):
                names.append(None)
            continue
        names.append(canonicalize_name(found.requirement.name) if found.requirement else None)
    return names


ODD_LINES = st.sampled_from(
    [
        *(
            "",
            "# only a comment",
            "a==1 # c",
            "a==1#c",
            "b \\",
            "  \\",
            "\\",
            "c[x]>=1 ; python_version<'4' --hash=sha256:aa",
        ),
        *(
            "-e ./pkg[a]",
            "-e git+https://h.example/x.git#egg=x",
            "--pre",
            "--no-index --pre",
            "- word",
            "-",
            "--",
            "-e",
        ),
        *(
            "a==1 -c",
            "https://h.example/a-1.tar.gz",
            "x @ https://h.example/x.zip",
            "--hash=sha256:aa",
            "a --hash",
            "é==1",
        ),
        *("a==1\\", "--index-url https://h.example/simple", "a\tb", "a -- b", "a --pre", "'a'", "-e 'a b'", "-e a b"),
        *(
            "--find-links='x y'",
            "--no-binary :all:",
            "--use-feature fast-deps",
            "--global-option x",
            "-C a=b",
            "a -C a=b",
        ),
        *(
            "--config-settings=a=b",
            "--trusted-host h.example",
            "#\\",
            "a==1 #\\",
            " # x \\",
            "a\x0cb",
            "a\x1cb",
            "a==1\x85b",
        ),
    ]
)


@given(st.lists(ODD_LINES | lines().map(lambda drawn: drawn[0]), max_size=6), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=150, deadline=None)
def test_the_grammar_is_pips(pip_parser: Any, texts: list[str], end: str) -> None:
    """Pip's own parser in this process finds the same requirements in the same order, and refuses the same files."""
    text = end.join(texts)
    theirs = pips_view(pip_parser, text)
    ours = read(text)
    if theirs is None:
        assert [p for p in ours.problems if "refuses" in p.message]
    else:
        assert [r.name or None for r in ours.requirements] == theirs


def test_an_option_that_pip_took_away() -> None:
    """Pip 25.3 removed --global-option; what an older pip would do with the line stands all the same."""
    found = read('demo==1.0 --global-option="--fast"\nother==1.0\n')
    assert [one.name for one in found.requirements] == ["demo", "other"]
    (problem,) = found.problems
    assert problem.message.startswith(
        "requirements.txt:1 holds `--global-option`, which pip 25.3 (2025-10-24) and later"
    )
    assert (problem.severity, problem.confidence) == (Severity.HIGH, Confidence.MEDIUM)


def test_an_option_that_only_new_pips_have() -> None:
    assert not read("--no-require-hashes\ndemo==1.0\n").problems
