"""CARGO_HOME and RUSTUP_HOME go from a blueprint where no service of Render's compiles anything.

They were set to cure a build that compiles with Rust. Where every distribution has a wheel for the chosen Python,
nothing reads them; where one has not, they stay until that is repaired: the next `fix` offers this then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trueup.manifests import render_yaml
from trueup.manifests._document import Document, load_yaml
from trueup.manifests._document import Path as KeyPath
from trueup.model.project import SourceFile
from trueup.model.repair import HeldBack, RepairKind
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Family, Proposal, RepairContext
from trueup.repair.keys import remove_key
from trueup.repair.texts import NotEditableError, split_lines, without_lines

RULES = ("cargo-home-fallback",)
_TITLE = "Remove what was to cure a read-only cargo home"


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each blueprint."""
    findings = [finding for _, finding in context.findings(*RULES)]
    names = tuple(dict.fromkeys(finding.subject for finding in findings))
    for path in dict.fromkeys(finding.evidence[0].path for finding in findings if finding.evidence):
        file = context.project.whole.get(path or "")
        if file is None or path is None:
            continue
        needed = _needed(context)
        if needed:
            yield HeldBack(_TITLE, needed, RULES)
            continue
        told = [finding for finding in findings if finding.evidence[0].path == path]
        try:
            text = _without(file, names)
            title = f"Remove {' and '.join(names)} from {file.path}"
            reason = "every distribution has a wheel, so that nothing compiles with Rust"
            kind = RepairKind.CONFIG
            yield text_candidate(
                context.project, f"cargo-{file.path}", title, kind, {file.path: text}, told, reason=reason
            )
        except NotEditableError as error:
            yield HeldBack(_TITLE, error.message, RULES)


def _needed(context: RepairContext) -> str:
    """What is still compiled for a service of Render's, or not known; empty where nothing is."""
    for result in context.report.results:
        if result.plan.platform != "render" or result.plan.target is None:
            continue
        if result.forecast is None or result.forecast.unresolved or result.forecast.conflicts:
            return f"whether {result.plan.service.name} compiles anything is not known"
        if result.forecast.blockers:
            found = result.forecast.blockers[0]
            return f"{found.name} {found.version} of {result.plan.service.name} has no wheel: repair that first"
    return ""


def _without(file: SourceFile, names: tuple[str, ...]) -> str:
    """The text without every entry of these names; a list that would be empty goes whole."""
    while True:
        document = load_yaml(file)
        found = next(_entries(document, names), None)
        if found is None:
            return file.text
        *above, index = found
        items = document.get(*above)
        if isinstance(items, list) and len(items) == 1:
            text = remove_key(document, tuple(above))
        else:
            text = _without_item(document, tuple(above), int(index))
        file = SourceFile(file.path, text.encode())


def _entries(document: Document, names: tuple[str, ...]) -> Iterator[KeyPath]:
    for variables in render_yaml.variable_lists(document):
        for path, item in render_yaml.mappings(document, variables):
            if item.get("key") in names:
                yield path


def _without_item(document: Document, sequence: KeyPath, index: int) -> str:
    """The text without one item of a block sequence, from its dash to the line before the next thing as deep.

    Raises:
        NotEditableError: the sequence is not written with a dash a line.
    """
    lines = split_lines(document.file.text)
    first = document.line(*sequence, index, "key")
    dash = re.match(r"([ \t]*)-", lines[first - 1]) if first else None
    while first and first > 1 and dash is None:
        first -= 1
        dash = re.match(r"([ \t]*)-", lines[first - 1])
    if first is None or dash is None:
        raise NotEditableError(f"{document.file.path}: {sequence[-1]} is not written as a list with dashes")
    last = first
    while last < len(lines) and _is_deeper(lines[last], len(dash[1])):
        last += 1
    return without_lines(document.file.text, first, last)


def _is_deeper(line: str, depth: int) -> bool:
    return bool(line.strip()) and len(line) - len(line.lstrip(" \t")) > depth


FAMILY = Family("cargo-homes", "remove variables that cure nothing", RULES, propose)
