"""The page as text: well formed, self-contained, escaped, and small."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.reports import samples
from trueup.reports._interface import Look
from trueup.reports._page import Markup, element, escaped, joined
from trueup.reports.html import FORMAT, render

VOID = {"meta", "input", "br", "hr"}
WORDS = """
    a article body caption code dd details div dl dt footer h1 h2 h3 h4 head header html input label li main meta option
    output p script section select small span strong style summary table tbody td tfoot th thead title tr ul
"""
ELEMENTS = set(WORDS.split())
REPORTS = [samples.maya, samples.nexus, samples.healthy, samples.hostile, samples.large]


class Page(HTMLParser):
    """What a page holds, and whether its elements nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def attribute(self, name: str) -> list[str]:
        return [value or "" for _, attributes in self.seen for key, value in attributes.items() if key == name]


@pytest.mark.parametrize("make", REPORTS)
def test_it_is_well_formed_and_of_known_elements(make: Any) -> None:
    page = Page(render(make(), Look()))
    assert not page.open
    assert {tag for tag, _ in page.seen} <= ELEMENTS
    ids = page.attribute("id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("make", REPORTS)
def test_links_stay_inside_or_are_sources(make: Any) -> None:
    page = Page(render(make(), Look()))
    ids = {f"#{name}" for name in page.attribute("id")}
    for link in page.attribute("href"):
        assert link in ids or link.startswith("https://"), link
    assert not {"src", "srcset", "action", "style", "background"} & {key for _, found in page.seen for key in found}
    assert not [key for _, found in page.seen for key in found if key.startswith("on")]
    style = "".join(page.texts["style"])
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_exactly_the_page_s_own_style_and_script() -> None:
    page = Page(render(samples.hostile(), Look()))
    policy = next(found["content"] or "" for _, found in page.seen if "http-equiv" in found)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        (text,) = ["".join(page.texts[kind])]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
        assert sum(tag == kind for tag, _ in page.seen) == 1


def test_hostile_text_is_only_text() -> None:
    text = render(samples.hostile(), Look())
    page = Page(text)
    assert "<script>alert" not in text
    assert "<script>alert(1)</script>" in "".join(text for texts in page.texts.values() for text in texts)
    assert not set("\x1b\x00\u202e\udcff") & set(text)
    assert not [link for link in page.attribute("href") if "javascript" in link]
    text.encode("utf-8")


@pytest.mark.parametrize("text", ["<b>", '"quoted"', "'", "&amp;", "\x00", "a\nb"])
def test_only_markup_is_not_escaped(text: str) -> None:
    assert "<" not in escaped(text)
    assert '"' not in escaped(text)
    assert joined(text, Markup("<i>")) == f"{escaped(text)}<i>"
    assert element("p", text, title=text) == f'<p title="{escaped(text)}">{escaped(text)}</p>'


def test_two_hundred_distributions_fit_into_half_a_megabyte() -> None:
    text = render(samples.large(200), Look())
    assert text.count("distribution-number-") > 200
    assert len(text.encode()) < 500_000


def test_every_cell_that_blocks_leads_to_its_first_version_with_a_wheel() -> None:
    text = render(samples.maya(), Look())
    found = re.search(r'<span class="name">asyncpg</span>.*?</tr>', text)
    assert found
    (anchor,) = set(re.findall(r'href="#(f0-\w+)">build<', found[0]))
    row = re.search(rf'<tr id="{anchor}".*?</tr>', text)
    assert row
    assert re.findall(r'class="fix">([\d.]+)<', row[0]) == ["0.30.0", "0.31.0", "0.32.0"]
    assert "backend/requirements.txt:8" in row[0]


def test_without_an_index_there_is_a_page_without_a_map() -> None:
    assert FORMAT.shows_matrix
    text = render(replace(samples.maya(), matrix=None), Look())
    assert "Every Python" not in text
    assert "At a glance" in text
