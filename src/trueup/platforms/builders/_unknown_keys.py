"""Keys that a configuration file holds and nobody reads: unknown, misspelt or misplaced. Each gets its right place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trueup.manifests._document import Document, Path
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Problem, Severity

_VERSION = re.compile(r"(?<![\d.])(\d+)\.(\d+)")
_CLOSE = 0.75


@dataclass(frozen=True, slots=True)
class KeyRules:
    """What a reader of a configuration file does with keys that it does not know.

    Attributes:
        reader: who reads the file, as the subject of a sentence (`Nixpacks`).
        fate: what it does with such a key, as the rest of that sentence (`drops it without a word`).
        evidence: the reader's rule that says so.
        mistakes: the hint for well-known mistakes, by dotted path; `*` stands for any one part of it.
        elsewhere: keys that are valid in another place of the file, each with that place.
        confidence: how sure it is that the key has no effect.
    """

    reader: str
    fate: str
    evidence: Evidence
    mistakes: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    confidence: Confidence = Confidence.HIGH


def unknown_key(document: Document, path: Path, known: Mapping[str, object], rules: KeyRules) -> Problem:
    """The problem of one key that has no effect.

    Args:
        document: the file.
        path: the path of the key, itself included.
        known: the keys that are valid beside it.
        rules: the reader's rules.
    """
    dotted = ".".join(str(part) for part in path)
    hint, is_known_mistake = _hint(document.get(*path), path, known, rules)
    line = document.line(*path)
    place = f"{document.file.path}:{line}" if line else document.file.path
    is_version = "python" in dotted.lower()
    effect = "the Python version is not set by it" if is_version else "what it says has no effect"
    return Problem(
        rule="unknown-configuration-key",
        severity=Severity.MEDIUM if is_known_mistake or is_version else Severity.LOW,
        confidence=rules.confidence,
        message=f"{place} has the key {dotted}, which {rules.reader} does not know: it {rules.fate}, so {effect}.",
        hint=hint,
        evidence=(document.evidence(*path), rules.evidence),
        subject=f"{document.file.path}:{dotted}",
        brief=f"{dotted}: {effect}. {hint.split(';')[0].rstrip('.')}",
    )


def _hint(value: Any, path: Path, known: Mapping[str, object], rules: KeyRules) -> tuple[str, bool]:
    for pattern, text in rules.mistakes.items():
        parts = pattern.split(".")
        if len(parts) == len(path) and all(p in ("*", str(k)) for p, k in zip(parts, path, strict=True)):
            return _with_version(text, value), True
    key = str(path[-1])
    for name in known:
        if name.lower() == key.lower().replace("_", "").replace("-", ""):
            return f"Write {name}, in exactly this spelling.", True
    if key in rules.elsewhere:
        return f"Move it: {key} belongs {rules.elsewhere[key]}.", True
    close = difflib.get_close_matches(key, [*known, *rules.elsewhere], n=1, cutoff=_CLOSE)
    if close:
        where = "" if close[0] in known else f" {rules.elsewhere[close[0]]}"
        return f"Did you mean {close[0]}{where}? Otherwise remove it.", True
    names = ", ".join(name for name in known if not name.startswith("$"))
    return f"Remove it; known here are {names}.", False


def _with_version(text: str, value: Any) -> str:
    """The hint with the version that the key holds, or a placeholder where it holds none."""
    found = _VERSION.search(str(value))
    minor = f"{found[1]}.{found[2]}" if found else "X.Y"
    return text.replace("{minor}", minor).replace("{package}", "python" + minor.replace(".", ""))
