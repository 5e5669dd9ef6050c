"""The builder warns, and goes on

What it does:
    Reports what the platform's builder itself would warn about, in the builder's own words.

Why it fails a deployment:
    It does not, today. Such warnings tell what the builder will refuse tomorrow, or what it decided on its own.

Example:
    No Python version in any file on Heroku: `Warning: No Python version was specified.`

Use instead:
    What the hint says; each warning has its own remedy.

Sources:
    The builders' sources, cited by each rule in platforms/builders.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check("builder-warning", "The builder warns, and goes on", reported_problems("builder-warning"))
