"""A build asks pkg-config, and it or the library's .pc file is absent.

What it means:
    mysqlclient, pycairo, xmlsec and others find their system library through pkg-config. Either the tool is not
    installed or it does not know the library.

Why:
    The library's development package is not in the image.

Example:
    Exception: Can not find valid pkg-config name.

What to do:
    Install pkg-config and the library's development package, or use a package with wheels.

Sources:
    mysqlclient's setup.py; meson mesonbuild/dependencies/pkgconfig.py; pkg-config's messages; own recordings; read
    2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="missing-pkg-config",
    title="pkg-config or a library's .pc file is missing",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("valid pkg-config name", r"Can not find valid pkg-config name"),
        pattern("pkg-config", r"(?:^|[\s:/])pkg-config: (?:command )?not found", lead=-1),
        pattern("pkg-config", r"No such file or directory: ['\"](?:/\S*/)?pkg-config"),
        pattern(
            "pkg-config",
            r"(?:pkg-config|pkgconf) (?:is not installed|could not be found|not found|probably not installed|is"
            r" required)",
            lead=-1,
        ),
        pattern("pkg-config", r"The pkg-config command could not be found"),
        pattern("tried pkgconfig", r"Dependency \"(?P<library>[\w.+-]+)\" not found(?: \(tried|, tried) pkgconfig"),
        pattern(
            "was not found in the pkg-config search path",
            r"Package '?(?P<library>[\w.+-]+)'? was not found in the pkg-config search path",
            confidence=Confidence.MEDIUM,
            lead=-1,
        ),
        pattern("No package '", r"No package '(?P<library>[\w.+-]+)' found", confidence=Confidence.MEDIUM, lead=-1),
        pattern(
            "required by 'virtual:world'",
            r"Package '(?P<library>[\w.+-]+)', required by 'virtual:world', not found",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "pkg-config --exists",
            r"Command ['\"](?:pkg-config|pkgconf) --exists (?P<library>\w+)['\"] returned non-zero",
            confidence=Confidence.MEDIUM,
            lead=-2,
        ),
    ),
    explanation=(
        (
            "Its build asks pkg-config for {library}, and there is no answer: the tool or the library's development"
            " package is missing. | Its build asks pkg-config for a system library and gets no answer."
        ),
    ),
    remedies=(
        (
            "Install pkg-config and the library's development package in the build (for mysqlclient: pkg-config,"
            " default-libmysqlclient-dev and a compiler)."
        ),
        "Or use a package that has wheels (for MySQL: PyMySQL or mysql-connector-python).",
    ),
    examples=(
        (
            "      Trying pkg-config --exists mariadb\n      Exception: Can not find valid pkg-config name.\n     "
            " Specify MYSQLCLIENT_CFLAGS and MYSQLCLIENT_LDFLAGS env vars manually"
        ),
        '../meson.build:31:12: ERROR: Dependency "cairo" not found, tried pkgconfig and cmake',
        "      /bin/sh: 1: pkg-config: not found",
        "      Package 'xmlsec1' was not found in the pkg-config search path.",
    ),
    counter_examples=("Found pkg-config: YES (/usr/bin/pkg-config) 1.8.1",),
    effect_of=frozenset({"missing-compiler", "missing-system-header", "cpython-api-changed", "missing-python-headers"}),
)
