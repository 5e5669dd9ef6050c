"""The name is a placeholder, or no project has it.

What it means:
    The index has nothing under that name, or only a package that refuses to be installed and names the right one.

Why:
    The import's name was written instead of the distribution's, a typing error, or a module of the standard library.

Example:
    ERROR: Could not find a version that satisfies the requirement flask-resftul (from versions: none)

What to do:
    Write the distribution's name, as the project's page on the index shows it.

Sources:
    The deprecated `sklearn` placeholder's message; pip's and uv's wording; own recordings; read 2026-11-20.
"""

from trueup.logrules._no_match import NO_VERSION, reading_is
from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="wrong-package-name",
    title="No such package on the index",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern("Could not find a version that", NO_VERSION, span=2, accept=reading_is("wrong-package-name")),
        pattern(
            "package is deprecated, use",
            r"The '(?<![\w.-])(?P<package>[\w.-]{1,80})' \S+ package is deprecated, use '(?P<meant>[\w.-]+)'",
            span=2,
        ),
        pattern("SKLEARN_ALLOW_DEPRECATED", r"(?P<package>SKLEARN|sklearn)_ALLOW_DEPRECATED", lead=-1),
        pattern(
            "was not found in the package registry",
            r"[Bb]ecause (?<![\w.-])(?P<package>[\w.-]{1,80}) was not found in the package registry",
            span=2,
        ),
        pattern(
            "was not found in the",
            r"(?<![\w.-])(?P<package>[\w.-]{1,80}) was not found in the package registry",
            span=3,
            lead=-1,
        ),
        pattern(
            "not found in the cache",
            r"[Bb]ecause (?<![\w.-])(?P<package>[\w.-]{1,80}) was not found in the cache",
            span=2,
            confidence=Confidence.LOW,
        ),
        pattern(
            "ould not find a matching version of package",
            r"Could not find a matching version of package (?<![\w.-])(?P<package>[\w.-]{1,80})$",
            confidence=Confidence.LOW,
            lead=-1,
            needs=r"$a",
        ),
        pattern(
            "404 Client Error",
            r"404 Client Error: Not Found for url: \S+/(?:simple|pypi)/(?<![\w.-])(?P<package>[\w.-]{1,80})/?",
            confidence=Confidence.MEDIUM,
        ),
    ),
    explanation=(
        (
            "The name {package} is not the one to install; what is meant is {meant}. | The index has no project named"
            " {package}."
        ),
    ),
    remedies=(
        (
            "Write {meant} instead of {package}. | Write the distribution's name instead of {package}: often it"
            " differs from the name that is imported."
        ),
    ),
    examples=(
        (
            "      The 'sklearn' PyPI package is deprecated, use 'scikit-learn'\n      rather than 'sklearn' for pip"
            " commands."
        ),
        (
            "ERROR: Could not find a version that satisfies the requirement flask-resftul-helpers (from versions:"
            " none)\nERROR: No matching distribution found for flask-resftul-helpers"
        ),
        (
            "  ╰─▶ Because flask-resftul was not found in the package registry and you\n      require flask-resftul,"
            " we can conclude that your requirements are"
        ),
    ),
    counter_examples=(
        "ERROR: Could not find a version that satisfies the requirement pywin32==306 (from versions: none)",
    ),
)
