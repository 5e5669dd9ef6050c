"""PyO3 refuses an interpreter that is newer than it knows.

What it means:
    The package's Rust code is built on a PyO3 release that supports Python up to some minor version only.

Why:
    The pinned version was released before this Python; it has no wheel for it, and its source cannot be built for it.

Example:
    error: the configured Python interpreter version (3.14) is newer than PyO3's maximum supported version (3.13)

What to do:
    Raise the package, or pin an older Python. PYO3_USE_ABI3_FORWARD_COMPATIBILITY=1 suppresses the check and is a
    gamble.

Sources:
    PyO3 pyo3-ffi/build.rs; own recordings of pydantic-core, orjson, rpds-py and tiktoken on 3.13 and 3.14; read
    2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="pyo3-python-too-new",
    title="PyO3 does not support this Python yet",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern(
            "newer than PyO3's maximum",
            r"Python interpreter version \((?P<python>[\d.]+)\) is newer than PyO3's maximum supported version"
            r" \((?P<maximum>[\d.]+)\)",
            span=2,
        ),
        pattern("newer than PyO3", r"is newer than PyO3(?:'s|’s)? maximum supported version", span=2, lead=-1),
        pattern(
            "PYO3_USE_ABI3_FORWARD_COMPATIBILITY",
            r"set PYO3_USE_ABI3_FORWARD_COMPATIBILITY=1 to suppress this check",
            lead=-2,
        ),
    ),
    explanation=(
        "It is written in Rust with a PyO3 that supports Python up to {maximum}, and the build runs Python {python}.",
        "Its source cannot be built for this Python.",
    ),
    remedies=(
        "Raise {package} (or the package that pins it) to a version that has a wheel for Python {python}.",
        "Or pin a Python that it supports (at most {maximum}), in the file that the platform reads.",
    ),
    examples=(
        (
            "      error: the configured Python interpreter version (3.14) is newer than PyO3's maximum supported"
            " version (3.13)\n      = help: please check if an updated version of PyO3 is available."
        ),
    ),
    counter_examples=("   Compiling pyo3-build-config v0.22.2\n   Compiling pyo3-ffi v0.22.2",),
)
