"""A module that left the standard library is imported.

What it means:
    The application, or a package that it imports, needs imghdr, cgi, distutils, audioop, imp … on a Python that no
    longer has it.

Why:
    The platform's Python is newer than the code.

Example:
    ModuleNotFoundError: No module named 'imghdr'

What to do:
    Raise the package that imports it, or pin an older Python.

Sources:
    PEP 594; What's New in Python 3.10 to 3.13; own recordings; read 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from trueup.logrules._building import REMOVED_NAME, in_build, removed_module, removed_name
from trueup.logrules._rule import Group, Rule, Scene, pattern

_SITE = re.compile(r"(?:site|dist)-packages/(?P<package>[\w-]+)")
_BACKPORTS = {
    "audioop": "audioop-lts",
    "cgi": "legacy-cgi",
    "distutils": "setuptools",
    "imghdr": "standard-imghdr",
    "telnetlib": "standard-telnetlib",
    "crypt": "legacycrypt",
    "pipes": "standard-pipes",
    "asyncore": "pyasyncore",
    "asynchat": "pyasynchat",
    "nntplib": "standard-nntplib",
    "aifc": "standard-aifc",
    "sunau": "standard-sunau",
    "chunk": "standard-chunk",
    "imp": "",
}


def _importer(scene: Scene) -> dict[str, str]:
    for frame in reversed(scene.traceback()):
        if found := _SITE.search(frame):
            return {"importer": found["package"]}
    return {}


def _module(scene: Scene) -> Mapping[str, str] | None:
    if in_build(scene):
        return None
    gone = removed_module(scene)
    if gone is None:
        return None
    backport = _BACKPORTS.get(gone["gone"])
    return {**gone, **_importer(scene), **({"backport": backport} if backport else {})}


def _name(scene: Scene) -> Mapping[str, str] | None:
    gone = None if in_build(scene) else removed_name(scene)
    return {**gone, **_importer(scene)} if gone else None


RULE = Rule(
    id="stdlib-removed-at-start",
    title="The standard library no longer has a module that is imported",
    group=Group.START,
    phase="start",
    patterns=(
        pattern("No module named", r"No module named '?(?P<module>\w+)(?:\.\w+)*'?", accept=_module),
        pattern("has no attribute", REMOVED_NAME, accept=_name),
        pattern("cannot import name", REMOVED_NAME, accept=_name),
    ),
    explanation=(
        (
            "{importer} uses `{gone}`, which left the standard library with Python {since}; this is Python {python}."
            " | `{gone}` left the standard library with Python {since}."
        ),
    ),
    remedies=(
        "Raise {importer} to a version that does without `{gone}`.",
        "Or pin a Python older than {since}, in the file that the platform reads.",
        "As a stopgap add {backport} to the requirements, which brings the module back.",
    ),
    examples=(
        (
            '  File "/app/.venv/lib/python3.13/site-packages/telegram/files/inputfile.py", line 22, in <module>\n  '
            "  import imghdr\nModuleNotFoundError: No module named 'imghdr'"
        ),
        "    from distutils.util import strtobool\nModuleNotFoundError: No module named 'distutils'",
        (
            "  File \"/app/legacy.py\", line 2, in <module>\nImportError: cannot import name 'Mapping' from"
            " 'collections' (/usr/local/lib/python3.12/collections/__init__.py)"
        ),
    ),
    counter_examples=(
        "ModuleNotFoundError: No module named 'flask_cors'",
        (
            "      Getting requirements to build wheel did not run successfully.\n      ModuleNotFoundError: No"
            " module named 'imp'"
        ),
    ),
    about_a_package=False,
)
