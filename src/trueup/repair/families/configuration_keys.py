"""Configuration keys that nobody reads are renamed to what was meant, or removed; old names become the new ones.

A key is renamed where its finding names the right one; it is removed where it has no effect under any name. Both keep
everything else of the file.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace as replaced

from trueup.manifests._document import Document, Path, load_json, load_toml, load_yaml
from trueup.model.finding import Applicability, Confidence, Finding
from trueup.model.project import Project, SourceFile
from trueup.model.repair import HeldBack, RepairKind
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext
from trueup.repair.keys import remove_key, rename_key, set_string
from trueup.repair.texts import NotEditableError

RULES = ("unknown-configuration-key", "deprecated-configuration-key")
_UPPER = re.compile(r"Write ([\w.]+) as one of ([A-Z_]+(?:, [A-Z_]+)*), in upper case\.")
_RIGHT = re.compile(
    r"^(?:Write|Did you mean|Move it to) (?:\[(?P<table>[\w.]+)\]|(?P<key>[A-Za-z][\w.]*?))"
    r"(?= = |[.,;?](?:\s|$)| instead| with | under |$)"
)


def propose(context: RepairContext) -> Iterator[Proposal]:
    """For each file: one repair with all keys that have a right name, one with those that have none."""
    by_file: dict[str, dict[str, Finding]] = defaultdict(dict)
    for _, finding in context.findings(*RULES):
        path = finding.evidence[0].path
        if path is not None and finding.evidence[0].line is not None:
            by_file[path].setdefault(finding.subject, finding)
    for path, findings in by_file.items():
        file = context.project.whole.get(path)
        if file is not None:
            lacking = _lacking(context, path)
            yield from _for_file(context.project, file, list(findings.values()), lacking)
    yield from _in_upper_case(context)


def _lacking(context: RepairContext, path: str) -> str:
    """The first required key that a file lacks, or the start command: what nobody reads may be meant for its place."""
    for _, finding in context.findings("builder-error"):
        is_here = any(evidence.path == path for evidence in finding.evidence)
        if is_here and finding.hint.startswith("Add ") and re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", finding.subject):
            return finding.subject
    ways_to_start = {"start", "startcommand", "start_command", "command", "cmd", "web"}
    for _, finding in context.findings(RULES[0]):
        is_here = any(evidence.path == path for evidence in finding.evidence)
        if is_here and _dotted(finding).rpartition(".")[2].lower() in ways_to_start:
            return "the start command" if any(context.findings("no-start-command")) else ""
    return ""


def _in_upper_case(context: RepairContext) -> Iterator[Candidate]:
    """Values that are right in upper case, such as `builder = "nixpacks"`: one repair for each file."""
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for _, finding in context.findings("builder-error"):
        path = finding.evidence[0].path if finding.evidence else None
        if path is not None and finding.hint.endswith("in upper case.") and finding not in by_file[path]:
            by_file[path].append(finding)
    for path, findings in by_file.items():
        file = context.project.whole.get(path)
        text, changed = (file.text if file else ""), []
        for dotted, allowed in re.findall(_UPPER, " ".join(finding.hint for finding in findings)):
            document = load(_with(file, text)) if file else None
            key = tuple(dotted.split("."))
            value = document.get(*key) if document else None
            if document is None or not isinstance(value, str) or value.upper() not in allowed.split(", "):
                continue
            try:
                text = set_string(document, key, value.upper())
            except NotEditableError:
                continue
            changed.append(f"{dotted} = {value.upper()}")
        if changed:
            title = f"Write {', '.join(changed)} in {path}"
            reason = "the schema of the file knows the value in upper case only"
            kind = RepairKind.CONFIG
            yield text_candidate(context.project, f"upper-{path}", title, kind, {path: text}, findings, reason=reason)


def _for_file(project: Project, file: SourceFile, findings: list[Finding], lacking: str) -> Iterator[Proposal]:
    renamed: list[Finding] = []
    removed: list[Finding] = []
    names: list[str] = []
    text_renamed, text_removed = file.text, file.text
    for finding in findings:
        found = _path_of(load(_with(file, text_renamed)), finding)
        if found is None:
            continue
        right = right_name(finding)
        try:
            if finding.hint == "Write type: keyvalue instead.":
                text_renamed = set_string(load(_with(file, text_renamed)), found, "keyvalue")
                renamed.append(finding)
                names.append("type: redis → type: keyvalue")
            elif right == "autoDeployTrigger":
                text_renamed = _with_trigger(_with(file, text_renamed), found, right)
                renamed.append(finding)
                names.append(f"{found[-1]} → {right}")
            elif right is not None:
                text_renamed = rename_key(load(_with(file, text_renamed)), found, right)
                renamed.append(finding)
                names.append(f"{found[-1]} → {right}")
            elif finding.rule == "unknown-configuration-key":
                again = _path_of(load(_with(file, text_removed)), finding)
                text_removed = remove_key(load(_with(file, text_removed)), again) if again else text_removed
                removed.append(finding)
        except NotEditableError:
            continue
    name = posixpath.basename(file.path)
    if renamed:
        yield text_candidate(
            project,
            f"keys-{file.path}",
            f"Write the right keys in {file.path}: {', '.join(names)}",
            RepairKind.CONFIG,
            {file.path: text_renamed},
            renamed,
            reason="what the keys say takes effect, as it was meant",
        )
    if removed:
        sure = all(finding.confidence is Confidence.HIGH for finding in removed)
        keys = ", ".join(_dotted(finding) for finding in removed)
        title = f"Remove what nobody reads from {name}: {keys}"
        if lacking:
            yield HeldBack(title, f"{lacking} is missing: what nobody reads here may be meant for it", RULES[:1])
            return
        yield text_candidate(
            project,
            f"unread-{file.path}",
            title,
            RepairKind.CONFIG,
            {file.path: text_removed},
            removed,
            reason="the keys have no effect and mislead whoever reads them",
            applicability=Applicability.SAFE if sure else Applicability.UNSAFE,
            recommended=sure,
        )


def _with_trigger(file: SourceFile, path: Path, name: str) -> str:
    """`autoDeploy: false` as `autoDeployTrigger: off`: the new key takes a word where the old one took a switch.

    Source: https://render.com/docs/blueprint-spec, autoDeployTrigger (read 2026-11-20).
    """
    value = load(file).get(*path)
    if not isinstance(value, bool):
        raise NotEditableError("autoDeploy is no switch here")
    renamed = load(_with(file, rename_key(load(file), path, name)))
    place = renamed.positions[(*path[:-1], name)]
    # In quotes, because YAML 1.1 makes a switch of a plain off again.
    return f"{renamed.file.text[: place.start]}{'commit' if value else repr('off')}{renamed.file.text[place.end :]}"


def _with(file: SourceFile, text: str) -> SourceFile:
    """The file with another text, in UTF-8."""
    return replaced(file, data=text.encode(), size=-1)


def load(file: SourceFile) -> Document:
    """The file as what its name says it is."""
    if file.path.endswith(".toml"):
        return load_toml(file)
    if file.path.endswith(".json"):
        return load_json(file, comments=file.path.endswith("railpack.json"))
    return load_yaml(file)


def right_name(finding: Finding) -> str | None:
    """The key that the finding's hint names in the place of the wrong one, where it is a sibling of it."""
    match = _RIGHT.match(finding.hint)
    if match is None:
        return None
    if match["table"]:
        return match["table"] if "." not in match["table"] else None
    name = match["key"]
    return name if "." not in name and name != "it" and not name.isupper() else None


def _dotted(finding: Finding) -> str:
    return finding.subject.rpartition(":")[2] or finding.subject


def _path_of(document: Document, finding: Finding) -> Path | None:
    """The path of the key that a finding is about: by its dotted name, else by its line."""
    if document.problem is not None:
        return None
    dotted = _dotted(finding)
    for path in document.positions:
        if path and ".".join(str(part) for part in path) == dotted:
            return path
    if finding.rule == "deprecated-configuration-key" or "." not in dotted:
        line = finding.evidence[0].line
        word = dotted.rsplit(".", 1)[-1]
        old = re.search(r"uses (\w+), the old name", finding.message)
        names = {word, old[1] if old else word}
        return next(
            (path for path, at in document.positions.items() if path and at.line == line and path[-1] in names), None
        )
    return None


FAMILY = Family("configuration-keys", "write the keys that are read", RULES, propose)
