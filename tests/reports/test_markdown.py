"""Markdown, as a parser of CommonMark with tables reads it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.reports import samples
from trueup.reports._interface import Look
from trueup.reports.markdown import code, render, text

ALLOWED_HTML = ("<details>", "</details>", "<summary>", "<!-- -->")


def parse(markdown: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)


def inline(tokens: list[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or ()]


@pytest.mark.parametrize("make", [samples.maya, samples.nexus, samples.healthy, samples.hostile])
def test_nothing_of_a_project_becomes_mark_up(make: Any) -> None:
    tokens = parse(render(make(), Look()))
    for token in tokens:
        if token.type == "html_block":
            assert token.content.startswith(ALLOWED_HTML), token.content
    kinds = {token.type for token in inline(tokens)}
    assert kinds <= {"text", "code_inline", "softbreak", "hardbreak", "strong_open", "strong_close", "html_inline"}
    assert {token.content for token in inline(tokens) if token.type == "html_inline"} <= {"<!-- -->"}


@pytest.mark.parametrize("make", [samples.maya, samples.nexus, samples.hostile])
def test_every_row_has_the_cells_of_its_head(make: Any) -> None:
    """A bar in a name would shift the cells; CommonMark then drops or adds some."""
    lines = [line for line in render(make(), Look()).splitlines() if line.startswith("|")]
    for line in lines:
        cells = line.replace(r"\|", "").count("|") - 1
        assert cells in (4, 5), line


def test_it_says_what_the_terminal_says() -> None:
    said = render(samples.maya(), Look())
    assert "| ✗ will fail | web (backend/) | railway · railpack | 3.13 |" in said
    assert "| `asyncpg 0.29.0` | `backend/requirements.txt:8` |" in said
    assert "**What to do:**" in said
    assert "<details>" in said


@given(st.text())
def test_any_text_reads_back_as_itself(plain: str) -> None:
    """What a reader sees is the text: no emphasis, link, code or HTML made of it (but for our own backticks)."""
    plain = plain.replace("`", "'")
    shown = "".join(
        token.content for token in inline(parse(f"x {text(plain)}")) if token.type not in ("html_inline", "softbreak")
    )
    assert {token.type for token in inline(parse(f"x {text(plain)}"))} <= {"text", "html_inline"}
    printable = "".join(" ".join(plain.split()))
    if printable.isascii() and printable.isprintable():
        assert shown.removeprefix("x").strip() == printable


@given(st.text(alphabet="`|<a b*_", min_size=1).filter(lambda value: value.strip()))
def test_any_code_is_one_piece_of_code(plain: str) -> None:
    tokens = inline(parse(f"x {code(plain)}"))
    assert [token.content for token in tokens if token.type == "code_inline"] == [" ".join(plain.split())]


def test_what_was_found_counts_for_the_builders_that_are_used_today() -> None:
    assert "Found 2 high, 9 medium, 2 low, and 1 with builders not used today" in render(samples.maya(), Look())
