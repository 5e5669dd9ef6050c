"""The services of .railway/railway.ts and .railway/railway.py, as far as they stand there literally; nothing is run.

Sources, read 2026-11-20: railwayapp/railway-ts-sdk src/iac/sdk.ts@14645ee9 and railwayapp/railway-py-iac
src/railway_sdk/__init__.py@153e8ffb (what `service` makes of its fields: a field of its own outranks the same one in
`deploy`). The Go form is a program without literal parts of its own: its services are not read.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trueup.manifests._typescript_literals import Called, Object, Unread, calls
from trueup.model.project import SourceFile

_FIELDS = {
    ("deploy", "startCommand"): (("start",), ("startCommand",), ("run", "command"), ("deploy", "startCommand")),
    ("deploy", "preDeployCommand"): (
        ("preDeploy",),
        ("preDeployCommand",),
        ("run", "preDeploy"),
        ("deploy", "preDeployCommand"),
    ),
    ("deploy", "healthcheckPath"): (
        ("healthcheck",),
        ("healthcheckPath",),
        ("run", "healthcheck"),
        ("deploy", "healthcheckPath"),
    ),
    ("deploy", "healthcheckTimeout"): (
        ("healthcheckTimeout",),
        ("run", "healthcheckTimeout"),
        ("deploy", "healthcheckTimeout"),
    ),
    ("deploy", "numReplicas"): (("replicas",), ("deploy", "numReplicas")),
}
LARGEST = 400_000
"""Bytes above which a file is not read."""


@dataclass(frozen=True)
class DeclaredService:
    """One service: its values by section and key as railway.json names them, each with its line.

    `root_dir` is "" where the file names none, None where what it names is no literal; `image` tells that it runs a
    ready image. `unread` are fields whose value is decided when the file is run, each with its line.
    """

    name: str
    line: int
    root_dir: str | None
    values: Mapping[tuple[str, str], tuple[Any, int]]
    unread: tuple[tuple[str, int], ...] = ()
    image: bool = False


def declared_services(file: SourceFile) -> tuple[DeclaredService, ...]:
    """The services that a file declares with literal names; none of a file that cannot be read or is in Go."""
    if file.problem is not None or file.size > LARGEST:
        return ()
    found = _python_calls(file) if file.path.endswith(".py") else calls(file.text, frozenset({"service"}))
    if file.path.endswith(".go"):
        return ()
    return tuple(made for call in found if (made := _service(call)) is not None)


def _python_calls(file: SourceFile) -> Iterator[Called]:
    """The calls of `service` in a Python file, with their keywords as one object."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(file.data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "service" and node.args:
            yield Called("service", (_python(node.args[0]), _keywords(node)), node.lineno)


def _keywords(node: ast.Call) -> Object:
    named = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg is not None}
    is_whole = len(named) == len(node.keywords)
    return Object({k: _python(v) for k, v in named.items()}, {k: v.lineno for k, v in named.items()}, is_whole)


def _python(node: ast.expr) -> Any:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return Called(node.func.id, (*(_python(item) for item in node.args), _keywords(node)), node.lineno)
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        keys = [str(key.value) for key in node.keys if isinstance(key, ast.Constant)]
        lines = {key: value.lineno for key, value in zip(keys, node.values, strict=True)}
        return Object({key: _python(value) for key, value in zip(keys, node.values, strict=True)}, lines)
    if isinstance(node, ast.List | ast.Tuple):
        return [_python(item) for item in node.elts]
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return Unread(type(node).__name__)


def _service(call: Called) -> DeclaredService | None:
    """A service from its call; None where its name is no literal."""
    name = call.arguments[0] if call.arguments else None
    config = call.arguments[1] if len(call.arguments) > 1 else Object({}, {})
    if not isinstance(name, str):
        return None
    if not isinstance(config, Object):
        return DeclaredService(name, call.line, None, {}, (("every field", call.line),))
    values: dict[tuple[str, str], tuple[Any, int]] = {}
    unread = [] if config.is_whole else [("what is spread into it", call.line)]
    for target, places in _FIELDS.items():
        for place in places:
            found = _at(config, place)
            if (
                found is not None
                and found[0] is not None
                and not (place == ("replicas",) and isinstance(found[0], Object))
            ):
                _take(values, unread, target, ".".join(place), found)
                break
    _take_section(values, unread, config, "deploy")
    if isinstance(config.values.get("build"), str):
        values["build", "buildCommand"] = (config.values["build"], config.lines["build"])
    _take_section(values, unread, config, "build")
    root_dir, is_image = _source(config)
    return DeclaredService(name, call.line, root_dir, values, tuple(unread), is_image)


def _at(config: Object, place: tuple[str, ...]) -> tuple[Any, int] | None:
    """The value at a path, with its line."""
    value: Any = config
    line = 0
    for key in place:
        if not isinstance(value, Object) or key not in value.values:
            return None
        value, line = value.values[key], value.lines[key]
    return value, line


def _take(
    values: dict[tuple[str, str], tuple[Any, int]],
    unread: list[tuple[str, int]],
    target: tuple[str, str],
    name: str,
    found: tuple[Any, int],
) -> None:
    value, line = found
    plain, is_literal = _plain(value)
    if is_literal:
        values[target] = (plain, line)
    else:
        unread.append((name, line))


def _take_section(
    values: dict[tuple[str, str], tuple[Any, int]], unread: list[tuple[str, int]], config: Object, section: str
) -> None:
    found = config.values.get(section)
    if isinstance(found, Unread | Called):
        unread.append((section, config.lines[section]))
    if not isinstance(found, Object):
        return
    for key, value in found.values.items():
        if (section, key) not in values and (section, key) not in _FIELDS and value is not None:
            _take(values, unread, (section, key), f"{section}.{key}", (value, found.lines[key]))


def _plain(value: Any) -> tuple[Any, bool]:
    """A value without the reader's own types, and whether all of it is literal."""
    if isinstance(value, Unread | Called):
        return None, False
    if isinstance(value, Object):
        parts = {key: _plain(item) for key, item in value.values.items()}
        return {key: part[0] for key, part in parts.items()}, value.is_whole and all(part[1] for part in parts.values())
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        return [item[0] for item in items], all(item[1] for item in items)
    return value, True


def _source(config: Object) -> tuple[str | None, bool]:
    """The root directory that a service names (None: no literal), and whether it runs a ready image."""
    source = config.values.get("source")
    places: list[Any] = [config.values.get("root", config.values.get("rootDirectory"))]
    if isinstance(source, Called):
        places += [item.values.get("rootDirectory") for item in source.arguments if isinstance(item, Object)]
    if isinstance(source, Object):
        places.append(source.values.get("rootDirectory"))
    named = next((place for place in places if place is not None), "")
    is_image = (isinstance(source, Called) and source.name == "image") or (
        isinstance(source, Object) and "image" in source.values
    )
    return (named.strip("/").removeprefix("./") if isinstance(named, str) else None), is_image
