"""Whether a line stands in the output of a package's build, and the standard library's removed parts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._rule import Scene

_BUILD = re.compile(
    r"Getting requirements to build|Preparing metadata|Preparing wheel"
    r" metadata|\bsetup\.py\b|pip-(?:install|build|req-build|build-env)-|build_meta"
    r"|subprocess-exited-with-error|Building wheel|egg_info|metadata-generation-failed|Failed to build|build"
    r" backend|build_wheel"
    r"|bdist_wheel|pip"
    r" subprocess|pep517|maturin|pyproject_hooks|get_requires_for_build|[Pp]repare_metadata|setuptools/build|Could"
    r" not build wheels"
    r"|hatchling|poetry\.core|\.tmp\w+/builds-v0|Build backend failed|failed with exit code 1$"
)


def in_build(scene: Scene) -> bool:
    """Whether the line is part of what a package's build printed."""
    frames = scene.traceback()
    if any(_BUILD.search(frame) for frame in frames):
        return True
    if any(re.search(r"/(?:gunicorn|uvicorn)/|manage\.py", frame) for frame in frames):
        return False
    return scene.near(_BUILD, 40, 25) is not None


def when_building(scene: Scene) -> Mapping[str, str] | None:
    """Accepts a line of a package's build."""
    return {} if in_build(scene) else None


REMOVED_MODULES: Mapping[str, str] = {
    **dict.fromkeys(("formatter", "parser", "symbol", "macpath"), "3.10"),
    **dict.fromkeys(("binhex",), "3.11"),
    **dict.fromkeys(("asynchat", "asyncore", "distutils", "imp", "smtpd"), "3.12"),
    **dict.fromkeys(
        ("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "msilib", "nis",
            "nntplib",
         "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
        "3.13",
    ),
}  # fmt: skip
"""Modules that left the standard library, and the Python that no longer has them.

Source: "What's New in Python" 3.10 to 3.13, sections "Removed", and PEP 594; read 2026-11-20.
"""

REMOVED_NAMES: tuple[tuple[str, str, str], ...] = (
    (
        "collections",
        (
            r"Mapping|MutableMapping|Sequence|MutableSequence|Callable|Iterable|Iterator|Set|MutableSet|Hashable|"
            r"Sized|Container|Generator"
        ),
        "3.10",
    ),
    ("fractions", r"gcd", "3.9"),
    ("time", r"clock", "3.8"),
    ("cgi", r"escape|parse_qs|parse_qsl", "3.8"),
    ("platform", r"linux_distribution|dist", "3.8"),
    ("inspect", r"getargspec|formatargspec", "3.11"),
    ("asyncio", r"coroutine|async|get_event_loop_policy|AbstractChildWatcher|SafeChildWatcher", "3.11"),
    ("random", r"jumpahead", "3.11"),
    ("configparser", r"SafeConfigParser|ParsingError\.filename", "3.12"),
    ("pkgutil", r"find_loader|get_loader", "3.14"),
    ("ast", r"Str|Num|Bytes|NameConstant|Ellipsis", "3.14"),
    ("locale", r"format|resetlocale", "3.12"),
    ("ssl", r"wrap_socket|match_hostname|RAND_pseudo_bytes", "3.12"),
    ("unittest", r"makeSuite|findTestCases|_TextTestResult", "3.13"),
    ("typing", r"io|re|ByteString", "3.13"),
    ("logging", r"warn", "3.13"),
    ("importlib", r"find_loader", "3.12"),
    ("base64", r"encodestring|decodestring", "3.9"),
    ("html", r"HTMLParser\.unescape", "3.9"),
    ("sys", r"setcheckinterval|getcheckinterval", "3.9"),
    ("threading", r"_shutdown_locks_lock", "3.13"),
    ("gettext", r"lgettext|bindtextdomain_codeset", "3.11"),
    ("string", r"letters|lowercase|maketrans", "3.0"),
    ("array", r"ArrayType\.tostring", "3.9"),
    ("tarfile", r"filemode", "3.8"),
    ("webbrowser", r"MacOSX", "3.13"),
)
"""Names that left modules of the standard library: module, names, the Python without them. Source: as above."""

REMOVED_NAME = (
    r"(?:module '(?P<module>" + "|".join(module for module, _, _ in REMOVED_NAMES) + r")' has no attribute '(?P<name>"
    + "|".join(names for _, names, _ in REMOVED_NAMES) + r")'"
    r"|cannot import name '(?P<name2>" + "|".join(names for _, names, _ in REMOVED_NAMES) + r")' from '(?P<module2>"
    + "|".join(module for module, _, _ in REMOVED_NAMES) + r")')"
)  # fmt: skip
"""A regular expression for the two ways in which Python says that such a name is gone."""


def removed_name(scene: Scene) -> Mapping[str, str] | None:
    """Which name of which module is gone, and since when; None where the pair is not one that was removed."""
    groups = scene.match.groupdict()
    module = groups.get("module") or groups.get("module2") or ""
    name = groups.get("name") or groups.get("name2") or ""
    for known, names, since in REMOVED_NAMES:
        if module == known and re.fullmatch(names, name):
            return {"gone": f"{module}.{name}", "since": since}
    return None


def removed_module(scene: Scene) -> Mapping[str, str] | None:
    """Which module is gone and since when; None for a module that the standard library never had or still has."""
    module = scene.match["module"].split(".")[0]
    if module not in REMOVED_MODULES:
        return None
    return {"gone": module, "since": REMOVED_MODULES[module]}
