"""Looking for facts that a choice contradicts: walking each target's set from its roots by what versions need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from packaging.utils import canonicalize_name

from trueup.model.target import Target
from trueup.repair.optimum._clauses import Choice
from trueup.repair.optimum._model import Model, Reason
from trueup.repair.optimum._plan import ABSENT, FLOATING, WAIVED

Clashes = Callable[[Mapping[str, str], Target], Iterable[tuple[str, str]]]
"""Gives, for the versions installed on a target, the pairs of names that fail together."""


class Walk:
    """One target's set under a choice. `versions` are those reached; `grew` tells whether the model learnt anything."""

    def __init__(self, model: Model, choice: Choice, at: int) -> None:
        self.model = model
        self.choice = choice
        self.at = at
        self.grew = False
        self.versions: dict[str, str] = {}
        self._followed: set[tuple[str, str]] = set()
        self._waiting: list[tuple[str, str, Reason]] = []

    def run(self, clashes: Clashes | None) -> Walk:
        """Follow everything from the roots."""
        for (name, at), lines in self.model.lines.at.items():
            if at == self.at and any(line.required for line in lines):
                extras = {canonicalize_name(extra) for line in lines for extra in line.extras[at]}
                self._reach(name, sorted(extras), ())
        while self._waiting:
            self._follow(*self._waiting.pop())
        if clashes is not None and not self.grew:
            self._look_for(clashes)
        return self

    def _reach(self, name: str, extras: Iterable[str], reasons: Reason) -> None:
        if name in self.model.lines.external or self.model.shelf.project(name).is_unanswered:
            return
        if name not in self.versions:
            version = self.versions[name] = self.model.version(self.choice, name, self.at)
            if version == ABSENT and self.model.shared(self.choice, name, self.at) == ABSENT:
                return  # left unsatisfied, as on the twin
            if version == ABSENT:  # a required line whose version is open: not looked at yet, or left unsatisfied
                self.grew = self.model.known(name, self.at) is None or self.grew
                self.model.node(name, self.at)
            elif version != WAIVED:
                self.grew = self.model.mark(self.choice, name, version, self.at) or self.grew
        for extra in ("", *extras):
            if (name, extra) not in self._followed:
                self._followed.add((name, extra))
                if extra:
                    self.model.extras.setdefault((name, self.at), set()).add(extra)
                self._waiting.append((name, extra, reasons))

    def _follow(self, name: str, extra: str, reasons: Reason) -> None:
        version = self.versions[name]
        if version in (ABSENT, WAIVED, FLOATING):
            return
        model = self.model
        needs = model.shelf.needs(name, version, self.at, extra)
        model.shelf.universe.load_projects(need.name for need in needs)
        own: Reason = reasons if extra else ()
        for need in needs:
            if need.name in model.lines.external or model.shelf.project(need.name).is_unanswered:
                continue
            chosen = model.version(self.choice, need.name, self.at)
            if chosen == WAIVED:
                continue
            if not model.admits(need.specification.admits, chosen):
                self.grew = model.need(name, version, self.at, extra, own, need.name) or self.grew
            else:
                self._reach(need.name, sorted(need.extras), (*own, (name, version)))

    def _look_for(self, clashes: Clashes) -> None:
        target = self.model.shelf.targets[self.at]
        installed = {name: version for name, version in self.versions.items() if version not in (ABSENT, WAIVED)}
        for first, second in clashes(installed, target):

            def fails(left: str, right: str, first: str = first, second: str = second) -> bool:
                return any(set(pair) == {first, second} for pair in clashes({first: left, second: right}, target))

            pair = (first, installed[first]), (second, installed[second])
            self.grew = self.model.clash(*pair, self.at, fails) or self.grew


def complete(model: Model, choice: Choice, clashes: Clashes | None) -> list[dict[str, str]] | None:
    """The versions of every target's set under a choice; None where the model has learnt facts that it contradicts.

    Targets to which another one's choice is proposed are looked at when nothing is left to learn of the others.
    """
    sets: dict[int, dict[str, str]] = {}
    own = [at for at, twin in enumerate(model.twins) if at == twin]
    for places in (own, *([at] for at in range(len(model.twins)) if at not in own)):
        walks = [Walk(model, choice, at).run(clashes) for at in places]
        if any(walk.grew for walk in walks):
            return None
        sets.update({walk.at: walk.versions for walk in walks})
    return [sets[at] for at in range(len(model.twins))]
