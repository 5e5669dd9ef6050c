"""A distribution that only loses optional extensions: check, matrix and fix count it by one rule."""

from __future__ import annotations

import pytest

from tests.resolve.fake_index import CP, FakeIndex
from trueup.configuration import Configuration
from trueup.fixing import fix
from trueup.matrix import make_matrix
from trueup.model.finding import Severity
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.pipeline import Choice, check
from trueup.reports._interface import Look
from trueup.reports._matrix_text import render_matrix_text

FILES = {
    "main.py": "print()\n",
    "requirements.txt": "quick==1.0\n",
    ".python-version": "3.14\n",
    "Procfile": "web: python main.py\n",
}
CONTEXT = PlanContext(on="2026-11-20")
CHOICE = Choice(("heroku",), ("heroku-classic",))


def index(optional: str) -> FakeIndex:
    """Wheels of `quick` end at 3.13; its extension is optional or not."""
    made = FakeIndex()
    setup = f"from setuptools import Extension, setup\nsetup(ext_modules=[Extension('a', ['a.c']{optional})])\n"
    wheels = [CP.format(minor) for minor in ("311", "312", "313")]
    made.add("quick", "1.0", wheels=wheels, sdist_members={"setup.py": setup, "a.c": ""})
    return made


@pytest.mark.parametrize(("optional", "severity"), [(", optional=True", Severity.MEDIUM), ("", Severity.HIGH)])
def test_check_matrix_and_fix_agree(optional: str, severity: Severity) -> None:
    project, known = Project.from_texts(FILES), index(optional)
    fails = severity is Severity.HIGH
    report = check(project, CONTEXT, CHOICE, Configuration(), lambda _: known)
    (finding,) = [one for one in report.results[0].findings if one.rule == "no-wheel"]
    assert finding.severity is severity
    forecast = report.results[0].forecast
    assert forecast is not None
    assert [package.name for package in forecast.blockers] == ["quick"]
    assert [package.name for package in forecast.failing] == (["quick"] if fails else [])

    matrix = make_matrix(project, CONTEXT, CHOICE, lambda _: known, ("3.13", "3.14"))
    (table,) = matrix.tables
    assert [len(table.blockers(minor)) for minor in table.minors] == [0, int(fails)]
    assert bool(table.breaks("3.13", "3.14")) is fails
    text = render_matrix_text(matrix, Look(width=100))
    assert ("build*" in text) is not fails

    plan = fix(project, CONTEXT, CHOICE, Configuration(), lambda _: known)[1]
    assert any(repair.kind == "pin_python" for repair in plan.repairs) is fails
