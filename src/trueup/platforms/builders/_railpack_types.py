"""What of railpack.json Go's JSON reader refuses, in its own words.

Source: railwayapp/railpack at b5e80580, core/config/config.go:15-40, core/plan/{step,layer,cache,filters}.go (the types
of the fields), core/core.go:46-66; the words observed with a binary of that commit (read and run 2026-11-20). The first
wrong value ends Railpack; keys are matched in any case, unknown keys are passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from trueup.manifests._document import Path
from trueup.manifests._json_scanner import JsonSyntaxError, parse_json

Wrong = tuple[Path, str]
"""Where a wrong value stands, and Go's words for it."""

_STRING, _STRINGS, _STRING_MAP = "string", "[]string", "map[string]string"
_LAYERS, _FILTERS = "[]plan.Layer", "[]plan.Filter"
_ROOT = {
    "provider": _STRING,
    "buildAptPackages": _STRINGS,
    "steps": "map[string]*config.StepConfig",
    "deploy": "config.DeployConfig",
    "packages": _STRING_MAP,
    "caches": "map[string]*plan.Cache",
    "secrets": _STRINGS,
    "exclude": _STRINGS,
}
_DEPLOY = {
    "aptPackages": _STRINGS,
    "base": "plan.Layer",
    "inputs": _LAYERS,
    "startCommand": _STRING,
    "variables": _STRING_MAP,
    "paths": _STRINGS,
}
_STEP = {
    "name": _STRING,
    "inputs": _LAYERS,
    "commands": "[]json.RawMessage",
    "secrets": _STRINGS,
    "assets": _STRING_MAP,
    "variables": _STRING_MAP,
    "caches": _STRINGS,
}
_STEP_TYPE = r"""struct { DeployOutputs []plan.Filter "json:\"deployOutputs,omitempty\"" }"""


def _kind(value: Any) -> str:
    """Go's name for the kind of a JSON value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else "number"


def _refused(path: Path, value: Any, field: str, wanted: str) -> Wrong:
    return path, f"json: cannot unmarshal {_kind(value)} into Go struct field {field} of type {wanted}"


def _fields(table: dict[str, Any], known: dict[str, str]) -> Iterator[tuple[str, str, Any]]:
    """Each key of a table that Go knows: as it is written, Go's own name, and the value; null is like absent."""
    names = {name.lower(): name for name in known}
    for key, value in table.items():
        if key.lower() in names and value is not None:
            yield key, names[key.lower()], value


def _container(path: Path, value: Any, field: str, wanted: str) -> Iterator[Wrong]:
    """A text, a list of texts or a map of texts."""
    if wanted == _STRING:
        if not isinstance(value, str):
            yield _refused(path, value, field, wanted)
    elif not isinstance(value, dict if wanted.startswith("map[") else list):
        yield _refused(path, value, field, wanted)
    elif wanted in (_STRINGS, _STRING_MAP):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            if item is not None and not isinstance(item, str):
                yield _refused((*path, key), item, field, _STRING)


def _is_layer(value: Any) -> bool:
    if isinstance(value, str):
        return value in (".", "...") or value.startswith("$")
    if not isinstance(value, dict):
        return value is None
    kinds = {"image": str, "step": str, "local": bool, "spread": bool, "include": list, "exclude": list}
    known = {key.lower(): item for key, item in value.items() if item is not None}
    return all(isinstance(known[key], kind) for key, kind in kinds.items() if key in known) and all(
        isinstance(item, str) for key in ("include", "exclude") for item in known.get(key, []) if item is not None
    )


def _layers(path: Path, value: Any, field: str) -> Iterator[Wrong]:
    if not isinstance(value, list):
        yield _refused(path, value, field, _LAYERS)
        return
    for index, item in enumerate(value):
        yield from _layer((*path, index), item)


def _layer(path: Path, value: Any) -> Iterator[Wrong]:
    if not _is_layer(value):
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        yield path, f"invalid input format: {text}"


def _caches(path: Path, value: dict[str, Any]) -> Iterator[Wrong]:
    for name, cache in value.items():
        if cache is None:
            continue
        if not isinstance(cache, dict):
            yield _refused((*path, name), cache, "Config.caches", "plan.Cache")
            continue
        for key, field, item in _fields(cache, {"directory": _STRING, "type": _STRING}):
            yield from _container((*path, name, key), item, f"Cache.caches.{field}", _STRING)


def _outputs(path: Path, value: Any) -> Iterator[Wrong]:
    field = "Config.steps.deployOutputs"
    if not isinstance(value, list):
        yield _refused(path, value, field, _FILTERS)
        return
    for index, item in enumerate(value):
        if item is not None and not isinstance(item, dict):
            yield _refused((*path, index), item, field, "plan.Filter")


def _step(path: Path, step: Any) -> Iterator[Wrong]:
    """A step: its outputs are read first, then everything else (config.go:80, step.go:36)."""
    if not isinstance(step, dict):
        yield _refused(path, step, "Config.steps", _STEP_TYPE)
        return
    for key, _, value in _fields(step, {"deployOutputs": _FILTERS}):
        yield from _outputs((*path, key), value)
    for key, name, value in _fields(step, _STEP):
        if name == "inputs":
            yield from _layers((*path, key), value, "Config.steps.Alias.inputs")
        else:
            owner = "Config.steps" if name == "commands" else "Config.steps.Alias"
            yield from _container((*path, key), value, f"{owner}.{name}", _STEP[name])


def _deploy(path: Path, deploy: dict[str, Any]) -> Iterator[Wrong]:
    for key, name, value in _fields(deploy, _DEPLOY):
        here = (*path, key)
        if name == "base":
            yield from _layer(here, value)
        elif name == "inputs":
            yield from _layers(here, value, "DeployConfig.deploy.inputs")
        else:
            yield from _container(here, value, f"DeployConfig.deploy.{name}", _DEPLOY[name])


def wrong_values(document: Any) -> Iterator[Wrong]:
    """Every value of railpack.json that Go refuses, in the order of the file: its path and Go's words."""
    if document is None:
        return
    if not isinstance(document, dict):
        yield (), f"json: cannot unmarshal {_kind(document)} into Go value of type config.Config"
        return
    for key, name, value in _fields(document, _ROOT):
        if name == "deploy":
            if isinstance(value, dict):
                yield from _deploy((key,), value)
            else:
                yield _refused((key,), value, "Config.deploy", _ROOT[name])
            continue
        yield from _container((key,), value, f"Config.{name}", _ROOT[name])
        if name == "caches" and isinstance(value, dict):
            yield from _caches((key,), value)
        if name == "steps" and isinstance(value, dict):
            for step, table in value.items():
                if table is not None:
                    yield from _step((key, step), table)


def syntax_words(text: str) -> str | None:
    """What the reader of HuJSON says of a text that is none, as "hujson: line 1, column 2: …"; None where it is one."""
    try:
        parse_json(text, relaxed=True)
    except JsonSyntaxError as error:
        if error.at is None:
            return None
        before = text[: error.at]
        place = f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"
        return f"hujson: {place}: {_syntax_fault(text, error.at, error.message)}"
    except RecursionError:
        return None
    return None


_AFTER = (
    ("a colon", "object name", "object after name", ""),
    ("a comma or }", "object value", "object after value", " (expecting ',' or '}')"),
    ("a comma or ]", "array value", "array after value", " (expecting ',' or ']')"),
    ("something follows", "top-level value", "after top-level value", ""),
)


def _syntax_fault(text: str, at: int, found: str) -> str:
    after = next((row for row in _AFTER if found.startswith(row[0])), None)
    if text.startswith("/*", at):
        return "parsing comment: unexpected EOF"
    if at >= len(text):
        return f"parsing {after[2] if after else 'value'}: unexpected EOF"
    if after is not None:
        return f"invalid character {_quoted(text[at])} after {after[1]}{after[3]}"
    literal = re.match(r"[\w+.-]+", text[at:])
    if found.startswith("a key") and text[at].isdigit():
        return f"invalid character {_quoted(text[at])} at start of object name"
    return (
        f"invalid literal: {literal.group()}" if literal else f"invalid character {_quoted(text[at])} at start of value"
    )


def _quoted(character: str) -> str:
    return r"'\''" if character == "'" else f"'{character}'"
