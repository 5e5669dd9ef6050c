"""The report for a terminal: it fits any width, and what it says stands beside what says so."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.text import Text

from tests.reports.samples import ROOT, hostile, maya, predicted
from trueup.model.project import Project
from trueup.model.report import Report
from trueup.reading import read_project
from trueup.reports._interface import Look
from trueup.reports.text import render

SCREEN = 60
"""Lines of a project with one service: more than that nobody reads at night."""
ALIGNED = Project.from_texts(
    {
        "requirements.txt": "flask==3.1.3\n",
        "app.py": "",
        ".python-version": "3.11.9\n",
        "Procfile": "web: python app.py\n",
    }
)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("detail", [0, 1, 2])
@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("report", [maya, hostile], ids=["maya", "hostile"])
def test_no_line_is_wider_than_the_terminal(report: object, width: int, detail: int, color: bool) -> None:
    text = render(report(), Look(width=width, color=color, detail=detail))  # type: ignore[operator]
    assert max(cell_len(Text.from_ansi(line).plain) for line in text.splitlines()) <= width
    assert ("\x1b[" in text) is color


def _system(name: str) -> Report:
    return predicted(read_project(ROOT / "examples" / name))


@pytest.mark.parametrize("name", ["maya", "lighthouse", "polydebate", "nexus"])
def test_a_system_is_told_on_a_screen(name: str) -> None:
    assert render(_system(name), Look(width=120)).count("\n") <= SCREEN


def test_every_finding_that_is_not_low_is_named() -> None:
    text = render(maya(), Look(width=200))
    for finding in maya().results[0].findings:
        if finding.severity.value != "low":
            assert finding.rule in text
    for key in ("build.nixpacksPath", "build.pythonVersion", "nixpacksConfigPath", "NIXPACKS_PYTHON_VERSION"):
        assert key in text


def test_what_runs_stands_beside_the_file_that_says_so() -> None:
    """Where a release of Railpack plans its default and mise takes another version, each has its own reason."""
    report = predicted(ALIGNED, "2025-11-20", platforms=("railway",), builders=("railpack",))
    lines = render(report, Look(width=160)).splitlines()
    runs = next(line for line in lines if line.startswith("  Python"))
    planned = next(line for line in lines if " planned " in line)
    assert "3.11.9" in runs
    assert ".python-version:1" in runs
    assert "3.13" in planned
    assert "where nothing states one" in planned
