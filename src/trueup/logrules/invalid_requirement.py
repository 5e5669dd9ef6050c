"""A line of a requirements file is no requirement.

What it means:
    The installer cannot parse a line: a command, one `=`, a stray character, a merge marker.

Why:
    Something was pasted into the file that does not follow PEP 508.

Example:
    ERROR: Invalid requirement: 'pip install gunicorn' (from line 2 of requirements.txt)

What to do:
    Correct the line that the log names.

Sources:
    pip's req/constructors.py; packaging's parser; uv's requirements-txt errors; own recordings; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._rule import Group, Rule, Scene, pattern
from trueup.model.finding import Confidence

_ENCODED = re.compile(r"\\x00|\\ufeff|\\xff|ÿþ|\ufffd|\u00ef\u00bb\u00bf")


def _readable(scene: Scene) -> Mapping[str, str] | None:
    return None if _ENCODED.search(scene.log.paragraph(scene.index, 3)) else {}


RULE = Rule(
    id="invalid-requirement",
    title="A line of a requirements file is not a requirement",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern(
            "nvalid requirement",
            r"[Ii]nvalid requirement: '?(?P<line>[^']{0,160}?)'?(?::|$| \(from line (?P<number>\d+) of"
            r" (?P<file>[^)]+)\))",
            accept=_readable,
            unless=r"looks like a filename|should either be a path",
        ),
        pattern("RequirementParseError", accept=_readable, confidence=Confidence.MEDIUM),
        pattern(
            "InvalidRequirement",
            r"InvalidRequirement: (?P<line>.{3,160})",
            accept=_readable,
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "ouldn't parse requirement in",
            r"Couldn't parse requirement in `(?P<file>[^`]+)`(?: at position (?P<position>\d+))?",
            accept=_readable,
        ),
        pattern("xpected semicolon", r"[Ee]xpected semicolon \(after (?:name|version|URL)", accept=_readable, lead=-1),
        pattern(
            "no such option",
            r"(?<!\S)(?P<file>\S{0,200}requirements\S{0,80}\.txt): error: (?P<line>.+)",
            accept=_readable,
        ),
        pattern("Unsupported requirement", r"Unsupported requirement in `?(?P<file>[^`\s]+)", accept=_readable),
        pattern(
            "Invalid version: '",
            r"InvalidVersion: Invalid version: '(?P<line>[^']+)'",
            confidence=Confidence.MEDIUM,
            unless=r"legacy",
        ),
    ),
    explanation=(
        (
            "Line {number} of {file} is not a requirement: {line}. | A line is not a requirement: {line}. | A line of"
            " {file} is not a requirement."
        ),
    ),
    remedies=(
        (
            "Correct line {number} of {file}: one requirement to a line, `name==version`, nothing else. | Correct"
            " that line: one requirement to a line, `name==version`, nothing else."
        ),
    ),
    examples=(
        "ERROR: Invalid requirement: 'pip install gunicorn' (from line 2 of requirements.txt)",
        "error: Couldn't parse requirement in `requirements.txt` at position 13",
    ),
    counter_examples=("ERROR: Invalid requirement: 'f\\x00l\\x00a\\x00' (from line 1 of requirements.txt)",),
    effect_of=frozenset({"requirements-encoding", "local-file-requirement"}),
    about_a_package=False,
)
