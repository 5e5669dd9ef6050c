"""Python versions × distributions × platforms, from the same plans, resolution and forecasts as `check`.

    predict ─▶ one table per requirement set ─▶ resolve and forecast all Pythons and images at once ─▶ merge equal ones

Pure but for the index. It also finds the next published change that gives a service another Python, by planning later
days with the same dated rows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from trueup.checks._rows import rows
from trueup.index.interface import OpenIndex
from trueup.model.distribution import InstallForecast
from trueup.model.matrix import Lane, Matrix, MatrixColumn, MatrixTable, Move, rows_of
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.model.requirement import RequirementSet
from trueup.model.target import SUPPORTED_MINORS, Target
from trueup.predictions import Choice, Prediction, installs, predict
from trueup.resolve.forecast import forecast_many
from trueup.resolve.resolver import resolve_many

HORIZON_DAYS = 720
STEP_DAYS = 60
"""How far ahead published changes are looked for, and in which steps; a change that is taken back sooner is missed."""
AGES_DAYS = (400, 800, 1200)
"""Ages of services of which at least one was surely created under another default."""

Image = tuple[str, str, str]
"""Architecture, C library and its version."""


@dataclass
class _Work:
    """One requirement set with the predictions that install it."""

    requirements: RequirementSet
    predictions: list[Prediction] = field(default_factory=list)


@dataclass(frozen=True)
class _Ahead:
    """What the platforms' published rules say of other days, by service and builder: changes, and kept defaults."""

    moves: dict[str, Move]
    kept: frozenset[str]


def make_matrix(
    project: Project,
    context: PlanContext,
    choice: Choice,
    open_index: OpenIndex,
    minors: Sequence[str] = (),
) -> Matrix:
    """What becomes of every distribution of a project on every Python.

    Args:
        project: the project, read once.
        context: the day and what is given from outside.
        choice: the platforms, builders and services to look at.
        open_index: gives the package index for what a requirement set says about indexes.
        minors: the columns, such as 3.13; by default all that are maintained on the day, and those used today.

    Raises:
        UsageError: a chosen platform, builder or service does not exist.
    """
    predictions = predict(project, context, choice)
    found = [prediction for prediction in predictions if installs(prediction)]
    columns = tuple(minors) or default_minors(context.on, (one.plan for one in found))
    ahead = _Ahead(_moves(project, context, choice, found), _kept(project, context, choice, found))
    tables: list[MatrixTable] = []
    for work in _by_requirements(found):
        tables += _tables(work, columns, open_index, ahead)
    notes = tuple(
        dict.fromkeys(
            f"{prediction.plan.platform}, {prediction.plan.builder}, {prediction.plan.service.name}: its install steps "
            "name no distribution, so it has no table."
            for prediction in predictions
            if not installs(prediction)
        )
    )
    return Matrix(tuple(tables), context.on, notes)


def default_minors(on: str, plans: Iterable[BuildPlan]) -> tuple[str, ...]:
    """The Pythons that get security fixes on a day, and those that some plan takes."""
    ended = {row["minor"] for row in rows("end_of_life")["python"] if row["end"] < on}
    used = {plan.python.minor for plan in plans}
    return tuple(minor for minor in SUPPORTED_MINORS if minor not in ended or minor in used)


def _by_requirements(predictions: Iterable[Prediction]) -> list[_Work]:
    found: list[_Work] = []
    for prediction in predictions:
        known = next((work for work in found if work.requirements == prediction.requirements), None)
        if known is None:
            known = _Work(prediction.requirements)
            found.append(known)
        known.predictions.append(prediction)
    return found


def _image(plan: BuildPlan) -> Image:
    return plan.image.arch, plan.image.libc, plan.image.libc_version.value or "2.17"


def _tables(work: _Work, minors: Sequence[str], open_index: OpenIndex, ahead: _Ahead) -> list[MatrixTable]:
    """One table per image, those that say the same as one."""
    images = list(dict.fromkeys(_image(prediction.plan) for prediction in work.predictions))
    targets = {image: _targets(image, minors, work.predictions) for image in images}
    wanted = tuple(dict.fromkeys(target for row in targets.values() for target in row))
    index = open_index(work.requirements.options)
    forecasts = forecast_many(resolve_many(work.requirements, wanted, index), index)
    found: list[MatrixTable] = []
    for image in images:
        lanes = _lanes((one for one in work.predictions if _image(one.plan) == image), ahead)
        table = _table(lanes, work.requirements, minors, [forecasts[target] for target in targets[image]])
        alike = next((known for known in found if _says(known) == _says(table)), None)
        if alike is None:
            found.append(table)
        else:
            found[found.index(alike)] = replace(alike, lanes=(*alike.lanes, *lanes))
    return found


def _targets(image: Image, minors: Sequence[str], predictions: Iterable[Prediction]) -> list[Target]:
    """One target per column: the exact Python of the plans where all take the same patch, else the newest patch."""
    exact: dict[str, set[str]] = {}
    for prediction in predictions:
        target = prediction.plan.target
        if target is not None and _image(prediction.plan) == image:
            exact.setdefault(target.minor, set()).add(target.python)
    arch, libc, libc_version = image
    return [
        Target(next(iter(exact[minor])) if len(exact.get(minor, ())) == 1 else minor, arch, libc, libc_version)
        for minor in minors
    ]


def _table(
    lanes: tuple[Lane, ...],
    requirements: RequirementSet,
    minors: Sequence[str],
    forecasts: Sequence[InstallForecast],
) -> MatrixTable:
    columns = tuple(
        MatrixColumn(minor, forecast.target, forecast.conflicts, forecast.unresolved)
        for minor, forecast in zip(minors, forecasts, strict=True)
    )
    return MatrixTable(lanes, requirements.files, columns, rows_of(tuple(forecasts)))


def _says(table: MatrixTable) -> object:
    """What a table says to a reader; tables that say the same are one."""
    cells = tuple(
        (row.name, tuple(cell and (cell.version, cell.outcome, cell.fixed_in) for cell in row.cells))
        for row in table.rows
    )
    columns = tuple(
        (tuple(item.name for item in column.conflicts), tuple(item.name for item in column.unresolved))
        for column in table.columns
    )
    return cells, columns


def _lanes(predictions: Iterable[Prediction], ahead: _Ahead) -> tuple[Lane, ...]:
    """The services of these predictions, those of one builder with the same Python together."""
    found: dict[object, Lane] = {}
    for prediction in predictions:
        plan = prediction.plan
        python = plan.python
        move = ahead.moves.get(_lane_key(plan))
        key = (plan.platform, plan.builder, python.effective, python.source, python.evidence[:1], move)
        known = found.get(key)
        if known is not None:
            found[key] = replace(known, services=(*known.services, plan.service.name))
            continue
        found[key] = Lane(
            plan.platform,
            plan.builder,
            (plan.service.name,),
            python.effective,
            python.minor,
            python.requested is None,
            python.evidence,
            prediction.is_today,
            move,
            _lane_key(plan) in ahead.kept,
            f"linux {plan.image.arch}, {plan.image.libc} {plan.image.libc_version.value or 'unknown'}",
        )
    return tuple(found.values())


# -- published changes -------------------------------------------------------------------------------------------------


def _key(plan: BuildPlan) -> str:
    return f"{plan.platform}\n{plan.service.name}"


def _lane_key(plan: BuildPlan) -> str:
    return f"{_key(plan)}\n{plan.builder}"


def _kept(project: Project, context: PlanContext, choice: Choice, found: Iterable[Prediction]) -> frozenset[str]:
    """The services and builders whose default Python would be another one if the service were some years older."""
    if context.python:
        return frozenset()
    today = datetime.date.fromisoformat(context.on).toordinal()
    older: dict[str, set[str | None]] = {}
    for age in AGES_DAYS:
        for one in predict(project, replace(context, created=_iso(max(1, today - age))), choice):
            older.setdefault(_lane_key(one.plan), set()).add(one.plan.python.minor)
    kept = set()
    for prediction in found:
        key = _lane_key(prediction.plan)
        python = prediction.plan.python
        if python.requested is None and older.get(key, set()) - {None, python.minor}:
            kept.add(key)
    return frozenset(kept)


def _moves(project: Project, context: PlanContext, choice: Choice, found: Iterable[Prediction]) -> dict[str, Move]:
    """By service and builder, the first day ahead on which the platform's published rules give it another Python.

    The builder used today may give way to another one; a builder that is not used today is followed for itself. The
    service exists by then: where its creation day is not given, today counts, as it does for its plan.
    """
    if context.python:
        return {}
    existing = replace(context, created=context.created or context.on)
    planned: dict[str, dict[str, BuildPlan]] = {}

    def on_day(day: str) -> dict[str, BuildPlan]:
        if day not in planned:
            later = predict(project, replace(existing, on=day), choice)
            planned[day] = {_lane_key(one.plan): one.plan for one in later}
            planned[day] |= {_key(one.plan): one.plan for one in later if one.is_today}
        return planned[day]

    moves = {}
    for prediction in found:
        plan = prediction.plan
        move = _move(plan, _key(plan) if prediction.is_today else _lane_key(plan), context.on, on_day)
        if move is not None:
            moves[_lane_key(plan)] = move
    return moves


def _move(plan: BuildPlan, key: str, today: str, on_day: Callable[[str], dict[str, BuildPlan]]) -> Move | None:
    """The day of a change, by steps and then by bisection: the first on which the Python's minor is not today's.

    `key` is that of the service, or of the service with this builder, in what `on_day` gives.
    """

    def minor(day: str) -> str | None:
        later = on_day(day).get(key)
        return later.python.minor if later is not None else None

    low = datetime.date.fromisoformat(today).toordinal()
    last = min(low + HORIZON_DAYS, datetime.date.max.toordinal())
    same = (None, plan.python.minor)
    high = next((day for day in range(low + STEP_DAYS, last + 1, STEP_DAYS) if minor(_iso(day)) not in same), None)
    if high is None:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if minor(_iso(middle)) == plan.python.minor else (low, middle)
    later = on_day(_iso(high)).get(key)
    if later is None or later.python.effective is None:
        return None
    return Move(_iso(high), later.python.effective, later.builder, later.python.evidence)


def _iso(ordinal: int) -> str:
    return datetime.date.fromordinal(ordinal).isoformat()
