"""On small random projects the optimizer's plan costs what the best of all plans costs, and its certificate holds."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest

from tests.repair.optimum.check_certificate import Row, check, check_bound
from tests.repair.optimum.instances import Instance, best_cost, instance
from trueup.configuration import Policy
from trueup.repair.optimum import BumpPlan, minimal_bumps

SEEDS = range(400)
"""The instances; 1500 of them were run when this was written."""


def plan_of(one: Instance) -> BumpPlan:
    policy = Policy(new_dependencies=False)
    return minimal_bumps(one.requirements, one.targets, one.index, policy, timeout=20)


def compared(row: Row) -> Row:
    """What brute force can tell: where trouble stays, what else changes depends on how pip explains it."""
    return row if row[:2] == (0, 0) else row[:5]


@pytest.mark.parametrize("block", range(0, len(SEEDS), 50))
def test_costs_what_the_best_of_all_plans_costs(block: int) -> None:
    unproven = 0
    for seed in SEEDS[block : block + 50]:
        one = instance(seed)
        plan = plan_of(one)
        best = compared(best_cost(one))
        if plan.proven:
            assert compared(astuple(plan.cost)) == best, f"seed {seed}"
        else:
            unproven += 1
            assert compared(astuple(plan.cost)) >= best, f"seed {seed}"
        assert check(plan, one.requirements, one.targets, one.index) == [], f"seed {seed}"
    assert unproven <= 5


def test_instances_are_worth_it() -> None:
    """Many need changes, several of them more than one, and some cannot be satisfied."""
    costs = [plan_of(instance(seed)).cost for seed in range(150)]
    assert sum(cost.direct >= 1 for cost in costs) > 50
    assert sum(cost.direct >= 2 for cost in costs) > 15
    assert sum(cost.transitive >= 1 for cost in costs) > 10
    assert sum(cost.unsatisfied + cost.compilations > 0 for cost in costs) > 5


def test_checker_refutes_a_bound_without_its_facts() -> None:
    """Leaving out facts makes cheaper choices possible, and the checker finds them."""
    refuted = looked = 0
    for seed in range(120):
        plan = plan_of(instance(seed))
        if not plan.proven or not plan.certificate.facts:
            continue
        looked += 1
        bare = replace(plan.certificate, facts=())
        refuted += bool(check_bound(replace(plan, certificate=bare)))
    assert looked > 30
    assert refuted > looked / 2


def test_checker_refutes_a_dearer_plan() -> None:
    """A bound above the cost of what the facts allow does not hold."""
    for seed in range(60):
        plan = plan_of(instance(seed))
        if plan.proven:
            dearer = replace(plan.certificate.bound, direct=plan.certificate.bound.direct + 1)
            assert check_bound(replace(plan, certificate=replace(plan.certificate, bound=dearer))) or not any(
                variable.kind == "pin" for variable in plan.certificate.variables
            )


def test_checker_refutes_false_facts_and_false_costs() -> None:
    """A need that the metadata do not state, and a value told dearer than it is, are found."""
    found = 0
    for seed in range(120):
        one = instance(seed)
        plan = plan_of(one)
        needs = [
            fact for fact in plan.certificate.facts if fact.kind == "needs" and fact.then and len(fact.then[1]) > 1
        ]
        if not plan.proven or not needs:
            continue
        assert needs[0].then is not None
        narrowed = replace(needs[0], then=(needs[0].then[0], frozenset({"!"})))
        facts = tuple(narrowed if fact is needs[0] else fact for fact in plan.certificate.facts)
        lying = replace(plan, certificate=replace(plan.certificate, facts=facts))
        assert any("not true" in line for line in check(lying, one.requirements, one.targets, one.index))
        found += 1
    assert found > 20
