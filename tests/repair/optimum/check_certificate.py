"""An independent checker of the optimizer's certificates. It knows nothing of how they are found.

A plan is right if three things hold, and each is looked at by itself:

1. what the plan promises is what resolution says of the changed requirements, and its cost is that of its changes;
2. every fact of the certificate is true: by the metadata on the index, by the project's own lines, by resolution;
3. no choice of values that contradicts no fact costs less than the bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trueup.index.interface import Index
from trueup.index.select import has_wheel, select
from trueup.model.distribution import CoreMetadata, IndexFile, InstallForecast, Outcome
from trueup.model.requirement import DeclaredRequirement, RequirementSet
from trueup.model.target import Target
from trueup.resolve import forecast_many, resolve_many

if TYPE_CHECKING:
    from trueup.repair.optimum import BumpPlan, CertificateVariable, Fact

ABSENT, WAIVED, FLOATING = "-", "!", "*"
FIELDS = (
    "unsatisfied",
    "compilations",
    "major_downgrades",
    "direct",
    "downgrades",
    "transitive",
    "major",
    "minor",
    "patch",
    "files",
)
Row = tuple[int, ...]
NOTHING: Row = (0,) * len(FIELDS)


def parsed(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def added(left: Row, right: Row) -> Row:
    return tuple(one + other for one, other in zip(left, right, strict=True))


# -- the world: what the index and the resolver say --------------------------------------------------------------------


@dataclass
class World:
    """A requirement set, its targets and its index, asked in the simplest way."""

    requirements: RequirementSet
    targets: Sequence[Target]
    index: Index
    kept: frozenset[str] = frozenset()
    """Names whose lines the policy does not let move."""
    _metadata: dict[str, CoreMetadata | None] = field(default_factory=dict)

    def applies(self, one: DeclaredRequirement, at: int) -> bool:
        return one.marker is None or one.marker.evaluate({**self.targets[at].marker_environment, "extra": ""})

    def lines(self, name: str, at: int | None = None) -> list[DeclaredRequirement]:
        every = (*self.requirements.requirements, *self.requirements.constraints)
        places = range(len(self.targets)) if at is None else (at,)
        return [one for one in every if one.name == name and any(self.applies(one, place) for place in places)]

    def required(self, name: str, at: int) -> list[DeclaredRequirement]:
        return [one for one in self.lines(name, at) if one in self.requirements.requirements and not one.is_constraint]

    def constrained(self, name: str) -> bool:
        """Whether only constraints speak of a name."""
        lines = self.lines(name)
        return bool(lines) and not any(self.required(name, at) for at in range(len(self.targets)))

    def versions(self, name: str) -> Sequence[str]:
        return tuple(getattr(self.index.releases([name])[name], "versions", tuple)())

    def files(self, name: str, version: str) -> Sequence[IndexFile]:
        releases = self.index.releases([name])[name]
        return tuple(releases.files(version)) if hasattr(releases, "files") else ()

    def finals(self, name: str) -> list[Version]:
        found = [version for text in self.versions(name) if (version := parsed(text)) is not None]
        return [version for version in found if not version.is_prerelease]

    def has_wheel(self, name: str, version: str, at: int) -> bool:
        return has_wheel(self.files(name, version), self.targets[at])

    def usable(self, name: str, version: str, at: int) -> bool:
        return select(self.files(name, version), self.targets[at], pinned=True).file is not None

    def takes(self, name: str, version: str, at: int) -> bool:
        """Whether some file that is not yanked fits."""
        found = select(self.files(name, version), self.targets[at], pinned=True)
        return found.file is not None and found.yanked is None

    def installs_wheel(self, name: str, version: str, at: int) -> bool:
        """Whether pip would take a wheel, yanked or not."""
        found = select(self.files(name, version), self.targets[at], pinned=True)
        return found.file is not None and found.file.is_wheel

    def moved(self, forecasts: Sequence[InstallForecast]) -> int:
        """How many undeclared distributions are at another version than in the unrepaired set."""
        names = set()
        for at, (before, forecast) in enumerate(zip(self.sets(), forecasts, strict=True)):
            for package in forecast.packages:
                if before.get(package.name) != package.version and not self.lines(package.name, at):
                    names.add(package.name)
        return len(names)

    def needs(self, name: str, version: str, at: int, extra: str) -> list[Requirement]:
        """What a version asks for on a target, alone or with an extra."""
        found = []
        for line in self.core(name, version, at).requires_dist:
            try:
                one = Requirement(line)
            except InvalidRequirement:  # pip leaves such lines out
                continue
            environment = {**self.targets[at].marker_environment, "extra": extra}
            if one.url is None and (one.marker is None or one.marker.evaluate(environment)):
                found.append(one)
        return found

    def core(self, name: str, version: str, at: int) -> CoreMetadata:
        """The metadata of a version, from its wheel for the target if there is one."""
        files = sorted(self.files(name, version), key=lambda file: (not file.is_wheel, file.filename))
        fitting = [file for file in files if file.is_wheel and has_wheel([file], self.targets[at])]
        for file in (*fitting, *files):
            if file.filename not in self._metadata:
                answer = self.index.metadata([file])[file.filename]
                self._metadata[file.filename] = answer if isinstance(answer, CoreMetadata) else None
            known = self._metadata[file.filename]
            if known is not None:
                return known
        return CoreMetadata(name, version)

    def changed(self, pins: Mapping[str, str], lines: Mapping[int, str] | None = None) -> RequirementSet:
        """The requirements with pins (by `name old`) or lines (by identity) at other versions."""

        def moved(one: DeclaredRequirement) -> DeclaredRequirement:
            version = pins.get(f"{one.name} {one.pinned}") or (lines or {}).get(id(one))
            if not version:
                return one
            files = self.files(one.name, version) if one.hashes else ()
            hashes = tuple(f"{algorithm}:{digest}" for file in files for algorithm, digest in file.hashes)
            return replace(one, specifier=SpecifierSet(f"=={version}"), hashes=hashes)

        return replace(
            self.requirements,
            requirements=tuple(moved(one) for one in self.requirements.requirements),
            constraints=tuple(moved(one) for one in self.requirements.constraints),
            requires_python=None,
        )

    def forecasts(self, requirements: RequirementSet) -> list[InstallForecast]:
        """What becomes of requirements on each target."""
        found = forecast_many(resolve_many(requirements, tuple(self.targets), self.index), self.index)
        return list(found.values())

    def trouble(self, forecasts: Sequence[InstallForecast]) -> tuple[set[str], set[str]]:
        """The names that cannot be installed, and those that are (or may newly have to be) compiled."""
        base = self.sets()
        failed: set[str] = set()
        compiled: set[str] = set()
        for at, forecast in enumerate(forecasts):
            failed |= {conflict.name for conflict in forecast.conflicts}
            for package in forecast.packages:
                if package.outcome is Outcome.UNAVAILABLE:
                    failed.add(package.name)
                new = base[at].get(package.name) != package.version
                if package.outcome is Outcome.COMPILES or (package.outcome is Outcome.UNKNOWN and new):
                    compiled.add(package.name)
        return failed, compiled - failed

    def sets(self) -> list[dict[str, str]]:
        """What the unrepaired project resolves to on each target."""
        found = resolve_many(replace(self.requirements, requires_python=None), tuple(self.targets), self.index)
        return [{one.name: one.version for one in resolution.distributions} for resolution in found.values()]


def distance(world: World, name: str, old: str, new: str, direct: bool) -> Row:
    """What moving a pin costs, as the documentation says it."""
    before, after = Version(old), Version(new)
    back = after < before
    majors = abs(after.major - before.major)
    minors = abs(after.minor - before.minor) if majors == 0 else 0
    between = [version for version in world.finals(name) if min(before, after) < version < max(before, after)]
    patch = len(between) + (majors == 0 and minors == 0)
    return (0, 0, int(back and majors > 0), int(direct), int(back), int(not direct), majors, minors, patch, 0)


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
        if name in world.kept:
            wrong += [f"{name}: {text} is offered"] if text in variable.values else []
        elif all(world.has_wheel(name, text, at) for at in places) and text not in variable.values:
            wrong.append(f"{name}: {text} is left out")
    start = keep if keep != FLOATING else next((base[at][name] for at in places if base[at].get(name)), "")
    direct = any(world.required(name, at) for at in places)
    for value, row in zip(variable.values, variable.costs, strict=True):
        if value not in (keep, WAIVED):
            real = distance(world, name, start or value, value, direct)
            if row[2:9] != real[2:9]:
                wrong.append(f"{name} to {value}: costs {real}, told {row}")
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
        if row[5] > (changed and not world.lines(name, at)):
            wrong.append(f"{name} {value}: counted as changed")
        if row[1] and world.has_wheel(name, value, at):
            wrong.append(f"{name} {value}: counted as compiled, and has a wheel")
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
        else:
            right = fact.kind == "clash" or _seen_holds(fact, plan, variables, world)
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


def _seen_holds(fact: Fact, plan: BumpPlan, variables: Mapping[str, CertificateVariable], world: World) -> bool:
    """The choice that is ruled out costs at least the bound, by resolution's own word."""
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
    groups: dict[str, list[Row]] = {}
    certain: dict[str, Row] = {}
    files = set()
    for one in variables:
        cheapest = min(rows[one.key][value] for value in node[one.key])
        if one.kind == "set":
            groups.setdefault(one.name, []).append(cheapest)
            sure = tuple(min(column) for column in zip(*(rows[one.key][value] for value in node[one.key]), strict=True))
            known = certain.get(one.name, NOTHING)
            certain[one.name] = tuple(max(pair) for pair in zip(known, sure, strict=True))
        else:
            total = added(total, cheapest)
        if one.file and not node[one.key] & {one.values[one.keep], WAIVED}:
            files.add(one.file)
    for name, own in groups.items():
        total = added(total, max(*own, certain[name]))
    return added(total, (0,) * 9 + (len(files),))


def check(
    plan: BumpPlan,
    requirements: RequirementSet,
    targets: Sequence[Target],
    index: Index,
    kept: frozenset[str] = frozenset(),
) -> list[str]:
    """Everything that is wrong with a plan; empty where nothing is. Without a proof only the promise is looked at."""
    world = World(requirements, targets, index, kept)
    wrong = check_promise(plan, world)
    if plan.proven:
        wrong += [*check_variables(plan, world), *check_facts(plan, world), *check_bound(plan)]
    return wrong
