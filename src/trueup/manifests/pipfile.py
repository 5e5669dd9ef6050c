"""Pipfile: what Pipenv is asked for, and the Python it names."""

from __future__ import annotations

from dataclasses import dataclass, field

from packaging.specifiers import InvalidSpecifier

from trueup.manifests._document import Document, load_toml
from trueup.manifests._interface import Manifest, PythonStatement
from trueup.manifests._pipfile_entries import requirement
from trueup.manifests._requirement import invalid_requirement
from trueup.manifests._tables import line_evidence, string, table
from trueup.model.evidence import Evidence
from trueup.model.finding import Problem
from trueup.model.project import SourceFile
from trueup.model.requirement import DeclaredRequirement

_NOT_CATEGORIES = frozenset({"source", "requires", "scripts", "pipenv", "pipfile", "build-system", "tool"})


@dataclass(frozen=True)
class Pipfile:
    """What one Pipfile says. `categories` are its package sections (`packages`, `dev-packages` and own ones)."""

    document: Document
    categories: dict[str, tuple[DeclaredRequirement, ...]] = field(default_factory=dict)
    python_version: str | None = None
    python_full_version: str | None = None
    python_evidence: Evidence | None = None
    sources: tuple[str, ...] = ()
    """Index addresses, the default first; they may hold credentials."""
    problems: tuple[Problem, ...] = ()


def _category(document: Document, name: str, problems: list[Problem]) -> tuple[DeclaredRequirement, ...]:
    found = []
    group = "" if name == "packages" else name
    for package, entry in table(document.get(name)).items():
        try:
            found.append(requirement(package, entry, line_evidence(document, name, package), group))
        except InvalidSpecifier as error:
            problems.append(
                invalid_requirement(
                    document.file,
                    document.line(name, package),
                    f"{package} = {entry!r}",
                    error,
                    reader="Pipenv",
                    hint='Write a version as pip has it: "==1.2.3", ">=1.2,<2" or "*".',
                )
            )
    return tuple(found)


def parse(file: SourceFile) -> Pipfile:
    """Read a Pipfile; what cannot be read is in `problems`."""
    document = load_toml(file)
    if document.problem:
        return Pipfile(document, problems=(document.problem,))
    problems: list[Problem] = []
    categories = {
        name: _category(document, name, problems)
        for name, value in table(document.value).items()
        if isinstance(value, dict) and name not in _NOT_CATEGORIES
    }
    full = string(document.get("requires", "python_full_version"))
    minor = string(document.get("requires", "python_version"))
    key = "python_full_version" if full else "python_version"
    sources = document.get("source")
    return Pipfile(
        document,
        categories,
        minor,
        full,
        line_evidence(document, "requires", key) if full or minor else None,
        tuple(
            url for entry in (sources if isinstance(sources, list) else []) if (url := string(table(entry).get("url")))
        ),
        tuple(problems),
    )


def python_statements(file: SourceFile) -> tuple[PythonStatement, ...]:
    """`python_full_version` and `python_version` of [requires]."""
    document = load_toml(file)
    return tuple(
        PythonStatement(f"Pipfile {key}", value, line_evidence(document, "requires", key))
        for key in ("python_full_version", "python_version")
        if (value := string(document.get("requires", key)))
    )


MANIFEST = Manifest(id="pipfile", title="Pipfile", filenames=("Pipfile",), python_statements=python_statements)
