"""The pinned version does not allow a Python as new as the one in use.

What it means:
    The version declares an upper bound, or refuses in its setup.py, or publishes wheels only and none for this Python.

Why:
    It was released before this Python. Packages with compiled parts must be released anew for each minor version.

Example:
    RuntimeError: Cannot install on Python version 3.12.1; only versions >=3.8,<3.12 are supported.

What to do:
    Pin an older Python in the file that the platform reads, or raise the package.

Sources:
    numba's setup.py; pip's factory.py; uv's resolver report (hints on ABI tags); own recordings; read 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Mapping

from trueup.logrules._no_match import NO_VERSION, bound_by, reading_is, satisfied
from trueup.logrules._rule import Group, Rule, Scene, pattern
from trueup.model.finding import Confidence


def _too_new(scene: Scene) -> Mapping[str, str] | None:
    """Accepts where the wanted Python lies below the one in use."""
    python, wanted = scene.match["python"], scene.match["wanted"]
    if satisfied(wanted, python) is not False or satisfied(wanted, "3.99"):
        return None
    uppers = [part.strip().lstrip("<=") for part in wanted.split(",") if part.strip().startswith("<")]
    return {} if any(satisfied(f">={upper}", python) for upper in uppers) else None


_WANTED = r"(?P<wanted>[<>=!~^]=?[\d.*]+(?:,\s?[<>=!~]=?[\d.*]+)*)"


def _range(scene: Scene) -> Mapping[str, str] | None:
    return {} if bound_by(scene.match["wanted"], scene.match["excluded"]) == "too-new" else None


POETRY = pattern(
    "requires Python",
    r"(?<![\w.-])(?P<package>[\w.-]{1,80})(?: \((?P<version>[\w.]+)\))? requires Python "
    rf"{_WANTED}, so it will not be (?:satisfied|installable) for Python (?P<excluded>\S+)",
    span=2,
    accept=_range,
)

RULE = Rule(
    id="python-too-new-for-pin",
    title="The pinned version does not support a Python this new",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        POETRY,
        pattern("Could not find a version that", NO_VERSION, span=2, accept=reading_is("python-too-new-for-pin")),
        pattern(
            "Cannot install on Python version",
            rf"Cannot install on Python version (?P<python>[\d.]+\w*); only versions {_WANTED} are supported",
        ),
        pattern(
            "Python version (",
            rf"current Python version \((?P<python>[\d.]+)\) does not satisfy Python{_WANTED} and"
            r" (?<![\w.-])(?P<package>[\w.-]{1,80}?)(?:==(?P<version>[\w.]+?))? depends on",
            span=5,
            accept=_too_new,
        ),
        pattern(
            "requires a different Python",
            rf"Package '(?<![\w.-])(?P<package>[\w.-]{{1,80}})' requires a different Python: (?P<python>[\d.]+\w*) not"
            rf" in '{_WANTED}'",
            accept=_too_new,
        ),
        pattern(
            "is not allowed by the project",
            rf"Current Python version \((?P<python>[\d.]+)\) is not allowed by the project \({_WANTED}\)",
            accept=_too_new,
        ),
        pattern(
            "incompatible with the project's Python requirement",
            r"Python (?P<python>[\d.]+) (?:interpreter )?is incompatible with the project's Python requirement:"
            rf" `{_WANTED}`",
            accept=_too_new,
            span=3,
        ),
        pattern(
            "Python ABI tag",
            r"(?<![\w.-])(?P<package>[\w.-]{1,80})==(?P<version>[\w.+]+) has no wheels with a matching Python"
            r" (?:ABI|implementation|version) tag",
            span=4,
        ),
        pattern(
            "only has wheels with the following Python",
            r"but `(?<![\w.-])(?P<package>[\w.-]{1,80})` \(v(?P<version>[\w.+]+)\) only has wheels with the following"
            r" Python",
            span=4,
        ),
        pattern(
            "doesn't have a source distribution or wheel for the current platform",
            r"(?:distribution|package) `?(?<![\w.-])(?P<package>[\w.-]{1,80})==(?P<version>[\w.+]+) @ \S+ (?:can't be"
            r" installed"
            r" because it )?doesn't have a source distribution or wheel",
            span=4,
            needs=r"CPython 3\.\d+|cp3\d+",
            reach=8,
        ),
        pattern(
            "Python versions >=",
            r"(?<![\w.-])(?P<package>[A-Za-z][\w.-]{1,80}).{0,40}(?:only supports|supports only|requires) Python"
            r" versions?"
            r" (?P<wanted>>=[\d.]+,\s?<=?[\d.]+)",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "not yet support",
            r"(?<![\w.-])(?P<package>[A-Za-z][\w.-]{1,80}) does not (?:yet )?support Python (?P<python>3\.\d+)",
            confidence=Confidence.MEDIUM,
        ),
    ),
    explanation=(
        (
            "{what} supports Python {wanted} and refuses Python {python}. | {what} supports Python {requires}. |"
            " {what} publishes no file that Python {python} can use; the versions that it can use are later ones"
            " ({listed}). | {what} has no file that Python {python} can use."
        ),
    ),
    remedies=(
        "Pin an older Python, one that {what} supports, in the file that the platform reads.",
        "Or raise {package} to a version that supports Python {python}.",
    ),
    examples=(
        "      RuntimeError: Cannot install on Python version 3.12.1; only versions >=3.8,<3.12 are supported.",
        (
            "ERROR: Could not find a version that satisfies the requirement tensorflow==2.15.0 (from versions:"
            " 2.20.0rc0, 2.20.0, 2.21.0)\nERROR: No matching distribution found for tensorflow==2.15.0"
        ),
        "ERROR: Package 'kettle' requires a different Python: 3.13.0 not in '<3.12,>=3.8'",
        (
            "  ╰─▶ Because torch==2.0.0 has no wheels with a matching Python ABI tag\n      (e.g., `cp312`) and you"
            " require torch==2.0.0, we can conclude that your\n      requirements are unsatisfiable."
        ),
    ),
    counter_examples=("ERROR: Package 'kettle' requires a different Python: 3.8.18 not in '>=3.10'",),
    effect_of=frozenset({"platform-only-package"}),
)
