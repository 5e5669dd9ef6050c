"""The full dependency set for a target, and what becomes of each distribution on it."""

from __future__ import annotations

from trueup.resolve.resolver import resolve, resolve_many

__all__ = ["resolve", "resolve_many"]
