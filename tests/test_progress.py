"""The line that a person sees while the package index is read."""

from __future__ import annotations

import io
import threading

import pytest

from trueup.cli import _progress


class Screen(io.StringIO):
    """A terminal of one line: `line` is what can be seen."""

    def isatty(self) -> bool:
        return True

    @property
    def line(self) -> str:
        seen = ""
        for text in self.getvalue().split("\r"):
            seen = text + seen[len(text) :]
        return seen.rstrip()


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(_progress, "SECONDS_BETWEEN", 0.0)
    return Screen()


def test_counts_only_grow_over_the_rounds_and_the_line_is_gone_at_the_end(screen: Screen) -> None:
    with _progress.progress_line(screen) as tell:
        assert tell is not None
        seen = []
        for what, done, total in (("pages", 1, 2), ("pages", 2, 2), ("metadata", 1, 1), ("pages", 1, 1)):
            tell(what, done, total)
            seen.append(screen.line)
    assert seen == [
        "looking at the packages: 1 index page read",
        "looking at the packages: 2 index pages read",
        "looking at the packages: 2 index pages, 1 metadata file read",
        "looking at the packages: 3 index pages, 1 metadata file read",
    ]
    assert screen.line == ""
    assert "\n" not in screen.getvalue()


def test_a_round_as_long_as_the_one_before_is_another(screen: Screen) -> None:
    with _progress.progress_line(screen) as tell:
        assert tell is not None
        for _ in range(2):
            for done in (1, 2, 3):
                tell("pages", done, 3)
        assert screen.line == "looking at the packages: 6 index pages read"


def test_a_round_may_grow_while_it_goes_on(screen: Screen) -> None:
    with _progress.progress_line(screen) as tell:
        assert tell is not None
        for done, total in ((1, 1), (2, 4), (3, 9), (4, 9)):
            tell("pages", done, total)
        assert screen.line == "looking at the packages: 4 index pages read"


def test_the_line_never_wraps(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    with _progress.progress_line(screen) as tell:
        assert tell is not None
        tell("pages", 1, 2)
        assert screen.line == "looking at the packages: 1 in"


def test_an_index_that_is_silent_is_told(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "FIRST_AFTER", 0.0)
    drawn = threading.Event()
    monkeypatch.setattr(screen, "flush", drawn.set)
    with _progress.progress_line(screen):
        assert drawn.wait(10)
        assert screen.line == "looking at the packages"


def test_an_interruption_takes_the_line_away(screen: Screen) -> None:
    def interrupted() -> None:
        with _progress.progress_line(screen) as tell:
            assert tell is not None
            tell("pages", 1, 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert screen.line == ""
    assert "1 index page read" in screen.getvalue()


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_cannot_replace_a_line_shows_none(
    term: str, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    with _progress.progress_line(screen) as tell:
        assert tell is None


def test_nobody_looks_or_wants_it() -> None:
    with _progress.progress_line(io.StringIO()) as tell:
        assert tell is None
    with _progress.progress_line(Screen(), quiet=True) as tell:
        assert tell is None
