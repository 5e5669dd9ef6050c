"""A Python version that the platform refuses or misunderstands

What it does:
    Reads every place where this builder looks for a Python version as the builder does.

Why it fails a deployment:
    The build stops, or the builder takes its default without a word.

Example:
    `PYTHON_VERSION=3.11` on Render, which wants a full X.Y.Z.

Use instead:
    The spelling that this builder takes, as the hint says.

Sources:
    The builders' rules, cited in platforms/builders.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check(
    "python-version-invalid",
    "A Python version that the platform refuses or misunderstands",
    reported_problems("python-version-invalid"),
)
