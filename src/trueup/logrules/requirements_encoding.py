"""A requirements file is UTF-16, or begins with a byte-order mark.

What it means:
    The installer reads bytes that are not UTF-8: `pip freeze > requirements.txt` in Windows PowerShell writes UTF-16.

Why:
    PowerShell 5's `>` encodes as UTF-16 with a byte-order mark.

Example:
    ERROR: Invalid requirement: 'f\\x00l\\x00a\\x00s\\x00k\\x00' (from line 1 of requirements.txt)

What to do:
    Save the file as UTF-8.

Sources:
    pip's req_file.py and encoding.py; uv's requirements-txt parser; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="requirements-encoding",
    title="A requirements file is not UTF-8",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern(
            "nvalid requirement",
            r"nvalid requirement: .{0,80}(?:\\x00|\\ufeff|\\xff\\xfe|\\xfe\\xff|ÿþ|\ufffd|\u00ef\u00bb\u00bf)",
        ),
        pattern(
            "valid UTF-8",
            r"(?:[Rr]equirements|\.txt|Couldn't (?:read|parse)|[Ff]ailed to (?:read|parse|decode)).*valid UTF-8",
        ),
        pattern("stream did not contain valid UTF-8"),
        pattern(
            "codec can't decode byte",
            r"codec can't decode byte 0x(?:ff|fe) in position 0",
            needs=r"requirements|\.txt|pip",
            reach=30,
        ),
        pattern("x00", r"(?:requirement|line).{0,60}[A-Za-z]\\x00[A-Za-z]\\x00"),
        pattern("UTF-16", r"(?:requirements\S*\.txt|file).{0,60}(?:is |appears to be |encoded (?:as|in) )UTF-16"),
        pattern("embedded null", r"(?:embedded null|null byte)", needs=r"requirements\S*\.txt", reach=6),
        pattern(
            "xpected package name",
            r"[Ee]xpected package name at the start of dependency specifier",
            needs=r"\\x00|\ufffd|ÿþ|\\ufeff",
            reach=5,
        ),
    ),
    explanation=(
        (
            "The requirements file is not UTF-8 (most likely UTF-16, as PowerShell's `>` writes it), so its first"
            " line is no requirement."
        ),
    ),
    remedies=(
        (
            "Save the file as UTF-8 without a byte-order mark (in an editor; or `iconv -f UTF-16 -t UTF-8"
            " requirements.txt`)."
        ),
        "In PowerShell write it with `pip freeze | Out-File -Encoding ascii requirements.txt`.",
    ),
    examples=(
        (
            "ERROR: Invalid requirement: 'f\\x00l\\x00a\\x00s\\x00k\\x00=\\x00=\\x003\\x00' (from line 1 of"
            " requirements.txt)"
        ),
        "error: stream did not contain valid UTF-8",
    ),
    counter_examples=("ERROR: Invalid requirement: 'pip install gunicorn' (from line 2 of requirements.txt)",),
    about_a_package=False,
)
