"""What a family of repairs is and sees. A public file of `families` holds one constant, `FAMILY`.

A family proposes; it does not promise. Every proposal is applied to a copy in memory and checked again before it is
offered (`trueup.repair.verify`), and the policy is held against its edits there, so that no family has to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from trueup.configuration import Policy
from trueup.index.interface import Index
from trueup.model.finding import Finding
from trueup.model.pair import Pair
from trueup.model.plan import BuildPlan
from trueup.model.project import Project
from trueup.model.repair import HeldBack, Repair, Unrepairable
from trueup.model.report import Report, Result
from trueup.model.requirement import IndexOptions

Recheck = Callable[[Project], Report]
"""The whole of `check` on another state of the project, with everything else as it was."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked for: a Python to go to, how many seconds the search for the smallest bumps may take, and
    whether tools that ask the index themselves (uv) may run.
    """

    python: str | None = None
    timeout: float = 20.0
    runs_tools: bool = True


@dataclass(frozen=True)
class RepairContext:
    """All that a family sees. `report` is what `check` says of the project as it is."""

    project: Project
    report: Report
    policy: Policy
    wishes: Wishes
    recheck: Recheck
    open_index: Callable[[IndexOptions], Index] | None
    pairs: tuple[Pair, ...] = ()
    """The project's own pairs that fail at start."""

    def findings(self, *rules: str) -> Iterator[tuple[Result, Finding]]:
        """The findings of some rules, with the result that they belong to; those of today's builders first."""
        for result in sorted(self.report.results, key=lambda result: not result.is_today):
            for finding in result.findings:
                if finding.rule in rules:
                    yield result, finding


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed repair.

    `must_remove` are the findings (rule, subject) that have to be gone afterwards: without one the repair is not
    offered. `python` is the minor that every service of `roots` has to take afterwards, where one is wanted.
    `is_wish` tells that the user asked for it, so that it need not remove anything. `alternatives` are tried in order
    where this one does not hold; the first that does is offered. `is_own_command` tells that a start command which it
    puts into force was written by the project: what is wrong with it was there before.
    """

    repair: Repair
    must_remove: frozenset[tuple[str, str]] = frozenset()
    python: str | None = None
    roots: frozenset[str] = frozenset()
    is_wish: bool = False
    is_own_command: bool = False
    alternatives: tuple[Candidate, ...] = ()


Proposal = Candidate | HeldBack | Unrepairable


@dataclass(frozen=True, slots=True)
class Family:
    """Repairs of one kind. `rules` are the ids of the checks whose findings it can remove."""

    id: str
    title: str
    rules: tuple[str, ...]
    propose: Callable[[RepairContext], Iterable[Proposal]]


@dataclass(frozen=True)
class Group:
    """The results of all services and builders that share one root directory, and so its files."""

    root_dir: str
    results: tuple[Result, ...]

    @property
    def plans(self) -> tuple[BuildPlan, ...]:
        """Their plans, those of today's builders first."""
        return tuple(result.plan for result in self.results)

    @property
    def services(self) -> tuple[str, ...]:
        """The services' names, each once."""
        return tuple(dict.fromkeys(plan.service.name for plan in self.plans))

    def findings(self, *rules: str) -> list[Finding]:
        """The findings of some rules in any of the results."""
        return [finding for result in self.results for finding in result.findings if finding.rule in rules]


def groups(report: Report) -> list[Group]:
    """The Python services of a report by root directory; what installs and runs no Python is left out."""
    found: dict[str, list[Result]] = {}
    for result in sorted(report.results, key=lambda result: not result.is_today):
        plan = result.plan
        is_python = plan.target is not None or any(
            finding.rule.startswith("python-version") for finding in result.findings
        )
        if is_python and plan.service.kind != "static":
            found.setdefault(plan.service.root_dir.value, []).append(result)
    return [Group(root_dir, tuple(results)) for root_dir, results in found.items()]
