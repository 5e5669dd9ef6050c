"""A requirement points to a file of the author's machine.

What it means:
    A line says `name @ file:///…` (conda and `pip freeze` write it) or gives a path that only exists where the file
    was written.

Why:
    `pip freeze` in a conda environment records where conda built the package.

Example:
    OSError: [Errno 2] No such file or directory: '/croot/certifi_1683875369620/work/certifi'

What to do:
    Replace the path by a version.

Sources:
    pip's PEP 610 handling in `pip freeze`; conda's build folders; own recordings; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._rule import Group, Rule, Scene, pattern
from trueup.model.finding import Confidence

_ELSEWHERE = (
    r"(?:/croot/|/opt/conda|/tmp/(?!pip)|/home/\w|/Users/|/?[A-Z]:[/\\]|/private/|/feedstock_root|"
    r"/work/|/bld/|/mnt/|/D:|/C:|/System/)"
)


def _conda_package(scene: Scene) -> Mapping[str, str] | None:
    """The package that a path of conda's build folders names: `/croot/certifi_1683875369620/work`."""
    path = scene.match.groupdict().get("path") or ""
    found = re.search(
        r"/(?:croot|bld|feedstock_root|private/\w+)/(?<![\w.-])(?P<name>[A-Za-z][\w.-]{0,80}?)(?:_\d{8,}|-split)?(?:_\d{8,})?/",
        path,
    )
    return {"package": found["name"]} if found else {}


RULE = Rule(
    id="local-file-requirement",
    title="A requirement points to a file of the author's machine",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern(
            "Could not install packages due to an",
            r"(?:OSError|EnvironmentError): \[Errno 2\] No such file or directory:"
            rf" '(?P<path>[^']*{_ELSEWHERE}[^']*)'",
            accept=_conda_package,
        ),
        pattern(
            "Could not install packages due to an",
            r"(?:OSError|EnvironmentError): \[Errno 2\] No such file or directory:"
            r" '(?P<path>/(?:croot|private|Users|[A-Z]:|feedstock)[^']*)'",
            accept=_conda_package,
            lead=-1,
        ),
        pattern("file:///", r"[Dd]istribution not found at: (?P<path>file:///\S+)", accept=_conda_package),
        pattern(
            "file://",
            r"(?<![\w.-])(?P<package>[A-Za-z][\w.-]{0,80}) @ (?P<path>file:///[^\s'`]+).*(?:does not exist|not"
            r" found|No such"
            r" file|[Ii]nvalid|cannot)",
        ),
        pattern(
            "@ file://",
            r"(?:error|ERROR|[Ff]ailed|[Ii]nvalid).{0,80}?(?<![\w.-])(?P<package>[A-Za-z][\w.-]{0,80}) @"
            r" (?P<path>file:///[^\s'`]+)",
        ),
        pattern(
            "is not a valid editable requirement",
            r"(?<!\S)(?P<path>\S{1,300}) is not a valid editable requirement",
        ),
        pattern(
            "Neither 'setup.py' nor 'pyproject.toml' found",
            r"(?:Directory|file) ['\"]?(?P<path>file:///\S+?|/\S+?)['\"]? (?:does not appear to be|is not"
            r" installable).*",
            confidence=Confidence.MEDIUM,
            needs=r"@ file:|^Processing /",
            reach=6,
        ),
        pattern(
            "Processing /",
            rf"^Processing (?P<path>{_ELSEWHERE}\S*)",
            accept=_conda_package,
            confidence=Confidence.MEDIUM,
            lead=-2,
            needs=r"No such file or directory|not found|does not exist",
            reach=6,
        ),
        pattern(
            "looks like a filename, but the file does not exist",
            r"Requirement '(?P<path>[^']+)' looks like a filename",
        ),
        pattern(
            "should either be a path to a local project",
            r"(?<!\S)(?P<path>\S{1,300}) should either be a path to a local project or a VCS url",
        ),
    ),
    explanation=(
        "A requirement points to {path}, which exists on the machine where the file was written and not here.",
    ),
    remedies=(
        (
            "Replace `{package} @ file://…` by a version, such as `{package}==X.Y`. | Replace every `name @ file://…`"
            " in the requirements by `name==version` (`pip list --format=freeze` writes them so)."
        ),
    ),
    examples=(
        (
            "Processing /croot/certifi_1683875369620/work/certifi\nERROR: Could not install packages due to an"
            " OSError: [Errno 2] No such file or directory: '/croot/certifi_1683875369620/work/certifi'"
        ),
        "error: Distribution not found at: file:///C:/Users/me/code/mypkg",
        "WARNING: Requirement 'dist/kettle-1.0-py3-none-any.whl' looks like a filename, but the file does not exist",
    ),
    counter_examples=(
        "ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'",
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    ),
    about_a_package=False,
)
