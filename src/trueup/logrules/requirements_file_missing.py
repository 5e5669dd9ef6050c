"""The requirements file that the install command names is not there.

What it means:
    `pip install -r requirements.txt`, or an `-r` line in it, names a file that is not where the command runs.

Why:
    The file lies in another folder than the service's root, was not committed, or was not copied before the install
    step (a Dockerfile, or a builder that copies only the root manifests).

Example:
    ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'

What to do:
    Set the root directory, commit or copy the file, or correct its name.

Sources:
    pip's req_file.py; uv's wording; railpack core/providers/python/python.go:435-457 at b5e8058; own recordings; read
    2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="requirements-file-missing",
    title="The requirements file is not there",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern(
            "Could not open requirements file",
            r"Could not open (?:requirements|constraints?) file: \[Errno \d+\] [^:]+: ['\"]?(?P<file>[^'\"]+)['\"]?",
        ),
        pattern("Could not open requirements file", lead=-1),
        pattern(
            "File not found: `", r"File not found: `(?P<file>[^`]*(?:requirements|\.txt|pyproject\.toml|\.in)[^`]*)`"
        ),
        pattern(
            "No such file or directory",
            r"failed to (?:read|open) (?:from )?file `(?P<file>[^`]*requirements[^`]*)`.*",
        ),
        pattern("requirements", r"(?<!\S)(?P<file>\S{0,200}requirements\S{0,80}\.txt): No such file or directory"),
        pattern("Requirements file", r"Requirements file (?P<file>\S+) (?:does not exist|not found)"),
    ),
    explanation=(
        (
            "The install step reads {file}, and there is no such file where it runs. | The install step reads a"
            " requirements file that is not there."
        ),
    ),
    remedies=(
        "Commit {file}, or correct the name in the install command; mind upper and lower case.",
        (
            "If the application lies in a subfolder: set the service's root directory to it (or `cd` into it in the"
            " command)."
        ),
        "If a builder or a Dockerfile copies only some files before installing: copy {file} too.",
    ),
    examples=(
        "ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'",
        "error: File not found: `requirements/base.txt`",
    ),
    counter_examples=(
        (
            "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory:"
            " '/croot/certifi/work'"
        ),
    ),
    about_a_package=False,
)
