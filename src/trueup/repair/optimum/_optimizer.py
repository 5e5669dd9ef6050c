"""The door of this package: cheapest choice by known facts, more facts, and again until pip's own answer agrees.

    cheapest choice ─▶ contradicts a fact? ─▶ take it in, again
                    └▶ what would pip install? ─▶ no good: rule this choice out, again
                                               └▶ good: nothing is cheaper, because every fact so far is true

This is the implicit hitting set method with lazily made facts: the bound only ever rises, and the first choice that
stands is the optimum.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from trueup.configuration import Policy
from trueup.index.interface import Index
from trueup.model.requirement import RequirementSet
from trueup.model.target import Target
from trueup.repair.optimum._answer import Found, Setting, plan_of
from trueup.repair.optimum._branch import OutOfTime
from trueup.repair.optimum._clauses import Choice
from trueup.repair.optimum._lines import POLICY_NEW, Lines, read_lines
from trueup.repair.optimum._lines import forbidden as forbidden_by
from trueup.repair.optimum._model import Model
from trueup.repair.optimum._plan import ABSENT, WAIVED, BumpPlan
from trueup.repair.optimum._shelf import Shelf
from trueup.repair.optimum._trial import Court, Trial
from trueup.repair.optimum._values import Forbidden
from trueup.repair.optimum._vector import field_of, vector
from trueup.repair.optimum._walk import Clashes, complete

Sets = Sequence[Mapping[str, str]]

PATIENCE = 20
"""Choices ruled out one by one, by the resolver's word, before pip's preference for new versions is taken in."""
PATIENCE_WITH_ONE = 6
"""The same, where all of them failed because of one distribution, as what else they have does not help it.

Also the choices that leave something unsatisfied and are ruled out before the search ends without a proof.
"""
UNKNOWN_LEAST = "some requirements stay unsatisfied, and which is cheapest to leave is not known"
MOST_TRIALS = 400
"""Choices that are tried with the resolver before the search ends without a proof."""


def minimal_bumps(
    requirements: RequirementSet,
    targets: Sequence[Target],
    index: Index,
    policy: Policy,
    *,
    timeout: float,
    forbidden: Forbidden | None = None,
    clashes: Clashes | None = None,
) -> BumpPlan:
    """The cheapest changes of pinned versions after which a requirement set installs on all targets at once.

    Args:
        requirements: what the install step reads. With `locked`, the packages of the lockfile are the pins.
        targets: where it has to install; one pin serves all of them.
        index: where releases and metadata come from.
        policy: what may not be changed; such changes are reported as held back where they would help.
        timeout: seconds after which the best plan found so far is given, unproven.
        forbidden: tells versions that install on a target and fail when they start; they are no repair.
        clashes: gives, for the versions installed on a target, the pairs of names that fail together.

    Returns:
        The plan. What is minimised, in this order: unsatisfied requirements, compilations, pins moved back over a major
        version, direct pins changed, pins moved back, other versions changed, majors, minors and releases between, and
        files (issue 5, point 2). It never raises for what the project or the index holds.
    """
    deadline = time.monotonic() + timeout
    shelf = Shelf(requirements, targets, index)
    setting = _setting(requirements, shelf, policy, forbidden, clashes)
    found = _Search(setting, deadline).run()
    found = with_added_lines(setting, found, policy)
    plan = plan_of(setting, found)
    if not any(line.forbidden for line in setting.lines.lines) or not field_of(found.trial.cost, "compilations") + len(
        found.trial.unsatisfied
    ):
        return plan
    free = _setting(requirements, shelf, Policy(), forbidden, clashes)
    other = with_added_lines(free, _Search(free, deadline).run(), Policy())
    return replace(plan, held_back=_held_back(setting.lines, free.lines, other, found))


def _setting(
    requirements: RequirementSet,
    shelf: Shelf,
    policy: Policy,
    forbidden: Forbidden | None,
    clashes: Clashes | None,
) -> Setting:
    lines = read_lines(requirements, shelf, policy)
    court = Court(shelf, lines, forbidden, clashes)
    base = court.trial({})
    return Setting(shelf, lines, court, base, Model(shelf, lines, base.sets, forbidden), clashes)


def _held_back(kept: Lines, free: Lines, other: Found, found: Found) -> tuple[tuple[str, str], ...]:
    """The changes that would help and that the policy forbids; none where nothing would."""
    if other.trial.cost >= found.trial.cost:
        return ()
    reasons = {line.key: line.forbidden for line in kept.lines}
    told = []
    for line in free.lines:
        version = other.changes.get(line.key)
        if version is not None and reasons.get(line.key):
            place = line.evidence[0].place
            title = (
                f"Move {line.name} {line.version or ''}".rstrip() + f" to {version}" + (f" ({place})" if place else "")
            )
            told.append((title, reasons[line.key]))
    told += [(f"Add {name}=={version}", POLICY_NEW) for name, version in other.added.items()]
    return tuple(told)


def with_added_lines(setting: Setting, found: Found, policy: Policy) -> Found:
    """The plan with lines for what pip chooses by itself and cannot install, where nothing else was left to do.

    An added line makes a pin of what was none, so it comes after every change of a line that exists.
    """
    files = setting.lines.requirements.files[:1]
    added: dict[str, str] = {}
    for name in (*found.trial.unsatisfied, *found.trial.compiled):
        stated = any(setting.lines.at.get((name, at)) for at in range(len(setting.shelf.targets)))
        if not stated and policy.new_dependencies and not forbidden_by(name, files, policy):
            version = setting.model.newest_good(name)
            if version is not None:
                added[name] = version
    if not added or setting.lines.locked:
        return found
    trial = setting.court.trial(found.changes, added)
    if trial.cost >= found.trial.cost:
        return found
    cost = found.cost - found.trial.cost + trial.cost + vector(direct=len(added), patch=len(added))
    reason = "lines had to be added, and whether fewer would do was not looked for"
    return replace(found, added=added, trial=trial, cost=cost, proven=False, reason=reason, floor=0, facts=0)


def moved_names(setting: Setting, trial: Trial) -> set[str]:
    """The undeclared distributions at another version than in the unrepaired set, on any target."""
    return {
        name
        for at, versions in enumerate(trial.sets)
        for name, version in versions.items()
        if setting.base.sets[at].get(name) != version and not setting.lines.at.get((name, at))
    }


class _Search:
    """One run."""

    def __init__(self, setting: Setting, deadline: float) -> None:
        self._setting = setting
        self._model = setting.model
        self._deadline = deadline
        self._last: Choice | None = None
        self._ruled_out = 0
        self._hopeless = 0
        """Choices ruled out that left something unsatisfied; from the first on, nothing more can be proven of such."""
        self._same = 0
        self._blocker = ("", "")
        """The distribution because of which the last choice failed, and how many failed because of it on end."""
        self._floor = self._facts = 0
        """What every plan costs at least, by this many of the facts."""
        self._guessed = False
        """Whether it was taken in that pip chooses newest versions, which other distributions might hinder."""
        self._best = Found({}, {}, self._nothing(), setting.base, setting.base.sets)

    def _nothing(self) -> int:
        """The cost of doing nothing."""
        return self._setting.base.cost

    def run(self) -> Found:
        """The cheapest choice, or the best one that was found in time."""
        try:
            return self._run()
        except OutOfTime:
            if self._last is not None:  # no fact against it was looked for, and it may do all the same
                changes = self._model.changes(self._last)
                self._keep(changes, self._setting.court.trial(changes))
            return self._open(self._best, "the time given was over before it was known whether less would do")

    def _run(self) -> Found:
        trials = 0
        while trials < MOST_TRIALS:
            choice = self._model.problem.cheapest(self._deadline)
            self._last = choice
            self._raise_floor(choice)
            if choice is None or choice.cost >= self._best.cost:
                return self._ended(self._best)
            if self._model.open_rest(choice):
                continue
            sets = complete(self._model, choice, self._setting.clashes)
            if sets is None:
                continue
            trials += 1
            found = self._try(choice, sets)
            if found is not None:
                return self._ended(found)
            if self._hopeless > PATIENCE_WITH_ONE:
                return self._open(self._best, UNKNOWN_LEAST)
        return self._open(self._best, f"{MOST_TRIALS} choices were tried, and less might do")

    def _raise_floor(self, choice: Choice | None) -> None:
        """Remember what every plan costs at least, as long as all that was taken in is certain.

        A choice that was ruled out by the resolver is ruled out with its lines left unsatisfied as well, though moving
        these may have helped others. So from then on the cheapest choice says nothing about plans that leave any
        unsatisfied, except that they cost more than one that leaves none.
        """
        least = self._best.cost if choice is None else min(choice.cost, self._best.cost)
        if not self._guessed and (not self._ruled_out or not field_of(least, "unsatisfied")):
            self._floor, self._facts = least, len(self._model.problem.clauses)

    def _ended(self, found: Found) -> Found:
        """The cheapest plan by what was taken in: proven, if that is certain."""
        unread = found.trial.unread or self._setting.base.unread
        if unread:
            return replace(found, reason=f"the index could not be asked about everything: {unread}")
        if found.cost > self._floor and not found.trial.cost:
            found = self._recounted(found)
        if found.cost <= self._floor:
            return replace(found, proven=True, floor=found.cost, facts=self._facts)
        if self._guessed:
            return self._open(found, "pip chooses versions by itself here, and not all that could limit it was tried")
        return self._open(found, UNKNOWN_LEAST)

    def _open(self, found: Found, reason: str) -> Found:
        """A plan that may not be the cheapest, and what is known of the cheapest."""
        if found.trial.unread or self._setting.base.unread:
            return replace(found, reason=reason)
        return replace(found, reason=reason, floor=min(self._floor, found.cost), facts=self._facts)

    def _try(self, choice: Choice, sets: Sequence[Mapping[str, str]]) -> Found | None:
        """What pip makes of a choice: the answer where it is as good as the choice says, else None."""
        changes = self._model.changes(choice)
        trial = self._setting.court.trial(changes)
        told = vector(
            unsatisfied=field_of(choice.cost, "unsatisfied"), compilations=field_of(choice.cost, "compilations")
        )
        if trial.cost <= told:
            counted = Found(changes, {}, choice.cost - told + trial.cost, trial, tuple(sets))
            return min(self._as_it_comes(changes, trial), counted, self._best, key=lambda one: one.cost)
        self._keep(changes, trial)
        pinned = self._pinned(changes, trial, sets)
        if len(pinned) > len(changes):
            self._keep(pinned, self._setting.court.trial(pinned))
        trouble = next(iter((*trial.unsatisfied.values(), *trial.compiled.values())))
        blocker = (trouble.name, trouble.version)
        self._same, self._blocker = self._same + 1 if blocker == self._blocker else 1, blocker
        impatient = self._guessed or self._ruled_out >= PATIENCE or self._same > PATIENCE_WITH_ONE
        if impatient and self._learn_newest(changes, trial, sets):
            self._guessed = True
            return None
        self._ruled_out += 1
        self._hopeless += field_of(choice.cost, "unsatisfied") > 0
        self._model.forbid(choice, f"with these versions {trouble.name} {trouble.version} blocks: {trouble.reason}")
        return None

    def _learn_newest(self, changes: Mapping[str, str], trial: Trial, sets: Sets) -> bool:
        """Take in what pip chooses by itself, where the choice counted on an older version; whether that was new."""
        new = False
        for at, forecast in enumerate(trial.forecasts):
            twin = self._model.twins[at]
            if twin != at and (trial.sets[at], sets[at]) == (trial.sets[twin], sets[twin]):
                continue
            for package in forecast.packages:
                name, version = package.name, package.version
                counted = sets[at].get(name, ABSENT)
                lines = self._setting.lines.at.get((name, at), ())
                free = counted not in (ABSENT, WAIVED, version) and all(
                    line.version is None and line.key not in changes for line in lines
                )
                parents = {one: trial.sets[at].get(one, "") for one in package.required_by}
                asked = bool(parents or lines) and all(parents.values())
                if free and asked and self._model.is_newer(name, version, counted, at):
                    new = self._model.newest(name, version, at, parents) or new
        return new

    def _recounted(self, found: Found) -> Found:
        """A plan with its other versions counted by certain facts: as few as any complete set under its pins needs.

        Where there is no time for that, it stays counted as it was.
        """
        model, best = self._model, found
        model.problem.withdraw("newest")
        try:
            while True:
                choice = model.problem.cheapest(self._deadline, model.fixed(found.changes))
                if choice is None or choice.cost >= best.cost:
                    return best
                sets = complete(model, choice, self._setting.clashes)
                if sets is not None:
                    return replace(found, cost=choice.cost, sets=tuple(sets))
        except OutOfTime:
            return best

    def _keep(self, changes: Mapping[str, str], trial: Trial) -> None:
        """Remember a plan that leaves more trouble than its choice told, if it is the best so far."""
        self._best = min(self._best, self._as_it_comes(changes, trial), key=lambda one: one.cost)

    def _as_it_comes(self, changes: Mapping[str, str], trial: Trial) -> Found:
        """A plan in which undeclared distributions are counted as they come out."""
        setting, variables = self._setting, self._model.problem.variables
        moves = 0
        for line in setting.lines.lines:
            if line.key in changes:
                pin = variables[self._model.pin_of(line)]
                moves += pin.costs[pin.places[changes[line.key]]]
        files = {line.file for line in setting.lines.lines if line.key in changes}
        own = vector(transitive=len(moved_names(setting, trial)), files=len(files))
        trouble = vector(unsatisfied=field_of(moves, "unsatisfied"), compilations=field_of(moves, "compilations"))
        return Found(changes, {}, moves - trouble + own + trial.cost, trial, trial.sets)

    def _pinned(self, changes: Mapping[str, str], trial: Trial, sets: Sets) -> dict[str, str]:
        """The changes, and exact versions for lines that leave a choice which pip makes badly."""
        more: dict[str, str] = {}
        for name in (*trial.unsatisfied, *trial.compiled):
            for at, one in enumerate(sets):
                line = next((one for one in self._setting.lines.at.get((name, at), ()) if one.version is None), None)
                if line is None or line.key in changes or line.key in more:
                    continue
                pin = self._model.problem.variables[self._model.pin_of(line)]
                place = pin.places.get(one.get(name, ABSENT))
                if place is not None and pin.values[place] != WAIVED:
                    more[line.key] = pin.values[place]
        return {**changes, **more}
