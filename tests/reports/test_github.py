"""GitHub's annotations, read back by the runner's own rules."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.reports import samples
from trueup.reports._findings import told
from trueup.reports._interface import Look
from trueup.reports.github import escape_data, escape_property, render

COMMAND = re.compile(r"^::(?P<name>[a-z]+)(?: (?P<properties>.*?))?::(?P<message>.*)$")


def unescaped(text: str, more: bool = False) -> str:
    """As the runner reads it: the properties' own escapes, line ends, and the percent sign last."""
    if more:
        text = text.replace("%3A", ":").replace("%2C", ",")
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def read_back(line: str) -> tuple[str, dict[str, str], str]:
    found = COMMAND.match(line)
    assert found, line
    pairs = (pair.split("=", 1) for pair in (found["properties"] or "").split(",") if pair)
    return found["name"], {key: unescaped(value, True) for key, value in pairs}, unescaped(found["message"])


@pytest.mark.parametrize("make", [samples.maya, samples.nexus, samples.hostile])
def test_every_finding_is_one_line_that_reads_back(make: Any) -> None:
    report = make()
    lines = render(report, Look(folder="sub")).splitlines()
    annotations = [read_back(line) for line in lines if line.startswith("::") and "file=" in line]
    assert len(annotations) == len(told(report))
    for (name, properties, message), one in zip(annotations, told(report, "sub"), strict=True):
        assert name in ("error", "warning", "notice")
        assert properties["file"] == one.path
        assert properties["file"].startswith("sub/")
        assert int(properties["line"]) >= 1
        assert one.finding.rule in properties["title"]
        assert "What to do: " in message


def test_the_worst_come_first_because_github_shows_ten() -> None:
    names = [read_back(line)[0] for line in render(samples.maya(), Look()).splitlines() if line.startswith("::")]
    order = ["error", "warning", "notice"]
    assert names == sorted(names, key=order.index)
    assert names[0] == "error"


def test_hostile_text_gives_no_further_command() -> None:
    text = render(samples.hostile(), Look())
    assert "\x1b" not in text
    assert "\x00" not in text
    commands = [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert all(re.match(r"::(error|warning|notice) (file=|title=trueup)", line) for line in commands)
    assert len(text.splitlines()) == len(text.split("\n")) - 1


@pytest.mark.parametrize("text", ["100% of a:b,c", "a\r\nb", "%0A", "%25"])
def test_escapes_are_undone_by_the_runner(text: str) -> None:
    assert unescaped(escape_data(text)) == text
    assert unescaped(escape_property(text), True) == text
    assert not set("\r\n") & set(escape_data(text))
    assert not set(":,\r\n") & set(escape_property(text))
