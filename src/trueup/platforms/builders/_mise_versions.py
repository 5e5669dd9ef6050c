"""What mise makes of one requested version: its warnings, its refusals and the order in which it lists versions.

Source: jdx/mise at tag v2026.8.6, src/toolset/tool_request.rs, src/semver.rs, src/backend/mod.rs (read 2026-11-20); the
order is that of the `versions` crate, which src/cli/ls.rs sorts with.
"""

from __future__ import annotations

import re
from functools import cmp_to_key

_REFERENCE_KINDS = ("ref", "tag", "branch", "rev")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\"'`\\$]")
_IDEAL = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
_GENERAL = re.compile(r"[0-9A-Za-z]+(?:[.+_-][0-9A-Za-z]+)*")
_MESS = re.compile(r"[0-9A-Za-z]+(?:[:.+_~-][0-9A-Za-z]+)*")
_TOOL_ALIASES = {"dotnet-core": "dotnet", "nodejs": "node", "golang": "go"}


def plain_tool_name(name: str) -> str:
    """The name under which mise lists a tool: `node` of "nodejs", `python` of "core:python" (backend/mod.rs:4898)."""
    if name in _TOOL_ALIASES:
        return _TOOL_ALIASES[name]
    while name.startswith("core:"):
        name = name.removeprefix("core:")
    return name


def normalised_request(text: str) -> str:
    """`ref:main` of "ref-main" and so on; every other text as it is (tool_request.rs:69)."""
    kind, dash, rest = text.partition("-")
    return f"{kind}:{rest}" if dash and kind in _REFERENCE_KINDS else text


def placed_request(text: str) -> str:
    """`path:<app>/x` of "path:./x": mise lists a relative path as one in the folder it looks at."""
    kind, _, path = text.partition(":")
    if kind != "path" or path.startswith(("/", "~")):
        return text
    return "/".join(["path:<app>", *(part for part in path.split("/") if part not in ("", "."))])


def is_range(text: str) -> bool:
    """Whether mise takes a text for a range of npm's kind, which it does not support for Python (semver.rs:75)."""
    if not text or text.lower() == "latest" or any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in text):
        return False
    if text in ("*", "x", "X") or "||" in text or " - " in text:
        return True
    if text[0] in "<>=^~" or "<" in text or ">" in text or len(text.split()) > 1:
        return True
    return any(part in ("*", "x", "X") for part in text.split("."))


def refusal(text: str) -> str | None:
    """Why mise refuses a requested version, or None (tool_request.rs:99-148 and 481-520)."""
    kind, colon, rest = text.partition(":")
    if not colon:
        return None if text == "system" else _bad_characters("version", text)
    if kind in _REFERENCE_KINDS:
        return _bad_characters("ref", rest)
    if kind == "prefix":
        return _bad_characters("version", rest)
    if kind == "path":
        found = _FORBIDDEN.search(rest)
        return f"invalid tool path {rest!r}: contains forbidden character {found.group()!r}" if found else None
    if kind.startswith("sub-"):
        return _bad_characters("version", kind.partition("-")[2]) or _bad_characters("version", rest)
    return f"invalid tool version request: {text}"


def _bad_characters(what: str, text: str) -> str | None:
    if text.startswith("-"):
        return f"invalid tool {what} {text!r}: must not start with '-'"
    if ".." in text:
        return f"invalid tool {what} {text!r}: contains path-traversal sequence"
    found = _FORBIDDEN.search(text)
    return f"invalid tool {what} {text!r}: contains forbidden character {found.group()!r}" if found else None


def _chunks(text: str) -> list[tuple[int | None, str]]:
    """Each part of a version with the number that it begins with."""
    found = []
    for part in re.split(r"[.+_-]", text):
        digits = re.match(r"\d{1,1000}", part)
        found.append((int(digits.group()) if digits else None, part))
    return found


def _rank(text: str) -> int:
    """0 for a text that is no version at all, 1 for one with a colon, 2 for any other."""
    return 2 if _IDEAL.fullmatch(text) or _GENERAL.fullmatch(text) else 1 if _MESS.fullmatch(text) else 0


def _compare_mess(left: str, right: str) -> int:
    """The looser order where one of two texts is "tag:v1" or the like: numbers stand before words."""
    texts = [re.split(r"[:.+_~-]", text) for text in (left, right)]
    keys = [[(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts] for parts in texts]
    return (keys[0] > keys[1]) - (keys[0] < keys[1])


def _compare(left: str, right: str) -> int:
    """Negative where mise lists `left` before `right`."""
    ranks = [_rank(text) for text in (left, right)]
    if 0 in ranks or left == right:
        return (ranks[0] > 0) - (ranks[1] > 0) or (left > right) - (left < right)
    if 1 in ranks:
        return _compare_mess(left, right)
    for (number, text), (other, other_text) in zip(_chunks(left), _chunks(right), strict=False):
        if number != other:
            return -1 if number is None else 1 if other is None else number - other
        # A part with letters after its number ("13t", "0rc1") stands before the bare number.
        if text != other_text and text.isdigit() != other_text.isdigit():
            return 1 if text.isdigit() else -1
        if text != other_text and not text.isdigit():
            return -1 if text < other_text else 1
    return len(_chunks(left)) - len(_chunks(right)) or (left > right) - (left < right)


listing_order = cmp_to_key(_compare)
"""A sort key: the order of versions in `mise list --json` (cli/ls.rs:332)."""
