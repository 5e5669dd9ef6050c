"""The builder took another manifest than the author meant.

What it means:
    Several manifests lie side by side (requirements.txt, pyproject.toml, Pipfile, package.json) and the builder's order
    of preference chose one that is incomplete or of another language.

Why:
    Each builder has its own order; a leftover file is enough.

Example:
    WARN multiple Python package manager files were found: requirements.txt, Pipfile

What to do:
    Remove the leftover manifest, or tell the builder which to use.

Sources:
    heroku-buildpack-python b4e7e72 lib/package_manager.sh; buildpacks-python f81d0dc; nixpacks f51d7fd
    src/providers/python.rs:78-103; vercel packages/python; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="wrong-manifest-selected",
    title="The builder took another manifest than meant",
    group=Group.PLATFORM,
    phase="setup",
    patterns=(
        pattern("ultiple Python package manager files", r"[Mm]ultiple Python package manager files (?:were )?found"),
        pattern(
            "package manager files", r"(?:multiple|more than one) package manager files", confidence=Confidence.MEDIUM
        ),
        pattern(
            "Pipfile",
            r"(?:Pipfile|Pipfile\.lock) (?:was )?(?:found|detected|present).{0,60}(?:ignor|instead of|takes"
            r" precedence|prefer)",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "No `pyproject.toml` found",
            r"No `pyproject\.toml` found in current directory or any parent directory",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "could not find a pyproject.toml file",
            r"Poetry could not find a pyproject\.toml file in",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "npm ",
            r"npm (?:ERR!|error) (?:Missing script: \"(?:build|start)\"|enoent Could not read package\.json)",
            needs=r"requirements\.txt|manage\.py|\bpip\b|python",
            reach=200,
            confidence=Confidence.LOW,
        ),
    ),
    explanation=("Several manifests are there, and the builder chose by its own order of preference.",),
    remedies=(
        "Remove the manifests that are not used, so that one is left.",
        (
            "Or name the package manager to the builder (for example NIXPACKS_PYTHON_PACKAGE_MANAGER, or an install"
            " command of your own)."
        ),
    ),
    examples=(
        (
            " !     Error: Multiple Python package manager files were found.\n !     \n !     Exactly one package"
            " manager file should be present"
        ),
        "error: No `pyproject.toml` found in current directory or any parent directory",
    ),
    counter_examples=("-----> Installing dependencies using 'pip install -r requirements.txt'",),
    about_a_package=False,
)
