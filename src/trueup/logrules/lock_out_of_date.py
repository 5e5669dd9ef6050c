"""The lockfile does not match its manifest.

What it means:
    pyproject.toml or Pipfile was changed after the lockfile was written, and the tool was told to install exactly
    what is locked.

Why:
    The lockfile was not renewed, or not committed.

Example:
    pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.

What to do:
    Renew the lockfile and commit it.

Sources:
    poetry's installer.py; uv's `--locked`; pipenv's `--deploy`; pdm's `--check`; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="lock-out-of-date",
    title="The lockfile does not match its manifest",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern(
            "changed significantly since",
            r"(?P<manifest>pyproject\.toml) changed significantly since (?P<lock>poetry\.lock) was last generated",
        ),
        pattern(
            "is not up to date with the latest changes in pyproject.toml",
            r"(?P<lock>poetry\.lock) is not up to date with the latest changes in (?P<manifest>pyproject\.toml)",
            confidence=Confidence.MEDIUM,
            lead=-1,
        ),
        pattern("The lock file might not be compatible", confidence=Confidence.LOW, lead=-2, needs=r"up to date"),
        pattern(
            "needs to be updated",
            r"lockfile at `(?P<lock>[^`]+)` needs to be updated, but `--(?:locked|frozen|check)`",
            span=3,
        ),
        pattern("is out of date", r"Your (?P<lock>Pipfile\.lock) \(\w+\) is out of date", lead=1),
        pattern("Aborting deploy", lead=-1),
        pattern("Lock file hash doesn't match", r"Lock file hash doesn't match"),
        pattern(
            "ock file",
            r"(?P<lock>pdm\.lock|[Ll]ock ?file) (?:is outdated|does not match|hash doesn't match|not up.to.date)",
        ),
        pattern("lockfile", r"[Ll]ockfile .{0,40}(?:is out.of.date|is outdated|does not match|not in sync)"),
        pattern("--locked", r"Unable to find lockfile at `(?P<lock>[^`]+)`", confidence=Confidence.MEDIUM),
        pattern("Missing workspace member", r"Missing workspace member `", confidence=Confidence.LOW),
    ),
    explanation=(
        (
            "{lock} was written for another state of {manifest}, and the install command accepts no difference. |"
            " {lock} does not match its manifest, and the install command accepts no difference. | The lockfile does"
            " not match its manifest."
        ),
    ),
    remedies=(
        (
            "Renew the lockfile with the tool that wrote it (`poetry lock`, `uv lock`, `pipenv lock`, `pdm lock`) and"
            " commit it."
        ),
        "Do not take the check away (`--locked`, `--deploy`): then the platform installs what nobody tested.",
    ),
    examples=(
        (
            "Installing dependencies from lock file\n\npyproject.toml changed significantly since poetry.lock was"
            " last generated. Run `poetry lock` to fix the lock file."
        ),
        (
            "error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided. To update the"
            " lockfile, run `uv lock`."
        ),
        "Your Pipfile.lock (d4b1f2) is out of date.  Expected: (c97905).\nERROR:: Aborting deploy",
    ),
    counter_examples=("Resolved 7 packages in 272ms", "Updating dependencies\nWriting lock file"),
    about_a_package=False,
)
