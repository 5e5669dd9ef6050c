"""A setup.py asks setuptools to convert Python 2 code.

What it means:
    setuptools 58 removed `use_2to3`; a package that relies on it cannot be built with a current setuptools.

Why:
    The release is written in Python 2 and was never converted.

Example:
    error in demjson setup command: use_2to3 is invalid.

What to do:
    Replace the package by its maintained successor, or take a later version.

Sources:
    pypa/setuptools CHANGES 58.0; own recordings of demjson and suds-jurko; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="use-2to3-removed",
    title="The package needs use_2to3, which setuptools removed",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("use_2to3", r"error in (?<![\w.-])(?P<package>[\w.-]{1,80}) setup command: use_2to3 is invalid"),
        pattern("use_2to3 is invalid", lead=-1),
    ),
    explanation=("It is Python 2 code that setuptools was to convert; setuptools 58 removed that.",),
    remedies=(
        (
            "Replace {package} by a maintained fork or successor (for demjson: demjson3; for suds-jurko: suds), or"
            " take a version written for Python 3."
        ),
        (
            "As a stopgap, constrain the build's setuptools to `setuptools<58` (PIP_CONSTRAINT or"
            " PIP_BUILD_CONSTRAINT); that old setuptools runs on Python 3.11 and older only."
        ),
    ),
    examples=("      error in teapot setup command: use_2to3 is invalid.",),
    counter_examples=("running build_py\nfixing build/lib/teapot.py with 2to3",),
)
