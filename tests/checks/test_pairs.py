"""Pairs: the rows of the data, those of a project, and which sets they hold for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks.incompatible_at_start import CHECK, known_pairs
from trueup.model.distribution import Outcome, PackageForecast, Unresolved
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Severity, Skipped
from trueup.model.pair import Pair


def packages(*pins: str) -> Iterable[PackageForecast]:
    """A resolved set; a name in brackets is needed by another one only."""
    for line, pin in enumerate(pins, 1):
        name, _, version = pin.strip("()").partition("==")
        direct = not pin.startswith("(")
        evidence = (Evidence.found("requirements.txt", line, pin),)
        yield PackageForecast(name, version, direct, Outcome.WHEEL, "", evidence, None)


def said(python: str, *pins: str) -> list[tuple[str, Confidence]]:
    texts: dict[str, str | bytes] = {"requirements.txt": "\n".join(pins), ".python-version": python, "app.py": ""}
    made = context_of(texts, packages=packages(*pins))
    return [(finding.subject, finding.confidence) for finding in findings(CHECK, made)]


@pytest.mark.parametrize(
    ("python", "pins", "subjects"),
    [
        ("3.12", ("openai==1.55.0", "httpx==0.28.1"), ["openai httpx"]),
        ("3.12", ("openai==1.55.3", "httpx==0.28.1"), []),
        ("3.12", ("openai==1.55.0", "httpx==0.27.2"), []),
        ("3.12", ("openai==0.28.1", "httpx==0.28.1"), []),
        ("3.13", ("sqlalchemy==2.0.30",), ["sqlalchemy python"]),
        ("3.13", ("sqlalchemy==2.0.31",), []),
        ("3.13", ("sqlalchemy==1.4.52",), []),
        ("3.12", ("sqlalchemy==2.0.30",), []),
        ("3.12", ("passlib==1.7.4", "bcrypt==4.0.1"), []),
        ("3.12", ("passlib==1.7.4", "bcrypt==4.1.0"), ["passlib bcrypt"]),
        ("3.13", ("pydub==0.25.1",), ["pydub audioop-lts"]),
        ("3.13", ("pydub==0.25.1", "audioop-lts==0.2.1"), []),
        ("3.12", ("django==3.2.8",), ["django setuptools"]),
        ("3.12", ("django==3.2.9",), []),
        ("3.11", ("django==2.2.28",), []),
        ("3.12", ("django==2.2.28", "setuptools==80.9.0"), []),
        ("3.12", ("opentelemetry-instrumentation==0.48b0", "setuptools==82.0.0"), None),
    ],
)
def test_combinations(python: str, pins: tuple[str, ...], subjects: list[str] | None) -> None:
    """Both sides of every bound, as they were run."""
    expected = ["opentelemetry-instrumentation setuptools"] if subjects is None else subjects
    assert [subject for subject, _ in said(python, *pins)] == expected


def test_what_may_come_with_a_part_that_was_not_seen_is_less_sure() -> None:
    """One sdist that tells nothing of its needs kept the checker silent about all that fails without something."""
    texts: dict[str, str | bytes] = {
        "requirements.txt": "pydub==0.25.1\nother\n",
        ".python-version": "3.13",
        "app.py": "",
    }
    made = context_of(texts, packages=packages("pydub==0.25.1"))
    assert made.forecast is not None
    unseen = Unresolved("other", "what it needs is not known", (Evidence.found("requirements.txt", 2, "other"),))
    (finding,) = findings(CHECK, replace(made, forecast=replace(made.forecast, unresolved=(unseen,))))
    assert finding.confidence is Confidence.MEDIUM
    assert "without any audioop-lts that could be seen" in finding.message
    assert findings(CHECK, replace(made, forecast=None)) == []


def test_a_transitive_distribution_is_less_sure() -> None:
    """Nobody knows whether the code that fails is reached where another distribution asks for it."""
    assert said("3.12", "(openai==1.55.0)", "httpx==0.28.1") == [("openai httpx", Confidence.MEDIUM)]
    assert said("3.12", "openai==1.55.0", "(httpx==0.28.1)") == [("openai httpx", Confidence.HIGH)]


@pytest.mark.parametrize(
    ("python", "builder", "asked", "count"),
    [
        ("3.11", "railpack", "(setuptools==84.2.1)", 0),
        ("3.11", "nixpacks", "(setuptools==84.2.1)", 0),
        ("3.11", "railpack", "setuptools>=65.0.0", 0),
        ("3.11", "railpack", "setuptools>=80", 1),
        ("3.11", "railpack", "setuptools==84.2.1", 1),
        ("3.12", "railpack", "(setuptools==84.2.1)", 1),
        ("3.12", "heroku-classic", "(setuptools==84.2.1)", 0),
        ("3.13", "heroku-classic", "(setuptools==84.2.1)", 1),
    ],
)
def test_pip_leaves_the_setuptools_that_an_environment_begins_with(
    python: str, builder: str, asked: str, count: int
) -> None:
    """A new environment of 3.11 has setuptools 65.5.0, and pip replaces it only where something asks for more."""
    lines = ["gunicorn==20.1.0"] + ([] if asked.startswith("(") else [asked])
    texts: dict[str, str | bytes] = {"requirements.txt": "\n".join(lines), ".python-version": python, "app.py": ""}
    texts["Procfile"] = "web: gunicorn app:app\n"
    resolved = packages("gunicorn==20.1.0", "setuptools==84.2.1" if lines[1:] else "(setuptools==84.2.1)")
    made = context_of(texts, builder=builder, packages=resolved)
    assert len(findings(CHECK, made)) == count


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"app.py": "import redis\n"}, [(Severity.LOW, Confidence.LOW)]),
        ({"app.py": "from cache import get\n", "cache.py": "import aioredis\n"}, [(Severity.HIGH, Confidence.HIGH)]),
        ({"app.py": "import redis\n", "x.conf": "cache = aioredis\n"}, [(Severity.HIGH, Confidence.HIGH)]),
        ({"app.py": "import redis\n", "pyproject.toml": "# aioredis\n"}, [(Severity.LOW, Confidence.LOW)]),
        ({"app.py": "import json\n"}, [(Severity.HIGH, Confidence.HIGH)]),
    ],
)
def test_an_import_that_nothing_makes_is_hardly_a_failure(
    files: dict[str, str], expected: list[tuple[Severity, Confidence]]
) -> None:
    """A leftover line of the requirements fails nothing; it is told all the same."""
    texts: dict[str, str | bytes] = {"requirements.txt": "aioredis==2.0.1\n", ".python-version": "3.12", **files}
    found = findings(CHECK, context_of(texts, packages=packages("aioredis==2.0.1")))
    assert [(item.severity, item.confidence) for item in found] == expected
    assert [("names aioredis" in item.message) for item in found] == [expected[0][0] is Severity.LOW]


def test_without_an_index_the_pins_are_looked_at() -> None:
    """What is pinned can be told; what is not is skipped with the reason, and absence proves nothing."""
    texts: dict[str, str | bytes] = {
        "requirements.txt": "openai==1.55.0\nhttpx==0.28.1\npydub==0.25.1\n",
        ".python-version": "3.13\n",
        "app.py": "",
    }
    made = context_of(texts)
    assert [item.subject for item in findings(CHECK, made)] == ["openai httpx"]
    assert any(isinstance(item, Skipped) and "no index was asked" in item.reason for item in CHECK.run(made))


def test_every_row_of_the_data_reads() -> None:
    """A row that cannot be read would fail every check of every project."""
    assert len(known_pairs()) > 50
    assert all(pair.checked and pair.source and pair.hint for pair in known_pairs())


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"package": "a", "effect": "b", "source": "c"}, "needs `with`, `without` or `python`"),
        ({"package": "a", "with": "b", "effect": "c"}, "needs `source`"),
        ({"package": "a", "with": "b", "effect": "c", "source": "d", "version": "1"}, "`version` is not a key"),
        ({"package": "a", "with": "b", "effect": "c", "source": "d", "versions": "=>1"}, "cannot be read"),
        ({"package": "a", "with": "b", "effect": "c", "source": "d", "severity": "bad"}, "bad"),
        ({"package": "a", "with": 3, "effect": "c", "source": "d"}, "cannot be read"),
    ],
)
def test_a_row_that_cannot_be_read(row: dict[str, object], words: str) -> None:
    """The message names the key."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its words are compared below
        Pair.from_row(row)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("command", "is_said"),
    [
        ("gunicorn app:app", False),
        ("python app.py", False),
        ("celery -A app worker", True),
        ("honcho start", True),
        ("bash absent.sh", True),
    ],
)
def test_a_command_that_fails_is_told_of_the_service_that_runs_it(command: str, is_said: bool) -> None:
    pins = ("celery==5.2.7", "gunicorn==23.0.0")
    texts: dict[str, str | bytes] = {
        "requirements.txt": "\n".join(pins),
        ".python-version": "3.12",
        "app.py": "app = 1\n",
        "Procfile": f"web: {command}\n",
    }
    made = context_of(texts, packages=packages(*pins))
    assert [finding.subject for finding in findings(CHECK, made)] == (["celery python"] if is_said else [])
