"""A Python that the platform no longer supports

What it does:
    Compares the chosen Python with the platform's own window of support on the day asked about.

Why it fails a deployment:
    The builder refuses it, or warns that it will.

Example:
    `python-3.9.23` in runtime.txt on Heroku.

Use instead:
    A supported Python for which every pin has a wheel.

Sources:
    The builders' data, cited in platforms/data.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check(
    "python-version-end-of-life",
    "A Python that the platform no longer supports",
    reported_problems("python-version-end-of-life"),
)
