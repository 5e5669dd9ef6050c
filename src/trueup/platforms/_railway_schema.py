"""Whether a railway.json or railway.toml is what Railway accepts: its errors in Railway's words, and its dead keys.

The rows of the schema are in data/railway.toml with their source. Two readers judge the file: the schema in an editor,
which also refuses unknown keys, and Railway's server, whose refusals of wrong values were seen in public logs and which
seems to drop unknown keys (in a refusal of 2025 only `build.builder` is named although the file held unknown keys too).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from trueup.manifests._document import Document
from trueup.manifests._schema import Schema, SchemaError, validate
from trueup.model.finding import Confidence, Problem, Severity
from trueup.platforms import _data
from trueup.platforms.builders._nixpacks_config import unknown_keys as unknown_plan_keys
from trueup.platforms.builders._unknown_keys import KeyRules, unknown_key

PLAN = ("build", "nixpacksPlan")
_JSON_TYPES = {
    bool: "boolean",
    str: "string",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}
_SECTIONS = ("build", "deploy")
_SEEN_KEYWORDS = ("enum", "type")
"""Departures whose refusal was seen in public logs."""


@cache
def schema() -> Schema:
    """The whole schema, built from the rows of the data."""
    sections = {name: _section(name, in_environment=False) for name in _SECTIONS}
    environment = {name: _section(name, in_environment=True) for name in _SECTIONS}
    overrides = {"type": "object", "additionalProperties": False, "properties": environment}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "$schema": {"type": "string"},
            **sections,
            "environments": {"type": "object", "additionalProperties": overrides},
        },
    }


def known_keys(section: str, *, in_environment: bool = False) -> dict[str, dict[str, Any]]:
    """The rows of a section (`build`, `deploy`) by their key, in the order of the schema; none for any other name."""
    rows: list[dict[str, Any]] = _data.load("railway")["schema"][section] if section in _SECTIONS else []
    return {row["key"]: row for row in rows if in_environment or not row.get("only_in_environments")}


def _section(name: str, *, in_environment: bool) -> Schema:
    rows = known_keys(name, in_environment=in_environment)
    properties = {key: {"anyOf": [_value(row), {"type": "null"}]} for key, row in rows.items()}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _value(row: dict[str, Any]) -> Schema:
    value = {word: row[word] for word in row if word not in ("key", "only_in_environments", "plan", "regions")}
    data = _data.load("railway")["schema"]
    if row.get("plan"):
        strings = {"type": "array", "items": {"type": "string"}}
        phase = {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                **dict.fromkeys(data["phase"]["strings"], strings),
                **{key: {"type": "string"} for key in data["phase"]["string"]},
            },
        }
        phases = {"type": "object", "additionalProperties": phase}
        value["properties"] = {"providers": strings, "phases": phases}
    if row.get("regions"):
        region = {"type": "object", **data["region"]}
        value["additionalProperties"] = {"anyOf": [region, {"type": "null"}]}
    if "enum" in value:
        value["type"] = "string"
    return value


def schema_errors(document: Document) -> list[SchemaError]:
    """Everything that the published schema refuses, unknown keys included, in the order of the lines."""
    return validate(document, schema())


def key_problems(document: Document) -> Iterator[Problem]:
    """Every key that has no effect: unknown to Railway, or unknown to Nixpacks inside of its plan."""
    data = _data.load("railway")
    evidence = _data.evidence(
        data["schema"], "the published schema has no such key, and the server names none it drops"
    )
    elsewhere: dict[str, str] = dict.fromkeys(known_keys("build", in_environment=True), "under build")
    elsewhere |= dict.fromkeys(known_keys("deploy", in_environment=True), "under deploy")
    elsewhere |= dict.fromkeys(("build", "deploy", "environments"), "at the top of the file")
    rules = KeyRules(
        "Railway",
        "is marked by the schema in an editor and dropped by the server without a word",
        evidence,
        data["mistakes"],
        elsewhere,
        Confidence.MEDIUM,
    )
    for error in schema_errors(document):
        if error.keyword == "additionalProperties" and error.path[:2] != PLAN:
            known = _known_at(error.path)
            yield unknown_key(document, (*error.path, error.key), known, rules)
    if isinstance(document.get(*PLAN), dict):
        yield from unknown_plan_keys(document, PLAN)


def _known_at(path: tuple[str | int, ...]) -> dict[str, Any]:
    """The keys that are valid in the table at a path."""
    here: Any = schema()
    for part in path:
        here = next((option for option in here.get("anyOf", [here]) if option.get("type") == "object"), here)
        properties = here.get("properties", {})
        here = properties.get(part, here.get("additionalProperties", {}))
        if not isinstance(here, dict):
            return {}
    here = next((option for option in here.get("anyOf", [here]) if option.get("type") == "object"), here)
    return dict(here.get("properties", {}))


def refusal(document: Document) -> Problem | None:
    """The error with which Railway refuses the file, or None. Nothing is built then.

    A value that would be right in upper case is reported as medium, with low confidence: the documentation's own
    example writes enum values in lower case, as many deployed services do, and one user was seen to be refused for it.
    """
    errors = [error for error in schema_errors(document) if error.keyword != "additionalProperties"]
    if not errors:
        return None
    data = _data.load("railway")["validation"]
    errors.sort(key=_schema_order)
    lines = [f"Error: {error.dotted}: {_words(document, error)}" for error in errors]
    text = f"{data['prefix']} {lines[0]}" if len(lines) == 1 else "\n".join((data["prefix"], *lines))
    certain = [error for error in errors if not _is_only_case(document, error)]
    seen = all(error.keyword in _SEEN_KEYWORDS for error in errors)
    confidence = Confidence.LOW if not certain else Confidence.HIGH if seen else Confidence.MEDIUM
    places = tuple(document.evidence(*error.path) for error in errors)
    place = places[0].place or document.file.path
    what = f"{place}: Railway refuses the file with “{text}”, and builds nothing."
    if not certain:
        what = (
            f"{place} writes in lower case what Railway's schema has in upper case. Railway's documentation does the "
            f"same, and a service was seen to be refused for it: with “{text}”, and nothing is built then."
        )
    return Problem(
        rule="builder-error",
        severity=Severity.HIGH if certain else Severity.MEDIUM,
        confidence=confidence,
        message=what,
        hint=" ".join(dict.fromkeys(_hint(error) for error in errors)),
        evidence=(*places, _data.evidence(data, "Railway checks the file before it builds")),
        subject=document.file.path,
    )


def _schema_order(error: SchemaError) -> tuple[int, ...]:
    sections = ["build", "deploy", "environments"]
    order = []
    keys: list[str] = sections
    for part in error.path:
        order.append(keys.index(str(part)) if str(part) in keys else len(keys))
        keys = list(known_keys(str(part), in_environment=True)) if part in ("build", "deploy") else sections
    return tuple(order)


def _words(document: Document, error: SchemaError) -> str:
    """The server's words for one error; seen for enum values and types, and formed alike for the others."""
    value = document.get(*error.path)
    if error.keyword == "type" and isinstance(error.path[-1] if error.path else None, str):
        expected = _expected(error)
        received = _JSON_TYPES.get(type(value), "date")
        if error.path == PLAN:
            return f"Expected object, received {received}"
        return f"Invalid input: expected {expected}, received {received}" if expected else "Invalid input"
    return "Invalid input"


def _expected(error: SchemaError) -> str:
    names = [name.strip().strip("'") for name in error.message.rpartition("is not of type ")[2].split(",")]
    return next(({"integer": "number"}.get(name, name) for name in names if name != "null"), "")


def _row(error: SchemaError) -> dict[str, Any]:
    """The schema's row of the key that holds the refused value."""
    section, key = (str(part) for part in ("", "", *error.path)[-2:])
    return known_keys(section, in_environment=True).get(key, {})


def _is_only_case(document: Document, error: SchemaError) -> bool:
    value = document.get(*error.path)
    return error.keyword == "enum" and isinstance(value, str) and value.upper() in _row(error).get("enum", ())


def _hint(error: SchemaError) -> str:
    row = _row(error)
    if "enum" in row:
        return f"Write {error.dotted} as one of {', '.join(row['enum'])}, in upper case."
    expected = _expected(error) if error.keyword == "type" else ""
    if expected in ("number", "boolean"):
        return f"Write {error.dotted} without quotes, as a {expected}."
    return f"Correct {error.dotted or 'the file'}: {error.message}."
