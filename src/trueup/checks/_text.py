"""Small words that several checks use."""

from __future__ import annotations

from collections.abc import Iterable


def listed(items: Iterable[str], most: int = 8) -> str:
    """`a, b and c`; beyond `most` items the rest are counted."""
    found = list(items)
    if len(found) > most:
        found = [*found[: most - 1], f"{len(found) - most + 1} more"]
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}" if found else ""
