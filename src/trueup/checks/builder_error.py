"""The builder refuses the project

What it does:
    Reports the error with which the platform's builder itself would stop, in the builder's own words.

Why it fails a deployment:
    The build ends before anything is installed, and nothing is deployed.

Example:
    A `Pipfile` without a `Pipfile.lock` on Heroku: `Error: No 'Pipfile.lock' found!`

Use instead:
    What the hint says; each error has its own remedy.

Sources:
    The builders' sources, cited by each rule in platforms/builders.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check("builder-error", "The builder refuses the project", reported_problems("builder-error"))
