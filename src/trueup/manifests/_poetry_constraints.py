"""Poetry's version constraints as PEP 440 specifiers.

Rules: "Dependency specification", Poetry 2.x documentation (https://python-poetry.org/docs/dependency-specification/,
read 2026-11-20): caret, tilde, wildcard, inequality, exact, and several joined by commas or blanks. Constraints joined
by `||` have no specifier of their own; the range that spans them all stands for them.
"""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

_PART = re.compile(r"(\^|~(?!=)|~=|===|==|!=|>=|<=|>|<|=)?\s*([^\s,<>=!~^]+)")


def caret(version: Version) -> str:
    """`^1.2.3` as `>=1.2.3,<2`: up to the next change of the first number that is not zero."""
    release = list(version.release)
    at = next((index for index, number in enumerate(release) if number), len(release) - 1)
    upper = [*release[:at], release[at] + 1]
    return f">={version},<{'.'.join(map(str, upper))}"


def tilde(version: Version) -> str:
    """`~1.2.3` and `~1.2` as `>=…,<1.3`; `~1` as `>=1,<2`."""
    release = list(version.release)[:2]
    release[-1] += 1
    return f">={version},<{'.'.join(map(str, release))}"


def _one(operator: str, text: str) -> str:
    if text in ("*", "x", "X"):
        return ""
    text = re.sub(r"\.[xX](?=\.|$)", ".*", text)
    if text.endswith(".*"):
        text = re.sub(r"(?:\.\*)+$", ".*", text)
        return f"{'!=' if operator == '!=' else '=='}{text}"
    if operator == "^":
        return caret(Version(text))
    if operator == "~":
        return tilde(Version(text))
    return f"{'==' if operator in ('', '=') else operator}{text}"


def _all_of(text: str) -> SpecifierSet:
    parts = _PART.findall(text)
    if _PART.sub("", text).strip(" ,") or not parts:
        raise InvalidSpecifier(f"{text!r} is not a version constraint")
    try:
        return SpecifierSet(",".join(filter(None, (_one(operator, version) for operator, version in parts))))
    except InvalidVersion as error:
        raise InvalidSpecifier(str(error)) from None


def poetry_specifier(text: str) -> SpecifierSet:
    """The specifier of a constraint such as `^1.2`, `~1.2`, `1.*`, `>=1,<2`, `1.2.3` or `*`.

    Raises:
        InvalidSpecifier: it is not a constraint.
    """
    if len(text) > 1000:
        raise InvalidSpecifier("a version constraint of more than 1000 characters")
    alternatives = [_all_of(part) for part in re.split(r"\|\|?", text.strip())] if text.strip() else []
    if not alternatives:
        return SpecifierSet()
    return alternatives[0] if len(alternatives) == 1 else _spanning(alternatives)


def _spanning(alternatives: list[SpecifierSet]) -> SpecifierSet:
    """The least range that holds all alternatives."""
    lower = [_bound(alternative, (">=", ">", "==", "~=")) for alternative in alternatives]
    upper = [_bound(alternative, ("<", "<=", "==")) for alternative in alternatives]
    parts = []
    lows = [bound for bound in lower if bound]
    highs = [bound for bound in upper if bound]
    if len(lows) == len(alternatives):
        parts.append(f">={min(_version(low) for low in lows)}")
    if len(highs) == len(alternatives):
        last = max(highs, key=_version)
        if last.version.endswith(".*"):
            release = _version(last).release
            parts.append(f"<{'.'.join(map(str, (*release[:-1], release[-1] + 1)))}")
        else:
            parts.append(f"{'<' if last.operator == '<' else '<='}{last.version}")
    return SpecifierSet(",".join(parts))


def _bound(specifiers: SpecifierSet, operators: tuple[str, ...]) -> Specifier | None:
    return next((s for s in specifiers if s.operator in operators), None)


def _version(specifier: Specifier) -> Version:
    return Version(specifier.version.removesuffix(".*"))


def python_marker(text: str) -> str:
    """The marker of a `python` constraint of a dependency; "" where it says nothing.

    Raises:
        InvalidSpecifier: it is not a constraint.
    """
    alternatives = []
    for part in re.split(r"\|\|?", text):
        words = [_python_clause(specifier) for specifier in _all_of(part)] if part.strip() else []
        if not words:
            return ""
        alternatives.append(" and ".join(sorted(words)))
    return alternatives[0] if len(alternatives) == 1 else " or ".join(f"({words})" for words in alternatives)


def _python_clause(specifier: Specifier) -> str:
    numbers = specifier.version.removesuffix(".*").split(".")
    name = "python_full_version" if len(numbers) > 2 else "python_version"
    version = specifier.version
    if len(numbers) == 1 and not version.endswith(".*"):
        version = f"{version}.0"
    return f'{name} {specifier.operator} "{version}"'
