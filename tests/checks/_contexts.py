"""Check contexts made from texts: the real plan of a real builder, with a forecast made by hand or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from trueup.checks._interface import Check, CheckContext
from trueup.configuration import read_configuration
from trueup.model.distribution import InstallForecast, PackageForecast
from trueup.model.finding import Finding
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.pipeline import Choice, predict
from trueup.sourcecode import code_facts

ON = "2026-11-20"


def context_of(
    texts: dict[str, str | bytes],
    *,
    builder: str = "railpack",
    on: str = ON,
    created: str | None = None,
    packages: Iterable[PackageForecast] | None = None,
    ignored: Iterable[str] = (),
) -> CheckContext:
    """What a check sees of a project given as texts; `packages` are those of the forecast (None: there is none)."""
    platform = {"railpack": "railway", "nixpacks": "railway", "render-native": "render"}.get(builder, "heroku")
    project = replace(Project.from_texts(texts), ignored=frozenset(ignored))
    context = PlanContext(on=on, created=created)
    prediction = predict(project, context, Choice((platform,), (builder,)))[0]
    target = prediction.plan.target
    tree = project.subtree(prediction.plan.service.root_dir.value)
    forecast = InstallForecast(target, tuple(packages)) if target is not None and packages is not None else None
    return CheckContext(
        project=project,
        tree=tree,
        plan=prediction.plan,
        requirements=prediction.requirements,
        forecast=forecast,
        forecast_reason="no index was asked",
        context=context,
        code=code_facts(tree, prediction.plan, {}),
        configuration=read_configuration(project),
    )


def findings(check: Check, context: CheckContext) -> list[Finding]:
    """What the check finds, without what it skipped."""
    return [item for item in check.run(context) if isinstance(item, Finding)]
