"""app.json: how Heroku sets up a new app: variables, formation, buildpacks, stack, add-ons, scripts.

Keys: https://devcenter.heroku.com/articles/app-json-schema, and the schema that Heroku publishes in
heroku/heroku-mcp-server src/utils/app-json.schema.json at de94a9c5 (both read 2026-11-20). Expo and React Native keep
a file of the same name; `belongs_to_heroku` tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trueup.manifests._document import Document, Path, load_json
from trueup.manifests._interface import Manifest
from trueup.model.evidence import Evidence
from trueup.model.finding import Problem
from trueup.model.project import SourceFile

HEROKU_ONLY_KEYS = frozenset({"addons", "buildpacks", "env", "environments", "formation", "stack", "success_url"})
"""Keys that no other tool's app.json has; `scripts`, `name` and the like are common."""
_OTHER_TOOLS_KEYS = frozenset({"expo", "displayName", "react-native", "pages", "window"})


@dataclass(frozen=True, slots=True)
class AppVariable:
    """One entry of `env`. `value` is None where none is given; it must never be printed."""

    name: str
    value: str | None
    required: bool
    generated: bool
    evidence: Evidence


@dataclass(frozen=True)
class AppJson:
    """A parsed app.json. `problem` says why it could not be parsed; everything is then empty."""

    document: Document

    @property
    def problem(self) -> Problem | None:
        """What is wrong with the file as JSON."""
        return self.document.problem

    @property
    def table(self) -> dict[str, Any]:
        """The top level; empty where the file holds something else."""
        return self.document.value if isinstance(self.document.value, dict) else {}

    @property
    def belongs_to_heroku(self) -> bool:
        """Whether the keys are those of Heroku's format and not of another tool's file of this name."""
        keys = self.table.keys()
        scripts = self.document.get("scripts")
        has_scripts = isinstance(scripts, dict) and bool({"postdeploy", "pr-predestroy"} & scripts.keys())
        return (bool(HEROKU_ONLY_KEYS & keys) or has_scripts) and not _OTHER_TOOLS_KEYS & keys

    @property
    def stack(self) -> str | None:
        """The stack that a new app gets."""
        stack = self.document.get("stack")
        return stack if isinstance(stack, str) else None

    @property
    def buildpacks(self) -> tuple[tuple[str, Evidence], ...]:
        """The buildpacks in their order, as they are written."""
        rows = self.document.get("buildpacks", default=[])
        if not isinstance(rows, list):
            return ()
        found = []
        for index, row in enumerate(rows):
            url = row.get("url") if isinstance(row, dict) else row
            if isinstance(url, str):
                found.append((url, self.document.evidence("buildpacks", index)))
        return tuple(found)

    @property
    def variables(self) -> tuple[AppVariable, ...]:
        """The variables of `env`. A variable is required unless it says otherwise."""
        table = self.document.get("env")
        if not isinstance(table, dict):
            return ()
        return tuple(self._variable(name, row) for name, row in table.items())

    def formation(self) -> dict[str, Any]:
        """Quantity and size by process type; entries of another shape are left out."""
        table = self.document.get("formation")
        return {name: row for name, row in table.items() if isinstance(row, dict)} if isinstance(table, dict) else {}

    def _variable(self, name: str, row: object) -> AppVariable:
        # The line is the key's, and only the name is its text: the value may be a secret.
        evidence = Evidence.found(self.document.file.path, self.document.line("env", name), f"env.{name}")
        if not isinstance(row, dict):
            value = row if isinstance(row, str) else None
            return AppVariable(name, value, True, False, evidence)
        given = row.get("value")
        return AppVariable(
            name,
            given if isinstance(given, str) else None,
            row.get("required") is not False,
            row.get("generator") is not None,
            evidence,
        )


def unknown_keys(app: AppJson, known: dict[str, frozenset[str]]) -> list[tuple[Path, str, frozenset[str]]]:
    """Keys that Heroku does not know.

    Args:
        app: the parsed file.
        known: the keys of each level: "" for the top, else the name of the table (`env`, `formation`, `addons`,
            `buildpacks` hold one table per entry; `scripts` and `environments` are tables themselves).

    Returns:
        The path of each such key, its name, and the keys that its level has.
    """
    found: list[tuple[Path, str, frozenset[str]]] = [
        ((key,), key, known[""]) for key in app.table if key not in known[""]
    ]
    for name in ("scripts", "environments"):
        table = app.document.get(name)
        if isinstance(table, dict):
            found += [((name, key), key, known[name]) for key in table if key not in known[name]]
    for name in ("env", "formation", "addons", "buildpacks"):
        rows = app.document.get(name)
        entries = rows.items() if isinstance(rows, dict) else enumerate(rows) if isinstance(rows, list) else ()
        for entry, row in entries:
            if isinstance(row, dict):
                found += [((name, entry, key), key, known[name]) for key in row if key not in known[name]]
    return found


def parse(file: SourceFile) -> AppJson:
    """Parse the file; a broken one gives an `AppJson` whose `problem` says what is wrong."""
    return AppJson(load_json(file))


MANIFEST = Manifest("app-json", "Heroku's app.json", ("app.json",))
