"""One package is required twice, with different versions.

What it means:
    Two lines name the same distribution and cannot both hold.

Why:
    Files were merged, or one included file repeats a pin of another.

Example:
    ERROR: Double requirement given: requests==2.30.0 (already in requests==2.31.0, name='requests')

What to do:
    Keep one line.

Sources:
    pip's legacy and new resolvers' wording; own recordings with pip 20 and 23; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.utils import canonicalize_name

from trueup.logrules._rule import Group, Rule, Scene, pattern

_USER = re.compile(r"The user requested (?<![\w.-])(?P<name>[\w.-]{1,80})(?P<rest>\S*)")


def _same_name(scene: Scene) -> Mapping[str, str] | None:
    found = []
    for index in range(scene.index, min(len(scene.log), scene.index + 12)):
        text = scene.log.text(index)
        if " depends on " in text:
            return None
        if match := _USER.search(text):
            found.append((str(canonicalize_name(match["name"])), match["rest"]))
    names = [name for name, _ in found]
    twice = [name for name in names if names.count(name) > 1]
    if not twice:
        return None
    return {"package": twice[0], "lines": " and ".join(f"{name}{rest}" for name, rest in found if name == twice[0])}


RULE = Rule(
    id="duplicate-requirement",
    title="One package is required twice",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern(
            "Double requirement given",
            r"Double requirement given: (?P<first>\S+).*\(already in"
            r" (?P<second>[^\s,]+).*name='(?<![\w.-])(?P<package>[\w.-]{1,80})'",
        ),
        pattern("Double requirement given", lead=-1),
        pattern("The conflict is caused by:", accept=_same_name),
        pattern("these package versions have conflicting dependencies", accept=_same_name, lead=-1),
        pattern(
            "you require",
            r"you require (?<![\w.-])(?P<package>[\w.-]{1,80})==(?P<first>[\w.+]+) and (?:you require"
            r" )?(?P=package)==(?P<second>[\w.+]+)",
            span=3,
        ),
        pattern(
            "conflicting URLs",
            r"Requirements contain conflicting (?:URLs|indexes) for package `(?<![\w.-])(?P<package>[\w.-]{1,80})`",
        ),
    ),
    explanation=(
        (
            "The requirements name {package} twice: {lines}. | The requirements name {package} twice: {first} and"
            " {second}."
        ),
    ),
    remedies=("Keep one line for {package} and remove the other (look into the included files as well).",),
    examples=(
        (
            "ERROR: Double requirement given: requests==2.30.0 (from -r requirements.txt (line 2)) (already in"
            " requests==2.31.0 (from -r requirements.txt (line 1)), name='requests')"
        ),
        (
            "The conflict is caused by:\n    The user requested requests==2.31.0\n    The user requested"
            " requests==2.32.3"
        ),
        "  ╰─▶ Because you require requests==2.31.0 and requests==2.32.3, we can conclude",
    ),
    counter_examples=(
        (
            "The conflict is caused by:\n    The user requested aiohttp==3.11.10\n    aiogram 3.13.1 depends on"
            " aiohttp<3.11"
        ),
    ),
    about_a_package=False,
)
