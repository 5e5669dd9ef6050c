"""Plans of small projects, in one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trueup.model.finding import Problem
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.platforms.heroku import PLATFORM

WEB: dict[str, str | bytes] = {
    "requirements.txt": "flask==3.0.0\n",
    ".python-version": "3.13\n",
    "Procfile": "web: gunicorn app:app\n",
}
"""A project with which nothing is wrong."""


def plan(files: Mapping[str, str | bytes], builder: str = "heroku-classic", **context: Any) -> BuildPlan:
    """The plan of a project given as texts; the day is 2026-08-06 unless given."""
    project = Project.from_texts(files)
    given = PlanContext(**{"on": "2026-08-06", **context})
    return PLATFORM.plan(project, PLATFORM.services(project, given)[0], builder, given)


def errors(made: BuildPlan) -> tuple[str, ...]:
    """The first lines of every error that the buildpack would print."""
    found = made.details["errors"]
    assert isinstance(found, tuple)
    return found


def rules(made: BuildPlan) -> list[str]:
    """The rules of all problems, in order."""
    return [problem.rule for problem in made.problems]


def problem(made: BuildPlan, rule: str) -> Problem:
    """The one problem of a rule."""
    found = [item for item in made.problems if item.rule == rule]
    assert len(found) == 1, [item.message for item in made.problems]
    return found[0]
