"""Reading an index ahead of the search: whatever it will most likely ask for, all at the same time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from trueup.index.interface import Wanted
from trueup.model.distribution import IndexFile
from trueup.resolve.chooser import Chooser
from trueup.resolve.demands import Candidate, Demand
from trueup.resolve.roots import Asked
from trueup.resolve.search import matches
from trueup.resolve.universe import Universe
from trueup.resolve.view import TargetView

MOST_NAMES = 3000
"""Names after which reading ahead stops; the search reads the rest as it needs it."""
_MOST_CHOICES = 4
"""How often another version of one name is guessed; who contradicts more often is left to the search."""


def prefetch(universe: Universe, views: Sequence[TargetView], asked: Sequence[Asked]) -> None:
    """Read what the search will most likely ask for, on several targets at once.

    The guess is the best candidate by the demands known so far, which is nearly always the one that is chosen. Nothing
    depends on it but the number of calls.
    """
    walks = [_Walk(view, each) for view, each in zip(views, asked, strict=True)]
    first = [item for walk in walks for item in walk.begin()]
    universe.read_ahead(first, lambda item: [following for walk in walks for following in walk.go_on(item)])


class _Walk:
    """One target's way from the project's demands to all that they lead to, in whichever order answers come."""

    def __init__(self, view: TargetView, asked: Asked) -> None:
        self._view = view
        self._chooser = Chooser(view, asked.rules)
        self._roots = [demand for group in asked.groups for demand in group]
        self._demands: dict[str, list[Demand]] = {}
        self._choices: dict[str, list[Candidate]] = {}
        self._without_page: dict[str, dict[str, None]] = {}
        self._without_metadata: dict[str, list[Candidate]] = {}

    def begin(self) -> list[Wanted]:
        """What the project's own demands need."""
        return self._meet(self._roots)

    def go_on(self, item: Wanted) -> list[Wanted]:
        """What is needed next, now that a project or a file's metadata are known."""
        if isinstance(item, IndexFile):
            read = self._without_metadata.pop(item.filename, [])
            return self._meet(demand for candidate in read for demand in self._chooser.raw_needs(candidate))
        wanted: list[Wanted] = []
        found: list[Demand] = []
        for identifier in self._without_page.pop(item, ()):
            found += self._choose(identifier, wanted)
        return wanted + self._meet(found)

    def _meet(self, demands: Iterable[Demand]) -> list[Wanted]:
        """Take demands in, all of them before anything is chosen by them; what they need that is not known."""
        wanted: list[Wanted] = []
        coming = deque(demands)
        while coming:
            touched: dict[str, Demand] = {}
            while coming:
                demand = coming.popleft()
                self._demands.setdefault(demand.identifier, []).append(demand)
                if not self._is_met(demand):
                    touched.setdefault(demand.identifier, demand)
            for identifier, demand in touched.items():
                if self._view.universe.knows(demand.name):
                    coming.extend(self._choose(identifier, wanted))
                elif len(self._demands) <= MOST_NAMES:
                    self._without_page.setdefault(demand.name, {})[identifier] = None
                    wanted.append(demand.name)
        return wanted

    def _is_met(self, demand: Demand) -> bool:
        if demand.name in self._chooser.rules.external:
            return True
        choices = self._choices.get(demand.identifier, [])
        return bool(choices) and demand.specification.admits(choices[-1].version)

    def _choose(self, identifier: str, wanted: list[Wanted]) -> Iterable[Demand]:
        """Choose a candidate by the demands so far; what it asks for, or its metadata among the wanted."""
        name = self._demands[identifier][0].name
        choices = self._choices.setdefault(identifier, [])
        if len(choices) == _MOST_CHOICES or self._chooser.is_dead(name):
            return ()
        candidate = next(matches(self._chooser, identifier, self._demands, with_metadata=False), None)
        if candidate is None or candidate in choices:
            return ()
        choices.append(candidate)
        file = self._view.universe.metadata_file(candidate.name, candidate.version, self._view.target.arch)
        if file is None:
            return ()
        if self._view.universe.knows(file):
            return list(self._chooser.raw_needs(candidate))
        self._without_metadata.setdefault(file.filename, []).append(candidate)
        wanted.append(file)
        return ()
