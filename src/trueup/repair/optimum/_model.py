"""The problem as variables and clauses, each made when it is first needed.

A line of the project is a variable once some fact speaks of it: its value is its version, or FLOATING for a line that
leaves the choice to pip, or WAIVED. A distribution on a target is a variable of its own where no required pin decides.
Whatever is no variable yet keeps what it has, at no cost; as no fact contradicts that, the bound stays a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from packaging.version import Version

from trueup.model.target import Target
from trueup.repair.optimum._clauses import Choice, Clause, Variable
from trueup.repair.optimum._lines import Line, Lines
from trueup.repair.optimum._plan import ABSENT, FLOATING, WAIVED
from trueup.repair.optimum._problem import Problem
from trueup.repair.optimum._shelf import Shelf, version_of
from trueup.repair.optimum._values import Forbidden, Values
from trueup.repair.optimum._vector import vector, worse
from trueup.resolve.terms import Specification

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
        self.values = Values(shelf, lines, base, forbidden)
        self.extras: dict[tuple[str, int], set[str]] = {}
        """The extras that were asked of a distribution on a target so far."""
        self.twins = [_first_alike(shelf.targets, target) for target in shelf.targets]
        """For each target the first one with the same Python, whose choice is proposed to it; itself, for the first."""
        self._pins: dict[str, int] = {}
        self._linked: set[tuple[str, int]] = set()
        """The lines, by key, of which is said what they mean on a target."""
        self._loaded: dict[tuple[str, int], set[str]] = {}
        self._masks: dict[tuple[Specification, int], int] = {}
        self._seen: list[int] = []
        self._rest: int | None = None

    # -- variables -----------------------------------------------------------------------------------------------------

    def pin_of(self, line: Line) -> int:
        """The variable of a line."""
        place = self._pins.get(line.key)
        if place is None:
            place = self._pins[line.key] = self.problem.add_variable(self.values.of_line(line))
            variable = self.problem.variables[place]
            for number in self._seen:
                self.problem.extend(number, place, variable.free)
            for at in line.targets:
                if not self._follows(line.name, at):
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
            place = self.problem.add_variable(self.values.of_distribution(key, name, at))
            for other in self.lines.at.get((name, at), ()):
                self._link(other, self.pin_of(other), at)
        return place

    def _follows(self, name: str, at: int) -> bool:
        """Whether the twin of a target may decide a distribution for it: it has no variable, and the same lines."""
        twin = self.twins[at]
        if twin == at or self.decides(name, at) is not None or self.known(name, at) is not None:
            return False
        return self.lines.at.get((name, at)) == self.lines.at.get((name, twin))

    def known(self, name: str, at: int) -> int | None:
        """The variable of a distribution on a target, if there is one already."""
        line = self.decides(name, at)
        return self._pins.get(line.key) if line is not None else self.problem.by_key.get(f"{name}@{at}")

    def _link(self, line: Line, pin: int, at: int) -> None:
        """Say what a line means for its distribution on a target."""
        if self.decides(line.name, at) is line or (line.key, at) in self._linked:
            return
        self._linked.add((line.key, at))
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
            name: an undeclared distribution, or one whose lines leave its version to pip.
            version: the version that pip took, though an older one would have been better.
            at: the target.
            parents: the distributions that asked for it, and their versions.
        """
        lines = self.lines.at.get((name, at), ())
        when = [(self.pin_of(line), self.problem.variables[self.pin_of(line)].mask([FLOATING])) for line in lines]
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

    def mark(self, choice: Choice, name: str, version: str, at: int) -> bool:
        """Take in that the version that a choice has on a target is no good there; whether that was new."""
        if self.shared(choice, name, at) is not None:
            at = self.twins[at]
        cost = self.values.price(name, version, at)
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
        shared = self.shared(choice, name, at)
        return shared if shared is not None else self.base[at].get(name) or ABSENT

    def shared(self, choice: Choice, name: str, at: int) -> str | None:
        """The version that a choice has for a distribution on the twin of a target, if it is as cheap on the target.

        It is only a proposal, which the walk of the target's own set examines; so most of what targets have in common
        needs one variable and is looked for once.
        """
        if not self._follows(name, at):
            return None
        twin = self.twins[at]
        place = self.problem.by_key.get(f"{name}@{twin}")
        if place is None or place >= len(choice.places) or self.base[at].get(name) != self.base[twin].get(name):
            return None
        variable = self.problem.variables[place]
        version = variable.values[choice.places[place]]
        if version in (ABSENT, WAIVED):
            return version
        fits = self.shelf.usable(name, version, at) and self.values.price(name, version, at) == self.values.price(
            name, version, twin
        )
        return version if fits else None

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


def _first_alike(targets: Sequence[Target], target: Target) -> int:
    """The place of the first target with the same Python on the same system."""
    alike = [(one.python, one.os, one.free_threaded) for one in targets]
    return alike.index((target.python, target.os, target.free_threaded))
