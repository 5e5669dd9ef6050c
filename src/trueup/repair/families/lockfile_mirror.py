"""Bring a lockfile that mirrors a requirements file in step with it, and move no version that need not move.

Lines that the mirror lacks are added in the manifest's order, a version that the manifest no longer allows takes the
manifest's pin, and extras are written as the manifest has them. A lockfile that holds more than the manifest's own
names is a compiled one: see `lockfile-tools`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trueup.checks._lock_mirrors import COMPILED, compare_mirror, mirrored_requirements
from trueup.manifests import requirements_txt
from trueup.model.finding import Finding
from trueup.model.project import Project, SourceFile
from trueup.model.repair import HeldBack, RepairKind
from trueup.model.requirement import DeclaredRequirement
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Family, Proposal, RepairContext
from trueup.repair.texts import NotEditableError, newline_of, split_lines

RULES = ("lockfile-out-of-step",)


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each mirror that is out of step."""
    done: set[str] = set()
    for _, finding in context.findings(*RULES):
        path = finding.subject
        lock = context.project.whole.get(path)
        if path in done or lock is None or not path.endswith(".lock"):
            continue
        source = context.project.whole.get(f"{path.removesuffix('.lock')}.txt")
        done.add(path)
        if source is not None and is_mirror(context.project, source, lock):
            yield _in_step(context.project, source, lock, finding)


def is_mirror(project: Project, source: SourceFile, lock: SourceFile) -> bool:
    """Whether the lockfile holds only names that the manifest has: it is written by hand, and holds nothing else."""
    named = {item.name for item in mirrored_requirements(project.whole, source, ())}
    own = {item.name for item in requirements_txt.parse(lock).requirements}
    return own <= named and not COMPILED.search(lock.text[:2000])


def _in_step(project: Project, source: SourceFile, lock: SourceFile, finding: Finding) -> Proposal:
    difference = compare_mirror(project.whole, source, lock)
    unpinned = [item.name for item in (*difference.missing, *(item for item, _ in difference.moved)) if not item.pinned]
    title = f"Bring {lock.path} in step with {source.path}"
    if unpinned:
        reason = f"{source.path} leaves the version of {', '.join(unpinned)} open, and a mirror holds exact pins"
        return HeldBack(title, reason, RULES)
    wanted = [item for item in mirrored_requirements(project.whole, source, ()) if item.name]
    changed = {item.name for item in (*difference.extras, *(item for item, _ in difference.moved))}
    try:
        text = _with_changed(lock, {item.name: item for item in wanted if item.name in changed}, project)
        text = _with_missing(text, lock, wanted, {item.name for item in difference.missing}, project)
        counted = len(difference.missing)
        added = f": {counted} line{'' if counted == 1 else 's'} added" if counted else ""
        return text_candidate(
            project,
            f"lock-{lock.path}",
            f"{title}{added}",
            RepairKind.LOCKFILE,
            {lock.path: text},
            [finding],
            reason="both files name the same set again, and no version moves that the manifest does not ask for",
        )
    except NotEditableError as error:
        return HeldBack(title, error.message, RULES)


def _written(item: DeclaredRequirement, project: Project) -> str:
    """The requirement as the manifest writes it, with its marker."""
    file = project.whole.get(item.evidence.path or "")
    if file is None or item.start is None or item.end is None:
        raise NotEditableError(f"the line of {item.name} is not known")
    line_end = re.compile(r"[^\r\n#]*").match(file.text, item.end)
    marker = re.match(r"[ \t]*;[^#\r\n\\]*", line_end.group() if line_end else "")
    return file.text[item.start : item.end] + (marker.group().rstrip() if marker else "")


def _with_changed(lock: SourceFile, changed: dict[str, DeclaredRequirement], project: Project) -> str:
    """The mirror's text with the lines of some names as the manifest has them."""
    text = lock.text
    for item in reversed(requirements_txt.parse(lock).requirements):
        if item.name in changed and item.start is not None and item.end is not None:
            text = f"{text[: item.start]}{_written(changed[item.name], project)}{text[item.end :]}"
    return text


def _with_missing(
    text: str, lock: SourceFile, wanted: list[DeclaredRequirement], missing: set[str], project: Project
) -> str:
    """The mirror's text with each missing line behind that of the requirement before it in the manifest."""
    lines, end = split_lines(text), newline_of(text)
    place = {item.name: item.evidence.line or 0 for item in requirements_txt.parse(lock).requirements}
    added: dict[int, list[str]] = {}
    at = min(place.values(), default=len(lines) + 1) - 1
    for item in wanted:
        if item.name in missing:
            added.setdefault(at, []).append(_written(item, project))
        elif item.name in place:
            at = place[item.name]
    for number in sorted(added, reverse=True):
        if number and not lines[number - 1].endswith(("\n", "\r")):
            lines[number - 1] += end
        lines[number:number] = [f"{line}{end}" for line in added[number]]
    return "".join(lines)


FAMILY = Family("lockfile-mirror", "bring a mirrored lockfile in step", RULES, propose)
