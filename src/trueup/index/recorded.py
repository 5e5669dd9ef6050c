"""An index that answers from a dated recording: what tests (and demonstrations) resolve against.

A recording is a folder with one file per project, JSON Lines, without any address:

    {"name": "asyncpg", "recorded": "2026-11-20"}
    {"version": "0.30.0", "stem": "asyncpg-0.30.0", "python": ">=3.8.0", "uploaded": "2024-10-20",
     "files": [["*.tar.gz", "1fba…"], ["*-cp313-cp313-win32.whl", "ab12…"]], "metadata": {"requires_dist": […]}}
    {"sdist": "asyncpg-0.29.0.tar.gz", "members": ["setup.py", …], "files": {"setup.py": "…"}}

`*` stands for the version's `stem`. A file is [name, shortened SHA-256, requires-python, yanked], right-hand empty
fields left out; a requires-python that all files share stands once, as `python`. `metadata` of a version is that of its
wheels; a number instead of an object points to the line (from 1) of a version with the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from trueup.index.interface import Missing, Releases, Unavailable
from trueup.index.names import normalise, parsed_version
from trueup.model.distribution import CoreMetadata, IndexFile


@dataclass
class FrozenReleases:
    """The files of one project as recorded."""

    name: str
    by_version: dict[str, tuple[IndexFile, ...]] = field(default_factory=dict)

    def versions(self) -> Sequence[str]:
        """Every recorded version, newest first."""
        return tuple(self.by_version)

    def files(self, version: str) -> Sequence[IndexFile]:
        """The files of a version; equal spellings (1.0, 1.0.0) are one version."""
        if version in self.by_version:
            return self.by_version[version]
        wanted = parsed_version(version)
        return next((files for text, files in self.by_version.items() if wanted and parsed_version(text) == wanted), ())


@dataclass
class _Project:
    """One file of a recording, decoded."""

    releases: FrozenReleases
    metadata: dict[str, CoreMetadata] = field(default_factory=dict)
    sdists: dict[str, tuple[tuple[str, ...], dict[str, str]]] = field(default_factory=dict)


class FrozenIndex:
    """An index (see interface.Index) that answers from a recording and never touches the network.

    `unavailable` names projects that it pretends not to reach, with the reason.
    """

    def __init__(self, folder: Path, *, unavailable: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._unavailable = {normalise(name): reason for name, reason in (unavailable or {}).items()}
        self._projects: dict[str, _Project | None] = {}

    def names(self) -> tuple[str, ...]:
        """Every recorded project."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.json")))

    def releases(self, names: Iterable[str]) -> Mapping[str, Releases | Missing | Unavailable]:
        """The recorded releases; `Missing` for a project that is not in the recording."""
        found: dict[str, Releases | Missing | Unavailable] = {}
        for name in names:
            if name in self._unavailable:
                found[name] = Unavailable(name, self._unavailable[name])
                continue
            project = self._project(name)
            found[name] = project.releases if project else Missing(name)
        return found

    def metadata(self, files: Iterable[IndexFile]) -> Mapping[str, CoreMetadata | Unavailable]:
        """The recorded metadata, by file name."""
        found: dict[str, CoreMetadata | Unavailable] = {}
        for file in files:
            project = self._project_of(file)
            known = project.metadata.get(file.version) if project else None
            found[file.filename] = known or Unavailable(file.filename, "its metadata was not recorded", transient=False)
        return found

    def sdist_files(self, file: IndexFile, names: Sequence[str]) -> Mapping[str, bytes] | Unavailable:
        """The recorded members of an sdist that match; under "" the recorded list of members."""
        project = self._project_of(file)
        recorded = project.sdists.get(file.filename) if project else None
        if recorded is None:
            return Unavailable(file.filename, "its contents were not recorded", transient=False)
        members, texts = recorded
        found = {path: text.encode() for path, text in texts.items() if any(fnmatchcase(path, name) for name in names)}
        return {"": "\n".join(members).encode(), **found}

    def _project_of(self, file: IndexFile) -> _Project | None:
        """A file's address in a recording is the name of its project."""
        return self._project(file.url)

    def _project(self, name: str) -> _Project | None:
        if name not in self._projects:
            path = self._folder / f"{name}.json"
            self._projects[name] = _decode(path.read_text(encoding="utf-8")) if path.is_file() else None
        return self._projects[name]


def load_recording(path: Path | str, *, unavailable: Mapping[str, str] | None = None) -> FrozenIndex:
    """Open a recording.

    Args:
        path: its folder; where that holds only dated folders, the newest of them.
        unavailable: projects to pretend not to reach, with the reason.
    """
    folder = Path(path)
    dated = sorted(child for child in folder.iterdir() if child.is_dir()) if folder.is_dir() else []
    if dated and not any(folder.glob("*.json")):
        folder = dated[-1]
    return FrozenIndex(folder, unavailable=unavailable)


def _decode(text: str) -> _Project:
    """One recorded project from the text of its file."""
    rows = [json.loads(line) for line in text.splitlines() if line]
    name = rows[0]["name"]
    project = _Project(FrozenReleases(name))
    for row in rows[1:]:
        if "sdist" in row:
            project.sdists[row["sdist"]] = (tuple(row["members"]), row["files"])
            continue
        version = row["version"]
        project.releases.by_version[version] = tuple(_file(fields, row, name) for fields in row["files"])
        metadata = row.get("metadata")
        if isinstance(metadata, int):
            metadata = rows[metadata - 1]["metadata"]
        if metadata is not None:
            project.metadata[version] = _metadata(metadata, name, version, row)
    return project


def _file(fields: Sequence[Any], row: Mapping[str, Any], name: str) -> IndexFile:
    filename, digest, requires_python, yanked = (list(fields) + [None] * 4)[:4]
    return IndexFile(
        filename=filename.replace("*", row["stem"], 1),
        url=name,
        version=row["version"],
        hashes=(("sha256", digest),) if digest else (),
        requires_python=requires_python or row.get("python"),
        yanked=yanked,
        has_metadata=filename.endswith(".whl") and "metadata" in row,
        uploaded=row.get("uploaded"),
    )


def _metadata(fields: Mapping[str, Any], name: str, version: str, row: Mapping[str, Any]) -> CoreMetadata:
    return CoreMetadata(
        name=name,
        version=version,
        requires_dist=tuple(fields.get("requires_dist", ())),
        requires_python=fields.get("requires_python"),
        provides_extra=tuple(fields.get("provides_extra", ())),
        source=row.get("metadata_source", "").replace("*", row["stem"], 1),
    )
