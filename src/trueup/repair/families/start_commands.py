"""Start commands that listen where the platform looks, and without flags that nothing reads.

The command is edited in the line that holds it, whatever the file's format is; a host or port in the code is edited
there. What cannot be said in one line is left to the person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from trueup.errors import TrueupError
from trueup.model.finding import Finding
from trueup.model.project import SourceFile
from trueup.model.repair import RepairKind
from trueup.repair._candidates import text_candidate
from trueup.repair._interface import Candidate, Family, Proposal, RepairContext
from trueup.repair.texts import with_line

RULES = (
    *("start-not-listening", "start-wrong-port", "flag-without-effect", "health-path-not-routed"),
    "start-target-missing",
)
Rewrite = Callable[[str], str]

_LOOPBACK = r"(?:127\.0\.0\.1|localhost|\[::1\]|::1)"
_EVERYWHERE = "0.0.0.0"  # noqa: S104  what a platform's proxy needs; nothing is bound here
_END = re.compile(r"(?P<command>.*\S)(?P<tail>\s*(?:\"\s*,?|'\s*,?)?\s*(?:#.*)?)$")


def propose(context: RepairContext) -> Iterator[Proposal]:
    """One repair for each finding, at every place that has it; the first way of writing it that removes it."""
    grouped: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for _, finding in context.findings(*RULES):
        grouped[(finding.rule, finding.subject)].append(finding)
    for findings in grouped.values():
        made = list(_candidates(context, findings))
        if made:
            first, *others = made
            yield replace(first, alternatives=tuple(others))


def _candidates(context: RepairContext, findings: Sequence[Finding]) -> Iterator[Candidate]:
    """Each way of writing it, first at the first place of every finding, then at each further place alone."""
    first = findings[0]
    primary = [place for finding in findings for place in _places(context, finding)[:1]]
    further = [[place] for finding in findings for place in _places(context, finding)]
    for places in (list(dict.fromkeys(primary)), *further):
        ways = [list(_rewrites(first, file, file.line(number))) for file, number in places]
        for chosen in zip(*ways, strict=False):
            texts: dict[str, str] = {}
            for rewrite, (file, number) in zip(chosen, places, strict=True):
                new = rewrite(file.line(number))
                if new != file.line(number):
                    texts[file.path] = with_line(texts.get(file.path, file.text), number, new)
            try:
                if texts:
                    yield _candidate(context, first, texts)
            except TrueupError:
                continue


def _places(context: RepairContext, finding: Finding) -> list[tuple[SourceFile, int]]:
    found = []
    for evidence in finding.evidence:
        file = context.project.whole.get(evidence.path or "")
        if file is not None and evidence.line is not None:
            found.append((file, evidence.line))
    return found


def _candidate(context: RepairContext, finding: Finding, texts: dict[str, str]) -> Candidate:
    return text_candidate(
        context.project,
        f"start-{finding.rule}-{finding.subject}",
        f"{_title(finding)}, in {' and '.join(texts)}",
        RepairKind.START,
        texts,
        [finding],
        reason=finding.hint,
    )


def _title(finding: Finding) -> str:
    return {
        "start-not-listening": "Listen on all interfaces",
        "start-wrong-port": "Listen on the platform's port",
        "flag-without-effect": f"Remove {_flag(finding)}, which has no effect",
        "start-target-missing": "Start {1} instead of {0}".format(*(_targets(finding) or ("", ""))),
        "health-path-not-routed": f"Ask for a health path that is there instead of {finding.subject}",
    }[finding.rule]


def _flag(finding: Finding) -> str:
    flag = finding.subject.rpartition(" ")[2]
    return "--reload" if flag == "--workers" else flag


def _targets(finding: Finding) -> tuple[str, str] | None:
    """What a command starts that is not there, and the one application that is there instead."""
    old = re.search(r" starts ([\w.]+(?::[\w.]+)?)(?=,| without| \()", finding.message)
    new = re.search(r": start ([\w.]+:\w+)\.$", finding.hint)
    return (old[1], new[1]) if old and new else None


def _rewrites(finding: Finding, file: SourceFile, line: str) -> Iterator[Rewrite]:
    if finding.rule == "flag-without-effect":
        yield lambda text: re.sub(rf"[ \t]+{re.escape(_flag(finding))}(?:[= ][^\s\"'-]\S*?)?(?=[\s\"']|$)", "", text)
    elif finding.rule == "health-path-not-routed":
        path = re.match(r"Ask for (\S+?),? (?:itself|which)", finding.hint)
        if path:
            yield lambda text: _replaced_last(text, finding.subject, path[1])
    elif finding.rule == "start-target-missing":
        targets = _targets(finding)
        if targets is not None and not file.path.endswith(".py"):
            old, new = targets
            yield lambda text: re.sub(rf"(?<![\w.:/-]){re.escape(old)}(?![\w.:/-])", new, text)
    elif file.path.endswith(".py"):
        yield from _in_code(finding, file)
    else:
        yield from _in_command(finding, line)


def _replaced_last(text: str, old: str, new: str) -> str:
    at = text.rfind(old)
    return text if at < 0 else f"{text[:at]}{new}{text[at + len(old) :]}"


def _in_code(finding: Finding, file: SourceFile) -> Iterator[Rewrite]:
    if finding.rule == "start-not-listening":
        yield lambda text: re.sub(rf"([\"']){_LOOPBACK}\1", r"\g<1>0.0.0.0\g<1>", text)
    elif re.search(r"^import os\b", file.text, re.MULTILINE):
        yield lambda text: re.sub(r"\bport\s*=\s*(\d{2,5})\b", r'port=int(os.environ.get("PORT", \1))', text)


def _in_command(finding: Finding, line: str) -> Iterator[Rewrite]:
    """Ways to write the address; an option that is there is changed, one that is not is added behind the command."""
    if finding.rule == "start-not-listening":
        for rewrite in (_host_changed, _host_added):
            yield rewrite
            yield lambda text, rewrite=rewrite: _port_written(rewrite(text))  # type: ignore[misc]
    else:
        yield _port_written
        yield lambda text: re.sub(r"'([^'\s]*\$\{?PORT\b[^'\s]*)'", _quotes(line), text)


def _quotes(line: str) -> str:
    return r"\1" if '"' in line else r'"\1"'


def _host_changed(text: str) -> str:
    return re.sub(rf"(?<![\w.]){_LOOPBACK}(?![\w.])", _EVERYWHERE, text)


def _host_added(text: str) -> str:
    if re.search(r"\b(?:gunicorn|hypercorn)\b", text):
        return _added(text, "--bind 0.0.0.0:$PORT")
    return _added(text, "--host 0.0.0.0")


def _port_written(text: str) -> str:
    """The port from the variable: where a number stands, else as a further option."""
    changed = re.sub(r"(--port[= ]|(?<=\s)-p[= ]?)\d{2,5}\b", r"\g<1>$PORT", text)
    changed = re.sub(r"((?:--bind|-b)[= ]\S*?:)\d{2,5}\b", r"\g<1>$PORT", changed)
    changed = re.sub(r"(\brunserver\s+\S*?:)\d{2,5}\b", r"\g<1>$PORT", changed)
    if changed != text or "$PORT" in text or "${PORT" in text:
        return changed
    if re.search(r"\b(?:gunicorn|hypercorn)\b", text):
        return _added(text, "--bind 0.0.0.0:$PORT")
    return _added(text, "--port $PORT")


def _added(text: str, option: str) -> str:
    """An option behind the command, before the quote or comment that ends the line."""
    match = _END.match(text)
    if match is None or option in text:
        return text
    command, tail = match["command"], match["tail"]
    while tail == "" and command.endswith(('"', "'", ",")):
        command, tail = command[:-1], command[-1]
    if command.endswith(('"', "'")):
        command, tail = command[:-1], command[-1] + tail
    return f"{command} {option}{tail}"


FAMILY = Family("start-commands", "listen where the platform looks", RULES, propose)
