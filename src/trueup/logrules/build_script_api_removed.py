"""A build script uses something that this Python changed.

What it means:
    Not the package's extension but the script that prepares its build stops: at `ForwardRef._evaluate`, whose
    arguments changed, or at a version read with `exec` into `locals()`, which Python 3.13 no longer fills.

Why:
    The package's release is older than this Python.

Example:
    TypeError: ForwardRef._evaluate() missing 1 required keyword-only argument: 'recursive_guard'

What to do:
    Raise the package to a version with a wheel for this Python, or pin an older Python.

Sources:
    What's New in Python 3.12.4 and 3.13 (typing; PEP 667); pydantic-core's generate_self_schema.py; Pillow's
    setup.py; own recordings; read 2026-11-20.
"""

from trueup.logrules._building import when_building
from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="build-script-api-removed",
    title="A build script uses what this Python changed",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern(
            "ForwardRef._evaluate()",
            r"ForwardRef\._evaluate\(\) missing 1 required (?:keyword-only|positional) argument",
            needs=(
                r"build\.rs|cargo|generate_self_schema|setup\.py|Getting requirements|maturin|build backend|custom"
                r" build command|pip-install-|build_wheel"
            ),
            reach=60,
        ),
        pattern("KeyError: '__version__'", accept=when_building),
        pattern("KeyError: '_version", accept=when_building, lead=-1),
        pattern("KeyError: 'version'", accept=when_building, lead=-1),
        pattern(
            "eval_type_backport", r"TypeError: .*Unable to evaluate type annotation", accept=when_building, lead=-1
        ),
    ),
    explanation=(
        "The script that prepares its build uses something that Python {python} changed, and stops.",
        "The release is older than this Python; neither compiler nor Rust is what is missing.",
    ),
    remedies=(
        "Raise {package} to a version that has a wheel for Python {python}.",
        "Or pin a Python for which {what} has a wheel, in the file that the platform reads.",
    ),
    examples=(
        (
            "      error: failed to run custom build command for `pydantic-core v2.6.3`\n        File"
            ' "/tmp/pip-install-a/pydantic-core/generate_self_schema.py", line 192, in eval_forward_ref\n     '
            " TypeError: ForwardRef._evaluate() missing 1 required keyword-only argument: 'recursive_guard'"
        ),
        (
            '      Getting requirements to build wheel did not run successfully.\n        File "<string>", line 33,'
            " in get_version\n      KeyError: '__version__'"
        ),
    ),
    counter_examples=(
        (
            '  File "/app/.venv/lib/python3.13/site-packages/pydantic/typing.py", line 66, in'
            " evaluate_forwardref\nTypeError: ForwardRef._evaluate() missing 1 required keyword-only argument:"
            " 'recursive_guard'"
        ),
    ),
)
