"""A setup.py uses another module or name that the standard library no longer has.

What it means:
    The package's setup.py (or versioneer.py beside it) imports `imp`, reads `ast.Str`, calls
    `configparser.SafeConfigParser` or the like.

Why:
    The release is older than this Python.

Example:
    ModuleNotFoundError: No module named 'imp'

What to do:
    Raise the package, or pin an older Python.

Sources:
    "Removed" in What's New in Python 3.8 to 3.14; own recordings of pathtools, psycopg2 2.7.7 and a setup.py with
    ast.Str; read 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Mapping

from trueup.logrules._building import REMOVED_NAME, in_build, removed_module, removed_name
from trueup.logrules._rule import Group, Rule, Scene, pattern


def _module(scene: Scene) -> Mapping[str, str] | None:
    if scene.match["module"].startswith("distutils") or not in_build(scene):
        return None
    return removed_module(scene)


def _name(scene: Scene) -> Mapping[str, str] | None:
    groups = scene.match.groupdict()
    if "pkg_resources/" in "\n".join(scene.traceback()) and (groups.get("module2") or "") == "collections":
        return None
    return removed_name(scene) if in_build(scene) else None


def _in_build(scene: Scene) -> Mapping[str, str] | None:
    return {"gone": scene.match.group(0)} if in_build(scene) else None


RULE = Rule(
    id="stdlib-removed-in-setup",
    title="A setup.py uses what the standard library no longer has",
    group=Group.SOURCE_BUILD,
    phase="install",
    patterns=(
        pattern("No module named", r"No module named '?(?P<module>\w+)'?", accept=_module),
        pattern("has no attribute", REMOVED_NAME, accept=_name),
        pattern("cannot import name", REMOVED_NAME, accept=_name),
        pattern("has no attribute 'readfp'", accept=_in_build),
        pattern("invalid mode: 'rU'", accept=_in_build),
        pattern("has no attribute 'unescape'", accept=_in_build),
    ),
    explanation=(
        (
            "Its setup.py uses `{gone}`, which Python {since} and later do not have. | Its setup.py uses what this"
            " Python no longer has."
        ),
    ),
    remedies=(
        "Raise {package} to a version made for Python {python}.",
        "Or pin a Python older than {since}, in the file that the platform reads.",
    ),
    examples=(
        (
            '      Getting requirements to build wheel did not run successfully.\n        File "<string>", line 20,'
            " in <module>\n      ModuleNotFoundError: No module named 'imp'"
        ),
        (
            '        File "/tmp/pip-install-q/kettle/setup.py", line 5, in <genexpr>\n      AttributeError: module'
            " 'ast' has no attribute 'Str'"
        ),
    ),
    counter_examples=(
        (
            '  File "/app/bot.py", line 3, in <module>\n    import imghdr\nModuleNotFoundError: No module named'
            " 'imghdr'"
        ),
        (
            "      Getting requirements to build wheel did not run successfully.\n      ModuleNotFoundError: No"
            " module named 'numpy'"
        ),
    ),
)
