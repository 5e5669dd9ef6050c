"""railpack.json: Railpack's own configuration, JSON in which comments and trailing commas are allowed (HuJSON)."""

from __future__ import annotations

from trueup.manifests._document import Document, load_json
from trueup.manifests._interface import Manifest, PythonStatement
from trueup.model.project import SourceFile


def load_railpack_json(file: SourceFile) -> Document:
    """Parse the file as Railpack does (railwayapp/railpack at b5e80580, core/core.go:49, read 2026-11-20)."""
    return load_json(file, comments=True)


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """The version of Python under `packages`."""
    document = load_railpack_json(file)
    version = document.get("packages", "python")
    if not isinstance(version, str):
        return ()
    return (PythonStatement("railpack.json", version, document.evidence("packages", "python")),)


MANIFEST = Manifest(
    id="railpack-json",
    title="railpack.json",
    filenames=("railpack.json", "*.railpack.json", "railpack.*.json"),
    python_statements=python_statements,
)
