"""The problem as variables and clauses, each made when it is first needed.

A line of the project is a variable once some fact speaks of it: its value is its version, or FLOATING for a line that
leaves the choice to pip, or WAIVED. A distribution on a target is a variable of its own where no required pin decides.
Whatever is no variable yet keeps what it has, at no cost; as no fact contradicts that, the bound stays a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from packaging.version import Version

from trueup.model.distribution import Outcome
from trueup.model.target import Target
from trueup.repair.optimum._clauses import Choice, Clause, Variable
from trueup.repair.optimum._distance import move
from trueup.repair.optimum._lines import Line, Lines
from trueup.repair.optimum._plan import ABSENT, FLOATING, WAIVED
from trueup.repair.optimum._problem import Problem
from trueup.repair.optimum._shelf import Shelf, version_of
from trueup.repair.optimum._vector import vector, worse
from trueup.resolve.terms import Specification

Forbidden = Callable[[str, str, Target], bool]
Reason = tuple[tuple[str, str], ...]
"""Distributions at versions, because of which an extra is asked for."""

BATCH = 24
"""Versions whose metadata are read at once when one of them is asked about."""
REST = "rest"


class Model:
    """The growing problem. `base` holds for each target what the unrepaired project resolves to, by name."""

    def __init__(
        self, shelf: Shelf, lines: Lines, base: Sequence[Mapping[str, str]], forbidden: Forbidden | None
    ) -> None:
        self.shelf = shelf
        self.lines = lines
        self.base = base
        self.problem = Problem()
        self._forbidden = forbidden
        self.extras: dict[tuple[str, int], set[str]] = {}
        """The extras that were asked of a distribution on a target so far."""
        self._pins: dict[str, int] = {}
        self._loaded: dict[tuple[str, int], set[str]] = {}
        self._masks: dict[tuple[Specification, int], int] = {}
        self._seen: list[int] = []
        self._rest: int | None = None

    # -- variables -----------------------------------------------------------------------------------------------------

    def pin_of(self, line: Line) -> int:
        """The variable of a line."""
        place = self._pins.get(line.key)
        if place is None:
            place = self._pins[line.key] = self.problem.add_variable(self._pin(line))
            variable = self.problem.variables[place]
            for number in self._seen:
                self.problem.extend(number, place, variable.free)
            for at in line.targets:
                self._link(line, place, at)
        return place

    def decides(self, name: str, at: int) -> Line | None:
        """The required pin that decides a distribution's version on a target."""
        for line in self.lines.at.get((name, at), ()):
            if line.required and line.version is not None:
                return line
        return None

    def node(self, name: str, at: int) -> int:
        """The variable that tells a distribution's version on a target."""
        line = self.decides(name, at)
        if line is not None:
            return self.pin_of(line)
        key = f"{name}@{at}"
        place = self.problem.by_key.get(key)
        if place is None:
            place = self.problem.add_variable(self._set_variable(key, name, at))
            for other in self.lines.at.get((name, at), ()):
                self.pin_of(other)
        return place

    def known(self, name: str, at: int) -> int | None:
        """The variable of a distribution on a target, if there is one already."""
        line = self.decides(name, at)
        return self._pins.get(line.key) if line is not None else self.problem.by_key.get(f"{name}@{at}")

    def _pin(self, line: Line) -> Variable:
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

    def _set_variable(self, key: str, name: str, at: int) -> Variable:
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

    def _link(self, line: Line, pin: int, at: int) -> None:
        """Say what a line means for its distribution on a target."""
        if self.decides(line.name, at) is line:
            return
        node = self.node(line.name, at)
        chosen = self.problem.variables[node]
        lax = (WAIVED,) if line.required else (ABSENT, WAIVED)
        place = " ".join(one.place or one.text for one in line.evidence)
        same: dict[Version, list[str]] = {}
        for text in chosen.values:
            if text not in (ABSENT, WAIVED, FLOATING):
                same.setdefault(version_of(text), []).append(text)
        for value in self.problem.variables[pin].values:
            if value == WAIVED:
                continue
            if value == FLOATING:
                allowed = [text for text in chosen.values if self.admits(line.specification.admits, text)]
            else:
                allowed = same.get(version_of(value), [])
            mask = chosen.mask([*allowed, *lax])
            when = ((pin, self.problem.variables[pin].mask([value])),)
            self.problem.add_clause(Clause(when, (node, mask), "line", f"{place} asks for {line.name}", at))

    def _admitted(self, asked: Specification, place: int) -> int:
        """The versions of a variable that a specifier admits."""
        known = self._masks.get((asked, place))
        if known is None:
            chosen = self.problem.variables[place]
            allowed = (text for text in chosen.values if self.admits(asked.admits, text))
            known = self._masks[asked, place] = chosen.mask(allowed)
        return known

    @staticmethod
    def admits(test: Callable[[str], bool], value: str) -> bool:
        """Whether a value is a version that passes a test."""
        return value not in (ABSENT, WAIVED, FLOATING) and test(value)

    # -- facts ---------------------------------------------------------------------------------------------------------

    def need(self, name: str, version: str, at: int, extra: str, reasons: Reason, child: str) -> bool:
        """Take in what a distribution needs of another, for a version and those near it; whether that was new."""
        node, other = self.node(name, at), self.node(child, at)
        chosen = self.problem.variables[other]
        loaded = self._load_near(self.problem.variables[node], name, version, at)
        when = tuple((self.node(one, at), self._mask_of(one, at, value)) for one, value in reasons)
        limits: dict[str, int] = {}
        words: dict[int, str] = {}
        for value in loaded:
            mask = chosen.every
            for need in self.shelf.needs(name, value, at, extra):
                if need.name == child:
                    mask &= self._admitted(need.specification, other) | chosen.mask([WAIVED])
                    words.setdefault(mask, f"{name} {value} requires {need.text}")
            limits[value] = mask
        new = False
        own = self.problem.variables[node]
        for mask in set(limits.values()):
            if mask == chosen.every:
                continue
            values = own.mask(value for value, limit in limits.items() if limit & ~mask == 0)
            why = words.get(mask, f"{name} limits {child}")
            clause = Clause((*when, (node, values)), (other, mask), "needs", why, at)
            new = self.problem.add_clause(clause) or new
        return new

    def newest(self, name: str, version: str, at: int, parents: Mapping[str, str]) -> bool:
        """Take in that pip takes a version or a newer one while nothing limits it to older ones; whether that was new.

        It is likely and not certain: a distribution that is not in the set yet may limit it.

        Args:
            name: an undeclared distribution.
            version: the version that pip took, though an older one would have been better.
            at: the target.
            parents: the distributions that asked for it, and their versions.
        """
        when = []
        for parent, own in sorted(parents.items()):
            node = self.node(parent, at)
            variable = self.problem.variables[node]
            loaded = self._load_near(variable, parent, own, at)
            lax = [value for value in loaded if self._leaves(parent, value, at, name, version)]
            when.append((node, variable.mask([*lax, ABSENT, WAIVED])))
        other = self.node(name, at)
        chosen = self.problem.variables[other]
        least = version_of(version)
        newer = [value for value in chosen.values if self.admits(lambda text: version_of(text) >= least, value)]
        why = f"pip takes {name} {version} where nothing limits it to older versions"
        clause = Clause(tuple(when), (other, chosen.mask([*newer, ABSENT, WAIVED])), "newest", why, at)
        return self.problem.add_clause(clause)

    def is_newer(self, name: str, version: str, other: str, at: int) -> bool:
        """Whether pip would try a version before another: it is newer, final and not yanked."""
        if version_of(version).is_prerelease or self.shelf.is_yanked(name, version, at):
            return False
        return version_of(version) > version_of(other) and self.shelf.usable(name, version, at)

    def _leaves(self, parent: str, own: str, at: int, name: str, version: str) -> bool:
        """Whether a version of a parent leaves a version of a distribution possible, whatever its extras."""
        extras = ("", *self.extras.get((parent, at), ()))
        needs = (need for extra in extras for need in self.shelf.needs(parent, own, at, extra))
        return all(need.specification.admits(version) for need in needs if need.name == name)

    def _mask_of(self, name: str, at: int, value: str) -> int:
        return self.problem.variables[self.node(name, at)].mask([value])

    def _load_near(self, variable: Variable, name: str, version: str, at: int) -> Iterable[str]:
        """Read the metadata of a version and of those that the search would try next; all read so far."""
        loaded = self._loaded.setdefault((name, at), set())
        place = variable.places[version]
        rest = (place for place in range(len(variable.values)) if variable.values[place] not in loaded)
        near = sorted(rest, key=lambda other: (variable.costs[other], abs(other - place)))
        wanted = [variable.values[other] for other in near]
        batch = [text for text in wanted if text not in (ABSENT, WAIVED, FLOATING)][:BATCH]
        batch.append(version)
        self.shelf.load(name, batch, at)
        loaded.update(batch)
        return [value for value in variable.values if value in loaded]

    def mark(self, name: str, version: str, at: int) -> bool:
        """Take in that a version is no good on a target; whether that was new."""
        cost = self.price(name, version, at)
        if not cost:
            return False
        known = self.known(name, at)
        node = self.node(name, at)
        variable = self.problem.variables[node]
        place = variable.places[version]
        if worse(variable.costs[place], cost) == variable.costs[place]:
            return known is None
        variable.reprice(place, worse(variable.costs[place], cost))
        return True

    def clash(
        self, first: tuple[str, str], second: tuple[str, str], at: int, fails: Callable[[str, str], bool]
    ) -> bool:
        """Take in that two versions fail together, and which others do; whether that was new."""
        one, other = self.node(first[0], at), self.node(second[0], at)
        left, right = self.problem.variables[one], self.problem.variables[other]
        skipped = (ABSENT, WAIVED, FLOATING)
        bad_left = left.mask(value for value in left.values if value not in skipped and fails(value, second[1]))
        bad_right = right.mask(value for value in right.values if value not in skipped and fails(first[1], value))
        why = f"{first[0]} and {second[0]} fail together"
        new = False
        for lefts, rights in ((bad_left, right.mask([second[1]])), (left.mask([first[1]]), bad_right)):
            clause = Clause(((one, lefts), (other, rights)), None, "clash", why, at)
            new = self.problem.add_clause(clause) or new
        return new

    def forbid(self, choice: Choice, why: str) -> None:
        """Take in that the lines of a choice, all others as they are, do not install as they should."""
        if self._rest is None:
            idle = [line for line in self.lines.lines if line.key not in self._pins and not line.forbidden]
            least = vector(direct=1) if all(line.direct for line in idle) else vector(transitive=1)
            rest = Variable(REST, REST, REST, ("no", "yes"), [0, least])
            self._rest = self.problem.add_variable(rest)
            if not idle:
                self.problem.add_clause(Clause((), (self._rest, 1), "line", "every line is looked at"))
        when = [(self._rest, 1)]
        for place in self._pins.values():
            variable = self.problem.variables[place]
            own = 1 << choice.places[place] if place < len(choice.places) else variable.free
            when.append((place, variable.free if own & variable.free else own))
        if self.problem.add_clause(Clause(tuple(when), None, "seen", why)):
            self._seen.append(len(self.problem.clauses) - 1)

    def open_rest(self, choice: Choice) -> bool:
        """Look at every line, where a choice wants a change of one that no fact speaks of; whether it does."""
        if self._rest is None or self._rest >= len(choice.places) or choice.places[self._rest] == 0:
            return False
        for line in self.lines.lines:
            self.pin_of(line)
        self.problem.add_clause(Clause((), (self._rest, 1), "line", "every line is looked at"))
        return True

    # -- answers -------------------------------------------------------------------------------------------------------

    def version(self, choice: Choice, name: str, at: int) -> str:
        """The version of a distribution on a target in a choice; ABSENT and WAIVED as they are."""
        place = self.known(name, at)
        if place is not None and place < len(choice.places):
            return self.problem.variables[place].values[choice.places[place]]
        line = self.decides(name, at)
        if line is not None and line.version is not None:
            return line.version
        return self.base[at].get(name) or ABSENT

    def fixed(self, changes: Mapping[str, str]) -> dict[int, int]:
        """The one value of each line's variable under some changes, by place; all other lines stay as they are."""
        fixed = {} if self._rest is None else {self._rest: 1}
        for key, place in self._pins.items():
            variable = self.problem.variables[place]
            fixed[place] = variable.mask([changes[key]]) if key in changes else 1 << variable.keep
        return fixed

    def changes(self, choice: Choice) -> dict[str, str]:
        """The lines that a choice moves, by key, and the versions that they get."""
        moved = {}
        for key, place in self._pins.items():
            variable = self.problem.variables[place]
            if place < len(choice.places) and not 1 << choice.places[place] & variable.free:
                moved[key] = variable.values[choice.places[place]]
        return moved

    def newest_good(self, name: str) -> str | None:
        """The newest final version of a name that has a wheel on every target."""
        targets = range(len(self.shelf.targets))
        finals = (text for _, text in self.shelf.project(name).finals)
        return next((text for text in finals if all(self.shelf.has_wheel(name, text, at) for at in targets)), None)
