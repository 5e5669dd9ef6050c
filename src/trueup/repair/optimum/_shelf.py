"""What the index says about single versions on single targets: files, outcomes, what they need. It decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from packaging.version import Version

from trueup.index.interface import Index
from trueup.index.names import parsed_version
from trueup.model.distribution import Outcome, Resolution, ResolvedDistribution
from trueup.model.requirement import RequirementSet
from trueup.model.target import Target
from trueup.resolve.forecast import forecast
from trueup.resolve.terms import Dependency
from trueup.resolve.universe import Project, universe_of
from trueup.resolve.view import TargetView, Usability


class Shelf:
    """The index as several targets see it. Targets are told by their place."""

    def __init__(self, requirements: RequirementSet, targets: Sequence[Target], index: Index) -> None:
        self.index = index
        self.targets = tuple(targets)
        self.universe = universe_of(index)
        self.views = tuple(TargetView(self.universe, target, requirements.options) for target in targets)
        self._outcomes: dict[tuple[str, str, int], Outcome] = {}
        self._needs: dict[tuple[str, str, int, str], tuple[Dependency, ...]] = {}

    def project(self, name: str) -> Project:
        """The releases of a name."""
        return self.universe.project(name)

    def written(self, name: str, version: str) -> str:
        """A version as the index writes it; the given text where the index does not have it."""
        project = self.project(name)
        if version in project.versions:
            return version
        wanted = parsed_version(version)
        return next((text for text in project.versions if parsed_version(text) == wanted), version)

    def usable(self, name: str, version: str, at: int) -> bool:
        """Whether pip could take a file of a version, yanked or not."""
        return self.views[at].usability(name, version) is not Usability.NO

    def is_yanked(self, name: str, version: str, at: int) -> bool:
        """Whether the file that pip would take is yanked."""
        return self.views[at].usability(name, version) is Usability.YANKED

    def has_wheel(self, name: str, version: str, at: int) -> bool:
        """Whether pip would take a wheel that is not yanked."""
        view = self.views[at]
        if not self.project(name).may_have_wheel(version, view.target) or not view.takes_wheel(name, version):
            return False
        return view.selection(name, version).yanked is None

    def lacks_wheel(self, name: str, version: str, at: int) -> bool:
        """Whether a version has wheels and none of them fits, so that pip would build what its authors build."""
        if any(file.is_wheel for file in self.project(name).files(version)):
            return not self.views[at].takes_wheel(name, version)
        return False

    def outcome(self, name: str, version: str, at: int) -> Outcome:
        """What becomes of a version on a target; an sdist is looked into."""
        key = (name, version, at)
        known = self._outcomes.get(key)
        if known is None:
            known = self._outcomes[key] = self._outcome(name, version, at)
        return known

    def _outcome(self, name: str, version: str, at: int) -> Outcome:
        view = self.views[at]
        if not self.project(name).files(version) or not self.allows_python(name, version, at):
            return Outcome.UNAVAILABLE
        selection = view.selection(name, version)
        one = ResolvedDistribution(name, version, False, selection=selection)
        return forecast(Resolution(view.target, (one,)), self.index).packages[0].outcome

    def allows_python(self, name: str, version: str, at: int) -> bool:
        """Whether a version's metadata admit the target's Python."""
        metadata = self.views[at].metadata(name, version)
        return metadata is None or self.views[at].allows_python(metadata.requires_python)

    def needs(self, name: str, version: str, at: int, extra: str) -> tuple[Dependency, ...]:
        """What a version asks for on a target, alone ("") or with one extra; direct references are left out."""
        key = (name, version, at, extra)
        known = self._needs.get(key)
        if known is None:
            view = self.views[at]
            metadata = view.metadata(name, version)
            lines = metadata.dependencies(frozenset({extra} if extra else ())) if metadata is not None else ()
            known = tuple(line for line in lines if not line.url and view.holds(line.condition, (extra,)))
            self._needs[key] = known
        return known

    def load(self, name: str, versions: Iterable[str], at: int) -> None:
        """Read the metadata of several versions at once."""
        arch = self.targets[at].arch
        files = (self.universe.metadata_file(name, version, arch) for version in versions)
        self.universe.load_metadata(file for file in files if file is not None)

    def trouble(self, name: str) -> str:
        """Why the index could not say anything about a name, or an empty string."""
        project = self.project(name)
        return str(getattr(project.trouble, "reason", "")) if project.is_unanswered else ""


@lru_cache(maxsize=1 << 14)
def version_of(text: str) -> Version:
    """A parsed version; what is no version counts as the lowest."""
    return parsed_version(text) or Version("0.dev0")
