"""The builder's own virtual environment step fails.

What it means:
    The builder creates or activates its virtual environment and stops: a committed .venv, a cache mount, a missing
    `venv` module.

Why:
    The builder's step meets files that it did not expect.

Example:
    Error: Unable to create directory '/app/.venv'

What to do:
    Do not commit or copy a virtual environment; let the builder make its own.

Sources:
    CPython Lib/venv/__init__.py; nixpacks f51d7fd src/providers/python.rs; railpack python.go; buildpacks-python
    errors.rs; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="builder-venv-conflict",
    title="The builder cannot make its virtual environment",
    group=Group.PLATFORM,
    phase="install",
    patterns=(
        pattern("Unable to create directory", r"Error: Unable to create directory '?(?P<path>\S+?venv\S*?)'?$"),
        pattern("The virtual environment was not created successfully"),
        pattern("No module named venv", r"No module named '?(?:venv|ensurepip|virtualenv)'?"),
        pattern("No module named 'ensurepip'"),
        pattern("are the same file", r"shutil\.SameFileError|Error: .*are the same file", needs=r"venv", reach=10),
        pattern("venv", r"\[Errno (?:16|17|26|39|21|20)\] [^:]+: '(?P<path>[^']*venv[^']*)'"),
        pattern("ensurepip", r"Command '\[.*venv.*'-m', 'ensurepip'.*returned non-zero", needs=r"venv"),
        pattern("/activate", r"(?<!\S)(?P<path>\S{0,300}/bin/activate): (?:No such file or directory|not found)"),
        pattern("A virtual environment already exists at", confidence=Confidence.LOW, needs=r"[Ee]rror|failed"),
        pattern("Existing virtualenv", r"existing (?:\.venv|virtual environment).{0,60}(?:commit|checked in|found in)"),
        pattern(
            "virtual environment",
            r"(?:[Pp]roject virtual environment directory|[Vv]irtual environment).{0,80}(?:cannot be used|is not a"
            r" valid Python environment|no Python executable was found)",
        ),
        pattern("broken", r"(?:The virtual environment|virtualenv).{0,60} (?:seems to be|is) broken"),
    ),
    explanation=(
        (
            "The builder's step that makes or enters the virtual environment fails at {path}. | The builder's step"
            " that makes or enters the virtual environment fails."
        ),
    ),
    remedies=(
        "Take .venv (and venv/, env/) out of the repository and put it into .gitignore and .dockerignore.",
        "Clear the build cache once, so that no half-made environment is reused.",
        "Leave creating the environment to the builder: remove your own `python -m venv` from its commands.",
    ),
    examples=(
        "Error: Unable to create directory '/app/.venv'",
        "/bin/bash: line 1: /opt/venv/bin/activate: No such file or directory",
        "The virtual environment was not created successfully because ensurepip is not\navailable.",
    ),
    counter_examples=(
        "RUN python -m venv --copies /opt/venv && . /opt/venv/bin/activate && pip install -r requirements.txt",
    ),
    about_a_package=False,
)
