"""What mise makes of a template in a version, as far as the project alone tells it.

Source: jdx/mise at tag v2026.8.6, src/tera.rs, with the binary of that tag (read and run 2026-11-20). Railpack gives
mise none of the service's variables (railwayapp/railpack at b5e80580, core/mise/mise.go:219), so that a variable has
the value of the file's own [env], or is not defined. Read are the tags `if`, `set` and `raw`; of any other tag, and of
functions and filters that depend on the machine or are not read here, nothing is said but that it is not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from trueup.platforms.builders._mise_expressions import (
    TemplateFailsError,
    TemplateUnknownError,
    Value,
    evaluated,
    is_true,
    printed,
)

_MARKS = ("{{", "{%", "{#")
_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_PART = re.compile(r"\{#(-?)(.*?)(-?)#\}|\{\{(-?)(.*?)(-?)\}\}|\{%(-?)(.*?)(-?)%\}", re.DOTALL)
_SET = re.compile(r"set\s+([A-Za-z_]\w*)\s*=\s*(.+)", re.DOTALL)
_OTHER_TAGS = frozenset(
    {"for", "endfor", "break", "continue", "set", "set_global", "endset", "filter", "endfilter", "raw", "endraw"}
) | frozenset({"macro", "endmacro", "import", "include", "extends", "block", "endblock", "component", "endcomponent"})
"""Tags of the language that are not read here."""
_LONGEST = 2_000
"""Characters of a template beyond which it is not read."""


def has_template(text: str) -> bool:
    """Whether mise would render the text as a template (tera.rs:52)."""
    return any(mark in text for mark in _MARKS)


def environment(env: object) -> dict[str, str] | None:
    """The variables of a file's [env]; None where more than plain values makes them."""
    if not isinstance(env, dict):
        return {} if env is None else None
    found = {str(name): str(value) for name, value in env.items() if type(value) in (str, int)}
    return found if len(found) == len(env) and not any(map(has_template, found.values())) else None


def rendered(text: str, variables: Mapping[str, str] | None) -> str:
    """The text with its templates filled in.

    Args:
        text: the requested version.
        variables: those of the file's own [env]; None where they are not known.

    Raises:
        TemplateFailsError: mise refuses the template.
        TemplateUnknownError: what comes of it is not known here.
    """
    if len(text) > _LONGEST:
        raise TemplateUnknownError
    if _RAW.search(text):
        before, inside, after = _RAW.split(text, maxsplit=1)
        if not has_template(before + after):
            return before + inside + after
        raise TemplateUnknownError
    return _Renderer(variables).render(_parts(text))


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a template: `kind` is text, comment, expression or tag."""

    kind: str
    text: str


def _parts(text: str) -> list[_Part]:
    """The pieces in their order; a hyphen inside of a mark takes the blanks beside it away."""
    found: list[_Part] = []
    at, trims = 0, False
    for match in _PART.finditer(text):
        kind, (left, inside, right) = next(
            (name, match.groups()[index : index + 3])
            for name, index in (("comment", 0), ("expression", 3), ("tag", 6))
            if match.group(index + 2) is not None
        )
        found.append(_text(text[at : match.start()], trims_left=trims, trims_right=bool(left)))
        found.append(_Part(kind, inside.strip()))
        at, trims = match.end(), bool(right)
    found.append(_text(text[at:], trims_left=trims, trims_right=False))
    return found


def _text(text: str, *, trims_left: bool, trims_right: bool) -> _Part:
    if has_template(text):
        raise TemplateFailsError
    text = text.lstrip() if trims_left else text
    return _Part("text", text.rstrip() if trims_right else text)


@dataclass
class _Branch:
    """An `if` that is open: whether its part is written out, whether one was, and whether all around it is."""

    is_written: bool
    was_written: bool
    is_reached: bool
    has_else: bool = False


@dataclass
class _Renderer:
    variables: Mapping[str, str] | None
    names: dict[str, Value] = field(default_factory=dict)
    branches: list[_Branch] = field(default_factory=list)

    def render(self, parts: list[_Part]) -> str:
        """The text of the parts, one after the other."""
        found: list[str] = []
        for part in parts:
            if part.kind == "tag":
                self.tag(part.text)
            elif self.is_written and part.kind == "text":
                found.append(part.text)
            elif self.is_written and part.kind == "expression":
                found.append(printed(self.value(part.text)))
        if self.branches:
            raise TemplateFailsError
        return "".join(found)

    @property
    def is_written(self) -> bool:
        return all(branch.is_written for branch in self.branches)

    def value(self, expression: str) -> Value:
        return evaluated(expression, self.variables, self.names)

    def tag(self, text: str) -> None:
        """Take in one tag; a part that is not reached is not evaluated."""
        word, _, rest = text.partition(" ")
        if word == "if":
            reached = self.is_written
            holds = reached and is_true(self.value(rest))
            self.branches.append(_Branch(holds, holds, reached))
        elif word in ("elif", "else"):
            self.other_branch(rest if word == "elif" else None)
        elif text == "endif":
            if not self.branches:
                raise TemplateFailsError
            self.branches.pop()
        elif assigned := _SET.fullmatch(text):
            if self.is_written:
                self.names[assigned[1]] = self.value(assigned[2])
        elif word in _OTHER_TAGS:
            raise TemplateUnknownError
        else:
            raise TemplateFailsError

    def other_branch(self, condition: str | None) -> None:
        """Go on with `elif` (its condition) or `else` (None) of the innermost `if`."""
        if not self.branches or self.branches[-1].has_else:
            raise TemplateFailsError
        branch = self.branches[-1]
        branch.has_else = condition is None
        open_to_it = branch.is_reached and not branch.was_written
        branch.is_written = open_to_it and (condition is None or is_true(self.value(condition)))
        branch.was_written = branch.was_written or branch.is_written
