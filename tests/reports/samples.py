"""Reports for tests: a real prediction, one full of hostile text, and a large one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from trueup.configuration import Configuration
from trueup.index.recorded import FrozenIndex, load_recording
from trueup.matrix import make_matrix
from trueup.model.distribution import InstallForecast, Outcome, PackageForecast
from trueup.model.evidence import Evidence, Unknown
from trueup.model.finding import Confidence, Finding, Severity, Skipped
from trueup.model.matrix import Lane, Matrix, MatrixColumn, MatrixTable, rows_of
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.report import Report
from trueup.model.target import Target
from trueup.pipeline import Choice, check
from trueup.reading import read_project

ROOT = Path(__file__).resolve().parent.parent.parent
RECORDINGS = ROOT / "tests" / "index" / "recordings"
SCHEMAS = Path(__file__).resolve().parent / "schemas"
"""The formats' own schemas, as they are published: where each is from stands in README.md beside this file."""

HOSTILE = "<script>alert(1)</script> ]]> \"'`|*_[x](javascript:1) @everyone ::error::x %0A \x1b[31m\x00\u202e\udcff"
"""What a hostile project would like to write into every format."""


@cache
def recording() -> FrozenIndex:
    """The newest recorded index."""
    return load_recording(max(path for path in RECORDINGS.iterdir() if path.is_dir()))


def predicted(project: Project, on: str = "2026-11-20", **choice: tuple[str, ...]) -> Report:
    """A project's report with its matrix."""
    context, chosen = PlanContext(on=on), Choice(**choice)
    report = check(project, context, chosen, Configuration(), lambda _: recording())
    return replace(report, matrix=make_matrix(project, context, chosen, lambda _: recording()))


@cache
def maya() -> Report:
    """The first system: one service, two builders, blockers, and findings of every severity."""
    return predicted(read_project(ROOT / "examples" / "maya"))


@cache
def nexus() -> Report:
    """A system of several services on one platform."""
    return predicted(read_project(ROOT / "examples" / "nexus"))


@cache
def healthy() -> Report:
    """A project with nothing that fails."""
    files = {
        "requirements.txt": "flask==3.1.2\ngunicorn==23.0.0\n",
        ".python-version": "3.13\n",
        "Procfile": "web: gunicorn app:app --bind 0.0.0.0:$PORT\n",
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
    }
    return predicted(Project.from_texts(files), platforms=("heroku",), builders=("heroku-classic",))


@cache
def hostile() -> Report:
    """The first system's report in which names, messages, paths and reasons are hostile."""
    report = maya()
    path = f"a,b:c%/{HOSTILE.split()[0]} é.txt"
    project = report.project.with_contents({path: b"x\n"})
    finding = Finding(
        "conflict",
        Severity.HIGH,
        Confidence.HIGH,
        f"{HOSTILE}\nand a second line",
        HOSTILE,
        (Evidence.found(path, 3, HOSTILE), Evidence.default(HOSTILE, "javascript:alert(1)")),
        subject=HOSTILE,
        brief=HOSTILE,
    )
    result = report.results[0]
    plan = replace(result.plan, service=replace(result.plan.service, name=HOSTILE))
    assert result.forecast is not None
    packages = (PackageForecast(HOSTILE, HOSTILE, True, Outcome.COMPILES, HOSTILE, finding.evidence, HOSTILE, HOSTILE),)
    result = replace(
        result,
        plan=plan,
        forecast=replace(result.forecast, packages=packages),
        findings=(finding, replace(finding, rule="no-wheel"), *result.findings),
        skipped=(Skipped("no-wheel", HOSTILE),),
        unknowns=(Unknown(HOSTILE, HOSTILE),),
    )
    assert report.matrix is not None
    table = _table([InstallForecast(Target("3.13"), packages)], HOSTILE)
    return replace(
        report,
        project=project,
        results=(result, *report.results[1:]),
        notes=(HOSTILE,),
        index_trouble=(HOSTILE,),
        matrix=Matrix((table, *report.matrix.tables), report.on, (HOSTILE,)),
    )


@cache
def large(distributions: int = 200) -> Report:
    """The first system with a matrix of very many distributions, half of them blocked somewhere."""
    minors = ("3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
    forecasts = [
        InstallForecast(Target(minor), tuple(_package(number, column) for number in range(distributions)))
        for column, minor in enumerate(minors)
    ]
    return replace(maya(), matrix=Matrix((_table(forecasts, "web"),), "2026-11-20"))


def _package(number: int, column: int) -> PackageForecast:
    outcome = Outcome.COMPILES if number % 2 and column > number % 6 else Outcome.WHEEL
    name = f"distribution-number-{number}"
    evidence = (Evidence.found("backend/requirements.txt", number + 1, f"{name}==1.{number}.0"),)
    reason = f"no wheel for Python 3.{10 + column} on Linux x86_64 (wheels exist for 3.8 to 3.12)"
    return PackageForecast(name, f"1.{number}.0", number % 3 == 0, outcome, reason, evidence, fixed_in="2.0.0")


def _table(forecasts: list[InstallForecast], service: str) -> MatrixTable:
    lane = Lane("railway", "railpack", (service,), "3.13", "3.13", True, (Evidence.default("the default"),))
    columns = tuple(MatrixColumn(forecast.target.minor, forecast.target) for forecast in forecasts)
    return MatrixTable((lane,), (service,), columns, rows_of(tuple(forecasts)))
