"""Distributions that install together and do not work together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from trueup.model.finding import Confidence, Severity

KEYS = frozenset(
    {
        "package",
        "versions",
        "with",
        "with-versions",
        "without",
        "python",
        "program",
        "severity",
        "confidence",
        "effect",
        "hint",
        "source",
        "checked",
    }
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A distribution that fails beside another one, without another one, or on some Pythons.

    `effect` says what happens and when, as a sentence; `hint` what to do; `source` where that was read or seen,
    `checked` on which day (ISO). `program` is the command of the distribution that alone fails: importing it does not.
    """

    package: str
    versions: SpecifierSet
    companion: str | None
    companion_versions: SpecifierSet
    absent: str | None
    python: SpecifierSet | None
    severity: Severity
    confidence: Confidence
    effect: str
    hint: str
    source: str
    checked: str | None
    program: str | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Pair:
        """Read a row of TOML.

        Args:
            row: `package`, `effect`, `source` and at least one of `with`, `without` and `python`; `versions` and
                `with-versions` are specifiers (any version, where they are not given); further `severity` (high),
                `confidence` (high), `hint`, `checked`, `program`.

        Raises:
            ValueError: a key is unknown or missing, or a value cannot be read; the message says which.
        """
        unknown = set(row) - KEYS
        if unknown:
            raise ValueError(f"`{min(unknown)}` is not a key of a pair; the keys are: {', '.join(sorted(KEYS))}")
        for key in ("package", "effect", "source"):
            if not isinstance(row.get(key), str) or not row[key]:
                raise ValueError(f"a pair needs `{key}`, a text")
        if not {"with", "without", "python"} & set(row):
            raise ValueError("a pair needs `with`, `without` or `python`")
        try:
            return cls(
                package=canonicalize_name(row["package"]),
                versions=SpecifierSet(row.get("versions", "")),
                companion=canonicalize_name(row["with"]) if "with" in row else None,
                companion_versions=SpecifierSet(row.get("with-versions", "")),
                absent=canonicalize_name(row["without"]) if "without" in row else None,
                python=SpecifierSet(row["python"]) if "python" in row else None,
                severity=Severity(row.get("severity", "high")),
                confidence=Confidence(row.get("confidence", "high")),
                effect=row["effect"],
                hint=str(row.get("hint", "Move one of the two to a version that works with the other.")),
                source=row["source"],
                checked=str(row["checked"]) if "checked" in row else None,
                program=str(row["program"]) if "program" in row else None,
            )
        except (InvalidSpecifier, TypeError, AttributeError) as error:
            raise ValueError(f"a pair cannot be read: {error}") from None
