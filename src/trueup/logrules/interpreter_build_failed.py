"""The tool tries to compile CPython and cannot.

What it means:
    pyenv, asdf or mise builds the interpreter from source because it has no prebuilt one, and compiling fails.

Why:
    The image lacks the compiler or libraries that building CPython needs, or memory.

Example:
    BUILD FAILED (Debian 12 using python-build 2.4.0)

What to do:
    Ask for a version that the tool has prebuilt.

Sources:
    pyenv's plugins/python-build; mise's core python plugin; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="interpreter-build-failed",
    title="Compiling the interpreter failed",
    group=Group.PLATFORM,
    phase="setup",
    patterns=(
        pattern("BUILD FAILED (", r"BUILD FAILED \(.*using python-build"),
        pattern("python-build", r"(?:python-build|pyenv).{0,60}(?:failed|exit(?:ed)? with (?:non-zero|code [1-9]))"),
        pattern(
            "mise ",
            r"mise .{0,40}(?:[Ff]ailed to install|ERROR).{0,40}(?:core:)?python@(?P<wanted>[\d.]+)",
            confidence=Confidence.MEDIUM,
        ),
        pattern("The Python ssl extension was not compiled", lead=1),
        pattern("The Python zlib extension was not compiled", lead=1),
        pattern("Last 10 log lines:", needs=r"python-build|Python-\d", reach=12, confidence=Confidence.MEDIUM, lead=-1),
        pattern("asdf", r"asdf: .*(?:install|build).*python.*failed"),
    ),
    explanation=(
        (
            "The tool has no prebuilt Python {wanted}, compiles it, and cannot. | The tool compiles the interpreter"
            " from source and cannot."
        ),
    ),
    remedies=(
        "Ask for a Python that the tool has prebuilt (another patch release, or major.minor alone).",
        (
            "Or install what building CPython needs (a compiler, libssl-dev, zlib1g-dev, libffi-dev, libbz2-dev,"
            " libreadline-dev, libsqlite3-dev)."
        ),
    ),
    examples=(
        (
            "BUILD FAILED (Debian 12 using python-build 2.4.0)\n\nInspect or clean up the working tree at"
            " /tmp/python-build.20260101"
        ),
    ),
    counter_examples=(
        "Downloading Python-3.12.8.tar.xz...\nInstalled Python-3.12.8 to /home/app/.pyenv/versions/3.12.8",
    ),
    effect_of=frozenset(),
    own_phase=True,
    about_a_package=False,
)
