"""Whether a .env holds what the code needs: there, filled, no placeholder, of the right length and encoding.

No value is kept or shown; lengths are told only where the code itself demands one. A value that refers to another
variable (`${OTHER}`) is not judged. The words that count as true and false are those of pydantic
(https://docs.pydantic.dev/latest/api/standard_library_types/#booleans, read 2026-11-20).
"""

from __future__ import annotations

import base64
import binascii
import difflib
import json
import re
from collections.abc import Iterable, Iterator

from trueup.manifests import dotenv
from trueup.manifests.dotenv import DotenvEntry, DotenvFile
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.project import Project, SourceFile
from trueup.variables.listing import ServiceVariables, UsedVariable

RULE = "environment-file"
_BOOLEANS = frozenset({"0", "1", "true", "false", "t", "f", "yes", "no", "y", "n", "on", "off"})
_LENGTH = re.compile(r"^(at least |at most |)(\d+) (bytes|characters)")
_SCHEMES = {
    "database": re.compile(r"^(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE),
    "redis": re.compile(r"^(rediss?|unix|valkeys?|redis\+\w+)://", re.IGNORECASE),
    "broker": re.compile(r"^(?!https?:)[a-z][a-z0-9+.-]*://", re.IGNORECASE),
    "url": re.compile(r"^([a-z][a-z0-9+.-]*://|\*$|/)", re.IGNORECASE),
}


def judge_file(project: Project, group: ServiceVariables, file: SourceFile) -> tuple[Finding, ...]:
    """Everything that is wrong with an environment file for some services, worst first.

    Args:
        project: the whole project; its .gitignore tells whether the file is committed.
        group: the services' variables.
        file: the environment file.
    """
    parsed = dotenv.parse(file)
    found = [*_committed(project, parsed), *parsed.problems]
    entries = {entry.name: entry for entry in parsed.entries}
    for use in (*group.required, *group.optional):
        entry = _entry(use, entries)
        if entry is None:
            found += _missing(use, parsed, group) if use.variable.required else ()
        elif not entry.has_value:
            found += _empty(use, entry) if use.variable.required else ()
        elif not _refers(entry):
            found += _value(use, entry)
    return tuple(sorted(found, key=lambda item: (-item.severity.rank, item.evidence[0].line or 0, item.subject)))


def _entry(use: UsedVariable, entries: dict[str, DotenvEntry]) -> DotenvEntry | None:
    """The entry for a variable; settings classes and their like take names in any case."""
    for name in use.names:
        if name in entries:
            return entries[name]
    if use.variable.library not in ("pydantic-settings", "pydantic"):
        return None
    folded = {name.upper(): entry for name, entry in entries.items()}
    return next((folded[name.upper()] for name in use.names if name.upper() in folded), None)


def _refers(entry: DotenvEntry) -> bool:
    return bool(re.search(r"\$\{?\w", entry.value or ""))


def _missing(use: UsedVariable, parsed: DotenvFile, group: ServiceVariables) -> Iterator[Finding]:
    known = {name for other in group.variables for name in other.names}
    near = difflib.get_close_matches(use.name, [name for name in parsed.names if name not in known], n=1, cutoff=0.8)
    place = next((entry.evidence for entry in parsed.entries if near and entry.name == near[0]), None)
    hint = f"Is {near[0]} meant for it? Rename it." if near else f"Add a line {use.name}=… with the value."
    yield _finding(
        use,
        Severity.HIGH,
        f"{parsed.file.path} has no {use.name}, which {use.variable.evidence[0].place} cannot do without: "
        f"{_stops(use)}.",
        hint,
        (*((place,) if place else ()), Evidence.absent(f"no line for {use.name}", parsed.file.path)),
    )


def _empty(use: UsedVariable, entry: DotenvEntry) -> Iterator[Finding]:
    # Code that looks the name up takes an empty text and goes on with it; it fails where the text is used.
    yield _finding(
        use,
        Severity.HIGH,
        f"{entry.evidence.place} leaves {use.name} empty, and {use.variable.evidence[0].place} needs it: the program "
        "fails where it first uses it.",
        "Write the value behind the sign.",
        (entry.evidence,),
    )


def _value(use: UsedVariable, entry: DotenvEntry) -> Iterator[Finding]:
    value = entry.value or ""
    severity = Severity.HIGH if use.variable.required else Severity.MEDIUM
    if not entry.looks_real and value != use.variable.default:
        yield _finding(
            use,
            severity,
            f"{entry.evidence.place} still holds a placeholder for {use.name}: the program starts with it and fails "
            "where it is used.",
            "Replace it with the real value.",
            (entry.evidence,),
        )
        return
    for wrong in (*_wrong_form(use, value), *_wrong_hints(use.variable.hints, value)):
        yield _finding(
            use,
            severity,
            f"{entry.evidence.place}: the value of {use.name} {wrong}; {use.variable.evidence[0].place} reads it.",
            "Put in a value of that form; it is not shown here.",
            (entry.evidence,),
        )


def _wrong_form(use: UsedVariable, value: str) -> Iterator[str]:
    """What is wrong with a value by the kind of variable."""
    kind = use.variable.kind
    if kind == "port" and not (value.isdecimal() and 0 < len(value) < 6 and 0 < int(value) < 65536):
        yield "is no port from 1 to 65535"
    elif kind == "number" and not re.fullmatch(r"[+-]?\d[\d_]*(\.\d*)?([eE][+-]?\d+)?", value):
        yield "is no number"
    elif kind == "boolean" and value.lower() not in _BOOLEANS:
        yield "is neither true nor false"
    elif kind == "email" and "@" not in value:
        yield "is no e-mail address: it has no @"
    elif kind in _SCHEMES and not _SCHEMES[kind].match(value):
        example = {"database": "postgresql://", "redis": "redis://", "broker": "amqp://"}.get(kind, "https://")
        yield f"is no address of its kind: it does not begin with a scheme such as {example}"


def _wrong_hints(hints: Iterable[str], value: str) -> Iterator[str]:
    """What is wrong with a value by what the code demands of it."""
    decoded: bytes | None = None
    for hint in hints:
        encoding = _encoding(hint)
        if encoding:
            decoded = _decoded(encoding, value)
            if decoded is None:
                yield f"is not {encoding}"
                return
        if hint.startswith("32 bytes, base64, URL-safe") and decoded is not None and len(decoded) != 32:
            yield f"decodes to {len(decoded)} bytes, and a Fernet key has 32"
    for hint in hints:
        limit = _LENGTH.match(hint)
        if limit and "Fernet" not in hint:
            size = len(decoded if limit[3] == "bytes" and decoded is not None else value)
            bound = int(limit[2])
            fits = {"at least ": size >= bound, "at most ": size <= bound}.get(limit[1], size == bound)
            if not fits:
                verb = "decodes to" if limit[3] == "bytes" and decoded is not None else "has"
                yield f"{verb} {size} {limit[3]}, and the code wants {limit[0]}"


def _encoding(hint: str) -> str:
    if "base64, URL-safe" in hint:
        return "base64, URL-safe"
    return next((name for name in ("base64", "hexadecimal", "JSON") if name in hint), "")


def _decoded(encoding: str, value: str) -> bytes | None:
    """The bytes that an encoded value stands for; None where it is not in that encoding."""
    try:
        if encoding == "base64":
            return base64.b64decode(value, validate=True)
        if encoding == "base64, URL-safe":
            return base64.b64decode(value, altchars=b"-_", validate=True)
        if encoding == "hexadecimal":
            return bytes.fromhex(value)
        json.loads(value)
    except (ValueError, binascii.Error, RecursionError):
        return None
    return value.encode("utf-8", "replace")


def _committed(project: Project, parsed: DotenvFile) -> Iterator[Finding]:
    path = parsed.file.path
    if not project.has(path) or path in project.ignored or not any(entry.looks_real for entry in parsed.entries):
        return
    yield Finding(
        rule=RULE,
        severity=Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        message=f"{path} holds values and no .gitignore names it: the next `git add` takes it into the repository, "
        "where whoever reads the code reads the secrets.",
        hint="Add .env to .gitignore; where it was committed already, change every secret in it.",
        evidence=(Evidence.absent(f"no pattern of a .gitignore matches {path}", path),),
        subject=path,
    )


def _stops(use: UsedVariable) -> str:
    return "the program stops at its start" if use.variable.at_start else "the program stops where it first reads it"


def _finding(use: UsedVariable, severity: Severity, message: str, hint: str, evidence: tuple[Evidence, ...]) -> Finding:
    return Finding(
        rule=RULE,
        severity=severity,
        confidence=Confidence.HIGH if use.variable.certain else Confidence.MEDIUM,
        message=message,
        hint=hint,
        evidence=(*evidence, use.variable.evidence[0]),
        subject=use.name,
    )
