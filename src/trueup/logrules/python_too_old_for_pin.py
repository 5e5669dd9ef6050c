"""The pinned version needs a newer Python than the one in use.

What it means:
    Every file of the wanted version says in its metadata that it requires a newer Python, so the installer left it out.

Why:
    The requirements were frozen on a newer Python than the platform uses, or the platform's version file is not read.

Example:
    ERROR: Ignored the following versions that require a different python version: 2.3.0 Requires-Python >=3.11

What to do:
    Raise the Python of the platform (in the file that it reads), or lower the pin.

Sources:
    pip's package_finder.py and factory.py; uv's resolver report; poetry's SolverProblemError; read 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Mapping

from trueup.logrules._no_match import NO_VERSION, bound_by, reading_is, satisfied
from trueup.logrules._rule import Group, Rule, Scene, pattern
from trueup.model.finding import Confidence


def _too_old(scene: Scene) -> Mapping[str, str] | None:
    """Accepts where the wanted Python lies above the one in use."""
    python, wanted = scene.match["python"], scene.match["wanted"]
    if satisfied(wanted, python) or (satisfied(wanted, "3.99") is False and satisfied(wanted, "3.6") is not False):
        return None
    return {} if satisfied(wanted, "3.99") or _below(python, wanted) else None


def _below(python: str, wanted: str) -> bool:
    lower = [part.strip().lstrip(">=~^") for part in wanted.split(",") if part.strip().startswith((">", "~", "^", "="))]
    return bool(lower) and satisfied(f"<{lower[0].rstrip('.*')}", python) is True


_WANTED = r"(?P<wanted>[<>=!~^]=?[\d.*]+(?:,\s?[<>=!~]=?[\d.*]+)*)"


def _range(scene: Scene) -> Mapping[str, str] | None:
    return {} if bound_by(scene.match["wanted"], scene.match["excluded"]) == "too-old" else None


POETRY = pattern(
    "requires Python",
    r"(?<![\w.-])(?P<package>[\w.-]{1,80})(?: \((?P<version>[\w.]+)\))? requires Python "
    rf"{_WANTED}, so it will not be (?:satisfied|installable) for Python (?P<excluded>\S+)",
    span=2,
    accept=_range,
)

RULE = Rule(
    id="python-too-old-for-pin",
    title="The pinned version needs a newer Python",
    group=Group.REQUIREMENTS,
    phase="install",
    patterns=(
        pattern("Could not find a version that", NO_VERSION, span=2, accept=reading_is("python-too-old-for-pin")),
        pattern(
            "Python version (",
            rf"current Python version \((?P<python>[\d.]+)\) does not satisfy Python{_WANTED} and"
            r" (?<![\w.-])(?P<package>[\w.-]{1,80}?)(?:==(?P<version>[\w.]+?))? depends on",
            span=5,
            accept=_too_old,
        ),
        pattern(
            "requested Python version",
            rf"requested Python version \((?:>=)?(?P<python>[\d.]+)\) does not satisfy Python{_WANTED} and"
            r" (?<![\w.-])(?P<package>[\w.-]{1,80}?)(?:==(?P<version>[\w.]+?))? depends on",
            span=5,
            accept=_too_old,
        ),
        pattern(
            "requires a different Python",
            rf"Package '(?<![\w.-])(?P<package>[\w.-]{{1,80}})' requires a different Python: (?P<python>[\d.]+\w*) not"
            rf" in '{_WANTED}'",
            accept=_too_old,
        ),
        pattern(
            "but the running Python is",
            rf"requires Python '?{_WANTED}'? but the running Python is (?P<python>[\d.]+)",
            accept=_too_old,
        ),
        POETRY,
        pattern(
            "is not allowed by the project",
            rf"Current Python version \((?P<python>[\d.]+)\) is not allowed by the project \({_WANTED}\)",
            accept=_too_old,
        ),
        pattern(
            "incompatible with the project's Python requirement",
            r"Python (?P<python>[\d.]+) (?:interpreter )?is incompatible with the project's Python requirement:"
            rf" `{_WANTED}`",
            accept=_too_old,
            span=3,
        ),
        pattern(
            "is not compatible with this project",
            rf"(?:Python|interpreter).{{0,40}}(?P<python>\d\.\d+[\d.]*).{{0,60}}requires?(?:-python)?.{{0,10}}{_WANTED}",
            confidence=Confidence.MEDIUM,
            accept=_too_old,
        ),
        pattern(
            "requires Python >=3.",
            r"(?:This version of )?(?<![\w.-])(?P<package>[A-Za-z][\w.-]{1,80}) requires Python >=?"
            r" ?(?P<needed>3\.\d+)(?: or"
            r" (?:newer|later))?[.!]",
            confidence=Confidence.MEDIUM,
            unless=r"requirements are unsatisfiable",
        ),
        pattern(
            "equires at least Python",
            r"(?<![\w.-])(?P<package>[A-Za-z][\w.-]{1,80}) requires at least Python (?P<needed>3\.\d+)",
            confidence=Confidence.MEDIUM,
        ),
    ),
    explanation=(
        (
            "{what} requires Python {wanted}. | {what} requires Python {requires}. | The installer left out every"
            " file of {what}, because Python {python} is too old for it. | pip lists no version at all (`from"
            " versions: {none}`): its files ask for a newer Python, or are for other systems; the index decides."
        ),
    ),
    remedies=(
        (
            "Set a newer Python in the file that the platform reads ({wanted}). | Set a newer Python in the file that"
            " the platform reads ({requires}). | Set a newer Python in the file that the platform reads."
        ),
        "Or pin the newest version of {package} that supports Python {python}.",
    ),
    examples=(
        (
            "ERROR: Ignored the following versions that require a different python version: 2.3.0 Requires-Python"
            " >=3.11; 2.3.1 Requires-Python >=3.11\nERROR: Could not find a version that satisfies the requirement"
            " numpy==2.3.0 (from versions: 1.26.3, 1.26.4, 2.0.2)"
        ),
        (
            "  × No solution found when resolving dependencies:\n  ╰─▶ Because the current Python version (3.10.13)"
            " does not satisfy\n      Python>=3.11 and numpy==2.3.0 depends on Python>=3.11, we can conclude\n     "
            " that numpy==2.3.0 cannot be used."
        ),
        "ERROR: Package 'kettle' requires a different Python: 3.8.18 not in '>=3.10'",
        "  - numpy requires Python >=3.11, so it will not be satisfied for Python >=3.9,<3.11",
    ),
    counter_examples=(
        (
            "ERROR: Ignored the following versions that require a different python version: 2.3.0 Requires-Python"
            " >=3.11\nERROR: Could not find a version that satisfies the requirement pywin32==306 (from versions:"
            " none)"
        ),
        "ERROR: Package 'kettle' requires a different Python: 3.12.1 not in '<3.12,>=3.8'",
    ),
)
