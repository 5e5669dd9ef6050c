"""What the search compares: specifiers, markers and dependency lines, each parsed once and asked many times.

Every object here is interned by its text, because one resolution for 28 targets asks the same few thousand questions
again and again; parsing and comparing versions is what would take the time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trueup.index.names import parsed_version

_VARIABLES = re.compile(
    r"\b(implementation_name|implementation_version|os_name|platform_machine|platform_python_implementation"
    r"|platform_release|platform_system|platform_version|python_full_version|python_version|sys_platform)\b"
)
_EXTRA_TEST = re.compile(r"""\bextra\s*==\s*['"]([^'"]+)['"]""")
_LONGEST_LINE = 8000
_ENDLESS = re.compile(r"\d{1001}")
"""Characters above which a dependency line is taken for garbage."""


class Specification:
    """A version specifier: which versions it admits, and the traits by which pip orders its work.

    `pinned`, `upper_bounded` and `unfree` are the properties of pip's `get_preference`
    (pypa/pip src/pip/_internal/resolution/resolvelib/provider.py at 6d309205, read 2026-11-20).
    """

    __slots__ = ("_answers", "_exact", "_set", "admits_pre", "pin", "pinned", "unfree", "upper_bounded")

    def __init__(self, specifiers: SpecifierSet, exact: str | None = None) -> None:
        self._set = specifiers
        self._exact = exact
        self._answers: dict[str, bool] = {}
        pairs = [(one.operator, one.version) for one in specifiers]
        pins = [version for operator, version in pairs if operator[:2] == "==" and "*" not in version]
        self.pinned = bool(pins)
        self.pin = exact or (pins[0] if pins else None)
        self.upper_bounded = any(o in ("<", "<=", "~=") or (o == "==" and "*" in v) for o, v in pairs)
        self.unfree = bool(pairs)
        self.admits_pre = bool(specifiers.prereleases)

    def admits(self, version: str) -> bool:
        """Whether a version (as the index writes it) satisfies the specifier; pre-releases are not left out here."""
        if self._exact is not None:
            return version == self._exact
        answer = self._answers.get(version)
        if answer is None:
            answer = self._answers[version] = self._compare(version)
        return answer

    def _compare(self, version: str) -> bool:
        parsed = parsed_version(version)
        try:
            return parsed is not None and self._set.contains(parsed, prereleases=True)
        except ValueError:  # a broken version or specifier, or a number with more digits than Python reads
            return False


_specifications: dict[SpecifierSet, Specification] = {}


def specification(specifiers: SpecifierSet) -> Specification:
    """The interned specification of a specifier set; equal sets may be written differently (1.0, 1.0.0)."""
    found = _specifications.get(specifiers)
    if found is None:
        found = _specifications[specifiers] = Specification(specifiers)
    return found


@cache
def exactly(version: str) -> Specification:
    """A specification that admits one version as it is written: how an extra asks for its own distribution."""
    return Specification(SpecifierSet(), exact=version)


class Condition:
    """A marker, answered once for every combination of the variables that it really mentions."""

    __slots__ = ("_answers", "_marker", "mentions_extra", "text", "variables")

    def __init__(self, marker: Marker) -> None:
        self._marker = marker
        self.text = str(marker)
        self.variables = tuple(sorted(set(_VARIABLES.findall(self.text))))
        self.mentions_extra = "extra" in self.text
        self._answers: dict[tuple[str, ...], bool] = {}

    def holds(self, environment: Mapping[str, str], extra: str = "") -> bool:
        """Whether it holds in an environment, with one extra asked for ("" for none)."""
        key = (*(environment[name] for name in self.variables), extra if self.mentions_extra else "")
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = self._evaluate(environment, extra)
        return answer

    def _evaluate(self, environment: Mapping[str, str], extra: str) -> bool:
        try:
            return self._marker.evaluate({**environment, "extra": extra})
        except (UndefinedComparison, UndefinedEnvironmentName, InvalidVersion, InvalidSpecifier):
            return False


_conditions: dict[str, Condition] = {}


def condition(marker: Marker) -> Condition:
    """The interned condition of a marker."""
    text = str(marker)
    found = _conditions.get(text)
    if found is None:
        found = _conditions[text] = Condition(marker)
    return found


class Dependency:
    """One `Requires-Dist` line: a name, the extras asked of it, the versions it allows, and when it applies."""

    __slots__ = ("condition", "extras", "name", "specification", "text", "url")

    def __init__(self, requirement: Requirement) -> None:
        self.name: str = canonicalize_name(requirement.name)
        self.extras = frozenset(canonicalize_name(extra) for extra in requirement.extras)
        self.specification = specification(requirement.specifier)
        self.condition = condition(requirement.marker) if requirement.marker else None
        self.url = requirement.url
        self.text = written(requirement.name, self.extras, str(requirement.specifier))


def written(name: str, extras: frozenset[str], specifier: str) -> str:
    """A requirement as people write it: `uvicorn[standard]==0.32.0`."""
    inner = f"[{','.join(sorted(extras))}]" if extras else ""
    return f"{name}{inner}{specifier}"


@cache
def dependency(line: str) -> Dependency | None:
    """The dependency of a `Requires-Dist` line, or None where the line is not a requirement."""
    if len(line) > _LONGEST_LINE or _ENDLESS.search(line):
        return None
    try:
        return Dependency(Requirement(line))
    except (InvalidRequirement, InvalidSpecifier, InvalidVersion, RecursionError):
        return None


@cache
def needed_extra(line: str) -> str | None:
    """The extra without which a dependency line cannot apply, told from its text; None where that is not plain.

    Most lines of most distributions belong to extras that nobody asked for; they need not be parsed at all.
    """
    _, _, marker = line.partition(";")
    if " or " in marker:
        return None
    found = _EXTRA_TEST.search(marker)
    return canonicalize_name(found.group(1)) if found else None


@cache
def python_specifier(text: str) -> SpecifierSet | None:
    """The specifier set of a `Requires-Python` text, or None where it is broken: pip then ignores it."""
    if _ENDLESS.search(text):
        return None
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


@cache
def python_allowed(requires_python: str, python: Version) -> bool:
    """Whether a Python satisfies a `Requires-Python` text; a broken text is no limit, as in pip."""
    specifiers = python_specifier(requires_python)
    return specifiers is None or specifiers.contains(python, prereleases=True)
