"""An extension was built for another numpy.

What it means:
    A compiled package was built against numpy 1 and runs with numpy 2, or the other way around.

Why:
    numpy 2 changed its binary interface; the older package does not forbid it in its requirements.

Example:
    ValueError: numpy.dtype size changed, may indicate binary incompatibility.

What to do:
    Pin numpy below 2, or raise the package.

Sources:
    numpy's 2.0 migration guide; Cython's import check; own recordings of pandas 2.0 and matplotlib 3.8; read
    2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._rule import Group, Rule, Scene, pattern

_SITE = re.compile(r"(?:site|dist)-packages/(?P<package>\w+)/")
_PROJECTS = {"sklearn": "scikit-learn", "cv2": "opencv-python", "skimage": "scikit-image"}


def _user(scene: Scene) -> Mapping[str, str] | None:
    for frame in reversed(
        scene.traceback() or [scene.log.text(i) for i in range(max(0, scene.index - 30), scene.index)]
    ):
        if (found := _SITE.search(frame)) and found["package"] != "numpy":
            return {"package": _PROJECTS.get(found["package"], found["package"])}
    return {}


RULE = Rule(
    id="numpy-abi",
    title="A package was built for another numpy",
    group=Group.START,
    phase="start",
    patterns=(
        pattern(
            "size changed, may indicate binary incompatibility",
            r"(?:numpy\S* size changed|size changed, may indicate binary incompatibility)",
            accept=_user,
            lead=1,
        ),
        pattern("numpy.core.multiarray failed to import", accept=_user),
        pattern("numpy.core.umath failed to import", accept=_user),
        pattern("A module that was compiled using NumPy 1.x cannot be run in", accept=_user),
        pattern("_ARRAY_API not found", accept=_user),
        pattern("module compiled against API version", r"module compiled against (?:API|ABI) version", accept=_user),
        pattern("No module named 'numpy._core", accept=_user),
        pattern("numpy.core.multiarray", r"ImportError: .*numpy\.core\.multiarray", accept=_user, lead=-1),
        pattern(
            "`np.float_` was removed",
            r"AttributeError: `np\.\w+` was removed in the NumPy 2\.0 release",
            accept=_user,
        ),
        pattern(
            "np.",
            r"module 'numpy' has no attribute"
            r" '(?P<name>bool|int|float|object|complex|str|typeDict|float_|string_|unicode_|Inf|NaN|product|"
            r"cumproduct|in1d|row_stack|trapz|bool8)'",
            accept=_user,
            lead=-1,
        ),
        pattern(
            "module 'numpy' has no attribute",
            r"module 'numpy' has no attribute"
            r" '(?P<name>bool|int|float|object|complex|str|typeDict|float_|string_|unicode_|Inf|NaN|product|"
            r"cumproduct|in1d|row_stack|trapz|bool8)'",
            accept=_user,
            lead=-1,
        ),
    ),
    explanation=(
        (
            "{package} was built for another numpy than the one installed. | A compiled package was built for another"
            " numpy than the one installed."
        ),
    ),
    remedies=(
        "Raise {package} to a version built for the installed numpy.",
        "Or add `numpy<2` to the requirements.",
    ),
    examples=(
        (
            '  File "/app/.venv/lib/python3.11/site-packages/pandas/__init__.py", line 22, in <module>\nValueError:'
            " numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from"
            " PyObject"
        ),
        "ImportError: numpy.core.multiarray failed to import",
    ),
    counter_examples=("ModuleNotFoundError: No module named 'numpy'",),
    about_a_package=False,
)
