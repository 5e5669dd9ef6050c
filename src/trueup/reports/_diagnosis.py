"""The forms of a diagnosis: text for one screen, JSON of version 1, Markdown for an issue, GitHub annotations."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from trueup import __version__
from trueup.model.diagnosis import Cause, Diagnosis, LogLine
from trueup.reports._evidence import evidence_object
from trueup.reports._interface import Look
from trueup.reports._words import printable

MOST_EVIDENCE = 5
MOST_ROWS = 4
"""Rows of the screen that the first line of the evidence may take: it is the one that says it."""


def as_text(diagnosis: Diagnosis, look: Look) -> str:
    """The diagnosis for a terminal, on one screen."""
    lines = [_where(diagnosis)]
    if not diagnosis.causes:
        lines += _without_cause(diagnosis, look)
    for number, cause in enumerate(diagnosis.causes[: 1 if look.detail == 0 else None]):
        lines += ["", *_cause_lines(cause, look, first=number == 0)]
    rest = diagnosis.causes[1:] if look.detail == 0 else ()
    if rest:
        others = ", ".join(f"{cause.rule}{f' ({cause.package})' if cause.package else ''}" for cause in rest)
        lines += ["", *_wrapped(f"Also seen: {others}.", look)]
    return "\n".join(lines) + "\n"


def _where(diagnosis: Diagnosis) -> str:
    parts = [
        f"platform {diagnosis.platform}" if diagnosis.platform else "",
        f"builder {diagnosis.builder}" if diagnosis.builder else "",
        f"phase {diagnosis.phase}" if diagnosis.phase else "",
        f"Python {diagnosis.python}" if diagnosis.python else "",
        f"{diagnosis.lines} line{'' if diagnosis.lines == 1 else 's'}",
        "" if diagnosis.platform or not diagnosis.causes else "no line names the platform",
    ]
    return ", ".join(part for part in parts if part)


def _cause_lines(cause: Cause, look: Look, *, first: bool) -> Iterator[str]:
    subject = f" – {cause.package}{f' {cause.version}' if cause.version else ''}" if cause.package else ""
    title = printable(f"{'✗' if first else '·'} {cause.title}{subject}")
    yield f"\x1b[1;31m{title}\x1b[0m" if look.color and first else title
    yield f"  {cause.rule}, confidence {cause.confidence.value}"
    yield from _wrapped(cause.explanation, look, "  ")
    if cause.confirmed:
        yield from _wrapped(cause.confirmed, look, "  ")
    yield ""
    for number, line in enumerate(cause.evidence[:MOST_EVIDENCE]):
        yield from _quoted(line, look.width, lines=MOST_ROWS if number == 0 else 1)
    for pointer in cause.pointers:
        yield _shortened(f"  {printable(pointer.place)}: {printable(pointer.text or '')}", look.width)
    yield ""
    yield "  What to do:"
    for remedy in cause.remedies:
        yield from _wrapped(remedy, look, "    ", "  - ")
    if cause.repair:
        yield from _wrapped(cause.repair, look, "    ", "  - ")


def _without_cause(diagnosis: Diagnosis, look: Look) -> Iterator[str]:
    yield ""
    if diagnosis.succeeded:
        yield "✓ The log shows a success."
    else:
        yield "? No cause was recognised." if diagnosis.lines else "? The log is empty."
        for doubt in diagnosis.doubts:
            yield from _wrapped(f"It looks like a success and is not called one: {doubt}.", look, "  ")
        if diagnosis.look_for:
            yield "  What to look for:"
        for hint in diagnosis.look_for:
            yield from _wrapped(hint, look, "    ", "  - ")
    for line in diagnosis.proofs:
        yield from _quoted(line, look.width, lines=1)


def _wrapped(text: str, look: Look, indent: str = "", first: str | None = None) -> list[str]:
    return textwrap.wrap(
        printable(text), look.width, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _quoted(line: LogLine, width: int, *, lines: int) -> Iterator[str]:
    """A line of the log with its number; of one that takes more rows than `lines`, the beginning and the end."""
    head = f"  {line.number:>6} | "
    text, room = printable(line.text), max(width - len(head), 20)
    rows = [text] if lines == 1 else textwrap.wrap(text, room, break_on_hyphens=False) or [""]
    if len(rows) > lines:
        rows = [*rows[: lines - 1], f"…{text[1 - room :]}"]
    margin = f"{'| ':>{len(head)}}"
    for number, row in enumerate(rows):
        yield _shortened(f"{margin if number else head}{row}", width)


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def as_json(diagnosis: Diagnosis, _look: Look) -> str:
    """The JSON of version 1 (`trueup/diagnosis/1`)."""
    value = {
        "schema": "trueup/diagnosis/1",
        "trueup": __version__,
        "platform": diagnosis.platform,
        "builder": diagnosis.builder,
        "phase": diagnosis.phase,
        "python": diagnosis.python,
        "succeeded": diagnosis.succeeded,
        "causes": [_cause_object(cause) for cause in diagnosis.causes],
        "proofs": [{"line": line.number, "text": line.text} for line in diagnosis.proofs],
        "doubts": list(diagnosis.doubts),
        "look_for": list(diagnosis.look_for),
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _cause_object(cause: Cause) -> dict[str, Any]:
    return {
        "rule": cause.rule,
        "title": cause.title,
        "package": cause.package,
        "version": cause.version,
        "confidence": cause.confidence.value,
        "explanation": cause.explanation,
        "chain": list(cause.chain),
        "confirmed": cause.confirmed,
        "remedies": list(cause.remedies),
        "evidence": [{"line": line.number, "text": line.text} for line in cause.evidence],
        "pointers": [evidence_object(pointer) for pointer in cause.pointers],
        "repair": cause.repair,
    }


def as_markdown(diagnosis: Diagnosis, _look: Look) -> str:
    """Markdown to paste into an issue; the quoted lines stand in a fence that they cannot close."""
    lines = [f"**{_where(diagnosis)}**", ""]
    if not diagnosis.causes:
        said = "The log shows a success." if diagnosis.succeeded else "No cause was recognised."
        lines += [said, "", *(f"- {hint}" for hint in (*diagnosis.doubts, *diagnosis.look_for))]
        lines += _fenced([f"{line.number}: {line.text}" for line in diagnosis.proofs])
    for cause in diagnosis.causes:
        subject = f" – `{cause.package}{f' {cause.version}' if cause.version else ''}`" if cause.package else ""
        lines += [f"### {_escaped(cause.title)}{subject}", ""]
        lines += [f"`{cause.rule}`, confidence {cause.confidence.value}", "", _escaped(cause.explanation), ""]
        lines += [_escaped(cause.confirmed), ""] if cause.confirmed else []
        lines += _fenced([f"{line.number}: {line.text}" for line in cause.evidence])
        lines += [f"- {_escaped(remedy)}" for remedy in (*cause.remedies, *filter(None, [cause.repair]))]
        lines += [
            f"- `{printable(pointer.place)}`: `{printable(pointer.text or '').replace('`', chr(39))}`"
            for pointer in cause.pointers
        ]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _fenced(lines: list[str]) -> list[str]:
    if not lines:
        return []
    longest = max((len(run) for line in lines for run in _runs_of_backticks(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *(printable(line) for line in lines), fence, ""]


def _runs_of_backticks(line: str) -> Iterator[str]:
    run = ""
    for character in f"{line} ":
        if character == "`":
            run += character
        elif run:
            yield run
            run = ""


def _escaped(text: str) -> str:
    return printable(text).replace("<", "&lt;").replace("@", "&#64;")


def as_github(diagnosis: Diagnosis, _look: Look) -> str:
    """Annotations of GitHub Actions: one for every cause, at the line of the project where one is known."""
    lines = []
    for number, cause in enumerate(diagnosis.causes):
        kind = "error" if number == 0 else "warning"
        place = next((p for p in cause.pointers if p.path), None)
        where = f"file={_property(place.path or '')},line={place.line or 1}," if place else ""
        said = " ".join(filter(None, [cause.explanation, cause.confirmed, *cause.remedies]))
        lines.append(f"::{kind} {where}title={_property(f'{cause.rule}: {cause.title}')}::{_data(said)}")
    if not lines:
        said = "The log shows a success." if diagnosis.succeeded else "No cause was recognised in the log."
        lines.append(f"::notice title=trueup diagnose::{_data(' '.join([said, *diagnosis.doubts]))}")
    return "\n".join(lines) + "\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


DIAGNOSIS_FORMATS: Mapping[str, Callable[[Diagnosis, Look], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
    "github": as_github,
}
