"""The documentation of the checks, read from their docstrings, for formats that carry it along."""

from __future__ import annotations

import importlib
import inspect
import re
from dataclasses import dataclass
from functools import cache

from trueup.registry import discover

_HEADING = re.compile(r"^([A-Z][A-Za-z ]+):$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RuleDocument:
    """One check: its title, and its sections by heading ("What it does", …) as plain text."""

    id: str
    title: str
    sections: dict[str, str]

    @property
    def text(self) -> str:
        """The sections as plain text."""
        return "\n\n".join(f"{heading}:\n{body}" for heading, body in self.sections.items()) or self.title

    @property
    def markdown(self) -> str:
        """The sections as Markdown."""
        return "\n\n".join(f"**{heading}**\n\n{body}" for heading, body in self.sections.items()) or self.title


@cache
def rule_documents() -> dict[str, RuleDocument]:
    """Every check's documentation by id."""
    return {rule: _document(rule, check.title) for rule, check in discover("trueup.checks", "CHECK").items()}


def _document(rule: str, title: str) -> RuleDocument:
    module = importlib.import_module(f"trueup.checks.{rule.replace('-', '_')}")
    parts = _HEADING.split(inspect.cleandoc(module.__doc__ or ""))
    bodies = (inspect.cleandoc(f"\n{body}") for body in parts[2::2])
    return RuleDocument(rule, title, dict(zip(parts[1::2], bodies, strict=True)))
