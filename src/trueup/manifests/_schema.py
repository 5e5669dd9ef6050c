"""A structural validator: every place where a structured file departs from a schema, each with its line.

Schemas are dicts in the words of JSON Schema draft 7 (https://json-schema.org/draft-07/json-schema-validation, read
2026-11-20): type, enum, const, required, properties, patternProperties, additionalProperties, items, minItems,
maxItems, minimum, maximum, minLength, pattern, anyOf, oneOf, allOf, not, and `$ref` into the same schema. Other words
say nothing here. Unlike a general validator it reports one error for every unknown key, so that each has its line, and
for alternatives only the errors of the one that the value was meant to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trueup.manifests._document import Document, Path

Schema = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "number": (int, float),
    "integer": (int,),
}
_DEEPEST_REFERENCE = 50


@dataclass(frozen=True, slots=True)
class SchemaError:
    """One departure from a schema.

    `path` leads to the value that is wrong (for an unknown or missing key: to the table that holds it); `line` counts
    from 1 and is None where the value is the whole document; `keyword` is the schema's word that refuses it and `key`
    the unknown or missing key.
    """

    path: Path
    message: str
    line: int | None = None
    keyword: str = ""
    key: str = ""

    @property
    def dotted(self) -> str:
        """The path in the form `build.builder`; empty for the whole document."""
        return ".".join(str(part) for part in self.path)

    @property
    def unknown_key(self) -> str | None:
        """The dotted path of a key that the schema does not know; None for every other error."""
        if self.keyword != "additionalProperties":
            return None
        return ".".join(str(part) for part in (*self.path, self.key))


def validate(document: Document, schema: Schema) -> list[SchemaError]:
    """All departures of a document from a schema, in the order of their lines.

    Args:
        document: a parsed file.
        schema: a dict in the words of JSON Schema; see the module.

    Returns:
        The errors; empty where the document agrees. An unreadable document has no values and is not judged.
    """
    if document.problem is not None:
        return []
    found = [
        SchemaError(error.path, error.message, _line(document, error), error.keyword, error.key)
        for error in _Validator(schema).errors(document.value, schema, ())
    ]
    return sorted(found, key=lambda error: (error.line or 0, [str(part) for part in error.path], error.key))


def _line(document: Document, error: SchemaError) -> int | None:
    if error.keyword == "additionalProperties":
        return document.line(*error.path, error.key)
    return document.line(*error.path)


def _has_type(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES.get(name, ()))


def _names(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _same(left: object, right: object) -> bool:
    # True equals 1 in Python, and must not here.
    return left == right and isinstance(left, bool) == isinstance(right, bool)


@dataclass(frozen=True, slots=True)
class _Validator:
    root: Schema

    def errors(self, value: Any, schema: Schema | bool, path: Path) -> Iterator[SchemaError]:
        if schema is True:
            return
        if schema is False:
            yield SchemaError(path, f"False schema does not allow {value!r}", keyword="false")
            return
        schema = self._followed(schema)
        yield from _own_errors(value, schema, path)
        if isinstance(value, dict):
            yield from self._object_errors(value, schema, path)
        if isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                yield from self.errors(item, schema["items"], (*path, index))
        yield from self._alternative_errors(value, schema, path)

    def _followed(self, schema: Schema) -> Schema:
        for _ in range(_DEEPEST_REFERENCE):
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return schema
            found: Any = self.root
            for part in filter(None, reference.removeprefix("#").split("/")):
                key = part.replace("~1", "/").replace("~0", "~")
                found = found[int(key)] if isinstance(found, list) else found[key]
            schema = found
        return {}

    def _object_errors(self, value: dict[str, Any], schema: Schema, path: Path) -> Iterator[SchemaError]:
        for name in schema.get("required", ()):
            if name not in value:
                yield SchemaError(path, f"{name!r} is a required property", keyword="required", key=name)
        properties: Schema = schema.get("properties", {})
        patterns: Schema = schema.get("patternProperties", {})
        for key, item in value.items():
            name = str(key)
            matching = [rule for pattern, rule in patterns.items() if re.search(pattern, name)]
            if name in properties:
                matching.append(properties[name])
            for rule in matching:
                yield from self.errors(item, rule, (*path, key))
            if matching:
                continue
            additional = schema.get("additionalProperties", True)
            if additional is False:
                message = f"Additional properties are not allowed ({name!r} was unexpected)"
                yield SchemaError(path, message, keyword="additionalProperties", key=name)
            else:
                yield from self.errors(item, additional, (*path, key))

    def _alternative_errors(self, value: Any, schema: Schema, path: Path) -> Iterator[SchemaError]:
        for part in schema.get("allOf", ()):
            yield from self.errors(value, part, path)
        if "not" in schema and not list(self.errors(value, schema["not"], path)):
            yield SchemaError(path, f"{value!r} should not be valid here", keyword="not")
        for keyword in ("anyOf", "oneOf"):
            alternatives = schema.get(keyword)
            if not alternatives:
                continue
            outcomes = [list(self.errors(value, alternative, path)) for alternative in alternatives]
            fitting = sum(not outcome for outcome in outcomes)
            if fitting == 0:
                yield from min(outcomes, key=lambda outcome: _distance(outcome, path))
            elif fitting > 1 and keyword == "oneOf":
                yield SchemaError(path, f"{value!r} fits more than one alternative", keyword="oneOf")


def _distance(errors: list[SchemaError], path: Path) -> tuple[bool, bool, int]:
    """How far a value is from an alternative: one that refuses its type, or its `type: …`, was not meant."""
    refused = {error.keyword for error in errors if error.path == path}
    named_otherwise = any(e.keyword in ("enum", "const") and len(e.path) == len(path) + 1 for e in errors)
    return ("type" in refused or "not" in refused, named_otherwise, len(errors))


def _own_errors(value: Any, schema: Schema, path: Path) -> Iterator[SchemaError]:
    types = _names(schema.get("type", []))
    if types and not any(_has_type(value, name) for name in types):
        yield SchemaError(path, f"{value!r} is not of type {', '.join(map(repr, types))}", keyword="type")
    if "enum" in schema and not any(_same(value, allowed) for allowed in schema["enum"]):
        yield SchemaError(path, f"{value!r} is not one of {schema['enum']!r}", keyword="enum")
    if "const" in schema and not _same(value, schema["const"]):
        yield SchemaError(path, f"{schema['const']!r} was expected", keyword="const")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if "minimum" in schema and value < schema["minimum"]:
            yield SchemaError(path, f"{value!r} is less than the minimum of {schema['minimum']}", keyword="minimum")
        if "maximum" in schema and value > schema["maximum"]:
            yield SchemaError(path, f"{value!r} is greater than the maximum of {schema['maximum']}", keyword="maximum")
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield SchemaError(path, f"{value!r} does not match {schema['pattern']!r}", keyword="pattern")
        if len(value) < schema.get("minLength", 0):
            yield SchemaError(path, f"{value!r} is too short", keyword="minLength")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield SchemaError(path, f"{value!r} is too short", keyword="minItems")
        if len(value) > schema.get("maxItems", len(value)):
            yield SchemaError(path, f"{value!r} is too long", keyword="maxItems")
