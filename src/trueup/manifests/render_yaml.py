"""render.yaml, Render's blueprint: the places in it that hold resources, and the Python versions that it states.

Source: https://render.com/docs/blueprint-spec and the schema at https://render.com/schema/render.yaml.json, both read
2026-11-20. By default the file lies in the root of the repository; a Blueprint's setup may name another path.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trueup.manifests._document import Document, Path, load_yaml
from trueup.manifests._interface import Manifest, PythonStatement
from trueup.model.project import SourceFile

VARIABLE = "PYTHON_VERSION"
INVENTED_KEY = "pythonVersion"


@dataclass(frozen=True, slots=True)
class Scope:
    """A place that holds services, databases and environment groups.

    `path` leads to it in the document; `name` is the environment's name, "" at the root and for `ungrouped`.
    """

    path: Path
    name: str = ""


def scopes(document: Document) -> tuple[Scope, ...]:
    """The root, `ungrouped`, and every environment of every project, in this order."""
    found = [Scope(())]
    if isinstance(document.get("ungrouped"), dict):
        found.append(Scope(("ungrouped",)))
    for project_path, _ in mappings(document, ("projects",)):
        for path, environment in mappings(document, (*project_path, "environments")):
            found.append(Scope(path, str(environment.get("name", ""))))
    return tuple(found)


def mappings(document: Document, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The mappings of the list at a path, each with its own path; nothing where there is no list."""
    items = document.get(*path)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield (*path, index), item


def variable_lists(document: Document) -> Iterator[Path]:
    """The paths of every `envVars` list: of the services and of the environment groups."""
    for scope in scopes(document):
        for kind in ("services", "envVarGroups"):
            for path, _ in mappings(document, (*scope.path, kind)):
                yield (*path, "envVars")


def written(document: Document, path: Path) -> str:
    """A scalar as the file spells it, without quotes: `3.10` where YAML makes the number 3.1 of it."""
    value = document.get(*path)
    raw = document.raw(*path)
    return value if isinstance(value, str) else (raw or str(value)).strip()


def python_version_values(document: Document) -> tuple[Path, ...]:
    """The path of the value of every PYTHON_VERSION that the blueprint gives literally."""
    return tuple(
        (*path, "value")
        for variables in variable_lists(document)
        for path, item in mappings(document, variables)
        if item.get("key") == VARIABLE and "value" in item
    )


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """The values of PYTHON_VERSION, and of the key pythonVersion, which Render does not know."""
    document = load_yaml(file)
    name = "render.yaml" if "/" not in file.path else "a subfolder's render.yaml"
    found = [
        PythonStatement(f"{VARIABLE} in {name}", written(document, path), document.evidence(*path))
        for path in python_version_values(document)
    ]
    places = [path for scope in scopes(document) for path, _ in mappings(document, (*scope.path, "services"))]
    for place in [(), *places]:
        path = (*place, INVENTED_KEY)
        if isinstance(document.get(*path), (str, int, float)):
            found.append(
                PythonStatement(f"{INVENTED_KEY} in render.yaml", written(document, path), document.evidence(*path))
            )
    return tuple(found)


MANIFEST = Manifest(
    "render-yaml",
    "Render blueprint",
    # The scripts are those that Render's own guides name as build command; they hold the install steps.
    ("render.yaml", "build.sh", "render-build.sh"),
    lambda file: python_statements(file) if file.path.rsplit("/", 1)[-1] == "render.yaml" else (),
)
