"""A package is compiled and no compiler is there.

What it means:
    The installer found no usable wheel, took the source distribution, and its build called gcc, cc, clang, g++ or
    gfortran, which is not installed in that image or not on the PATH.

Why:
    Slim images and builders' install phases carry no compiler. The compiler is not what must be mended first: a wheel
    for this Python makes it unnecessary.

Example:
    error: command 'gcc' failed: No such file or directory

What to do:
    Choose a Python for which the pinned version has a wheel, or a version of the package that has one; only then
    install a compiler.

Sources:
    setuptools/_distutils/spawn.py and unixccompiler.py; meson mesonbuild/compilers/detect.py; CMake's
    CMakeDetermineCCompiler.cmake; own recordings with Python 3.8 to 3.15; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

_TOOL = r"(?P<tool>(?:[\w./+-]*-)?(?:gcc|g\+\+|cc|c\+\+|clang(?:\+\+)?|gfortran|icc|nvcc)(?:-\d+)?)"

RULE = Rule(
    id="missing-compiler",
    title="No compiler to build a package from source",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("No such file or directory", rf"command '{_TOOL}' failed: No such file or directory"),
        pattern("unable to execute", rf"unable to execute '?{_TOOL}'?: No such file or directory"),
        pattern("Errno 2] No such file", rf"No such file or directory: '(?:/\S*/)?{_TOOL}'"),
        pattern("not found", rf"(?:^|[\s:/]){_TOOL}: (?:command )?not found"),
        pattern("No such file", rf"^(?:make(?:\[\d+\])?|gmake): {_TOOL}: No such file or directory"),
        pattern("ommand not found", rf"^(?:make(?:\[\d+\])?|gmake): {_TOOL}: Command not found"),
        pattern("Unknown compiler(s)", r"Unknown compiler\(s\): \[\[?['\"](?P<tool>[\w+-]+)"),
        pattern("CMAKE_C", r"No CMAKE_(?P<language>C|CXX|Fortran)_COMPILER could be found"),
        pattern("CMAKE_C", r"CMAKE_(?P<language>C|CXX)_COMPILER not set, after EnableLanguage"),
        pattern("compiler", r"no acceptable C compiler found in \$PATH"),
        pattern("linker `", rf"error: linker `{_TOOL}` not found"),
        pattern("cc1plus", r"(?:cannot execute ['‘`]?cc1plus|error trying to exec '(?P<tool>cc1plus)')"),
        pattern("Microsoft Visual C++", r"Microsoft Visual C\+\+ 14\.\d(?: or greater)? is required"),
        pattern(
            "must be installed to build", r"(?P<tool>CMake) must be installed to build", confidence=Confidence.MEDIUM
        ),
        pattern(
            "ProcessError", r"(?:Could not|Unable to) (?:find|locate) (?:a )?(?:suitable )?(?P<tool>C\+\+|C) compiler"
        ),
        pattern("failed to find tool", rf"failed to find tool \"?{_TOOL}\"?"),
        pattern(
            "ompiler",
            r"(?:No C compiler|no C compiler|C compiler (?:cannot be|was not|not) found|Fortran compiler (?:not|was"
            r" not|cannot be) found)",
        ),
    ),
    explanation=(
        "Its build calls {tool}, and there is none in this environment.",
        "Without a compiler the package cannot be built.",
    ),
    remedies=(
        (
            "Run a Python for which {what} has a wheel (pin it in the file that the platform reads), or take a"
            " version of {package} that has a wheel for Python {python}."
        ),
        (
            "Only if no wheel exists: install a compiler in the build (for Debian images the packages gcc, g++ and"
            " libc6-dev, or build-essential)."
        ),
    ),
    examples=(
        (
            "  Building wheel for asyncpg (pyproject.toml): started\n      building 'asyncpg.pgproto.pgproto'"
            " extension\n      error: command 'gcc' failed: No such file or directory"
        ),
        "      unable to execute 'x86_64-linux-gnu-gcc': No such file or directory",
        (
            "../../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc'], ['clang'], ['nvc'], ['pgcc'],"
            " ['icc'], ['icx']]"
        ),
        "  No CMAKE_CXX_COMPILER could be found.",
        "error: linker `cc` not found",
        "configure: error: no acceptable C compiler found in $PATH",
    ),
    counter_examples=(
        "error: command '/usr/bin/gcc' failed with exit code 1",
        "checking for gcc... gcc",
        "bash: line 1: gunicorn: command not found",
    ),
)
