"""A name that is not the distribution that is meant is replaced by the one that is, or its line goes.

The same version is kept where the right distribution has it; where it has not, which one is meant is not certain, and
nothing is offered. Where the wrong name installs something (another distribution of that name), the repair is unsafe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from trueup.checks._rows import rows
from trueup.errors import TrueupError
from trueup.index.interface import Missing, Unavailable
from trueup.index.names import parsed_version
from trueup.index.select import has_wheel
from trueup.model.finding import Applicability, Finding, Severity
from trueup.model.project import SourceFile
from trueup.model.repair import Change, Cost, HeldBack, RepairKind
from trueup.model.report import Result
from trueup.model.requirement import DeclaredRequirement
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext
from trueup.repair.texts import NotEditableError, with_line, without_lines

RULES = ("wrong-package-name",)


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each wrong name of each file."""
    done: set[tuple[str, str | None]] = set()
    for result, finding in context.findings(*RULES):
        for item in result.requirements.requirements:
            key = (item.name, item.evidence.path)
            if item.name == finding.subject and key not in done:
                done.add(key)
                try:
                    yield _proposal(context, result, finding, item)
                except TrueupError as error:
                    yield HeldBack(_title(finding.subject), error.message, RULES)


def _title(name: str, instead: str = "") -> str:
    return f"Write {instead} in the place of {name}" if instead else f"Remove {name}"


def _proposal(context: RepairContext, result: Result, finding: Finding, item: DeclaredRequirement) -> Proposal:
    row = next(row for row in rows("names")["name"] if row["name"] == finding.subject)
    instead = str(row.get("instead", ""))
    file = context.project.whole.get(item.evidence.path or "")
    if file is None or item.evidence.line is None:
        return HeldBack(_title(item.name, instead), "it is named in a command, not in a file", RULES)
    named = {other.name for other in result.requirements.requirements}
    if not instead or instead in named:
        return _without(context, finding, item, file, instead)
    version = _version_of(context, result, item, instead)
    title = f"{_title(item.name, instead)} in {file.path}"
    candidate = text_candidate(
        context.project,
        f"name-{item.name}-{file.path}",
        title,
        RepairKind.REQUIREMENTS,
        {file.path: _renamed(file, item, instead)},
        [finding],
        reason=f"{row['effect']}{f' {instead} has the same version.' if version else ''}",
        applicability=_applicability(finding),
        recommended=finding.severity is Severity.HIGH,
    )
    change = Change(instead, None, version or "any version", True, finding.evidence[:1])
    return replace(candidate, repair=replace(candidate.repair, changes=(change,), cost=Cost(direct=1, files=1)))


def _applicability(finding: Finding) -> Applicability:
    """Where the wrong name installs something that may be meant, a person has to say so."""
    return Applicability.UNSAFE if finding.severity is Severity.MEDIUM else Applicability.SAFE


def _version_of(context: RepairContext, result: Result, item: DeclaredRequirement, instead: str) -> str | None:
    """The version of the right distribution that the line's demand chooses; None where the line demands none.

    Raises:
        NotEditableError: there is none, or the index cannot be asked.
    """
    if not str(item.specifier):
        return None
    if context.open_index is None or result.plan.target is None:
        raise NotEditableError(f"whether {instead} has a version {item.specifier} was not looked up")
    releases = context.open_index(result.requirements.options).releases([instead]).get(instead)
    if releases is None or isinstance(releases, Missing | Unavailable):
        raise NotEditableError(f"whether {instead} has a version {item.specifier} could not be looked up")
    for text in releases.versions():
        version = parsed_version(text)
        if version is None or not item.specifier.contains(version, prereleases=bool(item.pinned)):
            continue
        files = releases.files(text)
        if has_wheel(files, result.plan.target) and all(file.yanked is None for file in files):
            return text
    raise NotEditableError(
        f"no version {item.specifier} of {instead} has a wheel for Python {result.plan.target.python}: the version was "
        f"that of {item.name}, and which one of {instead} is meant is not certain"
    )


def _renamed(file: SourceFile, item: DeclaredRequirement, instead: str) -> str:
    """The file's text with another name at the requirement's place.

    Raises:
        NotEditableError: the line has hashes, or the name is not found once.
    """
    if item.hashes:
        raise NotEditableError(f"{item.evidence.place} has hashes, which are those of {item.name}")
    spelled = r"[-_.]+".join(re.escape(part) for part in item.name.split("-"))
    if item.start is not None and item.end is not None:
        span = file.text[item.start : item.end]
        found = re.match(rf"{spelled}(?![A-Za-z0-9._-])", span, re.IGNORECASE)
        if found:
            return f"{file.text[: item.start]}{instead}{span[found.end() :]}{file.text[item.end :]}"
    line = file.line(item.evidence.line)
    places = list(re.finditer(rf"(?<=[\"']){spelled}(?=[\"'\s\[(<>=!~;])", line, re.IGNORECASE))
    if len(places) != 1:
        raise NotEditableError(f"{item.evidence.place}: the name cannot be told apart on its line")
    new = f"{line[: places[0].start()]}{instead}{line[places[0].end() :]}"
    return with_line(file.text, item.evidence.line or 0, new)


def _without(
    context: RepairContext, finding: Finding, item: DeclaredRequirement, file: SourceFile, instead: str
) -> Candidate:
    """Without the line: what is meant is there already, or is no distribution."""
    line = file.line(item.evidence.line)
    if item.start is None or item.hashes or line.rstrip().endswith("\\"):
        raise NotEditableError(f"{item.evidence.place} holds more than the name, so that it is not removed")
    known = f"{instead} is required as well" if instead else finding.evidence[-1].text or finding.hint
    return text_candidate(
        context.project,
        f"name-{item.name}-{file.path}",
        f"{_title(item.name)} from {file.path}",
        RepairKind.REQUIREMENTS,
        {file.path: without_lines(file.text, item.evidence.line or 0, item.evidence.line or 0)},
        [finding],
        reason=known,
        applicability=_applicability(finding),
        recommended=finding.severity is not Severity.MEDIUM,
    )


FAMILY = Family("package-names", "write the name of the distribution that is meant", RULES, propose)
