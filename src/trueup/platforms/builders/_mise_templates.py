"""What mise makes of a template in a version, as far as the project alone tells it.

Source: jdx/mise at tag v2026.8.6, src/tera.rs, with the binary of that tag (read and run 2026-11-20). Railpack gives
mise none of the service's variables (railwayapp/railpack at b5e80580, core/mise/mise.go:219), so that a variable has
the value of the file's own [env], or the default that the template gives it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_MARKS = ("{{", "{%", "{#")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_TEXT = r"""(?:"([^"\\]*)"|'([^'\\]*)')"""
_NUMBER = r"(\d+(?:\.\d+)?)"
_LITERAL = re.compile(rf"{_TEXT}|{_NUMBER}")
_NAME = rf"env(?:\.([A-Za-z_]\w*)|\[\s*{_TEXT}\s*\])"
_VARIABLE = re.compile(rf"{_NAME}(?:\s*\|\s*default\(\s*value\s*=\s*(?:{_TEXT}|{_NUMBER})\s*\))?")
_CALL = re.compile(rf"get_env\(\s*name\s*=\s*{_TEXT}\s*,\s*default\s*=\s*{_TEXT}\s*\)")
_MACHINE = frozenset({"HOME", "PATH", "USER", "PWD"})
"""Variables that mise has from the machine it runs on."""


def has_template(text: str) -> bool:
    """Whether mise would render the text as a template (tera.rs:52)."""
    return any(mark in text for mark in _MARKS)


def environment(env: object) -> dict[str, str] | None:
    """The variables of a file's [env]; None where more than plain values makes them."""
    if not isinstance(env, dict):
        return {} if env is None else None
    found = {str(name): str(value) for name, value in env.items() if type(value) in (str, int)}
    return found if len(found) == len(env) and not any(map(has_template, found.values())) else None


def rendered(text: str, variables: Mapping[str, str] | None) -> str | None:
    """The text with its templates filled in; None where mise fails, or where only the machine would tell.

    Args:
        text: the requested version.
        variables: those of the file's own [env]; None where they are not known.
    """
    found = _COMMENT.sub("", text)
    for match in reversed(list(_EXPRESSION.finditer(found))):
        value = _value(match[1].strip(), variables)
        if value is None:
            return None
        found = found[: match.start()] + value + found[match.end() :]
    return None if has_template(found) else found


def _value(expression: str, variables: Mapping[str, str] | None) -> str | None:
    if literal := _LITERAL.fullmatch(expression):
        return _constant(*literal.groups())
    if variable := _VARIABLE.fullmatch(expression):
        name = variable[1] or variable[2] or variable[3]
        return None if variables is None or name in _MACHINE else variables.get(name, _constant(*variable.groups()[3:]))
    if call := _CALL.fullmatch(expression):
        return None if (call[1] or call[2]) in _MACHINE else _constant(call[3], call[4], None)
    return None


def _constant(quoted: str | None, single: str | None, number: str | None) -> str | None:
    """The text in either kind of quotes, or the number as it is printed: 3.1 of 3.10."""
    if number is not None:
        return str(float(number)) if "." in number else str(int(number))
    return single if quoted is None else quoted
