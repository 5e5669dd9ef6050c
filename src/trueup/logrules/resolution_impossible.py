"""Two requirements contradict each other.

What it means:
    No version of a package satisfies everybody who asks for it.

Why:
    A pin in the requirements lies outside of what another pinned package allows.

Example:
    aiogram 3.13.1 depends on aiohttp<3.11 and >=3.9.0

What to do:
    Change one of the sides that the log names.

Sources:
    pip's resolution/resolvelib/factory.py; uv's and poetry's reports; pipenv's ResolutionFailure; own recordings;
    read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.utils import canonicalize_name

from trueup.logrules._rule import Group, Rule, Scene, pattern
from trueup.model.finding import Confidence

_USER = re.compile(
    r"The user requested (?:\(constraint\) )?(?<![\w.-])(?P<name>[\w.-]{1,80})(?:\[[^\]]*\])?(?P<rest>[^\s(]*)"
)
_DEPENDS = re.compile(
    r"^(?<![\w.-])(?P<parent>[\w.-]{1,80}(?:\[[^\]]*\])?) (?P<version>[\w.+!]+) depends on"
    r" (?<![\w.-])(?P<name>[\w.-]{1,80})"
)


def _sides(scene: Scene) -> Mapping[str, str] | None:
    """The package fought over and its two sides; None where the user names it twice and nobody else does."""
    user: list[tuple[str, str]] = []
    depends: list[tuple[str, str, str]] = []
    for index in range(max(0, scene.index - 12), min(len(scene.log), scene.index + 14)):
        text = scene.log.text(index)
        if found := _USER.search(text):
            user.append((str(canonicalize_name(found["name"])), text.strip()))
        elif match := _DEPENDS.search(text):
            depends.append((str(canonicalize_name(match["name"])), text.strip(), match["parent"]))
    names = [name for name, _ in user]
    if not depends and len(names) > len(set(names)):
        return None
    if not depends:
        return {}
    counted = [name for name, _, _ in depends] + names
    package = max(set(counted), key=lambda name: (counted.count(name), name in names))
    texts = [text for name, text, *_ in depends if name == package] + [text for name, text in user if name == package]
    return {"package": package, "sides": "; ".join(texts[:4])}


def _uv(scene: Scene) -> Mapping[str, str] | None:
    text = scene.log.paragraph(scene.index, 30)
    if re.search(
        r"current Python version|requested Python version|no version of|not found in the package registry|no wheels"
        r" with a matching|has an invalid package format|Python ABI tag|was not found in the cache|network|failed to"
        r" fetch",
        text,
    ):
        return None
    found = re.search(r"depends on (?<![\w.-])(?P<package>[\w.-]{1,80}?)(?:\[[^\]]*\])?[<>=!~]", text)
    if not found:
        return {}
    return {
        "package": str(canonicalize_name(found["package"])),
        "sides": text[text.find("Because") : text.find("we can conclude")].strip(" ,"),
    }


RULE = Rule(
    id="resolution-impossible",
    title="Two requirements contradict each other",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern("these package versions have conflicting dependencies", accept=_sides),
        pattern("ResolutionImpossible", accept=_sides, lead=-1),
        pattern("The conflict is caused by:", accept=_sides, lead=1),
        pattern("No solution found when resolving", accept=_uv),
        pattern(
            "version solving failed",
            r"(?:[Bb]ecause|[Aa]nd because|[Ss]o, because) (?P<sides>.*(?:depends on|requires).*), version solving"
            r" failed",
            span=1,
            unless=r"which doesn't match any versions|requires Python|supported Python range",
        ),
        pattern(
            "is forbidden",
            r"(?<![\w.-])(?P<sides>[\w.-]{1,80} is forbidden)",
            confidence=Confidence.MEDIUM,
            needs="version solving failed",
        ),
        pattern("ResolutionFailure", confidence=Confidence.MEDIUM),
        pattern(
            "which is incompatible",
            r"(?P<sides>(?<![\w.-])(?P<parent>[\w.-]{1,80}) [\w.+]+ (?:requires|has requirement)"
            r" (?<![\w.-])(?P<package>[\w.-]{1,80}?)[<>=!~,; ].*,"
            r" but you(?:'ll| will)? have (?P<other>[\w.-]+) (?P<version>[\w.+]+) which is incompatible)",
            confidence=Confidence.LOW,
            lead=-2,
        ),
    ),
    explanation=(
        "No version of {package} satisfies all who ask for it: {sides}. | Requirements contradict each other.",
    ),
    remedies=(
        "Change one side: the pin of {package}, or the package whose requirement excludes it.",
        "Leave the transitive packages unpinned and let the resolver choose, then lock what it found.",
    ),
    examples=(
        (
            "ERROR: Cannot install -r requirements.txt (line 1) and aiohttp==3.11.10 because these package versions"
            " have conflicting dependencies.\n\nThe conflict is caused by:\n    The user requested aiohttp==3.11.10\n"
            "    aiogram 3.13.1 depends on aiohttp<3.11 and >=3.9.0"
        ),
        (
            "  × No solution found when resolving dependencies:\n  ╰─▶ Because aiogram==3.13.1 depends on"
            " aiohttp>=3.9.0,<3.11 and you require\n      aiogram==3.13.1, we can conclude that you require"
            " aiohttp>=3.9.0,<3.11."
        ),
        (
            "Because flask (2.3.2) depends on werkzeug (>=2.3.3) and kettle depends on werkzeug (1.0.1), version"
            " solving failed."
        ),
    ),
    counter_examples=(
        (
            "ERROR: Cannot install requests==2.31.0 and requests==2.32.3 because these package versions have"
            " conflicting dependencies.\n\nThe conflict is caused by:\n    The user requested requests==2.31.0\n   "
            " The user requested requests==2.32.3"
        ),
        (
            "  × No solution found when resolving dependencies:\n  ╰─▶ Because there is no version of flask==9.9.9"
            " and you require flask==9.9.9, we can"
        ),
    ),
    about_a_package=False,
)
