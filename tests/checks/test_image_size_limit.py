"""Sizes come from the index, so that the forecast is made by hand."""

from __future__ import annotations

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks.image_size_limit import CHECK
from trueup.model.distribution import Outcome, PackageForecast
from trueup.model.evidence import Evidence
from trueup.model.finding import Severity, Skipped

FILES: dict[str, str | bytes] = {"requirements.txt": "torch==2.9.1\n", ".python-version": "3.13\n", "app.py": ""}


def package(name: str, size: int | None) -> PackageForecast:
    evidence = (Evidence.found("requirements.txt", 1, name),)
    return PackageForecast(name, "1.0", True, Outcome.WHEEL, "", evidence, f"{name}-1.0-py3-none-any.whl", size=size)


@pytest.mark.parametrize(("size", "severity"), [(899_000_000, Severity.HIGH), (450_000_000, Severity.MEDIUM)])
def test_large_files_on_heroku(size: int, severity: Severity) -> None:
    """Above the limit it fails; near it, it may."""
    made = context_of(FILES, builder="heroku-classic", packages=[package("torch", size), package("six", 11_000)])
    (found,) = findings(CHECK, made)
    assert found.severity is severity
    assert "torch 1.0" in found.message
    assert "500 MB" in found.message
    assert found.evidence[0].place == "requirements.txt:1"


def test_small_files_and_other_platforms() -> None:
    """Nothing is said below the limit, and nothing where there is none."""
    small = [package("flask", 100_000)]
    assert findings(CHECK, context_of(FILES, builder="heroku-classic", packages=small)) == []
    huge = [package("torch", 5_000_000_000)]
    assert findings(CHECK, context_of(FILES, builder="railpack", packages=huge)) == []


def test_unknown_sizes_are_told() -> None:
    """An index without sizes makes the check skip, with the reason; it does not look green."""
    made = context_of(FILES, builder="heroku-classic", packages=[package("torch", None)])
    assert list(CHECK.run(made)) == [Skipped("image-size-limit", "the index gives no sizes")]
