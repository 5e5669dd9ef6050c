"""What every check keeps to: its id, its documentation, its projects; and what every row of data says of itself."""

from __future__ import annotations

import ast
import importlib
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trueup.checks._interface import Check
from trueup.registry import discover

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "trueup"
PROJECTS = ROOT / "tests" / "projects"
CHECKS: dict[str, Check] = discover("trueup.checks", "CHECK")
HEADINGS = ("What it does:", "Why it fails a deployment:", "Example:", "Use instead:", "Sources:")

UNIT_TESTED = {
    "image-size-limit": "recordings of the index hold no sizes: tests/checks/test_image_size_limit.py",
}
"""Checks that no project folder can trigger, and why; the file named triggers them."""


def predictions() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(PROJECTS.glob("*/case.toml")):
        for row in tomllib.loads(path.read_text("utf-8"))["check"]:
            yield path.parent.name, row


def rules_said(folder: str, name: str) -> set[str]:
    """The rules of the findings that a prediction is expected to have."""
    path = PROJECTS / folder / "expected" / f"{name}.json"
    if not path.exists():
        return set()
    results = json.loads(path.read_text("utf-8"))["results"]
    return {finding["rule"] for result in results for finding in result["findings"]}


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.id)
def test_a_check_is_documented(check: Check) -> None:
    """The docstring begins with the title and has all headings, in order, each with words below it."""
    module = importlib.import_module(f"trueup.checks.{check.id.replace('-', '_')}")
    text = module.__doc__ or ""
    assert text.splitlines()[0] == check.title
    at = [text.index(f"\n{heading}\n") for heading in HEADINGS]
    assert at == sorted(at)
    for heading in HEADINGS:
        below = text.partition(f"\n{heading}\n")[2].splitlines()[0]
        assert below.startswith("    "), f"nothing is said under {heading}"
        assert below.strip()


@pytest.mark.parametrize("rule", CHECKS)
def test_a_check_has_a_project_that_triggers_it(rule: str) -> None:
    """A check that no project triggers is a check that nobody has seen work."""
    if rule in UNIT_TESTED:
        assert (ROOT / UNIT_TESTED[rule].rpartition(" ")[2]).exists()
        return
    assert any(rule in row.get("triggers", ()) for _, row in predictions())


@pytest.mark.parametrize("rule", CHECKS)
def test_a_check_has_a_project_on_which_it_is_silent(rule: str) -> None:
    """A prediction that says it is silent, or one whose whole expected report does not have it."""
    assert any(
        rule in row.get("silent", ())
        or (rule not in row.get("triggers", ()) and rule not in rules_said(folder, row["name"]))
        for folder, row in predictions()
    )


def test_nothing_is_said_about_healthy_projects() -> None:
    """On a healthy modern project, on every platform, there is no finding and no failure."""
    healthy = [(folder, row["name"]) for folder, row in predictions() if folder.startswith("healthy-")]
    assert len(healthy) >= 6
    for folder, name in healthy:
        report = json.loads((PROJECTS / folder / "expected" / f"{name}.json").read_text("utf-8"))
        for result in report["results"]:
            assert result["findings"] == [], f"{folder}/{name}"
            assert result["verdict"] == "no_failure_found", f"{folder}/{name}"


def emitted_rules() -> Iterator[tuple[str, str]]:
    """Every rule id that any module gives to a finding: `rule=`, `rule_id=`, the first argument of one, or a RULE."""
    for path in sorted(SOURCE.rglob("*.py")):
        if "logrules" in path.parts or path.name == "diagnosis.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            named = {keyword.arg: keyword.value for keyword in node.keywords}
            callee = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            candidates = [named.get("rule"), named.get("rule_id")]
            if callee in ("Finding", "Problem", "Skipped") and node.args:
                candidates.append(node.args[0])
            for value in candidates:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}", value.value


def test_every_rule_that_is_said_has_a_check_with_documentation() -> None:
    """`trueup rule ID` can answer for every id that a report shows."""
    wrong = [f"{place} says {rule}" for place, rule in emitted_rules() if rule not in CHECKS]
    assert not wrong, "\n".join(wrong)
    assert len({rule for _, rule in emitted_rules()}) > 10


def data_rows(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every table of a data file that holds plain values, with the way to it."""
    if isinstance(value, dict):
        if any(not isinstance(item, (dict, list)) for item in value.values()):
            yield path, value
            return
        for key, item in value.items():
            yield from data_rows(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from data_rows(item, (*path, str(index)))


@pytest.mark.parametrize("path", sorted((SOURCE / "checks" / "data").glob("*.toml")), ids=lambda path: path.name)
def test_every_row_says_where_it_is_from(path: Path) -> None:
    """`source` says where, `checked` on which day."""
    rows = list(data_rows(tomllib.loads(path.read_text("utf-8"))))
    assert rows
    for way, row in rows:
        assert row.get("source"), f"{path.name} {way} has no source"
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", str(row.get("checked"))), f"{path.name} {way} has no day"


def test_names_in_data_are_normalised() -> None:
    """Rows are looked up by normalised name; any other spelling would never be found."""
    for name, key in (("names", "name"), ("platforms", "package")):
        rows = tomllib.loads((SOURCE / "checks" / "data" / f"{name}.toml").read_text("utf-8"))[key]
        names = [row["name"] for row in rows]
        assert names == [re.sub(r"[-_.]+", "-", item).lower() for item in names]
        assert len(names) == len(set(names))
