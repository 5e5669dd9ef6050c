"""Lines as the program printed them: without the prefixes of platforms, the colours and the leftovers of a terminal.

Sources: prefixes as they stand in raw logs of Render (API export and dashboard), Railway, Heroku, Vercel, GitHub
Actions, BuildKit (`--progress=plain`), Docker Compose and fly.io, read 2026-11-20.
"""

from __future__ import annotations

import json
import re

LONGEST_LINE = 4000
"""Characters kept of one line; of a longer one its head and its tail."""

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor movements
    r"|\x1b\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)"  # titles and links
    r"|\x1b[@-Z\\-_]"
    r"|(?:\^\[|\u241b)?\[(?:\d{1,3}(?:;\d{1,3}){0,4})?m(?![\w\]])"  # colours whose escape was lost when pasting
)
_LOST_COLOUR = re.compile(r"\[\d{1,3}(?:;\d{1,3}){0,4}m")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\ufeff]")
_ISO = r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?"
_PREFIXES = (
    re.compile(rf"\[?{_ISO}\]?(?::|\s|$)\s?"),
    re.compile(r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,60} [\w./-]{1,60}(?:\[\d+\])?: "),
    re.compile(r"[A-Z][a-z]{2} \d{1,2},?(?: \d{4},?)? \d{1,2}:\d\d:\d\d(?:\.\d+)?(?: [AP]M)?\s{1,4}"),
    re.compile(r"\[?\d{1,2}:\d\d:\d\d(?:[.,]\d{1,6})?(?: ?[AP]M)?\]?:?\s{1,4}"),
    re.compile(r"#\d{1,4} (?:\d{1,6}\.\d{1,4} )?"),
    re.compile(r"\d{1,5}\.\d{2,4} (?=\S)"),
    re.compile(r"(?=[A-Za-z])[\w.-]{1,60}[-_.\w]\s{0,30}\| "),
    re.compile(r"remote:(?: |$)"),
    re.compile(r"(?:app|heroku|fly|runner)\[[\w.-]{1,60}\](?:: | [a-z]{3} \[\w+\] ?)"),
    re.compile(r"(?:stdout|stderr) [FP] "),
    re.compile(r"\[(?:inf|err|info|error|warn|debug|stdout|stderr)\]\s+"),
    re.compile(r"##\[(?:error|warning|debug|command|section|notice)\]"),
    re.compile(r"> (?!\[)"),
    re.compile(r"[^\t\r\n]{1,80}\t[^\t\r\n]{1,80}\t(?=\d{4}-\d\d-\d\dT)"),
)
_STARTS_LIKE_PREFIX = re.compile(r"[\[#\d>A-Za-z]")
_TRIES = 5


_PLATFORM_PREFIXES = (
    ("heroku", re.compile(r"\S{10,40} (?:app|heroku)\[[\w.-]{1,40}\]: ")),
    ("github-actions", re.compile(r"(?:\d{4}-\d\d-\d\dT[\d:.]+Z )?##\[(?:group|endgroup|error|command)\]")),
    ("github-actions", re.compile(r"[^\t\r\n]{1,80}\t[^\t\r\n]{1,80}\t\ufeff?\d{4}-\d\d-\d\dT")),
    ("docker", re.compile(r"#\d{1,4} (?:\d{1,6}\.\d{1,4} |\[|DONE|ERROR|CACHED|sha256:)")),
    ("docker", re.compile(r"[a-z][\w.-]{0,58}[-_]\d{1,3}\s{1,30}\| ")),
    ("fly", re.compile(r"\S{10,40} app\[\w+\] [a-z]{3} \[\w+\]")),
)


def platform_of_prefix(text: str) -> str | None:
    """The platform whose prefix a line has as it stands in the log, before cleaning; None without one."""
    for platform, prefix in _PLATFORM_PREFIXES:
        if prefix.match(text):
            return platform
    return None


def without_escapes(text: str) -> str:
    """The text without colours, cursor movements and control characters (tabs stay)."""
    if "\x1b" in text or "[" in text:
        text = _LOST_COLOUR.sub("", _ESCAPES.sub("", text)) if "m" in text or "\x1b" in text else text
    return _CONTROL.sub("", text)


def segments(text: str) -> list[str]:
    """What a terminal would have shown of a line with carriage returns: each text that was overwritten, but of long
    progress displays only the first and the last two.
    """
    if "\r" not in text:
        return [text]
    parts = [part for part in text.split("\r") if part.strip()]
    return (parts if len(parts) <= 4 else [parts[0], *parts[-2:]]) or [""]


def clean(text: str) -> str:
    """One line without prefixes, colours and trailing blanks; its indentation after the prefixes stays."""
    text = without_escapes(text).rstrip()
    if len(text) > LONGEST_LINE:
        text = f"{text[: LONGEST_LINE * 3 // 4]} … {text[-LONGEST_LINE // 4 :]}"
    for _ in range(_TRIES):
        shorter = _without_one_prefix(text)
        if shorter == text:
            break
        text = shorter
    return text


def _without_one_prefix(text: str) -> str:
    if not text or not _STARTS_LIKE_PREFIX.match(text):
        return _message_of_json(text) if text.startswith("{") else text
    for prefix in _PREFIXES:
        if found := prefix.match(text):
            return text[found.end() :]
    return text


def _message_of_json(text: str) -> str:
    """The message of a line that is a JSON object, as structured logs are exported; else the line."""
    if not text.endswith("}") or '"' not in text:
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    for key in ("message", "msg", "log", "text"):
        if isinstance(value, dict) and isinstance(value.get(key), str):
            return str(value[key]).rstrip()
    return text
