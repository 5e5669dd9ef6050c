"""TOML, JSON and YAML with positions; bombs, broken texts, other encodings."""

from __future__ import annotations

import json
import time
import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from trueup.manifests._document import Document, load_json, load_toml, load_yaml, unreadable
from trueup.manifests._json_scanner import JsonSyntaxError, parse_json
from trueup.manifests._yaml_scanner import YamlSyntaxError, parse_yaml
from trueup.model.finding import Confidence
from trueup.model.project import UNREADABLE_HERE, SourceFile


def file(data: str | bytes, path: str = "f.toml") -> SourceFile:
    data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return SourceFile(path, data, len(data))


KEYS = st.text("abé _.-'\"\\", min_size=1, max_size=6)
SCALARS = st.text("ab\n\"'\\#[]{}=,é\t ", max_size=8) | st.integers(-(2**40), 2**40) | st.booleans()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=4)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in leaves(inner, (*path, index))]
    return [(path, value)]


@given(TABLES)
@settings(max_examples=300, deadline=None)
def test_toml_positions_hold_exactly_the_value(value: dict[str, Any]) -> None:
    """Whatever is written, the text at a position parses to the value at its path, on its line."""
    document = load_toml(file(tomlkit.dumps(value)))
    assert document.problem is None
    for path, leaf in leaves(document.value):
        raw = document.raw(*path)
        assert raw is not None
        assert tomllib.loads(f"x = {raw}")["x"] == leaf
        position = document.positions[path]
        assert document.file.text.count("\n", 0, position.start) + 1 == position.line


@given(VALUES, st.sampled_from([None, 2]))
@settings(max_examples=300, deadline=None)
def test_json_positions_hold_exactly_the_value(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    parsed, positions = parse_json(text)
    assert parsed == value
    for path, leaf in leaves(value):
        line, start, end = positions[path]
        assert json.loads(text[start:end]) == leaf
        assert text.count("\n", 0, start) + 1 == line


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_json_is_read_as_yaml_alike(value: Any) -> None:
    """JSON is YAML: the same value, and every leaf has a line."""
    text = json.dumps(value, indent=2)
    parsed, positions = parse_yaml(text)
    assert parsed == value or value == {} or parsed == {}
    assert all(path in positions for path, _ in leaves(parsed))


@given(st.text("[]{}\"'=#,.\n\\ab1 -:&*!|>%@`\t", max_size=40))
@settings(max_examples=500, deadline=None)
def test_no_text_raises(text: str) -> None:
    for load in (load_toml, load_json, load_yaml):
        document = load(file(text))
        assert document.positions is not None
        assert document.problem is None or document.problem.rule == "unreadable-file"
    load_json(file(text), comments=True)


@pytest.mark.parametrize(
    ("load", "data"),
    [
        (load_yaml, b"[" * 200_000),
        (load_yaml, b"".join(b" " * i + b"a:\n" for i in range(600))),
        (load_yaml, b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
            b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(9)
        )),
        (load_yaml, b"a: &a\n  <<: *a\n"),
        (load_yaml, b"a: &a [*a]\n"),
        (load_yaml, b"x" * 300_000),
        (load_toml, b"a=" + b"[" * 100_000),
        (load_toml, b"a=" + b"9" * 100_000),
        (load_toml, b"[a" + b".a" * 100_000 + b"]"),
        (load_toml, b"x = {a" + b" . 'b'" * 100_000 + b" = 1}"),
        (load_json, b"[" * 100_000),
        (load_json, b"9" * 100_000),
        (load_json, b'{"a":' * 50_000),
    ],
    ids=lambda value: value.__name__ if callable(value) else repr(value[:12]),
)  # fmt: skip
def test_bombs_end_as_problems_in_bounded_time(load: Any, data: bytes) -> None:
    started = time.process_time()
    document: Document = load(file(data))
    assert time.process_time() - started < 6
    assert document.problem is not None
    assert len(document.problem.message) < 300


def test_a_number_without_end_is_a_text() -> None:
    document = load_yaml(file(b"a: " + b"9" * 100_000))
    assert document.get("a").startswith("999")
    assert len(document.get("a").rstrip("\ufffd")) == 1000


def test_the_fiftieth_megabyte_is_not_looked_at() -> None:
    started = time.process_time()
    document = load_toml(file(b"a = 1\n" * 9_000_000))
    assert time.process_time() - started < 2
    assert document.problem is not None
    assert "4,096 KiB" in document.problem.message


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"a = 1\nb = \n", 2, "not valid TOML"),
        (b"a = 1\nb = '\0'\n", 2, "is not text"),
        (b"a = 1\n\nb = '\xe9'\n", 3, "is not text"),
        ("a = 1\n".encode("utf-16"), 1, "UTF-16"),
        ("a = 1\n".encode("utf-16-le"), 1, "UTF-16"),
        ("a = 1\n".encode("utf-32"), 1, "UTF-32"),
        (b"a = 1\n<<<<<<< HEAD\nb = 2\n=======\nb = 3\n>>>>>>> x\n", 2, "merge conflict"),
        (b"version https://git-lfs.github.com/spec/v1\noid x\n", 1, "git-lfs"),
        (b"Sure! Here is your file:\n", 1, "not valid TOML"),
    ],
)
def test_broken_files_are_problems_with_their_place(data: bytes, line: int, words: str) -> None:
    problem = load_toml(file(data)).problem
    assert problem is not None
    assert problem.evidence[0].line == line
    assert words in problem.message


def test_tables_arrays_and_inline_tables_have_lines() -> None:
    document = load_toml(file('[a.b]\nc = 1\n[[d]]\ne = {f = 2, "g.h" = [3,\n 4]}\n[[d]]\ne = 5\n[d.i]\nj = 6\n'))
    assert [document.line(*path) for path in (
        ("a", "b", "c"), ("d", 0, "e", "f"), ("d", 0, "e", "g.h", 1), ("d", 1, "e"), ("d", 1, "i", "j"), ("d", 1, "x"))
    ] == [2, 4, 5, 7, 9, 6]  # fmt: skip


def test_relaxed_json_takes_comments_and_trailing_commas() -> None:
    text = '// a\n{"a": 1, /* b */ "b": [1, 2,],}'
    assert parse_json(text, relaxed=True)[0] == {"a": 1, "b": [1, 2]}
    with pytest.raises(JsonSyntaxError):
        parse_json(text)


def test_yaml_follows_the_core_schema_and_no_tags() -> None:
    value, positions = parse_yaml(
        "a: no\nb: 010\nc: 1.5\nd: !!python/object:os.system x\ne: &x {k: 1}\nf: {<<: *x, k: 2}\n"
    )
    assert value == {"a": "no", "b": 10, "c": 1.5, "d": "x", "e": {"k": 1}, "f": {"k": 2}}
    assert positions[("c",)][0] == 3
    with pytest.raises(YamlSyntaxError):
        parse_yaml("a: [")


def test_what_this_machine_may_not_read_is_not_surely_broken_elsewhere() -> None:
    problem = unreadable(SourceFile("requirements.txt", problem=f"{UNREADABLE_HERE} (Permission denied)"), "")
    assert problem.confidence is Confidence.MEDIUM
    assert "(Permission denied). A platform that can read it" in problem.message
    assert "chmod u+r" in problem.hint
    too_large = unreadable(SourceFile("requirements.txt", problem="it is too large"), "")
    assert too_large.confidence is Confidence.HIGH
