"""The file that was chosen has a hash that the requirements do not list.

What it means:
    With hashes in the requirements (or a lockfile) every downloaded file must match; this one does not.

Why:
    The hashes were written for other files (another platform's or Python's wheel), a release was replaced, or the file
    was altered on the way.

Example:
    ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.

What to do:
    Renew the hashes with all files of the version; if they had been right before, find out what changed.

Sources:
    pip's exceptions.py (HashErrors); uv's wording; poetry's chooser; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="hash-mismatch",
    title="A file does not match the listed hashes",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern("DO NOT MATCH THE HASHES", r"THESE PACKAGES DO NOT MATCH THE HASHES"),
        pattern(
            "Hash mismatch for",
            r"Hash mismatch for `(?<![\w.-])(?P<package>[\w.-]{1,80})==(?P<version>[\w.+!]+)`",
            lead=1,
        ),
        pattern(
            "(from -r ",
            r"^(?<![\w.-])(?P<package>[A-Za-z][\w.-]{0,80})==(?P<version>[\w.+!]+) from \S+ \(from -r",
            needs=r"DO NOT MATCH THE HASHES",
            reach=4,
            lead=2,
        ),
        pattern(
            "==",
            r"^(?<![\w.-])(?P<package>[A-Za-z][\w.-]{0,80})==(?P<version>[\w.+!]+)(?: --hash=\S+)? from \S+",
            needs=r"DO NOT MATCH THE HASHES",
            reach=4,
            lead=2,
        ),
        pattern("In --require-hashes mode, all requirements must have their versions pinned", lead=-1),
        pattern("Hashes are required in --require-hashes mode", lead=-1),
        pattern(
            "sn't match any of the expected",
            r"(?:Hash for|hash of) (?<![\w.-])(?P<package>[\w.-]{1,80}).{0,80}(?:doesn't|not) (?:match|found)",
        ),
        pattern(
            "not found in known hashes",
            r"Hash for (?<![\w.-])(?P<package>[\w.-]{1,80}) \((?P<version>[\w.]+)\) from archive .* not found in"
            r" known hashes",
        ),
        pattern("Expected sha256", r"Expected sha256 \w{64}", lead=-1, needs=r"Got\s+\w{64}", reach=3),
    ),
    explanation=(
        (
            "The file that was downloaded for {what} has a hash that is not among those listed. | A downloaded file"
            " has a hash that is not among those listed."
        ),
    ),
    remedies=(
        (
            "Write the hashes anew for the pinned versions, for every platform (`pip-compile --generate-hashes`, `uv"
            " pip compile --generate-hashes`, the tool's lock command), and commit them."
        ),
        "If the hashes were right yesterday: do not renew them blindly; compare the file with the one on the index.",
    ),
    examples=(
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the"
            " package versions, please update the hashes.\n    six==1.16.0 from"
            " https://files.example/six-1.16.0-py2.py3-none-any.whl (from -r requirements.txt (line 1)):"
        ),
        "  ╰─▶ Hash mismatch for `six==1.16.0`\n\n      Expected:\n        sha256:0000",
    ),
    counter_examples=("  Using cached six-1.16.0-py2.py3-none-any.whl.metadata (1.8 kB)",),
    effect_of=frozenset({"download-corrupted"}),
    about_a_package=False,
)
