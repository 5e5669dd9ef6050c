"""There is no pip in that image or phase.

What it means:
    The command `pip` is not on the PATH, or the interpreter has no pip module.

Why:
    A Node service that runs pip, a custom package list that dropped Python, an environment made without pip (uv), or a
    runtime image without the builder's tools.

Example:
    bash: line 1: pip: command not found

What to do:
    Let the builder install Python, or call the tool that is there.

Sources:
    shells' messages; CPython's runpy; nixpacks logs; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="pip-not-found",
    title="There is no pip",
    group=Group.PLATFORM,
    phase="install",
    patterns=(
        pattern("pip", r"(?:^|[\s:/])pip[\d.]*: (?:command )?not found"),
        pattern("No module named pip", r"No module named '?pip'?(?:\s|$|\.)"),
        pattern("pip", r"exec: \"pip[\d.]*\": executable file not found"),
        pattern("pip", r"No such file or directory: '(?:/\S*/)?pip[\d.]*'"),
        pattern("python", r"(?:^|[\s:/])python[\d.]*: (?:command )?not found"),
        pattern("bin/pip", r"/bin/pip[\d.]*: No such file or directory"),
        pattern("'pip' is not recognized"),
    ),
    explanation=("The command calls pip (or python), and this environment has none.",),
    remedies=(
        (
            "Let the builder set Python up: put the manifest where it looks, and do not replace its package list"
            " without `...`."
        ),
        (
            "In an image of your own: start from an image with Python, or call `python -m pip` of the interpreter"
            " that is there; with uv, use `uv pip install`."
        ),
    ),
    examples=("bash: line 1: pip: command not found", "/app/.venv/bin/python: No module named pip"),
    counter_examples=("Requirement already satisfied: pip in ./.venv/lib/python3.12/site-packages (24.0)",),
    about_a_package=False,
)
