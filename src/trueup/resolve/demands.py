"""What the search moves: candidates, and the demands that the project and candidates make on names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from trueup.model.requirement import DeclaredRequirement
from trueup.resolve.terms import Dependency, Specification, specification, written


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A version of a distribution, or of one of its extras (pip's pseudo-candidate), that may be chosen."""

    identifier: str
    name: str
    extras: frozenset[str]
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """One requirement on a distribution: by the project (`declared`, no parent) or by another candidate.

    `explicit` marks the demand of an extra for its own distribution, which pip treats like a direct link.
    """

    identifier: str
    name: str
    extras: frozenset[str]
    specification: Specification
    text: str
    parent: Candidate | None = None
    declared: DeclaredRequirement | None = None
    explicit: bool = False

    @property
    def is_own(self) -> bool:
        """Whether the project itself asks for the distribution; a constraint does not ask."""
        return self.declared is not None and not self.declared.is_constraint


def demands_of(dependency: Dependency, parent: Candidate) -> Iterator[Demand]:
    """The demands of one dependency line; extras with a specifier give two, as in pip's factory."""
    yield from split_demand(dependency.name, dependency.extras, dependency.specification, dependency.text, parent, None)


def split_demand(
    name: str,
    extras: frozenset[str],
    wanted: Specification,
    text: str,
    parent: Candidate | None,
    declared: DeclaredRequirement | None,
) -> Iterator[Demand]:
    """One requirement as demands: on the distribution, and on its extras where it asks for some.

    Source: `Factory._make_requirements_from_install_req` (pypa/pip src/pip/_internal/resolution/resolvelib/factory.py
    at 6d309205, read 2026-11-20).
    """
    if extras and wanted.unfree:
        yield Demand(name, name, frozenset(), wanted, text, parent, declared)
    yield Demand(identify(name, extras), name, extras, wanted, text, parent, declared)


def identify(name: str, extras: frozenset[str]) -> str:
    """The identifier of a distribution or of its extras: `uvicorn[standard]`."""
    return f"{name}[{','.join(sorted(extras))}]" if extras else name


def declared_demands(requirement: DeclaredRequirement) -> tuple[Demand, ...]:
    """The demands of one of the project's own requirements."""
    wanted = specification(requirement.specifier)
    extras = frozenset(canonicalize_name(extra) for extra in requirement.extras)
    text = written(requirement.name, extras, str(requirement.specifier))
    return tuple(split_demand(requirement.name, extras, wanted, text, None, requirement))
