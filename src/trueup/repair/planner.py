"""All repairs of a project: what the families propose, held against the policy, tried on a copy, and compared.

findings ─▶ families propose ─▶ each is applied to a copy and checked again ─▶ alternatives are compared by cost
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from trueup.errors import TrueupError
from trueup.model.finding import Applicability
from trueup.model.repair import HeldBack, Repair, RepairPlan, Unrepairable, by_path, edited
from trueup.model.report import Report
from trueup.registry import discover
from trueup.repair._interface import Candidate, Family, RepairContext
from trueup.repair.verify import verified, without_line


def families() -> list[Family]:
    """Every family of repairs."""
    found: dict[str, Family] = discover("trueup.repair.families", "FAMILY")
    return list(found.values())


def plan_repairs(context: RepairContext, only: Iterable[str] = ()) -> RepairPlan:
    """Everything that can be offered for a project.

    Args:
        context: the project, what `check` said of it, the policy and the wishes.
        only: ids of families, or of rules, to keep to; empty for all.

    Returns:
        Repairs that were seen to work on a copy, the recommended ones first; what the policy or the second check holds
        back; and the findings for which there is nothing to offer.
    """
    wanted = set(only)
    repairs: list[Repair] = []
    held_back: list[HeldBack] = []
    unrepairable: list[Unrepairable] = []
    for family in families():
        if wanted and not wanted & {family.id, *family.rules}:
            continue
        for proposal in family.propose(context):
            outcome = verified(context, proposal) if isinstance(proposal, Candidate) else proposal
            if isinstance(outcome, Repair):
                repairs.append(outcome)
            elif isinstance(outcome, HeldBack):
                held_back.append(outcome)
            else:
                unrepairable.append(outcome)
    chosen = recommend(_distinct(repairs), context)
    unrepairable = [item for item in unrepairable if not _covered(item, chosen)]
    unrepairable += _nothing_to_offer(context.report, chosen, held_back, unrepairable)
    return RepairPlan(tuple(chosen), tuple(dict.fromkeys(held_back)), tuple(unrepairable))


def _distinct(repairs: Iterable[Repair]) -> list[Repair]:
    """Each set of edits once, and each id once."""
    found: list[Repair] = []
    for repair in repairs:
        if repair.edits and any(set(other.edits) == set(repair.edits) for other in found):
            continue
        number = sum(other.id == repair.id or other.id.startswith(f"{repair.id}-x") for other in found)
        found.append(replace(repair, id=f"{repair.id}-x{number + 1}") if number else repair)
    return found


def recommend(repairs: Sequence[Repair], context: RepairContext) -> list[Repair]:
    """Mark, among alternatives for the same services, the cheapest one; all others stand for themselves.

    A recommended repair never depends on another: together they touch different places (`compatible`).
    """
    chosen: list[Repair] = []
    for repair in sorted(filter(_is_alternative, repairs), key=_rank):
        has_one = any(set(repair.services) & set(other.services) for other in chosen)
        if not has_one and compatible(context, [*chosen, repair]):
            chosen.append(repair)
    for repair in repairs:
        if repair.alternative or not repair.recommended or _is_done(repair, chosen):
            continue
        if compatible(context, [*chosen, repair]):
            chosen.append(repair)
    chosen = _working_together(context, chosen)
    marked = [replace(repair, recommended=True) for repair in chosen]
    ids = {repair.id for repair in marked}
    return [*marked, *(replace(repair, recommended=False) for repair in repairs if repair.id not in ids)]


def _is_alternative(repair: Repair) -> bool:
    """Whether it is one of several ways: pins and bumps that make a whole service installable."""
    return repair.alternative and repair.applicability is not Applicability.DISPLAY_ONLY


def _is_done(repair: Repair, chosen: Sequence[Repair]) -> bool:
    """Whether the chosen repairs remove already what this one would."""
    gone = {key for other in chosen for key in other.removes}
    return bool(repair.removes) and set(repair.removes) <= gone


def _working_together(context: RepairContext, chosen: list[Repair]) -> list[Repair]:
    """The chosen repairs without those that spoil one before them: all of them are checked together, on one copy.

    What is left out here is offered again by the next `fix`, planned for the files as they are then.
    """
    if len(chosen) < 2 or isinstance(verified(context, Candidate(combined(chosen))), Repair):
        return chosen
    kept = chosen[:1]
    for repair in chosen[1:]:
        if isinstance(verified(context, Candidate(combined([*kept, repair]))), Repair):
            kept.append(repair)
    return kept


def _rank(repair: Repair) -> tuple[object, ...]:
    """What is better comes first: solving all that the others solve, then the cost, then changing no dependency."""
    return (-len(repair.resolves and [rule for rule in repair.resolves if rule in _FAILING]), repair.cost, repair.id)


_FAILING = ("no-wheel", "conflict", "python-version-invalid", "python-version-unavailable")


def compatible(context: RepairContext, repairs: Sequence[Repair]) -> bool:
    """Whether several repairs can be applied as one: no two want the same bytes."""
    try:
        for path, edits in by_path(edit for repair in repairs for edit in repair.edits).items():
            if len(edits) > 1 and any(edit.sha256 is None or edit.content is None for edit in edits):
                return False
            file = context.project.whole.get(path)
            edited(file.data if file else b"", edits)
    except TrueupError:
        return False
    return True


def combined(repairs: Sequence[Repair]) -> Repair:
    """Several compatible repairs as one, to be applied and undone together."""
    if len(repairs) == 1:
        return repairs[0]
    first = repairs[0]
    return replace(
        first,
        id="+".join(repair.id for repair in repairs),
        title="; ".join(repair.title for repair in repairs),
        edits=tuple(edit for repair in repairs for edit in repair.edits),
        changes=tuple(change for repair in repairs for change in repair.changes),
        resolves=tuple(sorted({rule for repair in repairs for rule in repair.resolves})),
        services=tuple(dict.fromkeys(name for repair in repairs for name in repair.services)),
        leaves=frozenset(rule for repair in repairs for rule in repair.leaves),
    )


def _covered(item: Unrepairable, repairs: Sequence[Repair]) -> bool:
    return any(item.rule in repair.resolves for repair in repairs)


def _nothing_to_offer(
    report: Report, repairs: Sequence[Repair], held_back: Sequence[HeldBack], said: Sequence[Unrepairable]
) -> list[Unrepairable]:
    """Every finding for which there is neither a repair nor a reason yet."""
    known = {key for repair in repairs for key in repair.removes}
    rules = {rule for repair in repairs if not repair.edits for rule in repair.resolves}
    rules |= {rule for item in held_back for rule in item.rules} | {item.rule for item in said}
    found: dict[tuple[str, str], Unrepairable] = {}
    for result in report.results:
        for finding in result.findings:
            if finding.rule not in rules and (finding.rule, without_line(finding.subject)) not in known:
                reason = f"trueup has no repair for it: {finding.hint}"
                found.setdefault((finding.rule, finding.subject), Unrepairable(finding.rule, reason, finding.evidence))
    return list(found.values())
