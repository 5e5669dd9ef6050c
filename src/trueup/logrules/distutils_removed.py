"""distutils is imported while building on Python 3.12 or later.

What it means:
    A setup.py or build backend imports distutils, which left the standard library with Python 3.12, and nothing in
    the build environment replaces it.

Why:
    setuptools brings its own copy, when it is there and imported first; numpy.distutils and `--no-build-isolation`
    builds go without.

Example:
    ModuleNotFoundError: No module named 'distutils'

What to do:
    Raise the package to a version with a wheel for this Python, or pin Python 3.11.

Sources:
    PEP 632; What's New in Python 3.12; pypa/setuptools CHANGES 74 (distutils.msvccompiler); read 2026-11-20.
"""

from trueup.logrules._building import when_building
from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="distutils-removed",
    title="The build needs distutils, which this Python does not have",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(pattern("distutils", r"No module named '?distutils(?:\.\w+)*'?", accept=when_building),),
    explanation=("Its build imports distutils, which left the standard library with Python 3.12.",),
    remedies=(
        "Raise {package} to a version that has a wheel for Python {python}.",
        "Or pin Python 3.11 in the file that the platform reads, if {what} has a wheel for it.",
    ),
    examples=(
        (
            '  × Getting requirements to build wheel did not run successfully.\n        File "<string>", line 9, in'
            " <module>\n      ModuleNotFoundError: No module named 'distutils'"
        ),
        (
            "      Preparing metadata (pyproject.toml): finished with status 'error'\n      ModuleNotFoundError: No"
            " module named 'distutils.msvccompiler'"
        ),
    ),
    counter_examples=(
        (
            '  File "/app/main.py", line 1, in <module>\n    from distutils.util import'
            " strtobool\nModuleNotFoundError: No module named 'distutils'"
        ),
    ),
)
