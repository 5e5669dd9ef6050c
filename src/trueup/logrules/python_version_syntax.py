"""The version file or variable is read and not understood.

What it means:
    The platform found what asks for a Python and cannot parse it.

Why:
    A missing patch number where it is required, a `python-` prefix where none belongs, a range, a comment.

Example:
    ==> The PYTHON_VERSION must provide a major, minor, and patch version, e.g. 3.8.1. You have requested 3.11.

What to do:
    Write the version as that platform wants it.

Sources:
    Render's logs; heroku-buildpack-python b4e7e72 lib/python_version.sh; buildpacks-python errors.rs; pyenv; read
    2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="python-version-syntax",
    title="The wanted Python version is not understood",
    group=Group.PLATFORM,
    phase="setup",
    patterns=(
        pattern(
            "must provide a major, minor, and patch version",
            r"The (?P<where>PYTHON_VERSION) must provide a major, minor, and patch version.*You have requested"
            r" (?P<wanted>[^\s]+?)\.? See",
        ),
        pattern("must provide a major, minor, and patch version", lead=-1),
        pattern("nvalid Python version in", r"[Ii]nvalid Python version in (?:your )?(?P<where>\S+)"),
        pattern(
            "isn't in the correct format",
            r"(?:[Tt]he Python version|contents of) .{0,60}(?P<where>[\w.-]+) isn't in the correct format",
        ),
        pattern(
            "invalid format",
            r"(?P<where>runtime\.txt|\.python-version|\.tool-versions).{0,60}(?:invalid format|incorrect format|could"
            r" not be parsed)",
        ),
        pattern("No Python version was found in the", r"No Python version was found in (?:the |your )?(?P<where>\S+)"),
        pattern("ultiple Python versions", r"[Mm]ultiple Python versions (?:were )?found in (?:your )?(?P<where>\S+)"),
        pattern("must be in the format", r"(?P<where>runtime\.txt|\.python-version).{0,80}must be in the format"),
        pattern("nvalid Python version", r"(?:Error: |error: |!\s+)[Ii]nvalid Python version:? '?(?P<wanted>[^'\s]+)"),
        pattern("Requested runtime (", r"Requested runtime '?\(?(?P<wanted>(?!python-\d)[^')]+)\)?'? is not available"),
        pattern(
            "invalid Python request",
            r"(?:[Ii]gnoring )?[Ii]nvalid (?:Python )?(?:version )?request .{0,60}(?P<where>\.python-version)",
        ),
        pattern("is an invalid Python version", r"(?<!\S)(?P<wanted>\S{1,80}) is an invalid Python version"),
    ),
    explanation=(
        (
            "{where} asks for `{wanted}`, which is not how this platform wants a version. | {where} is read, and what"
            " it says is not understood. | The wanted Python version is not understood."
        ),
    ),
    remedies=(
        (
            "On Render write the full version in PYTHON_VERSION (such as 3.12.8, in quotes in YAML), or only"
            " major.minor in .python-version."
        ),
        "On Heroku write only the version (such as 3.12) in .python-version, or `python-3.12.8` in runtime.txt.",
    ),
    examples=(
        (
            "==> The PYTHON_VERSION must provide a major, minor, and patch version, e.g. 3.8.1. You have requested"
            " 3.11. See https://render.com/docs/python-version for more information."
        ),
        " !     Error: Invalid Python version in .python-version.",
    ),
    counter_examples=("==> Using Python version 3.12.8 via environment variable PYTHON_VERSION",),
    own_phase=True,
    about_a_package=False,
)
