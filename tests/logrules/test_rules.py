"""Every rule against every rule's examples: its own match, the others do not, so that no order matters."""

from __future__ import annotations

import re
import string

import pytest

from trueup.logrules._engine import diagnose_log, rules
from trueup.logrules._explain import fill
from trueup.logrules._log import Log
from trueup.logrules._rule import Group, Rule, clues_of

RULES = rules()
HEADINGS = ("What it means:", "Why:", "Example:", "What to do:", "Sources:")
EXAMPLES = [(rule.id, number) for rule in RULES.values() for number in range(len(rule.examples))]
COUNTER_EXAMPLES = [(rule.id, number) for rule in RULES.values() for number in range(len(rule.counter_examples))]


@pytest.mark.parametrize(("owner", "number"), EXAMPLES, ids=[f"{owner}-{number}" for owner, number in EXAMPLES])
def test_only_its_own_rule_matches_an_example(owner: str, number: int) -> None:
    log = Log.from_text(RULES[owner].examples[number])
    matching = [rule.id for rule in RULES.values() if clues_of(rule, log)]
    assert matching == [owner]


@pytest.mark.parametrize(("owner", "number"), EXAMPLES, ids=[f"{owner}-{number}" for owner, number in EXAMPLES])
def test_the_diagnosis_of_an_example_names_its_rule(owner: str, number: int) -> None:
    diagnosis = diagnose_log(Log.from_text(RULES[owner].examples[number]))
    assert [cause.rule for cause in diagnosis.causes] == [owner]
    cause = diagnosis.causes[0]
    assert cause.explanation
    assert cause.evidence
    assert cause.remedies


@pytest.mark.parametrize(
    ("owner", "number"), COUNTER_EXAMPLES, ids=[f"{owner}-{number}" for owner, number in COUNTER_EXAMPLES]
)
def test_a_counter_example_does_not_match(owner: str, number: int) -> None:
    assert clues_of(RULES[owner], Log.from_text(RULES[owner].counter_examples[number])) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_is_complete(rule: Rule) -> None:
    module = __import__(f"trueup.logrules.{rule.id.replace('-', '_')}", fromlist=["RULE"])
    documentation = module.__doc__ or ""
    positions = [documentation.find(heading) for heading in HEADINGS]
    assert positions == sorted(positions)
    assert min(positions) > 0
    assert rule.examples
    assert rule.counter_examples
    assert isinstance(rule.group, Group)
    assert rule.effect_of <= set(RULES), rule.effect_of - set(RULES)
    for way in rule.patterns:
        assert len(way.literal) >= 1


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_the_words_name_only_what_the_patterns_find(rule: Rule) -> None:
    known = {"package", "version", "what", "python"}
    for way in rule.patterns:
        known |= set(way.regex.groupindex)
    accepting = any(way.accept for way in rule.patterns)
    for text in (*rule.explanation, *rule.remedies):
        for alternative in text.split(" | "):
            names = {name for _, name, _, _ in string.Formatter().parse(alternative) if name}
            assert accepting or names <= known, names - known


def test_of_alternatives_the_first_that_can_be_filled_is_taken() -> None:
    assert fill(["a {x} | b {y} | c"], {"y": "1"}) == ["b 1"]
    assert fill(["a {x}"], {}) == []


def test_every_literal_stands_in_what_its_expression_matches() -> None:
    """A literal that the expression does not need would hide matches."""
    for rule in RULES.values():
        for example in rule.examples:
            log = Log.from_text(example)
            for way in rule.patterns:
                for index in range(len(log)):
                    found = way.regex.search(log.text(index)) if way.span == 1 else None
                    if found and way.accept is None and not way.needs and not way.unless:
                        assert way.literal in log.text(index), (rule.id, way.literal, re.escape(log.text(index)))
