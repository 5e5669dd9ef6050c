"""An include that the builder has not copied yet is replaced by the lines that it includes.

Railpack copies only the root's own manifests before it installs; what the root file includes from elsewhere is put into
its place, comments and order kept, so that one file is enough.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from trueup.model.finding import Applicability
from trueup.model.project import Project, SourceFile
from trueup.model.repair import HeldBack, RepairKind
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Family, Proposal, RepairContext
from trueup.repair.texts import NotEditableError, newline_of, split_lines

RULES = ("include-not-copied",)
_INCLUDE = re.compile(r"^[ \t]*(?:-r|--requirement)(?:[ \t]*=[ \t]*|[ \t]+)(?P<target>[^\s#]+)[ \t]*(?:#.*)?$")
_DEEPEST = 10


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each file with such includes."""
    done: set[str] = set()
    for _, finding in context.findings(*RULES):
        path = finding.evidence[0].path
        file = context.project.whole.get(path) if path else None
        if file is None or file.path in done:
            continue
        done.add(file.path)
        findings = [other for _, other in context.findings(*RULES) if other.evidence[0].path == file.path]
        try:
            text = inlined(context.project, file, ())
            if text != file.text:
                yield text_candidate(
                    context.project,
                    f"inline-{file.path}",
                    f"Write the included requirements into {file.path} itself",
                    RepairKind.REQUIREMENTS,
                    {file.path: text},
                    findings,
                    reason="the builder copies this file alone before it installs; keep the two in step from now on, "
                    "or set the root directory to the folder of the other file",
                    applicability=Applicability.SAFE,
                )
        except NotEditableError as error:
            yield HeldBack(f"Write the included requirements into {file.path}", error.message, RULES)


def inlined(project: Project, file: SourceFile, above: tuple[str, ...]) -> str:
    """A requirements file's text with the files that it includes by `-r` in the place of these lines.

    Raises:
        NotEditableError: an include is missing, circular, or includes something by another way.
    """
    if file.path in above or len(above) > _DEEPEST:
        raise NotEditableError(f"{file.path} includes itself")
    if not file.is_text or file.problem:
        raise NotEditableError(f"{file.path} is not text")
    end = newline_of(file.text)
    parts: list[str] = []
    for line in split_lines(file.text):
        match = _INCLUDE.match(line.rstrip("\r\n"))
        if match is None:
            parts.append(line)
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), match["target"]))
        other = project.whole.get(path)
        if other is None:
            raise NotEditableError(f"{file.path} includes {match['target']}, which is not there to read")
        inner = split_lines(inlined(project, other, (*above, file.path)))
        if any(re.match(r"[ \t]*(?:-c|--constraint|-e|--editable|\.\.?/)", item) for item in inner):
            raise NotEditableError(f"{path} holds lines that count from its own folder")
        parts += [item.rstrip("\r\n") + end for item in inner]
    return "".join(parts)


FAMILY = Family("includes", "write included requirements into the file that is copied", RULES, propose)
