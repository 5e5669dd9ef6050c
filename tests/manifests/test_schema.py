"""The structural validator agrees with a general one about validity, and knows the line of every error."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.manifests._document import load_json, load_toml
from trueup.manifests._schema import validate
from trueup.model.project import SourceFile

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["kind"],
    "additionalProperties": False,
    "properties": {
        "kind": {"enum": ["web", "job"]},
        "count": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9}, {"type": "null"}]},
        "names": {"type": "array", "items": {"$ref": "#/definitions/name"}, "minItems": 1, "maxItems": 2},
        "extra": {"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": {"type": "boolean"}},
        "either": {"oneOf": [{"type": "string"}, {"type": "object", "required": ["a"]}]},
        "never": {"not": {}},
        "fixed": {"const": 1},
    },
    "definitions": {"name": {"type": "string", "pattern": "^[a-z]+$", "minLength": 2}},
}


def errors(text: str) -> list[tuple[str, str, int | None]]:
    document = load_json(SourceFile("settings.json", text.encode()))
    return [(error.dotted, error.keyword, error.line) for error in validate(document, SCHEMA)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"kind": "web"}', []),
        ("{}", [("", "required", None)]),
        ("[]", [("", "type", None)]),
        ('{\n"kind": "cron"\n}', [("kind", "enum", 2)]),
        ('{"kind": "web",\n"count": 0}', [("count", "minimum", 2)]),
        ('{"kind": "web",\n"count": 1.0}', []),
        ('{"kind": "web",\n"count": true}', [("count", "type", 2)]),
        ('{"kind": "web", "names":\n["ab",\n"c"]}', [("names.1", "minLength", 3)]),
        ('{"kind": "web", "names": []}', [("names", "minItems", 1)]),
        ('{"kind": "web", "extra": {"x-a": "b", "y": "c"}}', [("extra.y", "type", 1)]),
        ('{"kind": "web", "either": {}}', [("either", "required", 1)]),
        ('{"kind": "web", "never": 1}', [("never", "not", 1)]),
        ('{"kind": "web", "fixed": true}', [("fixed", "const", 1)]),
    ],
)
def test_every_error_has_its_place(text: str, expected: list[tuple[str, str, int | None]]) -> None:
    assert errors(text) == expected


def test_every_unknown_key_is_reported_with_its_own_line() -> None:
    document = load_toml(SourceFile("settings.toml", b'kind = "web"\nport = 1\n\n[python]\nversion = "3.11"\n'))
    assert [(e.unknown_key, e.line) for e in validate(document, SCHEMA)] == [("port", 2), ("python", 4)]


def test_an_unreadable_document_is_not_judged() -> None:
    assert validate(load_json(SourceFile("settings.json", b"{")), SCHEMA) == []


values = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 11) | st.sampled_from(["web", "ab", "A", "x"]) | st.floats(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x-a", "a", "y"]), inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*SCHEMA["properties"], "port"]), values))
def test_the_verdict_is_that_of_a_general_validator(value: dict[str, Any]) -> None:
    document = load_json(SourceFile("settings.json", json.dumps(value).encode()))
    found = validate(document, SCHEMA)
    assert bool(found) != jsonschema.Draft7Validator(SCHEMA).is_valid(value), found
