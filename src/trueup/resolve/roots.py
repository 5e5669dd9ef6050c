"""What a project's requirements ask for on one target: demands, constraints, hashes, and what cannot be looked up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trueup.model.distribution import Unresolved
from trueup.model.requirement import DeclaredRequirement, IndexOptions, RequirementSet
from trueup.resolve.chooser import Rules
from trueup.resolve.demands import Demand, declared_demands
from trueup.resolve.search import Task
from trueup.resolve.terms import condition
from trueup.resolve.view import TargetView


@dataclass(frozen=True)
class Asked:
    """What is asked for before anything was looked up: the demands of each line, and the rules.

    `lines` are the requirements that are installed, `external` those that come from an address or a path.
    """

    lines: tuple[DeclaredRequirement, ...]
    groups: tuple[tuple[Demand, ...], ...]
    rules: Rules
    external: tuple[DeclaredRequirement, ...]


@dataclass(frozen=True)
class Roots:
    """A task with its rules; the demands for which the index has no answer, and what is not looked up on it."""

    task: Task
    rules: Rules
    unanswered: tuple[Demand, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()


def applicable(view: TargetView, requirement: DeclaredRequirement) -> bool:
    """Whether a requirement's marker holds on the target."""
    return requirement.marker is None or view.holds(condition(requirement.marker))


def asked_of(view: TargetView, requirements: RequirementSet) -> Asked:
    """What is asked for on a target. Sets the view's hashes, too, because they limit which files count."""
    wanted = [one for one in requirements.requirements if not one.is_constraint and applicable(view, one)]
    constraints = [
        one
        for one in (*requirements.constraints, *(one for one in requirements.requirements if one.is_constraint))
        if applicable(view, one)
    ]
    external = {one.name: one for one in (*wanted, *constraints) if one.url or one.local_path is not None}
    view.hashes = _hashes((*wanted, *constraints))
    rules = Rules(requirements.options, _constraints(constraints, external), frozenset(external))
    groups = tuple(() if one.name in external else declared_demands(one) for one in wanted)
    return Asked(tuple(wanted), groups, rules, tuple(external.values()))


def roots_of(view: TargetView, requirements: RequirementSet) -> Roots:
    """The roots on a target, each looked up. Sets the view's hashes, too."""
    asked = asked_of(view, requirements)
    view.universe.load_projects(group[0].name for group in asked.groups if group)
    unanswered = [group[0] for group in asked.groups if group and view.universe.project(group[0].name).is_unanswered]
    dead = {demand.name for demand in unanswered}
    groups = [() if group and group[0].name in dead else group for group in asked.groups]
    unresolved = tuple(_external(one) for one in asked.external if not one.is_constraint or one in asked.lines)
    return Roots(Task.of(groups), asked.rules, tuple(unanswered), unresolved)


def _constraints(
    constraints: list[DeclaredRequirement], external: dict[str, DeclaredRequirement]
) -> dict[str, tuple[Demand, ...]]:
    """The constraints by name. Extras of a constraint mean nothing to the search, as in pip."""
    by_name: dict[str, tuple[Demand, ...]] = {}
    for one in constraints:
        if one.name not in external:
            demand = declared_demands(replace(one, is_constraint=True))[0]
            by_name[one.name] = (*by_name.get(one.name, ()), demand)
    return by_name


def _hashes(requirements: tuple[DeclaredRequirement, ...]) -> dict[str, frozenset[str]]:
    """The allowed hashes by name; of several lines with hashes only common ones count (`Hashes.__and__` of pip)."""
    allowed: dict[str, frozenset[str]] = {}
    for one in requirements:
        if one.hashes:
            own = frozenset(text.replace("=", ":", 1).removeprefix("--hash:") for text in one.hashes)
            allowed[one.name] = allowed[one.name] & own if one.name in allowed else own
    return allowed


def _external(requirement: DeclaredRequirement) -> Unresolved:
    if requirement.local_path is not None:
        reason = "it is installed from a path, and what lies there is not on the index"
    elif requirement.url and requirement.url.startswith(("git+", "hg+", "svn+", "bzr+")):
        reason = "it is installed from a version control repository, which is not downloaded"
    else:
        reason = "it is installed from an address of its own, which is not downloaded"
    return Unresolved(requirement.name, f"{reason}; nor is what it needs known", (requirement.evidence,))


def hash_checking(options: IndexOptions, requirements: RequirementSet) -> bool:
    """Whether pip checks hashes: `--require-hashes`, or any requirement has one (pip's documented rule)."""
    return options.require_hashes or any(one.hashes for one in requirements.requirements)
