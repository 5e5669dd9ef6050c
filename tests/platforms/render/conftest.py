"""Plans of small projects."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.platforms.render import PLATFORM

Planner = Callable[..., BuildPlan]


def plan_of(files: dict[str, str], service: str | None = None, **context: object) -> BuildPlan:
    """The plan of one service of a project; the first where none is named."""
    project = Project.from_texts(files)
    given = PlanContext(**{"on": "2026-11-20", **context})  # type: ignore[arg-type]
    services = PLATFORM.services(project, given)
    chosen = services[0] if service is None else next(item for item in services if item.name == service)
    return PLATFORM.plan(project, chosen, PLATFORM.builders(project, chosen, given)[0], given)


@pytest.fixture(name="plan_of")
def _plan_of() -> Planner:
    return plan_of
