"""The expressions of mise's templates, as far as a version needs them.

Source: jdx/mise at tag v2026.8.6, src/tera.rs:300-360, and the language of its template engine, Tera 2; every form here
was run with the binary of that tag on 2026-11-20.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"[^\"\\]*\"|'[^'\\]*')|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<mark>==|!=|[.\[\](),|~=]))"
)
_MACHINE = frozenset({"HOME", "PATH", "USER", "PWD", "GITHUB_TOKEN"})
"""Variables that mise has from the machine it runs on, beside its own, which begin with MISE_."""
_OF_THE_MACHINE = frozenset(
    {"config_root", "cwd", "mise_bin", "mise_pid", "mise_env", "xdg_cache_home", "xdg_config_home", "xdg_data_home"}
) | {"xdg_state_home"}
_REFUSED = frozenset({"exec", "read_file"})
"""Functions that mise refuses in safe mode, which Railpack sets."""


class TemplateFailsError(Exception):
    """mise refuses the template."""


class TemplateUnknownError(Exception):
    """What mise makes of the template is not known here."""


@dataclass(frozen=True, slots=True)
class Undefined:
    """The value of a variable that is not defined: empty in a condition, an error where it is printed."""


Value = str | int | float | bool | Undefined
UNDEFINED = Undefined()


def printed(value: Value) -> str:
    """A value as a template writes it out: 3.1 of 3.10."""
    if isinstance(value, Undefined):
        raise TemplateFailsError
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_true(value: Value) -> bool:
    """Whether a condition holds: not for what is empty, zero, false or not defined."""
    return not isinstance(value, Undefined) and bool(value)


def evaluated(expression: str, variables: Mapping[str, str] | None, names: Mapping[str, Value]) -> Value:
    """The value of an expression.

    Args:
        expression: its text.
        variables: those of the environment; None where they are not known.
        names: what the template has set.

    Raises:
        TemplateFailsError: mise refuses it.
        TemplateUnknownError: its value is not known here.
    """
    reader = _Reader(_tokens(expression), variables, names)
    value = reader.chosen()
    if reader.at < len(reader.tokens):
        raise TemplateUnknownError
    return value


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise TemplateUnknownError
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


@dataclass
class _Reader:
    """Reads an expression from the loosest form to the tightest: choice, or, and, not, comparison, joining, value."""

    tokens: list[tuple[str, str]]
    variables: Mapping[str, str] | None
    names: Mapping[str, Value]
    at: int = 0
    depth: int = 0

    def takes(self, text: str) -> bool:
        """Go past a word or mark, where it is the next."""
        if self.at < len(self.tokens) and self.tokens[self.at][1] == text and self.tokens[self.at][0] != "text":
            self.at += 1
            return True
        return False

    def needs(self, text: str) -> None:
        if not self.takes(text):
            raise TemplateUnknownError

    def chosen(self) -> Value:
        """`a if b else c`, or what is tighter."""
        self.depth += 1
        if self.depth > 20:
            raise TemplateUnknownError
        value = self.either()
        if self.takes("if"):
            condition = self.either()
            self.needs("else")
            other = self.chosen()
            value = value if is_true(condition) else other
        self.depth -= 1
        return value

    def either(self) -> Value:
        """`a or b`: the first that is true, else the last."""
        value = self.both()
        while self.takes("or"):
            other = self.both()
            value = value if is_true(value) else other
        return value

    def both(self) -> Value:
        value = self.negated()
        while self.takes("and"):
            other = self.negated()
            value = other if is_true(value) else value
        return value

    def negated(self) -> Value:
        if not self.takes("not"):
            return self.compared()
        is_odd = True
        while self.takes("not"):
            is_odd = not is_odd
        return is_true(self.compared()) is not is_odd

    def compared(self) -> Value:
        value = self.joined()
        if self.takes("is"):
            is_negated = self.takes("not")
            if self.takes("defined"):
                return isinstance(value, Undefined) is is_negated
            self.needs("undefined")
            return isinstance(value, Undefined) is not is_negated
        if self.takes("=="):
            return self.are_equal(value, self.joined())
        if self.takes("!="):
            return not self.are_equal(value, self.joined())
        return value

    def are_equal(self, left: Value, right: Value) -> bool:
        if isinstance(left, Undefined) or isinstance(right, Undefined):
            return left is right
        if isinstance(left, str) is not isinstance(right, str) or isinstance(left, bool) is not isinstance(right, bool):
            return False
        return left == right

    def joined(self) -> Value:
        value = self.filtered()
        while self.takes("~"):
            value = printed(value) + printed(self.filtered())
        return value

    def filtered(self) -> Value:
        value = self.single()
        while self.takes("|"):
            name = self.name()
            given = self.arguments() if self.takes("(") else {}
            if name == "default" and set(given) == {"value"}:
                value = given["value"] if isinstance(value, Undefined) else value
            elif name in ("trim", "lower", "upper") and not given and isinstance(value, str):
                value = {"trim": value.strip(), "lower": value.lower(), "upper": value.upper()}[name]
            else:
                raise TemplateUnknownError
        return value

    def name(self) -> str:
        if self.at >= len(self.tokens) or self.tokens[self.at][0] != "name":
            raise TemplateUnknownError
        self.at += 1
        return self.tokens[self.at - 1][1]

    def arguments(self) -> dict[str, Value]:
        """`name=value, …)`, behind the opening parenthesis."""
        found: dict[str, Value] = {}
        while not self.takes(")"):
            name = self.name()
            self.needs("=")
            found[name] = self.chosen()
            if not self.takes(","):
                self.needs(")")
                break
        return found

    def single(self) -> Value:
        if self.takes("("):
            value = self.chosen()
            self.needs(")")
            return value
        if self.at >= len(self.tokens):
            raise TemplateFailsError
        kind, text = self.tokens[self.at]
        if kind == "mark":
            raise TemplateUnknownError
        self.at += 1
        if kind == "text":
            return text[1:-1]
        if kind == "number":
            return float(text) if "." in text else int(text)
        return self.named(text)

    def named(self, name: str) -> Value:
        if name in ("true", "false"):
            return name == "true"
        if self.takes("("):
            return self.called(name, self.arguments())
        if name in self.names:
            return self.names[name]
        if name in _OF_THE_MACHINE:
            raise TemplateUnknownError
        keys = list(self.keys())
        if name == "env" and len(keys) == 1:
            return self.variable(keys[0])
        if name in ("vars", "env") and not keys:
            raise TemplateUnknownError
        return UNDEFINED

    def keys(self) -> list[str]:
        """`.a["b"]` behind a name."""
        found = []
        while True:
            if self.takes("."):
                found.append(self.name())
            elif self.takes("["):
                value = self.chosen()
                self.needs("]")
                found.append(printed(value))
            else:
                return found

    def variable(self, name: str) -> Value:
        if self.variables is None or name in _MACHINE or name.startswith("MISE_"):
            raise TemplateUnknownError
        return self.variables.get(name, UNDEFINED)

    def called(self, name: str, given: Mapping[str, Value]) -> Value:
        if name in _REFUSED:
            raise TemplateFailsError
        if name == "os" and not given:
            return "linux"
        wanted = given.get("name")
        # It asks for the variables that mise was started with, not for those of the file.
        if name != "get_env" or not isinstance(wanted, str) or wanted in _MACHINE or wanted.startswith("MISE_"):
            raise TemplateUnknownError
        if "default" not in given:
            raise TemplateFailsError
        return given["default"]
