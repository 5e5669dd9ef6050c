"""A requirement comes from git and no git is installed.

What it means:
    A `git+https://…` requirement needs git where it is installed.

Why:
    Slim images have no git; some builders' runtime images have none.

Example:
    ERROR: Cannot find command 'git' - do you have 'git' installed and in your PATH?

What to do:
    Install git in the build, or depend on a released version or an archive's URL.

Sources:
    pip's vcs/versioncontrol.py; uv's git errors; setuptools-scm; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="git-missing",
    title="git is not installed",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern("Cannot find command 'git'"),
        pattern(
            "while executing command git",
            r"No such file or directory: ['\"]git['\"] while executing command git",
            lead=-1,
        ),
        pattern("Git executable not found"),
        pattern("git", r"(?:^|[\s:/])git: (?:command )?not found"),
        pattern("'git'", r"No such file or directory: 'git'"),
        pattern("Bad git executable", r"ImportError: Bad git executable"),
    ),
    explanation=("A requirement is fetched from a git repository, and the environment has no git.",),
    remedies=(
        "Install git in the build (apt packages of the builder, or `apt-get install -y git` in the Dockerfile).",
        "Or replace the `git+` requirement by a released version, or by the URL of an archive of that revision.",
    ),
    examples=(
        (
            "  Cloning https://git.example/me/teapot.git (to revision main) to /tmp/pip-install-b/teapot\nERROR:"
            " Cannot find command 'git' - do you have 'git' installed and in your PATH?"
        ),
        "  ╰─▶ Git executable not found. Ensure that Git is installed and available.",
    ),
    counter_examples=("fatal: not a git repository (or any of the parent directories): .git",),
    about_a_package=False,
)
