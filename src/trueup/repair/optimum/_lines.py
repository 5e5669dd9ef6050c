"""The lines that a plan may change: pins, and other requirements, of files, constraints or a lockfile."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from packaging.specifiers import SpecifierSet

from trueup.configuration import Policy
from trueup.index.names import parsed_version
from trueup.model.evidence import Evidence
from trueup.model.requirement import DeclaredRequirement, LockedPackage, RequirementSet
from trueup.repair.optimum._shelf import Shelf
from trueup.resolve.terms import Specification, condition, specification

POLICY_BUMPS = "the policy allows no version bumps"
POLICY_ONLY = "the policy allows changes of other packages only"
POLICY_PROTECTED = "the policy protects the file that it stands in"
POLICY_NEW = "the policy allows no new lines"


@dataclass(frozen=True)
class Line:
    """All lines that give one name one version, on the same targets.

    `version` is the exact version as the index writes it; None where the line leaves a choice, which `specification`
    limits. `required` tells a requirement from a constraint or an undeclared package of a lockfile. `targets` are the
    places of the targets on which it applies. `forbidden` says why the policy keeps it as it is.
    """

    key: str
    name: str
    version: str | None
    specification: Specification
    required: bool
    direct: bool
    targets: tuple[int, ...]
    extras: Mapping[int, frozenset[str]]
    members: tuple[DeclaredRequirement, ...]
    forbidden: str = ""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Where it stands."""
        return tuple(dict.fromkeys(one.evidence for one in self.members))

    @property
    def file(self) -> str:
        """The file that a change touches."""
        return self.members[0].evidence.path or self.members[0].evidence.text


@dataclass(frozen=True)
class Lines:
    """Every line that applies anywhere, and the set that they make; names that are not taken from the index."""

    requirements: RequirementSet
    lines: tuple[Line, ...]
    external: frozenset[str]
    locked: bool = False
    at: Mapping[tuple[str, int], tuple[Line, ...]] = field(default_factory=dict)
    """The lines on a name on a target."""

    def changed(self, shelf: Shelf, versions: Mapping[str, str], added: Mapping[str, str]) -> RequirementSet:
        """The set with some lines at other versions (by the line's key) and some lines added (by name)."""
        new: dict[int, DeclaredRequirement] = {}
        for line in self.lines:
            version = versions.get(line.key)
            if version is not None:
                new.update({id(one): _moved(shelf, one, version) for one in line.members})
        requirements = [new.get(id(one), one) for one in self.requirements.requirements]
        for name, version in added.items():
            evidence = Evidence.given(f"{name}=={version} is added")
            requirements.append(_moved(shelf, DeclaredRequirement(name, SpecifierSet(), evidence), version))
        constraints = tuple(new.get(id(one), one) for one in self.requirements.constraints)
        return replace(self.requirements, requirements=tuple(requirements), constraints=constraints)


def _moved(shelf: Shelf, one: DeclaredRequirement, version: str) -> DeclaredRequirement:
    hashes: tuple[str, ...] = ()
    if one.hashes:
        files = shelf.project(one.name).files(version)
        hashes = tuple(f"{algorithm}:{digest}" for file in files for algorithm, digest in file.hashes)
    return replace(one, specifier=SpecifierSet(f"=={version}"), hashes=hashes)


def read_lines(requirements: RequirementSet, shelf: Shelf, policy: Policy) -> Lines:
    """The lines of a requirement set.

    Args:
        requirements: with `locked`, every package of the lockfile becomes a line: those that the project requires as
            pins, the others as constraints.
        shelf: the index and the targets.
        policy: what may not be changed.
    """
    locked = requirements.locked
    if locked is not None:
        requirements = from_lockfile(requirements, locked)
    stated = (*requirements.requirements, *requirements.constraints)
    external = frozenset(one.name for one in stated if one.url or one.local_path is not None)
    required = {one.name for one in requirements.requirements if not one.is_constraint}
    groups: dict[tuple[str, str, bool, tuple[int, ...]], list[DeclaredRequirement]] = {}
    for one in stated:
        places = tuple(
            at
            for at, view in enumerate(shelf.views)
            if one.marker is None or condition(one.marker).holds(view.environment)
        )
        if places and one.name not in external:
            constraint = one.is_constraint or any(one is other for other in requirements.constraints)
            groups.setdefault((one.name, str(one.specifier), not constraint, places), []).append(one)
    shelf.universe.load_projects(name for name, *_ in groups)
    lines = [
        _line(f"{name}#{number}", members, is_required, name in required, places, shelf, policy)
        for number, ((name, _, is_required, places), members) in enumerate(groups.items())
    ]
    at: dict[tuple[str, int], tuple[Line, ...]] = {}
    for line in sorted(lines, key=lambda line: (not line.required, line.version is None)):
        for place in line.targets:
            at[line.name, place] = (*at.get((line.name, place), ()), line)
    return Lines(replace(requirements, requires_python=None), tuple(lines), external, locked is not None, at)


def _line(
    key: str,
    members: Sequence[DeclaredRequirement],
    required: bool,
    direct: bool,
    places: tuple[int, ...],
    shelf: Shelf,
    policy: Policy,
) -> Line:
    first = members[0]
    extras = frozenset(extra for one in members for extra in one.extras)
    version = first.pinned
    return Line(
        key=key,
        name=first.name,
        version=None if version is None else shelf.written(first.name, version),
        specification=specification(first.specifier),
        required=required,
        direct=direct,
        targets=places,
        extras={place: extras if required else frozenset() for place in places},
        members=tuple(members),
        forbidden=forbidden(first.name, [one.evidence.path or "" for one in members], policy),
    )


def forbidden(name: str, paths: Sequence[str], policy: Policy) -> str:
    """Why the policy does not allow a change of a name in some files; empty where it does."""
    if not policy.version_bumps:
        return POLICY_BUMPS
    if policy.only and name not in policy.only:
        return POLICY_ONLY
    for path in paths:
        for pattern in policy.protected:
            folder = pattern.rstrip("/*")
            if fnmatch.fnmatch(path, pattern) or (folder and path.startswith(f"{folder}/")):
                return f"{POLICY_PROTECTED} ({path})"
    return ""


def from_lockfile(requirements: RequirementSet, locked: Sequence[LockedPackage]) -> RequirementSet:
    """A lockfile as pins: what the project requires at the locked versions, and the rest as constraints.

    A lockfile without a word about what is required (Pipfile.lock) requires all that it holds. A package whose version
    is none (by hand, or after a failed merge) is left out, as if the lockfile did not have it.
    """
    locked = [package for package in locked if parsed_version(package.version) is not None]
    named: dict[str, list[DeclaredRequirement]] = {}
    for one in requirements.requirements:
        if not one.is_constraint:
            named.setdefault(one.name, []).append(one)
    packages = {package.name for package in locked}
    any_direct = any(package.direct for package in locked) or bool(named.keys() & packages)
    pins: list[DeclaredRequirement] = []
    constraints: list[DeclaredRequirement] = []
    for package in locked:
        if package.source != "index":
            continue
        pin = DeclaredRequirement(
            package.name, SpecifierSet(f"=={package.version}"), package.evidence, marker=package.marker
        )
        own = named.get(package.name, [])
        if own or package.direct or not any_direct:
            pins += [replace(pin, extras=one.extras, marker=one.marker or pin.marker) for one in own] or [pin]
        else:
            constraints.append(replace(pin, is_constraint=True))
    outside = [one for one in requirements.requirements if one.name not in packages or one.url or one.local_path]
    return replace(requirements, requirements=(*pins, *outside), constraints=tuple(constraints), locked=None)
