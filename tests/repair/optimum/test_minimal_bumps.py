"""What the optimizer does with lines of all kinds, policies, and time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from tests.repair.optimum.check_certificate import check
from tests.resolve.fake_index import CP, FakeIndex, requirement, requirement_set
from trueup.configuration import Policy
from trueup.model.evidence import Evidence
from trueup.model.requirement import IndexOptions, LockedPackage, RequirementSet
from trueup.model.target import Target
from trueup.repair.optimum import BumpPlan, _optimizer, minimal_bumps

PY312, PY313 = Target("3.12"), Target("3.13")
OLD, NEW = (CP.format("312"),), (CP.format("312"), CP.format("313"))
C_SOURCES = {"setup.py": "from setuptools import Extension\nsetup(ext_modules=[Extension('a', ['a.c'])])", "a.c": ""}


def solved(
    requirements: RequirementSet,
    index: FakeIndex,
    *targets: Target,
    policy: Policy | None = None,
    kept: tuple[str, ...] = (),
) -> BumpPlan:
    plan = minimal_bumps(requirements, targets or (PY313,), index, policy or Policy(), timeout=10)
    if plan.proven:
        assert check(plan, requirements, targets or (PY313,), index, frozenset(kept)) == []
    return plan


def told(plan: BumpPlan) -> list[tuple[str, str | None, str]]:
    return [(one.name, one.from_version, one.to_version) for one in plan.changes]


def library(name: str = "lib") -> FakeIndex:
    """1.0 blocks on 3.13; 1.1 and later do not."""
    index = FakeIndex().add(name, "1.0", wheels=OLD, sdist_members=C_SOURCES)
    return index.add(name, "1.1", wheels=NEW).add(name, "2.0", wheels=NEW)


def test_nothing_to_do() -> None:
    plan = solved(requirement_set("lib==1.1"), library())
    assert plan.changes == ()
    assert plan.proven
    assert "rule out" in str(plan.certificate)


def test_nearest_version_with_a_wheel() -> None:
    plan = solved(requirement_set("lib==1.0"), library())
    assert told(plan) == [("lib", "1.0", "1.1")]
    assert plan.proven
    assert plan.changes[0].evidence[0].place == "requirements.txt:1"
    assert "no wheel for Python 3.13" in plan.changes[0].evidence[1].text


def test_yanked_and_pre_releases_are_no_repair() -> None:
    index = FakeIndex().add("lib", "1.0", wheels=OLD).add("lib", "1.1", wheels=NEW, yanked="broken")
    index.add("lib", "1.2rc1", wheels=NEW).add("lib", "1.3", wheels=NEW)
    assert told(solved(requirement_set("lib==1.0"), index)) == [("lib", "1.0", "1.3")]


def test_a_pin_of_a_pre_release_may_move_to_one() -> None:
    index = FakeIndex().add("lib", "1.0b1", wheels=OLD).add("lib", "1.0b2", wheels=NEW)
    assert told(solved(requirement_set("lib==1.0b1"), index)) == [("lib", "1.0b1", "1.0b2")]


def test_a_yanked_pin_that_installs_stays() -> None:
    index = library().add("old", "1.0", wheels=NEW, yanked="oops")
    assert told(solved(requirement_set("lib==1.0", "old==1.0"), index)) == [("lib", "1.0", "1.1")]


def test_inert_pins_are_not_touched() -> None:
    lines = requirement_set('lib==1.0 ; python_version < "3.13"', 'lib==1.1 ; python_version >= "3.13"')
    assert solved(lines, library()).changes == ()
    lines = requirement_set('lib==1.0 ; sys_platform == "win32"', "other==1")
    assert solved(lines, library().add("other", "1")).changes == ()


def test_one_line_of_two_moves() -> None:
    lines = requirement_set('lib==1.0 ; python_version < "3.13"', 'lib==1.0 ; python_version >= "3.13"')
    plan = solved(lines, library(), PY312, PY313)
    assert told(plan) == [("lib", "1.0", "1.1")]
    assert plan.changes[0].evidence[0].place == "requirements.txt:2"


def test_one_pin_serves_all_targets() -> None:
    index = FakeIndex().add("lib", "1.0", wheels=OLD).add("lib", "1.1", wheels=(CP.format("313"),))
    index.add("lib", "1.2", wheels=NEW)
    assert told(solved(requirement_set("lib==1.0"), index, PY313)) == [("lib", "1.0", "1.1")]
    assert told(solved(requirement_set("lib==1.0"), index, PY312, PY313)) == [("lib", "1.0", "1.2")]


def test_forward_over_a_major_version_before_back() -> None:
    index = FakeIndex().add("lib", "0.9").add("lib", "1.0", wheels=OLD, sdist_members=C_SOURCES).add("lib", "3.0")
    assert told(solved(requirement_set("lib==1.0"), index)) == [("lib", "1.0", "3.0")]


def test_two_changes_rather_than_one_back_over_a_major_version() -> None:
    index = FakeIndex().add("lib", "0.9").add("lib", "1.0", wheels=OLD).add("lib", "2.0")
    index.add("app", "1.0", "lib<2").add("app", "1.1", "lib")
    plan = solved(requirement_set("lib==1.0", "app==1.0"), index)
    assert told(plan) == [("lib", "1.0", "2.0"), ("app", "1.0", "1.1")]


def test_a_transitive_blocker_moves_its_parent() -> None:
    index = library().add("app", "1.0", "lib==1.0").add("app", "1.1", "lib==1.0").add("app", "1.2", "lib==1.1")
    plan = solved(requirement_set("app==1.0"), index)
    assert told(plan) == [("app", "1.0", "1.2"), ("lib", "1.0", "1.1")]
    assert [change.direct for change in plan.changes] == [True, False]
    assert (plan.cost.direct, plan.cost.transitive) == (1, 1)


def test_extras_bring_needs_of_their_own() -> None:
    index = library().add("app", "1.0", 'lib==1.0; extra == "fast"').add("app", "1.1", 'lib==1.1; extra == "fast"')
    index.add("web", "1", "app[fast]")
    assert told(solved(requirement_set("app==1.0"), index)) == []
    assert told(solved(requirement_set("app[fast]==1.0"), index))[0] == ("app", "1.0", "1.1")
    assert told(solved(requirement_set("app==1.0", "web==1"), index))[0] == ("app", "1.0", "1.1")


def test_what_pip_chooses_anew_is_drift_and_no_change() -> None:
    index = library("app").add("free", "1.0").add("free", "2.0")
    index.core["app-1.0-" + OLD[0] + ".whl"] = replace(
        index.core["app-1.0-" + OLD[0] + ".whl"], requires_dist=("free<2",)
    )
    for version in ("1.1", "2.0"):
        for tags in NEW:
            name = f"app-{version}-{tags}.whl"
            index.core[name] = replace(index.core[name], requires_dist=("free",))
    plan = solved(requirement_set("app==1.0"), index)
    assert told(plan) == [("app", "1.0", "1.1")]
    assert [(one.name, one.from_version, one.to_version) for one in plan.drift] == [("free", "1.0", "2.0")]
    assert plan.cost.transitive == 0


def test_a_line_without_a_version_is_pinned_only_where_pips_choice_is_no_good() -> None:
    index = FakeIndex().add("lib", "1.0", wheels=NEW).add("lib", "1.1", wheels=OLD, sdist_members=C_SOURCES)
    plan = solved(requirement_set("lib>=1"), index)
    assert told(plan) == [("lib", None, "1.0")]
    newer = FakeIndex().add("lib", "1.0", wheels=NEW).add("lib", "1.2", wheels=NEW)
    assert solved(requirement_set("lib>=1"), newer).changes == ()


def test_a_line_is_added_only_where_nothing_else_helps() -> None:
    index = FakeIndex().add("lib", "1.0", wheels=NEW).add("lib", "1.1", wheels=OLD, sdist_members=C_SOURCES)
    index.add("app", "1.0", "lib")
    plan = solved(requirement_set("app==1.0"), index)
    assert told(plan) == [("lib", None, "1.0")]
    assert not plan.proven
    assert plan.cost.direct == 1
    plan = solved(requirement_set("app==1.0"), index, policy=Policy(new_dependencies=False))
    assert plan.changes == ()
    assert [one.name for one in plan.unsatisfied] == ["lib"]


def test_constraints_are_pins_too() -> None:
    index = library().add("app", "1.0", "lib")
    plan = solved(requirement_set("app==1.0", constraints=["lib==1.0"]), index)
    assert told(plan) == [("lib", "1.0", "1.1")]
    assert (plan.cost.direct, plan.cost.transitive) == (0, 1)
    assert plan.changes[0].evidence[0].place == "constraints.txt:1"


def locked(name: str, version: str, *needs: str, direct: bool = False) -> LockedPackage:
    evidence = Evidence.found("uv.lock", 1, f'name = "{name}"')
    return LockedPackage(
        name, version, evidence, dependencies=tuple((need, None, frozenset()) for need in needs), direct=direct
    )


def test_lockfile_changes_no_version_that_need_not_change() -> None:
    """Pip would take the newest of what the new version leaves open; the lockfile keeps it."""
    index = library().add("app", "1.0", "lib==1.0", "free").add("app", "1.1", "lib==1.1", "free")
    index.add("free", "1.0").add("free", "2.0")
    packages = (locked("app", "1.0", "lib", "free", direct=True), locked("lib", "1.0"), locked("free", "1.0"))
    requirements = RequirementSet((requirement("app>=1", path="pyproject.toml"),), locked=packages)
    plan = solved(requirements, index)
    assert told(plan) == [("app", "1.0", "1.1"), ("lib", "1.0", "1.1")]
    assert [change.direct for change in plan.changes] == [True, False]
    assert plan.drift == ()
    assert plan.proven


def test_a_locked_version_that_is_none_is_read_as_if_it_were_not_there() -> None:
    packages = (locked("app", "what?", direct=True), locked("lib", "1.0", direct=True), locked("gone", ""))
    requirements = RequirementSet((requirement("app>=1"), requirement("lib")), locked=packages)
    plan = solved(requirements, library().add("app", "1.0"))
    assert told(plan) == [("lib", "1.0", "1.1")]
    assert plan.proven


def test_hashes_are_renewed() -> None:
    index = FakeIndex().add("lib", "1.0", wheels=OLD, sha256="aa").add("lib", "1.1", wheels=NEW, sha256="bb")
    plan = solved(requirement_set("lib==1.0 --hash=sha256:aa", options=IndexOptions(require_hashes=True)), index)
    assert told(plan) == [("lib", "1.0", "1.1")]


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (Policy(version_bumps=False), "the policy allows no version bumps"),
        (Policy(only=("other",)), "the policy allows changes of other packages only"),
        (Policy(protected=("require*.txt",)), "the policy protects the file that it stands in (requirements.txt)"),
    ],
)
def test_what_the_policy_forbids_is_held_back(policy: Policy, reason: str) -> None:
    plan = solved(requirement_set("lib==1.0"), library(), policy=policy, kept=("lib",))
    assert plan.changes == ()
    assert plan.held_back == (("Move lib 1.0 to 1.1 (requirements.txt:1)", reason),)
    assert [one.name for one in plan.unsatisfied] == ["lib"]
    assert plan.proven


def test_policy_leaves_another_way() -> None:
    """Only the app may move, so it moves to a version that does without the blocker."""
    index = library().add("app", "1.0", "lib").add("app", "2.0")
    lines = requirement_set("app==1.0", "lib")
    assert solved(lines, index).changes == ()
    lines = requirement_set("app==1.0", constraints=["lib==1.0"])
    plan = solved(lines, index, policy=Policy(only=("app",)), kept=("lib",))
    assert told(plan) == [("app", "1.0", "2.0")]
    assert plan.held_back == ()


def test_versions_that_fail_together_are_no_repair() -> None:
    index = library().add("client", "1.0").add("client", "1.1")

    def clashes(versions: Mapping[str, str], target: Target) -> Iterable[tuple[str, str]]:
        if versions.get("lib") in ("1.1", "2.0") and versions.get("client") == "1.0":
            yield "client", "lib"

    requirements = requirement_set("lib==1.0", "client==1.0")
    plan = minimal_bumps(requirements, (PY313,), index, Policy(), timeout=10, clashes=clashes)
    assert plan.proven
    assert told(plan) == [("lib", "1.0", "1.1"), ("client", "1.0", "1.1")]
    assert check(plan, requirements, (PY313,), index, clash=clashes) == []
    assert "fail together" in plan.changes[1].evidence[-1].text


def test_what_cannot_be_satisfied_is_told() -> None:
    index = library().add("app", "1.0", "lib>=3")
    plan = solved(requirement_set("app==1.0", "lib==1.1"), index)
    assert plan.changes == ()
    assert plan.cost.unsatisfied == 1
    assert plan.unsatisfied[0].name == "lib"
    assert "app 1.0 requires lib>=3" in plan.unsatisfied[0].reason


def test_no_time_no_proof() -> None:
    plan = minimal_bumps(requirement_set("lib==1.0"), (PY313,), library(), Policy(), timeout=0)
    assert not plan.proven
    assert "time" in plan.reason
    assert [one.name for one in plan.unsatisfied] == ["lib"]


def test_what_is_known_is_told_where_the_proof_stops() -> None:
    """Every app could do with an old middle, and pip takes the new one, which brings what has to be compiled."""
    index = FakeIndex().add("middle", "1.0").add("middle", "2.0", "bad")
    index.add("bad", "1.0", wheels=OLD, sdist_members=C_SOURCES).add("app", "1.0", wheels=OLD, sdist_members=C_SOURCES)
    for number in range(1, 31):
        index.add("app", f"1.{number}", "middle")
    requirements = requirement_set("app==1.0")
    policy = Policy(new_dependencies=False)
    plan = minimal_bumps(requirements, (PY313,), index, policy, timeout=10)
    assert not plan.proven
    assert plan.cost.compilations == 1
    assert plan.reason.startswith("pip chooses versions by itself here")
    assert plan.reason.endswith("(at least 0 of the distributions left to compile are certain, and this plan has 1)")
    assert (plan.certificate.bound.compilations, plan.certificate.bound.direct) == (0, 1)
    assert {fact.kind for fact in plan.certificate.facts} == {"seen"} or plan.certificate.facts
    assert check(plan, requirements, (PY313,), index) == []


def test_other_versions_are_counted_without_guesses() -> None:
    """That pip would take the new helper was a guess: the anchor that only app 2.0 brings keeps the old one.

    The guess makes one more change of it; of pip's own choice, `free` and `loose` change without need.
    """
    index = FakeIndex().add("middle", "1.0").add("middle", "2.0", "bad")
    index.add("bad", "1.0", wheels=OLD, sdist_members=C_SOURCES)
    index.add("app", "1.0", "helper<2", "free<2", "loose<2", wheels=OLD, sdist_members=C_SOURCES)
    for number in range(1, 10):
        index.add("app", f"1.{number}", "middle", "helper")
    index.add("app", "2.0", "anchor", "helper", "free", "loose").add("anchor", "1.0").add("anchor", "2.0", "helper<2")
    for name in ("helper", "free", "loose"):
        index.add(name, "1.0").add(name, "2.0")
    requirements = requirement_set("app==1.0")
    plan = minimal_bumps(requirements, (PY313,), index, Policy(new_dependencies=False), timeout=10)
    assert told(plan) == [("app", "1.0", "2.0"), ("anchor", None, "2.0")]
    assert plan.cost.transitive == 1
    assert sorted(one.name for one in plan.drift) == ["free", "loose"]
    assert plan.reason.startswith("pip chooses versions by itself here")
    assert check(plan, requirements, (PY313,), index) == []


def test_pip_takes_the_newest_of_a_line_without_a_version_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """That it takes app 2.0 is learnt after a few tries, not after moving all that has nothing to do with it."""
    monkeypatch.setattr(_optimizer, "MOST_TRIALS", 12)
    index = FakeIndex().add("app", "1.0").add("app", "2.0", "middle").add("middle", "1.0", "bad")
    index.add("bad", "1.0", wheels=OLD, sdist_members=C_SOURCES)
    others = [f"other{number}" for number in range(6)]
    for name in others:
        for minor in range(5):
            index.add(name, f"1.{minor}", "shared")
    index.add("shared", "1.0")
    requirements = requirement_set("app", *others)
    plan = minimal_bumps(requirements, (PY313,), index, Policy(new_dependencies=False), timeout=10)
    assert told(plan) == [("app", None, "1.0")]
    assert plan.unsatisfied == ()
    assert check(plan, requirements, (PY313,), index) == []


def test_an_index_that_does_not_answer_leaves_no_proof() -> None:
    index = library()
    index.down["gone"] = "the server did not answer"
    plan = solved(requirement_set("lib==1.0", "gone==1"), index)
    assert told(plan) == [("lib", "1.0", "1.1")]
    assert not plan.proven
    assert "the server did not answer" in plan.reason
