"""A service of another language is never called free of failures: trueup has not looked at what its builder does."""

from __future__ import annotations

import pytest

from trueup.configuration import Configuration
from trueup.model.finding import Verdict
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.pipeline import Choice, check

NODE = {"package.json": '{"name": "api", "main": "server.js", "scripts": {"start": "node server.js"}}', "server.js": ""}
DAY = PlanContext(on="2026-11-20")


@pytest.mark.parametrize("builder", ["railpack", "nixpacks"])
def test_a_service_of_another_language_is_unknown_and_says_why(builder: str) -> None:
    result = check(Project.from_texts(NODE), DAY, Choice(("railway",), (builder,)), Configuration(), None).results[0]
    told = [item for item in result.unknowns if item.subject == "build"]
    assert result.verdict is Verdict.UNKNOWN
    assert "its node provider (package.json)" in told[0].reason


@pytest.mark.parametrize("builder", ["railpack", "nixpacks"])
def test_a_service_of_python_is_predicted(builder: str) -> None:
    files = {"requirements.txt": "", "main.py": "", ".python-version": "3.12\n"}
    result = check(Project.from_texts(files), DAY, Choice(("railway",), (builder,)), Configuration(), None).results[0]
    assert [item for item in result.unknowns if item.subject == "build"] == []
