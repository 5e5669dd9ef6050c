"""The words of a cause: the chain from the Python that was used to the line that failed, and what to do."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping

from trueup.logrules._judge import Verdict
from trueup.logrules._log import Log
from trueup.logrules._pythons import PythonStatement
from trueup.logrules._redact import redact
from trueup.logrules._rule import Group
from trueup.model.diagnosis import LogLine

LONGEST_QUOTE = 240
_SDIST = re.compile(r"(?:Downloading|Using cached|Building|Obtaining)\b.*\.(?:tar\.gz|tar\.bz2|zip)\b")
_CLOSING = re.compile(
    r"error: subprocess-exited-with-error|error: (?:metadata-generation|legacy-install|failed-wheel-build)|Failed"
    r" building wheel for"
    r"|ERROR: (?:Could not build|Failed to build)|==> Build failed 😞|==> Exited with status|did not complete"
    r" successfully: exit code"
    r"|Push rejected|Process completed with exit code [1-9]|Healthcheck failed!|Build failed"
)
_MORE = re.compile(r"^(?:Caused by:|Read-only file system|note: declared here|\d+ \|)")


def fill(templates: Iterable[str], values: Mapping[str, str]) -> list[str]:
    """The templates with their names filled in; one that names what is unknown is left out (of alternatives
    separated by ` | ` the first that can be filled is taken).
    """
    filled = []
    for template in templates:
        for text in template.split(" | "):
            alternative = text
            if "python" not in values:
                alternative = alternative.replace("Python {python}", "this Python")
            names = {name for _, name, _, _ in string.Formatter().parse(alternative) if name}
            if names <= values.keys():
                filled.append(alternative.format_map(values))
                break
    return filled


def values_of(verdict: Verdict, python: PythonStatement | None) -> dict[str, str]:
    """Every name that the texts of a rule may use, redacted."""
    values = dict(verdict.best.groups)
    for clue in verdict.clues[1:]:
        for name, value in clue.groups.items():
            values.setdefault(name, value)
    if verdict.built:
        values["package"] = verdict.built.package
        version = verdict.built.version
        values["what"] = f"{verdict.built.package} {version}" if version else verdict.built.package
        if version:
            values["version"] = version
    if python:
        values["python"] = python.minor
    return {name: redact(value)[:200] for name, value in values.items()}


UNNAMED = {"package": "the package", "what": "the pinned version"}
"""What remedies say where the log does not name the package."""


def chain(verdict: Verdict, log: Log, python: PythonStatement | None, values: Mapping[str, str]) -> list[str]:
    """The explanation, sentence by sentence, in the order in which things happened."""
    steps = []
    if python and verdict.best.rule.group in (Group.SOURCE_BUILD, Group.REQUIREMENTS):
        steps.append(_python_sentence(python, log))
    if verdict.best.rule.group is Group.SOURCE_BUILD and "what" in values:
        where = f" for Python {values['python']}" if "python" in values else " for this Python"
        steps.append(f"The installer took no wheel of {values['what']}{where}: it builds the source distribution.")
    steps += fill(verdict.best.rule.explanation, values) or [f"{verdict.best.rule.title}."]
    closing = _closing(log, verdict.best.index)
    if closing is not None and verdict.best.rule.group is not Group.START:
        steps.append(f"With that the {_phase_word(verdict.phase)} failed (line {log.lines[closing].number}).")
    return steps


def _python_sentence(python: PythonStatement, log: Log) -> str:
    line = log.lines[python.index].number
    if python.default:
        return (
            f"{python.origin.split(':')[0]} took Python {python.version} by default: nothing that it reads asks for"
            f" another (line {line})."
        )
    if python.origin.startswith("paths"):
        return f"The build ran on Python {python.minor} (by the paths and tags in the log, line {line})."
    return f"Python {python.version} was used ({python.origin}, line {line})."


def _phase_word(phase: str) -> str:
    return {"install": "installation", "setup": "set-up", "release": "release step", "health": "health check"}.get(
        phase, phase
    )


def evidence(verdict: Verdict, log: Log, python: PythonStatement | None) -> tuple[LogLine, ...]:
    """The proving lines with their numbers: the cause first, then the Python, the source distribution, the end."""
    best = verdict.best.index
    indexes = [best]
    indexes += [index for index in range(best + 1, best + 4) if _MORE.match(log.text(index))][:2]
    indexes += [clue.index for clue in verdict.clues[1:3]]
    if python:
        indexes.append(python.index)
    if verdict.best.rule.group is Group.SOURCE_BUILD and (source := _sdist(log, verdict)) is not None:
        indexes.append(source)
    if (closing := _closing(log, best)) is not None:
        indexes.append(closing)
    unique = dict.fromkeys(index for index in indexes if log.text(index))
    return tuple(quote(log, index) for index in list(unique)[:7])


def quote(log: Log, index: int) -> LogLine:
    """A line of the log as it may be shown: redacted and not longer than LONGEST_QUOTE."""
    text = redact(log.text(index))
    if len(text) > LONGEST_QUOTE:  # what failed stands at the beginning, and why at the end
        text = f"{text[: LONGEST_QUOTE // 2 - 2]} … {text[1 - LONGEST_QUOTE // 2 :]}"
    return LogLine(log.lines[index].number, text)


def _sdist(log: Log, verdict: Verdict) -> int | None:
    if verdict.built is None:
        return None
    name = re.sub(r"[-_.]+", "[-_.]", re.escape(verdict.built.package).replace(r"\-", "-"))
    regex = re.compile(name, re.IGNORECASE)
    for index in range(verdict.best.index, max(-1, verdict.best.index - 3000), -1):
        text = log.text(index)
        if _SDIST.search(text) and regex.search(text):
            return index
    return None


def _closing(log: Log, index: int) -> int | None:
    for position in range(index + 1, min(len(log), index + 3000)):
        if _CLOSING.search(log.text(position)):
            return position
    return None
