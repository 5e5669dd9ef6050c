"""Repairs: what is changed, what it costs, which bytes of which files, and what could not be offered.

An edit is a replacement of bytes in one file that must still be the file it was planned for. Everything else of the
file stays as it is, so a repair's difference is exactly its edits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trueup.errors import ApplyConflict
from trueup.model.evidence import Evidence
from trueup.model.finding import Applicability
from trueup.model.project import Project


class RepairKind(StrEnum):
    """What a repair changes."""

    PIN_PYTHON = "pin_python"
    BUMP = "bump"
    CONFIG = "config"
    LOCKFILE = "lockfile"
    START = "start"
    ENVIRONMENT = "environment"
    IGNORE = "ignore"
    ENCODING = "encoding"
    REQUIREMENTS = "requirements"


@dataclass(frozen=True, slots=True)
class Change:
    """One package whose version changes.

    `from_version` None: it is new or was not pinned; `to_version` None: it is removed.
    """

    package: str
    from_version: str | None
    to_version: str | None
    direct: bool
    evidence: tuple[Evidence, ...] = ()
    """Why it must move: the line of the pin, the file of the index."""


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """What a repair costs. Compared field by field in this order: the first difference decides."""

    unsatisfied: int = 0
    """Requirements that still cannot be installed."""
    compilations: int = 0
    """Distributions that still have to be compiled."""
    major_downgrades: int = 0
    """Pins moved back over a major version."""
    direct: int = 0
    """Direct pins changed."""
    downgrades: int = 0
    """Pins moved back at all."""
    transitive: int = 0
    """Other pins changed."""
    major: int = 0
    """Major versions between, summed over all changes."""
    minor: int = 0
    """Minor versions between, where the major is the same."""
    patch: int = 0
    """Final releases between the old and the new version, of every change; one more where only the patch differs."""
    files: int = 0
    """Files touched."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes `start` to `end` of one file.

    `path` is relative to the project's root; `sha256` is the hex digest of the file that the edit was planned for; None
    where the file does not exist yet. `content` None removes the file.
    """

    path: str
    start: int
    end: int
    content: bytes | None
    sha256: str | None

    @classmethod
    def new_file(cls, path: str, content: bytes) -> Edit:
        """An edit that makes a file."""
        return cls(path, 0, 0, content, None)


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def edited(data: bytes, edits: Iterable[Edit]) -> bytes | None:
    """The bytes of one file after its edits; None where one of them removes the file.

    Raises:
        ApplyConflict: two edits want the same bytes.
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    if any(edit.content is None for edit in ordered):
        return None
    parts: list[bytes] = []
    position = 0
    for edit in ordered:
        if edit.start < position:
            raise ApplyConflict(f"Two edits want the same place of {edit.path} (byte {edit.start}).")
        parts += [data[position : edit.start], edit.content or b""]
        position = edit.end
    return b"".join([*parts, data[position:]])


def by_path(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    """Edits by the file they change."""
    found: dict[str, list[Edit]] = {}
    for edit in edits:
        found.setdefault(edit.path, []).append(edit)
    return found


@dataclass(frozen=True, slots=True)
class Repair:
    """One change that can be applied by itself, and that was seen to work.

    `id` is stable for one state of the project; `resolves` are the rules of the findings that it removes; `targets` the
    targets in words; `commands` what a person runs where `applicability` is display-only; `reason` says why it is
    recommended, or why not.
    """

    id: str
    title: str
    kind: RepairKind
    applicability: Applicability
    edits: tuple[Edit, ...] = ()
    changes: tuple[Change, ...] = ()
    cost: Cost = field(default_factory=Cost)
    targets: tuple[str, ...] = ()
    resolves: tuple[str, ...] = ()
    removes: tuple[tuple[str, str], ...] = ()
    """The findings that were seen to be gone on the repaired copy: rule and subject, without line numbers."""
    services: tuple[str, ...] = ()
    recommended: bool = False
    alternative: bool = False
    """Whether it is one of several ways to make the same services installable: the cheapest is recommended."""
    reason: str = ""
    proven_minimal: bool = False
    certificate: str = ""
    """In words, what proves that nothing cheaper works; why it is not proven, where it is not."""
    commands: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    leaves: frozenset[str] = frozenset()
    """The rules of findings that it may bring, as it knowingly leaves a place to the user."""

    def contents(self, project: Project) -> dict[str, bytes | None]:
        """Every file that it changes → the bytes after it; None where the file is removed."""
        whole = project.whole
        files = by_path(self.edits)
        return {path: edited(_data(whole, path), edits) for path, edits in files.items()}

    def preview(self, project: Project) -> Project:
        """The project as it would be after the repair; nothing is written."""
        return project.with_contents(self.contents(project))


def _data(project: Project, path: str) -> bytes:
    file = project.get(path)
    return file.data if file else b""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A repair that exists and is not offered, and why: the policy forbids it, or it was seen not to work."""

    title: str
    reason: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unrepairable:
    """A finding without a repair, and why."""

    rule: str
    reason: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class RepairPlan:
    """Everything that `fix` has to offer."""

    repairs: tuple[Repair, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    unrepairable: tuple[Unrepairable, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JournalFile:
    """One file of an applied repair: its bytes before and after (None: it does not exist) and its mode.

    `makes_folder` tells that its folder was made for it, and goes with it.
    """

    path: str
    before: bytes | None
    after: bytes | None
    mode: int = 0o644
    makes_folder: bool = False


@dataclass(frozen=True, slots=True)
class Journal:
    """A repair that was or is being applied; `number` counts up within one project, the last is undone first."""

    number: int
    title: str
    at: str
    """When, ISO 8601 in UTC."""
    files: tuple[JournalFile, ...]
    done: bool = False

    def contents(self, after: bool) -> Mapping[str, bytes | None]:
        """Path → bytes after (or before) the repair."""
        return {file.path: file.after if after else file.before for file in self.files}
