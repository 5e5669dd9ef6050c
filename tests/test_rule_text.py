"""`trueup rule`: every rule is explained, on a terminal of any width."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from trueup.cli.main import main
from trueup.cli.rule import FAMILIES, documentation, wrapped
from trueup.registry import discover

RULES = [(package, rule) for package, constant in FAMILIES.values() for rule in discover(package, constant)]


@pytest.mark.parametrize(("package", "rule"), RULES, ids=[f"{rule}-{package}" for package, rule in RULES])
def test_every_rule_is_explained_at_any_width(package: str, rule: str) -> None:
    text = documentation(package, rule)
    for width in (60, 80, 120):
        filled = wrapped(text, width)
        assert filled.split() == text.split(), "no word is lost"
        words = max(map(len, text.split())) + 8
        assert max(map(len, filled.splitlines())) <= max(width, words)


def test_the_command_follows_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for _, rule in RULES:
        assert main(["rule", rule]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert max(len(line) for line in lines if len(line.split()) > 2) <= 80


@pytest.mark.parametrize("words", [[], ["no-wheel"]])
def test_json_follows_its_schema(root: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """The list, and one rule with its documentation."""
    schema = json.loads((root / "schema" / "rules-1.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert main(["rule", *words, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(found)
    assert [bool(rule.get("sections")) for rule in found["rules"]] == [bool(words)] * len(found["rules"])
    assert not validator.is_valid(found | {"rules": [{"id": "no-wheel"}]})
