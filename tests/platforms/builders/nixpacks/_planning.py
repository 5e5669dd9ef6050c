"""Plans for tests."""

from __future__ import annotations

from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.model.service import Service
from trueup.platforms.builders import nixpacks
from trueup.platforms.builders._railway_settings import RailwaySettings

DAY = "2026-11-20"


def planned(
    files: dict[str, str | bytes],
    *,
    on: str = DAY,
    env: dict[str, str] | None = None,
    start: str | None = None,
    settings: dict[str, Fact[object]] | None = None,
) -> BuildPlan:
    """The plan of Nixpacks for some files in the root directory."""
    given = Evidence.given("test")
    service = Service("web", "web", Fact("", (given,)), (given,), settings=settings or {})
    railway = RailwaySettings(start_command=None if start is None else Fact(start, (given,)))
    context = PlanContext(on=on, env=env or {})
    return nixpacks.plan(Project.from_texts(files), service, context, railway)


def texts(plan: BuildPlan, rule: str = "builder-error") -> list[str]:
    """The messages of a plan's problems of one rule."""
    return [problem.message for problem in plan.problems if problem.rule == rule]
