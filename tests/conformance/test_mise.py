"""The oracle of mise's own rules: `mise list --current --json`, executed on written inputs."""

from __future__ import annotations

from tests.conformance._cases import Case, run
from trueup.platforms.builders._mise import MiseList, mise_list

WRONG_CASES: dict[str, str] = {}


def _actual(key: str, found: MiseList) -> object:
    pythons = found.versions("python")
    values: dict[str, object] = {
        "python": pythons[0].version if pythons else None,
        "python_source": pythons[0].path if pythons else None,
        "versions": [tool.version for tool in pythons],
        "mise_list": [
            {
                "version": tool.version,
                "requested": tool.requested,
                "source_type": tool.source_type,
                "source_path": tool.path,
            }
            for tool in pythons
        ],
        "other_tools": sorted({tool.name for tool in found.tools} - {"python"}),
        "warnings": list(found.warnings),
        "error": found.error,
        "exit_code": found.exit_code,
    }
    return values[key]


def _judge(case: Case) -> list[str]:
    found = mise_list(case.project)
    return [
        f"{key}: expected {expected!r}, found {_actual(key, found)!r}"
        for key, expected in case.asserted.items()
        if _actual(key, found) != (sorted(expected) if key == "other_tools" else expected)
    ]


def test_mise_agrees_with_its_oracle() -> None:
    run("mise", _judge, WRONG_CASES)
