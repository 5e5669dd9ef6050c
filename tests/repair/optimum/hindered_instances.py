"""Small random projects with what makes repairs harder: lockfiles, versions and pairs that fail at start, a policy."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.repair.optimum.instances import Instance, instance
from tests.repair.optimum.world import Clash, Fails
from tests.resolve.fake_index import FakeIndex, requirement
from trueup.model.evidence import Evidence
from trueup.model.requirement import DeclaredRequirement, LockedPackage, RequirementSet
from trueup.model.target import Target
from trueup.resolve.resolver import resolve

Versions = frozenset[tuple[str, str]]


def hindered(seed: int) -> Instance:
    """The random project of a seed, with one or more hindrances."""
    dice = random.Random(f"hindered {seed}")
    one = instance(seed)
    kinds = dice.sample(("lock", "fails", "clash", "policy"), dice.choice((1, 1, 2, 3)))
    if "lock" in kinds:
        one = replace(one, requirements=_locked(dice, one))
    released = [(name, version) for name, project in one.index.projects.items() for version in project.by_version]
    if "fails" in kinds:
        one = replace(one, fails=_failing(frozenset(dice.sample(released, min(len(released), dice.randint(1, 3))))))
    if "clash" in kinds and len(one.index.projects) > 1:
        first, second = dice.sample(sorted(one.index.projects), 2)
        one = replace(one, clash=_clashing(_some(dice, one.index, first), _some(dice, one.index, second)))
    if "policy" in kinds:
        names = sorted({item.name for item in one.requirements.requirements})
        one = replace(one, kept=frozenset(dice.sample(names, min(len(names), dice.choice((1, 1, 2))))))
    return one


def kinds(one: Instance) -> set[str]:
    """What makes an instance harder."""
    plain = instance(0)
    found = {"lock"} if one.requirements.locked is not None else set()
    found |= {"fails"} if one.fails is not plain.fails else set()
    found |= {"clash"} if one.clash is not plain.clash else set()
    return found | ({"policy"} if one.kept else set())


def _locked(dice: random.Random, one: Instance) -> RequirementSet:
    """A lockfile as it was made for the older Python, or one that has been edited by hand since."""
    free = [requirement(item.name, number, "pyproject.toml") for number, item in enumerate(_asked(one), 1)]
    loose = RequirementSet(tuple(free))
    found = resolve(loose, Target("3.12"), one.index).distributions
    versions = {item.name: item.version for item in found if item.version}
    for name, project in one.index.projects.items():
        old = [version for version in project.by_version if dice.random() < 0.7]
        if old and (name in versions or dice.random() < 0.2) and dice.random() < 0.6:
            versions[name] = dice.choice(old)
    flagged = dice.random() < 0.5
    packages = tuple(
        LockedPackage(
            name,
            version,
            Evidence.found("uv.lock", number, f'name = "{name}"'),
            direct=flagged and any(item.name == name for item in free),
        )
        for number, (name, version) in enumerate(sorted(versions.items()), 1)
    )
    return replace(loose, locked=packages)


def _asked(one: Instance) -> list[DeclaredRequirement]:
    return list({item.name: item for item in one.requirements.requirements}.values())


def _failing(versions: Versions) -> Fails:
    def fails(name: str, version: str, target: Target) -> bool:
        return (name, version) in versions

    return fails


def _some(dice: random.Random, index: FakeIndex, name: str) -> Versions:
    versions = sorted(index.projects[name].by_version)
    return frozenset((name, version) for version in dice.sample(versions, dice.randint(1, len(versions))))


def _clashing(firsts: Versions, seconds: Versions) -> Clash:
    def clash(versions: Mapping[str, str], target: Target) -> Iterator[tuple[str, str]]:
        first = next((name for name, version in versions.items() if (name, version) in firsts), None)
        second = next((name for name, version in versions.items() if (name, version) in seconds), None)
        if first is not None and second is not None:
            yield first, second

    return clash
