"""The guide: what it says of the systems, that its counts are counted, and that nothing hostile leaves its place."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.reports import samples
from trueup.cli.main import main
from trueup.configuration import Configuration, Policy
from trueup.fixing import fix
from trueup.guide import Document, Material, write_guide
from trueup.guide.document import Point, Points, Section, State, Table
from trueup.guide.material import rows
from trueup.matrix import make_matrix
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.pipeline import Choice, check
from trueup.reading import read_project
from trueup.repair._interface import Wishes
from trueup.reports._guide_html import render_guide_html
from trueup.reports._guide_markdown import anchor, render_guide_markdown
from trueup.reports._outlook import lane_name, outlooks

CONTEXT = PlanContext(on="2026-11-20")


@cache
def system(name: str) -> Document:
    """The guide of one of the systems, as the command writes it."""
    project = read_project(samples.ROOT / "examples" / name)
    index = samples.recording()
    report = check(project, CONTEXT, Choice(), Configuration(), lambda _: index)
    matrix = make_matrix(project, CONTEXT, Choice(), lambda _: index)
    wishes = Wishes(None, runs_tools=False)
    plan = fix(project, CONTEXT, Choice(), Configuration(), lambda _: index, wishes=wishes, report=report)[1]
    told = tuple(f"{lane_name(found.lane)}: {found.sentence}" for _, found in outlooks(matrix))
    return write_guide(Material(report, CONTEXT, Configuration(), matrix, plan, outlooks=told))


def section(document: Document, name: str) -> Section:
    return next(item for item in document.sections if item.id == name)


def tables(document: Document, name: str) -> list[Table]:
    found = section(document, name)
    blocks = [*found.blocks, *(block for part in found.parts for block in part.blocks)]
    return [block for block in blocks if isinstance(block, Table)]


def points(document: Document, name: str) -> list[Point]:
    found = section(document, name)
    blocks = [*found.blocks, *(block for part in found.parts for block in part.blocks)]
    return [point for block in blocks if isinstance(block, Points) for point in block.items]


def cells(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def test_each_place_says_what_each_builder_does_with_it() -> None:
    table = tables(system("maya"), "python")[0]
    assert table.heads == ("Place", "Says", "railpack", "nixpacks")
    found = {row[0]: row[1:] for row in cells(table)}
    assert set(found) == {".python-version:1", "backend/nixpacks.toml:2", "backend/railway.json:5", "runtime.txt:1"}
    assert all(uses == ["ignored", "ignored"] for _, *uses in found.values())
    polydebate = {row[0]: row[2:] for row in cells(tables(system("polydebate"), "python")[0])}
    assert polydebate == {"runtime.txt:1": ["decides", "read, outranked"], "nixpacks.toml:2": ["ignored", "decides"]}


def test_start_commands_are_taken_apart() -> None:
    (row, *_) = tables(system("maya"), "start")[0].rows
    assert [cell.text for cell in row[3:]] == ["app.main:app", "0.0.0.0 (all interfaces)", "$PORT", "uvicorn"]
    assert {cell.state for cell in row[3:]} == {State.GOOD}


@pytest.mark.parametrize(("name", "number"), [("maya", 35), ("polydebate", 10), ("nexus", 25), ("lighthouse", 7)])
def test_the_counts_by_category_add_up(name: str, number: int) -> None:
    (table,) = tables(system(name), "categories")
    *categories, total = cells(table)
    assert int(total[1]) == number
    assert sum(int(row[1]) for row in categories) == number
    assert all(len(row[2].split(", ")) == int(row[1]) for row in categories)


def test_no_name_stands_in_two_categories() -> None:
    names = [name for category in rows("categories")["category"] for name in dict.fromkeys(category["names"])]
    assert {name for name in names if names.count(name) > 1} == set()


def test_what_the_lockfile_lacks_is_named() -> None:
    lock = next(point for point in points(system("maya"), "requirements") if "requirements.lock" in point.text)
    assert lock.state is State.BAD
    for name in ("python-jose", "python-multipart", "tenacity", "email-validator", "uvloop"):
        assert name in lock.text


def test_pins_are_told_with_what_they_hold_back() -> None:
    found = {row[0]: row for row in cells(tables(system("maya"), "critical")[0])}
    assert found["asyncpg 0.29.0"][2].startswith("3.13")
    assert "0.30.0 (for 3.13)" in found["asyncpg 0.29.0"][3]
    assert found["pydantic-core 2.23.4"][1] == "needed by pydantic"


def test_a_pin_that_others_need_too_is_told_with_its_own_line() -> None:
    """Of aiohttp, which aiogram needs and requirements.txt pins, it is the pin that has to move."""
    found = {row[0]: row for row in cells(tables(system("nexus"), "critical")[0])}
    assert found["aiohttp 3.9.3"][1] == "requirements.txt:10"
    assert found["pyyaml 6.0.3"][1] == "needed by uvicorn"


def test_variables_have_a_place_and_never_a_value() -> None:
    required, optional = tables(system("maya"), "variables")
    names = [row[0] for row in cells(required)]
    assert names == [
        *("DATABASE_URL", "ENCRYPTION_KEY", "GMAIL_PUBSUB_SERVICE_ACCOUNT"),
        *("GMAIL_PUBSUB_TOPIC", "GMAIL_WEBHOOK_URL", "JWT_SECRET_KEY"),
    ]
    assert ["DEFAULT_TENANT_ID", "text", "default", "backend/app/config.py:21"] in cells(optional)
    assert any("32 bytes, base64" in row[1] for row in cells(required))


def test_the_disk_the_flag_and_the_origins_of_polydebate_are_in_it() -> None:
    document = system("polydebate")
    kept = {row[0]: row[4] for row in cells(tables(document, "storage")[0])}
    assert kept["backend/storage/polydebate.db"] == "gone"
    assert any("gevent" in row[1] for row in cells(tables(document, "trouble")[0]))
    assert any(point.state is State.BAD and "FRONTEND_URL" in point.text for point in points(document, "security"))
    layout = {row[0]: row[1:] for row in cells(tables(document, "layout")[0])}
    assert layout["backend/requirements.txt"] == ["asked for, and not there when the install step runs", "used"]
    assert any("frontend/package.json" in point.text for point in points(document, "layout"))


def test_the_lines_that_mean_success_name_the_python_that_is_predicted() -> None:
    railway = [row[1] for row in cells(tables(system("maya"), "success")[0])]
    assert railway[0] == "python  │  3.13."
    assert "[1/1] Healthcheck succeeded!" in railway
    render = cells(tables(system("nexus"), "success")[0])
    assert render[0][1] == "==> Using Python version 3.14.3 (default)"
    assert render[0][3] == "all"
    live = next(row for row in render if "Your service is live" in row[1])
    assert live[3] == "nexus-api"


def test_every_kind_of_service_has_something_to_try() -> None:
    texts = [point.text for point in points(system("nexus"), "verify")]
    for words in (
        "`nexus-worker`: send a task",
        "`heartbeat`, `digest`",
        "`nexus-bot`: write to the bot",
        "`/members`",
    ):
        assert any(words in text for text in texts)


@pytest.mark.parametrize("platform", ["railway", "render", "heroku"])
def test_each_platform_has_steps_success_and_rollback_with_sources(platform: str) -> None:
    data = rows("platforms")[platform]
    for kind in ("steps", "success", "rollback"):
        assert data[kind]
        assert all(row["source"].startswith("https://") and row["checked"] for row in data[kind])
    project = Project.from_texts(
        {
            "requirements.txt": "flask==3.0.0\ngunicorn==21.2.0\n",
            "Procfile": "web: gunicorn app:app\nworker: python w.py\n",
            "app.py": "from flask import Flask\napp = Flask(__name__)\n",
            "w.py": "",
        }
    )
    report = check(project, CONTEXT, Choice(platforms=(platform,)), Configuration(), None, "it is not asked")
    document = write_guide(Material(report, CONTEXT, Configuration(), no_index_reason="it is not asked"))
    assert points(document, "rollback")
    assert tables(document, "success")
    assert points(document, "deploy")
    assert any(point.state is State.UNKNOWN for point in points(document, "critical"))


@pytest.mark.parametrize(
    ("builder", "command"), [("heroku-classic", "heroku run "), ("heroku-cnb", "heroku run:inside ")]
)
def test_a_command_is_told_for_the_builder_that_has_it(builder: str, command: str) -> None:
    """Apps of Heroku's Fir generation, which Cloud Native Buildpacks build, have no one-off dynos."""
    project = Project.from_texts(
        {"requirements.txt": "flask==3.0.0\n", "Procfile": "web: python app.py\n", "app.py": ""}
    )
    choice = Choice(platforms=("heroku",), builders=(builder,))
    report = check(project, CONTEXT, choice, Configuration(), None, "it is not asked")
    document = write_guide(Material(report, CONTEXT, Configuration(), no_index_reason="it is not asked"))
    told = [point.text for point in points(document, "verify") if "python --version" in point.text]
    assert [text.startswith(f"`{command}") for text in told] == [True]


def test_no_row_rests_on_general_knowledge() -> None:
    data = rows("platforms")
    written = [
        row for name in ("railway", "render", "heroku") for kind in data[name].values() for row in kind if "text" in row
    ]
    assert len(written) > 20
    assert [row["text"] for row in written if not re.match(r"20\d\d-\d\d-\d\d", row["checked"])] == []


def test_the_policy_is_judged_by_what_is_there() -> None:
    project = Project.from_texts({"requirements.txt": "flask>=3\ngunicorn==21.*\nredis==5.0.1\n", "a/secret.py": ""})
    configuration = Configuration(policy=Policy(protected=("a/*", "nowhere/*"), version_bumps=False))
    report = check(project, CONTEXT, Choice(platforms=("railway",)), configuration, None, "it is not asked")
    found = [point.text for point in points(write_guide(Material(report, CONTEXT, configuration)), "policy")]
    assert any(text.startswith("2 of 3 requirements are not pinned") for text in found)
    assert any("No wildcard is used: not so" in text for text in found)
    assert any("protect 1 file" in text and "`nowhere/*`" in text for text in found)
    assert "Repairs may change versions: no, by the configuration." in found


@pytest.mark.parametrize("name", ["maya", "polydebate", "nexus", "lighthouse"])
def test_markdown_is_well_formed_and_its_links_lead_somewhere(name: str) -> None:
    document = system(name)
    text = render_guide_markdown(document)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    headings = [
        tokens[index + 1].content.replace("\\", "")
        for index, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    targets = {anchor(heading) for heading in headings}
    links = re.findall(r"\]\(#([^)]*)\)", text)
    assert len(links) == len(document.sections)
    assert set(links) <= targets
    number = sum(len(tables(document, item.id)) for item in document.sections)
    assert sum(token.type == "table_open" for token in tokens) == number


class _Checker(HTMLParser):
    """Collects the tags, the ids and the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if tag == "a" else []
        assert not any(key.startswith("on") for key in given)


def parsed(text: str) -> _Checker:
    checker = _Checker()
    checker.feed(text)
    return checker


@pytest.mark.parametrize("name", ["maya", "polydebate", "nexus"])
def test_the_page_is_one_file_whose_links_lead_somewhere(name: str) -> None:
    text = render_guide_html(system(name))
    found = parsed(text)
    assert len(found.ids) == len(set(found.ids))
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)
    assert all(link.startswith(("#", "https://")) for link in found.links)
    assert not {"img", "link", "iframe", "object"} & set(found.tags)
    assert len(text) < 200_000


def test_hostile_names_and_messages_stay_text() -> None:
    report = replace(samples.hostile(), matrix=None)
    document = write_guide(Material(report, CONTEXT, Configuration(), samples.hostile().matrix))
    page, text = render_guide_html(document), render_guide_markdown(document)
    assert parsed(page).tags.count("script") == 1
    assert all(link.startswith(("#", "https://")) for link in parsed(page).links)
    for shown in (page, text):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert "<script" not in html
    assert "javascript:" not in "".join(re.findall(r'href="([^"]*)"', html))


def test_the_command_writes_both_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lighthouse = str(samples.ROOT / "examples" / "lighthouse")
    page = tmp_path / "report.html"
    arguments = ["report", lighthouse, "--on", "2026-11-20", "--no-index", "--no-repairs"]
    first = main(arguments)
    assert capsys.readouterr().out.startswith("# lighthouse: alignment report")
    assert main([*arguments, "-o", str(page)]) == first
    assert page.read_text().startswith("<!doctype html>")


def test_a_project_without_python_is_told_and_no_error() -> None:
    project = Project.from_texts({"package.json": "{}", "index.js": "1"})
    report = check(project, CONTEXT, Choice(), Configuration(), None, "it is not asked")
    document = write_guide(Material(report, CONTEXT, Configuration()))
    assert render_guide_markdown(document)
    assert render_guide_html(document)
