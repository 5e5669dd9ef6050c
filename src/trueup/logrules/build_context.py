"""The build's root is not the one that its commands expect.

What it means:
    A COPY or a command names a path relative to another folder than the one that is built.

Why:
    A monorepo: the Dockerfile was written for its own folder and is built from the repository's root, or the reverse.

Example:
    ERROR: failed to solve: failed to compute cache key: "/backend/requirements.txt": not found

What to do:
    Set the root directory (build context) to what the paths expect, or correct the paths.

Sources:
    moby/buildkit's messages; shells' `cd` messages; own knowledge of .dockerignore; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="build-context",
    title="The build runs in another folder than its paths expect",
    group=Group.PLATFORM,
    phase="build",
    patterns=(
        pattern("failed to compute cache key", r"\"(?P<path>/[^\"]+)\": not found", lead=1),
        pattern('": not found', r"(?:failed to calculate checksum|checksum of ref).*\"(?P<path>/[^\"]+)\": not found"),
        pattern(
            "COPY failed:",
            r"COPY failed: (?:file not found in build context|stat \S+|no source files)[^:]*:? ?(?:stat"
            r" )?(?P<path>[^\s:]*)",
        ),
        pattern(
            "ADD failed:",
            r"ADD failed: (?:file not found in build context|stat )[^:]*:? ?(?:stat )?(?P<path>[^\s:]*)",
        ),
        pattern("failed to read dockerfile", r"failed to read dockerfile: open (?P<path>\S+?): no such file"),
        pattern("forbidden path outside the build context", r"forbidden path outside the build context: (?P<path>\S+)"),
        pattern(
            "cd: ",
            r"(?:^|: )cd: (?:can't cd to )?(?P<path>[\w./-]+)(?:: No such file or directory)?$",
            confidence=Confidence.HIGH,
        ),
        pattern("cd: can't cd to", r"can't cd to (?P<path>\S+)"),
        pattern(
            "oot directory",
            r"(?:[Rr]oot [Dd]irectory|Service Root Directory) \"?(?P<path>[^\"\s]+)\"? (?:does not exist|is"
            r" missing|not found)",
        ),
        pattern("Could not find root directory", r"Could not find root directory:? (?P<path>\S+)?"),
        pattern("manage.py", r"can't open file '(?P<path>[^']*manage\.py)': \[Errno 2\]"),
    ),
    explanation=("The build looks for {path}, which is not in the folder that is built.",),
    remedies=(
        (
            "Set the service's root directory (or the Docker build context) to the folder that the paths were written"
            " for."
        ),
        (
            "Or correct the paths in the Dockerfile or the build command; look into .dockerignore and .gitignore as"
            " well."
        ),
    ),
    examples=(
        (
            "ERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref x::y:"
            ' "/backend/pyproject.toml": not found'
        ),
        "bash: line 1: cd: backend: No such file or directory",
        "COPY failed: file not found in build context or excluded by .dockerignore: stat app: file does not exist",
    ),
    counter_examples=("COPY requirements.txt .",),
    about_a_package=False,
)
