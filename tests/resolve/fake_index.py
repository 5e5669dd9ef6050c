"""A tiny index in memory, and requirement sets from lines, for tests of resolution."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from trueup.index.interface import Missing, Releases, Unavailable
from trueup.model.distribution import CoreMetadata, IndexFile
from trueup.model.evidence import Evidence
from trueup.model.requirement import DeclaredRequirement, IndexOptions, RequirementSet

CP = "cp{0}-cp{0}-manylinux_2_17_x86_64"
"""Tags of a wheel for one CPython on glibc x86_64; `CP.format("313")`."""


@dataclass
class FakeReleases:
    """The files of one project, by version."""

    name: str
    by_version: dict[str, list[IndexFile]] = field(default_factory=dict)

    def versions(self) -> Sequence[str]:
        return tuple(sorted(self.by_version, key=Version, reverse=True))

    def files(self, version: str) -> Sequence[IndexFile]:
        return self.by_version.get(version, ())


class FakeIndex:
    """An index that tests fill by hand. `calls` counts the calls of each kind."""

    def __init__(self) -> None:
        self.projects: dict[str, FakeReleases] = {}
        self.core: dict[str, CoreMetadata] = {}
        self.members: dict[str, dict[str, bytes]] = {}
        self.down: dict[str, str] = {}
        self.calls: dict[str, int] = {"releases": 0, "metadata": 0, "sdist_files": 0}

    def add(
        self,
        name: str,
        version: str,
        *needs: str,
        wheels: Sequence[str] = ("py3-none-any",),
        sdist: bool = False,
        sdist_members: Mapping[str, str] | None = None,
        python: str | None = None,
        metadata_python: str | None = None,
        yanked: str | None = None,
        sha256: str | None = None,
    ) -> FakeIndex:
        """Add a version: its wheels by their tags, maybe an sdist, and what it needs."""
        normal = canonicalize_name(name)
        stem = f"{normal.replace('-', '_')}-{version}"
        names = [f"{stem}-{tags}.whl" for tags in wheels]
        if sdist or sdist_members is not None:
            names.append(f"{stem}.tar.gz")
        hashes = (("sha256", sha256),) if sha256 else ()
        files = [
            IndexFile(one, f"https://index.example/{one}", version, hashes, python, yanked, has_metadata=True)
            for one in names
        ]
        self.projects.setdefault(normal, FakeReleases(normal)).by_version.setdefault(version, []).extend(files)
        extras = sorted(set(_extras(needs)))
        for one in names:
            self.core[one] = CoreMetadata(normal, version, tuple(needs), metadata_python, tuple(extras), one)
        if sdist_members is not None:
            self.members[names[-1]] = {path: text.encode() for path, text in sdist_members.items()}
        return self

    def releases(self, names: Iterable[str]) -> Mapping[str, Releases | Missing | Unavailable]:
        self.calls["releases"] += 1
        found: dict[str, Releases | Missing | Unavailable] = {}
        for name in names:
            if name in self.down:
                found[name] = Unavailable(name, self.down[name])
            else:
                found[name] = self.projects.get(name) or Missing(name)
        return found

    def metadata(self, files: Iterable[IndexFile]) -> Mapping[str, CoreMetadata | Unavailable]:
        self.calls["metadata"] += 1
        unknown = "its metadata are made by setup.py"
        return {
            file.filename: self.core.get(file.filename) or Unavailable(file.filename, unknown, transient=False)
            for file in files
        }

    def sdist_files(self, file: IndexFile, names: Sequence[str]) -> Mapping[str, bytes] | Unavailable:
        self.calls["sdist_files"] += 1
        members = self.members.get(file.filename)
        if members is None:
            return Unavailable(file.filename, "the archive could not be read", transient=False)
        found = {path: data for path, data in members.items() if any(fnmatchcase(path, name) for name in names)}
        return {"": "\n".join(members).encode(), **found}


def _extras(needs: Iterable[str]) -> Iterable[str]:
    for line in needs:
        if "extra ==" in line:
            yield line.split("extra ==")[1].strip().strip("'\"")


def requirement(line: str, number: int = 1, path: str = "requirements.txt", **more: object) -> DeclaredRequirement:
    """One requirement from a line such as `name[extra]==1.0 ; marker` or `name @ https://…`."""
    text, _, hashes = line.partition(" --hash=")
    parsed = Requirement(text)
    return DeclaredRequirement(
        name=canonicalize_name(parsed.name),
        specifier=parsed.specifier,
        evidence=Evidence.found(path, number, line),
        extras=frozenset(parsed.extras),
        marker=parsed.marker,
        url=parsed.url,
        hashes=tuple(hashes.split(" --hash=")) if hashes else (),
        **more,  # type: ignore[arg-type]
    )


def requirement_set(
    *lines: str, constraints: Sequence[str] = (), options: IndexOptions | None = None, **more: object
) -> RequirementSet:
    """A set from lines, numbered from 1 in requirements.txt; constraints likewise in constraints.txt."""
    return RequirementSet(
        requirements=tuple(requirement(line, number) for number, line in enumerate(lines, 1) if line),
        constraints=tuple(
            requirement(line, number, "constraints.txt", is_constraint=True)
            for number, line in enumerate(constraints, 1)
        ),
        options=options or IndexOptions(),
        files=("requirements.txt",),
        **more,  # type: ignore[arg-type]
    )
