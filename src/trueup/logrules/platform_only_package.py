"""The package has files for another operating system only.

What it means:
    The requirement names a package such as pywin32 or appnope, which exists for Windows or macOS only; the image is
    Linux.

Why:
    The requirements were frozen on a developer's Windows or macOS machine.

Example:
    ERROR: Could not find a version that satisfies the requirement pywin32==306 (from versions: none)

What to do:
    Remove the line, or give it a marker: `pywin32==306 ; sys_platform == "win32"`.

Sources:
    The files of pywin32, pywinpty, pyobjc and appnope on the index; PEP 508 markers; uv's resolver report; read
    2026-11-20.
"""

from __future__ import annotations

from collections.abc import Mapping

from packaging.utils import canonicalize_name

from trueup.logrules._no_match import NO_VERSION, OTHER_SYSTEMS, reading_is
from trueup.logrules._rule import Group, Rule, Scene, pattern


def _known(scene: Scene) -> Mapping[str, str] | None:
    return {} if OTHER_SYSTEMS.match(canonicalize_name(scene.match["package"])) else None


RULE = Rule(
    id="platform-only-package",
    title="The package exists for another operating system only",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern("Could not find a version that", NO_VERSION, span=2, accept=reading_is("platform-only-package")),
        pattern(
            "matching platform tag",
            r"[Bb]ecause (?<![\w.-])(?P<package>[\w.-]{1,80})(?:==(?P<version>[\w.+]+))? has no wheels with a"
            r" matching platform tag",
            span=3,
        ),
        pattern(
            "platform tag",
            r"(?<![\w.-])(?P<package>[\w.-]{1,80})==(?P<version>[\w.+]+) has no wheels with a matching platform tag",
            span=4,
        ),
        pattern(
            "doesn't have a source distribution or wheel for the current platform",
            r"(?<![\w.-])(?P<package>[\w.-]{1,80})==(?P<version>[\w.+]+) @ \S+",
            span=4,
            accept=_known,
        ),
        pattern(
            "only has wheels for the following platforms",
            r"but `(?<![\w.-])(?P<package>[\w.-]{1,80})` \(v(?P<version>[\w.+]+)\) only has wheels for the following"
            r" platform",
            span=4,
        ),
        pattern(
            "Unable to find installation candidates for",
            r"installation candidates for (?<![\w.-])(?P<package>[\w.-]{1,80}) \((?P<version>[\w.+]+)\)",
            accept=_known,
        ),
        pattern(
            "only runs on",
            r"(?<![\w.-])(?P<package>[A-Za-z][\w.-]{1,80}) (?:only runs on|is only (?:available|supported)"
            r" (?:on|for)|can only be"
            r" (?:built|installed) on) (?P<system>Windows|macOS|Mac|Darwin|Windows only)",
        ),
        pattern("is only supported on", r"(?P<system>PyObjC) requires macOS to build"),
        pattern("requires macOS to build", r"(?P<package>PyObjC|pyobjc\S*) requires macOS"),
        pattern(
            "not a supported wheel on this platform",
            r"(?<![\w.])(?P<package>[A-Za-z][\w.]{0,80})-(?P<version>\d[\w.!+]{0,40}?)-\S{1,120}-(?:win\w*|macosx\w*)\.whl"
            r" is not a supported"
            r" wheel on this platform",
        ),
        pattern("platform_system", r"winloop|Windows-only package"),
    ),
    explanation=("{what} has files for Windows or macOS only, and the platform builds on Linux.",),
    remedies=(
        'Give the line of {package} a marker, for example `; sys_platform == "win32"` (or "darwin"), or remove it.',
        (
            "If requirements.txt came from `pip freeze` on Windows or macOS: write down only what the project itself"
            " imports."
        ),
    ),
    examples=(
        (
            "ERROR: Could not find a version that satisfies the requirement pywin32==306 (from versions:"
            " none)\nERROR: No matching distribution found for pywin32==306"
        ),
        (
            "  ╰─▶ Because pywinpty==2.0.5 has no wheels with a matching platform tag (e.g.,\n     "
            " `manylinux_2_36_x86_64`) and you require pywinpty==2.0.5, we can conclude"
        ),
        "ERROR: numpy-1.26.4-cp312-cp312-win_amd64.whl is not a supported wheel on this platform.",
    ),
    counter_examples=(
        "ERROR: Could not find a version that satisfies the requirement torch==2.0.0 (from versions: none)",
        "Ignoring pywin32: markers 'sys_platform == \"win32\"' don't match your environment",
    ),
)
