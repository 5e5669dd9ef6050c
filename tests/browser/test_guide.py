"""The guide in real Chromium: no message, no request, no page wider than the screen, nothing for axe to find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.test_page import HIDDEN_AT_THE_RIGHT, RULES, axe_core, browser
from tests.guide.test_guide import system
from trueup.reports._guide_html import render_guide_html

__all__ = ["browser"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("guides")
    made = {}
    for name in ("maya", "polydebate", "nexus"):
        path = folder / f"{name}.html"
        path.write_text(render_guide_html(system(name)), "utf-8")
        made[name] = path.as_uri()
    return made


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["maya", "polydebate", "nexus"])
def test_it_fits_asks_for_nothing_and_axe_finds_nothing(
    browser: Any, pages: dict[str, str], name: str, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    said: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(pages[name])
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert width > 500 or page.evaluate(HIDDEN_AT_THE_RIGHT) == []
    page.get_by_role("link", name="Next steps").click()
    assert page.locator("#next").is_visible()
    page.evaluate(axe_core())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    context.close()
    assert [(item["id"], len(item["nodes"])) for item in found["violations"]] == []
    assert said == []
    assert {url.split("#")[0] for url in requests} == {pages[name]}
