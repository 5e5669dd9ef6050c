"""setuptools finds several top-level packages.

What it means:
    The project is installed as a package, and setuptools' automatic discovery refuses to guess which folders belong
    to it.

Why:
    A flat layout with more than one top-level folder, in a project that was never meant to be installed.

Example:
    error: Multiple top-level packages discovered in a flat-layout: ['app', 'alembic'].

What to do:
    Say which packages belong to it, or install only its dependencies.

Sources:
    setuptools/discovery.py; poetry-core's "No file/folder found for package"; hatchling's wheel builder; own
    recording; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="project-layout",
    title="The project cannot be installed as a package as it is laid out",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern(
            "Multiple top-level",
            r"Multiple top-level (?P<kind>packages|modules) discovered in a flat-layout: (?P<found>\[.*\])",
        ),
        pattern(
            "No file/folder found for package", r"No file/folder found for package (?<![\w.-])(?P<found>[\w.-]{1,80})"
        ),
        pattern("Unable to determine which files to ship"),
        pattern("does not contain any element", r"(?<!\S)(?P<found>\S{1,300}) does not contain any element"),
        pattern("package directory '", r"error: package directory '(?P<found>[^']+)' does not exist"),
        pattern("Readme path", r"Readme path `?(?P<found>\S+?)`? does not exist"),
        pattern("Readme file does not exist", r"Readme file does not exist: (?P<found>\S+)"),
        pattern(
            "does not appear to be a Python project",
            r"(?<!\S)(?P<found>\S{1,300}) does not appear to be a Python project",
        ),
        pattern(
            "is not installable",
            r"Directory '(?P<found>[^']+)' is not installable\. Neither 'setup\.py' nor 'pyproject\.toml' found",
            unless=r"@ file:",
        ),
        pattern(
            "The current project could not be installed", r"The current project could not be installed: (?P<found>.*)"
        ),
    ),
    explanation=(
        (
            "The install step installs the project itself, and its layout does not allow that: {found}. | The install"
            " step installs the project itself, and its layout does not allow that."
        ),
    ),
    remedies=(
        (
            'Name the packages in pyproject.toml (`[tool.setuptools] packages = ["app"]`, or `py-modules = []` for'
            " none), or move them below src/."
        ),
        (
            "Or install only the dependencies: `uv sync --no-install-project`, `poetry install --no-root`, `package ="
            " false`, or a requirements file."
        ),
    ),
    examples=(
        "      error: Multiple top-level packages discovered in a flat-layout: ['app', 'static', 'alembic'].",
        "Error: The current project could not be installed: No file/folder found for package kettle",
    ),
    counter_examples=("      running egg_info\n      writing kettle.egg-info/PKG-INFO",),
    about_a_package=False,
)
