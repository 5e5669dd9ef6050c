"""When no set of versions exists: every reason why, and the fullest set that can be told all the same.

First the forced part is followed: a name for which the project's own lines leave one version is that version, and
what it needs is needed. Contradictions found there need no search and are certain; each is named with every
requirement that takes part, the project's own pin is honoured, and the others are waived so that the search can go
on. Only what then still has no solution is explained by a smallest set of the project's own lines that has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from packaging.version import Version

from trueup.index.names import parsed_version
from trueup.resolve.chooser import Chooser, Rules, is_pre
from trueup.resolve.demands import Candidate, Demand
from trueup.resolve.search import GaveUp, Impossible, Solution, Task, backtrack, forward, solve
from trueup.resolve.view import TargetView

MOST_STEPS = 40
"""Conflicts after which explaining stops."""
MOST_TRIALS = 120
"""Searches made to find the smallest set of lines that has no solution."""


@dataclass(frozen=True)
class Clash:
    """Demands on one name that no version satisfies together; each takes part.

    `context` are further lines of the project without which a parent could be another version.
    """

    name: str
    sides: tuple[Demand, ...]
    context: tuple[Demand, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """A solution as far as there is one, what had to be waived for it, and why.

    `absent` are names of which the index has no version that the demands admit; `gave_up` says why the search ended
    early.
    """

    solution: Solution
    rules: Rules
    clashes: tuple[Clash, ...] = ()
    absent: dict[str, tuple[Demand, ...]] = field(default_factory=dict)
    gave_up: str = ""


@dataclass
class _Step:
    """What one look found: more rules, roots to leave out, and the reasons."""

    waived: set[tuple[str, str]] = field(default_factory=set)
    dropped: set[Demand] = field(default_factory=set)
    phantoms: dict[str, str] = field(default_factory=dict)
    absent: dict[str, tuple[Demand, ...]] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.waived or self.dropped or self.phantoms or self.absent)


def solve_or_explain(view: TargetView, rules: Rules, task: Task) -> Outcome:
    """The set that pip would install; where there is none, every conflict and the fullest set beside them."""
    clashes: list[Clash] = []
    absent: dict[str, tuple[Demand, ...]] = {}
    reason = "its conflicts could not all be told apart"
    for _ in range(MOST_STEPS):
        chooser = Chooser(view, rules)
        solution = forward(chooser, task)
        if solution is not None:
            return Outcome(solution, rules, tuple(clashes), absent)
        step = forced_step(chooser, task)
        if not step:
            try:
                result = backtrack(chooser, task)
            except GaveUp as gave_up:
                reason = str(gave_up)
                break
            if isinstance(result, Solution):
                return Outcome(result, rules, tuple(clashes), absent)
            step = searched_step(chooser, task, result)
            if not step:
                break
        clashes.extend(step.clashes)
        absent.update(step.absent)
        roots = (root for root in task.roots if root not in step.dropped and root.name not in step.absent)
        task = Task(tuple(roots), task.requested)
        rules = _extended(rules, step)
    return Outcome(complete(Chooser(view, rules), task), rules, tuple(clashes), absent, reason)


def _extended(rules: Rules, step: _Step) -> Rules:
    constraints = {
        name: tuple(one for one in demands if one not in step.dropped) for name, demands in rules.constraints.items()
    }
    return replace(
        rules,
        constraints=constraints,
        waived=rules.waived | step.waived,
        phantoms={**rules.phantoms, **step.phantoms},
        external=rules.external | step.absent.keys(),
    )


# -- the forced part ---------------------------------------------------------------------------------------------------


class _Forced:
    """Names and the demands on them that hold in every solution."""

    def __init__(self, chooser: Chooser, task: Task) -> None:
        self.chooser = Chooser(chooser.view, replace(chooser.rules, constraints={}))
        self.demands: dict[str, list[Demand]] = {}
        self.pins: dict[str, str] = {}
        self._constraints = chooser.rules.constraints
        self._followed: set[Candidate] = set()
        for root in task.roots:
            self._add(root)
        growing = True
        while growing:
            growing = False
            for name in list(self.demands):
                growing = self._follow(name) or growing

    def _add(self, demand: Demand) -> None:
        if demand.explicit or demand.name in self.chooser.rules.external:
            return
        if demand.name not in self.demands:
            self.demands[demand.name] = list(self._constraints.get(demand.name, ()))
        self.demands[demand.name].append(demand)

    def _follow(self, name: str) -> bool:
        """Take in what a name's only version needs; whether that was new."""
        if name not in self.pins:
            kept, _ = split(self.chooser, name, self.demands[name])
            if not kept:
                return False
            search = self.chooser.versions(name, (demand.specification for demand in kept))
            only, other = next(search, None), next(search, None)
            if only is None or other is not None:
                return False
            self.pins[name] = only
        extras = {frozenset[str]()} | {demand.extras for demand in self.demands[name]}
        new = False
        for wanted in sorted(extras, key=sorted):
            candidate = self.chooser.candidate(name, wanted, self.pins[name])
            if candidate not in self._followed:
                self._followed.add(candidate)
                new = True
                for need in self.chooser.needs(candidate):
                    self._add(need)
        return new


def forced_step(chooser: Chooser, task: Task) -> _Step:
    """Every contradiction of the forced part; first the names that cannot be had at all."""
    forced = _Forced(chooser, task)
    step = _Step()
    for name, demands in forced.demands.items():
        own = [demand for demand in ordered(demands) if demand.is_own] or demands
        if not any(satisfiable(forced.chooser, name, [demand]) for demand in own):
            _replace_unusable(forced.chooser, name, own, step)
    if step:
        return step
    for name, demands in forced.demands.items():
        kept, rejected = split(forced.chooser, name, demands, forced.pins.get(name))
        if rejected and not _only_files_lack(forced.chooser, name, demands, step):
            step.clashes.append(Clash(name, core(forced.chooser, name, kept, rejected)))
            _waive(rejected, step)
    return step


def _waive(demands: Iterable[Demand], step: _Step) -> None:
    for demand in demands:
        if demand.parent is None:
            step.dropped.add(demand)
        else:
            step.waived.add((demand.parent.name, demand.name))


def _replace_unusable(chooser: Chooser, name: str, demands: Sequence[Demand], step: _Step) -> None:
    """Keep the best version that the index has, though the target can take none of its files; or note its absence."""
    version = best_on_index(chooser, name, demands)
    if version is None or name in chooser.rules.phantoms:
        step.absent[name] = tuple(demands)
    else:
        step.phantoms[name] = version


def _only_files_lack(chooser: Chooser, name: str, demands: Iterable[Demand], step: _Step) -> bool:
    """Whether a version satisfies all demands, and only its files do not fit the target: then nothing contradicts."""
    limits = frozenset(demand.specification for demand in demands)
    fitting = (version for version in chooser.project(name).matching(limits) if not is_pre(version))
    version = next(fitting, None)
    if version is None or name in chooser.rules.phantoms:
        return False
    step.phantoms[name] = version
    return True


def best_on_index(chooser: Chooser, name: str, demands: Sequence[Demand]) -> str | None:
    """The newest version that satisfies the demands, or the first of them, whether or not a file of it fits."""
    project = chooser.project(name)
    for wanted in (ordered(demands), ordered(demands)[:1]):
        limits = frozenset(demand.specification for demand in wanted)
        versions = list(project.matching(limits))
        finals = [version for version in versions if not is_pre(version)]
        if versions:
            return (finals or versions)[0]
    return None


def ordered(demands: Iterable[Demand]) -> list[Demand]:
    """Demands in the order in which they are honoured: the project's pins, its other lines, constraints, the rest.

    Of equal ones the alphabet decides, so that the order of the lines has no meaning.
    """

    def rank(demand: Demand) -> tuple[int, str, str]:
        if demand.parent is not None:
            place = 3
        elif demand.declared is not None and demand.declared.is_constraint:
            place = 2
        else:
            place = 0 if demand.specification.pinned else 1
        return place, str(demand.parent or ""), demand.text

    return sorted(demands, key=rank)


def split(
    chooser: Chooser, name: str, demands: Iterable[Demand], pin: str | None = None
) -> tuple[list[Demand], list[Demand]]:
    """The demands that can be honoured together, in order, and those that then cannot."""
    if pin is not None:
        wanted = ordered(demands)
        return (
            [demand for demand in wanted if demand.specification.admits(pin)],
            [demand for demand in wanted if not demand.specification.admits(pin)],
        )
    kept: list[Demand] = []
    rejected: list[Demand] = []
    for demand in ordered(demands):
        (kept if satisfiable(chooser, name, [*kept, demand]) else rejected).append(demand)
    return kept, rejected


def satisfiable(chooser: Chooser, name: str, demands: Iterable[Demand]) -> bool:
    """Whether any version that the target can take satisfies all demands."""
    return next(chooser.versions(name, (demand.specification for demand in demands)), None) is not None


def core(chooser: Chooser, name: str, kept: Sequence[Demand], rejected: Sequence[Demand]) -> tuple[Demand, ...]:
    """The rejected demands and, for each, a smallest part of the kept ones that excludes it."""
    sides: list[Demand] = []
    for demand in rejected:
        needed = list(kept)
        for one in reversed(kept):
            fewer = [other for other in needed if other is not one]
            if not satisfiable(chooser, name, [*fewer, demand]):
                needed = fewer
        sides.extend(side for side in (*needed, demand) if side not in sides)
    return tuple(ordered(sides))


# -- what only a search can tell -------------------------------------------------------------------------------------


def searched_step(chooser: Chooser, task: Task, failure: Impossible) -> _Step:
    """The conflict of a smallest part of the project's lines that has no solution."""
    roots, failure = _smallest(chooser, task, failure)
    step = _Step()
    by_name: dict[str, list[Demand]] = {}
    for cause in (*roots, *failure.causes):
        if not cause.explicit:
            by_name.setdefault(cause.name, []).append(cause)
    free = Chooser(chooser.view, replace(chooser.rules, constraints={}))
    for name in sorted(by_name, key=lambda name: (by_name[name][0].parent is not None, name)):
        demands = [*dict.fromkeys(by_name[name]), *chooser.rules.constraints.get(name, ())]
        kept, rejected = split(free, name, demands)
        own = [demand for demand in demands if demand.is_own] or demands
        if not any(satisfiable(free, name, [demand]) for demand in own):
            _replace_unusable(free, name, own, step)
            return step
        if rejected and _only_files_lack(free, name, demands, step):
            return step
        if rejected:
            sides = core(free, name, kept, _one_per_parent(rejected))
            told = {side.name for side in sides} | {side.parent.name for side in sides if side.parent}
            context = tuple(root for root in roots if root.name not in told)
            step.clashes.append(Clash(name, sides, context))
            _waive(rejected, step)
            return step
    return step


def _one_per_parent(demands: Iterable[Demand]) -> list[Demand]:
    """Of the demands that several versions of one parent make, the one of its newest version."""
    newest: dict[str, Demand] = {}
    for demand in demands:
        key = demand.parent.name if demand.parent else demand.text
        other = newest.get(key)
        if other is None or _version(demand) > _version(other):
            newest[key] = demand
    return list(newest.values())


def _version(demand: Demand) -> Version:
    parsed = parsed_version(demand.parent.version) if demand.parent else None
    return parsed or Version("0")


def _smallest(chooser: Chooser, task: Task, failure: Impossible) -> tuple[tuple[Demand, ...], Impossible]:
    """Root demands of which none can be left out without a solution coming to be, and how their search ends."""
    groups = list(dict.fromkeys(root.declared for root in task.roots))
    last = failure
    trials = 0
    size = max(len(groups) // 2, 1)
    while trials < MOST_TRIALS:
        at = 0
        while at < len(groups) and trials < MOST_TRIALS:
            fewer = groups[:at] + groups[at + size :]
            trials += 1
            found = _attempt(chooser, task, fewer)
            if found is None:
                at += size
            else:
                groups, last = fewer, found
        if size == 1:
            break
        size = max(size // 2, 1)
    return tuple(root for root in task.roots if root.declared in groups), last


def _attempt(chooser: Chooser, task: Task, groups: Sequence[object]) -> Impossible | None:
    kept = {id(group) for group in groups}
    roots = tuple(root for root in task.roots if id(root.declared) in kept)
    if not roots:
        return None
    try:
        found = solve(chooser, Task(roots, task.requested))
    except GaveUp:
        return None
    return found if isinstance(found, Impossible) else None


def complete(chooser: Chooser, task: Task) -> Solution:
    """The fullest set where no search helps: name by name, honouring what can be honoured."""
    solution = Solution()
    waiting = list(task.roots)
    while waiting:
        demand = waiting.pop(0)
        known = solution.demands.setdefault(demand.identifier, [])
        known.append(demand)
        if demand.identifier in solution.pins:
            continue
        same = solution.pins.get(demand.name)
        kept, _ = split(chooser, demand.name, [root for root in task.roots if root.name == demand.name] or [demand])
        limits = [one.specification for one in kept]
        version = same.version if same else next(chooser.versions(demand.name, limits), None)
        if version is not None:
            candidate = chooser.candidate(demand.name, demand.extras, version)
            solution.pins[demand.identifier] = candidate
            waiting.extend(chooser.needs(candidate))
    return solution
