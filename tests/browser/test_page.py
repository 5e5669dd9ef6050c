"""The page in real Chromium: what is shown, filters, sorting, keys, paper, no message on the console, no request.

Needs what `./dev test-formats` installs and a Chromium (`TRUEUP_TEST_CHROMIUM`, or `chromium` on the path). Where
either is not on this machine, the tests are skipped, saying so.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tests.reports import samples
from trueup.reports._interface import Look
from trueup.reports.html import render

CHROMIUM = os.environ.get("TRUEUP_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: ./dev test-formats has it")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def axe_core() -> str:
    """The script of axe-core, which the package of its bindings carries."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def files(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for name in ("maya", "nexus", "hostile", "large"):
        path = folder / f"{name}.html"
        path.write_text(render(getattr(samples, name)(), Look()), "utf-8")
        made[name] = path.as_uri()
    return made


@pytest.fixture
def open_page(browser: Any, files: dict[str, str]) -> Iterator[Any]:
    """Opens a page; at the end there was no message on its console, no error and no request."""
    contexts, trouble, requests = [], [], []

    def open_it(name: str, fragment: str = "", **options: Any) -> Any:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda request: requests.append(request.url.split("#")[0]))
        page.on("dialog", lambda dialog: trouble.append(dialog.message))
        page.goto(files[name] + fragment)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not trouble
    assert set(requests) <= set(files.values())


def shown(page: Any) -> list[str]:
    names: list[str] = page.locator(".map tbody tr:visible .name").all_inner_texts()
    return names


def test_it_shows_the_verdict_the_reason_and_the_map(open_page: Any) -> None:
    page = open_page("maya")
    assert page.title() == "maya: will fail"
    assert page.get_by_role("heading", level=1).inner_text() == "maya"
    assert page.get_by_text("1 service as built today: 1 will fail.").is_visible()
    assert shown(page) == ["asyncpg", "uvloop", "orjson", "pydantic-core"]
    assert page.locator("output").inner_text() == "4 of 96 shown"
    assert page.locator("tfoot td").all_inner_texts() == ["0", "0", "2", "4", "4"]


def test_filters_by_name_by_python_and_by_kind(open_page: Any) -> None:
    page = open_page("maya")
    page.get_by_label("Show").select_option("on-3.13")
    assert shown(page) == ["asyncpg", "uvloop"]
    page.get_by_label("Show").select_option("all")
    page.get_by_label("Name").fill("PYDANTIC")
    assert {"pydantic", "pydantic-core"} <= set(shown(page))
    assert all("pydantic" in name for name in shown(page))
    page.get_by_label("Name").fill("")
    page.get_by_label("Show").select_option("direct")
    assert "asyncpg" in shown(page)
    assert "pydantic-core" not in shown(page)


def test_sorts_by_name_and_by_python(open_page: Any) -> None:
    page = open_page("maya")
    page.get_by_label("Show").select_option("all")
    page.get_by_role("button", name="Distribution").click()
    assert shown(page) == sorted(shown(page))
    head = page.locator(".map thead th").first
    assert head.get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="Distribution").click()
    assert shown(page) == sorted(shown(page), reverse=True)
    page.get_by_role("button", name="3.13").click()
    assert set(shown(page)[:2]) == {"asyncpg", "uvloop"}
    assert head.get_attribute("aria-sort") is None


def test_a_cell_leads_to_the_first_version_with_a_wheel(open_page: Any) -> None:
    page = open_page("maya")
    page.locator(".map tr", has_text="uvloop").get_by_role("link").first.click()
    focused = page.locator(":focus")
    assert "uvloop" in focused.inner_text()
    assert "0.21.0" in focused.inner_text()
    assert focused.is_visible()


def test_everything_can_be_reached_with_the_keyboard(open_page: Any) -> None:
    page = open_page("maya")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the report"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.textContent.trim()")
        )
    assert "BUTTON Distribution" in reached
    assert "A build" in reached
    assert any(text.startswith("INPUT") for text in reached)
    assert any(text.startswith("SELECT") for text in reached)
    assert any(text.startswith("SUMMARY") for text in reached)


def test_a_link_to_a_folded_result_opens_it(open_page: Any) -> None:
    page = open_page("maya", "#s1")
    assert page.locator("#s1 > details").get_attribute("open") is not None
    assert page.locator("#s1").evaluate("node => node === document.activeElement")


@pytest.mark.parametrize("name", ["maya", "nexus", "hostile", "large"])
@pytest.mark.parametrize("width", [320, 400, 1280])
def test_nothing_sticks_out_of_the_window(open_page: Any, name: str, width: int) -> None:
    page = open_page(name, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


HIDDEN_AT_THE_RIGHT = """
  [...document.querySelectorAll('.scroll:has(> .cards)')].filter(frame => frame.scrollWidth > frame.clientWidth)
    .map(frame => frame.getAttribute('aria-label'))
"""


@pytest.mark.parametrize("name", ["maya", "nexus", "hostile"])
@pytest.mark.parametrize("width", [320, 400, 700])
def test_on_a_narrow_screen_rows_are_cards_and_nothing_hides_at_the_right(
    open_page: Any, name: str, width: int
) -> None:
    page = open_page(name, viewport={"width": width, "height": 900})
    for summary in page.locator("summary:visible").all():
        summary.click()
    assert page.locator(".scroll:has(> .cards):visible").count() > 2
    assert page.evaluate(HIDDEN_AT_THE_RIGHT) == []
    row = page.get_by_role("table").first.get_by_role("row").nth(1)
    assert row.get_by_role("rowheader").count() == 1
    assert row.get_by_role("cell").count() == 4
    assert "Built by" in row.locator("td").nth(1).evaluate("node => getComputedStyle(node, '::before').content")


@pytest.mark.parametrize("name", ["maya", "hostile"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_axe_finds_nothing(open_page: Any, name: str, scheme: str, width: int) -> None:
    axe = axe_core()
    page = open_page(name, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    page.get_by_label("Show").first.select_option("all")
    for summary in page.locator("summary:visible").all():
        summary.click()
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert found["passes"]
    assert [(item["id"], item["nodes"][0]["html"]) for item in found["violations"]] == []


def test_light_and_dark_differ(open_page: Any) -> None:
    colors = {
        open_page("maya", color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert len(colors) == 2


def test_paper_shows_what_is_folded_and_no_controls(open_page: Any, tmp_path: Path) -> None:
    page = open_page("maya")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("details:not([open]):not(.evidence)").count() == 0
    assert not page.locator(".controls").first.is_visible()
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").stat().st_size > 10_000
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open]):not(.evidence)").count() > 0


def test_without_script_everything_is_there(open_page: Any) -> None:
    page = open_page("maya", java_script_enabled=False)
    assert page.locator(".map tbody tr").count() == 96
    assert not page.locator(".controls").first.is_visible()
    assert page.locator(".map tbody tr").last.is_visible()


def test_hostile_names_are_shown_and_do_nothing(open_page: Any) -> None:
    page = open_page("hostile")
    assert page.get_by_text("<script>alert(1)</script>").first.is_visible()
    assert page.locator("script").count() == 1


def test_two_hundred_distributions_filter_at_once(open_page: Any) -> None:
    page = open_page("large")
    page.get_by_label("Show").select_option("all")
    milliseconds = page.evaluate(
        "() => { const start = performance.now(); const box = document.querySelector('[data-filter]');"
        " box.value = '19'; box.dispatchEvent(new Event('input')); document.body.offsetHeight;"
        " return performance.now() - start }"
    )
    assert all("19" in name for name in shown(page))
    assert milliseconds < 200
