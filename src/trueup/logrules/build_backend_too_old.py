"""The build backend that a package pins fails on this Python.

What it means:
    The isolated build environment holds an old setuptools (or another backend) that the package's pyproject.toml pins,
    and that release does not run on this Python.

Why:
    `pkgutil.ImpImporter` left Python 3.12; setuptools before 66.1 still used it.

Example:
    AttributeError: module 'pkgutil' has no attribute 'ImpImporter'. Did you mean: 'zipimporter'?

What to do:
    Raise the package to a version with a wheel for this Python, or pin an older Python.

Sources:
    What's New in Python 3.12 (Removed: pkgutil); pypa/setuptools CHANGES 66.1; own recordings of numpy and pandas;
    read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="build-backend-too-old",
    title="The pinned build backend does not run on this Python",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("has no attribute 'ImpImporter'"),
        pattern("has no attribute 'ImpLoader'"),
        pattern(
            "project.license",
            r"configuration error: `project\.license(?:-files)?` must (?:be valid exactly by one|not contain)",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "cannot import name '",
            r"cannot import name '\w+' from 'setuptools(?:\.[\w.]+)?'",
            needs=r"setup\.py|build_meta|egg_info|Getting requirements",
            reach=40,
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "Cannot import '",
            r"(?:BackendUnavailable|pip\._vendor\.\S+BackendUnavailable): Cannot import '(?P<backend>[\w.]+)'",
            confidence=Confidence.MEDIUM,
            lead=-1,
        ),
        pattern(
            "Unsupported Python",
            r"(?:poetry|flit|hatchling|mesonpy|maturin|scikit_build_core)\S* .*(?:does not support|Unsupported)"
            r" Python",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "cannot import name 'Mapping'",
            r"cannot import name '\w+' from 'collections'",
            needs=r"(?:setuptools|pkg_resources)/",
            reach=6,
        ),
    ),
    explanation=(
        "Its build environment holds a build backend that does not run on Python {python}.",
        "The package pins that backend itself, so upgrading setuptools in your environment changes nothing.",
    ),
    remedies=(
        "Raise {package} to a version that has a wheel for Python {python}.",
        "Or pin a Python for which {what} has a wheel, in the file that the platform reads.",
    ),
    examples=(
        (
            '        File "/tmp/pip-build-env-h2a/overlay/lib/python3.12/site-packages/pkg_resources/__init__.py",'
            " line 2172, in <module>\n          register_finder(pkgutil.ImpImporter, find_on_path)\n     "
            " AttributeError: module 'pkgutil' has no attribute 'ImpImporter'. Did you mean: 'zipimporter'?"
        ),
    ),
    counter_examples=("AttributeError: module 'pkgutil' has no attribute 'resolve_names'",),
)
