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


def _shown(report: Report, width: int = 100, detail: int = 0) -> str:
    return render(report, Look(width=width, detail=detail))


def test_second_lines_stand_under_the_first_and_not_under_the_severity() -> None:
    text = _shown(maya(), 80)
    facts = ("Python", "install", "start", "health", "packages")
    for line in text.splitlines():
        if line.startswith("  ") and line[2] != " ":
            assert line.split()[0] in ("high", "medium", "and", *facts), line


def test_a_narrow_terminal_cuts_no_name_into_pieces() -> None:
    text = _shown(maya(), 40)
    assert max(map(len, text.splitlines())) <= 40
    for words in ("asyncpg 0.29.0", "uvloop 0.20.0", "requirements.txt", "distributions"):
        assert words in text


def test_what_was_found_counts_for_the_builders_that_are_used_today() -> None:
    text = _shown(maya(), 200)
    assert text.count("\n  medium ") == 9
    assert "Found 2 high, 9 medium, 2 low, and 1 with builders not used today" in text


def test_no_line_of_the_closing_is_cut_between_its_commands() -> None:
    for width in (60, 80, 120):
        lines = _shown(maya(), width).splitlines()
        assert any("trueup fix" in line for line in lines)
        assert any("About a rule: trueup rule ID   Details: -v" in line for line in lines)


def test_an_unknown_verdict_says_why_without_being_asked() -> None:
    node = predicted(Project.from_texts({"package.json": "{}", "index.js": ""}), platforms=("railway",))
    text = _shown(node, 200)
    assert "? unknown" in text
    assert "unknown  build: Railpack takes its node provider (package.json)" in text
    assert "start   not predicted" in text


def test_what_is_not_there_is_not_shown_as_if_it_were() -> None:
    text = _shown(predicted(Project.from_texts({"requirements.txt": ""}), platforms=("heroku",)), 200)
    assert "nothing                          no process type `web` in a Procfile" in text


def test_checks_that_could_not_look_for_the_same_reason_are_one_line() -> None:
    files = {"requirements.txt": "flask\n", "Procfile": "web: gunicorn app:app\n", "runtime.txt": "python-3.8.10\n"}
    text = _shown(predicted(Project.from_texts(files), platforms=("heroku",), builders=("heroku-classic",)), 200)
    assert (
        text.count("skipped  conflict, no-wheel, server-not-required, yanked-pin: the Python version is not known\n")
        == 1
    )


def test_a_long_reason_is_whole_where_everything_is_told() -> None:
    files = {"requirements.txt": "", "Procfile": "web: gunicorn app:app\n"}
    report = predicted(Project.from_texts(files), platforms=("heroku",), builders=("heroku-classic",))
    assert "the buildpack installs with pip\n" in _shown(report, 200)
    assert "the buildpack installs with pip, with --exists-action" in _shown(report, 250, detail=1)


def test_what_is_no_failure_is_said_in_a_line() -> None:
    files = {
        "requirements.txt": "django==5.2\ngunicorn==23.0.0\n",
        "runtime.txt": "python-3.11.9\n",
        "manage.py": "",
        "config/wsgi.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n'
        "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        "config/settings.py": 'INSTALLED_APPS = []\nDEBUG = True\nSECRET_KEY = "django-insecure-abcdefghij"\n',
        "render.yaml": "services:\n  - {type: web, name: api, runtime: python, "
        "startCommand: 'gunicorn config.wsgi', buildCommand: 'pip install -r requirements.txt'}\n",
    }
    report = predicted(Project.from_texts(files))
    found = {finding.rule: finding for finding in report.results[0].findings}
    for rule in ("debug-mode", "secret-weak", "version-file-not-read"):
        assert found[rule].brief, rule
        assert len(found[rule].brief) < 100, rule
        assert found[rule].brief in _shown(report, 200)


def test_an_error_of_several_lines_is_quoted_without_escapes() -> None:
    settings = '[build]\nbuilder = "nixpacks"\n[deploy]\nrestartPolicyType = "never"\n'
    text = _shown(predicted(Project.from_texts({"railway.toml": settings, "main.py": "", "requirements.txt": ""})), 400)
    assert "service config. Error: build.builder: Invalid input Error: deploy.restartPolicyType: Invalid input" in text
    assert "\\u000a" not in text


def test_remarks_have_a_margin_for_their_second_line() -> None:
    node = predicted(Project.from_texts({"package.json": "{}", "index.js": ""}), platforms=("railway",))
    lines = _shown(node, 80).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("  unknown  build: "))
    assert lines[first + 1].startswith(" " * 11)


def test_a_builder_that_is_not_used_today_is_a_line_unless_it_is_asked_for() -> None:
    files = {
        "requirements.txt": "flask==3.1.3\n",
        "Procfile": "web: gunicorn app:app\n",
        "runtime.txt": "python-3.12.1\n",
    }
    project = Project.from_texts(files)
    text = _shown(predicted(project, platforms=("heroku",)), 200)
    line = next(line for line in text.splitlines() if "heroku-cnb" in line)
    assert line.endswith("(not the builder used today), Python unknown: python-version-invalid")
    assert "Delete runtime.txt, and write the minor alone" not in text
    asked = _shown(predicted(project, platforms=("heroku",), builders=("heroku-cnb",)), 200)
    assert "Delete runtime.txt, and write the minor alone" in asked
    assert "Delete runtime.txt, and write the minor alone" in _shown(predicted(project, platforms=("heroku",)), 200, 1)


def test_why_a_verdict_is_not_settled_stands_before_what_holds_only_without_it() -> None:
    files = {"Dockerfile": "FROM python:3.12\nCMD python main.py\n", "requirements.txt": "asyncpg==0.29.0\n"}
    text = _shown(predicted(Project.from_texts(files), platforms=("railway",), builders=("railpack",)), 200)
    assert text.count("  unknown  Dockerfile: ") == 1
    assert text.index("  unknown  Dockerfile: ") < text.index("no-wheel")
    line = next(line for line in text.splitlines() if "floating-python" in line)
    assert line.endswith("(if this builder is used)")


def test_a_compile_that_is_expected_to_work_says_so_beside_its_name() -> None:
    """What stands in the table is what its severity rests on; one that is known to fail says nothing of the kind."""
    text = render(predicted(read_project(ROOT / "examples" / "lighthouse")), Look(width=120))
    lines = {line.split()[0]: line for line in text.splitlines() if "has one" in line and "compiles" in line}
    assert "compiles C, expected to work" in lines["pymongo"]
    assert "compiles Rust" in lines["pydantic-core"]
    assert "expected" not in lines["pydantic-core"]
