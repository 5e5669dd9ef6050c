"""What is wrong with a Render blueprint: keys that Render does not know, old names, values outside the schema.

The verdict is by the published schema. Where it is stricter than the platform is told: the sync takes old names, and it
refuses keys that it does not know (“field pythonVersion not found in type file.Service”, in public reports of many
projects). Sources: https://render.com/schema/render.yaml.json as of 2026-10-02 and render-oss/skills
skills/render-blueprints/references/common-mistakes.md at 3f2aa30 (both read 2026-11-20).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from trueup.manifests import render_yaml
from trueup.manifests._document import Document, Path
from trueup.manifests._schema import SchemaError, validate
from trueup.model.evidence import Evidence, Unknown
from trueup.model.finding import Confidence, Problem, Severity
from trueup.platforms import _data
from trueup.platforms import _render_schema as shape
from trueup.platforms import _render_schema_2026_02 as before
from trueup.platforms._render_refused import (
    REPORTS,
    PlacedProblem,
    foreign_types,
    plan_problems,
    service_problems,
    variable_problems,
)

MISTAKES = "https://github.com/render-oss/skills/blob/3f2aa30/skills/render-blueprints/references/common-mistakes.md"
CHANGED = "2026-10-02"
"""The day of the first copy of today's schema that was read; the one before it is of 2026-02-24."""
_YAML_1_1_WORDS = {"on": True, "yes": True, "off": False, "no": False}
_MEANT = {
    "pythonVersion": "the variable PYTHON_VERSION (a full X.Y.Z) under envVars",
    "python_version": "the variable PYTHON_VERSION (a full X.Y.Z) under envVars",
    "port": "the variable PORT under envVars",
    "env_vars": "envVars",
    "environment": "envVars",
    "environmentVariables": "envVars",
    "installCommand": "buildCommand",
    "build": "buildCommand",
    "start": "startCommand",
    "command": "startCommand",
    "releaseCommand": "preDeployCommand",
    "rootDirectory": "rootDir",
    "healthcheck": "healthCheckPath",
    "healthCheck": "healthCheckPath",
    "publishPath": "staticPublishPath",
    "instances": "numInstances",
    "dockerfile": "dockerfilePath",
    "envGroups": "envVarGroups",
}
_REFUSED = "its published schema refuses it, so that editors and `render blueprints validate` complain"
_MARKED = "its published schema marks it as deprecated, so that editors strike it through"
_ALLOWED = "its published schema still allows it"
_STANDING = {"env": _REFUSED, "autoDeploy": _ALLOWED, "type: redis": _ALLOWED}
"""What the schema says of an old name; of every other one that it is deprecated."""
_DEPRECATED_SERVICE_KEYS = {
    "env": "runtime",
    "autoDeploy": "autoDeployTrigger",
    "pullRequestPreviewsEnabled": "previews.generation",
}
_DEPRECATED_ROOT_KEYS = {
    "previewsEnabled": "previews.generation",
    "previewsExpireAfterDays": "previews.expireAfterDays",
}
_KIND_WORDS = {"keyvalue": "keyvalue", "cron": "cron", "server": "web, worker or pserv", "static": "static (web)"}
CARGO_VARIABLES = ("CARGO_HOME", "RUSTUP_HOME")


@dataclass(frozen=True)
class Verdict:
    """What the published schema says of a blueprint.

    `valid` is None where YAML 1.1 and 1.2 read the file differently and only one reading is valid; `errors` are those
    of the YAML 1.2 reading and, then, of the other one too.
    """

    valid: bool | None
    errors: tuple[SchemaError, ...] = ()
    problems: tuple[PlacedProblem, ...] = ()
    unknowns: tuple[Unknown, ...] = ()


def check_blueprint(document: Document, on: str) -> Verdict:
    """Judge a blueprint by the published schema and by the names that Render has replaced.

    Args:
        document: render.yaml, parsed. An unreadable one is not valid, and its problem says why.
        on: the day, as ISO 8601 has it: the schema has changed.
    """
    if document.problem is not None:
        return Verdict(False, problems=(PlacedProblem((), document.problem),))
    rows = before.BLUEPRINT if on < CHANGED else shape.BLUEPRINT
    errors = tuple(validate(document, rows))
    other = tuple(validate(_as_yaml_1_1(document), rows))
    said_by_both = tuple(error for error in errors if error in other)
    foreign = tuple(foreign_types(document))
    untold = {placed.path for placed in foreign}
    problems = [*_deprecated(document), *_cargo_homes(document), *foreign, *variable_problems(document)]
    problems += [*service_problems(document), *plan_problems(document)]
    problems += [
        _problem(document, error)
        for error in said_by_both
        if not _is_old_name(error) and not _is_second(error, said_by_both) and not _below(error.path, untold)
    ]
    unknowns: tuple[Unknown, ...] = ()
    valid: bool | None = not errors
    if bool(errors) != bool(other):
        valid = None
        error = (errors or other)[0]
        unknowns = (_two_readings(document, error),)
    ordered = sorted(problems, key=lambda item: item.problem.evidence[0].line or 0)
    return Verdict(valid, tuple(dict.fromkeys((*errors, *other))), tuple(ordered), unknowns)


def _as_yaml_1_1(document: Document) -> Document:
    """The document as a YAML 1.1 parser reads it: unquoted on, off, yes and no are booleans."""

    def read(value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: read(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [read(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, str) and value.lower() in _YAML_1_1_WORDS and document.raw(*path) == value:
            return _YAML_1_1_WORDS[value.lower()]
        return value

    return replace(document, value=read(document.value, ()))


def _two_readings(document: Document, error: SchemaError) -> Unknown:
    evidence = document.file.evidence(error.line)
    return Unknown(
        "blueprint",
        f"{evidence.place} holds an unquoted word that YAML 1.1 reads as a boolean and YAML 1.2 as text; only one of "
        "the two agrees with Render's schema, and which one Render's parser takes is not published. Quote the word.",
        (evidence,),
    )


def _schema_evidence(text: str) -> Evidence:
    return Evidence.default(text, shape.SOURCE, shape.CHECKED)


def _is_old_name(error: SchemaError) -> bool:
    """Whether the error is about `env` for `runtime`, which is told as an old name: Render still takes it."""
    return _in_service(error.path) and (error.keyword, error.key) in (
        ("additionalProperties", "env"),
        ("required", "runtime"),
    )


def _is_second(error: SchemaError, errors: tuple[SchemaError, ...]) -> bool:
    """Whether the same value is refused for its type already: that it is none of the listed texts says no more."""
    return error.keyword == "enum" and any(one.path == error.path and one.keyword == "type" for one in errors)


def _below(path: Path, places: set[Path]) -> bool:
    return any(path[: len(place)] == place for place in places)


def _in_service(path: Path) -> bool:
    return len(path) >= 2 and path[-2] == "services"


def _problem(document: Document, error: SchemaError) -> PlacedProblem:
    if error.keyword == "additionalProperties":
        return PlacedProblem((*error.path, error.key), _unknown_key(document, error))
    return PlacedProblem(error.path, _refused_value(document, error))


def _unknown_key(document: Document, error: SchemaError) -> Problem:
    evidence = document.file.evidence(error.line)
    right = _right_spelling(document, error)
    return Problem(
        rule="unknown-configuration-key",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        message=f"{evidence.place} has the key {error.key}, which {_place_name(document, error.path)} of a Render "
        f"blueprint does not have. The sync refuses such a file with {_not_found(error)}: no service of it is made or "
        "changed.",
        hint=f"Write {right} instead." if right else "Remove the key, or look its name up in Render's reference.",
        evidence=(
            evidence,
            _schema_evidence(f"the schema allows no key {error.key} here"),
            Evidence.default(f"the sync says {_not_found(error)}", REPORTS, shape.CHECKED),
        ),
        subject=error.unknown_key or error.key,
    )


def _not_found(error: SchemaError) -> str:
    """What the sync says of a key that it does not know."""
    kind = "file.Spec" if not error.path else "file.Service" if _in_service(error.path) else "…"
    return f"“field {error.key} not found in type {kind}”"


def _place_name(document: Document, path: Path) -> str:
    if not path:
        return "the top level"
    if _in_service(path):
        return f"a service of type {document.get(*path, 'type')!s}"
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    return f"an entry of {last}" if isinstance(path[-1], int) else f"the table {last}"


def _allowed(document: Document, path: Path) -> tuple[str, ...]:
    if not path:
        return shape.keys_of(shape.BLUEPRINT)
    if _in_service(path):
        return shape.keys_of(shape.SERVICE_KINDS[_service_kind(document.get(*path))])
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    if last == "envVars":
        return (*shape.keys_of(shape.LITERAL_VARIABLE), "fromDatabase", "fromService", "fromGroup")
    return shape.keys_of(shape.DATABASE) if last == "databases" else ()


def _service_kind(item: dict[str, Any]) -> str:
    kind = item.get("type")
    if kind in shape.KEYVALUE_TYPES:
        return "keyvalue"
    if kind == "web" and item.get("runtime") == "static":
        return "static"
    if kind in ("cron", "workflow"):
        return str(kind)
    return "linked" if "buildSource" in item else "server"


def _right_spelling(document: Document, error: SchemaError) -> str | None:
    allowed = _allowed(document, error.path)
    lowered = {key.lower(): key for key in allowed}
    plain = error.key.replace("_", "").replace("-", "").lower()
    if plain in lowered:
        return lowered[plain]
    if error.key in _MEANT and (not allowed or _MEANT[error.key] in allowed or " " in _MEANT[error.key]):
        return _MEANT[error.key]
    from difflib import get_close_matches  # seldom needed, and not cheap to import

    near = get_close_matches(error.key, allowed, n=1, cutoff=0.75)
    if near:
        return near[0]
    homes = [word for kind, word in _KIND_WORDS.items() if error.key in shape.keys_of(shape.SERVICE_KINDS[kind])]
    if homes and _in_service(error.path):
        return f"it in a service of type {' or '.join(homes)}"
    if error.key in shape.keys_of(shape.SERVER) and not error.path:
        return f"{error.key} inside a service"
    return f"{error.key} at the top level" if error.key in shape.keys_of(shape.BLUEPRINT) and error.path else None


def _refused_value(document: Document, error: SchemaError) -> Problem:
    evidence = document.file.evidence(error.line, _safe_text(document, error))
    place = error.dotted or "the file"
    value = document.get(*error.path)
    said = error.message if len(error.message) < 200 else f"{str(value)[:60]!r} is none of the values that it lists"
    said = f"its value has the wrong {error.keyword}" if _may_be_secret(error.path) else said
    hint = "Write one of the values that the schema names."
    if error.path and error.path[-1] == "runtime" and str(value).startswith("python"):
        hint = "Write `runtime: python`, and the version as the variable PYTHON_VERSION under envVars."
    elif error.keyword == "type" and isinstance(value, (bool, int, float)) and "'string'" in error.message:
        hint = f'Write it in quotes, as "{str(value).lower()}", so that YAML keeps it a text.'
    elif error.keyword == "type":
        hint = "Quote a text; leave numbers, true and false without quotes; begin every entry of a list with a dash."
    elif error.keyword == "required":
        hint = f"Add {error.key}."
    return Problem(
        rule="builder-error",
        severity=Severity.LOW if isinstance(value, bool) and _may_be_secret(error.path) else Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        message=f"{evidence.place}: {place} does not agree with Render's published blueprint schema ({said}). "
        "`render blueprints validate` refuses the file, and a sync of the blueprint may.",
        hint=hint,
        evidence=(evidence, _schema_evidence(f"the schema says of {place}: {error.keyword}")),
        subject=".".join(filter(None, (error.dotted, error.key))),
    )


def _may_be_secret(path: Path) -> bool:
    return "envVars" in path


def _safe_text(document: Document, error: SchemaError) -> str | None:
    """None (the line itself) except inside envVars, where the line may hold a secret."""
    return f"{document.get(*error.path[:-1], 'key', default='a variable')!s}" if _may_be_secret(error.path) else None


def _deprecated(document: Document) -> Iterator[PlacedProblem]:
    for key, new in _DEPRECATED_ROOT_KEYS.items():
        if document.get(key) is not None:
            yield _old_name(document, (key,), key, new)
    for scope in render_yaml.scopes(document):
        for path, item in render_yaml.mappings(document, (*scope.path, "services")):
            for key, new in _DEPRECATED_SERVICE_KEYS.items():
                if key in item:
                    yield _old_name(document, (*path, key), key, new)
            if item.get("type") == "redis":
                yield _old_name(document, (*path, "type"), "type: redis", "type: keyvalue")
            if "previewPlan" in item and item.get("type") in shape.SERVER_TYPES:
                yield _old_name(document, (*path, "previewPlan"), "previewPlan", "previews.plan")
            has_runtime = any(key in item for key in ("runtime", "env", "buildSource"))
            if not has_runtime and item.get("type") in (*shape.SERVER_TYPES, "cron"):
                yield _missing_runtime(document, path)


def _missing_runtime(document: Document, path: Path) -> PlacedProblem:
    error = SchemaError(path, "'runtime' is a required property", document.line(*path), "required", "runtime")
    return PlacedProblem(path, _refused_value(document, error))


def _old_name(document: Document, path: Path, old: str, new: str) -> PlacedProblem:
    evidence = document.evidence(*path)
    problem = Problem(
        rule="deprecated-configuration-key",
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        message=f"{evidence.place} uses {old}, the old name of {new}. Render still takes it; "
        f"{_STANDING.get(old, _MARKED)}.",
        hint=f"Write {new} instead.",
        evidence=(
            evidence,
            Evidence.default(f"{old} is listed as deprecated in favour of {new}", MISTAKES, "2026-11-20"),
        ),
        subject=".".join(str(part) for part in path),
    )
    return PlacedProblem(path, problem)


def _cargo_homes(document: Document) -> Iterator[PlacedProblem]:
    row = _data.load("render_native")["cargo_home"]
    for variables in render_yaml.variable_lists(document):
        for path, item in render_yaml.mappings(document, variables):
            if item.get("key") not in CARGO_VARIABLES:
                continue
            name = str(item["key"])
            evidence = document.file.evidence(document.line(*path, "key"), f"{name} in envVars")
            problem = Problem(
                rule="cargo-home-fallback",
                severity=Severity.LOW,
                confidence=Confidence.MEDIUM,
                message=f"{evidence.place} sets {name}, to give Rust builds a folder they may write to. {row['text']}. "
                "The cause stays: a package has no wheel for the chosen Python and is compiled instead.",
                hint="Choose a Python for which every package has a wheel, or bump the package; then remove this.",
                evidence=(evidence, _data.evidence(row, row["text"])),
                subject=name,
            )
            yield PlacedProblem(path, problem)
