"""A line of a requirements file that is no requirement

What it does:
    Parses every line of the requirement files that the install steps read.

Why it fails a deployment:
    pip stops at the first such line and installs nothing.

Example:
    `flask=3.0.0`

Use instead:
    `flask==3.0.0`

Sources:
    PEP 508; pip's requirements file format.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check(
    "invalid-requirement",
    "A line of a requirements file that is no requirement",
    reported_problems("invalid-requirement"),
)
