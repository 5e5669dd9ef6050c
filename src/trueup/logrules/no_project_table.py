"""pyproject.toml holds only tables of tools.

What it means:
    A tool was told to install the project, and pyproject.toml has neither `[project]` nor `[tool.poetry]`.

Why:
    The file configures linters only; the dependencies are listed elsewhere. Builders that see it take its tool.

Example:
    error: No `project` table found in: `/app/pyproject.toml`

What to do:
    Declare the project there, or make the platform install the requirements file.

Sources:
    uv's workspace errors; poetry-core's factory.py; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="no-project-table",
    title="pyproject.toml declares no project",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern("table found in", r"No `?project`? table found in: `?(?P<file>[^`]+)`?"),
        pattern("[tool.poetry] section not found"),
        pattern(
            "either [project] or [tool.poetry]",
            r"(?:must contain|does not contain) either \[project\] or \[tool\.poetry\]",
        ),
        pattern("does not contain a `project`", r"pyproject\.toml.{0,40}does not contain a `project`"),
        pattern("No [project] table", r"No \[project\] table (?:found )?in"),
        pattern("'project'", r"KeyError: 'project'", needs=r"pyproject\.toml|hatch|pdm|flit", reach=20),
        pattern("missing a `project` table", r"missing a `project` table"),
    ),
    explanation=(
        (
            "The tool installs the project of {file}, and that file has tables of tools only. | The tool installs the"
            " project of pyproject.toml, and that file has tables of tools only."
        ),
    ),
    remedies=(
        "Add a `[project]` table with name, version and dependencies.",
        (
            "Or let the platform install the requirements file instead (install command `pip install -r"
            " requirements.txt`)."
        ),
    ),
    examples=(
        "error: No `project` table found in: `/app/pyproject.toml`",
        "[tool.poetry] section not found in /app/pyproject.toml",
    ),
    counter_examples=("Building kettle @ file:///app",),
    about_a_package=False,
)
