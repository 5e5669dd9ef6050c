"""What several commands share: which Python is asked about, and which one the last build took."""

from __future__ import annotations

import argparse

import pytest

from trueup.cli import _options
from trueup.configuration import Configuration, read_configuration
from trueup.errors import UsageError
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.pipeline import Choice, predict


def context(*words: str, configuration: Configuration | None = None, many: bool = False) -> PlanContext:
    parser = argparse.ArgumentParser()
    _options.add_project(parser, many_targets=many)
    return _options.plan_context(parser.parse_args(words), configuration or Configuration())


def planned(builder: str, platform: str, given: PlanContext) -> BuildPlan:
    project = Project.from_texts({"requirements.txt": "flask\n", "main.py": "", "Procfile": "web: python main.py\n"})
    return predict(project, given, Choice((platform,), (builder,)))[0].plan


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("python", ["3.99", "3.16.1", "3.7"])
def test_a_python_that_is_not_there_is_refused(python: str, many: bool) -> None:
    with pytest.raises(UsageError, match=r"--python 3\.\d+.*: trueup knows Python 3\.8 to 3\.15"):
        context("--python", python, many=many)


@pytest.mark.parametrize("python", ["3", "4.1", "python3", "3.12.1\n", "3.x"])
def test_what_is_no_python_is_refused(python: str) -> None:
    with pytest.raises(UsageError, match="wants X"):
        context("--python", python)


def test_the_configuration_is_held_to_the_same() -> None:
    stated = read_configuration(Project.from_texts({"trueup.toml": 'python = "3.99"\n'}))
    with pytest.raises(UsageError, match=r"configuration: 3\.99: trueup knows"):
        context(configuration=stated)


def test_a_python_of_today_is_taken() -> None:
    assert context("--python", "3.12.4").python == "3.12.4"


@pytest.mark.parametrize(("builder", "platform"), [("heroku-classic", "heroku"), ("railpack", "railway")])
def test_the_last_build_decides_where_no_file_states_a_python(builder: str, platform: str) -> None:
    given = context("--previous-python", "3.11.9", "--on", "2026-11-20")
    kept = planned(builder, platform, given)
    assert kept.python.minor == "3.11"
    assert "--previous-python" in " ".join(item.text or "" for item in kept.python.evidence)
    assert planned(builder, platform, context("--on", "2026-11-20")).python.minor != "3.11"


def test_the_last_build_may_stand_in_the_configuration() -> None:
    stated = read_configuration(Project.from_texts({"trueup.toml": 'previous-python = "3.11.9"\n'}))
    assert context(configuration=stated).previous_python == "3.11.9"
    assert context("--previous-python", "3.12", configuration=stated).previous_python == "3.12"


def test_a_last_build_that_is_no_python_is_refused() -> None:
    with pytest.raises(UsageError, match="--previous-python wants"):
        context("--previous-python", "latest")
