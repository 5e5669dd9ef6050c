"""PEP 668 refuses to install into the system's environment.

What it means:
    The interpreter is marked as managed by the operating system (or by uv), and pip will not write into it.

Why:
    The build calls the system's pip outside of a virtual environment.

Example:
    error: externally-managed-environment

What to do:
    Use a virtual environment.

Sources:
    PEP 668; pip's exceptions.py; uv's wording; own recording; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="externally-managed",
    title="The system's Python may not be changed (PEP 668)",
    group=Group.PLATFORM,
    phase="install",
    patterns=(
        pattern("externally-managed-environment"),
        pattern("externally managed", r"(?:This environment is|interpreter at \S+ is) externally managed"),
    ),
    explanation=(
        "The install command writes into an interpreter that its distributor manages, and PEP 668 forbids that.",
    ),
    remedies=(
        (
            "Make a virtual environment first (`python3 -m venv /opt/venv && . /opt/venv/bin/activate`) and install"
            " into it."
        ),
        (
            "In an image of your own, start from an official python image, whose interpreter is yours;"
            " `--break-system-packages` is the last resort."
        ),
    ),
    examples=(
        (
            "error: externally-managed-environment\n\n× This environment is externally managed\n╰─> To install Python"
            " packages system-wide, try apt install"
        ),
        "error: The interpreter at /usr is externally managed, and indicates the following:",
    ),
    counter_examples=("Using Python 3.12.3 environment at: .venv",),
    about_a_package=False,
)
