"""Evidence as JSON: the form that every JSON answer shares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from trueup.model.evidence import Evidence


def evidence_object(evidence: Evidence) -> dict[str, Any]:
    """One evidence."""
    return {
        "kind": evidence.kind.value,
        "path": evidence.path,
        "line": evidence.line,
        "text": evidence.text,
        "url": evidence.url,
    }


def evidence_list(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Several evidences."""
    return [evidence_object(item) for item in evidence]
