"""What reading repairs of public repositories taught, each held by itself (docs/reference/repair-corpus.md)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.version import Version

from tests.repair.test_families import FASTAPI, REQUIREMENTS, one, planned
from tests.test_projects import recording
from trueup.configuration import Configuration, Policy
from trueup.fixing import Checker
from trueup.model.evidence import Evidence
from trueup.model.finding import Applicability, Confidence, Finding, Severity
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.repair import Change, Cost, Repair, RepairKind
from trueup.model.report import Report
from trueup.model.target import Target
from trueup.pipeline import Choice
from trueup.repair._interface import Candidate, RepairContext, Wishes, groups
from trueup.repair._places import Pin
from trueup.repair.families.bumps import _Bumps
from trueup.repair.families.bumps import _candidate as bump_candidate
from trueup.repair.families.start_pairs import _named, _versions
from trueup.repair.planner import recommend
from trueup.repair.verify import _trouble

TEXTS: dict[str, str | bytes] = {
    "main.py": FASTAPI,
    "requirements.txt": REQUIREMENTS,
    "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
    ".python-version": "3.12\n",
}


def seen() -> RepairContext:
    """A checked service of Heroku's."""
    project = Project.from_texts(TEXTS)
    context, choice = PlanContext(on="2026-11-20"), Choice(("heroku",))
    checker = Checker(context, choice, Configuration(), lambda _: recording())
    return RepairContext(project, checker.check(project), Policy(), Wishes(), checker.check, None)


def way(identity: str, kind: RepairKind, cost: Cost, *services: str) -> Repair:
    return Repair(identity, identity, kind, Applicability.SAFE, cost=cost, services=services, alternative=True)


def test_one_way_for_each_service() -> None:
    """A pin for two services and bumps for one of them: the cheaper is recommended; another service has its own."""
    pin = way("pin", RepairKind.PIN_PYTHON, Cost(files=1), "web", "worker")
    bump = way("bump", RepairKind.BUMP, Cost(direct=2), "web")
    other = way("other", RepairKind.BUMP, Cost(direct=1), "site")
    chosen = {repair.id: repair.recommended for repair in recommend([bump, pin, other], seen())}
    assert chosen == {"pin": True, "bump": False, "other": True}


@pytest.mark.parametrize(("majors", "expected"), [(2, Applicability.SAFE), (8, Applicability.UNSAFE)])
def test_a_move_over_many_major_versions_needs_a_person(majors: int, expected: Applicability) -> None:
    """And the reason says so."""
    context = seen()
    bumps = _Bumps()
    bumps.changes["fastapi"] = Change("fastapi", "0.115.0", "8.0.0", True)
    bumps.cost = Cost(direct=1, major=majors)
    made = bump_candidate(context, groups(context.report)[0], None, bumps)
    assert isinstance(made, Candidate)
    assert made.repair.applicability is expected
    assert (f"{majors} major versions lie between" in made.repair.reason) is (expected is Applicability.UNSAFE)


def test_the_version_that_the_rule_names() -> None:
    """Not the nearest one that this failure spares: the first that the rule calls good."""
    hint = "Move gunicorn to version 22.0 or later, or take another worker."
    finding = Finding("incompatible-at-start", Severity.HIGH, Confidence.HIGH, "m", hint, (Evidence.found("p", 1, ""),))
    first = _named(finding, "Gunicorn")
    assert first == Version("22.0")
    assert _named(finding, "gevent") is None
    target = Target("3.12", "x86_64", "glibc", "2.36")
    nearest = _versions(recording(), "gunicorn", "20.1.0", None, target)
    named = _versions(recording(), "gunicorn", "20.1.0", None, target, first)
    assert Version(nearest[0]) < first <= Version(named[0])


def test_the_version_that_is_there_is_no_version_to_move_to() -> None:
    """Two rules about one pair of names: what the one spares (gunicorn 20.0.4) is what fails by the other."""
    target = Target("3.12", "x86_64", "glibc", "2.36")
    (below,) = _versions(recording(), "gunicorn", "27.9", None, target)
    assert below == "27.0.1"
    assert below not in _versions(recording(), "gunicorn", below, None, target)


def test_a_title_names_only_files_that_change() -> None:
    """A place that states the wanted Python already is not said to be written."""
    pin = Pin(Project.from_texts({"runtime.txt": "python-3.12\n", ".python-version": "3.11\n"}))
    pin.texts = {"runtime.txt": "python-3.12\n", ".python-version": "3.12\n"}
    assert pin.places == ".python-version"


def with_findings(report: Report, *findings: Finding) -> Report:
    return replace(report, results=(replace(report.results[0], findings=findings), *report.results[1:]))


def test_another_first_error_of_a_builder_is_no_new_failure() -> None:
    """A builder stops at its first error: one in the place of one is let through, one more is not."""
    report = seen().report
    error = Finding("builder-error", Severity.HIGH, Confidence.HIGH, "m", "h", (Evidence.found("p", 1, ""),), "first")
    second, third = replace(error, subject="second"), replace(error, subject="third")
    floating = replace(error, rule="floating-python", severity=Severity.LOW)
    repair = way("pin", RepairKind.PIN_PYTHON, Cost(), "web")
    before = with_findings(report, error, floating)
    assert _trouble(before, with_findings(report, second), Candidate(repair)) == ""
    assert "it brings builder-error" in _trouble(before, with_findings(report, second, third), Candidate(repair))
    assert "it brings builder-error" in _trouble(
        with_findings(report, floating), with_findings(report, error), Candidate(repair)
    )


@pytest.mark.parametrize(("builder", "minor"), [("NIXPACKS", "3.12"), ("RAILPACK", "3.13")])
def test_the_pin_is_the_python_of_the_builder_that_is_used_today(builder: str, minor: str) -> None:
    """Nixpacks takes 3.12 by itself, and Railpack, to which the service may move, 3.13: a pin moves neither today."""
    texts: dict[str, str | bytes] = {
        "main.py": FASTAPI,
        "requirements.txt": REQUIREMENTS,
        "railway.json": f'{{"build": {{"builder": "{builder}"}}, "deploy": {{"startCommand": "uvicorn main:app"}}}}',
    }
    _, plan = planned(texts, "railway")
    assert one(plan, "python-").edits[0].path == ".python-version"
    assert one(plan, "python-").title.startswith(f"Pin Python {minor} ")
