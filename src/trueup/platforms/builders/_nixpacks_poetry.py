"""What the Poetry of Nixpacks refuses of a pyproject.toml: it takes 1.3.1 where nothing asks for another one.

Source: the words of Poetry 1.3.1, 1.8.5 and 2.1.4 themselves, run on 2026-11-20; the command:
railwayapp/nixpacks@f51d7fd5 (2025-08-04), src/providers/python.rs; https://github.com/railwayapp/nixpacks/issues/1300.
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from trueup.manifests._document import Document, load_toml
from trueup.model.evidence import Evidence
from trueup.model.finding import Problem
from trueup.platforms.builders._nixpacks_generate import Generated
from trueup.platforms.builders._nixpacks_problems import stop_problem
from trueup.platforms.builders._nixpacks_python import rule

VARIABLE = "NIXPACKS_POETRY_VERSION"
_PACKAGE_MODE = Version("1.8")
"""The first Poetry that knows `package-mode`."""
_PROJECT_TABLE = Version("2")
"""The first Poetry that reads [project], and the first without `--no-dev`."""
_REQUIRED = ("name", "version", "description", "authors")


def poetry_problems(generated: Generated) -> Iterator[Problem]:
    """At most one problem: what the Poetry of the plan stops with before it installs anything."""
    commands = [command for phase in generated.plan.phases.values() for command in phase.cmds or ()]
    command = next((text for text in commands if f"poetry==${VARIABLE}" in text), None)
    file = generated.app.tree.get("pyproject.toml")
    version = _version(generated)
    if command is None or file is None or version is None:
        return
    made = rule(f"Poetry {version}: the value of {VARIABLE}", 200)
    if version >= _PROJECT_TABLE:
        if "--no-dev" in command:
            found = f"Poetry {version} no longer knows --no-dev, which the install command has."
            hint = f"Set {VARIABLE} to 1.8.5, or give the install command `poetry install --only main` yourself."
            yield stop_problem("The option “--no-dev” does not exist", hint, made, found=found)
        return
    document = load_toml(file)
    refused = None if document.problem is not None else _refused(document, version)
    if refused is not None:
        text, place, why = refused
        hint = f"Set {VARIABLE} to 1.8.5, with {', '.join(_REQUIRED)} in [tool.poetry]; or move to Railpack"
        yield stop_problem(
            text, f"{hint}, which takes the newest Poetry.", place, made, found=f"Poetry {version} {why}."
        )


def _version(generated: Generated) -> Version | None:
    try:
        return Version(generated.plan.variables.get(VARIABLE, ""))
    except InvalidVersion:
        return None


def _refused(document: Document, version: Version) -> tuple[str, Evidence, str] | None:
    """Poetry's words, the place, and why; None where it takes the file."""
    table = document.get("tool", "poetry")
    if not isinstance(table, dict):
        why = "knows no [project] table, and there is no [tool.poetry]"
        return "[tool.poetry] section not found in /app/pyproject.toml", document.file.evidence(1), why
    place = document.evidence("tool", "poetry")
    if "package-mode" in table and version < _PACKAGE_MODE:
        words = "Additional properties are not allowed ('package-mode' was unexpected)"
        return words, document.evidence("tool", "poetry", "package-mode"), "does not know package-mode"
    is_package = table.get("package-mode", True) is not False
    lacking = [key for key in _REQUIRED if key not in table]
    if lacking and is_package:
        names = ", ".join(lacking)
        return f"'{lacking[0]}' is a required property", place, f"wants {names} in [tool.poetry] itself"
    return None
