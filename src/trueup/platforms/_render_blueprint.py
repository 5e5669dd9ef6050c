"""A Render blueprint as services, with the variables and the backing services that each of them is given.

Source: https://render.com/docs/blueprint-spec (read 2026-11-20).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from trueup.manifests import render_yaml
from trueup.manifests._document import Document, Path, load_yaml
from trueup.model.evidence import Evidence, Fact
from trueup.model.project import Project, SourceFile
from trueup.model.service import Service, Variable

FILENAME = "render.yaml"
KINDS = {"web": "web", "worker": "worker", "pserv": "private", "cron": "cron", "static": "static"}
"""Types of a blueprint that Render builds, with our word for each; `static` is not a valid type, but surely meant."""
WRITTEN_VERSION = "PYTHON_VERSION as written"
"""The setting that holds the spelling of a version that YAML makes a different number of."""
_OWN_FIELDS = frozenset({"type", "name", "runtime", "env", "rootDir", "envVars"})
_REFERENCES = ("fromDatabase", "fromService")


@dataclass(frozen=True, slots=True)
class Backing:
    """A database or key-value store that the blueprint creates beside the services.

    `kind` is postgresql or redis; `name` the blueprint's name; `variables` the variables of a service that point to it.
    """

    kind: str
    name: str
    evidence: Evidence
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BlueprintService:
    """One service of a blueprint: the service, its path in the document, and environment groups that are not there."""

    service: Service
    path: Path
    foreign_groups: tuple[Fact[str], ...] = ()
    repository: Fact[str] | None = None


@dataclass(frozen=True)
class Blueprint:
    """render.yaml as read: its document, the services that Render builds, and what stands beside them."""

    document: Document
    services: tuple[BlueprintService, ...] = ()
    backing: tuple[Backing, ...] = field(default=())

    def named(self, name: str) -> BlueprintService | None:
        """The service of that name."""
        return next((item for item in self.services if item.service.name == name), None)


def load_blueprint(project: Project) -> Blueprint | None:
    """The blueprint in the project's root; None where there is none. A broken one has no services."""
    file = project.whole.get(FILENAME)
    return None if file is None else _blueprint(file)


@lru_cache(maxsize=16)
def _blueprint(file: SourceFile) -> Blueprint:
    document = load_yaml(file)
    backing = tuple(_backing(document))
    found: list[BlueprintService] = []
    taken: set[str] = set()
    for scope in render_yaml.scopes(document):
        for path, item in render_yaml.mappings(document, (*scope.path, "services")):
            kind = _kind(item)
            if kind is None:
                continue
            name = _unique(str(item.get("name") or kind), scope.name, taken)
            found.append(_service(document, path, name, kind, backing))
    return Blueprint(document, tuple(found), backing)


def _kind(item: dict[str, Any]) -> str | None:
    kind = KINDS.get(str(item.get("type")))
    return "static" if kind == "web" and _runtime(item) == "static" else kind


def _unique(name: str, environment: str, taken: set[str]) -> str:
    candidates = [name, f"{environment}/{name}" if environment else name]
    candidates += [f"{name}-{number}" for number in range(2, len(taken) + 3)]
    chosen = next(candidate for candidate in candidates if candidate not in taken)
    taken.add(chosen)
    return chosen


def _runtime(item: dict[str, Any]) -> str | None:
    runtime = item.get("runtime", item.get("env"))
    return runtime if isinstance(runtime, str) else None


def _service(document: Document, path: Path, name: str, kind: str, backing: tuple[Backing, ...]) -> BlueprintService:
    item = document.get(*path)
    variables, foreign = _variables(document, path)
    settings: dict[str, Fact[object]] = {
        str(key): Fact(value, (document.evidence(*path, key),)) for key, value in item.items() if key not in _OWN_FIELDS
    }
    settings.update(_written_version(document, variables))
    used = tuple(_used(document, path, backing))
    if used:
        settings["backing"] = Fact(used, tuple(store.evidence for store in used))
    runtime_key = "runtime" if "runtime" in item else "env"
    evidence = [document.evidence(*path, "name" if "name" in item else "type")]
    evidence += [document.evidence(*path, runtime_key)] if _runtime(item) else []
    service = Service(
        name=name,
        kind=kind,
        root_dir=_root_dir(document, path),
        evidence=tuple(evidence),
        runtime=_runtime(item),
        variables=variables,
        settings=settings,
    )
    repository = item.get("repo")
    given = Fact(repository, (document.evidence(*path, "repo"),)) if isinstance(repository, str) else None
    return BlueprintService(service, path, foreign, given)


def _root_dir(document: Document, path: Path) -> Fact[str]:
    given = document.get(*path, "rootDir")
    if isinstance(given, str) and given.strip():
        clean = posixpath.normpath(given.strip().strip("/") or ".")
        return Fact("" if clean == "." else clean, (document.evidence(*path, "rootDir"),))
    absent = Evidence.absent("the service has no rootDir, so its root directory is the repository's root", FILENAME)
    return Fact("", (absent,))


def _variables(document: Document, path: Path) -> tuple[tuple[Variable, ...], tuple[Fact[str], ...]]:
    """The variables of a service, its own before those of its groups; and the groups that the blueprint lacks."""
    own: dict[str, Variable] = {}
    grouped: dict[str, Variable] = {}
    foreign: list[Fact[str]] = []
    for item_path, item in render_yaml.mappings(document, (*path, "envVars")):
        group = item.get("fromGroup")
        if isinstance(group, str):
            group_path = _group(document, group)
            if group_path is None:
                foreign.append(Fact(group, (document.evidence(*item_path, "fromGroup"),)))
                continue
            for member_path, member in render_yaml.mappings(document, (*group_path, "envVars")):
                variable = _variable(document, member_path, member, in_group=True)
                if variable:
                    grouped[variable.name] = variable
            continue
        variable = _variable(document, item_path, item)
        if variable:
            own[variable.name] = variable
    return tuple({**grouped, **own}.values()), tuple(foreign)


def _group(document: Document, name: str) -> Path | None:
    for scope in render_yaml.scopes(document):
        for path, group in render_yaml.mappings(document, (*scope.path, "envVarGroups")):
            if group.get("name") == name:
                return path
    return None


def _variable(document: Document, path: Path, item: dict[str, Any], *, in_group: bool = False) -> Variable | None:
    name = item.get("key")
    if not isinstance(name, str):
        return None
    value_path = (*path, "value" if "value" in item else "key")
    # The line of a variable may hold a secret, so that the evidence shows the name only.
    evidence = document.file.evidence(document.line(*value_path), f"{name} in envVars")
    if "value" in item:
        value = item["value"]
        text = None if value is None else (str(value).lower() if isinstance(value, bool) else str(value))
        if name == render_yaml.VARIABLE:
            evidence = document.evidence(*value_path)
        return Variable(name, text, evidence, "group" if in_group else "literal")
    if item.get("generateValue"):
        return Variable(name, None, evidence, "generated")
    if any(key in item for key in _REFERENCES):
        return Variable(name, None, evidence, "reference")
    return Variable(name, None, evidence, "prompted")


def _written_version(document: Document, variables: tuple[Variable, ...]) -> dict[str, Fact[object]]:
    """The spelling of PYTHON_VERSION, where the number that YAML makes of it is spelled differently."""
    chosen = next((item for item in variables if item.name == render_yaml.VARIABLE), None)
    if chosen is None or chosen.value is None:
        return {}
    for value_path in render_yaml.python_version_values(document):
        spelling = render_yaml.written(document, value_path)
        if document.line(*value_path) == chosen.evidence.line and spelling != chosen.value:
            return {WRITTEN_VERSION: Fact(spelling, (document.evidence(*value_path),))}
    return {}


def _backing(document: Document) -> Iterator[Backing]:
    for scope in render_yaml.scopes(document):
        for path, item in render_yaml.mappings(document, (*scope.path, "databases")):
            yield Backing("postgresql", str(item.get("name", "")), document.evidence(*path, "name"))
        for path, item in render_yaml.mappings(document, (*scope.path, "services")):
            if item.get("type") in ("keyvalue", "redis"):
                yield Backing("redis", str(item.get("name", "")), document.evidence(*path, "name"))


def _used(document: Document, path: Path, backing: tuple[Backing, ...]) -> Iterator[Backing]:
    """The stores that a service's variables point to, each with the names of those variables."""
    for store in backing:
        reference = "fromDatabase" if store.kind == "postgresql" else "fromService"
        names = tuple(
            str(item.get("key"))
            for _, item in render_yaml.mappings(document, (*path, "envVars"))
            if isinstance(item.get(reference), dict) and item[reference].get("name") == store.name
        )
        if names:
            yield Backing(store.kind, store.name, store.evidence, names)
