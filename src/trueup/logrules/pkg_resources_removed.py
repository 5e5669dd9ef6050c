"""A setup.py imports pkg_resources and the build environment's setuptools has none.

What it means:
    The package's setup.py imports pkg_resources without asking for an old setuptools; the isolated build environment
    gets the newest, which no longer brings it.

Why:
    setuptools 82 removed pkg_resources; and on Python 3.12+ environments come without setuptools.

Example:
    ModuleNotFoundError: No module named 'pkg_resources'

What to do:
    Raise the package; or give the build an older setuptools through a constraint file for build requirements.

Sources:
    pypa/setuptools CHANGES 82.0; own recording of openai-whisper; read 2026-11-20.
"""

from trueup.logrules._building import when_building
from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="pkg-resources-removed",
    title="A setup.py needs pkg_resources, which newer setuptools does not have",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("No module named 'pkg_resources", accept=when_building),
        pattern("No module named pkg_resources", accept=when_building),
        pattern(
            "The 'setuptools' distribution",
            r"DistributionNotFound: The 'setuptools.*' distribution was not found",
            accept=when_building,
        ),
    ),
    explanation=(
        "Its setup.py imports pkg_resources, and the setuptools in its build environment no longer brings it.",
    ),
    remedies=(
        "Raise {package} to a version that has a wheel, or whose setup.py does without pkg_resources.",
        (
            "Or constrain the build's setuptools: a file with `setuptools<81`, named in PIP_BUILD_CONSTRAINT (pip"
            " 25.3 and later) or PIP_CONSTRAINT, or `[tool.uv] build-constraint-dependencies`."
        ),
    ),
    examples=(
        (
            '  × Getting requirements to build wheel did not run successfully.\n        File "<string>", line 4, in'
            " <module>\n      ModuleNotFoundError: No module named 'pkg_resources'"
        ),
    ),
    counter_examples=(
        (
            '  File "/app/.venv/lib/python3.12/site-packages/apscheduler/__init__.py", line 1, in <module>\n   '
            " from pkg_resources import get_distribution\nModuleNotFoundError: No module named 'pkg_resources'"
        ),
    ),
)
