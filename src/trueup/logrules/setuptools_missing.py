"""pkg_resources or setuptools is wanted when running.

What it means:
    A package imports pkg_resources at run time; environments of Python 3.12+ have no setuptools, and setuptools 82 has
    no pkg_resources.

Why:
    The package does not declare setuptools as its requirement, because it used to be there always.

Example:
    ModuleNotFoundError: No module named 'pkg_resources'

What to do:
    Raise the package, or require `setuptools<81`.

Sources:
    What's New in Python 3.12 (venv without setuptools); pypa/setuptools CHANGES 82; own recording; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._building import in_build
from trueup.logrules._rule import Group, Rule, Scene, pattern

_SITE = re.compile(r"(?:site|dist)-packages/(?P<package>[\w-]+)")


def _importer(scene: Scene) -> Mapping[str, str] | None:
    if in_build(scene):
        return None
    for frame in reversed(scene.traceback()):
        if found := _SITE.search(frame):
            return {"importer": found["package"]}
    return {}


RULE = Rule(
    id="setuptools-missing",
    title="setuptools is needed at run time and not there",
    group=Group.START,
    phase="start",
    patterns=(
        pattern(
            "No module named", r"No module named '?(?P<module>pkg_resources|setuptools)(?:\.\w+)*'?", accept=_importer
        ),
        pattern(
            "The 'setuptools",
            r"DistributionNotFound: The 'setuptools\S*' distribution was not found",
            accept=_importer,
        ),
    ),
    explanation=(
        (
            "{importer} imports {module} when the service starts, and no setuptools that has it is installed. |"
            " {module} is imported when the service starts, and no setuptools that has it is installed."
        ),
    ),
    remedies=(
        "Raise {importer} to a version that does without {module}.",
        "Or add `setuptools<81` to the requirements (newer releases have no pkg_resources).",
    ),
    examples=(
        (
            '  File "/app/.venv/lib/python3.12/site-packages/apscheduler/__init__.py", line 1, in <module>\n   '
            " from pkg_resources import get_distribution, DistributionNotFound\nModuleNotFoundError: No module named"
            " 'pkg_resources'"
        ),
    ),
    counter_examples=(
        (
            "      Getting requirements to build wheel did not run successfully.\n      ModuleNotFoundError: No"
            " module named 'pkg_resources'"
        ),
    ),
    about_a_package=False,
)
