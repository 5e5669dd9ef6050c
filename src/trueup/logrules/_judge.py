"""From clues to causes: what a success took back, what is an effect of something else, and which cause is the root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from trueup.logrules._context import Context
from trueup.logrules._log import Log
from trueup.logrules._packages import Built, package_at, version_of
from trueup.logrules._rule import Clue, Group
from trueup.model.finding import Confidence

_LATE = frozenset({"start", "release", "health"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cause: its clues (the best first), its phase, and the package that it is about."""

    clues: tuple[Clue, ...]
    phase: str
    built: Built | None

    @property
    def best(self) -> Clue:
        """The clue that says most."""
        return self.clues[0]


def judge(clues: Sequence[Clue], log: Log, context: Context) -> list[Verdict]:
    """Rank what the rules recognised.

    A clue that a later success takes back is dropped, unless the log fails all the same; a clue whose own cause is
    recognised too is an effect; vague rules speak only where no other does. Of what is left, the first in the log that
    is named with confidence is the root cause: what comes after it often follows from it.
    """
    last_of_rule = {clue.rule.id: clue.index for clue in sorted(clues, key=_index)}
    standing = [clue for clue in clues if clue.rule.survives_success or not _taken_back(clue, last_of_rule, context)]
    if not standing and _fails_in_the_end(context, len(log)):
        standing = list(clues)
    standing = _without_effects(standing)
    strongest = max((clue.rule.strength for clue in standing), default=0)
    standing = [clue for clue in standing if clue.rule.strength == strongest]
    if any(clue.confidence is not Confidence.LOW for clue in standing):
        standing = [clue for clue in standing if clue.confidence is not Confidence.LOW]
    return sorted(_grouped(standing, log, context), key=_rank)


def _taken_back(clue: Clue, last_of_rule: Mapping[str, int], context: Context) -> bool:
    done, up = context.done_indexes, context.up_indexes
    if not done or done[-1] < clue.index:
        return False
    latest = last_of_rule[clue.rule.id]
    if clue.rule.group is not Group.START and phase_of(clue, context) not in _LATE:
        return latest <= done[-1]
    if not up or up[0] < clue.index or up[-1] < clue.index:
        return False  # it happened while the service ran, or the service never came up afterwards
    return latest <= up[-1]


def _index(clue: Clue) -> int:
    return clue.index


def _fails_in_the_end(context: Context, length: int) -> bool:
    last = context.last_done()
    return context.failed_after(last.index if last else 0) or length == 0


def _without_effects(clues: list[Clue]) -> list[Clue]:
    present = {clue.rule.id for clue in clues}
    return [clue for clue in clues if not (clue.rule.effect_of & present - {clue.rule.id})]


def _grouped(clues: list[Clue], log: Log, context: Context) -> list[Verdict]:
    groups: dict[tuple[str, str | None], list[tuple[Clue, Built | None]]] = {}
    for clue in clues:
        built = _built(clue, log)
        groups.setdefault((clue.rule.id, built.package if built else None), []).append((clue, built))
    named = {rule for rule, package in groups if package}
    verdicts = []
    for (rule, package), members in groups.items():
        if package is None and rule in named:
            continue
        ordered = sorted(members, key=lambda member: (-member[0].lead, -member[0].confidence.rank, member[0].index))
        phase = phase_of(ordered[0][0], context)
        verdicts.append(Verdict(tuple(clue for clue, _ in ordered), phase, ordered[0][1]))
    return verdicts


def _built(clue: Clue, log: Log) -> Built | None:
    named = clue.groups.get("package")
    if named:
        package = str(canonicalize_name(named.split("[")[0]))
        return Built(package, clue.groups.get("version") or version_of(log, package, clue.index), clue.index)
    return package_at(log, clue.index) if clue.rule.about_a_package else None


def phase_of(clue: Clue, context: Context) -> str:
    """The phase of a cause: the rule's own where it is sure, else what the log says of that line."""
    own, seen = clue.rule.phase, context.phase_at(clue.index)
    if clue.rule.log_phase:
        return seen or own
    if clue.rule.own_phase or clue.rule.group in (Group.SOURCE_BUILD, Group.REQUIREMENTS):
        return own
    if clue.rule.group is Group.START:
        return seen if seen in _LATE else own
    return seen or own


def _rank(verdict: Verdict) -> tuple[bool, int]:
    return verdict.best.confidence is Confidence.LOW, min(clue.index for clue in verdict.clues)
