"""Small random projects with their index, and the best plan by trying every one."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tests.repair.optimum.world import (
    Clash,
    Fails,
    Row,
    World,
    added,
    distance,
    never_fails,
    no_pairs,
    parsed,
    world_of,
)
from tests.resolve.fake_index import CP, FakeIndex, requirement_set
from trueup.model.requirement import RequirementSet
from trueup.model.target import Target

PYTHONS = ("3.12", "3.13")
VERSIONS = ("1.0", "1.1", "2.0", "2.1")
SPECIFIERS = ("", "", ">=1.1", "<2", "==1.0", "==2.0", ">=2", "!=1.1", "~=1.0")
MARKERS = ("", "", "", '; python_version >= "3.13"', '; python_version < "3.13"')
NEW_LIBC = "cp313-cp313-manylinux_2_34_x86_64"
C_SOURCES = {"setup.py": "from setuptools import Extension\nsetup(ext_modules=[Extension('a', ['a.c'])])", "a.c": ""}


@dataclass(frozen=True)
class Instance:
    """A project, its index, what fails at start, and the names whose lines the policy does not let move."""

    requirements: RequirementSet
    targets: tuple[Target, ...]
    index: FakeIndex
    kept: frozenset[str] = frozenset()
    fails: Fails = never_fails
    clash: Clash = no_pairs

    @property
    def world(self) -> World:
        """The instance as the checker asks about it."""
        return world_of(self.requirements, self.targets, self.index, self.kept, self.fails, self.clash)


WHEELS = (("py3-none-any",), ("py3-none-any",), (CP.format("312"),), (CP.format("312"), CP.format("313")))
SPREAD_WHEELS = (
    ("py3-none-any",),
    (CP.format("313"),),
    (NEW_LIBC,),
    (CP.format("313"), CP.format("313").replace("x86_64", "aarch64")),
)
SPREAD = (
    Target("3.13", libc_version="2.31"),
    Target("3.13", libc_version="2.36"),
    Target("3.13", libc_version="2.41"),
    Target("3.13", arch="aarch64"),
)
"""Targets with one Python, on which the same versions may be fine or not."""


def spread(seed: int) -> Instance:
    """A random project on several targets with the same Python, with wheels that fit some of them only."""
    one = instance(seed, SPREAD_WHEELS)
    dice = random.Random(f"spread {seed}")
    return replace(one, targets=tuple(dice.sample(SPREAD, dice.randint(2, 4))))


def instance(seed: int, wheels: Sequence[tuple[str, ...]] = WHEELS) -> Instance:
    """A random project: one to four lines, up to two distributions that they bring, one or two targets.

    A version has the wheels (by tags) of one of `wheels`.
    """
    dice = random.Random(seed)
    index = FakeIndex()
    declared = ["a", "b", "c", "d"][: dice.randint(1, 4 if seed % 4 == 0 else 3)]
    others = ["x", "y"][: dice.randint(0, 2)]
    for name in (*declared, *others):
        for version in dice.sample(VERSIONS, dice.randint(2, 3 if len(declared) > 3 else 4)):
            _release(dice, index, name, version, declared, others, dice.choice(wheels))
    lines = [_line(dice, index, name) for name in declared]
    constraints = [f"{name}=={dice.choice(VERSIONS)}" for name in others if dice.random() < 0.15]
    places = dice.choice([PYTHONS[1:], PYTHONS, PYTHONS[:1]])
    targets = tuple(Target(python) for python in places)
    return Instance(requirement_set(*lines, constraints=constraints), targets, index)


def _release(
    dice: random.Random,
    index: FakeIndex,
    name: str,
    version: str,
    declared: Sequence[str],
    others: Sequence[str],
    wheels: tuple[str, ...],
) -> None:
    possible = [other for other in (*declared, *others) if other != name and (name not in others or other in others)]
    needs = [f"{other}{dice.choice(SPECIFIERS)}{dice.choice(MARKERS)}" for other in possible if dice.random() < 0.3]
    index.add(
        name,
        version,
        *needs,
        wheels=wheels,
        sdist_members=C_SOURCES if dice.random() < 0.7 else None,
        yanked="broken" if dice.random() < 0.06 else None,
    )


def _line(dice: random.Random, index: FakeIndex, name: str) -> str:
    roll = dice.random()
    marker = dice.choice(MARKERS) if dice.random() < 0.3 else ""
    if roll < 0.85:
        return f"{name}=={dice.choice(tuple(index.projects[name].by_version))} {marker}"
    return f"{name}{dice.choice(SPECIFIERS)} {marker}"


def one_index(world: World) -> FakeIndex:
    """The index of a world, as the tests made it."""
    assert isinstance(world.index, FakeIndex)
    return world.index


# -- brute force -------------------------------------------------------------------------------------------------------


def best_cost(one: Instance) -> Row:
    """The least cost of all plans, by trying every one: only for instances of a few lines and versions."""
    world = one.world
    base = world.sets()
    best: Row | None = None
    for row, changed in sorted(_plans(world, base), key=lambda plan: plan[0]):
        if best is not None and (0, 0, *row[2:5]) > best[:5]:
            continue
        requirements = world.changed({}, changed)
        failed, compiled = world.trouble(world.forecasts(requirements))
        lines = (*world.requirements.requirements, *world.requirements.constraints)
        files = len({line.evidence.path for line in lines if id(line) in changed})
        real = (len(failed), len(compiled), *row[2:9], files)
        if best is None or real < best:
            moved = _least_moved(world, requirements, base, len(failed), len(compiled))
            if moved is None:
                continue
            real = (*real[:5], real[5] + moved, *real[6:])
            best = real if best is None else min(best, real)
    assert best is not None
    return best


def _plans(world: World, base: Sequence[Mapping[str, str]]) -> Iterator[tuple[Row, dict[int, str]]]:
    """Every way to move lines, with what the moves cost."""
    lines = (*world.requirements.requirements, *world.requirements.constraints)
    options: list[list[tuple[Row, int, str | None]]] = []
    targets = world.targets
    for line in lines:
        places = [at for at in range(len(world.targets)) if world.applies(line, at)]
        own: list[tuple[Row, int, str | None]] = [((0,) * 10, id(line), None)]
        start = line.pinned or next((base[at][line.name] for at in places if base[at].get(line.name)), "")
        direct = line in world.requirements.requirements
        other = [text for text in world.versions(line.name) if parsed(text) != parsed(line.pinned or "")]
        other = [text for text in other if not any(world.fails(line.name, text, targets[at]) for at in places)]
        wheels = [text for text in other if all(world.has_wheel(line.name, text, at) for at in places)]
        sdists = [text for text in other if all(world.takes(line.name, text, at) for at in places)]
        for text in (wheels or sdists) if places and line.name not in world.kept else ():
            own += [(distance(world, line.name, start or text, text, direct), id(line), text)]
        options.append(own)
    for chosen in itertools.product(*options):
        total: Row = (0,) * 10
        for row, _, _ in chosen:
            total = added(total, row)
        yield total, {key: text for _, key, text in chosen if text is not None}


def _least_moved(
    world: World, requirements: RequirementSet, base: Sequence[Mapping[str, str]], failed: int, compiled: int
) -> int | None:
    """The least number of undeclared distributions that cannot keep their version; None where that is not asked.

    Only for plans without trouble: what a set with trouble would be is not defined.
    """
    if failed or compiled:
        return 0
    changed = replace(world, requirements=requirements, _sets=[])
    per_target = [list(_moves(changed, world, at, base[at])) for at in range(len(world.targets))]
    return min((len(frozenset().union(*choice)) for choice in itertools.product(*per_target)), default=None)


def _moves(changed: World, world: World, at: int, base: Mapping[str, str]) -> set[frozenset[str]]:
    """For each complete set on a target: the undeclared names that differ from the unrepaired set."""
    names = sorted({line.name for line in changed.requirements.requirements if changed.applies(line, at)})
    extra = [name for name in one_index(world).projects if name not in names]
    found = set()
    choices = [[text for text in world.versions(name) if world.usable(name, text, at)] for name in names]
    choices += [["-", *(text for text in world.versions(name) if world.usable(name, text, at))] for name in extra]
    for versions in itertools.product(*choices):
        chosen = dict(zip((*names, *extra), versions, strict=True))
        if _is_complete(changed, at, chosen):
            free = (name for name in extra if not world.lines(name, at))
            found.add(frozenset(name for name in free if chosen[name] not in ("-", base.get(name))))
    return found


def _is_complete(changed: World, at: int, chosen: Mapping[str, str]) -> bool:
    for line in (*changed.requirements.requirements, *changed.requirements.constraints):
        version = chosen.get(line.name, "-")
        if version != "-" and changed.applies(line, at) and not line.specifier.contains(version, prereleases=True):
            return False
    for name, version in chosen.items():
        if version == "-":
            continue
        if not changed.installs_wheel(name, version, at) or changed.fails(name, version, changed.targets[at]):
            return False
        for need in changed.needs(name, version, at, ""):
            other = chosen.get(need.name, "-")
            if other == "-" or not need.specifier.contains(other, prereleases=True):
                return False
    return not any(changed.clash({name: text for name, text in chosen.items() if text != "-"}, changed.targets[at]))
