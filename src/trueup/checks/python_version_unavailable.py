"""A Python that the platform does not have

What it does:
    Compares the chosen Python with what the platform offers.

Why it fails a deployment:
    The build stops while it fetches the interpreter.

Example:
    `3.12.999` in .python-version.

Use instead:
    A released version, or the minor alone where the platform takes it.

Sources:
    The builders' data, cited in platforms/data.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check(
    "python-version-unavailable",
    "A Python that the platform does not have",
    reported_problems("python-version-unavailable"),
)
