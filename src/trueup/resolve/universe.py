"""What is known of an index, shared by every target: releases, parsed metadata, and versions that match specifiers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

from packaging.version import Version

from trueup.index.interface import Index, Missing, ReadsAhead, Releases, Told, Unavailable, Wanted
from trueup.index.names import parse_wheel_name, parsed_version
from trueup.index.pages import Outline
from trueup.model.distribution import CoreMetadata, IndexFile
from trueup.model.target import Target
from trueup.resolve.build_needs import Inspection
from trueup.resolve.terms import Dependency, Specification, dependency, needed_extra


class Project:
    """One project of an index: its versions, newest first, or why there are none.

    `trouble` is `Missing` where the index has no such project and `Unavailable` where it could not say.
    """

    def __init__(self, name: str, found: Releases | Missing | Unavailable) -> None:
        self.name = name
        self.trouble: Missing | Unavailable | None = None
        self.versions: tuple[str, ...] = ()
        self.releases: Releases | None = None
        self._files: dict[str, tuple[IndexFile, ...]] = {}
        self._names: dict[str, str] = {}
        self._wheels: dict[str, list[tuple[IndexFile, str]]] = {}
        self._nearest: dict[str, tuple[str, ...]] = {}
        self._outlines: dict[str, Outline | None] = {}
        self._near: dict[tuple[str, str, str], tuple[IndexFile, ...]] = {}
        self._matches: dict[frozenset[Specification], Matches] = {}
        if isinstance(found, (Missing, Unavailable)):
            self.trouble = found
        else:
            self.releases = found
            self.versions = tuple(found.versions())
        self._known = frozenset(self.versions)
        self._has_local = any("+" in version for version in self.versions)

    @cached_property
    def finals(self) -> tuple[tuple[Version, str], ...]:
        """The versions that are no pre-releases, newest first, parsed and as the index writes them."""
        parsed = ((parsed_version(text), text) for text in self.versions)
        return tuple((one, text) for one, text in parsed if one is not None and not one.is_prerelease)

    def nearest(self, version: str) -> tuple[str, ...]:
        """The other versions that are no pre-releases: newer ones upwards, then older ones downwards; all upwards from
        the oldest where the given one is no version.
        """
        found = self._nearest.get(version)
        if found is None:
            start = parsed_version(version)
            upwards = [text for parsed, text in reversed(self.finals) if start is None or parsed > start]
            downwards = [text for parsed, text in self.finals if start is not None and parsed < start]
            found = self._nearest[version] = (*upwards, *downwards)
        return found

    @property
    def is_unanswered(self) -> bool:
        """Whether the index could not say anything about the project."""
        return isinstance(self.trouble, Unavailable)

    def files(self, version: str) -> tuple[IndexFile, ...]:
        """The files of a version."""
        files = self._files.get(version)
        if files is None:
            files = self._files[version] = tuple(self.releases.files(version)) if self.releases else ()
        return files

    def outline(self, version: str) -> Outline | None:
        """What all files of a version have in common, where the releases can tell without decoding them."""
        if version not in self._outlines:
            tell = getattr(self.releases, "outline", None)
            self._outlines[version] = tell(version) if tell is not None else None
        return self._outlines[version]

    def may_have_wheel(self, version: str, target: Target) -> bool:
        """Whether the names of a version's files leave it possible that one is a wheel for a target; no is certain.

        Looking for the nearest version with a wheel goes through hundreds; most are told apart by this alone.
        """
        names = self._names.get(version)
        if names is None:
            read = getattr(self.releases, "filenames", None)
            found = read(version) if read is not None else [file.filename for file in self.files(version)]
            names = self._names[version] = "\n".join(found).lower()
        if target.arch not in names and "any." not in names:
            return False
        return f"cp{target.minor.replace('.', '')}" in names or any(part in names for part in ("abi3", "-py3", ".py3"))

    def near_files(self, version: str, target: Target) -> tuple[IndexFile, ...]:
        """The files of a version without the wheels whose names alone show that they are for another Python or arch."""
        key = (version, target.minor, target.arch)
        near = self._near.get(key)
        if near is None:
            own, arch = f"cp{target.minor.replace('.', '')}", target.arch
            near = self._near[key] = tuple(
                file
                for file, name in self._lowered(version)
                if not name
                or (
                    (arch in name or name.endswith("any.whl") or "any." in name)
                    and (own in name or "-py3" in name or "abi3" in name or ".py3" in name)
                )
            )
        return near

    def _lowered(self, version: str) -> list[tuple[IndexFile, str]]:
        """The files of a version, each wheel with its name in lower case, each other file with none."""
        found = self._wheels.get(version)
        if found is None:
            found = self._wheels[version] = [
                (file, file.filename.lower() if file.filename.endswith(".whl") else "") for file in self.files(version)
            ]
        return found

    def matching(self, specifications: frozenset[Specification]) -> Matches:
        """The versions that all specifications admit, newest first, found as far as somebody looks."""
        matches = self._matches.get(specifications)
        if matches is None:
            matches = self._matches[specifications] = Matches(self._search(specifications))
        return matches

    def _search(self, specifications: frozenset[Specification]) -> Iterator[str]:
        pins = [one.pin for one in specifications if one.pin is not None]
        versions: Sequence[str] = self.versions
        if pins and not self._has_local and pins[0] in self._known:
            versions = (pins[0],)  # without local versions, only the pinned text itself can equal the pin
        for version in versions:
            if all(one.admits(version) for one in specifications):
                yield version


class Matches:
    """Versions that match, newest first: read from a search as far as needed, and kept."""

    def __init__(self, search: Iterator[str]) -> None:
        self._search = search
        self._found: list[str] = []

    def __iter__(self) -> Iterator[str]:
        at = 0
        while True:
            if at == len(self._found):
                following = next(self._search, None)
                if following is None:
                    return
                self._found.append(following)
            yield self._found[at]
            at += 1


class Metadata:
    """What one version needs, or why that is not known.

    `trouble` is set where the index has no metadata that can be read without building the distribution.
    """

    def __init__(self, found: CoreMetadata | Unavailable) -> None:
        self.trouble = found if isinstance(found, Unavailable) else None
        self.requires_python = "" if isinstance(found, Unavailable) else found.requires_python or ""
        self.source = "" if isinstance(found, Unavailable) else found.source
        self._lines = () if isinstance(found, Unavailable) else found.requires_dist
        self._needs = tuple((needed_extra(line), line) for line in self._lines)

    def dependencies(self, extras: frozenset[str]) -> Iterator[Dependency]:
        """The dependencies that may apply with these extras; their markers are not yet asked."""
        for extra, line in self._needs:
            if extra is None or extra in extras:
                parsed = dependency(line)
                if parsed is not None:
                    yield parsed


class Universe:
    """Everything read from one index so far."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._projects: dict[str, Project] = {}
        self._metadata: dict[str, Metadata] = {}
        self.inspections: dict[str, Inspection] = {}
        """What the build files of sdists say, by file name; filled by the forecast."""
        self._metadata_files: dict[tuple[str, str, str], IndexFile | None] = {}
        self.metadata_reads = 0
        """How many files' metadata were asked of the index; the search gives up when it reads without end."""

    @property
    def has_waited(self) -> bool:
        """Whether anything had to be fetched so far; taken to be so where the index does not tell."""
        return bool(getattr(self._index, "has_fetched", True))

    def project(self, name: str) -> Project:
        """One project; read from the index where it is not known yet."""
        if name not in self._projects:
            self.load_projects((name,))
        return self._projects[name]

    def load_projects(self, names: Iterable[str]) -> None:
        """Read several projects at once."""
        wanted = [name for name in dict.fromkeys(names) if name not in self._projects]
        if wanted:
            found = self._index.releases(wanted)
            for name in wanted:
                answer = found.get(name) or Unavailable(name, "the index gave no answer for it")
                self._projects[name] = Project(name, answer)

    def metadata_file(self, name: str, version: str, arch: str) -> IndexFile | None:
        """The file whose metadata stands for a version on Linux of an architecture; None where it has no file.

        A wheel for that system if there is one, else any wheel, else the sdist: core metadata is the same in all
        wheels of a version but for a few projects that build each platform's on its own.
        """
        key = (name, version, arch)
        if key not in self._metadata_files:
            files = self.project(name).files(version)
            pure = [file for file in files if file.filename.endswith("-none-any.whl")]
            ranked = ((0 if pure else _metadata_rank(file, arch), file.filename, file) for file in pure or files)
            self._metadata_files[key] = min(ranked, key=lambda one: one[:2], default=(0, "", None))[2]
        return self._metadata_files[key]

    def metadata(self, file: IndexFile) -> Metadata:
        """The metadata of a file; read from the index where it is not known yet."""
        if file.filename not in self._metadata:
            self.load_metadata((file,))
        return self._metadata[file.filename]

    def load_metadata(self, files: Iterable[IndexFile]) -> None:
        """Read the metadata of several files at once."""
        wanted = {file.filename: file for file in files if file.filename not in self._metadata}
        if wanted:
            self.metadata_reads += len(wanted)
            found = self._index.metadata(wanted.values())
            for name in wanted:
                answer = found.get(name) or Unavailable(name, "the index gave no answer for it")
                self._metadata[name] = Metadata(answer)

    def knows(self, wanted: Wanted) -> bool:
        """Whether a project, or a file's metadata, is known without asking the index."""
        return wanted.filename in self._metadata if isinstance(wanted, IndexFile) else wanted in self._projects

    def read_ahead(self, wanted: Iterable[Wanted], onwards: Callable[[Wanted], Iterable[Wanted]]) -> None:
        """Read projects and metadata, and what they lead to: each as soon as it can be, else in few, wide calls.

        Args:
            wanted: what to begin with.
            onwards: told what has been read; gives what to read next. What had no answer is not told.
        """
        asked: set[str] = set()

        def unasked(items: Iterable[Wanted]) -> Iterator[Wanted]:
            for item in items:
                key = item.filename if isinstance(item, IndexFile) else item
                if key not in asked:
                    asked.add(key)
                    yield item

        def told(item: Wanted, answer: Told) -> Iterable[Wanted]:
            return unasked(onwards(item)) if self._take(item, answer) else ()

        if isinstance(self._index, ReadsAhead):
            self._index.read_ahead(unasked(wanted), told)
            return
        level = list(unasked(wanted))
        while level:
            self.load_projects(item for item in level if isinstance(item, str))
            self.load_metadata(item for item in level if isinstance(item, IndexFile))
            level = [following for item in level for following in unasked(onwards(item))]

    def _take(self, item: Wanted, answer: Told) -> bool:
        """Keep an answer that was read ahead, if there is one: why there is none may look different in the end."""
        if isinstance(answer, (Missing, Unavailable)):
            return False
        if isinstance(item, IndexFile):
            assert isinstance(answer, CoreMetadata)
            self.metadata_reads += 1
            self._metadata[item.filename] = Metadata(answer)
        else:
            assert not isinstance(answer, CoreMetadata)
            self._projects[item] = Project(item, answer)
        return True

    def forget_transient(self) -> None:
        """Drop answers that the network is to blame for, so that a later resolution asks again."""
        for name, project in list(self._projects.items()):
            if isinstance(project.trouble, Unavailable) and project.trouble.transient:
                del self._projects[name]
        for filename, metadata in list(self._metadata.items()):
            if metadata.trouble is not None and metadata.trouble.transient:
                del self._metadata[filename]


def _metadata_rank(file: IndexFile, arch: str) -> int:
    if not file.is_wheel:
        return 9
    wheel = parse_wheel_name(file.filename)
    if wheel is None:
        return 8
    platforms = " ".join(wheel.platforms)
    if "any" in wheel.platforms:
        return 0
    if "linux" in platforms:
        musl = "musllinux" in platforms
        return (2 if musl else 1) if arch in platforms else (4 if musl else 3)
    return 5


_universes: WeakKeyDictionary[Index, Universe] = WeakKeyDictionary()


def universe_of(index: Index) -> Universe:
    """The universe of an index: the same one for the same index object, so that what-if questions are cheap."""
    try:
        universe = _universes.get(index)
        if universe is None:
            universe = _universes[index] = Universe(index)
    except TypeError:  # an index object that cannot be referred to weakly, or has no hash
        return Universe(index)
    universe.forget_transient()
    return universe
