"""Lines of requirements files that pip refuses are written as they were surely meant; all others are held back.

Certain are: one sign of equality, `=>`, a comma or a quote too many, a comma too few between two demands, characters
that cannot be seen, `pip install` before the names, Poetry's caret, a wildcard in a lower bound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from trueup.model.finding import Finding
from trueup.model.project import Project, SourceFile
from trueup.model.repair import HeldBack, RepairKind
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Family, Proposal, RepairContext
from trueup.repair._mended_lines import mended
from trueup.repair.texts import NotEditableError, newline_of, with_line

RULES = ("invalid-requirement",)
_SUFFIXES = (".txt", ".in", ".lock")


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each file, of all its lines of which it is certain what is meant."""
    found: dict[str, dict[int, Finding]] = defaultdict(dict)
    for _, finding in context.findings(*RULES):
        path, _, number = finding.subject.rpartition(":")
        if path.endswith(_SUFFIXES) and number.isdigit():
            found[path].setdefault(int(number), finding)
    for path, by_line in found.items():
        file = context.project.whole.get(path)
        if file is not None:
            yield from _of_file(context.project, file, by_line)


def _of_file(project: Project, file: SourceFile, by_line: dict[int, Finding]) -> Iterator[Proposal]:
    text = file.text
    done: list[int] = []
    for number in sorted(by_line, reverse=True):
        old = file.line(number)
        new = None if _holds_line_end(old) else mended(old)
        if new is None or new == old:
            reason = f"what {file.path}:{number} means is not certain. {by_line[number].hint}"
            yield HeldBack(f"Mend {file.path}:{number}", reason, RULES)
            continue
        text = with_line(text, number, new.replace("\n", newline_of(file.text)))
        done.insert(0, number)
    if not done:
        return
    listed = ", ".join(map(str, done))
    try:
        yield text_candidate(
            project,
            f"line-{file.path}",
            f"Write line{'s' if len(done) > 1 else ''} {listed} of {file.path} as pip reads {_them(done)}",
            RepairKind.REQUIREMENTS,
            {file.path: text},
            [by_line[number] for number in done],
            reason=f"pip stops at {_them(done)}, and what is meant is certain",
            must_remove=len(done) == len(by_line),
        )
    except NotEditableError as error:
        yield HeldBack(f"Mend {file.path}:{listed}", error.message, RULES)


def _them(numbers: list[int]) -> str:
    return "them" if len(numbers) > 1 else "it"


def _holds_line_end(line: str) -> bool:
    """Whether pip sees several lines where editors show one: it splits at every line end that Python knows."""
    return len(line.splitlines()) > 1


FAMILY = Family("invalid-requirements", "mend lines that pip refuses", RULES, propose)
