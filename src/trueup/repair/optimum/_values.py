"""The values that a line or a distribution on a target may have, and what each costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trueup.model.distribution import Outcome
from trueup.model.target import Target
from trueup.repair.optimum._clauses import Variable
from trueup.repair.optimum._distance import move
from trueup.repair.optimum._lines import Line, Lines
from trueup.repair.optimum._plan import ABSENT, FLOATING, WAIVED
from trueup.repair.optimum._shelf import Shelf, version_of
from trueup.repair.optimum._vector import vector, worse

Forbidden = Callable[[str, str, Target], bool]


class Values:
    """Makes variables. `base` holds for each target what the unrepaired project resolves to, by name."""

    def __init__(
        self, shelf: Shelf, lines: Lines, base: Sequence[Mapping[str, str]], forbidden: Forbidden | None
    ) -> None:
        self.shelf = shelf
        self.lines = lines
        self.base = base
        self._forbidden = forbidden

    def of_line(self, line: Line) -> Variable:
        """A line: as it is, moved to another version, or left unsatisfied."""
        shelf = self.shelf
        released = sorted(version for version, _ in shelf.project(line.name).finals)
        start = line.version or next(
            (self.base[at][line.name] for at in line.targets if self.base[at].get(line.name)), ""
        )
        new = [] if line.forbidden else self._candidates(line)
        moves = {
            version: move(released, start or version, version, direct=line.direct)
            + vector(compilations=int(any(shelf.lacks_wheel(line.name, version, at) for at in line.targets)))
            for version in new
        }
        new.sort(key=lambda version: (moves[version], version_of(version)))
        costs = [self.price_of_keeping(line), *(moves[version] for version in new), vector(unsatisfied=1)]
        keep = line.version or FLOATING
        values = (keep, *new, WAIVED)
        free = 1 | 1 << (len(values) - 1)
        return Variable(line.key, "pin", line.name, values, costs, group=line.name, file=line.file, free=free)

    def price_of_keeping(self, line: Line) -> int:
        """What it costs that a required pin stays: it cannot be installed, or has to be compiled, on some target."""
        if not line.required or line.version is None:
            return 0
        cost = 0
        for at in line.targets:
            cost = max(cost, self.price(line.name, line.version, at))
        return cost

    def price(self, name: str, version: str, at: int) -> int:
        """What it costs that a version is installed on a target; looks into an sdist.

        Another version than that of the unrepaired set counts as compiled where it has wheels and none that fits, and
        where its sdist does not tell: a repair is to help for sure.
        """
        if self._forbidden is not None and self._forbidden(name, version, self.shelf.targets[at]):
            return vector(unsatisfied=1)
        if self.base[at].get(name) != version and self.shelf.lacks_wheel(name, version, at):
            return vector(compilations=1)
        outcome = self.shelf.outcome(name, version, at)
        if outcome is Outcome.UNAVAILABLE:
            return vector(unsatisfied=1)
        unsure = outcome is Outcome.UNKNOWN and self.base[at].get(name) != version
        return vector(compilations=1) if outcome is Outcome.COMPILES or unsure else 0

    def _candidates(self, line: Line) -> list[str]:
        """The versions that a line may move to: final, not yanked, allowed, with a wheel on every target.

        Where no version has wheels on all of them, those with an sdist; pre-releases only where the line pins one.
        """
        old = version_of(line.version) if line.version else None
        project = self.shelf.project(line.name)
        texts = [text for _, text in project.finals]
        if old is not None and old.is_prerelease:
            texts += [text for text in project.versions if version_of(text).is_prerelease]
        texts = [text for text in texts if version_of(text) != old and not self._is_forbidden(line, text)]
        wheels = [text for text in texts if all(self.shelf.has_wheel(line.name, text, at) for at in line.targets)]
        if wheels:
            return wheels
        return [text for text in texts if all(self._taken(line.name, text, at) for at in line.targets)]

    def _is_forbidden(self, line: Line, version: str) -> bool:
        if self._forbidden is None:
            return False
        return any(self._forbidden(line.name, version, self.shelf.targets[at]) for at in line.targets)

    def _taken(self, name: str, version: str, at: int) -> bool:
        return self.shelf.usable(name, version, at) and not self.shelf.is_yanked(name, version, at)

    def of_distribution(self, key: str, name: str, at: int) -> Variable:
        """A distribution on a target: absent, as in the unrepaired set, or any version that pip could take."""
        shelf, base = self.shelf, self.base[at].get(name)
        versions = [text for text in shelf.project(name).versions if shelf.usable(name, text, at)]

        def rank(text: str) -> tuple[bool, bool, bool]:
            pre = version_of(text).is_prerelease
            return shelf.is_yanked(name, text, at), pre, not shelf.has_wheel(name, text, at)

        ordered = sorted(versions, key=rank)
        values = [ABSENT, *([base] if base else []), *(text for text in ordered if text != base), WAIVED]
        undeclared = not self.lines.at.get((name, at))
        costs = []
        for value in values:
            cost = vector(transitive=int(undeclared and value not in (ABSENT, base)))
            if value == WAIVED:
                cost = vector(unsatisfied=1)
            elif value == base:
                cost = self.price(name, value, at)
            elif value != ABSENT and self._forbidden is not None and self._forbidden(name, value, shelf.targets[at]):
                cost = worse(cost, vector(unsatisfied=1))
            elif value != ABSENT:
                cost = worse(cost, vector(compilations=int(shelf.lacks_wheel(name, value, at))))
            costs.append(cost)
        return Variable(key, "set", name, tuple(values), costs, target=at, group=name)
