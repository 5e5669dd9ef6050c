"""What the package index says to a diagnosis. Pure: the index is asked through its protocol and never guessed at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from trueup.index.interface import Index, Missing, Releases, Unavailable
from trueup.index.names import parse_wheel_name
from trueup.index.select import first_version_with_wheel, has_wheel, select
from trueup.logrules._explain import fill
from trueup.logrules._rule import Group, Rule
from trueup.model.diagnosis import Cause
from trueup.model.distribution import IndexFile
from trueup.model.finding import Confidence
from trueup.model.target import SUPPORTED_MINORS, Target
from trueup.registry import discover

READINGS = frozenset(
    {
        "python-too-old-for-pin",
        "python-too-new-for-pin",
        "version-not-on-index",
        "platform-only-package",
        "wrong-package-name",
    }
)
"""The causes that pip's "could not find a version" can mean; the index tells which."""


def confirmed(cause: Cause, python: str | None, index: Index) -> Cause:
    """The cause with what the index says to it; another reading of "from versions: none" where the index knows better.

    Args:
        cause: a cause of a diagnosis.
        python: the Python that the log shows, as major.minor, if it does.
        index: the package index.

    Returns:
        The cause itself where the index has nothing to say, or cannot be reached.
    """
    if cause.package is None:
        return cause
    releases = index.releases([cause.package]).get(cause.package)
    if releases is None or isinstance(releases, Unavailable):
        return cause
    rules: dict[str, Rule] = discover("trueup.logrules", "RULE")
    if cause.rule in READINGS:
        return _read_again(cause, python, releases, rules)
    if rules[cause.rule].group is Group.SOURCE_BUILD:
        return _wheels(cause, python, releases)
    return cause


def _wheels(cause: Cause, python: str | None, releases: Releases | Missing) -> Cause:
    if isinstance(releases, Missing) or python not in SUPPORTED_MINORS or cause.version is None:
        return cause
    files = releases.files(cause.version)
    if not files:
        return cause
    target = Target(python)
    what = f"{cause.package} {cause.version}"
    if has_wheel(files, target):
        said = (
            f"The index has a wheel of {what} for Python {python} on Linux: the build refused or could not use it"
            " (another C library or architecture, an old pip, or --no-binary)."
        )
        return replace(cause, confirmed=said)
    said = f"The index confirms: {what} has no wheel for Python {python}."
    if better := first_version_with_wheel(releases, target, cause.version):
        said += f" The nearest version that has one is {better}."
    fitting = [minor for minor in SUPPORTED_MINORS if has_wheel(files, Target(minor))]
    if fitting:
        said += f" {what} has wheels for Python {', '.join(fitting)}."
    return replace(cause, confirmed=said)


def _read_again(cause: Cause, python: str | None, releases: Releases | Missing, rules: dict[str, Rule]) -> Cause:
    if isinstance(releases, Missing):
        return _as(cause, rules["wrong-package-name"], f"The index has no project named {cause.package}.", python)
    if cause.version is None:
        return cause
    files = releases.files(cause.version)
    if not files:
        if cause.rule == "wrong-package-name":
            return cause
        said = f"The index has {cause.package}, and no version {cause.version}."
        return _as(cause, rules["version-not-on-index"], said, python)
    if not any(_for_linux(file) for file in files):
        said = f"The index has {cause.package} {cause.version} for Windows or macOS only."
        return _as(cause, rules["platform-only-package"], said, python)
    if python in SUPPORTED_MINORS and select(files, Target(python), pinned=True).file is None:
        return _by_python(cause, python, files, rules)
    return cause


def _by_python(cause: Cause, python: str, listed: Sequence[IndexFile], rules: dict[str, Rule]) -> Cause:
    what = f"{cause.package} {cause.version}"
    fitting = [minor for minor in SUPPORTED_MINORS if select(listed, Target(minor), pinned=True).file is not None]
    newer = [minor for minor in fitting if _number(minor) > _number(python)]
    specifiers = sorted({file.requires_python for file in listed if file.requires_python})
    requires = f" (it requires Python {specifiers[0]})" if specifiers else ""
    where = f" It has files for Python {', '.join(fitting)}." if fitting else ""
    said = f"The index confirms: no file of {what} can be used by Python {python}{requires}.{where}"
    too_old = newer and not [minor for minor in fitting if _number(minor) < _number(python)]
    if not fitting and specifiers:
        too_old = _wants_newer(specifiers[0], python)
    return _as(cause, rules["python-too-old-for-pin" if too_old else "python-too-new-for-pin"], said, python)


def _wants_newer(specifier: str, python: str) -> bool:
    try:
        return SpecifierSet(specifier).contains("3.99") and not SpecifierSet(specifier).contains(f"{python}.99")
    except InvalidSpecifier:
        return True


def _number(minor: str) -> int:
    return int(minor.split(".")[1])


def _for_linux(file: IndexFile) -> bool:
    if not file.is_wheel:
        return True
    name = parse_wheel_name(file.filename)
    return name is None or any(re.match(r"any|.*linux", platform) for platform in name.platforms)


def _as(cause: Cause, rule: Rule, said: str, python: str | None) -> Cause:
    """The cause as the index reads it, with that rule's words."""
    if rule.id == cause.rule:
        return replace(cause, confirmed=said, confidence=Confidence.HIGH)
    what = f"{cause.package} {cause.version}" if cause.version else cause.package or ""
    values = {"package": cause.package or "", "what": what} | ({"python": python} if python else {})
    if cause.version:
        values["version"] = cause.version
    first = cause.chain[:1] if cause.chain[:1] and "Python" in cause.chain[0] and len(cause.chain) > 1 else ()
    steps = (*first, *fill(rule.explanation, values))
    return replace(
        cause,
        rule=rule.id,
        title=rule.title,
        confidence=Confidence.HIGH,
        explanation=" ".join(steps),
        chain=steps,
        remedies=tuple(fill(rule.remedies, values)),
        confirmed=said,
    )
