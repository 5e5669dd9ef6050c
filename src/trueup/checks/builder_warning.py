"""The builder warns, and goes on

What it does:
    Reports what the platform's builder itself would warn about, in the builder's own words. Its warning that no Python
    version is specified is told as `floating-python`.

Why it fails a deployment:
    It does not, today. Such warnings tell what the builder will refuse tomorrow, or what it decided on its own.

Example:
    A `Pipfile.lock` that pins a patch release of Python on Heroku.

Use instead:
    What the hint says; each warning has its own remedy.

Sources:
    The builders' sources, cited by each rule in platforms/builders.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._interface import Check, CheckContext, reported_problems
from trueup.model.finding import Finding

TOLD_ELSEWHERE = ("Warning: No Python version was specified.", "No Python version was specified")


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for each warning that no other check tells."""
    for problem in reported_problems("builder-warning")(context):
        if problem.subject not in TOLD_ELSEWHERE:
            yield problem


CHECK = Check("builder-warning", "The builder warns, and goes on", run)
