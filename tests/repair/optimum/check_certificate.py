"""An independent checker of the optimizer's certificates. It knows nothing of how they are found.

A plan is right if three things hold, and each is looked at by itself:

1. what the plan promises is what resolution says of the changed requirements, and its cost is that of its changes;
2. every fact of the certificate is true: by the metadata on the index, by the project's own lines, by resolution;
3. no choice of values that contradicts no fact costs less than the bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from tests.repair.optimum.world import (
    ABSENT,
    FIELDS,
    FLOATING,
    NOTHING,
    WAIVED,
    Clash,
    Fails,
    Row,
    World,
    added,
    distance,
    parsed,
    world_of,
)
from trueup.index.interface import Index
from trueup.model.requirement import RequirementSet
from trueup.model.target import Target

if TYPE_CHECKING:
    from trueup.repair.optimum import BumpPlan, CertificateVariable, Fact


# -- 1. the promise --------------------------------------------------------------------------------------------------


def check_promise(plan: BumpPlan, world: World) -> list[str]:
    """The changed requirements resolve as the plan says, and its cost is that of its changes."""
    wrong = []
    base = world.sets()
    pins: dict[str, str] = {}
    total = NOTHING
    floating: dict[int, str] = {}
    for change in plan.changes:
        lines = world.lines(change.name)
        if not lines or (not change.direct and all(one in world.requirements.requirements for one in lines)):
            total = added(total, (0, 0, 0, 0, 0, 1, 0, 0, 0, 0))
            continue
        old = change.from_version
        if old is None:
            floating.update({id(one): change.to_version for one in lines if one.pinned is None})
            old = next((one[change.name] for one in base if one.get(change.name)), change.to_version)
        else:
            pins[f"{change.name} {old}"] = change.to_version
        total = added(total, distance(world, change.name, old, change.to_version, change.direct))
    failed, compiled = world.trouble(world.forecasts(world.changed(pins, floating)))
    if {one.name for one in plan.unsatisfied} != failed | compiled:
        wrong.append(f"the plan leaves {plan.unsatisfied}, resolution says {failed | compiled}")
    told = astuple(plan.cost)
    if told[:2] != (len(failed), len(compiled)):
        wrong.append(f"the cost says {told[:2]}, resolution {len(failed), len(compiled)}")
    if told[2:9] != total[2:9]:
        wrong.append(f"the cost says {dict(zip(FIELDS, told, strict=True))}, the changes {total}")
    return wrong


# -- 2. the facts ------------------------------------------------------------------------------------------------------


def check_variables(plan: BumpPlan, world: World) -> list[str]:
    """Every value that a line or a distribution could have is there, and none is told dearer than it is."""
    wrong = []
    base = world.sets()
    pins = {variable.name for variable in plan.certificate.variables if variable.kind == "pin"}
    stated = (*world.requirements.requirements, *world.requirements.constraints)
    idle = {one.name for one in stated} - pins - world.kept
    for variable in plan.certificate.variables:
        if variable.kind == "pin":
            wrong += _check_pin(variable, world, base)
        elif variable.kind == "set":
            wrong += _check_set(variable, world, base)
        elif variable.costs[1] > (0, 0, 0, 0, 0, 1, 0, 0, 0, 0) and any(world.constrained(one) for one in idle):
            wrong.append("a change of a constraint is told dearer than it may be")
        elif variable.costs[1] > (0, 0, 0, 1, 0, 0, 0, 0, 0, 0):
            wrong.append("a change of another line is told dearer than it may be")
    return wrong


def _check_pin(variable: CertificateVariable, world: World, base: list[dict[str, str]]) -> list[str]:
    wrong = []
    name, keep = variable.name, variable.values[variable.keep]
    lines = [one for one in world.lines(name) if keep == FLOATING or parsed(one.pinned or "") == parsed(keep)]
    places = [at for at in range(len(world.targets)) if any(world.applies(one, at) for one in lines)]
    version = parsed(keep)
    for text in world.versions(name):
        one = parsed(text)
        if one is None or one == version or (one.is_prerelease and not (version and version.is_prerelease)):
            continue
        if any(world.fails(name, text, world.targets[at]) for at in places):
            continue
        if name in world.kept:
            wrong += [f"{name}: {text} is offered"] if text in variable.values else []
        elif all(world.has_wheel(name, text, at) for at in places) and text not in variable.values:
            wrong.append(f"{name}: {text} is left out")
    start = keep if keep != FLOATING else next((base[at][name] for at in places if base[at].get(name)), "")
    direct = any(world.required(name, at) for at in places)
    for value, row in zip(variable.values, variable.costs, strict=True):
        moves = value not in (keep, WAIVED)
        real = distance(world, name, start or value, value, direct) if moves else NOTHING
        if row[2:] != real[2:]:
            wrong.append(f"{name} to {value}: costs {real}, told {row}")
        wrong += _check_trouble(world, name, value, row, places)
    return wrong


def _check_trouble(world: World, name: str, value: str, row: Row, places: Sequence[int]) -> list[str]:
    """A version is told to be no good only where it is: unsatisfied, or to be compiled, once at most."""
    wrong = []
    told = f"{name} {value}: told {row[:2]}"
    if value == WAIVED:
        return [] if row == (1, *NOTHING[1:]) else [f"{told}, and left unsatisfied"]
    if value in (ABSENT, FLOATING):
        return [told] if any(row[:2]) else []
    if sum(row[:2]) > 1:
        wrong.append(f"{told}, and one name is in trouble once")
    if row[0] and not any(
        world.fails(name, value, world.targets[at]) or world.unavailable(name, value, at) for at in places
    ):
        wrong.append(f"{told}, and it can be installed and starts")
    if row[1] and all(world.has_wheel(name, value, at) for at in places):
        wrong.append(f"{told}, and it has a wheel")
    return wrong


def _check_set(variable: CertificateVariable, world: World, base: list[dict[str, str]]) -> list[str]:
    wrong = []
    name, at = variable.name, variable.target
    assert at is not None
    usable = [text for text in world.versions(name) if world.usable(name, text, at)]
    wrong += [f"{name}: {text} is left out on target {at}" for text in usable if text not in variable.values]
    old = base[at].get(name)
    for value, row in zip(variable.values, variable.costs, strict=True):
        changed = value not in (ABSENT, WAIVED, old)
        if row[5] > (changed and not world.lines(name, at)) or any((*row[2:5], *row[6:])):
            wrong.append(f"{name} {value}: counted as changed")
        wrong += _check_trouble(world, name, value, row, (at,))
    return wrong


def check_facts(plan: BumpPlan, world: World) -> list[str]:
    """Every fact is true."""
    variables = {variable.key: variable for variable in plan.certificate.variables}
    wrong = []
    for fact in plan.certificate.facts:
        if fact.kind == "needs":
            right = _needs_holds(fact, variables, world)
        elif fact.kind == "line":
            right = _line_holds(fact, variables, world)
        elif fact.kind == "clash":
            right = _clash_holds(fact, variables, world)
        else:
            right = fact.kind == "seen" and _seen_holds(fact, plan, variables, world)
        if not right:
            wrong.append(f"not true: {fact}")
    return wrong


def _needs_holds(fact: Fact, variables: Mapping[str, CertificateVariable], world: World) -> bool:
    """For each version of the last condition: some line of its metadata excludes each value that is excluded."""
    assert fact.then is not None
    assert fact.target is not None
    key, versions = fact.when[-1]
    name, child = variables[key].name, variables[fact.then[0]]
    extras = {""} | {str(extra) for one in world.required(name, fact.target) for extra in one.extras}
    for other, values in fact.when[:-1]:
        for value in values:
            for source in ("", *_all_extras(world, variables[other].name, value, fact.target)):
                for need in world.needs(variables[other].name, value, fact.target, source):
                    if canonicalize_name(need.name) == name:
                        extras |= {canonicalize_name(extra) for extra in need.extras}
    excluded = [value for value in child.values if value not in fact.then[1]]
    for version in versions:
        lines = [
            need
            for extra in extras
            for need in world.needs(name, version, fact.target, extra)
            if canonicalize_name(need.name) == child.name
        ]
        for value in excluded:
            admitted = [value != ABSENT and need.specifier.contains(value, prereleases=True) for need in lines]
            if value == WAIVED or all(admitted):
                return False
    return True


def _all_extras(world: World, name: str, version: str, at: int) -> Sequence[str]:
    return world.core(name, version, at).provides_extra


def _line_holds(fact: Fact, variables: Mapping[str, CertificateVariable], world: World) -> bool:
    assert fact.then is not None
    if not fact.when:  # every line is looked at
        looked_at = {variable.name for variable in variables.values() if variable.kind == "pin"}
        stated = (*world.requirements.requirements, *world.requirements.constraints)
        return {one.name for one in stated if world.lines(one.name)} - world.kept <= looked_at
    ((key, values),) = fact.when
    (value,) = values
    pin, chosen = variables[key], variables[fact.then[0]]
    for other in chosen.values:
        if other in fact.then[1]:
            continue
        if value != FLOATING and parsed(other) == parsed(value):
            return False
        lines = world.lines(pin.name, fact.target)
        if (
            value == FLOATING
            and other != ABSENT
            and all(one.specifier.contains(other, prereleases=True) for one in lines)
        ):
            return False
        if other in (ABSENT, WAIVED) and not (other == ABSENT and world.required(pin.name, fact.target or 0)):
            return False
    return True


def _clash_holds(fact: Fact, variables: Mapping[str, CertificateVariable], world: World) -> bool:
    """Every version of the one fails with every version of the other."""
    (one, lefts), (other, rights) = fact.when
    first, second = variables[one].name, variables[other].name
    if fact.then is not None or fact.target is None or (lefts | rights) & {ABSENT, WAIVED, FLOATING}:
        return False
    pairs = [((first, left), (second, right)) for left in lefts for right in rights]
    return all(world.together(*pair, fact.target) for pair in pairs)


def _seen_holds(fact: Fact, plan: BumpPlan, variables: Mapping[str, CertificateVariable], world: World) -> bool:
    """The choice that is ruled out costs at least the bound, by resolution's own word.

    Lines that are left unsatisfied may have been moved as well, which is another choice: nothing is said about those,
    and so nothing about bounds that leave any unsatisfied.
    """
    if plan.certificate.bound.unsatisfied and any(WAIVED in values for _, values in fact.when):
        return False
    pins: dict[str, str] = {}
    floating: dict[int, str] = {}
    total = NOTHING
    for key, values in fact.when:
        variable = variables[key]
        keep = variable.values[variable.keep]
        if variable.kind != "pin" or keep in values:
            continue
        (value,) = values
        total = added(total, variable.costs[variable.values.index(value)])
        if keep == FLOATING:
            floating.update({id(one): value for one in world.lines(variable.name) if one.pinned is None})
        else:
            pins.update({f"{one.name} {one.pinned}": value for one in world.lines(variable.name) if one.pinned})
    forecasts = world.forecasts(world.changed(pins, floating))
    failed, compiled = world.trouble(forecasts)
    real = (len(failed), len(compiled), *total[2:5], total[5] + world.moved(forecasts), *total[6:])
    return real[:-1] >= astuple(plan.certificate.bound)[:-1]


# -- 3. the bound ------------------------------------------------------------------------------------------------------


def check_bound(plan: BumpPlan, most: int = 200_000) -> list[str]:
    """No choice below the bound contradicts no fact: plain branching along contradicted facts."""
    variables = plan.certificate.variables
    bound = astuple(plan.certificate.bound)
    rows = {one.key: dict(zip(one.values, one.costs, strict=True)) for one in variables}
    waiting: list[dict[str, frozenset[str]]] = [{one.key: frozenset(one.values) for one in variables}]
    looked = 0
    while waiting:
        node = waiting.pop()
        looked += 1
        if looked > most:
            return ["the bound takes too long to check"]
        if not all(node.values()) or least(node, variables, rows) >= bound:
            continue
        values = {key: min(open_, key=rows[key].__getitem__) for key, open_ in node.items()}
        fact = next((one for one in plan.certificate.facts if contradicted(one, values)), None)
        if fact is None:
            singles = {key: frozenset({value}) for key, value in values.items()}
            if least(singles, variables, rows) < bound:
                return [f"cheaper, and no fact against it: {values}"]
            key = next(key for key, open_ in node.items() if len(open_) > 1)
            waiting.append({**node, key: frozenset({values[key]})})
            waiting.append({**node, key: node[key] - {values[key]}})
            continue
        held = dict(node)
        for key, allowed in fact.when:
            waiting.append({**held, key: held[key] - allowed})
            held[key] &= allowed
        if fact.then is not None:
            waiting.append({**held, fact.then[0]: held[fact.then[0]] & fact.then[1]})
    return []


def contradicted(fact: Fact, values: Mapping[str, str]) -> bool:
    if not all(values[key] in allowed for key, allowed in fact.when):
        return False
    return fact.then is None or values[fact.then[0]] not in fact.then[1]


def least(
    node: Mapping[str, frozenset[str]],
    variables: Sequence[CertificateVariable],
    rows: Mapping[str, Mapping[str, Row]],
) -> Row:
    """A cost that nothing in a node is below."""
    total = NOTHING
    files = set()
    names: dict[str, list[CertificateVariable]] = {}
    for one in variables:
        names.setdefault(one.name, []).append(one)
        if one.file and not node[one.key] & {one.values[one.keep], WAIVED}:
            files.add(one.file)
    for members in names.values():
        trouble = max(min(rows[one.key][value][:2] for value in node[one.key]) for one in members)
        sets = NOTHING
        for one in members:  # with more trouble, the name would cost more, whatever else is saved
            own = min((0, 0, *row[2:]) for value in node[one.key] if (row := rows[one.key][value])[:2] <= trouble)
            if one.kind == "set":
                sets = max(sets, own)
            else:
                total = added(total, own)
        total = added(total, added((*trouble, *NOTHING[2:]), sets))
    return added(total, (0,) * 9 + (len(files),))


def check(
    plan: BumpPlan,
    requirements: RequirementSet,
    targets: Sequence[Target],
    index: Index,
    kept: frozenset[str] = frozenset(),
    *,
    fails: Fails | None = None,
    clash: Clash | None = None,
) -> list[str]:
    """Everything that is wrong with a plan; empty where nothing is. A bound below the cost is looked at as well.

    `kept` are the names whose lines the policy does not let move; `fails` and `clash` tell what fails at start.
    """
    world = world_of(requirements, targets, index, kept, fails, clash)
    wrong = check_promise(plan, world)
    bound, cost = astuple(plan.certificate.bound), astuple(plan.cost)
    if bound > cost or (plan.proven and bound != cost):
        wrong.append(f"the certificate is about {bound}, and the plan costs {cost}")
    if plan.certificate.variables:
        wrong += [*check_variables(plan, world), *check_facts(plan, world), *check_bound(plan)]
    return wrong
