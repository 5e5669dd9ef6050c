"""Pin Python in the file that the builder reads, to a version on which everything installs.

Which one: a Python that the project itself states somewhere, if it is not read there and everything installs on it;
else the newest minor on which everything does. The services of one root directory get one pin.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from trueup.checks._rows import rows
from trueup.errors import TrueupError
from trueup.model.evidence import Evidence
from trueup.model.finding import Applicability, Finding, Severity
from trueup.model.plan import InputUse
from trueup.model.repair import HeldBack, Repair, RepairKind, Unrepairable
from trueup.model.target import SUPPORTED_MINORS
from trueup.repair._candidates import identified
from trueup.repair._interface import Candidate, Family, Group, Proposal, RepairContext, groups
from trueup.repair._places import align_others, move_from_runtime, pin_python, write_version_file
from trueup.repair._prospects import prospects

MOST_TRIED = 8
"""How many further pins are tried on a copy where the first does not hold."""
INSTALL_RULES = ("no-wheel",)
PLACE_RULES = ("version-file-not-read", "floating-python", "versions-contradict")
REFUSED_RULES = (
    *("python-version-invalid", "python-version-unavailable", "python-version-end-of-life", "python-end-of-life"),
)
START_RULES = ("removed-stdlib-module", "syntax-too-new", "incompatible-at-start")
VERSION_RULES = (*REFUSED_RULES, *START_RULES)
_VERSION = re.compile(r"(?<![\d.])3\.(\d{1,2})(?:\.(\d{1,3}))?(?![\d])")


@dataclass(frozen=True, slots=True)
class Stated:
    """A Python that the project states in some place: its minor, the full version where it has one, and the line."""

    minor: str
    full: str | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Way:
    """How a pin is written: with other places brought in line; in the repository's root too, where a builder that knows
    of no root directory looks; or in `.python-version` in the place of runtime.txt.
    """

    align: bool = False
    at_root: bool = False
    moves_runtime: bool = False


def _has_runtime(context: RepairContext, group: Group) -> bool:
    """Whether a builder refuses the runtime.txt of a root directory."""
    path = posixpath.join(group.root_dir, "runtime.txt")
    refused = any(finding.subject.endswith("runtime.txt") for finding in group.findings("python-version-invalid"))
    return refused and context.project.whole.get(path) is not None


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One pin for each root directory that needs one; the next best where the first does not hold."""
    for group in groups(context.report):
        reasons = _to_remove(group)
        places = group.findings(*PLACE_RULES)
        if context.wishes.python is None and not reasons and not places:
            continue
        yield from _for_group(context, group)


def _for_group(context: RepairContext, group: Group) -> Iterator[Proposal]:
    wished = context.wishes.python
    must_remove = _to_remove(group)
    minors = [_minor(wished)] if wished else list(candidates(context, group))
    found = prospects(context, group, minors)
    good = [minor for minor in minors if found.get(minor) is not None and not found[minor].problems]
    if not good:
        if must_remove and not wished:
            findings = group.findings(*INSTALL_RULES, *VERSION_RULES)
            tried = ", ".join(minors) or "none"
            yield Unrepairable(
                findings[0].rule,
                f"no Python pin is enough for {', '.join(group.services)}: on none of the Pythons that could be taken "
                f"({tried}) does every pin install",
                findings[0].evidence,
            )
        return
    if not must_remove and not wished:
        # Where nothing fails, a Python that is neither stated nor taken would be a risk without a reason.
        taken = {plan.python.minor for plan in group.plans}
        good = [minor for minor in good if minor == good[0] or minor in taken]
    stated = {item.minor: item for item in _stated(group)}
    ways = [Way(), Way(align=True)]
    ways += [Way(at_root=True)] if group.root_dir else []
    ways += [Way(moves_runtime=True)] if _has_runtime(context, group) else []
    made = [
        candidate_for(context, group, minor, wished, stated.get(minor), must_remove, way)
        for minor in good
        for way in ways
    ]
    usable = [item for item in made if isinstance(item, Candidate)]
    yield from (item for item in made[:1] if isinstance(item, HeldBack))
    if usable:
        first, *others = usable
        yield replace(first, alternatives=tuple(others[:MOST_TRIED]))


def _to_remove(group: Group) -> frozenset[tuple[str, str]]:
    """The findings that another Python has to cure: what does not install; else what fails on this Python at start."""
    strict = [one for one in group.findings(*INSTALL_RULES, *REFUSED_RULES) if not _installs_anyway(one)]
    at_start = [finding for finding in group.findings(*START_RULES) if not _is_pair(finding)]
    return frozenset((finding.rule, finding.subject) for finding in strict or at_start)


def _installs_anyway(finding: Finding) -> bool:
    """Whether it is about a distribution that only loses optional extensions: no reason for another Python."""
    return finding.rule == "no-wheel" and finding.severity is not Severity.HIGH


def _is_pair(finding: Finding) -> bool:
    """Whether it is about two distributions, which no Python cures."""
    return finding.rule == "incompatible-at-start" and not finding.subject.endswith(" python")


def candidates(context: RepairContext, group: Group) -> Iterator[str]:
    """The minors to think of, best first: those that the project states, then the newest ones that still get fixes."""
    stated = [item.minor for item in _stated(group)]
    taken = {plan.python.minor for plan in group.plans if plan.python.minor}
    newest_first = [minor for minor in reversed(SUPPORTED_MINORS) if _supported(minor, context.report.on)]
    known = [minor for minor in dict.fromkeys(stated) if minor in SUPPORTED_MINORS]
    agreed = known if len(known) == 1 else []
    # The Python that is taken now comes before other newer ones: a pin that changes nothing else is the smallest; that
    # of the builder that is used today before that of one to which the service may move.
    today = {result.plan.python.minor for result in group.results if result.is_today}
    current = sorted((minor for minor in newest_first if minor in taken), key=lambda minor: minor not in today)
    yield from dict.fromkeys((*agreed, *current, *newest_first, *known))


def _supported(minor: str, on: str) -> bool:
    """Whether a minor still gets fixes on a day, by the rows of checks/data/end_of_life.toml."""
    ends = {row["minor"]: row["end"] for row in rows("end_of_life")["python"]}
    return on <= str(ends.get(minor, "9999"))


def _stated(group: Group) -> list[Stated]:
    """The Pythons that the project states in places that are not read, each minor once."""
    found: dict[str, Stated] = {}
    for plan in group.plans:
        for item in plan.python.inputs:
            match = _VERSION.search(item.value)
            exact = match and not re.search(r"[<>!^~*,]", item.value)
            if item.use in (InputUse.IGNORED, InputUse.INVALID) and match and exact and item.evidence.path:
                minor, patch = f"3.{match[1]}", match[2]
                old = found.get(minor)
                full = f"{minor}.{patch}" if patch else (old.full if old else None)
                found[minor] = Stated(minor, full, old.evidence if old else item.evidence)
    return list(found.values())


def _is_read(group: Group, stated: Stated) -> bool:
    """Whether one of the builders goes by the place: of Heroku's two, the classic one alone reads runtime.txt."""
    return any(
        item.use is InputUse.DECIDES and item.evidence.place == stated.evidence.place
        for plan in group.plans
        for item in plan.python.inputs
    )


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def candidate_for(
    context: RepairContext,
    group: Group,
    minor: str,
    wished: str | None,
    stated: Stated | None,
    must_remove: frozenset[tuple[str, str]],
    way: Way,
) -> Candidate | HeldBack | None:
    """The pin of one minor for one root directory, with other places brought in line if wanted.

    None where every service takes it already.
    """
    full = wished if wished and wished.count(".") == 2 else stated.full if stated else None
    full = None if way.moves_runtime and not wished else full  # a minor alone gets security fixes with every build
    title = f"Pin Python {full or minor} for {', '.join(group.services)}"
    try:
        pin = pin_python(context.project, group.plans, minor, full, blueprint=len(group.services) == 1)
        if way.align:
            align_others(pin, group.plans, minor, full)
        if way.moves_runtime:
            move_from_runtime(pin, group.root_dir, full or minor)
        if way.at_root:
            write_version_file(pin, "", full or minor)
        edits = pin.edits()
    except TrueupError as error:
        return HeldBack(title, error.message)
    if not edits:
        return None
    why = f"everything installs on {minor}, and no dependency changes"
    if stated:
        where = "that not every builder reads" if _is_read(group, stated) else "that is not read"
        why = f"{stated.evidence.place} already asks for {full or minor}, in a place {where}; {why}"
    if pin.left:
        why += f"; {', '.join(pin.left)} keeps its image, as whether there is one for Python {minor} is not known"
    repair = Repair(
        id=identified(f"python-{minor}-{group.root_dir}"),
        title=f"{title}, in {pin.places}",
        kind=RepairKind.PIN_PYTHON,
        applicability=Applicability.SAFE,
        edits=edits,
        targets=tuple(dict.fromkeys(str(replace(p.target, python=full or minor)) for p in group.plans if p.target)),
        resolves=tuple(sorted({rule for rule, _ in must_remove})),
        services=group.services,
        alternative=True,
        reason=why,
        proven_minimal=True,
        certificate="No pin of a dependency changes, and one place states the Python.",
        evidence=(stated.evidence,) if stated else (),
        leaves=frozenset({"versions-contradict"} if pin.left else ()),
    )
    return Candidate(repair, must_remove, minor, frozenset({group.root_dir}), is_wish=wished is not None)


FAMILY = Family("python-pin", "pin Python where it is read", (*INSTALL_RULES, *VERSION_RULES, *PLACE_RULES), propose)
