"""A distribution has no usable wheel on the predicted Python

What it does:
    Resolves every direct and transitive requirement for the Python, processor and C library that the platform will
    use, and names every distribution for which pip would have to compile, or which it cannot install at all.

Why it fails a deployment:
    Without a wheel pip builds from source: the compiler, headers or Rust toolchain are missing or read-only on the
    platform, or the release is older than this Python and its C code no longer compiles. The log then blames the
    toolchain. Age alone says little: of 71 sources that were built for a Python newer than they are, 52 compiled
    (resolve/compiling.toml). So the confidence is high where the image lacks what the compile needs, where the
    sources are known not to compile on this Python, or where PyO3 refuses it; else it is medium. Some setup scripts go
    on without their extensions where a compile fails (pymongo, tornado, MarkupSafe): these are of medium severity.

Example:
    `asyncpg==0.29.0` on Python 3.13: its wheels end at 3.12.

Use instead:
    A Python for which every pin has a wheel, or the nearest version of the package that has one.

Sources:
    The package index itself, read at the time of the check; PEP 425, PEP 600 and PEP 656 for what fits;
    resolve/compiling.toml for what was built.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._interface import Check, CheckContext
from trueup.checks._text import listed
from trueup.model.distribution import Outcome, PackageForecast
from trueup.model.finding import Confidence, Finding, Severity, Skipped
from trueup.resolve.prospect import compile_prospect

_LOCKED_FOR_OTHERS = (
    "uv.lock was made for other Pythons and lists files for those alone: what it lacks for this Python says nothing, "
    "and the conflict comes first"
)


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding for each blocker; all of them."""
    if context.forecast is None:
        if context.requirements.requirements or context.requirements.locked:
            yield Skipped("no-wheel", context.forecast_reason)
        return
    if _is_locked_for_others(context):
        yield Skipped("no-wheel", _LOCKED_FOR_OTHERS)
        return
    for package in context.forecast.blockers:
        yield _finding(context, package)
    reasons: dict[str, list[str]] = {}
    for item in context.forecast.unresolved:
        reasons.setdefault(item.reason, []).append(item.name)
    for reason, names in reasons.items():
        yield Skipped("no-wheel", f"{listed(names)}: {reason}")


def _is_locked_for_others(context: CheckContext) -> bool:
    """Whether the set is that of a uv.lock whose `requires-python` leaves this Python out: uv lists no files for it."""
    if context.forecast is None or not any(one.name == "python" for one in context.forecast.conflicts):
        return False
    return any(path.rpartition("/")[2] == "uv.lock" for path in context.requirements.files)


def _finding(context: CheckContext, package: PackageForecast) -> Finding:
    possible: bool | None = True
    prospect = ""
    if package.outcome is Outcome.COMPILES and package.needs is not None:
        possible, prospect = compile_prospect(package.needs, context.plan.toolchain)
    sure = package.outcome is Outcome.UNAVAILABLE or possible is False or bool(package.fails_because)
    if possible is True and package.fails_because:
        prospect = ""  # the tools make no difference
    goes_on = package.needs.goes_on_line if package.needs is not None else None
    if goes_on is not None:
        prospect = (
            f"where that fails its setup script only warns (setup.py line {goes_on}), and it installs without its "
            "compiled parts, slower in use"
        )
    is_expected = package.outcome is Outcome.COMPILES and possible is True and bool(package.compiled_before)
    if is_expected and goes_on is None:
        prospect = (
            f"the build image has the tools, and {package.compiled_before}: the compile is expected to work, and makes "
            "the build longer"
        )
    through = "" if package.direct or not package.required_by else f" (needed by {', '.join(package.required_by)})"
    return Finding(
        rule="no-wheel",
        severity=Severity.HIGH if goes_on is None and not is_expected else Severity.MEDIUM,
        confidence=Confidence.HIGH if sure and goes_on is None else Confidence.MEDIUM,
        message=f"{package.name} {package.version}{through}: {package.reason}. {_sentence(prospect)}".rstrip(),
        hint=_hint(context, package),
        evidence=package.evidence,
        subject=package.name,
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text and not text.endswith(".") else text


def _hint(context: CheckContext, package: PackageForecast) -> str:
    python = context.plan.python.minor
    if package.fixed_in is None and package.outcome is Outcome.UNAVAILABLE and not package.has_wheels_elsewhere:
        return f"Correct the requirement: the index has no file of {package.name} that installs on Python {python}."
    if package.fixed_in is None and not package.has_wheels_elsewhere:
        return (
            f"No version of {package.name} has a wheel for Python {python} here, and this one has none for any Python "
            "on this system: make sure that the image has what the compile needs, or take another distribution."
        )
    if package.fixed_in is None:
        return (
            f"No released version of {package.name} has a wheel for Python {python} here: pin a Python that "
            f"{package.name} {package.version} has a wheel for."
        )
    if not package.direct and package.required_by:
        return (
            f"{package.name} {package.fixed_in} has a wheel for Python {python}, and comes with another version of "
            f"{', '.join(package.required_by)}: `trueup fix` finds which pins must move; or pin an older Python."
        )
    return (
        f"{package.name} {package.fixed_in} has a wheel for Python {python}; or pin a Python that "
        f"{package.name} {package.version} has a wheel for."
    )


CHECK = Check("no-wheel", "A distribution has no usable wheel on the predicted Python", run)
