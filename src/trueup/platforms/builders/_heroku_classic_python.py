"""The Python that the classic buildpack takes: which file decides, to which version it resolves, what is said of it.

Source: heroku-buildpack-python lib/python_version.sh:50-534 and bin/compile:100-150 at b4e7e721, read on 2026-11-20.
Order: runtime.txt, .python-version, Pipfile.lock (only with Pipenv), the minor of the last build, the default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from trueup.manifests import pipfile_lock
from trueup.model.evidence import Evidence
from trueup.model.finding import Severity
from trueup.model.plan import InputUse, PlanContext, PythonChoice, VersionInput
from trueup.model.project import Project, SourceFile
from trueup.platforms import _data
from trueup.platforms.builders import _heroku_version_files as files
from trueup.platforms.builders._heroku_problems import END_OF_LIFE, INVALID, UNAVAILABLE, Log
from trueup.platforms.builders._heroku_releases import CLASSIC, Refusal, Resolved

_HOW = "Write the minor alone, such as `{minor}`, into a .python-version at the root of the app."


@dataclass
class _Search:
    """What has been read so far. `request` is the first answer; `stopped` is set when an error came before one."""

    source: str = ""
    request: str | None = None
    evidence: tuple[Evidence, ...] = ()
    stopped: bool = False
    inputs: list[VersionInput] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether nothing further is looked at."""
        return self.stopped or self.request is not None

    def note(self, source: str, value: str, use: InputUse, reason: str, evidence: Evidence) -> None:
        """Remember a place and what the buildpack does with it."""
        self.inputs.append(VersionInput(source, value, use, reason, evidence))

    def take(self, source: str, request: str, evidence: tuple[Evidence, ...]) -> None:
        """Let a place decide."""
        self.source, self.request, self.evidence = source, request, evidence


@dataclass(frozen=True)
class Choice:
    """The choice, with the request also where no file states one."""

    python: PythonChoice
    requested: str | None


def choose(log: Log, source: Project, package_manager: str | None, context: PlanContext) -> Choice:
    """Read every place in order, resolve what decides, and log what the buildpack says about it."""
    search = _Search()
    _runtime_txt(log, source, search)
    _misspelled(log, source, search, context.on)
    _version_file(log, source, search, context.on)
    _pipfile_lock(log, source, search, package_manager)
    if not search.over:
        _previous_or_default(search, context)
    if search.request is None:
        python = PythonChoice(None, None, search.source, search.evidence, tuple(search.inputs))
        return Choice(python, None)
    resolved = CLASSIC.resolve(search.request, context.on)
    _log_resolution(log, search, resolved, package_manager, context.on)
    stated = search.source not in ("default", "cached")
    evidence = (*search.evidence, *resolved.evidence)
    requested = search.request if stated else None
    python = PythonChoice(requested, resolved.version, search.source, evidence, tuple(search.inputs))
    return Choice(python, search.request)


def _readable(source: Project, path: str) -> SourceFile | None:
    """A file that is there and whose bytes are known."""
    file = source.get(path)
    return file if file is not None and file.problem is None else None


def _runtime_txt(log: Log, source: Project, search: _Search) -> None:
    file = _readable(source, "runtime.txt")
    if file is None:
        return
    reading = files.read_runtime_txt(file)
    evidence = files.line_evidence(file, reading)
    if reading.request:
        search.note(
            "runtime.txt", reading.request, InputUse.DECIDES, "runtime.txt outranks every other file.", evidence
        )
        search.take("runtime.txt", reading.request, (evidence,))
        return
    search.source, search.evidence, search.stopped = "runtime.txt", (evidence,), True
    reason = "It is not one line of the form python-X.Y or python-X.Y.Z."
    search.note("runtime.txt", reading.value, InputUse.INVALID, reason, evidence)
    is_encoded = file.encoding.startswith(("utf-16", "utf-32"))
    what = f"is encoded as {file.encoding.upper()}" if is_encoded else f"says “{reading.value}”"
    log.error(
        reading.error,
        f"{evidence.place} {what}, which is not one line of the form python-X.Y or python-X.Y.Z.",
        "Delete runtime.txt. " + _HOW.format(minor=_default_minor()),
        (evidence, CLASSIC.source("lib/python_version.sh#L144-L178", "the form that is accepted")),
        INVALID,
        subject="runtime.txt",
        reason="runtime-txt::invalid-version",
    )


def _misspelled(log: Log, source: Project, search: _Search, day: str) -> None:
    if search.over or not CLASSIC.in_force("misspelled-version-file", day):
        return
    for name in files.MISSPELLED_NAMES:
        if not source.has(name):
            continue
        evidence = Evidence.found(source.in_project(name), None, f"the file is named '{name}'")
        search.source, search.evidence, search.stopped = ".python-version", (evidence,), True
        file = source.get(name)
        value = file.lines[0].strip()[:100] if file is not None and file.is_text else ""
        search.note(".python-version", value, InputUse.INVALID, "Its name is misspelled.", evidence)
        log.error(
            "Error: Your .python-version file is spelled incorrectly.",
            f"There is a file named '{name}'.",
            "Rename it to `.python-version`, exactly so.",
            (evidence, CLASSIC.rule_evidence("misspelled-version-file", "known misspellings are refused")),
            INVALID,
            subject=name,
            reason="python-version-file::misspelled",
        )
        return


def _version_file(log: Log, source: Project, search: _Search, day: str) -> None:
    file = _readable(source, ".python-version")
    if file is None:
        return
    reading = files.read_classic_version_file(file)
    evidence = files.line_evidence(file, reading)
    if not CLASSIC.in_force("python-version-file", day):
        reason = "The buildpack reads .python-version only since 2024-10-14."
        search.note(".python-version", reading.value, InputUse.IGNORED, reason, evidence)
    elif search.over:
        reason = f"{search.source} outranks it." if search.request else "The build stops before it is read."
        search.note(".python-version", reading.value, InputUse.SHADOWED, reason, evidence)
    elif reading.request:
        reason = "It is the first version file that is there."
        search.note(".python-version", reading.request, InputUse.DECIDES, reason, evidence)
        search.take(".python-version", reading.request, (evidence,))
    else:
        search.source, search.evidence, search.stopped = ".python-version", (evidence,), True
        search.note(".python-version", reading.value, InputUse.INVALID, "It is not one version X.Y or X.Y.Z.", evidence)
        _refuse_version_file(log, reading, evidence)


def _refuse_version_file(log: Log, reading: files.Reading, evidence: Evidence) -> None:
    found = {
        "invalid-version": f"{evidence.place} says “{reading.value}”, which is not of the form X.Y or X.Y.Z.",
        "invalid-encoding": f"{evidence.place} is not saved as UTF-8 without a byte-order mark.",
        "no-version": f"{evidence.place} holds no version, only comments or empty lines.",
        "multiple-versions": f"{evidence.place} holds {len(reading.found)} versions: {reading.value}.",
    }[reading.variant]
    log.error(
        reading.error,
        found,
        f"Let the file hold one line, such as `{_default_minor()}`: no quotes, no `python-`, no wildcards, in UTF-8.",
        (evidence, CLASSIC.source("lib/python_version.sh#L181-L334", "the form that is accepted")),
        INVALID,
        subject=".python-version",
        reason=f"python-version-file::{reading.variant}",
        found=reading.found,
    )


def _pipfile_lock(log: Log, source: Project, search: _Search, package_manager: str | None) -> None:
    """Read Pipfile.lock, where Pipenv is the package manager. Elsewhere `[ignored]` of the data says why it is not."""
    file = _readable(source, "Pipfile.lock")
    if file is None or package_manager != "pipenv":
        return
    reading = files.read_pipfile_lock(file)
    evidence = files.line_evidence(file, reading)
    label = f"Pipfile.lock {reading.key}".rstrip()
    if search.over:
        if reading.key:
            search.note(label, reading.value, InputUse.SHADOWED, f"{search.source} outranks it.", evidence)
    elif reading.request:
        reason = "No version file is there, and Pipenv is the package manager."
        search.note(label, reading.request, InputUse.DECIDES, reason, evidence)
        search.take("Pipfile.lock", reading.request, (evidence,))
    elif reading.error:
        search.source, search.evidence, search.stopped = "Pipfile.lock", (evidence,), True
        search.note(label, reading.value, InputUse.INVALID, "It is not a version X.Y or X.Y.Z.", evidence)
        _refuse_pipfile_lock(log, reading, evidence)
    _lesser_field(file, reading, search)


def _refuse_pipfile_lock(log: Log, reading: files.Reading, evidence: Evidence) -> None:
    broken = reading.variant == "invalid-json"
    log.error(
        reading.error,
        "Pipfile.lock is not valid JSON." if broken else f"{evidence.place} requires Python “{reading.value}”.",
        "Run `pipenv lock` again." if broken else "State X.Y in the Pipfile's [requires], and run `pipenv lock`.",
        (evidence, CLASSIC.source("lib/python_version.sh#L354-L417", "how Pipfile.lock is read")),
        INVALID,
        subject="Pipfile.lock",
        reason=f"pipfile-lock::{reading.variant}",
    )


def _lesser_field(file: SourceFile, reading: files.Reading, search: _Search) -> None:
    """Note python_version, where python_full_version beside it is the one that is read."""
    if reading.key != "python_full_version":
        return
    for statement in pipfile_lock.python_statements(file):
        if statement.source == "Pipfile.lock python_version":
            reason = "python_full_version beside it outranks it."
            search.note(statement.source, statement.value, InputUse.SHADOWED, reason, statement.evidence)


def _previous_or_default(search: _Search, context: PlanContext) -> None:
    """Without any file: the minor of the last build, else the default.

    The last build is what the context says; where it only says when the app was created, the default of that day is
    what the first build took and every later one kept (as long as the build cache was not cleared).
    """
    previous = context.previous_python or ""
    if re.fullmatch(r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))?", previous):
        minor = ".".join(previous.split(".")[:2])
        evidence = Evidence.given(f"the last build took Python {previous} (--previous-python)")
        search.note("previous build", previous, InputUse.DECIDES, "No file states a version.", evidence)
        search.take("cached", minor, (evidence, _sticky()))
        return
    row = CLASSIC.default(context.on)
    first = CLASSIC.default(context.created) if context.created and context.created < context.on else None
    absent = Evidence.absent("no runtime.txt, no .python-version, and no version in a Pipfile.lock of Pipenv")
    if first is not None and context.created:
        minor = ".".join(first["version"].split(".")[:2])
        given = Evidence.given(f"the app was created on {context.created}, when the default was Python {minor}")
        search.take(
            "cached", minor, (absent, given, _data.evidence(first, f"Python {minor} became the default"), _sticky())
        )
    elif row is not None:
        minor = ".".join(row["version"].split(".")[:2])
        text = f"Python {minor} is the buildpack's default since {_since(minor, context.on)}"
        search.take("default", minor, (absent, _data.evidence(row, text)))
    else:
        search.source, search.evidence = "default", (absent,)


def _since(minor: str, day: str) -> str:
    """The first day of the default's minor."""
    rows = [row for row in CLASSIC.rows["default"] if row["from"] <= day]
    return min(str(row["from"]) for row in rows if row["version"] == minor or row["version"].startswith(f"{minor}."))


def _sticky() -> Evidence:
    return CLASSIC.source("lib/python_version.sh#L125-L140", "without a stated version, a build keeps the last minor")


def _default_minor() -> str:
    """The newest default on record, for hints."""
    newest = max(CLASSIC.rows["default"], key=lambda row: row["from"])
    return ".".join(str(newest["version"]).split(".")[:2])


def _log_resolution(log: Log, search: _Search, resolved: Resolved, package_manager: str | None, day: str) -> None:
    """Log errors and warnings about a request, in the order of bin/compile:131-149 and lib/python.sh:60-95."""
    request = search.request or ""
    minor = ".".join(request.split(".")[:2])
    evidence = (*search.evidence, *resolved.evidence)
    origin = "cached" if search.source == "cached" else "requested"
    if resolved.refusal is Refusal.END_OF_LIFE:
        oldest = CLASSIC.supported(day)[0]["version"]
        log.error(
            f"Error: The {origin} Python version has reached end-of-life.",
            f"{_stated(search)} Python {minor} is no longer supported on {day}; the oldest is {oldest}.",
            f"State a supported Python, at least {oldest}. " + _HOW.format(minor=_default_minor()),
            evidence,
            END_OF_LIFE,
            sure=resolved.sure,
            subject=minor,
            reason="python-version::eol",
        )
    elif resolved.refusal is Refusal.NOT_RECOGNISED:
        newest = CLASSIC.supported(day)[-1]["version"]
        log.error(
            f"Error: The {origin} Python version isn't recognised.",
            f"{_stated(search)} The newest Python that the buildpack is known to take is {newest}.",
            f"State a supported Python, such as {newest}.",
            evidence,
            UNAVAILABLE,
            sure=resolved.sure,
            subject=minor,
            reason="python-version::unknown-major",
        )
    else:
        _log_origin(log, search, package_manager, minor, day)
        _log_age(log, search, resolved, minor, day)


def _stated(search: _Search) -> str:
    place = search.evidence[0].place if search.source not in ("cached", "default") else ""
    return (
        f"{place} asks for Python {search.request}." if place else f"No file states a version; {search.request} it is."
    )


def _log_origin(log: Log, search: _Search, package_manager: str | None, minor: str, day: str) -> None:
    """What is said because of the place that decides (lib/python_version.sh:539-652)."""
    hint = _HOW.format(minor=minor)
    if search.source in ("default", "cached"):
        found = f"No file states a Python version; {minor} is taken ({search.source})."
        if package_manager == "uv":
            rule = CLASSIC.source("lib/python_version.sh#L553-L576", "uv needs a .python-version")
            line = "Error: No Python version was specified."
            hint = f"Run `uv python pin {minor}` and commit .python-version."
            log.error(line, found, hint, (*search.evidence, rule), INVALID, reason="python-version-file::not-found")
        elif CLASSIC.in_force("version-missing-warning", day):
            severity = Severity.MEDIUM if search.source == "default" else Severity.LOW
            log.warning("Warning: No Python version was specified.", found, hint, search.evidence, severity=severity)
    elif search.source == "runtime.txt":
        found = f"{search.evidence[0].place} states the Python version."
        hint = f"Delete runtime.txt. {hint}"
        if package_manager == "uv":
            rule = CLASSIC.source("lib/python_version.sh#L605-L630", "runtime.txt is refused with uv")
            line = "Error: The runtime.txt file isn't supported when using uv."
            log.error(line, found, hint, (*search.evidence, rule), INVALID, reason="runtime-txt::not-supported")
        elif CLASSIC.in_force("runtime-txt-deprecated", day):
            rule = CLASSIC.rule_evidence("runtime-txt-deprecated", "runtime.txt is deprecated")
            log.warning("Warning: The runtime.txt file is deprecated.", found, hint, (*search.evidence, rule))


def _log_age(log: Log, search: _Search, resolved: Resolved, minor: str, day: str) -> None:
    """What is said because of the version itself: deprecated, outdated, or not to be had."""
    evidence = (*search.evidence, *resolved.evidence)
    deprecated = CLASSIC.deprecation(minor, day)
    if deprecated is not None:
        log.warning(
            f"Warning: Support for Python {minor} is deprecated!",
            f"{_stated(search)} Heroku ends its support for {minor} on {deprecated['until']}; then the build fails.",
            f"Move to a newer Python before {deprecated['until']}.",
            (*search.evidence, _data.evidence(deprecated, f"deprecated since {deprecated['deprecated']}")),
            END_OF_LIFE,
            Severity.MEDIUM,
        )
    newest = CLASSIC.newest_patch(minor, day)
    if resolved.refusal is Refusal.UNAVAILABLE and newest is not None:
        log.error(
            "Error: The requested Python version isn't available.",
            f"{_stated(search)} The newest patch of {minor} that is known is {newest['version']}.",
            f"State `{minor}` alone, or a patch that exists.",
            evidence,
            UNAVAILABLE,
            sure=resolved.sure,
            subject=search.request or "",
            reason="python-version::unknown-patch",
        )
    elif newest is not None and resolved.version and _patch(resolved.version) < _patch(newest["version"]):
        log.warning(
            "Warning: A Python patch update is available!",
            f"{_stated(search)} The newest patch of {minor} is {newest['version']}.",
            f"State `{minor}` alone, so that security fixes arrive with every build.",
            evidence,
        )


def _patch(version: str) -> int:
    parts = version.split(".")
    return int(parts[2]) if len(parts) > 2 else 0
