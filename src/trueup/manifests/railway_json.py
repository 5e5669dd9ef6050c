"""railway.json and railway.toml: Railway's configuration as code, switched off on 2026-12-01.

Source: railwayapp/docs@c2a634f1 (2026-08-21), content/docs/config-as-code.md, read 2026-11-20.
"""

from __future__ import annotations

from trueup.manifests._document import Document, load_json, load_toml
from trueup.manifests._interface import Manifest, PythonStatement
from trueup.manifests._python_keys import stated_versions
from trueup.model.project import SourceFile


def load_railway(file: SourceFile) -> Document:
    """Parse the file by its extension."""
    return load_json(file) if file.path.endswith(".json") else load_toml(file)


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """Versions under keys that Railway does not know, and the Pythons of `build.nixpacksPlan`."""
    return stated_versions(load_railway(file), "railway.json" if file.path.endswith(".json") else "railway.toml")


MANIFEST = Manifest(
    id="railway-json",
    title="railway.json",
    filenames=("railway.json", "railway.toml", "railway.*.json", "railway.*.toml", "*.railway.json", "*.railway.toml"),
    python_statements=python_statements,
)
