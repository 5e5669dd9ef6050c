"""Move dependencies: the smallest set of other versions with which everything installs on a wanted Python.

The set comes from `trueup.repair.optimum`, with a certificate that nothing cheaper works; here it becomes edits of
the files, together with the Python pin where the wanted Python is not the one that the platform takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from trueup.errors import TrueupError
from trueup.model.evidence import Evidence
from trueup.model.finding import Applicability
from trueup.model.repair import Change, Cost, Edit, HeldBack, Repair, RepairKind, Unrepairable, by_path
from trueup.model.target import Target
from trueup.repair._bump_edits import bump_edits
from trueup.repair._candidates import identified
from trueup.repair._interface import Candidate, Family, Group, Proposal, RepairContext, groups
from trueup.repair._places import pin_python
from trueup.repair._prospects import prospects, requirement_sets
from trueup.repair._start_rules import start_rules
from trueup.repair.families.python_pin import candidates
from trueup.repair.optimum import BumpPlan, minimal_bumps
from trueup.repair.texts import NotEditableError

RULES = ("no-wheel", "conflict")
MOST_MAJORS = 2
"""How many major versions a direct dependency may move, on average, without a person saying yes to it."""
MOST_PYTHONS = 3
"""How many other Pythons are tried where none installs everything as it is."""


def propose(context: RepairContext) -> Iterator[Proposal]:
    """For each root directory: bumps for the Python that is taken or wanted, and else for the best other one."""
    if context.open_index is None:
        return
    for group in groups(context.report):
        if not group.findings(*RULES) and context.wishes.python is None:
            continue
        wished = context.wishes.python
        yield from _for_python(context, group, wished)
        if wished is None and group.findings("conflict") and not context.policy.keep_python:
            yield from _with_other_python(context, group)


def _with_other_python(context: RepairContext, group: Group) -> Iterator[Proposal]:
    """Bumps and a pin together, on the Pythons where the fewest packages stand in the way."""
    minors = list(candidates(context, group))
    found = prospects(context, group, minors)
    ranked = sorted((len(found[minor].problems), order, minor) for order, minor in enumerate(minors) if minor in found)
    taken = {plan.python.minor for plan in group.plans}
    made = [
        candidate
        for _, _, minor in ranked[:MOST_PYTHONS]
        if taken != {minor}
        for candidate in _for_python(context, group, minor)
        if isinstance(candidate, Candidate) and candidate.repair.edits
    ]
    if made:
        best, *others = sorted(made, key=lambda candidate: candidate.repair.cost)
        yield replace(best, alternatives=tuple(others))


@dataclass
class _Bumps:
    """What the requirement sets of one root directory need together."""

    changes: dict[str, Change] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)
    proven: bool = True
    proofs: list[str] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def take(self, plan: BumpPlan, targets: Sequence[Target]) -> list[Change]:
        """Add the plan of one set; give its changes.

        Raises:
            NotEditableError: another set needs another version of the same package.
        """
        moved = [Change(c.name, c.from_version, c.to_version, c.direct, c.evidence) for c in plan.changes]
        for change in moved:
            if self.changes.setdefault(change.package, change).to_version != change.to_version:
                raise NotEditableError(f"the services of this folder need different versions of {change.package}")
        self.cost = max(self.cost, plan.cost)
        self.proven = self.proven and plan.proven
        self.proofs.append(str(plan.certificate) if plan.proven else plan.reason)
        self.targets += targets
        return moved


def _for_python(context: RepairContext, group: Group, wished: str | None) -> Iterator[Proposal]:
    """The smallest bumps with which everything installs on one Python (None: on the one that each plan takes)."""
    bumps = _Bumps()
    known = {finding.subject for finding in group.findings("incompatible-at-start")}
    title = f"Move dependencies so that everything installs on Python {wished or _taken(group)}"
    for requirements, own in requirement_sets(group):
        assert context.open_index is not None
        index = context.open_index(requirements.options)
        wanted = _targets(own, wished)
        forbidden, clashes = start_rules(requirements, context.pairs, known)
        timeout = context.wishes.timeout
        plan = minimal_bumps(
            requirements, wanted, index, context.policy, timeout=timeout, forbidden=forbidden, clashes=clashes
        )
        for name, reason in plan.held_back:
            yield HeldBack(name if " " in name else f"Move {name}", reason, RULES)
        if plan.unsatisfied:
            yield Unrepairable("no-wheel", _unsatisfied(plan, wanted), _lines(group))
            return
        try:
            changes = bumps.take(plan, wanted)
            edits, commands = bump_edits(context, requirements, changes, index)
        except TrueupError as error:
            yield HeldBack(title, error.message, RULES)
            return
        bumps.edits += [edit for edit in edits if edit not in bumps.edits]
        bumps.commands += [command for command in commands if command not in bumps.commands]
    if bumps.changes:
        yield _candidate(context, group, wished, bumps)


def _candidate(context: RepairContext, group: Group, wished: str | None, bumps: _Bumps) -> Proposal:
    minor = ".".join(wished.split(".")[:2]) if wished else None
    pinned = ""
    if minor is not None and {plan.python.minor for plan in group.plans} != {minor}:
        full = wished if wished and wished.count(".") == 2 else None
        try:
            pin = pin_python(context.project, group.plans, minor, full, blueprint=len(group.services) == 1)
            if set(pin.texts) & set(by_path(bumps.edits)):
                raise NotEditableError(f"{pin.places} would have to be changed in two ways at once")
            bumps.edits += pin.edits()
        except TrueupError as error:
            return HeldBack(f"Move dependencies to Python {minor}", error.message, RULES)
        pinned = f", and pin Python {wished} in {pin.places}"
    changes = tuple(bumps.changes.values())
    direct = [change for change in changes if change.direct]
    words = ", ".join(f"{change.package} {change.from_version or '(free)'} → {change.to_version}" for change in direct)
    far = bumps.cost.major > MOST_MAJORS * max(1, len(direct))
    found = "" if bumps.proven else " that were found"
    nearest = (
        f"the fewest and nearest versions{found} with which everything installs on Python {wished or _taken(group)}"
    )
    doubt = f"; {bumps.cost.major} major versions lie between, so read what changed before it is applied"
    applicability = Applicability.UNSAFE if far else Applicability.SAFE
    repair = Repair(
        id=identified(f"bump-{minor or _taken(group).replace(' and ', '-')}-{group.root_dir}"),
        title=f"Move {words or f'{len(changes)} locked versions'}{pinned}",
        kind=RepairKind.BUMP,
        applicability=Applicability.DISPLAY_ONLY if bumps.commands else applicability,
        edits=() if bumps.commands else tuple(bumps.edits),
        commands=tuple(bumps.commands),
        changes=changes,
        cost=bumps.cost,
        targets=tuple(dict.fromkeys(map(str, bumps.targets))),
        resolves=RULES,
        services=group.services,
        alternative=True,
        reason=f"{nearest}{doubt if far else ''}",
        proven_minimal=bumps.proven,
        certificate="; ".join(dict.fromkeys(bumps.proofs)),
        evidence=tuple(item for change in changes for item in change.evidence),
    )
    must_remove = frozenset((finding.rule, finding.subject) for finding in group.findings(*RULES))
    is_wish = context.wishes.python is not None
    return Candidate(repair, must_remove, minor, frozenset({group.root_dir}), is_wish=is_wish)


def _targets(own: Sequence[Target], wished: str | None) -> tuple[Target, ...]:
    return tuple(dict.fromkeys(replace(target, python=wished) if wished else target for target in own))


def _taken(group: Group) -> str:
    minors = dict.fromkeys(plan.python.minor for plan in group.plans if plan.python.minor)
    return " and ".join(minor for minor in minors if minor) or "unknown"


def _unsatisfied(plan: BumpPlan, targets: Sequence[Target]) -> str:
    """What the best plan leaves, and whether that is known to be all that can be done."""
    listed = "; ".join(f"{one.name} {one.version}".rstrip() + f" ({one.reason})" for one in plan.unsatisfied)
    where = "; ".join(dict.fromkeys(map(str, targets)))
    bound = plan.certificate.bound
    if plan.proven or bound.unsatisfied or bound.compilations:
        return f"no change of versions makes everything installable on {where}; at best this stays: {listed}"
    return (
        f"no change of versions was found that makes everything installable on {where}, and it is not proven that "
        f"there is none: {plan.reason}; this stays: {listed}"
    )


def _lines(group: Group) -> tuple[Evidence, ...]:
    findings = group.findings(*RULES)
    if findings:
        return findings[0].evidence
    return group.plans[0].python.evidence


FAMILY = Family("bumps", "move dependencies", RULES, propose)
