"""What a lockfile installs on a target: a closure, no search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from trueup.index.names import parsed_version
from trueup.model.distribution import Rejected, ResolvedDistribution, Selection, Unresolved
from trueup.model.requirement import LockedPackage, RequirementSet
from trueup.resolve.roots import applicable
from trueup.resolve.terms import condition
from trueup.resolve.view import TargetView

Edge = tuple[str, Marker | None, frozenset[str]]

_SOURCES = {
    "url": "the lockfile takes it from an address of its own, which is not downloaded",
    "vcs": "the lockfile takes it from a version control repository, which is not downloaded",
    "path": "the lockfile takes it from a path, and what lies there is not on the index",
}


class _Closure:
    """The packages that are reached from the roots, each with who asks for it and with which extras."""

    def __init__(self, view: TargetView, packages: Iterable[LockedPackage]) -> None:
        self._view = view
        self.packages: dict[str, LockedPackage] = {}
        for package in packages:
            if self._holds(package.marker):
                self._keep(package)
        self.parents: dict[str, dict[str, None]] = {}
        self.extras: dict[str, set[str]] = {}
        self._followed: set[tuple[str, str]] = set()

    def _keep(self, package: LockedPackage) -> None:
        """Of several forks that hold here, the one that is newer."""
        other = self.packages.get(package.name)
        old, new = parsed_version(other.version) if other else None, parsed_version(package.version)
        if other is None or (old is not None and new is not None and new > old):
            self.packages[package.name] = package

    def _holds(self, marker: Marker | None) -> bool:
        return marker is None or self._view.holds(condition(marker))

    def add(self, name: str, extras: Iterable[str], parent: str | None) -> None:
        """Take a package in, and everything that it and its extras need."""
        waiting = [(name, frozenset(extras), parent)]
        while waiting:
            name, wanted, parent = waiting.pop()
            package = self.packages.get(name)
            if package is None:
                continue
            parents = self.parents.setdefault(name, {})
            if parent is not None:
                parents[parent] = None
            for extra in ("", *sorted(canonicalize_name(one) for one in wanted)):
                if (name, extra) in self._followed:
                    continue
                self._followed.add((name, extra))
                if extra:
                    self.extras.setdefault(name, set()).add(extra)
                    optional = {str(canonicalize_name(key)): e for key, e in package.optional_dependencies.items()}
                    waiting.extend(self._edges(optional.get(extra, ()), package, extra))
                else:
                    waiting.extend(self._edges(package.dependencies, package, ""))

    def _edges(
        self, edges: Iterable[Edge], package: LockedPackage, extra: str
    ) -> Iterable[tuple[str, frozenset[str], str]]:
        for name, marker, extras in edges:
            if marker is None or self._view.holds(condition(marker), (extra,)):
                yield name, extras, package.name


def resolve_locked(
    view: TargetView, requirements: RequirementSet
) -> tuple[tuple[ResolvedDistribution, ...], tuple[Unresolved, ...]]:
    """The distributions that a lockfile installs on a target, and those of them that are not from the index.

    The roots are the requirements that the plan installs, else the packages that the lockfile calls direct, else (a
    lockfile without edges, such as Pipfile.lock) every package whose marker holds.
    """
    locked = requirements.locked or ()
    closure = _Closure(view, locked)
    roots = _roots(view, requirements, closure)
    for name, extras in roots.items():
        closure.add(name, extras, None)
    reached = sorted(closure.parents)
    on_index = [name for name in reached if closure.packages[name].source == "index"]
    view.universe.load_projects(on_index)
    distributions = []
    unresolved = []
    for name in reached:
        package = closure.packages[name]
        if package.source in _SOURCES:
            unresolved.append(Unresolved(name, _SOURCES[package.source], (package.evidence,)))
        elif package.source == "index":
            project = view.universe.project(name)
            trouble = project.trouble
            if project.is_unanswered and trouble is not None:
                reason = getattr(trouble, "reason", "")
                unresolved.append(Unresolved(name, reason, (package.evidence,), getattr(trouble, "transient", True)))
                continue
            direct = package.direct or name in roots
            distributions.append(_distribution(view, package, closure, direct))
    return tuple(distributions), tuple(unresolved)


def _roots(view: TargetView, requirements: RequirementSet, closure: _Closure) -> Mapping[str, set[str]]:
    roots: dict[str, set[str]] = {}
    for one in requirements.requirements:
        if not one.is_constraint and applicable(view, one) and one.name in closure.packages:
            roots.setdefault(one.name, set()).update(one.extras)
    has_edges = any(package.dependencies or package.optional_dependencies for package in closure.packages.values())
    if roots and has_edges:
        return roots
    direct = {name: set[str]() for name, package in closure.packages.items() if package.direct}
    if direct and has_edges:
        return direct
    return {name: roots.get(name, set()) for name in closure.packages}


def _distribution(view: TargetView, package: LockedPackage, closure: _Closure, direct: bool) -> ResolvedDistribution:
    parents = tuple(sorted(closure.parents[package.name]))
    place = package.evidence.place
    return ResolvedDistribution(
        name=package.name,
        version=package.version,
        direct=direct,
        required_by=parents,
        requested=(f"{package.name}=={package.version} ({place})" if place else f"{package.name}=={package.version}",),
        evidence=(package.evidence,),
        extras=frozenset(closure.extras.get(package.name, ())),
        selection=_selection(view, package),
    )


def _selection(view: TargetView, package: LockedPackage) -> Selection:
    """The file that is taken: only files that the lockfile lists may be, where it lists any."""
    files = view.universe.project(package.name).files(package.version)
    listed = frozenset(package.files)
    allowed = [file for file in files if file.filename in listed] if listed else list(files)
    selection = view.select_from(package.name, allowed or files)
    extra = tuple(Rejected(file.filename, "the lockfile does not list it") for file in files if file not in allowed)
    if not allowed or not extra or selection.file is not None:
        return selection
    return Selection(None, (*selection.rejected, *extra), selection.yanked)
