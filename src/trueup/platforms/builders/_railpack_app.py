"""The service's root directory as Railpack sees it: its files, its text searches and its RAILPACK_ variables.

Source: railwayapp/railpack at b5e80580, core/app/app.go and core/app/environment.go (read 2026-11-20).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from trueup.model.evidence import Evidence
from trueup.model.project import Project, SourceFile
from trueup.platforms.builders._railpack_releases import Release

MANIFESTS = ("requirements.txt", "pyproject.toml", "Pipfile")


@dataclass(frozen=True)
class App:
    """A folder and the variables that Railpack is given."""

    tree: Project
    environment: dict[str, str]
    release: Release

    def has(self, path: str) -> bool:
        """Whether a file or a folder of this name exists (app.go:113)."""
        return self.tree.has(path) or self.tree.has_directory(path)

    def read(self, path: str) -> str | None:
        """A file's text with Unix line ends, None where it cannot be read (app.go:175)."""
        file = self.tree.get(path)
        return None if file is None or file.problem else text_of(file)

    def matching(self, pattern: re.Pattern[str]) -> list[str]:
        """Every path that the pattern matches as a whole, sorted."""
        return sorted(path for path in self.tree.listing if pattern.fullmatch(path))

    def variable(self, name: str) -> str:
        """The value of RAILPACK_<name> without blanks around it, empty where it is not set (environment.go:62)."""
        return self.environment.get(f"RAILPACK_{name}", "").strip()

    def variable_list(self, name: str) -> list[str] | None:
        """RAILPACK_<name> split at single blanks; None where it is empty (environment.go:72)."""
        value = self.variable(name)
        return value.split(" ") if value else None

    def variable_is_set(self, name: str) -> bool:
        """Whether RAILPACK_<name> is 1 or true (environment.go:81)."""
        return self.variable(name).lower() in ("1", "true")

    @cached_property
    def manifest_texts(self) -> tuple[tuple[str, str], ...]:
        """Path and lower-case text of every file in which Railpack looks for the names of dependencies.

        All folders count since v0.17.2 (2026-02-12), before that the root alone (python.go:520).
        """
        nested = self.release.flag("nested_manifests")
        paths = [path for path in sorted(self.tree.files) if path.rpartition("/")[2] in MANIFESTS]
        found = [(path, self.read(path)) for path in paths if nested or "/" not in path]
        return tuple((path, text.lower()) for path, text in found if text is not None)

    def mentions(self, dependency: str) -> bool:
        """Whether the text of a dependency's name occurs in a manifest, comments and longer names included."""
        return any(dependency.lower() in text for _, text in self.manifest_texts)

    def mention(self, dependency: str) -> Evidence:
        """The line on which `mentions` sees a dependency's name."""
        for path, text in self.manifest_texts:
            at = text.find(dependency.lower())
            if at >= 0:
                return self.file(path).evidence(text.count("\n", 0, at) + 1)
        return Evidence.absent(f"no {', '.join(MANIFESTS)} names {dependency}")

    def python_sources(self) -> Iterator[tuple[str, str]]:
        """Path and text of every Python file in the order of the glob: a folder's own files before its folders."""
        for path, file in sorted(self.tree.matching(".py"), key=lambda item: _glob_order(item[0])):
            yield path, text_of(file)

    def file(self, path: str) -> SourceFile:
        """The file at a path; an empty one where only its existence is known."""
        return self.tree.get(path) or SourceFile(self.tree.in_project(path))

    def found(self, path: str) -> Evidence:
        """Evidence that a file or folder exists."""
        return Evidence.found(self.tree.in_project(path), None, f"{path} exists")


def parse_bool(text: str) -> bool | None:
    """True or False of the words that say so, in any case; None of every other text (utils.go:29)."""
    text = text.strip().lower()
    if text in ("true", "1", "yes", "on"):
        return True
    return False if text in ("false", "0", "no", "off") else None


def _glob_order(path: str) -> list[tuple[int, str]]:
    folders, _, name = path.rpartition("/")
    return [*((1, folder) for folder in folders.split("/") if folder), (0, name)]


def text_of(file: SourceFile) -> str:
    """The text that Railpack's own rules search: UTF-8 with Unix line ends."""
    return file.data.decode("utf-8", errors="replace").replace("\r\n", "\n")
