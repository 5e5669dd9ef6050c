"""What a project says to trueup: ignored rules, severities, pairs, policy; and the words for what it says wrongly."""

from __future__ import annotations

import pytest

from trueup.configuration import Configuration, read_configuration
from trueup.errors import UsageError
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity
from trueup.model.project import Project

ON = "2026-11-20"


def configuration(text: str, path: str = "trueup.toml") -> Configuration:
    return read_configuration(Project.from_texts({path: text}))


def finding(rule: str = "no-wheel", subject: str = "asyncpg", path: str = "backend/requirements.txt") -> Finding:
    evidence = (Evidence.found(path, 8, "asyncpg==0.29.0"), Evidence.observed("the index has no wheel"))
    return Finding(rule, Severity.HIGH, Confidence.HIGH, "message", "hint", evidence, subject)


def ignoring(more: str = "") -> str:
    return f'[[ignore]]\nrule = "no-wheel"\nreason = "we build our own wheels"\n{more}\n'


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        (ignoring(), False),
        (ignoring('subject = "asyncpg"'), False),
        (ignoring('subject = "uvloop"'), True),
        (ignoring('path = "backend/*"'), False),
        (ignoring('path = "*.txt"'), False),
        (ignoring('path = "frontend/*"'), True),
        (ignoring("expires = 2026-11-20"), False),
        (ignoring("expires = 2026-11-19"), True),
        (ignoring('expires = "2026-12-01"\nsubject = "asyncpg"\npath = "backend/requirements.txt"'), False),
        ('[[ignore]]\nrule = "conflict"\nreason = "x"\n', True),
    ],
)
def test_ignored_rules(text: str, is_kept: bool) -> None:
    """By rule, and where it says so by path, subject and day; everything that is said must hold."""
    assert bool(configuration(text).apply([finding()], ON)) is is_kept


def test_an_expired_ignore_is_told() -> None:
    """The finding is back, and a note says why, with the place and the reason."""
    read = configuration(ignoring("expires = 2026-11-19"))
    (note,) = read.expired(ON)
    assert note.startswith("trueup.toml:")
    assert "no-wheel until 2026-11-19 (we build our own wheels)" in note
    assert read.expired("2026-11-19") == ()


def test_severities() -> None:
    """A severity is changed for one rule; the others keep theirs."""
    read = configuration('[severity]\nno-wheel = "low"\n')
    one, other = read.apply([finding(), finding("conflict")], ON)
    assert (one.severity, other.severity) == (Severity.LOW, Severity.HIGH)


def test_it_may_stand_in_pyproject() -> None:
    """`[tool.trueup]` says the same; trueup.toml comes first where both are there."""
    text = '[tool.trueup]\nplatforms = ["render"]\n[[tool.trueup.ignore]]\nrule = "no-wheel"\nreason = "x"\n'
    read = configuration(text, "pyproject.toml")
    assert read.platforms == ("render",)
    assert read.ignore[0].place.startswith("pyproject.toml:")
    both = Project.from_texts({"pyproject.toml": text, "trueup.toml": 'platforms = ["heroku"]\n'})
    assert read_configuration(both).platforms == ("heroku",)


def test_none_at_all() -> None:
    """No configuration is the empty one, also where pyproject.toml does not parse."""
    assert read_configuration(Project.from_texts({})) == Configuration()
    assert configuration("[project\n", "pyproject.toml") == Configuration()


def test_pairs_and_policy() -> None:
    """The tables of the reference, read whole."""
    text = (
        '[policy]\nexact-pins = true\nprotected = ["app/*"]\n[[pairs]]\npackage = "Flask"\nwith = "Werkzeug"\n'
        'with-versions = ">=3.1.9"\neffect = "Sessions are lost."\nsource = "incident 12"\n'
    )
    read = configuration(text)
    assert (read.policy.exact_pins, read.policy.protected) == (True, ("app/*",))
    (pair,) = read.pairs
    assert (pair.package, pair.companion) == ("flask", "werkzeug")
    assert pair.severity is Severity.HIGH


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('plattforms = ["render"]\n', "trueup.toml:1: `plattforms` is not a key"),
        ('platforms = "render"\n', "wrong kind"),
        ("[policy]\nexact_pins = true\n", "`exact_pins` is not a key"),
        ('[severity]\nno-wheel = "fatal"\n', "low, medium or high"),
        ('[[ignore]]\nrule = "no-wheel"\n', "needs `rule` and `reason`"),
        ('ignore = ["no-wheel"]\n', "a table with `rule` and `reason`"),
        ('[[pairs]]\npackage = "flask"\n', "trueup.toml:1: a pair needs `effect`"),
        ("pairs = [3]\n", "a pair needs `package`"),
        ("platforms = [\n", "is not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, words: str) -> None:
    """A misspelt key would otherwise be a setting that does nothing: the very thing this tool reports of others."""
    with pytest.raises(UsageError) as caught:
        configuration(text)
    assert words in caught.value.message


def test_a_misspelt_key_has_a_hint() -> None:
    """The nearest key is named."""
    with pytest.raises(UsageError) as caught:
        configuration('plattforms = ["render"]\n')
    assert caught.value.hint == "Did you mean `platforms`?"
