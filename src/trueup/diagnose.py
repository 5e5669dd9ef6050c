"""From a log to an answer: read it, ask the index, and point into the project.

diagnose(stream)                 the log alone
confirmed_by_index(…, index)     which version has the wheel; which reading of "from versions: none" holds
pointed_at_project(…, project)   the file and line to change, and the repair
proves_python(…, "3.11")         whether the log proves which Python was used
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

from trueup.index.interface import Index
from trueup.logrules._engine import diagnose_stream
from trueup.logrules._resolved import confirmed
from trueup.logrules._rule import Group
from trueup.model.diagnosis import Cause, Diagnosis
from trueup.model.evidence import Evidence
from trueup.model.project import Project
from trueup.registry import discover

_REQUIREMENTS = re.compile(
    r"(?:^|/)(?:[^/]*requirements[^/]*\.(?:txt|in)|requirements/[^/]+\.(?:txt|in)|constraints[^/]*\.txt|pyproject\.toml|Pipfile|setup\.(?:cfg|py))$"
)
_LOCKS = re.compile(r"(?:^|/)(?:uv\.lock|poetry\.lock|pdm\.lock|Pipfile\.lock|pylock[^/]*\.toml)$")
_VERSION_FILES = re.compile(
    r"(?:^|/)(?:\.python-version|runtime\.txt|\.tool-versions|mise\.toml|render\.yaml|nixpacks\.toml|railpack\.json)$"
)
_PYTHON_WORDS = re.compile(r"PYTHON_VERSION|python[-_ ]?(?:version)?|^\d+\.\d+", re.IGNORECASE)
_ABOUT_PYTHON = frozenset(
    {
        "python-too-old-for-pin",
        "python-too-new-for-pin",
        "python-version-unavailable",
        "python-version-syntax",
        "stdlib-removed-at-start",
        "event-loop-missing",
    }
)
_START_RULES = frozenset(
    {"start-command-not-found", "asgi-app-not-found", "wsgi-app-not-found", "no-open-port", "port-not-expanded"}
)
_START_FILES = re.compile(
    r"(?:^|/)(?:Procfile|render\.yaml|railway\.(?:json|toml)|nixpacks\.toml|railpack\.json|Dockerfile|fly\.toml|app\.json)$"
)
_START_WORDS = re.compile(r"^web:|start_?command|startCommand|^CMD\b|^ENTRYPOINT\b|^cmd\s*=", re.IGNORECASE)


def diagnose(stream: BinaryIO | Iterable[bytes]) -> Diagnosis:
    """Diagnose a log that is read from a binary file or from chunks of bytes, in bounded memory."""
    return diagnose_stream(stream)


def confirmed_by_index(diagnosis: Diagnosis, index: Index) -> Diagnosis:
    """The diagnosis with what a package index says to its causes; unchanged where it cannot be reached."""
    causes = tuple(confirmed(cause, diagnosis.python, index) for cause in diagnosis.causes)
    return replace(diagnosis, causes=causes)


def pointed_at_project(diagnosis: Diagnosis, project: Project) -> Diagnosis:
    """The diagnosis with the lines of a project that are to be changed, and with the repair in words."""
    return replace(diagnosis, causes=tuple(_pointed(cause, project) for cause in diagnosis.causes))


def proves_python(diagnosis: Diagnosis, wanted: str) -> bool:
    """Whether the log proves that a Python was used: the last line that states one (or, without any, the paths and
    tags) says `wanted`, to as many parts as `wanted` has.
    """
    stated = diagnosis.pythons[-1] if diagnosis.pythons else diagnosis.python
    if stated is None:
        return False
    parts = wanted.split(".")
    return stated.split(".")[: len(parts)] == parts


def _pointed(cause: Cause, project: Project) -> Cause:
    pointers = list(_lines_of_cause(cause, project))
    return replace(cause, pointers=tuple(pointers[:6]), repair=_repair(cause, bool(pointers)))


def _lines_of_cause(cause: Cause, project: Project) -> Iterator[Evidence]:
    group = discover("trueup.logrules", "RULE")[cause.rule].group
    if cause.package and cause.rule != "missing-dependency":
        direct = list(_named(project, cause.package, _REQUIREMENTS))
        yield from direct or list(_named(project, cause.package, _LOCKS))[:1]
    if group is Group.SOURCE_BUILD or cause.rule in _ABOUT_PYTHON:
        yield from _matching(project, _VERSION_FILES, _PYTHON_WORDS)
    if cause.rule in _START_RULES:
        yield from _matching(project, _START_FILES, _START_WORDS)


def _named(project: Project, package: str, files: re.Pattern[str]) -> Iterator[Evidence]:
    """The lines of manifests that name a package, however its name is written there."""
    flexible = re.sub(r"[-_.]+", "[-_.]+", package)
    name = re.compile(rf"(?:^|[\s\"'\[,=]){flexible}(?=$|[\s\"'\[<>=!~;,@\]])", re.IGNORECASE)
    for path, file in sorted(project.files.items()):
        if not files.search(path):
            continue
        for number, line in enumerate(file.lines, 1):
            if name.search(line.split("#")[0]):
                yield file.evidence(number)


def _matching(project: Project, files: re.Pattern[str], words: re.Pattern[str]) -> Iterator[Evidence]:
    for path, file in sorted(project.files.items()):
        if files.search(path):
            for number, line in enumerate(file.lines, 1):
                if words.search(line.strip()):
                    yield file.evidence(number)
                    break


def _repair(cause: Cause, pointed: bool) -> str | None:
    group = discover("trueup.logrules", "RULE")[cause.rule].group
    if group is Group.SOURCE_BUILD or cause.rule in (
        "python-too-new-for-pin",
        "python-too-old-for-pin",
        "version-not-on-index",
    ):
        subject = cause.package or "the package"
        return (
            "`trueup fix` offers the smallest change: pinning the Python in the file that the platform reads, or"
            f" another version of {subject}."
        )
    if cause.rule in ("lock-out-of-date", "python-version-syntax", "python-version-unavailable", "no-start-command"):
        return "`trueup fix` offers the change."
    return "Change the line named above by hand; `trueup check` then tells whether it helps." if pointed else None
