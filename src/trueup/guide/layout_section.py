"""The layout of the repository: which builder uses which file, and which folders belong to no service."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterator

from trueup.guide.document import Block, Cell, Point, Points, Section, State, Table, Words, code, quoted
from trueup.guide.material import Material, Subject
from trueup.manifests._interface import Manifest
from trueup.model.evidence import Evidence
from trueup.model.plan import InputUse
from trueup.registry import discover

_FOREIGN = ("package.json", "go.mod", "Cargo.toml", "Gemfile", "pom.xml", "composer.json")
MOST_FILES = 40


def layout_section(material: Material) -> Section:
    """Every manifest and configuration file, and what each builder does with it."""
    builders: dict[str, list[Subject]] = {}
    for subject in material.subjects:
        builders.setdefault(subject.plan.builder, []).append(subject)
    paths = [path for path in sorted(material.project.listing) if _is_manifest(path)]
    found = []
    for path in paths[:MOST_FILES]:
        uses = [_use(path, subjects) for subjects in builders.values()]
        found.append((code(path), *uses))
    blocks: list[Block] = [Points(tuple(_roots(material)))]
    if found:
        blocks.append(Table("Files and builders", ("File", *builders), tuple(found)))
    if len(paths) > MOST_FILES:
        blocks.append(Words(f"{len(paths) - MOST_FILES} more files are not listed."))
    foreign = tuple(_foreign(material))
    if foreign:
        blocks.append(Points(foreign))
    return Section("layout", "Layout: who uses which file", tuple(blocks))


def _roots(material: Material) -> Iterator[Point]:
    for subject in material.today:
        root = subject.plan.service.root_dir
        where = quoted(f"{root.value}/") if root.value else "the repository's root"
        name, platform = quoted(subject.plan.service.name), subject.plan.platform
        yield Point(f"{name} on {platform} is built from {where}.", State.PLAIN, root.evidence[:1])


def _is_manifest(path: str) -> bool:
    """Whether some builder reads files of that name."""
    name = posixpath.basename(path)
    if name.startswith(".env") or name.endswith(".env"):
        return False
    manifests: dict[str, Manifest] = discover("trueup.manifests", "MANIFEST")
    return any(fnmatch.fnmatchcase(name, pattern) for item in manifests.values() for pattern in item.filenames)


def _use(path: str, subjects: list[Subject]) -> Cell:
    """What one builder does with a file, for any of its services."""
    stated = [item for subject in subjects for item in subject.plan.python.inputs if item.evidence.path == path]
    if any(_is_missing(path, subject) for subject in subjects):
        return Cell("asked for, and not there when the install step runs", state=State.BAD)
    if any(path in _cited(subject) for subject in subjects):
        return Cell("used", state=State.GOOD)
    if any(item.use is InputUse.SHADOWED for item in stated):
        return Cell("read, outranked")
    if any(item.use is InputUse.INVALID for item in stated):
        return Cell("read, refused", state=State.BAD)
    if any(problem.evidence[0].path == path for subject in subjects for problem in subject.plan.problems):
        return Cell("see the findings", state=State.BAD)
    roots = {subject.plan.service.root_dir.value for subject in subjects}
    if not any(not root or path.startswith(f"{root}/") for root in roots):
        return Cell("outside of its root directory", state=State.OPEN)
    return Cell("nothing is taken from it")


def _is_missing(path: str, subject: Subject) -> bool:
    """Whether the install reads a file that the builder has not copied by then."""
    seen, root = subject.plan.visible_at_install, subject.plan.service.root_dir.value
    if seen is None or path not in subject.result.requirements.files:
        return False
    inner = path.removeprefix(f"{root}/") if root else path
    return not any(each in ("", ".") or inner == each or inner.startswith(f"{each.rstrip('/')}/") for each in seen)


def _cited(subject: Subject) -> set[str]:
    """The files from which a plan takes something."""
    plan = subject.plan
    evidence: list[Evidence] = [
        *plan.detected.evidence,
        *plan.package_manager.evidence,
        *plan.start.evidence,
        *plan.health.path.evidence,
        *(item for step in (*plan.install, *plan.build) for item in step.evidence),
        *(item for process in plan.processes for item in process.command.evidence),
        *(plan.release.evidence if plan.release else ()),
        *(item.evidence for item in plan.python.inputs if item.use is InputUse.DECIDES),
        *(item.evidence for item in plan.service.variables),
        *plan.service.evidence,
    ]
    return {item.path for item in evidence if item.path} | set(subject.result.requirements.files)


def _foreign(material: Material) -> Iterator[Point]:
    """Folders in another language that no service here is built from."""
    roots = {subject.plan.service.root_dir.value for subject in material.subjects}
    for path in sorted(material.project.listing):
        folder, name = posixpath.split(path)
        if name in _FOREIGN and folder and folder not in roots and "node_modules" not in path:
            yield Point(f"{quoted(path)} belongs to something that no service here is built from.")
