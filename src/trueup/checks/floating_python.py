"""Nothing pins the Python

What it does:
    Reports a service of which no file that the builder reads states a Python version: names the default that it takes,
    since when, what happens on the day on which the default moves, and which distributions have no usable wheel on the
    next minor.

Why it fails a deployment:
    Not today. The default moves without a commit: pins that have no wheel for the new Python then compile or fail, and
    modules that the standard library has lost are missing. Staging and production, created on different days, may run
    different Pythons.

Example:
    A service on Railway without .python-version: Python 3.11 until 2025-09-16, 3.13 from then on.

Use instead:
    `.python-version` with the version that runs today (every builder of Railway, Render and Heroku reads it), in the
    service's root directory. On Render, for a service with a root directory of its own, `PYTHON_VERSION` under envVars:
    whether Render reads a .python-version in there is open.

Sources:
    The builders' defaults by date in platforms/data; the rules of their moves in checks/data/floating.toml.
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._defaults import default_since
from trueup.checks._interface import Check, CheckContext
from trueup.checks._pythons import concerns_service, floats, pin_of
from trueup.checks._rows import rows
from trueup.checks._text import listed
from trueup.model.distribution import Outcome, PackageForecast
from trueup.model.evidence import Evidence, EvidenceKind
from trueup.model.finding import Confidence, Finding, Severity

RULE = "floating-python"


def run(context: CheckContext) -> Iterator[Finding]:
    """At most one finding; none where the plan installs no Python, or a place decides."""
    plan = context.plan
    row = rows("floating").get(plan.builder)
    if row is not None and floats(plan):
        yield _finding(context, row)


def _ahead(context: CheckContext) -> tuple[PackageForecast, ...]:
    """At what the install may end on the next minor, and does not today."""
    if context.ahead is None or context.forecast is None:
        return ()
    today = {package.name for package in context.forecast.failing}
    return tuple(package for package in context.ahead.failing if package.name not in today)


def _breaks(context: CheckContext) -> str:
    """What the next move of the default would break, as a sentence; empty where that was not looked at."""
    if context.ahead is None:
        return ""
    blockers = listed(f"{package.name} {package.version}" for package in _ahead(context))
    minor = context.ahead.target.minor
    unknown = [package for package in context.ahead.packages if package.outcome is Outcome.UNKNOWN]
    if not blockers and (unknown or context.ahead.unresolved or context.ahead.conflicts):
        return ""
    if not blockers and context.forecast is not None and context.forecast.failing:
        return f" On Python {minor} nothing fails but what fails today."
    if not blockers:
        return f" On Python {minor} everything that is installed would still have a usable file today."
    return f" On Python {minor} there is no usable wheel for {blockers}: the build would fail or compile."


def _finding(context: CheckContext, row: dict[str, str]) -> Finding:
    plan = context.plan
    minor = plan.python.minor or ""
    day = context.context.created if row.get("by") == "created" and context.context.created else context.context.on
    found = default_since(plan.builder, minor, day)
    since = ""
    if found is not None:
        since = f", its default since {found[0]}" + (f" (before: {found[1]})" if found[1] else "")
    default = tuple(item for item in plan.python.evidence if item.kind is EvidenceKind.DEFAULT)
    root = plan.service.root_dir.value
    place = f"{root}/.python-version" if root else ".python-version"
    absent = Evidence.absent(f"no place that {plan.builder} reads states a Python version", place)
    ahead = tuple(dict.fromkeys(item for package in _ahead(context) for item in package.evidence[:1]))
    return Finding(
        rule=RULE,
        severity=Severity(row["severity"]),
        confidence=Confidence.HIGH,
        message=f"No place that {plan.builder} reads states a Python version: it takes Python {plan.python.effective}"
        f"{since}. {row['text']}.{_breaks(context)}",
        hint=_hint(context, row.get("rooted", place) if root else place, is_full="rooted" in row and bool(root)),
        evidence=(absent, *default, Evidence.default(row["text"], row["source"], row["checked"]), *ahead),
        subject=root or ".",
        brief=f"no file states a Python version: {plan.builder} takes {plan.python.effective}{since}",
    )


def _hint(context: CheckContext, place: str, *, is_full: bool) -> str:
    """Pin the Python that is taken today, unless pins do not install on it: that would only keep the failure."""
    python = context.plan.python
    if context.forecast is None or not context.forecast.failing:
        version = python.effective if is_full else python.minor
        return f"Write {version or 'the version that runs today'} into {place}."
    stated = next(_stated(context), "")
    told_by = "conflict" if any(one.name == "python" for one in context.forecast.conflicts) else "no-wheel"
    return (
        f"Write a Python for which every requirement has a wheel into {place} (`trueup fix` finds one); "
        f"{context.forecast.target.minor} is none, as {told_by} tells{stated}."
    )


def _stated(context: CheckContext) -> Iterator[str]:
    """What places that nobody reads ask for instead, each as the end of a sentence."""
    for item in context.plan.python.inputs:
        pin = pin_of(item)
        minor = f"{pin[0]}.{pin[1]}" if pin else ""
        if minor and minor != context.plan.python.minor and concerns_service(context, item):
            yield f", and {item.evidence.place or item.source} asks for {minor}"


CHECK = Check(RULE, "Nothing pins the Python", run)
