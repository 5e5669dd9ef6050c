"""The full dependency set for a target, and what becomes of each distribution on it."""

from __future__ import annotations

from trueup.resolve.forecast import forecast, forecast_many, sdist_outcome
from trueup.resolve.prospect import compile_prospect
from trueup.resolve.resolver import resolve, resolve_many

__all__ = ["compile_prospect", "forecast", "forecast_many", "resolve", "resolve_many", "sdist_outcome"]
