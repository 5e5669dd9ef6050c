"""What must hold for any index: determinism, no meaning of the order of lines, and one result for many targets."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.resolve.fake_index import CP, FakeIndex, requirement, requirement_set
from tests.resolve.generated import Case, case
from trueup.model.distribution import Resolution
from trueup.model.requirement import DeclaredRequirement, RequirementSet
from trueup.model.target import Target
from trueup.resolve.forecast import forecast
from trueup.resolve.resolver import resolve, resolve_many

TARGETS = tuple(
    Target(python, arch, libc)
    for python in ("3.9", "3.12", "3.13")
    for arch in ("x86_64", "aarch64")
    for libc in ("glibc", "musl")
)


def many_wheels(seed: int) -> Case:
    """A case whose releases have wheels for one Python and architecture each."""
    draw = random.Random(seed)
    one = case(seed)
    tags = (
        "py3-none-any",
        CP.format("312"),
        CP.format("313"),
        "cp312-cp312-musllinux_1_2_aarch64",
        "cp39-abi3-manylinux_2_17_x86_64",
    )
    releases = tuple(type(r)(r.name, r.version, r.needs, draw.choice(tags)) for r in one.releases)
    return Case(releases, one.lines, one.constraints, one.pre)


def words(resolution: Resolution) -> object:
    """What a resolution says, apart from the lines that it cites."""
    return (
        [(one.name, one.version, one.required_by, one.selection) for one in resolution.distributions],
        sorted((one.name, sorted(side.requirement for side in one.sides)) for one in resolution.conflicts),
        sorted((one.name, one.transient) for one in resolution.unresolved),
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_order_of_lines_has_no_meaning_where_a_solution_exists(seed: int, shuffle: random.Random) -> None:
    one = case(seed)
    target = Target("3.12")
    first = resolve(requirement_set(*one.lines), target, one.index())
    again = resolve(requirement_set(*one.lines), target, one.index())
    assert first == again
    numbered = [requirement(line, number) for number, line in enumerate(one.lines, 1)]
    shuffle.shuffle(numbered)
    other = resolve(RequirementSet(tuple(numbered)), target, one.index())
    assert bool(first.conflicts) == bool(other.conflicts)
    assert {line.name for line in numbered} <= {side.name for side in other.distributions}
    if is_pinned(numbered) and not first.conflicts:
        assert words(first) == words(other)


def is_pinned(lines: list[DeclaredRequirement]) -> bool:
    return all(line.pinned for line in lines)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_many_targets_at_once_are_each_as_alone(seed: int) -> None:
    one = many_wheels(seed)
    together = resolve_many(requirement_set(*one.lines, constraints=one.constraints), TARGETS, one.index())
    for target in TARGETS:
        alone = resolve(requirement_set(*one.lines, constraints=one.constraints), target, one.index())
        assert together[target] == alone


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_every_demand_is_met_or_told(seed: int) -> None:
    one = many_wheels(seed)
    index = one.index()
    for target in (Target("3.12"), Target("3.13", "aarch64", "musl", "1.2")):
        found = resolve(requirement_set(*one.lines, constraints=one.constraints), target, index)
        told = forecast(found, index)
        names = {package.name for package in told.packages}
        assert {requirement(line).name for line in one.lines} <= names
        assert all(package.reason and package.evidence for package in told.packages)
        assert all(len(conflict.sides) >= 1 and conflict.reason for conflict in found.conflicts)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=20))
def test_nonsense_on_the_index_does_no_harm(line: str, python: str) -> None:
    index = FakeIndex().add("lib", "1", line, python=python or None, metadata_python=python or None)
    found = resolve(requirement_set("lib==1"), Target("3.12"), index)
    assert [one.name for one in found.distributions][:1]
