"""nixpacks.toml and nixpacks.json: the configuration of Nixpacks."""

from __future__ import annotations

from trueup.manifests._document import Document, load_json, load_toml
from trueup.manifests._interface import Manifest, PythonStatement
from trueup.manifests._python_keys import stated_versions
from trueup.model.project import SourceFile


def load_nixpacks(file: SourceFile) -> Document:
    """Parse the file by its extension (railwayapp/nixpacks@f51d7fd5 plan/generator.rs:214-222, read 2026-11-20)."""
    return load_json(file) if file.path.endswith(".json") else load_toml(file)


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """NIXPACKS_PYTHON_VERSION of [variables], Pythons of nixPkgs, and keys that Nixpacks does not know."""
    return stated_versions(load_nixpacks(file), "nixpacks.json" if file.path.endswith(".json") else "nixpacks.toml")


MANIFEST = Manifest(
    id="nixpacks-toml",
    title="nixpacks.toml",
    filenames=("nixpacks.toml", "nixpacks.json", "nixpacks.*.toml", "nixpacks.*.json", "*.nixpacks.toml"),
    python_statements=python_statements,
)
