"""The full set of distributions that an install step puts on a target: the door of this package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trueup.index.interface import Index, Unavailable
from trueup.model.distribution import (
    Conflict,
    ConflictSide,
    Rejected,
    Resolution,
    ResolvedDistribution,
    Selection,
    Unresolved,
)
from trueup.model.evidence import Evidence
from trueup.model.requirement import RequirementSet
from trueup.model.target import Target
from trueup.resolve.chooser import Chooser
from trueup.resolve.conflicts import Outcome, solve_or_explain
from trueup.resolve.demands import Candidate, Demand
from trueup.resolve.locked import resolve_locked
from trueup.resolve.prefetch import prefetch
from trueup.resolve.roots import Roots, asked_of, hash_checking, roots_of
from trueup.resolve.terms import python_allowed
from trueup.resolve.universe import Metadata, universe_of
from trueup.resolve.view import Question, TargetView
from trueup.resolve.words import asked, by_name, conflict_of, origin


def resolve(requirements: RequirementSet, target: Target, index: Index) -> Resolution:
    """The full set that pip would install on one target; see `resolve_many`."""
    return resolve_many(requirements, (target,), index)[target]


def resolve_many(requirements: RequirementSet, targets: Sequence[Target], index: Index) -> dict[Target, Resolution]:
    """The full set that pip would install, on several targets.

    Args:
        requirements: what the install step reads; with `locked`, the lockfile decides and nothing is searched.
        targets: where it is installed. Markers are evaluated for them, never for the running interpreter.
        index: where releases and metadata come from.

    Returns:
        A resolution for every target, in their order. It never raises for what the project or the index holds: what
        cannot be satisfied is a conflict, what cannot be had a distribution without a file, and what could not be
        looked at is `unresolved`, each with its evidence.
    """
    universe = universe_of(index)
    views = [TargetView(universe, target, requirements.options) for target in targets]
    if requirements.locked is not None:
        return {view.target: _locked(view, requirements) for view in views}
    known: list[_Found] = []
    results: dict[Target, Resolution] = {}
    _read_ahead(views, requirements)
    for view in views:
        view.hashes = {}
        found = next((one for one in known if one.holds_for(view, requirements)), None)
        if found is None:
            found = _search(view, requirements)
            known.append(found)
        results[view.target] = _on_target(found, view, requirements)
    return results


def _read_ahead(views: Sequence[TargetView], requirements: RequirementSet) -> None:
    """Read the index for one target of every Python version; the C library hardly ever changes what is needed.

    Where the first needed nothing but the cache, nothing is gained by going through the others twice.
    """
    ahead = [view.twin() for view in {view.target.python: view for view in reversed(views)}.values()]
    for views in (ahead[:1], ahead[1:]):
        if views:
            prefetch(views[0].universe, views, [asked_of(view, requirements) for view in views])
            if not views[0].universe.has_waited:
                return


def _locked(view: TargetView, requirements: RequirementSet) -> Resolution:
    distributions, unresolved = resolve_locked(view, requirements)
    return Resolution(view.target, distributions, _python_conflict(view.target, requirements), unresolved)


@dataclass(frozen=True)
class _Found:
    """A result that does not name its target, with the questions and answers that led to it."""

    trace: dict[Question, object]
    hashes: object
    distributions: tuple[ResolvedDistribution, ...]
    conflicts: tuple[Conflict, ...]
    unresolved: tuple[Unresolved, ...]
    unusable: frozenset[str] = frozenset()
    """Names whose version is told although pip finds none that it would take."""

    def holds_for(self, view: TargetView, requirements: RequirementSet) -> bool:
        """Whether a target answers every question in the same way; then the search ends in the same result."""
        if self.hashes:
            roots_of(view, requirements)
        return view.hashes == self.hashes and all(view.answer(q) == answer for q, answer in self.trace.items())


def _search(view: TargetView, requirements: RequirementSet) -> _Found:
    roots = roots_of(view, requirements)
    outcome = solve_or_explain(view, roots.rules, roots.task)
    demands = by_name(outcome)
    sources = _sources(view, outcome)
    for clash in outcome.clashes:
        for side in clash.sides:
            _note_parents(side, demands)
    distributions = [*_distributions(outcome, demands), *_absent(outcome)]
    return _Found(
        trace=view.trace,
        hashes=view.hashes,
        distributions=tuple(sorted(distributions, key=lambda one: one.name)),
        conflicts=tuple(conflict_of(clash, demands, sources) for clash in outcome.clashes),
        unresolved=tuple(_unresolved(view, roots, outcome, demands)),
        unusable=frozenset(outcome.rules.phantoms),
    )


def _note_parents(side: Demand, demands: dict[str, list[Demand]]) -> None:
    """Let a waived demand count as one that its name has, so that the way to it can be told."""
    known = demands.setdefault(side.name, [])
    if side not in known:
        known.append(side)


def _sources(view: TargetView, outcome: Outcome) -> dict[Candidate, str]:
    """The file whose metadata each conflicting parent was read from."""
    parents = {side.parent for clash in outcome.clashes for side in clash.sides if side.parent is not None}
    found = {}
    for parent in parents:
        metadata = view.metadata(parent.name, parent.version)
        if metadata is not None and metadata.source:
            found[parent] = metadata.source
    return found


def _distributions(outcome: Outcome, demands: dict[str, list[Demand]]) -> list[ResolvedDistribution]:
    extras: dict[str, set[str]] = {}
    versions: dict[str, str] = {}
    for candidate in outcome.solution.pins.values():
        versions[candidate.name] = candidate.version
        extras.setdefault(candidate.name, set()).update(candidate.extras)
    return [_distribution(name, version, demands.get(name, []), extras[name]) for name, version in versions.items()]


def _absent(outcome: Outcome) -> list[ResolvedDistribution]:
    """Names of which the index has nothing that fits, with the version that was asked for, if a pin names one."""
    return [_distribution(name, _pin(demands), demands) for name, demands in outcome.absent.items()]


def _pin(demands: Sequence[Demand]) -> str:
    """The version that some demands pin, as the project writes it; empty where none does."""
    declared = [demand.declared.pinned for demand in demands if demand.declared is not None]
    found = [*declared, *(demand.specification.pin for demand in demands)]
    return next((pin for pin in found if pin), "")


def _distribution(
    name: str, version: str, demands: Sequence[Demand], extras: set[str] | None = None
) -> ResolvedDistribution:
    own = [demand for demand in demands if demand.declared is not None and not demand.declared.is_constraint]
    lines = dict.fromkeys(demand.declared.evidence for demand in own if demand.declared is not None)
    return ResolvedDistribution(
        name=name,
        version=version,
        direct=bool(own),
        required_by=tuple(sorted({demand.parent.name for demand in demands if demand.parent} - {name})),
        requested=tuple(dict.fromkeys(asked(demand) for demand in demands)),
        evidence=tuple(lines),
        extras=frozenset(extras or ()),
    )


def _unresolved(view: TargetView, roots: Roots, outcome: Outcome, demands: dict[str, list[Demand]]) -> list[Unresolved]:
    found = list(roots.unresolved)
    for name, asking in _unanswered(view, roots, outcome).items():
        trouble = view.universe.project(name).trouble
        if isinstance(trouble, Unavailable):
            found.append(Unresolved(name, trouble.reason, _lines(asking, demands), trouble.transient))
    for candidate in outcome.solution.pins.values():
        metadata = view.metadata(candidate.name, candidate.version)
        if metadata is not None and metadata.trouble is not None and not candidate.extras:
            found.append(_unread(candidate, metadata, _lines(demands.get(candidate.name, ()), demands)))
    if outcome.gave_up:
        first = next(iter(roots.task.roots))
        reason = f"the search for versions that fit together ended early: {outcome.gave_up}"
        found.append(Unresolved(first.name, reason, _lines((first,), demands)))
    return list({(one.name, one.reason): one for one in found}.values())


def _unread(candidate: Candidate, metadata: Metadata, lines: tuple[Evidence, ...]) -> Unresolved:
    trouble = metadata.trouble
    assert trouble is not None
    if trouble.transient:
        return Unresolved(candidate.name, f"what {candidate} needs could not be read: {trouble.reason}", lines, True)
    return Unresolved(candidate.name, f"what {candidate} needs is not known: {trouble.reason}", lines)


def _unanswered(view: TargetView, roots: Roots, outcome: Outcome) -> dict[str, list[Demand]]:
    """The names that are asked for and for which the index gave no answer."""
    chooser = Chooser(view, outcome.rules)
    found: dict[str, list[Demand]] = {}
    for demand in roots.unanswered:
        found.setdefault(demand.name, []).append(demand)
    for candidate in outcome.solution.pins.values():
        for demand in chooser.raw_needs(candidate):
            if demand.name not in roots.rules.external and chooser.is_dead(demand.name):
                found.setdefault(demand.name, []).append(demand)
    return found


def _lines(asking: Sequence[Demand], demands: dict[str, list[Demand]]) -> tuple[Evidence, ...]:
    """The project's lines at which the ways to some demands begin."""
    found = (origin(demand, demands) for demand in asking)
    return tuple(dict.fromkeys(line for line in found if line is not None))


# -- one target --------------------------------------------------------------------------------------------------------


def _on_target(found: _Found, view: TargetView, requirements: RequirementSet) -> Resolution:
    checks_hashes = hash_checking(requirements.options, requirements)
    chosen = []
    for one in found.distributions:
        selection = _selection(view, one, checks_hashes)
        if one.name in found.unusable and selection.file is not None:
            selection = _without_file(selection, "yanked, and pip takes a yanked file only for an exact pin")
        chosen.append(
            ResolvedDistribution(
                one.name, one.version, one.direct, one.required_by, one.requested, one.evidence, one.extras, selection
            )
        )
    conflicts = (*_python_conflict(view.target, requirements), *found.conflicts)
    return Resolution(view.target, tuple(chosen), conflicts, found.unresolved)


def _selection(view: TargetView, one: ResolvedDistribution, checks_hashes: bool) -> Selection:
    """The file that pip takes; none where the metadata refuse this Python or a hash is missing."""
    selection = view.selection(one.name, one.version)
    file = selection.file
    if file is None:
        return selection
    metadata = view.metadata(one.name, one.version)
    requires = metadata.requires_python if metadata is not None else ""
    if requires and not python_allowed(requires, view.target.version):
        reason = f"its metadata require Python {requires}, the target is {view.target.version}"
        return _without_file(selection, reason)
    if checks_hashes and one.name not in view.hashes:
        reason = "pip checks hashes here, and the project's files give none for it"
        return _without_file(selection, reason)
    if checks_hashes and file.hashes and not view.has_allowed_hash(file, one.name):
        reason = "its hash is none of those that the project's files allow"
        return _without_file(selection, reason)
    return selection


def _without_file(selection: Selection, reason: str) -> Selection:
    """A choice of which pip or the installation makes nothing, with the reason."""
    assert selection.file is not None
    refused = Rejected(selection.file.filename, reason)
    return Selection(None, (*selection.rejected, refused), selection.yanked)


def _python_conflict(target: Target, requirements: RequirementSet) -> tuple[Conflict, ...]:
    """The project's own `requires-python` against the target."""
    wanted = requirements.requires_python
    if not wanted or python_allowed(wanted, target.version):
        return ()
    evidence = (requirements.requires_python_evidence,) if requirements.requires_python_evidence else ()
    place = f"{evidence[0].place} " if evidence and evidence[0].place else "the project "
    sides = (
        ConflictSide(f"Python {wanted}", None, evidence),
        ConflictSide(f"Python {target.python}", "the target", (Evidence.given(f"the target is {target}"),)),
    )
    return (Conflict("python", sides, f"{place}requires Python {wanted}, and the target is Python {target.python}"),)
