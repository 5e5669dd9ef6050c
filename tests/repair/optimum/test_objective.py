"""The order of what is minimised: for each two neighbours, a project on which the other order gives another plan."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import fields

import pytest

from tests.repair.optimum.check_certificate import check
from tests.resolve.fake_index import CP, FakeIndex, requirement, requirement_set
from trueup.configuration import Policy
from trueup.model.repair import Cost
from trueup.model.requirement import RequirementSet
from trueup.model.target import Target
from trueup.repair.optimum import BumpPlan, _vector, minimal_bumps
from trueup.repair.optimum._plan import FIELDS

PY313 = Target("3.13")
OLD = (CP.format("312"),)
C_SOURCES = {"setup.py": "from setuptools import Extension\nsetup(ext_modules=[Extension('a', ['a.c'])])", "a.c": ""}
Project = tuple[RequirementSet, FakeIndex]
Moves = dict[str, str]


def unsatisfied_or_compiled() -> Project:
    """No file of lib 1.0 fits, and 1.1 has to be compiled."""
    index = FakeIndex().add("lib", "1.0", wheels=OLD).add("lib", "1.1", wheels=(), sdist_members=C_SOURCES)
    return requirement_set("lib==1.0"), index


def compiled_or_back_over_a_major() -> Project:
    """Here lib 2.0 has to be compiled, and only 1.0 has a wheel."""
    index = FakeIndex().add("lib", "2.0", wheels=OLD, sdist_members=C_SOURCES).add("lib", "1.0")
    return requirement_set("lib==2.0"), index


def back_over_a_major_or_two_pins() -> Project:
    """Here lib goes back to 0.9 alone, or forward together with app."""
    index = FakeIndex().add("lib", "0.9").add("lib", "1.0", wheels=OLD).add("lib", "2.0")
    return requirement_set("lib==1.0", "app==1.0"), index.add("app", "1.0", "lib<2").add("app", "1.1", "lib")


def two_pins_or_one_back() -> Project:
    """Here lib goes back by a minor version alone, or forward together with app."""
    index = FakeIndex().add("lib", "1.0").add("lib", "1.1", wheels=OLD).add("lib", "1.2")
    return requirement_set("lib==1.1", "app==1.0"), index.add("app", "1.0", "lib<1.2").add("app", "1.1", "lib")


def back_or_other_versions() -> Project:
    """Here lib goes back, or forward with what it needs."""
    index = FakeIndex().add("lib", "1.0", "dep==1").add("lib", "1.1", "dep==1", wheels=OLD)
    return requirement_set("lib==1.1"), index.add("lib", "1.2", "dep==2").add("dep", "1").add("dep", "2")


def other_versions_or_a_major() -> Project:
    """Here lib goes over a major version alone, or over a minor one with what it needs."""
    index = FakeIndex().add("lib", "1.0", "dep==1", wheels=OLD).add("lib", "1.1", "dep==2").add("lib", "2.0", "dep==1")
    return requirement_set("lib==1.0"), index.add("dep", "1").add("dep", "2")


def a_major_or_nine_minors() -> Project:
    """2.0 is one major version away, 1.9 nine minor ones."""
    index = FakeIndex().add("lib", "1.0", wheels=OLD).add("lib", "1.9").add("lib", "2.0")
    return requirement_set("lib==1.0"), index


def two_minors_or_five_releases() -> Project:
    """One of two that conflict has a release in the next minor version but one; the other has five on its way."""
    index = FakeIndex().add("long", "1.0").add("long", "1.1").add("short", "1.0", "long>=1.1").add("short", "1.2")
    for patch in range(1, 6):
        index.add("long", f"1.0.{patch}")
    return requirement_set("long==1.0", "short==1.0"), index


def three_releases_or_two_files() -> Project:
    """One of two that conflict stands in the file that is touched anyway, and moves farther."""
    index = FakeIndex().add("sure", "1.0", wheels=OLD).add("sure", "1.1")
    index.add("near", "1.0").add("near", "1.0.1").add("far", "1.0.3")
    for version in ("1.0", "1.0.1", "1.0.2"):
        index.add("far", version, "near>=1.0.1")
    lines = ("sure==1.0", "far==1.0")
    own = tuple(requirement(line, number) for number, line in enumerate(lines, 1))
    return RequirementSet((*own, requirement("near==1.0", path="more.txt")), files=("requirements.txt",)), index


CASES: tuple[tuple[Callable[[], Project], Moves, Moves], ...] = (
    (unsatisfied_or_compiled, {"lib": "1.1"}, {}),
    (compiled_or_back_over_a_major, {"lib": "1.0"}, {}),
    (back_over_a_major_or_two_pins, {"lib": "2.0", "app": "1.1"}, {"lib": "0.9"}),
    (two_pins_or_one_back, {"lib": "1.0"}, {"lib": "1.2", "app": "1.1"}),
    (back_or_other_versions, {"lib": "1.2"}, {"lib": "1.0"}),
    (other_versions_or_a_major, {"lib": "2.0"}, {"lib": "1.1"}),
    (a_major_or_nine_minors, {"lib": "1.9"}, {"lib": "2.0"}),
    (two_minors_or_five_releases, {"long": "1.1"}, {"short": "1.2"}),
    (three_releases_or_two_files, {"sure": "1.1", "near": "1.0.1"}, {"sure": "1.1", "far": "1.0.3"}),
)
"""For each two neighbours in the order: a project, the right plan, and the plan where the two are swapped."""


def solved(make: Callable[[], Project]) -> BumpPlan:
    requirements, index = make()
    return minimal_bumps(requirements, (PY313,), index, Policy(), timeout=10)


def moves(plan: BumpPlan) -> Moves:
    return {change.name: change.to_version for change in plan.changes if change.direct}


def swap(patch: pytest.MonkeyPatch, one: int, other: int) -> None:
    order = list(FIELDS)
    order[one], order[other] = order[other], order[one]
    shifts = {name: _vector.WIDTH * (len(order) - 1 - place) for place, name in enumerate(order)}
    patch.setattr(_vector, "_SHIFTS", shifts)


def test_the_order_is_the_documented_one() -> None:
    assert [item.name for item in fields(Cost)] == list(FIELDS)
    assert FIELDS == (
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


@pytest.mark.parametrize("level", range(len(FIELDS) - 1), ids=lambda level: f"{FIELDS[level]}-{FIELDS[level + 1]}")
def test_each_level_comes_before_the_next(level: int, monkeypatch: pytest.MonkeyPatch) -> None:
    make, right, swapped = CASES[level]
    plan = solved(make)
    requirements, index = make()
    assert moves(plan) == right
    assert plan.proven
    assert check(plan, requirements, (PY313,), index) == []
    swap(monkeypatch, level, level + 1)
    assert moves(solved(make)) == swapped


@pytest.mark.parametrize("one", range(len(FIELDS) - 1))
def test_no_two_levels_can_be_swapped_unseen(one: int) -> None:
    for other in range(one + 1, len(FIELDS)):
        with pytest.MonkeyPatch.context() as patch:
            swap(patch, one, other)
            seen = [make for make, right, _ in CASES if moves(solved(make)) != right]
        assert seen, f"{FIELDS[one]} and {FIELDS[other]}"


def test_every_case_is_used() -> None:
    assert len(CASES) == len(FIELDS) - 1
    assert len({make for make, _, _ in CASES}) == len(CASES)
    assert all(right != swapped for _, right, swapped in CASES)
    assert len(list(itertools.combinations(FIELDS, 2))) == 45
