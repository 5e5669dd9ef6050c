"""One target's view of an index: which versions it can take, which dependencies apply there.

Whatever depends on the target is asked through `TargetView.ask`, and noted. The search is deterministic, so a second
target that gives the same answers to the same questions has the same result: that is how 28 targets cost little more
than a few (`resolver.resolve_many`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from trueup.index.names import SDIST_SUFFIXES
from trueup.index.select import select
from trueup.model.distribution import IndexFile, Selection
from trueup.model.requirement import IndexOptions
from trueup.model.target import Target
from trueup.resolve.terms import Condition, python_allowed
from trueup.resolve.universe import Metadata, Universe

Question = tuple[str, object, object]
"""A kind and its two subjects; equal questions have equal answers on one target."""


class Usability(Enum):
    """Whether pip could take a file of a version on a target."""

    NO = "no"
    YES = "yes"
    YANKED = "yanked"


class TargetView:
    """The index as one target sees it. `trace` holds every question asked and its answer."""

    def __init__(self, universe: Universe, target: Target, options: IndexOptions) -> None:
        self.universe = universe
        self.target = target
        self.options = options
        self.environment = target.marker_environment
        self.hashes: Mapping[str, frozenset[str]] = {}
        self.trace: dict[Question, object] = {}
        self._usabilities: dict[tuple[str, str], Usability] = {}
        self._selections: dict[tuple[str, str], Selection] = {}
        self._all_wheels = ":all:" not in options.no_binary
        self._all_sdists = ":all:" not in options.only_binary

    def twin(self) -> TargetView:
        """A view of the same target whose questions leave no trace here; it shares what is known already."""
        other = TargetView(self.universe, self.target, self.options)
        other.hashes = self.hashes
        other._usabilities, other._selections = self._usabilities, self._selections
        return other

    # -- questions -----------------------------------------------------------------------------------------------

    def answer(self, question: Question) -> object:
        """The answer to a question of any target's trace, on this target."""
        kind, first, second = question
        if kind == "marker":
            assert isinstance(first, Condition)
            return first.holds(self.environment, str(second))
        if kind == "python":
            return python_allowed(str(first), self.target.version)
        if kind == "usability":
            return self._usability(str(first), str(second))
        if kind == "wheel":
            return self._takes_wheel(str(first), str(second))
        file = self.universe.metadata_file(str(first), str(second), self.target.arch)
        return None if file is None else file.filename

    def ask(self, question: Question) -> object:
        """The answer to a question, noted in the trace."""
        known = self.trace.get(question)
        if known is None:
            known = self.trace[question] = self.answer(question)
        return known

    def holds(self, condition: Condition | None, extras: Iterable[str] = ("",)) -> bool:
        """Whether a marker holds here, for any of the extras."""
        if condition is None:
            return True
        if not condition.variables:
            return any(condition.holds(self.environment, extra) for extra in extras)
        return any(self.ask(("marker", condition, extra)) for extra in extras)

    def allows_python(self, requires_python: str) -> bool:
        """Whether a `Requires-Python` admits this target; an empty one admits all."""
        return not requires_python or bool(self.ask(("python", requires_python, None)))

    def usability(self, name: str, version: str) -> Usability:
        """Whether pip could take a file of this version here: a wheel that fits or an sdist."""
        known = self.ask(("usability", name, version))
        assert isinstance(known, Usability)
        return known

    def takes_wheel(self, name: str, version: str) -> bool:
        """Whether the file that pip would take of a version is a wheel."""
        return bool(self.ask(("wheel", name, version)))

    def metadata(self, name: str, version: str) -> Metadata | None:
        """The metadata of a version, None where it has no file at all."""
        file = self.universe.metadata_file(name, version, self.target.arch)
        if file is not None and file.is_wheel and not file.filename.endswith("-any.whl"):
            self.ask(("metadata", name, version))
        return None if file is None else self.universe.metadata(file)

    # -- files ---------------------------------------------------------------------------------------------------

    def formats(self, name: str) -> tuple[bool, bool]:
        """Whether wheels and sdists of a project may be taken.

        A name's own switch outranks `:all:` (pypa/pip src/pip/_internal/models/format_control.py at 6d309205).
        """
        if name in self.options.only_binary:
            return True, False
        if name in self.options.no_binary:
            return False, True
        return self._all_wheels, self._all_sdists

    def allowed_files(self, name: str, version: str) -> Sequence[IndexFile]:
        """A version's files without those that the project's hashes exclude.

        Where no file has an allowed hash all stay, as in pip's `filter_unallowed_hashes`; installing then fails.
        """
        files = self.universe.project(name).files(version)
        allowed = self.hashes.get(name)
        if not allowed:
            return files
        matching = [file for file in files if hash_fits(file, allowed)]
        if not any(file.hashes for file in matching):
            return files
        return matching

    def selection(self, name: str, version: str) -> Selection:
        """The file that pip would take for a pinned version here, and why not the others."""
        key = (name, version)
        found = self._selections.get(key)
        if found is None:
            found = self._select(name, self._near(name, version), explain=False)
            if found.file is None or not found.file.is_wheel:
                found = self.select_from(name, self.allowed_files(name, version))
            self._selections[key] = found
        return found

    def _near(self, name: str, version: str) -> Sequence[IndexFile]:
        """The files that need to be compared with the target's tags."""
        if self.hashes.get(name):
            return self.allowed_files(name, version)
        return self.universe.project(name).near_files(version, self.target)

    def has_allowed_file(self, name: str, version: str) -> bool:
        """Whether any file of a version has a hash that the project allows."""
        return any(self.has_allowed_hash(file, name) for file in self.universe.project(name).files(version))

    def has_allowed_hash(self, file: IndexFile, name: str) -> bool:
        """Whether the project's hashes of a name, if it gives any, allow a file."""
        allowed = self.hashes.get(name)
        return not allowed or hash_fits(file, allowed)

    def select_from(self, name: str, files: Sequence[IndexFile]) -> Selection:
        """The file that pip would take out of some files of one version of a project, and why not the others."""
        return self._select(name, files, explain=None)

    def _select(self, name: str, files: Sequence[IndexFile], explain: bool | None) -> Selection:
        wheels, sdists = self.formats(name)
        return select(files, self.target, pinned=True, allow_wheels=wheels, allow_sdists=sdists, explain=explain)

    def _usability(self, name: str, version: str) -> Usability:
        key = (name, version)
        known = self._usabilities.get(key)
        if known is None:
            known = self._usabilities[key] = self._look(name, version)
        return known

    def _look(self, name: str, version: str) -> Usability:
        outline = None if self.hashes.get(name) else self.universe.project(name).outline(version)
        if outline is not None:
            if not python_allowed(outline.requires_python, self.target.version):
                return Usability.NO
            if outline.has_sdist and self.formats(name)[1]:
                return Usability.YES
        files = self.allowed_files(name, version)
        if self._has_open_sdist(name, files) and all(file.yanked is None for file in files):
            return Usability.YES  # known without comparing any wheel's tags
        selection = self._select(name, self._near(name, version), explain=False)
        if selection.file is None:
            return Usability.NO
        return Usability.YES if selection.yanked is None else Usability.YANKED

    def _has_open_sdist(self, name: str, files: Sequence[IndexFile]) -> bool:
        return self.formats(name)[1] and any(
            file.filename.endswith(SDIST_SUFFIXES)
            and "macosx10" not in file.filename
            and python_allowed(file.requires_python or "", self.target.version)
            for file in files
        )

    def _takes_wheel(self, name: str, version: str) -> bool:
        file = self._select(name, self._near(name, version), explain=False).file
        return file is not None and file.is_wheel


def hash_fits(file: IndexFile, allowed: frozenset[str]) -> bool:
    """Whether a file's hash is among the allowed ones; a file whose hash the index does not tell may fit."""
    return not file.hashes or any(f"{algorithm}:{digest}" in allowed for algorithm, digest in file.hashes)
