"""Python.h is absent.

What it means:
    An extension is compiled and the headers of the interpreter are not installed.

Why:
    A distribution's python3 package comes without headers; python3-dev has them. The official images have them.

Example:
    psutil/_psutil_common.c:9:10: fatal error: Python.h: No such file or directory

What to do:
    Use a wheel; else install the headers that belong to the interpreter that runs the build.

Sources:
    gcc's wording; CMake FindPython; own recordings; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="missing-python-headers",
    title="Python.h is missing",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("Python.h", r"fatal error: '?Python\.h'?(?:: No such file or directory| file not found)"),
        pattern("Python.h", r"(?:Cannot open include file: 'Python\.h'|Python\.h: No such file)"),
        pattern("Could NOT find Python", r"Could NOT find Python3? \(missing: [^)]*(?:Development|INCLUDE)"),
        pattern(
            "Python headers",
            r"(?:[Yy]ou (?:need|should) (?:to )?install|[Cc]ould not find|missing|without)\b.{0,40}(?:Python"
            r" headers|python3?-dev\b)",
        ),
        pattern("python3-dev", r"(?:need|install).{0,40}\bpython3-dev\b", needs=r"[Ee]rror"),
    ),
    explanation=("Its build includes Python.h, and the headers of this Python are not installed.",),
    remedies=(
        "Take a version of {package} with a wheel for Python {python}, or a Python for which {what} has one.",
        (
            "If it must be built: install the headers of the interpreter in use (python3-dev, or python3.X-dev of the"
            " same minor version)."
        ),
    ),
    examples=(
        (
            "      psutil/_psutil_common.c:9:10: fatal error: Python.h: No such file or directory\n          9 |"
            " #include <Python.h>"
        ),
        '  Could NOT find Python (missing: Development.Module) (found version "3.12.3")',
    ),
    counter_examples=("#include <Python.h>", "copying Python.h -> build/include"),
    effect_of=frozenset({"missing-compiler"}),
)
