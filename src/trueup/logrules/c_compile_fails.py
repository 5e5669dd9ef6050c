"""The compiler is there and refuses the code.

What it means:
    A source build stops at a compile or link error that is neither a missing header nor a change of CPython's C API.

Why:
    Old sources and a new compiler, a library of another version, or an error in the project's own extension.

Example:
    spoon.c:4:20: error: ‘sugar’ undeclared (first use in this function)

What to do:
    Read the first error; use a version of the package with a wheel.

Sources:
    gcc, clang, rustc, ninja and make messages; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._rule import Group, Rule, Scene, pattern
from trueup.model.finding import Confidence

_OTHERS = re.compile(
    r"_?Py(?!Array|UFunc)[A-Z_]\w+|\.h: No such file|file not found|longintrepr|_longobject|‘struct"
    r" _ts’|ob_digit|tp_print|curexc_|newer than PyO3"
)


def _other_error(scene: Scene) -> Mapping[str, str] | None:
    return None if _OTHERS.search(scene.log.paragraph(scene.index, 2)) else {}


RULE = Rule(
    id="c-compile-fails",
    title="A package does not compile",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern(
            "error: ",
            r"(?<![\w./+-])(?P<file>[\w./+-]{1,200}\.(?:c|cc|cpp|cxx|h|hpp|hh|cu|pyx|f|f90)):\d+:(?:\d+:)? (?:fatal"
            r" )?error:"
            r" (?P<problem>.{3,160})",
            accept=_other_error,
        ),
        pattern("error[E", r"^error\[E\d{4}\]: (?P<problem>.{3,160})"),
        pattern(
            "error: could not compile",
            r"error: could not compile `(?P<crate>[\w-]+)`",
            lead=-1,
            confidence=Confidence.MEDIUM,
        ),
        pattern("undefined reference to", r"undefined reference to `(?P<problem>[^']+)'", confidence=Confidence.MEDIUM),
        pattern("ninja: build stopped", lead=-2, confidence=Confidence.LOW),
        pattern(
            "failed with exit",
            r"error: command '[^']*(?:gcc|cc|clang|g\+\+|c\+\+|cmake|ninja|make|nvcc)[\w.-]*' failed with exit"
            r" (?:code|status) \d+",
            lead=-3,
            confidence=Confidence.LOW,
        ),
        pattern(
            "returned non-zero exit status",
            r"Command '\[['\"][^']*(?:gcc|cc|clang|g\+\+|c\+\+|cmake|ninja|make)['\"].*returned non-zero exit status",
            lead=-3,
            confidence=Confidence.LOW,
        ),
        pattern("CMake Error at", r"CMake Error at (?P<file>\S+?):\d+", lead=-2, confidence=Confidence.LOW),
    ),
    explanation=("Its build stops at a compile error in {file}: {problem}. | The compiler runs and refuses the code.",),
    remedies=(
        "Take a version of {package} that has a wheel for Python {python}, or a Python for which {what} has one.",
        "If the code is your own: mend the first error; those after it often follow from it.",
    ),
    examples=(
        (
            "      spoon.c:4:20: error: ‘sugar’ undeclared (first use in this function)\n          4 |     return"
            " turns * sugar;"
        ),
        "error[E0432]: unresolved import `std::simd`",
    ),
    counter_examples=("      spoon.c:4:20: warning: unused variable ‘sugar’ [-Wunused-variable]",),
    effect_of=frozenset(
        {
            "missing-compiler",
            "missing-system-header",
            "cpython-api-changed",
            "missing-python-headers",
            "out-of-memory",
            "no-space",
        }
    ),
    strength=2,
)
