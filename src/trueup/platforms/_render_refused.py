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

_DATABASES = ("database", "db", "postgres", "postgresql", "pgsql", "psql")
REPORTS = "public reports of what Render's dashboard says, such as https://github.com/AllYourBot/hostedgpt/issues/43"
_CHECKED = "2026-11-20"
_BOTH = "cannot simultaneously specify fields value and sync"
_NEITHER = "must be from group or have a key and value"
_FREE = (
    "Render has free instances of web services, Postgres and Key Value, and of nothing else",
    "the sync refuses the plan, and the service is not made",
    "Choose a paid plan; the free one is for `type: web`.",
    "https://render.com/docs/free",
)
_LEGACY = (
    "Legacy Postgres plans, including 'starter', are no longer supported for new databases",
    "a database that exists keeps its plan, and a new one is refused, with the whole blueprint",
    "Choose a plan of today, such as free or basic-256mb.",
    REPORTS,
)
_VALUES = ("value", "sync", "generateValue", "fromDatabase", "fromService", "fromGroup")


@dataclass(frozen=True, slots=True)
class PlacedProblem:
    """A problem and the path of the value it is about, so that it is told with the service it concerns."""

    path: Path
    problem: Problem


def foreign_types(document: Document) -> Iterator[PlacedProblem]:
    """Services of a type that Render does not have: nothing else about them can be judged."""
    known = (*shape.SERVICE_TYPES, *shape.KEYVALUE_TYPES)
    for scope in render_yaml.scopes(document):
        for path, item in render_yaml.mappings(document, (*scope.path, "services")):
            kind = item.get("type")
            if isinstance(kind, str) and kind not in known:
                yield PlacedProblem(path, _foreign_type(document, path, kind))


def _foreign_type(document: Document, path: Path, kind: str) -> Problem:
    text = f"the types of a service are {', '.join(shape.SERVICE_TYPES)}"
    hint = f"Write one of {', '.join(shape.SERVICE_TYPES)}."
    if kind.lower().startswith("static"):
        hint = "A static site is `type: web` with `runtime: static`."
    elif kind.lower() in _DATABASES:
        hint = "A PostgreSQL database is no service: write it as an entry of the top level's `databases`, without type."
    evidence = (document.evidence(*path, "type"), Evidence.default(text, shape.SOURCE, shape.CHECKED))
    return _problem(
        f"{evidence[0].place} makes a service of type {kind}, and Render has no such type: {text}",
        f'unknown type "{kind}"',
        hint,
        evidence,
        ".".join(map(str, (*path, "type"))),
    )


def _problem(what: str, said: str, hint: str, evidence: tuple[Evidence, ...], subject: str) -> Problem:
    return Problem(
        rule="builder-error",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,  # a service that was made by hand goes on without the blueprint
        message=f"{what}. The sync has answered such a blueprint with “{said}”: no service of it is made or changed.",
        hint=hint,
        evidence=(*evidence, Evidence.default(f"the sync says “{said}”", REPORTS, _CHECKED)),
        subject=subject,
    )


def service_problems(document: Document) -> Iterator[PlacedProblem]:
    """Settings of a service that the sync refuses beside each other, though the schema allows each."""
    for scope in render_yaml.scopes(document):
        for path, item in render_yaml.mappings(document, (*scope.path, "services")):
            for key, what, said, hint in _clashes(item):
                evidence = document.evidence(*path, key)
                subject = ".".join(map(str, (*path, key)))
                told = _problem(f"{evidence.place} has {what}", said, hint, (evidence,), subject)
                yield PlacedProblem((*path, key), told)


def _clashes(item: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """The key, what is wrong with it, what the sync says, and what to do."""
    runtime = item.get("runtime", item.get("env"))
    if runtime == "docker" and item.get("startCommand"):
        yield (
            "startCommand",
            "a startCommand for a service of the docker runtime",
            "docker runtime must not have startCommand",
            "Write it as dockerCommand, or leave the command to the Dockerfile.",
        )
    if runtime in shape.NATIVE_RUNTIMES:
        for key in ("dockerfilePath", "dockerContext"):
            if key in item:
                yield (
                    key,
                    f"the key {key} for a service of the {runtime} runtime",
                    f"non-docker runtime {runtime} cannot have {key}",
                    f"Remove {key}, or write `runtime: docker`.",
                )
    if item.get("plan") == "free" and "disk" in item:
        yield (
            "disk",
            "a disk for a service of the free plan",
            "disks are not supported for free tier services",
            "Choose a paid plan, or remove the disk and keep what must stay in a database.",
        )


def plan_problems(document: Document) -> Iterator[PlacedProblem]:
    """Plans that the schema lists and Render does not have for this kind of resource, or no longer."""
    for scope in render_yaml.scopes(document):
        for path, item in render_yaml.mappings(document, (*scope.path, "services")):
            if item.get("type") in ("worker", "pserv") and item.get("plan") == "free":
                yield _plan_problem(document, (*path, "plan"), *_FREE, Severity.HIGH)
        for path, item in render_yaml.mappings(document, (*scope.path, "databases")):
            if item.get("plan") in shape.OLD_PLANS:
                yield _plan_problem(document, (*path, "plan"), *_LEGACY, Severity.MEDIUM)


def _plan_problem(
    document: Document, path: Path, text: str, then: str, hint: str, source: str, severity: Severity
) -> PlacedProblem:
    evidence = document.evidence(*path)
    problem = Problem(
        rule="builder-error",
        severity=severity,
        confidence=Confidence.MEDIUM,
        message=f"{evidence.place} asks for the plan {document.get(*path)}. {text}: {then}.",
        hint=hint,
        evidence=(evidence, Evidence.default(text, source, _CHECKED)),
        subject=".".join(map(str, path)),
    )
    return PlacedProblem(path, problem)


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
    hint = "Give it a value, `generateValue: true`, or `sync: false` where it is typed into the dashboard."
    if said == _BOTH:
        hint = "Keep the value, or `sync: false` where it is to be typed into the dashboard."
    return _problem(f"{evidence.place} declares {name} with {has}", said, hint, (evidence,), ".".join(map(str, path)))
