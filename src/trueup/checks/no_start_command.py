"""Nothing says how to start the service

What it does:
    Looks for a start command where the platform looks for it: its settings, the Procfile, the builder's inference.

Why it fails a deployment:
    The image builds and then nothing runs, or the build stops with `No start command`.

Example:
    A FastAPI application in app/main.py on Nixpacks, without a Procfile.

Use instead:
    A start command at the place that this builder reads.

Sources:
    The builders' rules, cited in platforms/builders.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check("no-start-command", "Nothing says how to start the service", reported_problems("no-start-command"))
