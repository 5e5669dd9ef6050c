"""What somebody asks about is judged, also by a builder that the platform does not use today."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tests.reports import samples
from trueup.configuration import Configuration
from trueup.guide import Material, write_guide
from trueup.model.finding import Skipped, Verdict
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.report import Report
from trueup.reports._badge import badge_verdict
from trueup.reports._interface import Look
from trueup.reports._outlook import outlooks
from trueup.reports._words import summary
from trueup.reports.github import render as render_github
from trueup.reports.html import render as render_html


@cache
def other_builder() -> Report:
    """Heroku's Cloud Native Buildpacks alone, which Heroku does not use for an app that does not ask for them."""
    files = {
        "requirements.txt": "pydantic-core==2.23.4\n",
        ".python-version": "3.14\n",
        "Procfile": "web: python app.py\n",
        "app.py": "",
    }
    return samples.predicted(Project.from_texts(files), platforms=("heroku",), builders=("heroku-cnb",))


def test_it_is_judged_and_said_to_be_asked_for() -> None:
    report = other_builder()
    assert [result.is_today for result in report.results] == [False]
    assert report.judged == report.results
    assert summary(report) == "1 service as asked for: 1 will fail."
    assert badge_verdict(report) is Verdict.WILL_FAIL
    assert "will fail</title>" in render_html(report, Look())
    assert report.matrix is not None
    assert [found.lane.builder for _, found in outlooks(report.matrix)] == ["heroku-cnb"]


def test_the_guide_does_not_call_it_ready() -> None:
    material = Material(other_builder(), PlanContext(on="2026-11-20"), Configuration())
    document = write_guide(material)
    assert document.lead == "Not ready to deploy: 1 of 1 service will fail."
    assert "no-wheel" in str(document)


def test_skipped_checks_are_annotated() -> None:
    report = other_builder()
    skipped = replace(report.results[0], skipped=(Skipped("no-wheel", "the index did not answer"),))
    text = render_github(replace(report, results=(skipped,)), Look())
    assert "no-wheel was skipped: the index did not answer" in text


def test_a_builder_that_is_not_used_does_not_count_beside_the_one_that_is() -> None:
    report = samples.maya()
    assert {result.plan.builder for result in report.results} == {"railpack", "nixpacks"}
    assert {result.plan.builder for result in report.judged} == {"railpack"}
    assert "as built today" in summary(report)
