"""Why a step failed: the rules of `diagnose` on the captured log. And which failures lie in this machine. Pure but for
reading the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from trueup.diagnose import diagnose, pointed_at_project
from trueup.model.diagnosis import Cause
from trueup.model.project import Project

ABOUT_THIS_MACHINE = {
    "index-unreachable": "the package index could not be reached from this machine",
    "download-corrupted": "a download was corrupted on its way to this machine",
    "no-space": "this machine's disk is full",
    "cargo-network": "cargo could not reach its registry from this machine",
}
"""Rules whose cause says nothing about the platform."""
INDEPENDENT = frozenset(
    {
        "asgi-app-not-found",
        "dependency-incompatible-at-start",
        "distutils-removed",
        "event-loop-missing",
        "missing-dependency",
        "missing-shared-library",
        "numpy-abi",
        "pkg-resources-removed",
        "port-not-expanded",
        "project-layout",
        "setuptools-missing",
        "start-command-not-found",
        "stdlib-removed-at-start",
        "wsgi-app-not-found",
    }
)
"""Rules whose cause ends a process whatever stands behind it: no missing backing service excuses it."""
LACKING = {"missing-compiler": "c", "missing-rust-toolchain": "rust", "missing-python-headers": "headers"}
"""Rules whose cause says nothing where the platform has what this machine lacks."""


def causes_of(log: Path, project: Project) -> tuple[Cause, ...]:
    """The causes that a log shows, the root cause first; empty where no rule knows it."""
    try:
        with log.open("rb") as stream:
            return pointed_at_project(diagnose(stream), project).causes
    except OSError:
        return ()


def machine_reason(causes: Iterable[Cause], lacks: frozenset[str]) -> str:
    """Why the root cause lies in this machine and not in the project; empty where it does not."""
    root = next(iter(causes), None)
    if root is None:
        return ""
    if root.rule in ABOUT_THIS_MACHINE:
        return ABOUT_THIS_MACHINE[root.rule]
    lacking = LACKING.get(root.rule)
    if lacking in lacks:
        return f"this machine lacks a toolchain that the platform has ({lacking}): install it and try again"
    return ""
