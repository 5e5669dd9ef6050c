"""What a person asks of a proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from trueup.prove.tree import Files

Tell = Callable[[str, str], None]
"""Tells live what goes on: the service (or "" for all) and what is done now."""


def quiet(_service: str, _what: str) -> None:
    """Tell nothing."""


@dataclass(frozen=True, kw_only=True)
class ProofSettings:
    """The options of a proof. Times are seconds, memory MiB.

    `given` are variables with their values (`-e`, `--env-file`): they win over everything. `interpreters` are
    executables. `with_backing` and `without_backing` are kinds of backing services to have although nothing demands
    them, or not to have. `health_path` is asked instead of the platform's.
    """

    cache: Path
    folder: Path
    given: dict[str, str] = field(default_factory=dict)
    interpreters: tuple[str, ...] = ()
    with_backing: frozenset[str] = frozenset()
    without_backing: frozenset[str] = frozenset()
    fast: bool = False
    sandbox: bool = False
    keep: bool = False
    health_path: str | None = None
    install_seconds: float = 1800
    boot_seconds: float = 120
    tick_seconds: float = 90
    memory: int | None = None
    fetch: bool = True
    outputs: Files = frozenset()
    """Files that the proof is written to: no part of the tree, wherever they lie."""
    tell: Tell = quiet
