"""The plan and its certificate, from what the search has found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trueup.model.evidence import Evidence
from trueup.repair.optimum._clauses import Clause, Variable
from trueup.repair.optimum._lines import Line, Lines
from trueup.repair.optimum._model import Model
from trueup.repair.optimum._plan import (
    ABSENT,
    FIELDS,
    WAIVED,
    BumpPlan,
    Certificate,
    CertificateVariable,
    Fact,
    PinChange,
)
from trueup.repair.optimum._shelf import Shelf
from trueup.repair.optimum._trial import Court, Trial
from trueup.repair.optimum._vector import cost_of, field_of, row
from trueup.repair.optimum._walk import Clashes

ASSUMPTIONS = (
    "pins move to final versions that are not yanked and have a wheel on every target",
    "where no other version of a project has wheels on all targets, pins move to versions with an sdist",
    "pins move to pre-releases only where they are such, and to no version that is known to fail at start",
    "a version that has wheels but none that fits is compiled",
    "undeclared distributions count as changed where no complete set lets them stay as they are in the unrepaired one",
)

WORDS = {
    "unsatisfied": "the requirements left unsatisfied",
    "compilations": "the distributions left to compile",
    "major_downgrades": "the pins moved back over a major version",
    "direct": "the direct pins changed",
    "downgrades": "the pins moved back",
    "transitive": "the other versions changed",
    "major": "the major versions between",
    "minor": "the minor versions between",
    "patch": "the releases between",
    "files": "the files touched",
}
"""The fields of a cost as readers know them."""


@dataclass(frozen=True)
class Setting:
    """Everything that one search works with; `base` is the unrepaired project."""

    shelf: Shelf
    lines: Lines
    court: Court
    base: Trial
    model: Model
    clashes: Clashes | None


@dataclass(frozen=True)
class Found:
    """A choice that was tried: the lines that move (by key), the lines added (by name), and pip's answer.

    `sets` are the versions of each target by which the cost was counted. By the first `facts` of all facts, every plan
    costs at least `floor`.
    """

    changes: Mapping[str, str]
    added: Mapping[str, str]
    cost: int
    trial: Trial
    sets: tuple[Mapping[str, str], ...]
    proven: bool = False
    reason: str = ""
    floor: int = 0
    facts: int = 0


def plan_of(setting: Setting, found: Found) -> BumpPlan:
    """The plan in words and evidence."""
    moved = [_change(setting, found, line) for line in setting.lines.lines if line.key in found.changes]
    moved += [
        PinChange(name, None, version, True, (Evidence.given(f"{name}=={version} is added"),))
        for name, version in found.added.items()
    ]
    forced, drift = _others(setting, found)
    unsatisfied = (*found.trial.unsatisfied.values(), *found.trial.compiled.values())
    return BumpPlan(
        changes=(*moved, *forced),
        cost=cost_of(found.cost),
        proven=found.proven,
        certificate=_certificate(setting.model, found),
        unsatisfied=unsatisfied,
        drift=drift,
        reason=_open_question(found),
    )


def _open_question(found: Found) -> str:
    """Why a plan is not proven, and what is known all the same: the first field in which less may do."""
    if found.proven or not found.facts:
        return found.reason
    for (field, own), least in zip(zip(FIELDS, row(found.cost), strict=True), row(found.floor), strict=True):
        if own != least:
            return f"{found.reason} (at least {least} of {WORDS[field]} are certain, and this plan has {own})"
    return found.reason


def _change(setting: Setting, found: Found, line: Line) -> PinChange:
    version = found.changes[line.key]
    old = line.members[0].pinned
    evidence = (*line.evidence, *_why(setting, found, line))
    return PinChange(line.name, old, version, line.direct, evidence)


def _why(setting: Setting, found: Found, line: Line) -> tuple[Evidence, ...]:
    """Why a line must move: what becomes of its version, or the fact that excludes it beside the others."""
    for troubles in (setting.base.unsatisfied, setting.base.compiled):
        if line.name in troubles and line.version is not None and troubles[line.name].version == line.version:
            trouble = troubles[line.name]
            return (Evidence.observed(f"{line.name} {line.version}: {trouble.reason}"),)
    problem = setting.model.problem
    place = problem.by_key.get(line.key)
    chosen = [_value(found, variable) for variable in problem.variables]
    for clause in problem.clauses:
        if clause.kind in ("needs", "clash") and place is not None and _excludes(clause, place, chosen):
            return (Evidence.observed(clause.why),)
    return ()


def _value(found: Found, variable: Variable) -> int:
    """The set of the one value that a variable has in the answer."""
    if variable.kind == "pin":
        return variable.mask([found.changes[variable.key]]) if variable.key in found.changes else 1 << variable.keep
    if variable.target is None:
        return 1
    return variable.mask([found.sets[variable.target].get(variable.name, ABSENT)])


def _excludes(clause: Clause, place: int, chosen: list[int]) -> bool:
    """Whether a clause, with all other lines as in the answer, does not let a line stay as it was."""
    own = {**dict(enumerate(chosen)), place: 1}
    if all(own[at] & mask for at, mask in clause.when):
        touches = place in dict(clause.when) or (clause.then is not None and clause.then[0] == place)
        return touches and (clause.then is None or not own[clause.then[0]] & clause.then[1])
    return False


def _others(setting: Setting, found: Found) -> tuple[tuple[PinChange, ...], tuple[PinChange, ...]]:
    """The undeclared distributions that must change, and those that pip chooses anew without need.

    The set that was counted may change others than pip's own, as many as it has; then pip's stand for them.
    """
    forced: dict[str, PinChange] = {}
    drift: dict[str, PinChange] = {}
    for at, forecast in enumerate(found.trial.forecasts):
        before = setting.base.sets[at]
        counted = found.sets[at]
        for package in forecast.packages:
            name, old = package.name, before.get(package.name)
            if setting.lines.at.get((name, at)) or name in found.added or package.version == old:
                continue
            must = counted.get(name, ABSENT) not in (ABSENT, WAIVED, old)
            place = forced if must else drift
            place.setdefault(name, PinChange(name, old, package.version, False, package.evidence))
    drift = {name: one for name, one in drift.items() if name not in forced}
    counted_lines = sum(line.key in found.changes and not line.direct for line in setting.lines.lines)
    missing = max(field_of(found.cost, "transitive") - counted_lines - len(forced), 0)
    instead = tuple(drift.values())[:missing]
    return (*forced.values(), *instead), tuple(drift.values())[missing:]


def _certificate(model: Model, found: Found) -> Certificate:
    problem = model.problem
    variables = tuple(
        CertificateVariable(
            one.key,
            one.kind,
            one.name,
            one.target,
            one.values,
            tuple(row(cost) for cost in one.costs),
            one.file,
            one.keep,
        )
        for one in problem.variables
    )
    certain = (clause for clause in problem.clauses[: found.facts] if clause.kind != "newest")
    facts = tuple(_fact(clause, problem.variables) for clause in certain)
    proves = found.proven or found.facts
    return Certificate(variables, facts, cost_of(found.floor), ASSUMPTIONS) if proves else Certificate()


def _fact(clause: Clause, variables: list[Variable]) -> Fact:
    def told(at: int, mask: int) -> tuple[str, frozenset[str]]:
        return variables[at].key, frozenset(variables[at].members(mask))

    then = told(*clause.then) if clause.then is not None else None
    return Fact(clause.kind, tuple(told(at, mask) for at, mask in clause.when), then, clause.why, clause.target)
