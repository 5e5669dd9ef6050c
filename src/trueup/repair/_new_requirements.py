"""A further requirement, as an exact pin of the newest release that has a wheel on every target, so that it stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trueup.index.interface import Missing, Unavailable
from trueup.index.names import parsed_version
from trueup.index.select import has_wheel
from trueup.model.evidence import Evidence
from trueup.model.repair import Change
from trueup.model.report import Result
from trueup.model.target import Target
from trueup.repair._interface import RepairContext
from trueup.repair.texts import NotEditableError, with_appended


@dataclass(frozen=True, slots=True)
class NewRequirement:
    """A line for a file of requirements: the file's whole new text, and the change that it makes."""

    path: str
    line: str
    text: str
    change: Change


def new_requirement(
    context: RepairContext, results: Sequence[Result], name: str, evidence: tuple[Evidence, ...]
) -> NewRequirement:
    """A distribution added to the first file of requirements that the results' builds read.

    Args:
        context: the project and the index.
        results: the results of one root directory; the release has to have a wheel on each one's target.
        name: the distribution's normalised name.
        evidence: what needs it.

    Raises:
        NotEditableError: no file that may be edited by hand is read, or no release fits.
    """
    files = [path for result in results for path in result.requirements.files if path.endswith((".txt", ".in"))]
    file = context.project.whole.get(files[0]) if files else None
    if file is None:
        read = ", ".join(dict.fromkeys(path for result in results for path in result.requirements.files))
        where = f"what is read is {read}, which its own tool writes" if read else "no file of requirements is read"
        raise NotEditableError(f"{name} is not among the requirements, and {where}")
    if any(item.hashes for result in results for item in result.requirements.requirements):
        raise NotEditableError(f"{name} is not among the requirements, and {file.path} is locked by hashes")
    targets = tuple(dict.fromkeys(result.plan.target for result in results if result.plan.target is not None))
    version = _newest(context, results[0], name, targets)
    if version is None:
        raise NotEditableError(f"{name} is not among the requirements, and the index names no release of it that fits")
    line = f"{name}=={version}"
    return NewRequirement(
        file.path, line, with_appended(file.text, line), Change(name, None, version, True, evidence[:1])
    )


def _newest(context: RepairContext, result: Result, name: str, targets: Sequence[Target]) -> str | None:
    if context.open_index is None or not targets:
        return None
    releases = context.open_index(result.requirements.options).releases([name]).get(name)
    if releases is None or isinstance(releases, Missing | Unavailable):
        return None
    for text in releases.versions():
        version = parsed_version(text)
        files = releases.files(text) if version is not None and not version.is_prerelease else ()
        if not files or any(file.yanked is not None for file in files):
            continue
        if all(has_wheel(files, target) for target in targets):
            return text
    return None
