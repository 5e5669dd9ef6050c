"""The Python that the Cloud Native Buildpack takes: .python-version or the default, nothing else.

Source: buildpacks-python src/python_version.rs:114-180 and src/errors.rs:148-400 at f81d0dc1, read on 2026-11-20.
"""

from __future__ import annotations

from dataclasses import dataclass

from trueup.manifests import runtime_txt
from trueup.model.evidence import Evidence
from trueup.model.finding import Severity
from trueup.model.plan import InputUse, PythonChoice, VersionInput
from trueup.model.project import Project
from trueup.platforms import _data
from trueup.platforms.builders import _heroku_version_files as files
from trueup.platforms.builders._heroku_problems import END_OF_LIFE, INVALID, UNAVAILABLE, Log
from trueup.platforms.builders._heroku_releases import CNB, Refusal, Resolved
from trueup.platforms.builders._heroku_source import exists


@dataclass(frozen=True)
class Choice:
    """The choice, with the request also where no file states one."""

    python: PythonChoice
    requested: str | None


def choose(log: Log, source: Project, package_manager: str | None, day: str) -> Choice:
    """Read the request, resolve it, and log what the buildpack says about it."""
    inputs: list[VersionInput] = []
    label, request, evidence = _request(log, source, package_manager, day, inputs)
    if request is None:
        return Choice(PythonChoice(None, None, label, evidence, tuple(inputs)), None)
    resolved = CNB.resolve(request, day)
    log_resolution(log, request, label, resolved, evidence, day)
    stated = request if label == ".python-version" else None
    python = PythonChoice(stated, resolved.version, label, (*evidence, *resolved.evidence), tuple(inputs))
    return Choice(python, request)


def _request(
    log: Log, source: Project, package_manager: str | None, day: str, inputs: list[VersionInput]
) -> tuple[str, str | None, tuple[Evidence, ...]]:
    """The place that decides, its request (None: the build stops), and the evidence."""
    file = source.get(".python-version")
    file = file if file is not None and file.problem is None else None
    reading = files.read_cnb_version_file(file) if file is not None else None
    evidence = files.line_evidence(file, reading) if file is not None and reading is not None else None
    refused = _runtime_txt(log, source, day, inputs)
    if refused is not None:
        if reading is not None and evidence is not None:
            reason = "The build stops at runtime.txt before it is read."
            inputs.append(VersionInput(".python-version", reading.value, InputUse.SHADOWED, reason, evidence))
        return "runtime.txt", None, (refused,)
    if reading is not None and evidence is not None:
        if reading.request is None:
            reason = "It is not one version X.Y or X.Y.Z."
            inputs.append(VersionInput(".python-version", reading.value, InputUse.INVALID, reason, evidence))
            _refuse(log, reading, evidence)
        else:
            reason = "It is the one place that the buildpack reads."
            inputs.append(VersionInput(".python-version", reading.request, InputUse.DECIDES, reason, evidence))
        return ".python-version", reading.request, (evidence,)
    return _default(log, package_manager, day)


def _default(log: Log, package_manager: str | None, day: str) -> tuple[str, str | None, tuple[Evidence, ...]]:
    absent = Evidence.absent("no .python-version at the root of the app")
    row = CNB.default(day)
    if row is None:
        return "default", None, (absent,)
    minor = ".".join(row["version"].split(".")[:2])
    evidence = (absent, _data.evidence(row, f"the default became {row['version']} with {row['release']}"))
    if package_manager == "uv":
        log.error(
            "No Python version was specified",
            "The package manager is uv, and no .python-version is there.",
            f"Run `uv python pin {minor}` and commit .python-version.",
            (*evidence, CNB.source("src/python_version.rs#L136-L138", "uv needs a .python-version")),
            INVALID,
            subject=".python-version",
            error_variant="PythonVersionFileRequiredWithUv",
        )
        return "default", None, evidence
    return "default", minor, evidence


def _runtime_txt(log: Log, source: Project, day: str, inputs: list[VersionInput]) -> Evidence | None:
    """Refuse runtime.txt, whatever it holds; None where it is absent (or the day lies before the refusal)."""
    if not exists(source, "runtime.txt") or not CNB.in_force("runtime-txt-refused", day):
        return None
    file = source.get("runtime.txt")
    lines = runtime_txt.value_lines(file) if file is not None else ()
    number, value = lines[0] if lines else (None, "")
    evidence = Evidence.found(source.in_project("runtime.txt"), number, value or "runtime.txt is there")
    reason = "The buildpack stops where runtime.txt exists, whatever it says."
    inputs.append(VersionInput("runtime.txt", value.removeprefix("python-"), InputUse.INVALID, reason, evidence))
    log.error(
        "The runtime.txt file isn't supported",
        f"{evidence.place} is there.",
        "Delete runtime.txt, and write the minor alone (such as `3.13`) into .python-version.",
        (evidence, CNB.rule_evidence("runtime-txt-refused", "runtime.txt stops the build")),
        INVALID,
        subject="runtime.txt",
        error_variant="RuntimeTxtNotSupported",
    )
    return evidence


def _refuse(log: Log, reading: files.Reading, evidence: Evidence) -> None:
    what = {
        "InvalidVersion": f"{evidence.place} says “{reading.value[:100]}”, which is not of the form X.Y or X.Y.Z.",
        "NoVersion": f"{evidence.place} holds no version, only comments or empty lines.",
        "MultipleVersions": f"{evidence.place} holds {len(reading.found)} lines that are no comments: "
        f"{reading.value[:100]}.",
        "ReadPythonVersionFile": f"{evidence.place} is not UTF-8.",
    }[reading.variant]
    log.error(
        reading.error,
        what,
        "Let the file hold one line, such as `3.13`: no quotes, no `python-`, no wildcards, in UTF-8.",
        (evidence, CNB.source("src/python_version_file.rs#L8-L48", "the form that is accepted")),
        INVALID,
        subject=".python-version",
        error_variant=reading.variant,
        found=reading.found,
    )


def log_resolution(
    log: Log, request: str, label: str, resolved: Resolved, evidence: tuple[Evidence, ...], day: str
) -> None:
    """Log that a version is too old, too new, deprecated or missing (src/main.rs:84-125, layers/python.rs:81-100)."""
    minor = ".".join(request.split(".")[:2])
    stated = f"{evidence[0].place} asks for Python {request}." if label != "default" else f"The default is {request}."
    everything = (*evidence, *resolved.evidence)
    if resolved.refusal is Refusal.END_OF_LIFE:
        oldest = CNB.supported(day)[0]["version"]
        log.error(
            "The requested Python version has reached end-of-life",
            f"{stated} Python {minor} is no longer supported on {day}; the oldest is {oldest}.",
            f"State a supported Python, at least {oldest}, in .python-version.",
            everything,
            END_OF_LIFE,
            sure=resolved.sure,
            subject=minor,
            error_variant="EolVersion",
        )
        return
    if resolved.refusal is Refusal.NOT_RECOGNISED:
        newest = CNB.supported(day)[-1]["version"]
        log.error(
            "The requested Python version isn't recognised",
            f"{stated} The newest Python that the buildpack is known to take is {newest}.",
            f"State a supported Python, such as {newest}, in .python-version.",
            everything,
            UNAVAILABLE,
            sure=resolved.sure,
            subject=minor,
            error_variant="UnknownVersion",
        )
        return
    deprecated = CNB.deprecation(minor, day)
    if deprecated is not None:
        log.warning(
            f"Support for Python {minor} is deprecated",
            f"{stated} Heroku ends its support for {minor} on {deprecated['until']}; then the build fails.",
            f"Move to a newer Python before {deprecated['until']}.",
            (*evidence, _data.evidence(deprecated, f"deprecated since {deprecated['deprecated']}")),
            END_OF_LIFE,
            Severity.MEDIUM,
        )
    if resolved.refusal is Refusal.UNAVAILABLE:
        log.error(
            "The requested Python version isn't available",
            f"{stated} No such patch of {minor} is known.",
            f"State `{minor}` alone, or a patch that exists.",
            everything,
            UNAVAILABLE,
            sure=resolved.sure,
            subject=request,
            error_variant="PythonArchiveNotAvailable",
        )
