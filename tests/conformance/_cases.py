"""The conformance cases: where they are, how they are read, and how a score is kept.

The folder is named by the environment variable TRUEUP_CONFORMANCE; else it is ../shared/conformance beside the
project; else the cases are skipped, saying so. Nothing of them is copied into the project.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from trueup.model.project import Project

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Case:
    """One input → expected case, and the keys that it asserts."""

    id: str
    files: dict[str, bytes]
    env: dict[str, str]
    context: dict[str, Any]
    expect: dict[str, Any]
    kind: str | None
    note: str

    @property
    def project(self) -> Project:
        """The files as a project in memory."""
        return Project.from_texts(self.files)

    @property
    def asserted(self) -> dict[str, Any]:
        """The keys that the case asserts, with their values."""
        known = self.expect.get("known")
        if known is not None:
            return {key: self.expect.get(key) for key in known}
        return {key: value for key, value in self.expect.items() if value is not None}


def folder() -> Path:
    """The folder of the cases, whether or not it exists."""
    given = os.environ.get("TRUEUP_CONFORMANCE")
    return Path(given) if given else ROOT.parent / "shared" / "conformance"


def cases(name: str) -> list[Case]:
    """All cases of one file, such as `railpack`; skips the test module where the folder is absent."""
    path = folder() / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"no conformance cases at {path.parent}: set TRUEUP_CONFORMANCE", allow_module_level=True)
    found = []
    for text in path.read_text("utf-8").splitlines():
        row = json.loads(text)
        files = {
            name: base64.b64decode(content["base64"]) if isinstance(content, dict) else content.encode()
            for name, content in row["files"].items()
        }
        found.append(
            Case(
                row["id"],
                files,
                row.get("env") or {},
                row.get("context") or {},
                row["expect"],
                row.get("kind"),
                row.get("note") or "",
            )
        )
    return found


def run(name: str, judge: Callable[[Case], list[str]], wrong_cases: dict[str, str]) -> None:
    """Judge every case of a file, print the score, and fail on any mismatch that is not a known wrong case.

    Args:
        name: the file, such as `railpack`.
        judge: returns the mismatches of a case, as sentences; empty where it agrees.
        wrong_cases: ids of cases that are wrong, each with the line of the builder's source that proves it.
    """
    all_cases = cases(name)
    failures = {case.id: mismatches for case in all_cases if (mismatches := judge(case))}
    unexpected = {id_: found for id_, found in failures.items() if id_ not in wrong_cases}
    stale = [id_ for id_ in wrong_cases if id_ not in failures]
    print(f"conformance {name}: {len(all_cases) - len(failures)} of {len(all_cases)} agree")
    report = "\n".join(f"{id_}\n    " + "\n    ".join(found) for id_, found in sorted(unexpected.items()))
    assert not unexpected, f"{len(unexpected)} of {len(all_cases)} cases of {name} disagree:\n{report}"
    assert not stale, f"listed as wrong, but they agree: {stale}"
