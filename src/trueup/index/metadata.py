"""Core metadata (PEP 566, 643, 685, 714) from the texts that hold it: METADATA, PKG-INFO, pyproject.toml. Pure.

Nothing here builds or runs anything: where only running a project's setup.py would tell, the answer is None.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement

from trueup.index.names import normalise, parsed_version
from trueup.model.distribution import CoreMetadata

_FOLD = re.compile(r"\r?\n[ \t]+")
_SECTION = re.compile(r"\[([^:\]]*)(?::(.*))?\]\Z")


class MetadataError(ValueError):
    """The text is not the metadata of this distribution; the message says why."""


@dataclass(frozen=True, slots=True)
class Headers:
    """The header fields of METADATA or PKG-INFO that matter here."""

    metadata_version: tuple[int, ...]
    dynamic: frozenset[str]
    core: CoreMetadata

    @property
    def is_static(self) -> bool:
        """Whether an sdist's fields hold for every build of it (PEP 643)."""
        return self.metadata_version >= (2, 2) and "requires-dist" not in self.dynamic


def parse_headers(data: bytes, source: str) -> Headers:
    """Read METADATA or PKG-INFO.

    Args:
        data: the file.
        source: the file it was read from, for the result.

    Raises:
        MetadataError: it lacks a name or a version.
    """
    text = data.decode("utf-8", "replace").lstrip("\ufeff")
    head = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
    single: dict[str, str] = {}
    several: dict[str, list[str]] = {"requires-dist": [], "provides-extra": [], "dynamic": []}
    for line in _FOLD.sub(" ", head).splitlines():
        key, colon, value = line.partition(":")
        if not colon:
            continue
        key, value = key.strip().lower(), value.strip()
        if key in several:
            several[key].append(value)
        else:
            single.setdefault(key, value)
    if not single.get("name") or not single.get("version"):
        raise MetadataError("its metadata has no name or no version")
    core = CoreMetadata(
        normalise(single["name"]),
        single["version"],
        tuple(several["requires-dist"]),
        single.get("requires-python") or None,
        tuple(several["provides-extra"]),
        source,
    )
    numbers = tuple(int(part) for part in re.findall(r"\d{1,9}", single.get("metadata-version", "1.0")))
    return Headers(numbers, frozenset(value.lower() for value in several["dynamic"]), core)


def check_identity(core: CoreMetadata, name: str, version: str) -> None:
    """Refuse metadata that is another distribution's.

    Raises:
        MetadataError: its name or version is not the file's.
    """
    if core.name != name or parsed_version(core.version) != parsed_version(version):
        raise MetadataError(f"its metadata is that of {core.name} {core.version}")


def static_metadata(files: Mapping[str, bytes], name: str, version: str, filename: str) -> CoreMetadata | None:
    """What an sdist says about its requirements without being built.

    In this order: PKG-INFO that declares them static (PEP 643), static [project] of pyproject.toml (PEP 621), and, not
    guaranteed but true in practice, Requires-Dist of an older PKG-INFO and setuptools' requires.txt; the result's
    `source` says which.

    Args:
        files: members by their path below the top folder.
        name: the project's normalised name.
        version: the sdist's version.
        filename: the sdist's name.

    Returns:
        The metadata, or None where only a build would tell.
    """
    headers = _headers(files.get("PKG-INFO"), filename)
    if headers is not None and headers.is_static:
        return headers.core
    requires_python = headers.core.requires_python if headers else None
    from_pyproject = _project_table(files.get("pyproject.toml"), name, version, requires_python, filename)
    if from_pyproject is not None:
        return from_pyproject
    if headers is not None and headers.core.requires_dist:
        core = headers.core
        source = f"{filename}, PKG-INFO (as its author's build wrote it)"
        return CoreMetadata(
            core.name, core.version, core.requires_dist, core.requires_python, core.provides_extra, source
        )
    for path in sorted(files):
        if path.endswith(".egg-info/requires.txt"):
            requires, extras = parse_requires_txt(files[path].decode("utf-8", "replace"))
            source = f"{filename}, requires.txt (as its author's build wrote it)"
            return CoreMetadata(name, version, requires, requires_python, extras, source)
    if any(path.endswith(".egg-info/PKG-INFO") for path in files) and not _may_be_dynamic(files):
        # setuptools leaves requires.txt out where there is nothing to write.
        return CoreMetadata(name, version, (), requires_python, (), f"{filename}, egg-info (no requires.txt)")
    return None


def _may_be_dynamic(files: Mapping[str, bytes]) -> bool:
    setup = files.get("setup.py", b"") + files.get("setup.cfg", b"")
    return b"install_requires" in setup


def _headers(data: bytes | None, filename: str) -> Headers | None:
    try:
        return None if data is None else parse_headers(data, filename)
    except MetadataError:
        return None


def _project_table(
    data: bytes | None, name: str, version: str, requires_python: str | None, filename: str
) -> CoreMetadata | None:
    """[project] of pyproject.toml, where it is there and its dependencies are not dynamic."""
    try:
        document: dict[str, Any] = tomllib.loads((data or b"").decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return None
    table = document.get("project")
    if not isinstance(table, dict) or normalise(str(table.get("name", ""))) != name:
        return None
    dynamic = table.get("dynamic", [])
    dependencies, optional = table.get("dependencies", []), table.get("optional-dependencies", {})
    if not isinstance(dynamic, list) or {"dependencies", "optional-dependencies"} & set(map(str, dynamic)):
        return None
    if not isinstance(dependencies, list) or not isinstance(optional, dict):
        return None
    requires = [str(item) for item in dependencies]
    for extra, items in optional.items():
        requires += [_with_extra(str(item), extra, "") for item in (items if isinstance(items, list) else [])]
    stated = table.get("requires-python")
    python = stated if isinstance(stated, str) else requires_python
    return CoreMetadata(name, version, tuple(requires), python, tuple(optional), f"{filename}, pyproject.toml")


def parse_requires_txt(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Setuptools' requires.txt: requirements in sections `[extra]`, `[:marker]`, `[extra:marker]`.

    Returns:
        The requirements, each with its marker, and the extras.
    """
    requires: list[str] = []
    extras: dict[str, None] = {}
    extra = marker = ""
    for line in text.splitlines():
        line = line.strip()
        section = _SECTION.match(line)
        if section:
            extra, marker = section[1].strip(), (section[2] or "").strip()
            if extra:
                extras[extra] = None
        elif line and not line.startswith("#"):
            requires.append(_with_extra(line, extra, marker))
    return tuple(requires), tuple(extras)


def _with_extra(requirement: str, extra: str, marker: str) -> str:
    """A requirement that holds for an extra, or under a further marker; unchanged where it cannot be parsed."""
    conditions = ([marker] if marker else []) + ([f'extra == "{extra}"'] if extra else [])
    if not conditions:
        return requirement
    try:
        parsed = Requirement(requirement)
        own = [f"({parsed.marker})"] if parsed.marker else []
        parts = own + [f"({part})" if len(conditions) + len(own) > 1 else part for part in conditions]
        parsed.marker = Marker(" and ".join(parts))
        return str(parsed)
    except (InvalidRequirement, InvalidMarker):
        return requirement


def encode(core: CoreMetadata) -> list[object]:
    """Metadata as a list for the cache."""
    return [
        core.name, core.version, core.requires_dist, core.requires_python, core.provides_extra, core.source,
    ]  # fmt: skip


def decode(row: Sequence[Any]) -> CoreMetadata:
    """Metadata from the cache.

    Raises:
        ValueError: the row has another shape.
    """
    name, version, requires, requires_python, extras, source = row
    return CoreMetadata(name, version, tuple(requires), requires_python, tuple(extras), source)
