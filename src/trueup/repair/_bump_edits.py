"""Changed versions as edits, by what the set is installed from: requirement lines, uv.lock, or another tool's lock."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from packaging.specifiers import SpecifierSet

from trueup.index.interface import Index
from trueup.model.project import Project
from trueup.model.repair import Change, Edit, by_path, edited
from trueup.model.requirement import RequirementSet
from trueup.repair._interface import RepairContext
from trueup.repair._locking import lock_project
from trueup.repair._requirement_edits import index_hashes, version_edits
from trueup.repair.texts import NotEditableError, edits_between

_COMMANDS = {
    "poetry.lock": "poetry add --lock {pins}",
    "pdm.lock": "pdm add --no-sync --update-reuse {pins}",
    "Pipfile.lock": "pipenv upgrade {pins}",
}


def bump_edits(
    context: RepairContext, requirements: RequirementSet, changes: Sequence[Change], index: Index
) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """The edits that make a set have other versions, or the commands that a person runs where a tool must write them.

    Raises:
        NotEditableError: a place cannot be edited, or uv may not be asked.
        LockToolError: uv could not bring its lockfile in step.
    """
    hashes = index_hashes(index)
    if requirements.locked is None:
        return version_edits(context.project, requirements, changes, hashes), ()
    lock = next((path for path in requirements.files if _is_lock(path)), None)
    if lock is None:
        raise NotEditableError("the versions stand in a lockfile that trueup cannot write")
    folder, name = posixpath.split(lock)
    pins = [f"{change.package}=={change.to_version}" for change in changes if change.to_version]
    if name in _COMMANDS:
        command = _COMMANDS[name].replace("{pins}", " ".join(pins))
        return (), (f"cd {folder} && {command}" if folder else command,)
    if name != "uv.lock":
        raise NotEditableError(f"{lock} is written by another tool than trueup knows")
    if not context.wishes.runs_tools:
        raise NotEditableError("uv would have to ask the index itself, which is not wanted here")
    narrow = [change for change in changes if not _admits(requirements, change)]
    edits = version_edits(context.project, requirements, narrow, hashes) if narrow else ()
    changed = _preview(context.project, edits)
    text = lock_project(changed, folder, pins).decode("utf-8")
    return (*edits, *edits_between(context.project.whole.files[lock], text)), ()


def _is_lock(path: str) -> bool:
    name = posixpath.basename(path)
    return name in (*_COMMANDS, "uv.lock") or (name.startswith("pylock.") and name.endswith(".toml"))


def _admits(requirements: RequirementSet, change: Change) -> bool:
    """Whether what the manifest asks for admits the new version, so that only the lockfile changes."""
    asked = [item.specifier for item in requirements.requirements if item.name == change.package]
    return all(SpecifierSet(str(each)).contains(change.to_version or "", prereleases=True) for each in asked)


def _preview(project: Project, edits: Sequence[Edit]) -> Project:
    whole = project.whole
    return whole.with_contents({path: edited(whole.files[path].data, group) for path, group in by_path(edits).items()})
