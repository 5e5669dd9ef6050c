"""`check` for several targets at once: one result for each, planned, resolved and judged as if it were alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.test_projects import recording
from trueup.configuration import read_configuration
from trueup.model.plan import PlanContext
from trueup.model.report import Report
from trueup.pipeline import Choice, check
from trueup.reading import read_project
from trueup.reports._interface import Look
from trueup.reports.json import report_object
from trueup.reports.text import render

PYTHONS = ("3.9", "3.12", "3.13", "3.15")


def predicted(root: Path, context: PlanContext, choice: Choice) -> Report:
    project = read_project(root / "examples/nexus")
    return check(project, context, choice, read_configuration(project), lambda _: recording())


def results(report: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = report_object(report)["results"]
    return found


@pytest.mark.parametrize(("platform", "builder"), [("railway", "railpack"), ("railway", "nixpacks"), ("render", "")])
def test_each_result_is_that_of_the_target_alone(root: Path, platform: str, builder: str) -> None:
    builders = (builder,) if builder else ()
    choice = Choice((platform,), builders, pythons=PYTHONS, arches=("x86_64", "aarch64"))
    together = results(predicted(root, PlanContext(on="2026-11-20"), choice))
    alone = []
    for python in PYTHONS:
        for arch in ("x86_64", "aarch64"):
            context = PlanContext(on="2026-11-20", python=python, arch=arch)
            alone += results(predicted(root, context, Choice((platform,), builders)))
    order = [json.dumps(one, sort_keys=True) for one in alone]
    assert sorted(json.dumps(one, sort_keys=True) for one in together) == sorted(order)


def test_the_c_library_is_that_asked_for(root: Path) -> None:
    choice = Choice(("railway",), ("railpack",), pythons=("3.12",), libcs=("glibc", "musl"))
    own, other = results(predicted(root, PlanContext(on="2026-11-20"), choice))
    assert own["target"]["libc"] == "glibc"
    assert own["target"]["libc_version"] not in (None, "2.36"), "the platform's own version stays"
    assert (other["target"]["libc"], other["target"]["libc_version"]) == ("musl", "1.2")
    assert any("musllinux" in (package["file"] or "") for package in other["packages"])


def test_text_says_the_same_thing_once(root: Path) -> None:
    choice = Choice(("railway",), ("railpack",), pythons=("3.13",), arches=("x86_64", "aarch64"))
    text = render(predicted(root, PlanContext(on="2026-11-20"), choice), Look(width=100, color=False, detail=0))
    assert text.count("railpack · web") == 1
    assert "on x86_64 glibc, aarch64 glibc" in text
    assert "2 predictions as built today: 2 will fail" in text
