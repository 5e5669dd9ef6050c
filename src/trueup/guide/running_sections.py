"""Environment variables, the project's policy, what the disk forgets, and the security checklist."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator

from trueup.checks._rows import rows as check_rows
from trueup.guide.document import (
    Block,
    Cell,
    Part,
    Point,
    Points,
    Section,
    State,
    Table,
    Words,
    code,
    counted,
    quoted,
    quoted_list,
)
from trueup.guide.material import Material, Subject
from trueup.model.evidence import Evidence
from trueup.model.requirement import DeclaredRequirement
from trueup.sourcecode.environment import looks_secret
from trueup.variables import ServiceVariables, UsedVariable
from trueup.variables.example import KINDS

_SECURITY = (
    ("secret-committed", "No file holds a secret in a form that is known"),
    ("secret-weak", "No signing key stands in the code or has a fixed fallback"),
    ("debug-mode", "Debug mode is off, and no server for development runs"),
    ("open-cors", "Browsers of other origins are not let in without a list"),
    ("allowed-hosts", "The hosts that are answered fit the platform"),
    ("python-end-of-life", "The Python still gets security fixes"),
    ("yanked-pin", "No pin was withdrawn by its authors"),
)
_NO_START = frozenset({"no-start-command", "start-target-missing"})
"""Findings by which the code was not followed from the start that the platform runs."""
_BY_CODE = frozenset({"secret-weak", "debug-mode", "open-cors", "allowed-hosts"})


def variable_section(material: Material) -> Section:
    """Required and optional variables, where each is read, and what is taken without it; never a value."""
    parts = tuple(
        Part(
            f"{', '.join(group.services)}{f' ({group.root_dir}/)' if group.root_dir else ''}", tuple(_variables(group))
        )
        for group in material.variables
        if group.variables or group.unread
    )
    blocks = () if parts else (Words("The code reads no environment variable."),)
    return Section("variables", "Environment variables", blocks, parts)


def _variables(group: ServiceVariables) -> Iterator[Block]:
    if group.required:
        heads = ("Required", "What it is", "Given at", "Read at")
        yield Table("Required variables", heads, tuple(_required(use) for use in group.required))
    if group.optional:
        heads = ("Optional", "What it is", "Without it", "Read at")
        yield Table("Optional variables", heads, tuple(_optional(use) for use in group.optional))
    if group.from_platform:
        yield Words(f"The platform gives {quoted_list(use.name for use in group.from_platform)} by itself.")
    for path in group.unread:
        yield Points((Point(f"{quoted(path)} could not be read; it may need more.", State.UNKNOWN),))


def _what(use: UsedVariable) -> Cell:
    hints = f": {', '.join(use.variable.hints)}" if use.variable.hints else ""
    return Cell(f"{KINDS.get(use.variable.kind, use.variable.kind)}{hints}")


def _required(use: UsedVariable) -> tuple[Cell, ...]:
    given = code(use.given[0].place) if use.given else Cell("to be set on the platform", state=State.OPEN)
    return code(use.name), _what(use), given, code(use.variable.evidence[0].place)


def _optional(use: UsedVariable) -> tuple[Cell, ...]:
    if use.variable.default is None:
        without = Cell("nothing")
    elif use.default is None:
        without = Cell("a default that is not shown")
    else:
        without = code(use.default) if use.default else Cell("an empty text")
    return code(use.name), _what(use), without, code(use.variable.evidence[0].place)


def policy_section(material: Material) -> Section:
    """Exact pins, wildcards, lockfiles, protected paths, and what the configuration allows repairs to do."""
    stated = list(
        dict.fromkeys(
            item
            for subject in material.python_today
            for item in subject.result.requirements.requirements
            if not item.is_constraint and not item.local_path and not item.url
        )
    )
    policy = material.configuration.policy
    items = [
        _pins(stated),
        _rule("No wildcard is used", [item for item in stated if ".*" in str(item.specifier)]),
        _lock_rule(material),
        _protected(material),
        Point(f"Repairs may change versions: {_yes(policy.version_bumps)}."),
        Point(f"Repairs may add dependencies: {_yes(policy.new_dependencies)}."),
        Point(f"Repairs may change the Python: {_yes(not policy.keep_python)}."),
        Point("This report has changed no file."),
    ]
    return Section("policy", "Policy", (Points(tuple(items)),))


def _yes(value: bool) -> str:
    return "yes" if value else "no, by the configuration"


def _pins(stated: list[DeclaredRequirement]) -> Point:
    loose = [item for item in stated if item.pinned is None]
    if not stated:
        return Point("No build of today comes to install a requirement, so no pin was judged.", State.UNKNOWN)
    if not loose:
        return Point(f"All {len(stated)} requirements are pinned to one version.", State.GOOD)
    names = quoted_list(f"{item.name}{item.specifier}" for item in loose)
    evidence = tuple(item.evidence for item in loose[:3])
    return Point(
        f"{len(loose)} of {len(stated)} requirements are not pinned to one version: {names}.", State.BAD, evidence
    )


def _rule(title: str, broken: list[DeclaredRequirement]) -> Point:
    if not broken:
        return Point(f"{title}.", State.GOOD)
    names = quoted_list(f"{item.name}{item.specifier}" for item in broken)
    return Point(f"{title}: not so, {names}.", State.BAD, tuple(item.evidence for item in broken[:3]))


def _lock_rule(material: Material) -> Point:
    broken = [
        finding
        for result in material.report.results
        for finding in result.findings
        if finding.rule == "lockfile-out-of-step"
    ]
    if broken:
        return Point(
            f"Lockfiles mirror the requirements: not so, {quoted_list(item.subject for item in broken)}.",
            State.BAD,
            broken[0].evidence[:2],
        )
    return Point("No lockfile differs from the requirements that it mirrors.", State.GOOD)


def _protected(material: Material) -> Point:
    patterns = material.configuration.policy.protected
    if not patterns:
        return Point("No path is protected by the configuration.")
    paths = [path for path in material.project.listing if any(fnmatch.fnmatch(path, each) for each in patterns)]
    unused = [each for each in patterns if not any(fnmatch.fnmatch(path, each) for path in material.project.listing)]
    text = f"{quoted_list(patterns)} protect {counted(len(paths), 'file')}; no repair touches them."
    if unused:
        return Point(f"{text} No file matches {quoted_list(unused)}.", State.OPEN)
    return Point(text, State.GOOD)


def storage_section(material: Material) -> Section:
    """Where the code writes, and what becomes of it on each platform."""
    title = "Storage that does not last"
    unknown = [subject for subject in material.python_today if not subject.code.reach.known]
    found: dict[tuple[str, str], tuple[Cell, ...]] = {}
    for subject in material.python_today:
        for write in subject.code.writes:
            kept = Cell("temporary by nature") if write.is_temporary else _kept(subject)
            moved = code(write.variable) if write.variable else Cell("nothing")
            found.setdefault(
                (subject.plan.platform, write.place),
                (code(write.place), Cell(write.kind), code(write.evidence.place), moved, kept),
            )
    notes: list[Block] = []
    if found:
        heads = ("Where", "What", "Written at", "Moved by", "After the next deploy")
        notes.append(Table(title, heads, tuple(dict.fromkeys(found.values()))))
        notes.append(
            Points(tuple(_disk(platform) for platform in material.platforms if platform in check_rows("disk")))
        )
    else:
        notes.append(Words("No place was seen where the code keeps data on the disk of the service."))
    if unknown:
        names = quoted_list(subject.plan.service.name for subject in unknown)
        notes.append(
            Points((Point(f"The start of {names} could not be followed, so more may be written.", State.UNKNOWN),))
        )
    return Section("storage", title, tuple(notes))


def _kept(subject: Subject) -> Cell:
    keys = ("disk", "deploy.requiredMountPath", "volumes")
    disk = next((fact for key in keys if (fact := subject.plan.service.setting(key)) is not None), None)
    if disk is None:
        return Cell("gone", state=State.BAD)
    return Cell(f"kept below the disk's path ({disk.evidence[0].place})", state=State.OPEN)


def _disk(platform: str) -> Point:
    row = check_rows("disk")[platform]
    return Point(
        f"{row['text']}. {row['keep']}.", State.PLAIN, (Evidence.default(row["text"], row["source"], row["checked"]),)
    )


def security_section(material: Material) -> Section:
    """What was looked for and found or not, and what a person does."""
    items = [point for rule, title in _SECURITY for point in _checked(material, rule, title)]
    secrets = dict.fromkeys(
        use.name
        for group in material.variables
        for use in (*group.required, *group.optional)
        if use.variable.kind == "secret" or looks_secret(use.name)
    )
    if secrets:
        items.append(Point(f"Set {quoted_list(secrets)} on the platform, never in a file of the project.", State.OPEN))
    ignored = [path for path in material.project.listing if path.endswith(".env")]
    open_files = [path for path in ignored if path not in material.project.ignored]
    if open_files:
        items.append(Point(f"{quoted_list(open_files)} is not named by any .gitignore.", State.BAD))
    return Section("security", "Security checklist", (Points(tuple(items)),))


def _unlooked(material: Material, rule: str) -> str:
    """Why a check that found nothing had nothing to look at; empty where it had."""
    subjects = material.python_today
    if not subjects:
        return "nothing would be built as Python"
    if rule in _BY_CODE:
        broken = {finding.rule for subject in subjects for finding in subject.result.findings} & _NO_START
        if broken or any(not subject.code.reach.known for subject in subjects):
            return "a start command could not be followed into the code"
    if rule == "python-end-of-life" and any(subject.plan.python.minor is None for subject in subjects):
        return "the Python is not known"
    if rule == "yanked-pin" and not any(subject.result.forecast for subject in subjects):
        return "no build of today comes to install a distribution, or the index was not asked"
    return ""


def _checked(material: Material, rule: str, title: str) -> Iterator[Point]:
    findings = {
        (finding.subject, finding.message): finding
        for subject in material.today
        for finding in subject.result.findings
        if finding.rule == rule
    }
    if findings:
        for finding in findings.values():
            yield Point(f"{title}: not so. {finding.message} {finding.hint}", State.BAD, finding.evidence[:2])
        return
    ignored = [item for item in material.configuration.ignore if item.rule == rule]
    if ignored:
        yield Point(f"{title}: ignored by the configuration ({ignored[0].reason}).", State.UNKNOWN)
        return
    skipped = [item.reason for subject in material.today for item in subject.result.skipped if item.rule == rule]
    reason = skipped[0] if skipped else _unlooked(material, rule)
    if reason:
        yield Point(f"{title}: could not be looked at, since {reason}.", State.UNKNOWN)
    else:
        yield Point(f"{title}: looked for, nothing found.", State.GOOD)
