"""What pip would install after some changes, and what of it is no good: the answer of `resolve` itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trueup.model.distribution import InstallForecast, Outcome, PackageForecast
from trueup.model.requirement import RequirementSet
from trueup.repair.optimum._lines import Lines
from trueup.repair.optimum._plan import Unsatisfied
from trueup.repair.optimum._shelf import Shelf
from trueup.repair.optimum._values import Forbidden
from trueup.repair.optimum._vector import vector
from trueup.repair.optimum._walk import Clashes
from trueup.resolve.forecast import forecast_many
from trueup.resolve.resolver import resolve_many


@dataclass(frozen=True)
class Trial:
    """The sets of all targets after some changes, and the trouble of each name: on which target, how grave, and why.

    `unread` says why the index could not be asked about some name; empty where it answered.
    """

    forecasts: tuple[InstallForecast, ...]
    sets: tuple[dict[str, str], ...]
    unsatisfied: Mapping[str, Unsatisfied]
    compiled: Mapping[str, Unsatisfied]
    unread: str = ""

    @property
    def cost(self) -> int:
        """How many names cannot be installed, and how many are compiled."""
        return vector(unsatisfied=len(self.unsatisfied), compilations=len(self.compiled))

    def package(self, name: str) -> PackageForecast | None:
        """The forecast of a name that blocks, on the first target where it does."""
        for forecast in self.forecasts:
            for package in forecast.blockers:
                if package.name == name:
                    return package
        return None


class Court:
    """Tries changes, each only once."""

    def __init__(self, shelf: Shelf, lines: Lines, forbidden: Forbidden | None, clashes: Clashes | None) -> None:
        self._shelf = shelf
        self._lines = lines
        self._forbidden = forbidden
        self._clashes = clashes
        self._base: tuple[dict[str, str], ...] | None = None
        self._known: dict[tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]], Trial] = {}

    def trial(self, changes: Mapping[str, str], added: Mapping[str, str] | None = None) -> Trial:
        """What becomes of the project with some lines (by key) at other versions and some lines (by name) added."""
        added = added or {}
        key = frozenset(changes.items()), frozenset(added.items())
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._try(self._lines.changed(self._shelf, changes, added))
            self._base = self._base or known.sets
        return known

    def _try(self, requirements: RequirementSet) -> Trial:
        shelf = self._shelf
        forecasts = forecast_many(resolve_many(requirements, shelf.targets, shelf.index), shelf.index)
        unsatisfied: dict[str, Unsatisfied] = {}
        compiled: dict[str, Unsatisfied] = {}
        for at, forecast in enumerate(forecasts.values()):
            before = self._base[at] if self._base else None
            self._judge(forecast, before, unsatisfied, compiled)
        unread = [one.reason for forecast in forecasts.values() for one in forecast.unresolved if one.transient]
        return Trial(
            tuple(forecasts.values()),
            tuple({package.name: package.version for package in one.packages} for one in forecasts.values()),
            unsatisfied,
            {name: one for name, one in compiled.items() if name not in unsatisfied},
            unread[0] if unread else "",
        )

    def _judge(
        self,
        forecast: InstallForecast,
        before: Mapping[str, str] | None,
        unsatisfied: dict[str, Unsatisfied],
        compiled: dict[str, Unsatisfied],
    ) -> None:
        """Note the trouble of one target. What is new and may have to be compiled counts as compiled."""
        target = str(forecast.target)
        versions = {package.name: package.version for package in forecast.packages}
        for package in forecast.packages:
            if self._forbidden is not None and self._forbidden(package.name, package.version, forecast.target):
                reason = "it installs and then fails when it starts"
                unsatisfied.setdefault(package.name, Unsatisfied(package.name, package.version, reason, target))
            elif package.outcome.blocks or (
                package.outcome is Outcome.UNKNOWN and before and before.get(package.name) != package.version
            ):
                found = unsatisfied if package.outcome is Outcome.UNAVAILABLE else compiled
                told = Unsatisfied(package.name, package.version, package.reason, target)
                found.setdefault(package.name, told)
        for conflict in forecast.conflicts:
            version = versions.get(conflict.name, "")
            unsatisfied.setdefault(conflict.name, Unsatisfied(conflict.name, version, conflict.reason, target))
        for first, second in self._clashes(versions, forecast.target) if self._clashes else ():
            reason = f"{second} {versions[second]} fails with {first} {versions[first]} when it starts"
            unsatisfied.setdefault(second, Unsatisfied(second, versions[second], reason, target))
