"""A line of a requirements file that pip refuses, as it was surely meant; nothing where more than one thing may be.

What pip takes: PEP 508 and pip's "Requirements File Format" (read 2026-11-20). Pure: text in, text out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from trueup.manifests._poetry_constraints import caret
from trueup.manifests._requirement_options import split_options

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:[ \t]*\[[^\]]*\])?"
_VERSION = r"v?[0-9][0-9A-Za-z.+!*-]*"
_INVISIBLE = str.maketrans("", "", "\ufeff\u200b\u200c\u200d\u2060")
_TYPOGRAPHIC = str.maketrans({"\u00a0": " ", "\u2007": " ", "\u202f": " ", "“": '"', "”": '"', "‘": "'", "’": "'"})
_COMMAND = re.compile(
    r"(?:[$>][ \t]*)?(?:python3?[ \t]+-m[ \t]+)?(?:pip3?|uv[ \t]+pip)[ \t]+install[ \t]+(?=[A-Za-z0-9])"
)
_COMMENT = re.compile(r"(?:^|[ \t])[ \t]*#.*$")


def mended(line: str) -> str | None:
    """A line as it was surely meant, with its comment; None where that is not certain.

    Args:
        line: one whole line, without its end.

    Returns:
        A line that pip reads. A command that installs several becomes several lines, joined by `\\n`.
    """
    visible = line.translate(_INVISIBLE).translate(_TYPOGRAPHIC)
    found = _COMMENT.search(visible)
    comment = found.group() if found else ""
    body = visible[: len(visible) - len(comment)] if comment else visible
    argument, options = split_options(body.strip())
    if not argument or body.rstrip().endswith("\\"):
        return None
    command = _COMMAND.match(argument)
    if command:
        return _of_command(argument[command.end() :], options, comment)
    argument = argument.strip()
    bare = _without_ends(argument) or argument
    for start, change in ((argument, _same), *((text, change) for text in (argument, bare) for change in _CHANGES)):
        changed = change(start)
        if changed is not None and _is_requirement(changed) and _same_name(argument, changed):
            return f"{changed}{f' {options}' if options else ''}{comment}"
    return None


def _of_command(rest: str, options: str, comment: str) -> str | None:
    words = [word.strip("\"'") for word in rest.split()]
    if options or not words or not all(_is_requirement(word) for word in words):
        return None
    return "\n".join([words[0] + comment, *words[1:]])


def _is_requirement(text: str) -> bool:
    try:
        Requirement(text)
    except InvalidRequirement:
        return False
    return True


def _same_name(before: str, after: str) -> bool:
    """Whether nothing of a name was lost: the first word of both is one."""
    first = re.search(r"[A-Za-z0-9][A-Za-z0-9._-]*", before)
    second = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", after)
    return bool(first and second and first.group() == second.group())


def _same(text: str) -> str | None:
    """Invisible or typographic characters alone were wrong."""
    return text


def _without_ends(text: str) -> str | None:
    """A comma or semicolon at the end, or quotes around the whole or at one end, as of an item of a list."""
    bare = text.rstrip(",; \t")
    if bare[:1] in ("'", '"') and bare[-1:] == bare[:1]:
        bare = bare[1:-1]
    elif bare.count('"') + bare.count("'") == 1:
        bare = bare.strip("\"'")
    return bare.rstrip(",; \t") if bare != text else None


def _single_sign(text: str) -> str | None:
    """`name=1.0`: one sign of equality; not what conda exports (`name=1.0=build`), and not a variable (`PORT=8000`)."""
    found = re.fullmatch(rf"({_NAME})([ \t]*)=([ \t]*)({_VERSION})([ \t]*;.*)?", text)
    if found and found[1].isupper():
        return None
    return f"{found[1]}{found[2]}=={found[3]}{found[4]}{found[5] or ''}" if found else None


def _turned_sign(text: str) -> str | None:
    """`=>` and `=<`, which no one means otherwise."""
    found = re.fullmatch(rf"({_NAME}[^;=<>]*)=([<>])([ \t]*{_VERSION}.*)", text)
    return f"{found[1]}{found[2]}={found[3]}" if found else None


def _missing_comma(text: str) -> str | None:
    """`name>=1.0 <2`: two demands with a blank between them."""
    head, semicolon, marker = text.partition(";")
    changed = re.sub(rf"({_VERSION})[ \t]+(?=(?:[<>!~]=?|==)[ \t]*{_VERSION})", r"\1,", head)
    return f"{changed}{semicolon}{marker}" if changed != head else None


def _quoted_demand(text: str) -> str | None:
    """`name = "==1.0"`, as a Pipfile has it: the demand says itself what it is."""
    found = re.fullmatch(rf"[\"']?({_NAME})[\"']?[ \t]*=[ \t]*([\"'])((?:[<>!~=]=|[<>])[^\"']*)\2,?", text)
    return f"{found[1]}{found[3].strip()}" if found else None


def _caret(text: str) -> str | None:
    """`name^1.2`: Poetry's and npm's caret, written out."""
    found = re.fullmatch(rf"({_NAME})[ \t]*(?:==)?\^[ \t]*([0-9][0-9.]*)", text)
    try:
        return f"{found[1]}{caret(Version(found[2]))}" if found else None
    except InvalidVersion:
        return None


def _lower_wildcard(text: str) -> str | None:
    """`name>=1.2.*`: the wildcard adds nothing to a lower bound."""
    changed = re.sub(r"(>=[ \t]*[0-9]+(?:\.[0-9]+)*)\.\*", r"\1", text)
    return changed if changed != text else None


_CHANGES: tuple[Callable[[str], str | None], ...] = (
    _without_ends,
    _single_sign,
    _turned_sign,
    _missing_comma,
    _quoted_demand,
    _caret,
    _lower_wildcard,
)
