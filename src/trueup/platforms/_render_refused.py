"""What Render itself refuses of a blueprint, beyond (or in clearer words than) its published schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trueup.manifests import render_yaml
from trueup.manifests._document import Document, Path
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Problem, Severity
from trueup.platforms import _render_schema as shape

_DATABASES = ("database", "db", "postgres", "postgresql", "pgsql")
_REPORT = "https://github.com/AllYourBot/hostedgpt/issues/43"
_CHECKED = "2026-11-20"
_BOTH = "cannot simultaneously specify fields value and sync"
_NEITHER = "must be from group or have a key and value"
_VALUES = ("value", "sync", "generateValue", "fromDatabase", "fromService", "fromGroup")


@dataclass(frozen=True, slots=True)
class PlacedProblem:
    """A problem and the path of the value it is about, so that it is told with the service it concerns."""

    path: Path
    problem: Problem


def foreign_types(document: Document) -> Iterator[PlacedProblem]:
    """Services of a type that Render does not have: nothing else about them can be judged."""
    known = (*shape.SERVICE_TYPES, *shape.KEYVALUE_TYPES, "static")
    for scope in render_yaml.scopes(document):
        for path, item in render_yaml.mappings(document, (*scope.path, "services")):
            kind = item.get("type")
            if isinstance(kind, str) and kind not in known:
                yield PlacedProblem(path, _foreign_type(document, path, kind))


def _foreign_type(document: Document, path: Path, kind: str) -> Problem:
    evidence = document.evidence(*path, "type")
    text = f"the types of a service are {', '.join(shape.SERVICE_TYPES)}"
    hint = f"Write one of {', '.join(shape.SERVICE_TYPES)}."
    if kind.lower() in _DATABASES:
        hint = "A PostgreSQL database is no service: write it as an entry of the top level's `databases`, without type."
    return Problem(
        rule="builder-error",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        message=f"{evidence.place} makes a service of type {kind}, and Render has no such type: {text}. `render "
        "blueprints validate` refuses the file, and the sync most likely too: none of its services is made then.",
        hint=hint,
        evidence=(evidence, Evidence.default(text, shape.SOURCE, shape.CHECKED)),
        subject=".".join(map(str, (*path, "type"))),
    )


def variable_problems(document: Document) -> Iterator[PlacedProblem]:
    """Variables that Render's sync refuses, though the schema allows them: with a value and sync, or with nothing."""
    for variables in render_yaml.variable_lists(document):
        for path, item in render_yaml.mappings(document, variables):
            if not isinstance(item.get("key"), str):
                continue
            if item.get("value") is not None and "sync" in item:
                yield PlacedProblem(path, _refused(document, path, item, _BOTH, "a value and sync"))
            elif not any(name in item for name in _VALUES):
                yield PlacedProblem(path, _refused(document, path, item, _NEITHER, "nothing that gives it a value"))


def _refused(document: Document, path: Path, item: dict[str, Any], said: str, has: str) -> Problem:
    name = str(item["key"])
    # The line may hold a secret, so that the evidence shows the name only.
    evidence = document.file.evidence(document.line(*path, "key"), f"{name} in envVars")
    both = said == _BOTH
    return Problem(
        rule="builder-error",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        message=f"{evidence.place} declares {name} with {has}. Render has answered such a blueprint with “{said}”: "
        "the sync stops, and no service is made or changed.",
        hint="Keep the value, or `sync: false` where it is to be typed into the dashboard."
        if both
        else "Give it a value, `generateValue: true`, or `sync: false` where it is typed into the dashboard.",
        evidence=(evidence, Evidence.default(f"a public report quotes “{said}”", _REPORT, _CHECKED)),
        subject=".".join(map(str, path)),
    )
