"""The application as Nixpacks looks at it: which files are there, their text, and which provider takes it.

Source of every rule here: railwayapp/nixpacks@f51d7fd5 (2025-08-04), src/nixpacks/app.rs, src/nixpacks/environment.rs
and the `detect` of src/providers/*.rs, read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from trueup.model.evidence import Evidence, Fact
from trueup.model.project import Project
from trueup.platforms import _data

# Rust's White_Space, which has no U+001C to U+001F, unlike str.strip and Python's \s.
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_ENDS = re.compile(rf"^[{WHITE_SPACE}]+|[{WHITE_SPACE}]+\Z")


class NixpacksError(Exception):
    """Nixpacks ends with an error of its own: `text` in its words, `hint` what to do, `evidence` where it is seen."""

    def __init__(self, text: str, hint: str, evidence: Evidence) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        self.evidence = evidence


def trim(text: str) -> str:
    """Without the white space at both ends, as Rust's `str::trim` counts it."""
    return _ENDS.sub("", text)


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables that Nixpacks sees, each with its evidence. Values are for the rules only and are never printed.

    A variable without a value is taken from the environment of the build itself (environment.rs:28-36), where a
    service's empty variable is not set either: it counts as absent.
    """

    values: Mapping[str, str]
    places: Mapping[str, Evidence] = field(default_factory=dict)

    @classmethod
    def given(cls, variables: Mapping[str, str]) -> Environment:
        """The variables of the service."""
        kept = {name: value for name, value in variables.items() if value}
        return cls(kept, {name: Evidence.given(f"the service's variable {name}") for name in kept})

    @classmethod
    def parse(cls, assignments: Iterable[str]) -> Environment:
        """`NAME=VALUE` texts, split at the first equals sign."""
        return cls.given(dict(text.partition("=")[::2] for text in assignments))

    def extended(self, variables: Mapping[str, str], places: Mapping[str, Evidence]) -> Environment:
        """With further variables, which win over those of the same name (environment.rs:78-82)."""
        return Environment({**self.values, **variables}, {**self.places, **places})

    def config(self, name: str) -> str | None:
        """The value of `NIXPACKS_<name>` without its line breaks, or None."""
        value = self.values.get(f"NIXPACKS_{name}")
        return None if value is None else value.replace("\n", "")

    def is_truthy(self, name: str) -> bool:
        """Whether `NIXPACKS_<name>` is 1 or true."""
        return self.config(name) in ("1", "true")

    def place(self, name: str) -> Evidence:
        """Where `NIXPACKS_<name>` is set."""
        full = f"NIXPACKS_{name}"
        return self.places.get(full) or Evidence.given(f"the service's variable {full}")


@dataclass(frozen=True)
class App:
    """The root directory of the service, as Nixpacks reads it. Paths are relative to it."""

    tree: Project
    _texts: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def includes(self, path: str) -> bool:
        """Whether a plain file is at this path."""
        return self.tree.has(path)

    def has_directory(self, path: str) -> bool:
        """Whether a folder is at this path."""
        return self.tree.has_directory(path)

    def read(self, path: str) -> str:
        """The text of a file; an empty text where the content is not at hand.

        Raises:
            NixpacksError: the file is not UTF-8. A byte-order mark is no error and stays in the text.
        """
        if path not in self._texts:
            self._texts[path] = self._decoded(path)
        return self._texts[path]

    def _decoded(self, path: str) -> str:
        file = self.tree.get(path)
        if file is None or file.problem is not None:
            return ""
        try:
            return file.data.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            hint = f"Save {file.path} as UTF-8."
            raise NixpacksError(f"Error reading {path}", hint, file.evidence(1)) from error

    @cached_property
    def walk(self) -> tuple[str, ...]:
        """Every path, folder by folder, by the bytes of the names; what .gitignore keeps out is not walked."""
        seen = self.tree.listing - self.tree.ignored
        return tuple(sorted(seen, key=lambda name: [part.encode() for part in name.split("/")]))

    def evidence(self, path: str, line: int | None = None) -> Evidence:
        """Evidence in a file that is there."""
        file = self.tree.get(path)
        return file.evidence(line) if file else Evidence.found(self.tree.in_project(path), None, path)

    def find(self, *globs: str) -> Iterator[str]:
        """The files that match a pattern, in the order of the walk; `*` matches slashes too (globset crate)."""
        for path in self.walk:
            if any(fnmatchcase(path, glob) or fnmatchcase(path, f"*/{glob}") for glob in globs):
                yield path

    def search(self, pattern: str, *globs: str) -> tuple[str, re.Match[str]] | None:
        """The first file of the walk whose text matches, with the match."""
        for path in self.find(*globs):
            found = re.search(pattern, self.read(path))
            if found:
                return path, found
        return None

    def only_directory(self) -> str | None:
        """The one folder that the root holds, hidden ones counted; None where there are none or several."""
        folders = [name for name in self.tree.directories if "/" not in name]
        return folders[0] if len(folders) == 1 else None

    def below(self, folder: str) -> App:
        """The same project with that folder as its root."""
        return App(self.tree.subtree(self.tree.in_project(folder)))


def detect(app: App) -> Fact[str | None]:
    """The first provider that recognises the application; None where none does."""
    data = _data.load("nixpacks")
    rule = data["detection"]
    for provider in data["providers"]:
        sign = _sign(app, provider)
        if sign is not None:
            text = f"Nixpacks asks its providers in a fixed order; {provider['name']} is the first that finds its file"
            return Fact(provider["name"], (app.evidence(sign), _data.evidence(rule, text)))
    looked_for = next(p["files"] for p in data["providers"] if p["name"] == "python")
    return Fact(
        None,
        (
            Evidence.absent(f"none of {', '.join(looked_for)} in the root directory", app.tree.root_dir or None),
            _data.evidence(rule, "no provider of Nixpacks finds a file of its own"),
        ),
    )


def _sign(app: App, provider: dict[str, Any]) -> str | None:
    """The file or folder by which a provider recognises the application."""
    files: list[str] = provider.get("files", [])
    found = [name for name in files if app.includes(name)]
    found += [name for name in provider.get("directories", []) if app.has_directory(name)]
    if provider.get("all"):
        if len(found) < len(files):
            return None
        if "globs" not in provider:
            return found[0]
    elif found:
        return found[0]
    if "text" in provider:
        match = app.search(provider["text"], *provider["globs"])
        return match[0] if match else None
    return next(app.find(*provider.get("globs", [])), None)
