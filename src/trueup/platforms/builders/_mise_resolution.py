"""What mise makes of requests that are no versions: `latest`, `prefix:3.12` and `sub-0.1:3.13`.

Source: jdx/mise at tag v2026.8.6, src/toolset/tool_version.rs:410-425 and 695, src/toolset/tool_request.rs:665
(read 2026-11-20); the words were seen of the binary of that tag. Without a network mise knows no version of its own,
and leaves such a tool out; Railpack runs it with one.
"""

from __future__ import annotations

import re

_VERSION = re.compile(r"([0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*)(-[0-9A-Za-z.-]+)?")
_LONGEST_NUMBER = 18


class UnresolvedError(Exception):
    """mise finds no version for a request; the text is its own."""


def resolved(tool: str, text: str, newest: str | None) -> str:
    """The version that mise looks for.

    Args:
        tool: the name of the tool.
        text: the request, with aliases replaced.
        newest: the newest minor version of Python, as 3.14; None where mise has no network.

    Returns:
        The request itself where it is a version; `latest` stays, and a prefix is a version that is not complete.

    Raises:
        UnresolvedError: mise has no answer to it.
    """
    kind, colon, rest = text.partition(":")
    if text != "latest" and not (colon and (kind == "prefix" or kind.startswith("sub-"))):
        return text
    if kind.startswith("sub-") and rest != "latest":
        # Other tools have names of versions that only mise knows (`lts` of Node).
        return subtracted(rest, kind.partition("-")[2]) if tool == "python" else text
    if newest is None:
        raise UnresolvedError(f"no versions found for {tool} matching date filter")
    if tool != "python" or text == "latest":
        return text
    return (rest or "latest") if kind == "prefix" else subtracted(newest, kind.partition("-")[2])


def subtracted(base: str, less: str) -> str:
    """A version minus another, part by part, as long as the shorter: 18.1 of "18.2.3" and "0.1".

    Raises:
        UnresolvedError: one of the two is no version of numbers.
    """
    found, taken_off = _VERSION.fullmatch(base), _VERSION.fullmatch(less)
    if found is None or taken_off is None:
        raise UnresolvedError(f"invalid version: {base if found is None else less}")
    parts, less_parts = found[1].split("."), taken_off[1].split(".")
    parts = parts[: len(less_parts)]
    if not all(map(_is_number, less_parts[: len(parts)])):
        raise UnresolvedError(f"invalid version: {less}")
    if not all(map(_is_number, parts)):
        raise UnresolvedError(f"cannot subtract {less} from {base}: {base} is not a numeric version")
    numbers = [int(part) for part in parts]
    for index, take in enumerate(int(part) for part in less_parts[: len(parts)]):
        if numbers[index] >= take:
            numbers[index] -= take
            continue
        lender = next((at for at in reversed(range(index)) if numbers[at]), None)
        if lender is None:
            return "0"
        numbers = [*numbers[:lender], numbers[lender] - 1]
        break
    return ".".join(map(str, numbers)) + (found[2] or "")


def _is_number(text: str) -> bool:
    return text.isdigit() and len(text) <= _LONGEST_NUMBER
