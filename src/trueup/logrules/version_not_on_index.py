"""The index does not have that version.

What it means:
    The name is right, other versions are there; the pinned one never existed, was taken back, or lives on another
    index.

Why:
    A typing error, a version that was deleted, or a local version such as +cu118 that only a special index has.

Example:
    ERROR: Could not find a version that satisfies the requirement Django==99.1 (from versions: 5.1.3, 5.1.4)

What to do:
    Pin a version that exists; for local versions name the index that has them.

Sources:
    pip's factory.py; uv's and poetry's resolver reports; own recordings; read 2026-11-20.
"""

from trueup.logrules._no_match import NO_VERSION, reading_is
from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="version-not-on-index",
    title="The index does not have that version",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern("Could not find a version that", NO_VERSION, span=2, accept=reading_is("version-not-on-index")),
        pattern(
            "there is no version of",
            r"[Bb]ecause there is no version of"
            r" (?<![\w.-])(?P<package>[\w.-]{1,80})(?:\[[^\]]*\])?==(?P<version>[\w+!]+(?:\.[\w+!]+)*)",
            span=3,
        ),
        pattern(
            "doesn't match any versions",
            r"depends on (?<![\w.-])(?P<package>[\w.-]{1,80}) \((?P<version>[^)]+)\) which doesn't match any"
            r" versions",
            span=3,
        ),
        pattern(
            "no versions of",
            r"no versions of (?<![\w.-])(?P<package>[\w.-]{1,80}) match (?P<version>[\w.+]+)[,\s]",
            span=2,
            confidence=Confidence.MEDIUM,
            unless=r"which depends on|requires both",
        ),
        pattern(
            "Unable to find",
            r"Unable to find a (?:suitable|matching) version (?:for|of) (?<![\w.-])(?P<package>[\w.-]{1,80})",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "ould not find a matching version of package",
            r"matching version of package (?<![\w.-])(?P<package>[\w.-]{1,80})",
        ),
    ),
    explanation=(
        (
            "The index has {package}, and no version {version}; the newest that fit are {listed}. | The index has no"
            " version {version} of {package}."
        ),
    ),
    remedies=(
        "Pin a version of {package} that exists.",
        (
            "If the version carries a local part (such as +cpu or +cu118): name the index that has it"
            " (--extra-index-url, or a source of uv or poetry)."
        ),
    ),
    examples=(
        (
            "ERROR: Could not find a version that satisfies the requirement Django==99.1 (from versions: 5.0.9,"
            " 5.1.3, 5.1.4)\nERROR: No matching distribution found for Django==99.1"
        ),
        (
            "  ╰─▶ Because there is no version of flask==9.9.9 and you require\n      flask==9.9.9, we can conclude"
            " that your requirements are unsatisfiable."
        ),
        "Because kettle depends on requests (9.9.9) which doesn't match any versions, version solving failed.",
    ),
    counter_examples=(
        (
            "ERROR: Could not find a version that satisfies the requirement tensorflow==2.15.0 (from versions:"
            " 2.20.0, 2.21.0)"
        ),
    ),
)
