"""The search over values finds the cheapest choice, also while facts come in, values become dearer and parts merge."""

from __future__ import annotations

import itertools
import random
import time

import pytest

from trueup.repair.optimum._clauses import Clause, Variable
from trueup.repair.optimum._problem import Problem
from trueup.repair.optimum._vector import TROUBLE, vector, worse

FILES = ("one.txt", "two.txt")


def variable(dice: random.Random, number: int) -> Variable:
    """A pin that may stay as it is, or what pip chooses on a target; some share a name."""
    name = f"name{number % 5}" if dice.random() < 0.5 else f"name{number}"
    values = tuple(str(place) for place in range(dice.randint(2, 4)))
    if dice.random() < 0.6:
        costs = [0, *(vector(direct=1, minor=dice.randint(0, 2), patch=dice.randint(0, 3)) for _ in values[1:])]
        if dice.random() < 0.3:
            costs[-1] = vector(unsatisfied=1)
        return Variable(f"{number}", "pin", name, values, costs, group=name, file=dice.choice(FILES), free=1)
    costs = [0, *(vector(transitive=dice.randint(0, 1)) for _ in values[1:])]
    return Variable(f"{number}", "set", name, values, costs, target=number, group=name)


def clause(dice: random.Random, variables: list[Variable]) -> Clause:
    places = dice.sample(range(len(variables)), min(len(variables), dice.choice((2, 2, 3))))
    masks = [dice.randint(1, variables[at].every) for at in places]
    *when, then = zip(places, masks, strict=True)
    return Clause(tuple(when), then, "needs", "")


def cost_of(problem: Problem, places: tuple[int, ...]) -> int:
    """What a choice costs, as the documentation of the certificate says it."""
    names: dict[str, list[tuple[str, int]]] = {}
    files = set()
    for variable, place in zip(problem.variables, places, strict=True):
        names.setdefault(variable.name, []).append((variable.kind, variable.costs[place]))
        if variable.file and not variable.free >> place & 1:
            files.add(variable.file)
    total = vector(files=len(files))
    for rows in names.values():
        total += max(cost & TROUBLE for _, cost in rows)
        total += sum(cost & ~TROUBLE for kind, cost in rows if kind == "pin")
        total += max((cost & ~TROUBLE for kind, cost in rows if kind == "set"), default=0)
    return total


def best(problem: Problem) -> int | None:
    """The cheapest choice by trying every one."""
    found = []
    for places in itertools.product(*(range(len(one.values)) for one in problem.variables)):
        for one in problem.clauses:
            if all(mask >> places[at] & 1 for at, mask in one.when) and not (
                one.then is not None and one.then[1] >> places[one.then[0]] & 1
            ):
                break
        else:
            found.append(cost_of(problem, places))
    return min(found, default=None)


@pytest.mark.parametrize("seed", range(40))
def test_cheapest_while_the_problem_grows(seed: int) -> None:
    dice = random.Random(seed)
    problem = Problem()
    deadline = time.monotonic() + 60
    for step in range(14):
        if step < 6 or dice.random() < 0.1:
            problem.add_variable(variable(dice, step))
        if len(problem.variables) > 1:
            problem.add_clause(clause(dice, problem.variables))
        if dice.random() < 0.3:
            one = dice.choice(problem.variables)
            place = dice.randrange(len(one.values))
            one.reprice(place, worse(one.costs[place], vector(compilations=1)))
        if problem.clauses and dice.random() < 0.2:
            at = dice.randrange(len(problem.variables))
            problem.extend(dice.randrange(len(problem.clauses)), at, problem.variables[at].free or 1)
        choice = problem.cheapest(deadline)
        assert (choice.cost if choice else None) == best(problem), f"step {step}"
        if choice is not None:
            assert cost_of(problem, choice.places) == choice.cost
