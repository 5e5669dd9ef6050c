"""From a project without deployment files to one that `check` has nothing to say about.

    processes ─▶ needs ─▶ files ─▶ preview (a copy in memory) ─▶ Python pin ─▶ check

Nothing is written here.
"""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass, replace

from trueup.configuration import Configuration, read_configuration
from trueup.errors import UsageError
from trueup.fixing import fix
from trueup.forecasts import forecast_predictions
from trueup.index.interface import OpenIndex
from trueup.initialize.files import files_for
from trueup.initialize.needs import NewService, needs_of
from trueup.initialize.processes import Missing, processes_of
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.repair import RepairKind
from trueup.model.report import Report
from trueup.predictions import Choice, Prediction, predict
from trueup.repair._interface import Wishes
from trueup.sourcecode import code_facts

PLATFORMS = ("railway", "render", "heroku")
_MERGED = ("Procfile",)
"""Files that keep what they have; all others are replaced only when that is asked for."""


@dataclass(frozen=True)
class Initialization:
    """What would be written.

    `contents` are the new or changed files by path (None: the file goes, as its Python stands elsewhere now); `kept`
    those that are there and were left alone; `missing` the servers that nothing installs; `report` what `check` says
    of the project with the files.
    """

    contents: dict[str, bytes | None]
    services: tuple[NewService, ...]
    kept: tuple[str, ...]
    missing: tuple[Missing, ...]
    report: Report


def initialize(
    project: Project,
    platform: str,
    context: PlanContext,
    configuration: Configuration,
    open_index: OpenIndex | None,
    no_index_reason: str = "",
    *,
    name: str = "",
    replaces: bool = False,
) -> Initialization:
    """Plan the deployment files of a project for one platform.

    Args:
        project: the project.
        platform: railway, render or heroku.
        context: the day, and what is given by flags; its `python` is the one to pin.
        configuration: what the project says to trueup.
        open_index: gives the package index, by which the Python is chosen; None to take the platform's default.
        no_index_reason: why there is no index.
        name: a name for the services; by default that of the folder.
        replaces: whether files that are there may be replaced.

    Raises:
        UsageError: nothing in the project can be started.
    """
    choice = Choice(platforms=(platform,))
    wanted_python, context = context.python, replace(context, python=None)
    if platform == "heroku" and context.root_dir is None:
        context = _with_root(project, context)
    # The builder of the day alone: a wheel that another one lacks must not keep a Python from being pinned.
    own = tuple(item for item in predict(project, context, choice) if item.is_today)
    choice = replace(choice, builders=tuple(dict.fromkeys(item.plan.builder for item in own)))
    services, missing = _services(project, choice, context, configuration, open_index)
    if not services:
        raise UsageError(
            "nothing was found that could be started: no file states a start command, no code makes an application",
            hint="Make the application a name of a module (`app = FastAPI()`), or write a Procfile.",
        )
    wanted = files_for(platform, project, services, _slug(name or project.path))
    root = next((service.root_dir for service in services if service.root_dir), "")
    if platform != "render" and root and configuration.root_dir is None:
        wanted["trueup.toml"] = (
            f'platforms = ["{platform}"]\n# The root directory that is set on the platform.\n'
            f"root-dir = {json.dumps(root, ensure_ascii=False)}\n"
        )
    kept = tuple(
        path for path in wanted if project.has(path) and posixpath.basename(path) not in _MERGED and not replaces
    )
    contents: dict[str, bytes | None] = {path: text.encode() for path, text in wanted.items() if path not in kept}
    preview = project.with_contents(contents)
    configuration = read_configuration(preview)
    context = replace(context, root_dir=context.root_dir if context.root_dir is not None else configuration.root_dir)
    report = _pin(preview, choice, context, configuration, open_index, no_index_reason, wanted_python, contents)
    return Initialization(_changed(project, contents), services, kept, missing, report)


def _with_root(project: Project, context: PlanContext) -> PlanContext:
    """The context with the folder that is pushed to Heroku by itself, where the root holds no Python project.

    Heroku reads one root only; the folder is found as Railway finds its services.
    """
    if predict(project, context, Choice(platforms=("heroku",)))[0].plan.detected.value is not None:
        return context
    roots = [item.plan.service.root_dir.value for item in predict(project, context, Choice(platforms=("railway",)))]
    root = next((root for root in roots if root), None)
    return (
        replace(context, root_dir=root, root_dir_evidence="the only folder with a Python project") if root else context
    )


def _services(
    project: Project,
    choice: Choice,
    context: PlanContext,
    configuration: Configuration,
    open_index: OpenIndex | None,
) -> tuple[tuple[NewService, ...], tuple[Missing, ...]]:
    """What to run, by root directory, and which servers are missing."""
    own = [item for item in predict(project, context, choice) if item.is_today and _is_python(item)]
    others = [*own, *(item for item in predict(project, context, Choice()) if item.is_today)]
    roots: dict[str, list[Prediction]] = {}
    for item in own:
        roots.setdefault(item.plan.service.root_dir.value, []).append(item)
    services: list[NewService] = []
    missing: list[Missing] = []
    for root, members in roots.items():
        installed = _installed(members, open_index)
        tree = project.subtree(root)
        processes, lacking = processes_of(root, code_facts(tree), others, installed)
        missing += lacking
        if processes:
            services.append(needs_of(tree, processes, installed, {**configuration.environment, **context.env}))
    return tuple(services), tuple(missing)


def _is_python(prediction: Prediction) -> bool:
    service = prediction.plan.service
    return service.runtime in (None, "python") and service.kind != "static"


def _installed(members: list[Prediction], open_index: OpenIndex | None) -> frozenset[str]:
    """The names of everything that is installed; without an index only what the project names itself."""
    names = {item.name for member in members for item in member.requirements.requirements}
    names |= {item.name for member in members for item in member.requirements.locked or ()}
    forecasts = forecast_predictions(members, open_index) if open_index is not None else []
    names |= {package.name for forecast in forecasts if forecast is not None for package in forecast.packages}
    return frozenset(names)


def _pin(
    preview: Project,
    choice: Choice,
    context: PlanContext,
    configuration: Configuration,
    open_index: OpenIndex | None,
    no_index_reason: str,
    python: str | None,
    contents: dict[str, bytes | None],
) -> Report:
    """Add to the contents the pin of Python that the repairs recommend; what `check` says in the end."""
    wishes = Wishes(python, runs_tools=False)
    report, plan = fix(
        preview, context, choice, configuration, open_index, no_index_reason, wishes=wishes, only=("python-pin",)
    )
    pins = [repair for repair in plan.repairs if repair.kind is RepairKind.PIN_PYTHON and repair.recommended]
    for repair in pins:
        contents.update(repair.contents(preview))
    if not pins:
        return report
    again = preview.with_contents(dict(contents))
    return fix(again, context, choice, configuration, open_index, no_index_reason, only=("nothing",))[0]


def _changed(project: Project, contents: dict[str, bytes | None]) -> dict[str, bytes | None]:
    """Only the files that are not there with these bytes."""
    return {
        path: data
        for path, data in sorted(contents.items())
        if (file.data if (file := project.get(path)) else None) != data
    }


def _slug(text: str) -> str:
    """A name that every platform takes: lower-case letters, digits and hyphens."""
    parts = [part for part in text.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    slug = re.sub(r"[^a-z0-9]+", "-", parts[-1].lower() if parts else "").strip("-")
    return slug[:30].strip("-") or "app"
