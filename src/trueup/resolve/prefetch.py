"""Reading an index in few, wide calls: level by level, all names and all metadata of a level at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trueup.model.distribution import IndexFile
from trueup.resolve.chooser import Chooser
from trueup.resolve.demands import Candidate, Demand
from trueup.resolve.roots import Roots
from trueup.resolve.search import matches
from trueup.resolve.universe import Universe
from trueup.resolve.view import TargetView

DEEPEST = 40
"""Levels after which reading ahead stops; the search reads the rest as it needs it."""


def prefetch(universe: Universe, views: Sequence[TargetView], roots: Sequence[Roots]) -> None:
    """Read what the search will most likely ask for, on several targets at once.

    The guess is the best candidate by the demands known so far, which is nearly always the one that is chosen. Nothing
    depends on it but the number of calls.
    """
    walks = [_Walk(view, root) for view, root in zip(views, roots, strict=True)]
    for _ in range(DEEPEST):
        universe.load_projects(name for walk in walks for name in walk.names())
        files: list[IndexFile] = []
        for walk in walks:
            files.extend(walk.choose())
        if not files:
            return
        universe.load_metadata(files)
        for walk in walks:
            walk.descend()


class _Walk:
    """One target's way through the levels."""

    def __init__(self, view: TargetView, roots: Roots) -> None:
        self._view = view
        self._chooser = Chooser(self._view, roots.rules)
        self._demands: dict[str, list[Demand]] = {}
        self._seen: set[str] = set()
        self._level: list[str] = []
        self._chosen: list[Candidate] = []
        self._take(roots.task.roots)

    def _take(self, demands: Iterable[Demand]) -> None:
        for demand in demands:
            self._demands.setdefault(demand.identifier, []).append(demand)
            if demand.identifier not in self._seen:
                self._seen.add(demand.identifier)
                self._level.append(demand.identifier)

    def names(self) -> Iterable[str]:
        """The names of this level that are to be looked up."""
        names = (self._demands[identifier][0].name for identifier in self._level)
        return [name for name in names if name not in self._chooser.rules.external]

    def choose(self) -> list[IndexFile]:
        """Choose a candidate for every identifier of the level; the files whose metadata they need."""
        self._chosen = []
        for identifier in self._level:
            if self._chooser.is_dead(self._demands[identifier][0].name):
                continue
            candidate = next(matches(self._chooser, identifier, self._demands, with_metadata=False), None)
            if candidate is not None:
                self._chosen.append(candidate)
        self._level = []
        arch = self._view.target.arch
        found = (self._view.universe.metadata_file(one.name, one.version, arch) for one in self._chosen)
        return [file for file in found if file is not None]

    def descend(self) -> None:
        """Go on to what the chosen candidates need."""
        for candidate in self._chosen:
            self._take(self._chooser.raw_needs(candidate))
