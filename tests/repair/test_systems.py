"""What is offered for the systems under examples/, to the letter; and that the repaired project passes `check`.

A case is a row of systems.toml. `--update-snapshots` writes expected/<name>.txt anew: read the difference before
committing it.
"""

from __future__ import annotations

import shutil
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.test_projects import recording
from trueup.configuration import Configuration, Policy
from trueup.fixing import fix
from trueup.model.finding import Severity
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.repair import Repair, RepairPlan
from trueup.model.report import Report
from trueup.pipeline import Choice, check
from trueup.reading import read_project
from trueup.repair._interface import Wishes
from trueup.repair.apply import apply_edits
from trueup.repair.planner import combined
from trueup.repair.undo import undo
from trueup.reports._repair_objects import shown_differences
from trueup.reports._repairs import cost_words

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "systems.toml").read_text("utf-8"))["case"]


def context_of(case: dict[str, Any]) -> PlanContext:
    return PlanContext(on=case.get("on", "2026-11-20"), root_dir=case.get("root-dir"))


def configuration_of(case: dict[str, Any]) -> Configuration:
    rows = {key.replace("-", "_"): value for key, value in case.get("policy", {}).items()}
    given: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in rows.items()}
    return Configuration(policy=Policy(**given))


@cache
def planned(name: str) -> tuple[Report, RepairPlan]:
    """What is offered for one case."""
    case = next(case for case in CASES if case["name"] == name)
    project = read_project(ROOT / case["project"])
    choice = Choice(tuple(case.get("platforms", ())))
    wishes = Wishes(case.get("python"), 60.0)
    configuration = configuration_of(case)
    return fix(project, context_of(case), choice, configuration, lambda _: recording(), wishes=wishes)


def snapshot(report: Report, plan: RepairPlan) -> str:
    """Every repair with its cost, its reason and its difference; what is held back; what has no repair."""
    lines: list[str] = []
    for repair in plan.repairs:
        sign = "recommended" if repair.recommended else "possible"
        proof = "proven minimal" if repair.proven_minimal else "not proven minimal"
        lines.append(f"{sign}: {repair.title} [{repair.id}] {repair.applicability.value}, {proof}")
        lines.append(f"  cost: {cost_words(repair.cost)}")
        lines.append(f"  removes: {', '.join(repair.resolves)}")
        lines.append(f"  why: {repair.reason}")
        lines += [f"  change: {c.package} {c.from_version} → {c.to_version}" for c in repair.changes]
        lines += [f"  run: {command}" for command in repair.commands]
        lines += [f"  {line}".rstrip() for diff in _diffs(repair, report.project) for line in diff.splitlines()]
        lines.append("")
    lines += [f"held back: {item.title}: {item.reason}" for item in plan.held_back]
    lines += [f"no repair: {item.rule}: {item.evidence[0].place}" for item in plan.unrepairable]
    return "\n".join(lines) + "\n"


def _diffs(repair: Repair, project: Project) -> list[str]:
    return list(shown_differences(repair, project).values())


def chosen(plan: RepairPlan) -> list[Repair]:
    return [repair for repair in plan.repairs if repair.recommended]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_is_offered(case: dict[str, Any], pytestconfig: pytest.Config) -> None:
    """The repairs, their costs, their differences and their order are what is expected."""
    report, plan = planned(case["name"])
    text = snapshot(report, plan)
    expected = HERE / "expected" / f"{case['name']}.txt"
    if pytestconfig.getoption("--update-snapshots"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(text, "utf-8")
    assert expected.exists(), f"{expected} is missing: run with --update-snapshots and read it"
    assert text == expected.read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_is_recommended(case: dict[str, Any]) -> None:
    """The recommended repairs are those of the row, touch its files, move its packages; all but its own are proven."""
    _, plan = planned(case["name"])
    repairs = chosen(plan)
    if "recommended" in case:
        assert [repair.id for repair in repairs] == case["recommended"]
    if "files" in case:
        assert sorted({edit.path for repair in repairs for edit in repair.edits}) == case["files"]
    if "direct" in case:
        moved = sorted(change.package for repair in repairs for change in repair.changes if change.direct)
        assert moved == case["direct"]
    assert [repair.id for repair in repairs if not repair.proven_minimal] == case.get("unproven", [])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_repaired_project_passes(case: dict[str, Any], tmp_path: Path) -> None:
    """Applied to the disk and read again, nothing of high severity is left but what the row says; undo restores it."""
    _, plan = planned(case["name"])
    root = tmp_path / "project"
    shutil.copytree(ROOT / case["project"], root, ignore=shutil.ignore_patterns("node_modules", ".venv"))
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    repair = combined(chosen(plan))
    apply_edits(repair.title, repair.edits, root)
    project = read_project(root)
    choice = Choice(tuple(case.get("platforms", ())))
    after = check(project, context_of(case), choice, configuration_of(case), lambda _: recording())
    found = {f.rule for result in after.results for f in result.findings if f.severity is Severity.HIGH}
    assert sorted(found) == case["failing"]
    wanted = case.get("python")
    taken = {result.plan.python.minor for result in after.results if result.plan.target}
    assert wanted is None or taken == {wanted}
    undo(root)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
