"""The wanted Python is not offered there.

What it means:
    The version that the project asks for was read and understood, and the platform or tool has no such Python.

Why:
    A patch release that does not exist or is too new, an end-of-life version, or an image without it.

Example:
    ==> Could not fetch Python version 3.11.18

What to do:
    Ask for a version that is offered; major.minor alone where the platform allows it.

Sources:
    Render's logs; heroku-buildpack-python b4e7e72 lib/python_version.sh; buildpacks-python errors.rs; mise's and uv's
    messages; nix; setup-python; Vercel; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

_V = r"(?:[Pp]ython[ -]?)?v?(?P<wanted>\d+(?:\.[\dx*]+){0,2}(?:-\w+)?)"

RULE = Rule(
    id="python-version-unavailable",
    title="The wanted Python is not offered there",
    group=Group.PLATFORM,
    phase="setup",
    patterns=(
        pattern("==> Could not fetch Python version", rf"Could not fetch Python version {_V}"),
        pattern("no precompiled python found", r"no precompiled python found for (?:core:)?python@(?P<wanted>\S+)"),
        pattern("failed to resolve version", r"failed to resolve version (?P<wanted>\S+) of python"),
        pattern("No interpreter found for", r"No interpreter found for (?:Python )?(?P<wanted>[^\s,]+)"),
        pattern("No download found for request", r"No download found for request: (?P<wanted>\S+)"),
        pattern("No Python at", r"No Python at '(?P<wanted>[^']+)'", confidence=Confidence.MEDIUM),
        pattern("is not available", rf"[Rr]equested (?:runtime|Python version) \(?'?{_V}'?\)? is not available"),
        pattern(
            "isn't available",
            rf"{_V} (?:isn't|is not) (?:available|supported) (?:for|on|by) this (?:stack|builder|platform|image)",
        ),
        pattern(
            "Python version was not found", r"(?:requested|specified) Python version (?:was )?not (?:found|available)"
        ),
        pattern(
            "has reached its",
            rf"(?:requested|Python|version).{{0,30}}{_V}?.{{0,20}}has reached (?:its )?(?:upstream )?end.of.life",
            needs=r"[Ee]rror|!",
            reach=6,
        ),
        pattern(
            "end-of-life",
            r"(?:Python )?(?P<wanted>3\.\d+).{0,40}end-of-life",
            needs=r"Error: .*end-of-life|isn't supported|no longer supported",
            reach=8,
            confidence=Confidence.MEDIUM,
        ),
        pattern("was not found", rf"[Vv]ersion '?{_V}'? with arch \S+ (?:was )?not found"),
        pattern("with arch", r"[Tt]he version '(?P<wanted>[^']+)' with architecture '\w+' was not found"),
        pattern("is not installed (set by", r"version [`'](?P<wanted>[^`']+)' is not installed \(set by"),
        pattern("discontinued", rf"Python [Vv]ersion \"?{_V}\"? .{{0,60}}(?:discontinued|must be upgraded)"),
        pattern("manifest for python:", r"manifest for python:(?P<wanted>\S+?) not found"),
        pattern("library/python:", r"docker\.io/library/python:(?P<wanted>[\w.-]+): not found"),
        pattern("undefined variable 'python", r"undefined variable 'python(?P<wanted>\d+)'"),
        pattern(
            "is not supported",
            r"(?:Error: |error: |!\s+)(?:Python |python-)(?P<wanted>\d[\d.]*) is (?:not|no longer) supported",
        ),
        pattern("nvalid Python version", rf"(?:unsupported|Unsupported) Python version:? '?{_V}"),
        pattern("ython version", r"[Uu]nsupported [Pp]ython version:? '?(?P<wanted>\d[\w.]*)"),
        pattern("definition not found: ", r"(?:python-build: )?definition not found: (?P<wanted>\S+)"),
        pattern(
            "satisfies the required range",
            r"No (?:suitable )?Python version (?:found )?(?:that )?satisf\w+ (?P<wanted>\S+)",
        ),
        pattern(
            "Could not find a version satisfying",
            r"Could not find a version satisfying (?P<wanted>\S+)",
            confidence=Confidence.LOW,
        ),
        pattern("The specified runtime", r"[Tt]he (?:specified|requested) runtime \S+ is (?:not available|invalid)"),
        pattern("Poetry was unable to find a compatible version", r"unable to find a compatible (?:Python )?version"),
        pattern("No suitable Python", r"No suitable Python interpreter found"),
    ),
    explanation=(
        (
            "Python {wanted} is asked for, and the platform or tool cannot provide it. | The Python that is asked for"
            " cannot be provided there."
        ),
    ),
    remedies=(
        "Ask for a version that is offered (major.minor alone lets most platforms take the newest patch).",
        "Look for stray characters in the version's file or variable (quotes, spaces, a prefix).",
    ),
    examples=(
        "==> Python version 3.11.18 is not cached, installing version...\n==> Could not fetch Python version 3.11.18",
        "no precompiled python found for core:python@3.13.99 on x86_64-unknown-linux-gnu",
        "error: No interpreter found for Python 3.99 in managed installations or search path",
        "ERROR: failed to solve: python:3.19-slim: docker.io/library/python:3.19-slim: not found",
    ),
    counter_examples=("==> Using Python version 3.14.3 (default)",),
    own_phase=True,
    about_a_package=False,
)
