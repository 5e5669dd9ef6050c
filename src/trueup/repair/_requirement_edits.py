"""Other versions written into the lines that name a requirement: nothing but the version (and its hashes) changes.

Formats with spans (requirements and constraints files, and their mirrors) are edited at the span; pyproject.toml,
Pipfile, setup.cfg and the like on the line that the requirement's evidence names.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from trueup.index.interface import Index, Missing, Unavailable
from trueup.manifests import requirements_txt
from trueup.model.project import Project, SourceFile
from trueup.model.repair import Change, Edit
from trueup.model.requirement import DeclaredRequirement, RequirementSet
from trueup.repair.texts import NotEditableError, edits_between, with_appended, with_line

Hashes = Callable[[str, str], tuple[str, ...]]
"""The `sha256:…` hashes of all files of a version (name, version), as the index lists them."""

_VERSION = re.compile(r"(?P<operator>===?)(?P<blank>[ \t]*)(?P<version>[^\s,;)\]]+)")
_SPECIFIER = re.compile(r"\(?(?:===|[=<>!~]=|[<>])[^;#\[\]]*$")


@dataclass
class VersionEdits:
    """The texts of all files with other versions in them."""

    project: Project
    hashes: Hashes
    texts: dict[str, str] = field(default_factory=dict)

    def file(self, path: str) -> SourceFile:
        """A file of the project.

        Raises:
            NotEditableError: it was not read.
        """
        found = self.project.whole.get(path)
        if found is None:
            raise NotEditableError(f"{path} was not read, so that it cannot be edited.")
        return found

    def edits(self) -> tuple[Edit, ...]:
        """The edits of all files."""
        return tuple(edit for path, text in self.texts.items() for edit in edits_between(self.file(path), text))


def index_hashes(index: Index) -> Hashes:
    """The hashes that an index lists."""

    def hashes(name: str, version: str) -> tuple[str, ...]:
        releases = index.releases([name]).get(name)
        if releases is None or isinstance(releases, Missing | Unavailable):
            return ()
        files = releases.files(version)
        return tuple(sorted(f"sha256:{value}" for file in files for kind, value in file.hashes if kind == "sha256"))

    return hashes


def version_edits(
    project: Project, requirements: RequirementSet, changes: Iterable[Change], hashes: Hashes
) -> tuple[Edit, ...]:
    """The edits that bring direct requirements to other versions, and what mirrors them in step.

    Args:
        project: the whole project.
        requirements: the set that the changes were planned for; its evidence says where each name stands.
        changes: the changes; those that stand in no file are left to the resolver.
        hashes: renews the hashes of lines that have any.

    Raises:
        NotEditableError: the place of a requirement cannot be edited.
    """
    made = VersionEdits(project, hashes)
    wanted = {change.package: change for change in changes if change.to_version}
    stated = [item for item in (*requirements.requirements, *requirements.constraints) if item.name in wanted]
    added = [change for name, change in wanted.items() if change.direct and name not in {s.name for s in stated}]
    places: dict[str, list[DeclaredRequirement]] = {}
    for item in stated:
        if item.evidence.path is None:
            raise NotEditableError(f"{item.name} is named in a command, not in a file.")
        places.setdefault(item.evidence.path, []).append(item)
    for path, items in places.items():
        _edit_file(made, path, items, wanted)
    if added:
        _add_lines(made, requirements, added)
    for path, items in _mirrors(project, places, wanted):
        _edit_file(made, path, items, wanted)
    return made.edits()


def _add_lines(made: VersionEdits, requirements: RequirementSet, added: Iterable[Change]) -> None:
    """New lines for distributions that only others brought, at the end of the file that names the most."""
    counted = Counter(item.evidence.path for item in requirements.requirements if item.start is not None)
    path = counted.most_common(1)[0][0] if counted else None
    names = ", ".join(change.package for change in added)
    if path is None or any(item.hashes for item in requirements.requirements):
        raise NotEditableError(f"{names} is named in no file that can be edited.")
    lines = [f"{change.package}=={change.to_version}" for change in added]
    made.texts[path] = with_appended(made.texts.get(path, made.file(path).text), *lines)


def _edit_file(made: VersionEdits, path: str, items: list[DeclaredRequirement], wanted: dict[str, Change]) -> None:
    """All changes of one file; those with a span from the end of the file on, so that offsets stay right."""
    text = made.texts.get(path, made.file(path).text)
    spans = {(item.start, item.end): item for item in items if item.start is not None and item.end is not None}
    for (start, end), item in sorted(spans.items(), key=lambda pair: pair[0], reverse=True):
        assert start is not None
        assert end is not None
        version = wanted[item.name].to_version or ""
        tail = _renewed_hashes(text[end:], item, version, made.hashes)
        text = text[:start] + _respelled(text[start:end], version) + tail
    for item in items:
        if item.start is None and item.evidence.line is not None:
            text = _edit_line(text, path, item, wanted[item.name].to_version or "")
    made.texts[path] = text


def _respelled(span: str, version: str) -> str:
    """`name[extra] == old` with another version; a range or nothing becomes an exact pin."""
    pins = list(_VERSION.finditer(span))
    if len(pins) == 1 and "," not in span[pins[0].start() :] and "," not in span[: pins[0].start()].rpartition("]")[2]:
        return span[: pins[0].start("version")] + version + span[pins[0].end("version") :]
    range_ = _SPECIFIER.search(span)
    return (span[: range_.start()] if range_ else span.rstrip()) + f"=={version}"


def _renewed_hashes(rest: str, item: DeclaredRequirement, version: str, hashes: Hashes) -> str:
    """The text behind a requirement with the hashes of the new version in place of the old ones."""
    if not item.hashes:
        return rest
    found = []
    at = 0
    while match := re.compile(r"(?:[ \t]|\\(?:\r\n|\r|\n))*(--hash[= ]\S+)").match(rest, at):
        found.append(match)
        at = match.end()
    new = hashes(item.name, version)
    if not found or not new:
        raise NotEditableError(f"{item.evidence.place}: the hashes of {item.name} {version} are not known.")
    lead = rest[found[0].start() : found[0].start(1)]
    between = rest[found[1].start() : found[1].start(1)] if len(found) > 1 else lead
    sign = found[0].group(1)[6]
    return lead + between.join(f"--hash{sign}{value}" for value in new) + rest[at:]


def _edit_line(text: str, path: str, item: DeclaredRequirement, version: str) -> str:
    """Another version on the line of a TOML, INI or Python file that names the requirement.

    Raises:
        NotEditableError: the line does not hold exactly one version of it.
    """
    number = item.evidence.line or 0
    line = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[number - 1]
    spelled = r"[-_.]+".join(re.escape(part) for part in re.split(r"[-_.]+", item.name))
    pep508 = rf"(?i)(?<![\w.-])({spelled}(?:\s*\[[^\]]*\])?\s*)(\(?[=<>!~][^\"';#]*?)?(?=\s*[\"';]|\s*$)"
    table = rf"(?i)^(\s*[\"']?{spelled}[\"']?\s*=\s*(?:\{{.*?version\s*=\s*)?)([\"'])([^\"']*)\2"
    keyed = re.search(table, line)
    if keyed:
        old = keyed[3]
        lead = "==" if old.startswith("==") or path.endswith("Pipfile") else "" if old[:1].isdigit() else "=="
        new = f"{line[: keyed.start(3)]}{lead}{version}{line[keyed.end(3) :]}"
    else:
        found = list(re.finditer(pep508, line))
        if len(found) != 1:
            raise NotEditableError(f"{path}:{number}: the version of {item.name} cannot be told apart on this line.")
        old = found[0][2] or ""
        exact = _respelled(f"{found[0][1]}{old}".rstrip(), version)
        new = f"{line[: found[0].start()]}{exact}{line[found[0].end() :]}"
    return with_line(text, number, new)


def _mirrors(
    project: Project, places: dict[str, list[DeclaredRequirement]], wanted: dict[str, Change]
) -> Iterator[tuple[str, list[DeclaredRequirement]]]:
    """Files beside an edited one that pin the same names to the same old versions: they are kept in step."""
    folders = {posixpath.dirname(path) for path in places}
    for path, file in sorted(project.whole.files.items()):
        if path in places or posixpath.dirname(path) not in folders or not is_mirror(path):
            continue
        parsed = requirements_txt.parse(file)
        same = [
            item
            for item in parsed.requirements
            if (change := wanted.get(item.name)) and change.from_version and item.pinned == change.from_version
        ]
        if same and not parsed.problems:
            yield path, same


def is_mirror(path: str) -> bool:
    """Whether a path looks like a requirements file that repeats another one's pins."""
    name = posixpath.basename(path)
    return bool(re.fullmatch(r"(?:requirements|constraints)[\w.-]*\.(?:lock|txt)", name)) or name == "requirements.lock"
