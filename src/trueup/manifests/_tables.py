"""What the structured manifests share: typed looks into a document, PEP 508 strings with spans, markers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement

from trueup.manifests._document import Document, Path
from trueup.manifests._requirement import evidence_at, invalid_requirement, parse_pep508
from trueup.model.evidence import Evidence
from trueup.model.finding import Problem
from trueup.model.requirement import DeclaredRequirement


def table(value: Any) -> dict[str, Any]:
    """The value if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def strings(value: Any) -> tuple[str, ...]:
    """The strings of a list; a single string is a list of one."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def string(value: Any) -> str | None:
    """The value if it is a string that is not empty."""
    return value if isinstance(value, str) and value else None


@lru_cache(maxsize=4096)
def marker(text: str) -> Marker | None:
    """A marker, or None where there is none or it cannot be read."""
    try:
        return Marker(text) if text.strip() else None
    except (InvalidMarker, RecursionError):
        return None


def line_evidence(document: Document, *path: str | int) -> Evidence:
    """Evidence at the line of a value, without credentials."""
    return evidence_at(document.file, document.line(*path))


def span(document: Document, path: Path, length: int) -> tuple[int, int] | None:
    """Offsets of the first characters of a string's content; None where escapes move them."""
    position = document.positions.get(path)
    if position is None:
        return None
    raw = document.file.text[position.start : position.end]
    quotes = 3 if raw.startswith(('"""', "'''")) else 1
    content = raw[quotes:-quotes]
    if "\\" in content[:length] or "\n" in content[:length]:
        return None
    start = position.start + quotes
    return start, start + length


def pep508_list(
    document: Document, path: Path, value: Any, problems: list[Problem], *, group: str = "", reader: str
) -> Iterator[DeclaredRequirement]:
    """The requirements of a list of PEP 508 strings; what is none becomes a problem.

    `reader` is who reads the list, for the words of a problem.
    """
    if value is None:
        return
    if not isinstance(value, list):
        problems.append(
            invalid_requirement(
                document.file,
                document.line(*path),
                str(value),
                "a list of strings is expected here",
                reader=reader,
                hint='Write it as a list: `["name==version"]`.',
            )
        )
        return
    for index, item in enumerate(value):
        yield from pep508_item(document, (*path, index), item, problems, group=group, reader=reader)


def pep508_item(
    document: Document, path: Path, item: Any, problems: list[Problem], *, group: str = "", reader: str
) -> Iterator[DeclaredRequirement]:
    """The requirement of one PEP 508 string, with its span; a problem where it is none."""
    try:
        if not isinstance(item, str):
            raise InvalidRequirement("a requirement is a string")
        asked = parse_pep508(item.rstrip())
    except InvalidRequirement as error:
        problems.append(invalid_requirement(document.file, document.line(*path), str(item), error, reader=reader))
        return
    yield asked.declared(line_evidence(document, *path), group=group, span=span(document, path, asked.length))
