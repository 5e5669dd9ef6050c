"""The Python that Render's native environment takes for a service.

Order: the variable PYTHON_VERSION (a full X.Y.Z only), `.python-version` in the repository's root (X.Y or X.Y.Z, one
line), the default by the day on which the service was created. Source: https://render.com/docs/python-version, with the
lines of public build logs (both read 2026-11-20). What those leave open is unknown, each time with its reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from trueup.model.evidence import Evidence, Unknown
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.plan import InputUse, PlanContext, PythonChoice, VersionInput
from trueup.model.project import Project, SourceFile
from trueup.model.service import Service, Variable
from trueup.platforms import _data
from trueup.platforms._render_blueprint import WRITTEN_VERSION
from trueup.platforms._render_releases import beyond_known, log_line, number, release_row

VARIABLE = "PYTHON_VERSION"
FILE = ".python-version"
BLUEPRINT_SOURCE = "PYTHON_VERSION in render.yaml"

_ANY = "\0"
_FULL = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){2}")
_MINOR = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")
_FILE_LINE = re.compile(r"([0-9]{1,3}\.[0-9]{1,3}(?:\.[0-9]{1,3})?)\n?")


@dataclass(frozen=True)
class PythonOutcome:
    """The choice, what is wrong with it, what stays open, and the lines that Render's log will show for it."""

    choice: PythonChoice
    problems: tuple[Problem, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    lines: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    """The line with which the build stops; several where the sources leave open which of them it is."""


@dataclass(frozen=True)
class _Stated:
    """One readable place: its label, its text, where it stands, and (`read`) the log line that says it was taken."""

    source: str
    text: str
    evidence: Evidence
    read: str
    spelling: str = ""
    unknown: str = ""
    others: tuple[VersionInput, ...] = field(default=())


def choose_python(project: Project, service: Service, context: PlanContext) -> PythonOutcome:
    """The Python of a service.

    Args:
        project: the whole project.
        service: the service, with its root directory and variables.
        context: the creation day (or, without one, the day `on`, as if the service were created then), and variables
            that are given; a given PYTHON_VERSION outranks the blueprint's.
    """
    variables = _variables(service, context)
    files = _files(project, service)
    if variables:
        outcome = _from_variable(variables[0], variables[1:])
        shadowed = (*(_as_input(item, "PYTHON_VERSION outranks it.") for item in files),)
    elif files:
        outcome = _from_files(files, service, context)
        shadowed = ()
    else:
        outcome = _from_default(context)
        shadowed = ()
    return replace(outcome, choice=replace(outcome.choice, inputs=(*outcome.choice.inputs, *shadowed)))


def _document() -> dict[str, Any]:
    table: dict[str, Any] = _data.load("render_native")["python"]
    return table


def _rule(text: str) -> Evidence:
    return _data.evidence(_document(), text)


# -- the variable


def _variables(service: Service, context: PlanContext) -> list[_Stated]:
    """Every PYTHON_VERSION of the service, the one that counts first."""
    line = log_line("python_variable", version=_ANY)
    found = []
    if VARIABLE in context.env:
        text = context.env[VARIABLE]
        found.append(_Stated(VARIABLE, text, Evidence.given(f"{VARIABLE}={text}"), line, text))
    named = [variable for variable in service.variables if variable.name == VARIABLE]
    return [*found, *(_blueprint_variable(service, variable, line) for variable in named)]


def _blueprint_variable(service: Service, variable: Variable, line: str) -> _Stated:
    if variable.value is None:
        why = {
            "generated": "the blueprint lets Render generate a random value for it",
            "reference": "the blueprint takes its value from another resource",
        }.get(variable.source, "its value is typed into Render's dashboard and stands in no file")
        return _Stated(BLUEPRINT_SOURCE, "", variable.evidence, line, "", why)
    written = service.setting(WRITTEN_VERSION)
    spelling = str(written.value) if written else variable.value
    return _Stated(BLUEPRINT_SOURCE, variable.value, variable.evidence, line, spelling)


def _from_variable(stated: _Stated, outranked: list[_Stated]) -> PythonOutcome:
    shadowed = tuple(_as_input(item, "The given PYTHON_VERSION outranks it.") for item in outranked)
    if stated.unknown:
        reason = f"{stated.evidence.place} declares PYTHON_VERSION, and {stated.unknown}"
        return _open(stated, (Unknown("python", f"{reason}.", (stated.evidence,), essential=True),), shadowed)
    if _FULL.fullmatch(stated.text):
        return _full(stated, shadowed)
    if _MINOR.fullmatch(stated.text):
        return _partial(stated, shadowed)
    return _malformed(stated, shadowed)


def _partial(stated: _Stated, shadowed: tuple[VersionInput, ...]) -> PythonOutcome:
    texts = dict.fromkeys((stated.text, stated.spelling))
    errors = tuple(log_line("python_partial", version=text) for text in texts)
    place = stated.evidence.place or "the environment"
    spelled = stated.spelling or stated.text
    trap = ""
    if len(errors) > 1:
        trap = f" YAML makes the number {stated.text} of the unquoted {spelled}, so that Render may even see that."
    problem = _invalid(
        stated,
        f"{place} sets PYTHON_VERSION to {spelled}. Render takes only a full X.Y.Z there.{trap} "
        f"The build stops right after the checkout with “{errors[0]}”",
        _full_hint(spelled, quoted=True),
        Confidence.HIGH,
    )
    return PythonOutcome(_refused(stated, "It is not a full X.Y.Z.", shadowed), (problem,), (), (), errors)


def _malformed(stated: _Stated, shadowed: tuple[VersionInput, ...]) -> PythonOutcome:
    place = stated.evidence.place or "the environment"
    problem = _invalid(
        stated,
        f"{place} sets PYTHON_VERSION to {stated.spelling!r}. Render's documentation wants a released, fully qualified "
        "X.Y.Z there, without a prefix, a range or a pre-release; the build will most likely stop.",
        _full_hint(stated.text, quoted=False),
        Confidence.MEDIUM,
    )
    unknown = Unknown(
        "python",
        f"PYTHON_VERSION is {stated.spelling!r}, which is not of the documented form X.Y.Z; how Render answers to such "
        "a text is not published.",
        (stated.evidence,),
    )
    return PythonOutcome(_refused(stated, "It is not a full X.Y.Z.", shadowed), (problem,), (unknown,))


def _full_hint(text: str, *, quoted: bool) -> str:
    found = re.search(r"3\.\d+", text)
    minor = found.group(0) if found else "3.12"
    example = f"{minor}.{max(release_row(minor).get('newest', 0), 0)}"
    quotes = " (in quotes, so that YAML keeps it a text)" if quoted else ""
    return f"Write the full version, such as {example}{quotes}."


# -- the file


def _files(project: Project, service: Service) -> list[_Stated]:
    """The version file of the repository's root and, where the service has a root directory, the one inside it."""
    found = []
    root = service.root_dir.value
    for path in dict.fromkeys((FILE, f"{root}/{FILE}" if root else FILE)):
        file = project.whole.get(path)
        if file is not None:
            found.append(_file(file, path))
    return found


def _file(file: SourceFile, path: str) -> _Stated:
    read = log_line("python_file", version=_ANY, path=path)
    match = _FILE_LINE.fullmatch(file.data.decode("utf-8", errors="replace"))
    text = match.group(1) if match else " ".join(file.text.split())[:80]
    unknown = "" if match else _strangeness(file)
    return _Stated(FILE, text, file.evidence(1), read, text, unknown)


def _strangeness(file: SourceFile) -> str:
    if file.problem is not None:
        return f"was not read: {file.problem}"
    if not file.text.strip():
        return "is empty"
    if len(file.text.strip().splitlines()) > 1 or "#" in file.text:
        return "holds more than one line, or a comment"
    return "holds more than a bare X.Y or X.Y.Z and one line feed"


def _from_files(files: list[_Stated], service: Service, context: PlanContext) -> PythonOutcome:
    root = service.root_dir.value
    agree = len(files) == 2 and files[0].text == files[1].text
    if root and not agree:
        return _ambiguous(files, service, context)
    stated = files[0]
    shadowed = tuple(_as_input(item, "It says the same as the file in the repository's root.") for item in files[1:])
    if stated.unknown:
        reason = (
            f"{stated.evidence.place} {stated.unknown}. Render documents a single line with X.Y or X.Y.Z and says "
            "nothing of other texts."
        )
        return _open(
            stated,
            (Unknown("python", reason, (stated.evidence, _rule("one line, X.Y or X.Y.Z")), essential=True),),
            shadowed,
        )
    outcome = _full(stated, shadowed) if _FULL.fullmatch(stated.text) else _minor(stated, shadowed)
    # Which of the two equal files the log names is as open as which of them is read.
    return replace(outcome, lines=()) if root else outcome


def _ambiguous(files: list[_Stated], service: Service, context: PlanContext) -> PythonOutcome:
    row = _data.load("render_native")["root_directory"]["version_file"]
    default = _from_default(context).choice
    inputs = tuple(
        _as_input(item, "Whether Render reads it for a service with a root directory is open.") for item in files
    )
    told = " and ".join(f"{item.evidence.path} says {item.text or 'nothing'}" for item in files)
    reason = (
        f"{told}, and the service's root directory is {service.root_dir.value}/. {row['text']}. If the file is read, "
        f"it decides; if not, Render takes its default {default.version or '(itself not known)'}. PYTHON_VERSION under "
        "envVars would settle it."
    )
    evidence = (files[0].evidence, *service.root_dir.evidence, _data.evidence(row, row["text"]))
    choice = PythonChoice(None, None, FILE, evidence, inputs)
    return PythonOutcome(choice, (), (Unknown("python", reason, evidence, essential=True),))


def _minor(stated: _Stated, shadowed: tuple[VersionInput, ...]) -> PythonOutcome:
    """X.Y in the file: the newest patch of that minor, which only Render knows."""
    row = release_row(stated.text)
    if not row or number(stated.text) < number(_document()["minimum"])[:2]:
        return _outside(stated, shadowed)
    evidence = (stated.evidence, _rule("Without a patch Render takes the newest one of that minor"))
    choice = PythonChoice(stated.text, stated.text, FILE, evidence, (_decides(stated), *shadowed))
    return PythonOutcome(choice)


# -- what both say


def _full(stated: _Stated, shadowed: tuple[VersionInput, ...]) -> PythonOutcome:
    minor, _, patch = stated.text.rpartition(".")
    if not release_row(minor) or number(stated.text) < number(_document()["minimum"]):
        return _outside(stated, shadowed)
    unreleased, maybe = beyond_known(minor, int(patch[:1000]))
    if unreleased and not maybe:
        return _not_fetched(stated, shadowed)
    source = FILE if stated.source == FILE else VARIABLE
    evidence = (stated.evidence, _rule(f"Render takes {stated.text} from {source}"))
    choice = PythonChoice(stated.text, stated.text, source, evidence, (_decides(stated), *shadowed))
    lines = (stated.read.replace(_ANY, stated.text), log_line("python_docs"))
    unknowns: tuple[Unknown, ...] = ()
    if unreleased:
        known = _data.load("render_native")["releases"]["known_on"]
        reason = (
            f"Python {stated.text} is newer than the releases known on {known}; whether Render has it is not known."
        )
        unknowns = (Unknown("python release", reason, (stated.evidence,)),)
    return PythonOutcome(choice, (), unknowns, lines)


def _outside(stated: _Stated, shadowed: tuple[VersionInput, ...]) -> PythonOutcome:
    """A version that Render says it does not offer: too old, or of a minor that is not released."""
    minimum = _document()["minimum"]
    old = number(stated.text) < number(minimum)
    said = f"Render offers released versions from {minimum} onward"
    problem = _invalid(
        stated,
        f"{stated.evidence.place or 'the environment'} asks for Python {stated.text}. {said}, so that the build cannot "
        "get this one and stops.",
        f"Choose a released version from {minimum} onward." if old else "Choose a released version, or use Docker.",
        Confidence.HIGH,
    )
    problem = replace(problem, evidence=(stated.evidence, _rule(said)))
    return PythonOutcome(_refused(stated, f"{said}.", shadowed), (problem,))


def _not_fetched(stated: _Stated, shadowed: tuple[VersionInput, ...]) -> PythonOutcome:
    errors = (
        log_line("python_not_cached", version=stated.text),
        log_line("python_not_fetched", version=stated.text),
    )
    minor = stated.text.rpartition(".")[0]
    row = _data.load("render_native")["releases"]
    newest = f"{minor}.{release_row(minor)['newest']}"
    known = _data.evidence(row, f"the newest {minor} known on {row['known_on']} is {newest}")
    problem = Problem(
        rule="python-version-unavailable",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        message=f"{stated.evidence.place or 'the environment'} asks for Python {stated.text}, which is not released "
        f"(the newest {minor} known on {row['known_on']} is {newest}). Render tries to fetch it and stops with "
        f"“{errors[1]}”",
        hint=f"Write {newest}, or another released version.",
        evidence=(stated.evidence, known),
        subject=stated.source,
    )
    choice = _refused(stated, "No such version is released.", shadowed)
    return PythonOutcome(choice, (problem,), (), errors, errors[1:])


# -- the default


def _from_default(context: PlanContext) -> PythonOutcome:
    day = context.created or context.on
    row = _data.row_on(_document()["defaults"], day)
    assumed = "" if context.created else " (its creation day is not known: taken as if it were created then)"
    if row is None or not row["version"]:
        text = f"Render's table of defaults has no row for services created on {day}{assumed}"
        evidence = (_rule(text),)
        choice = PythonChoice(None, None, "default", evidence)
        return PythonOutcome(
            choice,
            (),
            (Unknown("python", f"{text}: it leaves 2023-11-01 to 2023-12-03 out.", evidence, essential=True),),
        )
    version = row["version"]
    text = f"Render's default for services created on {day} is Python {version}{assumed}"
    absent = Evidence.absent("no PYTHON_VERSION among the variables and no .python-version")
    choice = PythonChoice(None, version, "default", (_data.evidence(row, text), absent))
    lines = (log_line("python_default", version=version), log_line("python_docs"))
    return PythonOutcome(choice, (), (), lines)


# -- parts


def _as_input(stated: _Stated, reason: str) -> VersionInput:
    return VersionInput(stated.source, stated.spelling or stated.text, InputUse.SHADOWED, reason, stated.evidence)


def _decides(stated: _Stated) -> VersionInput:
    reason = f"Render takes its Python from {stated.source}."
    return VersionInput(stated.source, stated.spelling or stated.text, InputUse.DECIDES, reason, stated.evidence)


def _refused(stated: _Stated, reason: str, shadowed: tuple[VersionInput, ...]) -> PythonChoice:
    spelled = stated.spelling or stated.text
    refused = VersionInput(stated.source, spelled, InputUse.INVALID, reason, stated.evidence)
    source = FILE if stated.source == FILE else VARIABLE
    return PythonChoice(spelled, None, source, (stated.evidence,), (refused, *shadowed))


def _open(stated: _Stated, unknowns: tuple[Unknown, ...], shadowed: tuple[VersionInput, ...]) -> PythonOutcome:
    source = FILE if stated.source == FILE else VARIABLE
    here = VersionInput(stated.source, stated.text, InputUse.DECIDES, unknowns[0].reason, stated.evidence)
    choice = PythonChoice(stated.text or None, None, source, (stated.evidence,), (here, *shadowed))
    return PythonOutcome(choice, (), unknowns)


def _invalid(stated: _Stated, message: str, hint: str, confidence: Confidence) -> Problem:
    rule = _rule("PYTHON_VERSION must be fully qualified; .python-version may leave the patch out")
    return Problem(
        rule="python-version-invalid",
        severity=Severity.HIGH,
        confidence=confidence,
        message=message,
        hint=hint,
        evidence=(stated.evidence, rule),
        subject=stated.source,
    )
