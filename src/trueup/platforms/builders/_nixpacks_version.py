"""Which Python Nixpacks takes: the places it reads, in its order, and what it makes of their text.

Source: railwayapp/nixpacks@f51d7fd5 (2025-08-04), src/providers/python.rs:454-605 and src/nixpacks/asdf.rs, read
2026-11-20. The chain there is `if unset and .python-version … else if runtime.txt … else if Pipfile … else if
.tool-versions`: it is also entered where NIXPACKS_PYTHON_VERSION is set, so that runtime.txt, Pipfile and
.tool-versions outrank the variable, and .python-version does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trueup.model.evidence import Evidence
from trueup.model.plan import InputUse, PythonChoice, VersionInput
from trueup.platforms import _data
from trueup.platforms.builders._nixpacks_app import WHITE_SPACE, App, Environment, NixpacksError, trim

_PIPFILE = re.compile(r"(python_version|python_full_version) = ['|\"]([0-9|.]*)")
_VERSION = re.compile(rf"""^[{WHITE_SPACE}a-zA-Z\-"']*+(\d*+)\.*+(\d*+)\.*+\d*+["']?\Z""")
"""Nixpacks' pattern; nothing is given back, as no text fits the one way that does not fit the other, and five thousand
digits would else be split in every possible way."""
_PANIC = "index out of bounds: the len is 1 but the index is 1"
_VARIABLE = "NIXPACKS_PYTHON_VERSION"


@dataclass(frozen=True, slots=True)
class NixPython:
    """The nix package that the Python provider asks for, its archive, and how it came to it."""

    package: str
    archive: str
    choice: PythonChoice


@dataclass(frozen=True, slots=True)
class _Place:
    """One place that Nixpacks looks into. `value` is None where it is there and names no version."""

    source: str
    value: str | None
    evidence: Evidence
    refused: str = ""
    """The words of the panic that this place causes where it is read."""


def parse_pipfile(text: str) -> str | None:
    """The first `python_version` or `python_full_version` with exactly one space on each side of the equals sign."""
    found = _PIPFILE.search(text)
    return found[2] if found else None


def parse_tool_versions(text: str) -> dict[str, str]:
    """Tools and the rest of their lines; lines that begin with # are left out, the last line of a tool wins."""
    tools = {}
    for raw in text.split("\n"):
        line = trim(raw)
        parts = re.split(f"[{WHITE_SPACE}]+", line, maxsplit=1)
        if not line.startswith("#") and len(parts) == 2:
            tools[parts[0]] = parts[1]
    return tools


def selected_minor(text: str) -> str | None:
    """The X.Y of a version's text, or None where Nixpacks' pattern does not fit: then it takes its default.

    The patch is dropped. Of "3.11.9", "python-3.11.9" and "Python 3.11" it is 3.11; of "3", ">=3.11", "3.13t", a file
    with a comment or with two versions there is none.
    """
    found = _VERSION.match(trim(text))
    return f"{found[1]}.{found[2]}" if found else None


def choose_python(app: App, environment: Environment, day: str) -> NixPython:
    """The Python package of the provider.

    Args:
        app: the root directory.
        environment: the variables, those of the configuration file included.
        day: the day, in ISO form, on which the project is built.

    Raises:
        NixpacksError: a file is not UTF-8, or .tool-versions makes Nixpacks panic.
    """
    row = _data.row_on(_data.load("nixpacks")["defaults"], day) or _data.load("nixpacks")["defaults"][0]
    places = _places(app, environment, day)
    decider = _decider(places)
    if decider is not None and decider.refused:
        hint = "Write a version with at least two numbers, such as python 3.12, or remove the line."
        raise NixpacksError(decider.refused, hint, decider.evidence)
    minor = None if decider is None or decider.value is None else selected_minor(decider.value)
    if minor is not None and minor in row["selectable"]:
        package, archive = _package(minor, row)
    else:
        minor = None
        with_lock = app.includes("poetry.lock")
        package, archive = row["package_with_poetry_lock" if with_lock else "package"], _archive_of_default(row)
    choice = _choice(places, decider, minor, row, package, archive)
    return NixPython(package, archive, choice)


def package_version(package: str, archive: str) -> str | None:
    """The version that a Python package of an archive has: full where known, else the minor, else None."""
    known = _data.load("nixpacks")["archives"].get(archive, {}).get("pythons", {})
    if package in known:
        return str(known[package])
    found = re.fullmatch(r"python(\d)(\d+)", package)
    return f"{found[1]}.{found[2]}" if found else None


def default_evidence(row: dict[str, Any], package: str, version: str | None) -> Evidence:
    """The builder's default on a day."""
    minor = ".".join((version or "?").split(".")[:2])
    text = f"Nixpacks takes {package} where nothing else is asked for, since release {row['release']}: Python {minor}"
    return _data.evidence(row, text)


def _package(minor: str, row: dict[str, Any]) -> tuple[str, str]:
    legacy = _data.load("nixpacks")["legacy"]
    archive = legacy["archive"] if minor in legacy["minors"] else row["archive"]
    return "python" + minor.replace(".", ""), archive or legacy["archive"]


def _archive_of_default(row: dict[str, Any]) -> str:
    return str(row["archive"] or _data.load("nixpacks")["legacy"]["archive"])


def _places(app: App, environment: Environment, day: str) -> list[_Place]:
    """Every place that is there, in the order in which Nixpacks asks for it once the variable is unset."""
    places = []
    value = environment.config("PYTHON_VERSION")
    if value is not None:
        places.append(_Place(_VARIABLE, value, environment.place("PYTHON_VERSION")))
    readers: list[tuple[str, Callable[[App, str], _Place]]] = [
        (".python-version", _whole_file),
        ("runtime.txt", _whole_file),
        ("Pipfile", _pipfile),
        (".tool-versions", _tool_versions),
    ]
    features = _data.load("nixpacks")["features"]
    for name, reader in readers:
        unknown_then = name == ".tool-versions" and day < features["tool_versions"]["from"]
        if app.includes(name) and not unknown_then:
            places.append(reader(app, name))
    return places


def _whole_file(app: App, name: str) -> _Place:
    text = app.read(name)
    stated = [number for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    return _Place(name, text, app.evidence(name, stated[0] if stated else 1))


def _pipfile(app: App, name: str) -> _Place:
    text = app.read(name)
    found = _PIPFILE.search(text)
    line = text.count("\n", 0, found.start()) + 1 if found else None
    return _Place(name, found[2] if found else None, app.evidence(name, line))


def _tool_versions(app: App, name: str) -> _Place:
    text = app.read(name)
    lines = [number for number, line in enumerate(text.split("\n"), 1) if re.match(r"\s*python\s", line)]
    evidence = app.evidence(name, lines[-1] if lines else None)
    value = parse_tool_versions(text).get("python")
    if value is None:
        return _Place(name, None, evidence)
    parts = value.split(".")
    if len(parts) < 2:
        return _Place(name, value, evidence, f"panic: {_PANIC}")
    return _Place(name, f"{parts[0]}.{parts[1]}", evidence)


def _decider(places: list[_Place]) -> _Place | None:
    """The place whose word counts, by the chain of the module's docstring; None where nothing is there."""
    by_source = {place.source: place for place in places}
    variable = by_source.get(_VARIABLE)
    if variable is None and ".python-version" in by_source:
        return by_source[".python-version"]
    for source in ("runtime.txt", "Pipfile", ".tool-versions"):
        if source in by_source:
            return by_source[source]
    return variable


def _choice(
    places: list[_Place],
    decider: _Place | None,
    minor: str | None,
    row: dict[str, Any],
    package: str,
    archive: str,
) -> PythonChoice:
    version = package_version(package, archive)
    if minor is not None and version is None:
        version = minor
    inputs = tuple(_input(place, decider, minor, row, package) for place in places if place.value is not None)
    default = default_evidence(row, package, version)
    if decider is None or minor is None:
        seen = () if decider is None else (decider.evidence,)
        return PythonChoice(None, version, "default", (default, *seen), inputs)
    source = f"env:{_VARIABLE}" if decider.source == _VARIABLE else decider.source
    archive_row = _data.load("nixpacks")["archives"].get(archive)
    patch = () if archive_row is None else (_archive_evidence(archive_row, package, version),)
    return PythonChoice(trim(decider.value or ""), version, source, (decider.evidence, *patch), inputs)


def _archive_evidence(row: dict[str, Any], package: str, version: str | None) -> Evidence:
    return _data.evidence(row, f"{package} of the nixpkgs archive that Nixpacks uses is Python {version}")


def _input(place: _Place, decider: _Place | None, minor: str | None, row: dict[str, Any], package: str) -> VersionInput:
    value = trim(place.value or "")
    if place is not decider:
        winner = decider.source if decider else "another file"
        reason = f"Nixpacks reads {winner} here, which outranks {place.source}."
        if place.source == _VARIABLE:
            reason = (
                f"Nixpacks reads {winner} even where {_VARIABLE} is set, and takes what it finds there: "
                "the variable counts only beside .python-version or alone."
            )
        return VersionInput(place.source, value, InputUse.SHADOWED, reason, place.evidence)
    if minor is None:
        known = ", ".join(row["selectable"])
        reason = f"Nixpacks does not understand this text as one of {known} and takes its default, {package}."
        return VersionInput(place.source, value, InputUse.INVALID, reason, place.evidence)
    reason = f"Nixpacks takes the minor version from here, as {package}; the patch is that of its nixpkgs archive."
    return VersionInput(place.source, value, InputUse.DECIDES, reason, place.evidence)
