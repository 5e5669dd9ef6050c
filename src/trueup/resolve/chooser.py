"""What pip would try for a name, and what each candidate needs, under the project's options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from trueup.index.names import parsed_version
from trueup.model.requirement import IndexOptions
from trueup.resolve.demands import Candidate, Demand, demands_of, identify
from trueup.resolve.terms import Specification, exactly
from trueup.resolve.universe import Project
from trueup.resolve.view import TargetView, Usability


@dataclass(frozen=True)
class Rules:
    """What limits the candidates besides the demands on them.

    `constraints` are the project's constraints by name, `external` the names that come from a URL or a path and are not
    looked up, `waived` the demands (parent's name, name) that a conflict has taken out, `phantoms` the versions that
    are kept although the target can take none of their files.
    """

    options: IndexOptions = field(default_factory=IndexOptions)
    constraints: Mapping[str, tuple[Demand, ...]] = field(default_factory=dict)
    external: frozenset[str] = frozenset()
    waived: frozenset[tuple[str, str]] = frozenset()
    phantoms: Mapping[str, str] = field(default_factory=dict)


class Chooser:
    """What pip would try for a name under some rules, and what each candidate needs, on one target.

    The order of candidates is that of pip's `CandidateEvaluator` and `Factory._iter_found_candidates`
    (pypa/pip src/pip/_internal at 6d309205, read 2026-11-20): newest first; pre-releases only where a specifier names
    one, `--pre` is given or no final version fits; yanked ones only for a pin that nothing else satisfies; with
    `--prefer-binary` every version with a wheel before any without.
    """

    def __init__(self, view: TargetView, rules: Rules) -> None:
        self.view = view
        self.rules = rules
        self._candidates: dict[tuple[str, str], Candidate] = {}
        self._needs: dict[Candidate, tuple[Demand, ...]] = {}

    def project(self, name: str) -> Project:
        """The releases of a name."""
        return self.view.universe.project(name)

    def candidate(self, name: str, extras: frozenset[str], version: str) -> Candidate:
        """The one candidate object of a version."""
        identifier = identify(name, extras)
        key = (identifier, version)
        found = self._candidates.get(key)
        if found is None:
            found = self._candidates[key] = Candidate(identifier, name, extras, version)
        return found

    def versions(
        self, name: str, specifications: Iterable[Specification], *, with_metadata: bool = True
    ) -> Iterator[str]:
        """The versions that pip would try, best first; without metadata, even such as refuse this Python in them."""
        constraints = self.rules.constraints.get(name, ())
        limits = frozenset((*specifications, *(one.specification for one in constraints)))
        phantom = self.rules.phantoms.get(name)
        if phantom is not None:
            if all(one.admits(phantom) for one in limits):
                yield phantom
            return
        pinned = any(one.pinned for one in limits)
        admits_pre = self.rules.options.pre or any(one.admits_pre for one in limits)
        fitting = self._hashed(name, self._fitting(name, limits, admits_pre))
        if self.rules.options.prefer_binary:
            held = list(fitting)
            fitting = iter(sorted(held, key=lambda version: not self._has_wheel(name, version)))
        yanked = []
        taken = False
        for version in fitting:
            if self.view.usability(name, version) is Usability.YANKED:
                yanked.append(version)
            elif not with_metadata or self._python_fits(name, version):
                taken = True
                yield version
        if pinned and not taken:
            yield from yanked

    def _fitting(self, name: str, limits: frozenset[Specification], admits_pre: bool) -> Iterator[str]:
        held = []
        final_fits = False
        for version in self.project(name).matching(limits):
            if not admits_pre and is_pre(version):
                held.append(version)
            elif self.view.usability(name, version) is not Usability.NO:
                final_fits = True
                yield version
        if not final_fits:
            yield from (version for version in held if self.view.usability(name, version) is not Usability.NO)

    def _hashed(self, name: str, fitting: Iterator[str]) -> Iterator[str]:
        """Of versions, those that have a file with an allowed hash, if any has (`filter_unallowed_hashes`)."""
        if not self.view.hashes.get(name):
            return fitting
        held = list(fitting)
        allowed = [version for version in held if self.view.has_allowed_file(name, version)]
        return iter(allowed or held)

    def _has_wheel(self, name: str, version: str) -> bool:
        return self.view.takes_wheel(name, version)

    def _python_fits(self, name: str, version: str) -> bool:
        metadata = self.view.metadata(name, version)
        return metadata is None or self.view.allows_python(metadata.requires_python)

    def is_dead(self, name: str) -> bool:
        """Whether a name is not looked up at all: from a URL or path, or the index did not answer for it."""
        return name in self.rules.external or self.project(name).is_unanswered

    def needs(self, candidate: Candidate) -> tuple[Demand, ...]:
        """What a candidate asks for on this target, in pip's order; waived and dead demands are left out."""
        found = self._needs.get(candidate)
        if found is None:
            demands = list(self.raw_needs(candidate))
            self.view.universe.load_projects(demand.name for demand in demands)
            found = self._needs[candidate] = tuple(demand for demand in demands if not self.is_dead(demand.name))
        return found

    def raw_needs(self, candidate: Candidate) -> Iterator[Demand]:
        """What a candidate asks for on this target, whether or not the index answers for it."""
        if candidate.extras:
            own, name = exactly(candidate.version), candidate.name
            text = f"{name}=={candidate.version}"
            yield Demand(name, name, frozenset(), own, text, candidate, explicit=True)
        metadata = self.view.metadata(candidate.name, candidate.version)
        if metadata is None:
            return
        extras = sorted(candidate.extras) or [""]
        for dependency in metadata.dependencies(candidate.extras):
            if (candidate.name, dependency.name) in self.rules.waived:
                continue
            if self.view.holds(dependency.condition, extras) and not dependency.url:
                yield from demands_of(dependency, candidate)


def is_pre(version: str) -> bool:
    """Whether a version is a pre-release or no version at all."""
    parsed = parsed_version(version)
    return parsed is None or parsed.is_prerelease
