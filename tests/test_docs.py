"""The documentation is true: generated pages are up to date, commands exist, links lead somewhere. No network."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.generate import PICTURE, RULES, generated
from trueup import HOME
from trueup.cli._run import build_parser, command_names
from trueup.configuration import _IGNORE_KEYS, _KEYS, _POLICY_KEYS, read_configuration
from trueup.reading import read_project
from trueup.registry import plugin_ids

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/README.md"), *ROOT.glob("changes/*.md")]
)
HAND_WRITTEN = [page for page in PAGES if page.parent.name not in ("check", "diagnose")]
LINK = re.compile(r"!?\[(?:[^\[\]]|\\[\[\]]|\[[^\]]*\])*\]\(<?([^)<>\s]+)>?(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(```+|~~~+)(\w*)[^\n]*\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
DEV_COMMANDS = re.compile(r'^        "([a-z-]+)":', re.MULTILINE)
PLACEHOLDER = re.compile(r"[A-Z]{2,}|…|\.\.\.")


def names(pages: list[Path]) -> list[Any]:
    return [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in pages]


@cache
def wanted() -> dict[str, str]:
    """What the generator writes now."""
    return generated()


@pytest.mark.parametrize("path", ["docs/reference/cli.md", "docs/reference/exit-codes.md", PICTURE])
def test_generated_file_is_up_to_date(path: str) -> None:
    assert (ROOT / path).read_text("utf-8") == wanted()[path], "run ./dev generate"


def test_every_generated_page_is_up_to_date() -> None:
    stale = [name for name, text in wanted().items() if not same(ROOT / name, text)]
    assert not stale, f"run ./dev generate: {stale[:10]}"


def same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text("utf-8") == text


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    for family, package in (("check", "trueup.checks"), ("diagnose", "trueup.logrules")):
        assert sorted(path.stem for path in (ROOT / RULES / family).glob("*.md")) == plugin_ids(package)


def targets(page: Path) -> Iterator[str]:
    """Where the links of a page lead, what stands in code left out."""
    text = INLINE.sub("", FENCE.sub("", page.read_text("utf-8")))
    yield from LINK.findall(text)


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts and the site's generator make them."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE):
        plain = re.sub(r"[`*\\]|\]\([^)]*\)|\[", "", heading).strip().lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def broken_links(page: Path) -> list[str]:
    """The links of a page that lead nowhere, or out of the repository."""
    broken = []
    for target in targets(page):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path, _, anchor = target.partition("#")
        place = page if not path else (page.parent / path).resolve()
        is_broken = not place.exists() or (anchor and place.suffix == ".md" and anchor not in anchors(place))
        if is_broken or not place.is_relative_to(ROOT):
            broken.append(f"{page.relative_to(ROOT)}: {target}")
    return broken


@pytest.mark.parametrize("page", names(HAND_WRITTEN))
def test_links_lead_somewhere(page: Path) -> None:
    assert not broken_links(page)


def test_links_of_rules_lead_somewhere() -> None:
    assert not [link for page in PAGES if page not in HAND_WRITTEN for link in broken_links(page)]


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The looking itself works: also for anchors, for titles, and not in code."""
    monkeypatch.setattr("tests.test_docs.ROOT", tmp_path)
    (tmp_path / "other.md").write_text("# A heading: `x`\n")
    page = tmp_path / "page.md"
    page.write_text("[a](other.md#a-heading-x) [b](gone.md) [c](other.md#gone) [d](../up.md 'x')\n`[e](code.md)`\n")
    assert broken_links(page) == ["page.md: gone.md", "page.md: other.md#gone"]


def commands_of(page: Path) -> Iterator[list[str]]:
    """Every command line of trueup and ./dev that a page shows, as words: in fences, tables and running text."""
    text = page.read_text("utf-8")
    shown = [
        line
        for _, language, body in FENCE.findall(text)
        if language in ("", "console", "sh", "bash", "yaml")
        for line in body.splitlines()
    ]
    shown += INLINE.findall(FENCE.sub("", text))
    for line in shown:
        line = re.sub(r"^\s*(?:[$-]\s+)?(?:run:\s+|entry:\s+)?", "", line)
        if re.match(r"(?:trueup|\./dev)(?: |$)", line):
            try:
                yield shlex.split(re.split(r"\s[|&>;]|\s{3,}", line)[0], comments=True)
            except ValueError:
                continue


def is_trueup(words: list[str]) -> bool:
    return words[0] == "trueup" or words[:2] == ["./dev", "run"]


@pytest.mark.parametrize("page", names([page for page in HAND_WRITTEN if list(commands_of(page))]))
def test_commands_that_are_shown_exist(page: Path) -> None:
    known = {flag for name in command_names() for flag in options(name)}
    dev = {*DEV_COMMANDS.findall((ROOT / "dev").read_text("utf-8")), "help"}
    wrong = []
    for words in commands_of(page):
        if not is_trueup(words):
            wrong += [] if len(words) < 2 or words[1] in dev or PLACEHOLDER.match(words[1]) else [words]
            continue
        rest = words[1:] if words[0] == "trueup" else words[2:]
        name = rest[0] if rest and not rest[0].startswith("-") else "check"
        name = "check" if (ROOT / name).exists() or name in (".", "PATH") else name
        if name not in command_names() and not PLACEHOLDER.match(name) and name != "--version":
            wrong.append(words)
            continue
        flags = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)} - {"--version", "-V", "-vv"}
        wrong += [words] if flags - (options(name) if name in command_names() else known) else []
    assert not wrong


@cache
def options(command: str) -> frozenset[str]:
    """Every option of a command."""
    for action in build_parser(command)._actions:
        if isinstance(action.choices, dict):
            return frozenset(action.choices[command]._option_string_actions)
    raise AssertionError(command)


def test_the_configuration_that_is_shown_is_understood(tmp_path: Path) -> None:
    """Every key is there, with a value that is accepted."""
    (block,) = re.findall(
        r"```toml\n(.*?)```", (ROOT / "docs/reference/configuration.md").read_text("utf-8"), re.DOTALL
    )
    (tmp_path / "trueup.toml").write_text(block)
    configuration = read_configuration(read_project(tmp_path))
    assert set(tomllib.loads(block)) == set(_KEYS)
    assert set(tomllib.loads(block)["policy"]) == set(_POLICY_KEYS)
    assert set(tomllib.loads(block)["ignore"][0]) == set(_IGNORE_KEYS)
    assert configuration.pairs
    assert configuration.ignore[0].expires == "2026-12-31"


def test_pages_say_that_trueup_has_no_address_as_long_as_it_has_none() -> None:
    """Once `trueup.HOME` is set, OWNER has to give way to it; until then the page tells what OWNER stands for."""
    with_owner = [page for page in PAGES if re.search(r"\bOWNER/", page.read_text("utf-8"))]
    if HOME is not None:
        assert with_owner == []
    assert all("trueup is not published yet" in page.read_text("utf-8") for page in with_owner)


def test_the_picture_asks_for_nothing_from_elsewhere() -> None:
    text = (ROOT / PICTURE).read_text("utf-8")
    addresses = set(re.findall(r"https?://[^\"'\s)<]+", text)) - {"http://www.w3.org/2000/svg"}
    assert not [address for address in addresses if f"url({address}" in text or f'href="{address}' in text]
    assert "@font-face" not in text
    assert "<script" not in text


def test_every_page_of_the_site_can_be_reached() -> None:
    """From the navigation, or by links from pages that are in it."""
    navigation = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    pending = [ROOT / "docs" / path for path in leaves(navigation)]
    seen: set[Path] = set()
    while pending:
        page = pending.pop()
        if page in seen or not page.is_relative_to(ROOT / "docs"):
            continue
        assert page.exists(), f"the navigation names {page.relative_to(ROOT)}"
        seen.add(page)
        linked = ((page.parent / target.partition("#")[0]).resolve() for target in targets(page))
        pending += [path for path in linked if path.suffix == ".md" and path.exists()]
    lost = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md") if path not in seen)
    assert not lost, "name them in the navigation (zensical.toml) or link to them"


def leaves(navigation: Any) -> Iterator[str]:
    if isinstance(navigation, str):
        yield navigation
    else:
        for item in navigation.values() if isinstance(navigation, dict) else navigation:
            yield from leaves(item)
