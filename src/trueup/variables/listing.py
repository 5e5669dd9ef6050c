"""Which variables the services of a project read, those that share a root directory together."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from trueup.model.evidence import Evidence
from trueup.model.project import Project, SourceFile
from trueup.predictions import Prediction
from trueup.sourcecode import CodeFacts
from trueup.sourcecode.environment import EnvironmentVariable

EXAMPLE_NAMES = (".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", "example.env")
MASK = "***"
"""What stands for a default that may be a secret."""


@dataclass(frozen=True, slots=True)
class UsedVariable:
    """A variable, the names of the services that read it, and the lines of platform files that give it."""

    variable: EnvironmentVariable
    services: tuple[str, ...]
    given: tuple[Evidence, ...] = ()

    @property
    def name(self) -> str:
        """Its name."""
        return self.variable.name

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and the other names that serve as well."""
        return (self.variable.name, *self.variable.aliases)

    @property
    def default(self) -> str | None:
        """What the code takes without it, where that is known and no secret."""
        default = self.variable.default
        return None if default == MASK else default


@dataclass(frozen=True)
class ServiceVariables:
    """The variables of all services with one root directory, by name.

    `unread` are Python files that could not be read, so that variables may be missing here.
    """

    root_dir: str
    services: tuple[str, ...]
    variables: tuple[UsedVariable, ...]
    unread: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[UsedVariable, ...]:
        """Without which a service fails, and which no platform gives by itself."""
        return tuple(use for use in self.variables if use.variable.required and not use.variable.from_platform)

    @property
    def optional(self) -> tuple[UsedVariable, ...]:
        """Which the code can do without."""
        return tuple(use for use in self.variables if not use.variable.required and not use.variable.from_platform)

    @property
    def from_platform(self) -> tuple[UsedVariable, ...]:
        """Which the platforms give by themselves (PORT and the like)."""
        return tuple(use for use in self.variables if use.variable.from_platform)

    def example_file(self, project: Project) -> tuple[str, SourceFile | None]:
        """The path of the example file of these services, and the file where there is one.

        One in the root directory comes first, then one at the project's root, else a new .env.example in the former.
        """
        for folder in dict.fromkeys((self.root_dir, "")):
            for name in EXAMPLE_NAMES:
                path = posixpath.join(folder, name)
                if project.has(path):
                    return path, project.get(path)
        return posixpath.join(self.root_dir, EXAMPLE_NAMES[0]), None

    def environment_files(self, project: Project) -> tuple[SourceFile, ...]:
        """The .env files of the root directory, and those that settings classes name; else those of the project."""
        named = [name for use in self.variables for name in use.variable.env_files]
        for folder in dict.fromkeys((self.root_dir, "")):
            paths = dict.fromkeys(posixpath.normpath(posixpath.join(folder, name)) for name in (".env", *named))
            found = tuple(file for path in paths if (file := project.get(path)) is not None)
            if found:
                return found
        return ()


def service_variables(predictions: Iterable[Prediction], codes: Iterable[CodeFacts]) -> tuple[ServiceVariables, ...]:
    """The variables of every service that runs Python, grouped by root directory in the order of the predictions.

    Args:
        predictions: the plans.
        codes: what the code of each prediction's service says, as `pipeline.code_of` gives it.
    """
    groups: dict[str, list[tuple[Prediction, CodeFacts]]] = {}
    for prediction, code in zip(predictions, codes, strict=True):
        if prediction.plan.service.runtime in (None, "python", "docker") and prediction.plan.service.kind != "static":
            groups.setdefault(prediction.plan.service.root_dir.value, []).append((prediction, code))
    return tuple(_group(root_dir, members) for root_dir, members in groups.items())


def _group(root_dir: str, members: Sequence[tuple[Prediction, CodeFacts]]) -> ServiceVariables:
    found: dict[str, UsedVariable] = {}
    unread: dict[str, None] = {}
    for prediction, code in members:
        service = prediction.plan.service
        given = {item.name: item.evidence for item in service.variables}
        for variable in code.variables:
            declared = tuple(given[name] for name in (variable.name, *variable.aliases) if name in given)
            new = UsedVariable(variable, (service.name,), declared)
            old = found.get(variable.name)
            found[variable.name] = new if old is None else _merged(old, new)
        unread |= dict.fromkeys(module.file.path for module in code.unread)
    services = tuple(dict.fromkeys(prediction.plan.service.name for prediction, _ in members))
    return ServiceVariables(root_dir, services, tuple(found[name] for name in sorted(found)), tuple(unread))


def _merged(old: UsedVariable, new: UsedVariable) -> UsedVariable:
    """One variable that several services read: required where any of them cannot do without it."""
    first, second = (new, old) if new.variable.required and not old.variable.required else (old, new)
    variable = replace(
        first.variable,
        default=first.variable.default if first.variable.default is not None else second.variable.default,
        evidence=tuple(dict.fromkeys((*first.variable.evidence, *second.variable.evidence)))[:8],
        at_start=old.variable.at_start or new.variable.at_start,
        hints=tuple(dict.fromkeys((*first.variable.hints, *second.variable.hints))),
    )
    return UsedVariable(
        variable,
        tuple(dict.fromkeys((*old.services, *new.services))),
        tuple(dict.fromkeys((*old.given, *new.given))),
    )
