"""project.toml: the project descriptor of Cloud Native Buildpacks, which Fir-generation Heroku apps use.

Keys: https://buildpacks.io/docs/reference/config/project-descriptor/ (`_`, `io.buildpacks`); Heroku chooses the base
image by `io.buildpacks.builder` (https://devcenter.heroku.com/articles/stack). Read on 2026-11-20.
"""

from __future__ import annotations

from dataclasses import dataclass

from trueup.manifests._document import Document, load_toml
from trueup.manifests._interface import Manifest
from trueup.model.evidence import Evidence, Fact
from trueup.model.project import SourceFile


@dataclass(frozen=True)
class ProjectDescriptor:
    """A parsed project.toml; an unreadable one is empty."""

    document: Document

    @property
    def builder(self) -> Fact[str] | None:
        """The builder image, such as `heroku/builder:24`."""
        return self._text("io", "buildpacks", "builder") or self._text("build", "builder")

    @property
    def excluded(self) -> tuple[str, ...]:
        """Patterns (as in .gitignore) of files that are not part of the build."""
        return self._patterns("exclude")

    @property
    def included(self) -> tuple[str, ...]:
        """Patterns of the only files that are part of the build."""
        return self._patterns("include")

    @property
    def variables(self) -> tuple[tuple[str, str, Evidence], ...]:
        """Names, values and lines of the variables that the build gets. Values must never be printed."""
        found = []
        for path in (("io", "buildpacks", "build", "env"), ("build", "env")):
            rows = self.document.get(*path)
            for index, row in enumerate(rows if isinstance(rows, list) else []):
                if isinstance(row, dict) and isinstance(row.get("name"), str):
                    line = self.document.line(*path, index)
                    evidence = Evidence.found(self.document.file.path, line, f"variable {row['name']}")
                    found.append((row["name"], str(row.get("value", "")), evidence))
        return tuple(found)

    def _text(self, *path: str) -> Fact[str] | None:
        value = self.document.get(*path)
        return Fact(value, (self.document.evidence(*path),)) if isinstance(value, str) else None

    def _patterns(self, key: str) -> tuple[str, ...]:
        for path in (("io", "buildpacks", key), ("build", key)):
            rows = self.document.get(*path)
            if isinstance(rows, list):
                return tuple(row for row in rows if isinstance(row, str))
        return ()


def parse(file: SourceFile) -> ProjectDescriptor:
    """Parse the file; what cannot be parsed gives an empty descriptor whose document has a `problem`."""
    return ProjectDescriptor(load_toml(file))


MANIFEST = Manifest("project-toml", "project.toml of Cloud Native Buildpacks", ("project.toml",))
