"""Deployment files for what the code is: planned here as texts, written by the command."""

from __future__ import annotations

from trueup.initialize.initializing import Initialization, initialize

__all__ = ["Initialization", "initialize"]
