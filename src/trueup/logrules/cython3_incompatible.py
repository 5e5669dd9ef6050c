"""A setup.py or its sources do not work with Cython 3.

What it means:
    The build environment gets the newest Cython, and the package's build was written for Cython 0.29.

Why:
    The package does not pin Cython's major version; Cython 3 changed internals and the language.

Example:
    AttributeError: cython_sources

What to do:
    Raise the package (PyYAML 6.0.1 and later) to a version with a wheel for this Python.

Sources:
    yaml/pyyaml issue 601 and release 6.0.1; Cython's migration guide to 3.0; own recordings of PyYAML 5.4.1 and 6.0;
    read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="cython3-incompatible",
    title="The package's build does not work with Cython 3",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("cython_sources", r"AttributeError: (?:'?build_ext'? object has no attribute ')?cython_sources"),
        pattern("Error compiling Cython file", confidence=Confidence.MEDIUM),
        pattern("Cython.Compiler.Errors.CompileError", confidence=Confidence.MEDIUM, lead=-1),
        pattern("CompileError: ", r"Cython\S*CompileError: (?P<file>\S+\.pyx)", confidence=Confidence.MEDIUM),
    ),
    explanation=("Its build was written for Cython 0.29 and gets Cython 3, with which it does not work.",),
    remedies=(
        "Raise {package} to a version that has a wheel for Python {python}.",
        "Or pin a Python for which {what} has a wheel.",
        "As a stopgap, constrain the build's Cython to `cython<3` (PIP_CONSTRAINT or PIP_BUILD_CONSTRAINT).",
    ),
    examples=(
        (
            '        File "/tmp/pip-build-env-x/overlay/lib/python3.12/site-packages/setuptools/_distutils/cmd.py",'
            " line 107, in __getattr__\n      AttributeError: cython_sources"
        ),
        "      Error compiling Cython file:\n      ------------------------------------------------------------",
    ),
    counter_examples=("      Compiling yaml/_yaml.pyx because it changed.\n      [1/1] Cythonizing yaml/_yaml.pyx",),
)
