"""What the index, the resolver and the project's lines say, asked in the simplest way: for the independent checker.

It knows nothing of how plans are found, and shares no code with the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from trueup.index.interface import Index
from trueup.index.select import has_wheel, select
from trueup.model.distribution import CoreMetadata, IndexFile, InstallForecast, Outcome
from trueup.model.requirement import DeclaredRequirement, RequirementSet
from trueup.model.target import Target
from trueup.resolve.forecast import forecast_many
from trueup.resolve.resolver import resolve_many

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
Fails = Callable[[str, str, Target], bool]
"""Whether a version fails on a target when it starts."""
Clash = Callable[[Mapping[str, str], Target], Iterable[tuple[str, str]]]
"""The pairs of names that fail together, of the versions installed on a target."""
NOTHING: Row = (0,) * len(FIELDS)


def parsed(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def added(left: Row, right: Row) -> Row:
    return tuple(one + other for one, other in zip(left, right, strict=True))


def never_fails(name: str, version: str, target: Target) -> bool:
    """The answer where nothing is said to fail at start."""
    return False


def no_pairs(versions: Mapping[str, str], target: Target) -> Iterable[tuple[str, str]]:
    """The answer where no two versions are said to fail together."""
    return ()


@dataclass
class World:
    """A requirement set, its targets and its index, asked in the simplest way."""

    requirements: RequirementSet
    targets: Sequence[Target]
    index: Index
    kept: frozenset[str] = frozenset()
    """Names whose lines the policy does not let move."""
    fails: Fails = never_fails
    clash: Clash = no_pairs
    _metadata: dict[str, CoreMetadata | None] = field(default_factory=dict)
    _releases: dict[str, object] = field(default_factory=dict)
    _finals: dict[str, list[Version]] = field(default_factory=dict)
    _sets: list[dict[str, str]] = field(default_factory=list)

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

    def releases(self, name: str) -> object:
        """The answer of the index about a name, asked once."""
        if name not in self._releases:
            self._releases[name] = self.index.releases([name])[name]
        return self._releases[name]

    def versions(self, name: str) -> Sequence[str]:
        return tuple(getattr(self.releases(name), "versions", tuple)())

    def files(self, name: str, version: str) -> Sequence[IndexFile]:
        releases = self.releases(name)
        return tuple(releases.files(version)) if hasattr(releases, "files") else ()

    def finals(self, name: str) -> list[Version]:
        if name not in self._finals:
            found = [version for text in self.versions(name) if (version := parsed(text)) is not None]
            self._finals[name] = [version for version in found if not version.is_prerelease]
        return self._finals[name]

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
            versions = {package.name: package.version for package in forecast.packages}
            failed |= {second for _, second in self.clash(versions, self.targets[at])}
            failed |= {name for name, version in versions.items() if self.fails(name, version, self.targets[at])}
            for package in forecast.packages:
                if package.outcome is Outcome.UNAVAILABLE:
                    failed.add(package.name)
                new = base[at].get(package.name) != package.version
                if package.outcome is Outcome.COMPILES or (package.outcome is Outcome.UNKNOWN and new):
                    compiled.add(package.name)
        return failed, compiled - failed

    def unavailable(self, name: str, version: str, at: int) -> bool:
        """Whether no file of a version can be installed on a target, whatever it takes."""
        fitting = select(self.files(name, version), self.targets[at], pinned=True).file
        if fitting is None:
            return True
        try:
            python = SpecifierSet(self.core(name, version, at).requires_python or "")
        except InvalidSpecifier:  # such as ">=3.6.*", which pip takes for no limit
            return False
        return not python.contains(self.targets[at].version, prereleases=True)

    def together(self, one: tuple[str, str], other: tuple[str, str], at: int) -> bool:
        """Whether two distributions at versions fail together on a target."""
        pairs = self.clash(dict((one, other)), self.targets[at])
        return any({*pair} == {one[0], other[0]} for pair in pairs)

    def sets(self) -> list[dict[str, str]]:
        """What the unrepaired project resolves to on each target."""
        if not self._sets:
            found = resolve_many(replace(self.requirements, requires_python=None), tuple(self.targets), self.index)
            self._sets += [{one.name: one.version for one in each.distributions} for each in found.values()]
        return self._sets


def as_pins(requirements: RequirementSet) -> RequirementSet:
    """A lockfile as lines: pins of what the project asks for, constraints for everything else that it holds."""
    if requirements.locked is None:
        return requirements
    asked = [one for one in requirements.requirements if not one.is_constraint]
    locked = [one for one in requirements.locked if parsed(one.version)]
    packages = [one for one in locked if one.source == "index"]
    names = {one.name for one in locked}
    says_what_is_asked = any(one.direct for one in locked) or any(one.name in names for one in asked)
    pins, constraints = [], []
    for package in packages:
        exact = SpecifierSet(f"=={package.version}")
        pin = DeclaredRequirement(package.name, exact, package.evidence, marker=package.marker)
        own = [one for one in asked if one.name == package.name]
        pins += [replace(pin, extras=one.extras, marker=one.marker or package.marker) for one in own]
        if not own and (package.direct or not says_what_is_asked):
            pins.append(pin)
        elif not own:
            constraints.append(replace(pin, is_constraint=True))
    outside = [one for one in requirements.requirements if one.name not in names or one.url or one.local_path]
    return replace(requirements, requirements=(*pins, *outside), constraints=tuple(constraints), locked=None)


def world_of(
    requirements: RequirementSet,
    targets: Sequence[Target],
    index: Index,
    kept: frozenset[str] = frozenset(),
    fails: Fails | None = None,
    clash: Clash | None = None,
) -> World:
    """A world in which lockfiles are lines, and nothing fails at start unless it is said."""
    return World(as_pins(requirements), targets, index, kept, fails or never_fails, clash or no_pairs)


def distance(world: World, name: str, old: str, new: str, direct: bool) -> Row:
    """What moving a pin costs, as the documentation says it."""
    before, after = Version(old), Version(new)
    back = after < before
    majors = abs(after.major - before.major)
    minors = abs(after.minor - before.minor) if majors == 0 else 0
    between = [version for version in world.finals(name) if min(before, after) < version < max(before, after)]
    patch = len(between) + (majors == 0 and minors == 0)
    return (0, 0, int(back and majors > 0), int(direct), int(back), int(not direct), majors, minors, patch, 0)
