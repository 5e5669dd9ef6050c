"""Keys of TOML, JSON and YAML files renamed, removed, set and added, in the file's own text.

Each function takes a document and gives the whole new text; comments, order, quoting and blanks elsewhere stay. What
cannot be changed without touching more (a key inside an alias, a value of several lines) raises `NotEditableError`.
"""

from __future__ import annotations

import json
import re
from typing import Any

from trueup.manifests._document import Document, Path, Position
from trueup.repair.texts import NotEditableError, newline_of, split_lines

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")
_BLANKS = " \t\r\n"


def kind_of(document: Document) -> str:
    """toml, json or yaml, by the file's name."""
    name = document.file.path.rpartition("/")[2]
    if name.endswith((".toml", ".lock")) or name == "Pipfile":
        return "toml"
    return "json" if name.endswith(".json") else "yaml"


def rename_key(document: Document, path: Path, new: str) -> str:
    """The text with the last key of a path renamed.

    Raises:
        NotEditableError: the key's own text cannot be found.
    """
    start, end = key_span(document, path)
    text = document.file.text
    old = text[start:end]
    quote = old[0] if old[:1] in "\"'" else ""
    if kind_of(document) == "toml" and not quote and not _BARE_KEY.match(new):
        quote = '"'
    return f"{text[:start]}{quote}{new}{quote}{text[end:]}"


def key_span(document: Document, path: Path) -> tuple[int, int]:
    """Where the last key of a path is written, quotes included.

    Raises:
        NotEditableError: it cannot be found: the value comes from an alias, or its table has a dotted header.
    """
    text = document.file.text
    position = _position(document, path)
    kind = kind_of(document)
    separator = "=" if kind == "toml" else ":"
    if kind == "toml" and text[position.start : position.start + 1] == "[" and _is_header(text, position):
        return _header_key(text, position, path)
    before = text[: position.start].rstrip(_BLANKS)
    before = re.sub(r"[&!][^\s]+$", "", before).rstrip(_BLANKS)
    if not before.endswith(separator):
        raise NotEditableError(
            f"{document.file.path}:{position.line}: the key {path[-1]} does not stand before its value."
        )
    before = before[:-1].rstrip(" \t")
    found = re.search(r"(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s\"'{,\[\].=:]+)\Z", before)
    if found is None or found.group().strip("\"'") != str(path[-1]):
        raise NotEditableError(
            f"{document.file.path}:{position.line}: the key {path[-1]} is not written as a plain key."
        )
    return found.start(), found.end()


def _position(document: Document, path: Path) -> Position:
    position = document.positions.get(path)
    if position is None:
        dotted = ".".join(str(part) for part in path)
        raise NotEditableError(f"{document.file.path}: the place of {dotted} in the text is not known.")
    return position


def _is_header(text: str, position: Position) -> bool:
    line_start = max(text.rfind("\n", 0, position.start), text.rfind("\r", 0, position.start)) + 1
    return not text[line_start : position.start].strip()


def _header_key(text: str, position: Position, path: Path) -> tuple[int, int]:
    end = position.end
    while end < len(text) and text[end] != "]":
        end += 1
    inner = text[position.start : end].lstrip("[")
    start = position.start + (end - position.start - len(inner))
    if inner.strip() != str(path[-1]):
        raise NotEditableError(f"line {position.line}: the header [{inner.strip()}] holds more than one key.")
    return start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip())


def remove_key(document: Document, path: Path) -> str:
    """The text without a key and its value: whole lines where it stands alone on them.

    Raises:
        NotEditableError: its extent is not known.
    """
    kind = kind_of(document)
    if kind == "json":
        return _remove_json(document, path)
    text = document.file.text
    position = _position(document, path)
    if kind == "toml" and _is_header(text, position) and text[position.start] == "[":
        return _remove_table(document, position)
    start, _ = key_span(document, path)
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    end = position.end
    if kind == "yaml":
        end = position.start + len(text[position.start : position.end].rstrip())
    rest = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)").match(text, end)
    if text[line_start:start].strip() or rest is None:
        raise NotEditableError(f"{document.file.path}:{position.line}: {path[-1]} shares its line with something else.")
    return text[:line_start] + text[rest.end() :]


def _remove_table(document: Document, position: Position) -> str:
    """A TOML table with its header, up to the next header; the comments above that one stay."""
    lines = split_lines(document.file.text)
    last = _table_end(lines, position)
    return "".join([*lines[: position.line - 1], *lines[last:]])


def _table_end(lines: list[str], position: Position) -> int:
    """The number of a TOML table's last line; comments right above the next header belong to that one."""
    last = position.line
    while last < len(lines) and not lines[last].lstrip().startswith("["):
        last += 1
    while last > position.line and lines[last - 1].lstrip().startswith("#") and last < len(lines):
        last -= 1
    return last


def _remove_json(document: Document, path: Path) -> str:
    text = document.file.text
    position = _position(document, path)
    start, _ = key_span(document, path)
    end = position.end
    after = re.compile(r"[ \t\r\n]*,").match(text, end)
    before = len(text[:start].rstrip(_BLANKS))
    if after:
        return text[:before] + text[after.end() :]
    if before and text[before - 1] == ",":
        before -= 1
    return text[:before] + text[end:]


def quoted(value: str, like: str = '"') -> str:
    """A string as TOML, JSON and YAML all read it, in the quotes that a neighbour has, where that is safe."""
    if like == "'" and not re.search(r"['\\\x00-\x1f]", value):
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def set_string(document: Document, path: Path, value: str) -> str:
    """The text with another string as the value at a path; quotes stay as they were.

    Raises:
        NotEditableError: its place is not known.
    """
    position = _position(document, path)
    text = document.file.text
    old = text[position.start : position.end]
    if kind_of(document) == "yaml" and old[:1] not in ("'", '"'):
        from trueup.manifests._yaml_scanner import plain_value

        is_plain = isinstance(plain_value(value), str) and not re.search(r"^[\s\W]|: | #|\s$|[\r\n]", value)
        new = value if is_plain or value.startswith("/") else quoted(value)
    else:
        new = quoted(value, old[:1])
    return f"{text[: position.start]}{new}{text[position.end :]}"


def add_toml_key(document: Document, table: tuple[str, ...], key: str, value: str) -> str:
    """The text with a string key at the end of a TOML table, which is made where it is absent."""
    text, end = document.file.text, newline_of(document.file.text)
    line = f"{key} = {quoted(value)}"
    position = document.positions.get(table)
    if position is None or not _is_header(text, position):
        gap = "" if not text.strip() else end if text.endswith(("\n", "\r")) else end + end
        return f"{text}{gap}[{'.'.join(table)}]{end}{line}{end}"
    lines = split_lines(text)
    last = _table_end(lines, position)
    while last > position.line and not lines[last - 1].strip():
        last -= 1
    head = "".join(lines[:last])
    head += "" if head.endswith(("\n", "\r")) else end
    return f"{head}{line}{end}{''.join(lines[last:])}"


def add_json_member(document: Document, table: Path, key: str, value: Any) -> str:
    """The text with a member at the end of a JSON object, indented as its neighbours.

    Raises:
        NotEditableError: the object's place is not known.
    """
    text, newline = document.file.text, newline_of(document.file.text)
    position = _position(document, table)
    members = document.get(*table) if table else document.value
    member = f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
    close = position.end - 1
    inner_end = len(text[:close].rstrip(_BLANKS))
    if not members:
        return f"{text[: position.start]}{{{member}}}{text[position.end :]}"
    last = document.positions.get((*table, list(members)[-1]))
    if last is None or newline not in text[position.start : position.end]:
        return f"{text[:inner_end].rstrip(',')}, {member}{text[inner_end:]}"
    key_start, _ = key_span(document, (*table, list(members)[-1]))
    line_start = max(text.rfind("\n", 0, key_start), text.rfind("\r", 0, key_start)) + 1
    indent = re.match(r"[ \t]*", text[line_start:])
    comma = "" if text[inner_end - 1] == "," else ","
    return f"{text[:inner_end]}{comma}{newline}{indent.group() if indent else ''}{member}{text[inner_end:]}"


def add_yaml_item(document: Document, sequence: Path, lines: tuple[str, ...]) -> str:
    """The text with a further item (its lines, without indentation) at the end of a YAML block sequence.

    Raises:
        NotEditableError: the sequence is written in brackets, or its place is not known.
    """
    text, end = document.file.text, newline_of(document.file.text)
    items = document.get(*sequence, default=[])
    if not isinstance(items, list) or not items:
        raise NotEditableError(f"{document.file.path}: {sequence[-1]} has no item to follow.")
    first = _position(document, (*sequence, 0))
    line_start = max(text.rfind("\n", 0, first.start), text.rfind("\r", 0, first.start)) + 1
    lead = text[line_start : first.start]
    if lead.strip() != "-":
        raise NotEditableError(
            f"{document.file.path}:{first.line}: {sequence[-1]} is not written as a list with dashes."
        )
    dash = lead.index("-")
    follow = " " * len(lead)
    last = _position(document, (*sequence, len(items) - 1))
    item_end = last.start + len(text[last.start : last.end].rstrip())
    line_end = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)").match(text, item_end)
    at = line_end.end() if line_end else len(text)
    head = text[:at] if text[:at].endswith(("\n", "\r")) else text[:at] + end
    added = [f"{lead[:dash]}-{lead[dash + 1 :]}{lines[0]}", *(f"{follow}{line}" for line in lines[1:])]
    return head + end.join(added) + end + text[at:]


def add_yaml_key(document: Document, mapping: Path, key: str, lines: tuple[str, ...]) -> str:
    """The text with a key at the end of a YAML block mapping; `lines` are its value's: one beside, or those below.

    Raises:
        NotEditableError: the mapping is written in braces, or its place is not known.
    """
    text, end = document.file.text, newline_of(document.file.text)
    members = document.get(*mapping, default={})
    known = [name for name in members if (*mapping, name) in document.positions] if isinstance(members, dict) else []
    if not known:
        raise NotEditableError(f"{document.file.path}: the table for {key} has no key to follow.")
    start, _ = key_span(document, (*mapping, known[0]))
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    lead = text[line_start:start]
    if lead.strip() not in ("", "-"):
        raise NotEditableError(f"{document.file.path}: the table for {key} is not written one key a line.")
    indent = lead.replace("-", " ")
    last = max((_position(document, (*mapping, name)) for name in known), key=lambda position: position.end)
    value_end = last.start + len(text[last.start : last.end].rstrip())
    line_end = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)").match(text, value_end)
    at = line_end.end() if line_end else len(text)
    head = text[:at] if text[:at].endswith(("\n", "\r")) else text[:at] + end
    first = f"{indent}{key}: {lines[0]}" if len(lines) == 1 else f"{indent}{key}:"
    below = [] if len(lines) == 1 else [f"{indent}{line}" for line in lines]
    return head + end.join([first, *below]) + end + text[at:]
