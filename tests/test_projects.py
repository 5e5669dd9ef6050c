"""Every project folder, predicted and compared with the whole of what is expected.

A case is a folder below tests/projects: `case.toml`, `project/` (real files; or `project = "examples/maya"` names one),
and `expected/<name>.json`. Each `[[check]]` of case.toml is one prediction:

    [[check]]
    name = "railpack-after"           # expected/railpack-after.json
    on = "2025-09-20"                 # also: created, root-dir, python, arch, platforms, builders, services, env
    triggers = ["no-wheel"]           # rules that must be among the findings
    silent = ["conflict"]             # rules that must not

The index answers from the newest dated recording in tests/index/recordings. `--update-snapshots` writes what was
expected anew: read the difference before committing it.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from trueup.configuration import read_configuration
from trueup.index.recorded import FrozenIndex, load_recording
from trueup.model.plan import PlanContext
from trueup.model.report import Report
from trueup.pipeline import Choice, check
from trueup.reading import read_project
from trueup.reports.json import report_object

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = ROOT / "tests" / "projects"
RECORDINGS = ROOT / "tests" / "index" / "recordings"


@cache
def recording() -> FrozenIndex:
    """The newest recording."""
    return load_recording(max(path for path in RECORDINGS.iterdir() if path.is_dir()))


def cases() -> list[Any]:
    """One parameter a prediction."""
    found = []
    for path in sorted(PROJECTS.glob("*/case.toml")):
        case = tomllib.loads(path.read_text("utf-8"))
        found += [pytest.param(path.parent, case, row, id=f"{path.parent.name}/{row['name']}") for row in case["check"]]
    return found


def predict(folder: Path, case: dict[str, Any], row: dict[str, Any]) -> Report:
    """Run one prediction of a case."""
    project = read_project(ROOT / case["project"] if "project" in case else folder / "project")
    context = PlanContext(
        on=row["on"],
        created=row.get("created"),
        env=row.get("env", {}),
        python=row.get("python"),
        root_dir=row.get("root-dir"),
        arch=row.get("arch"),
    )
    choice = Choice(tuple(row.get("platforms", ())), tuple(row.get("builders", ())), tuple(row.get("services", ())))
    return check(project, context, choice, read_configuration(project), lambda _: recording())


def snapshot(report: Report) -> str:
    """The JSON report with one line a package, so that a difference can be read."""
    whole = report_object(report)
    whole["trueup"] = "VERSION"
    whole["project"]["path"] = "PATH"
    for result in whole["results"]:
        result["packages"] = [_package_line(package) for package in result["packages"]]
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _package_line(package: dict[str, Any]) -> str:
    place = next((f"{e['path']}:{e['line']}" for e in package["evidence"] if e["path"]), "-")
    line = (
        f"{package['name']} {package['version']} {package['outcome']} {'direct' if package['direct'] else 'transitive'}"
    )
    if package["outcome"] == "wheel":
        return f"{line} {place} {package['file']}"
    return f"{line} {place} {package['file']} fixed in {package['fixed_in']}: {package['reason']}"


@pytest.mark.parametrize(("folder", "case", "row"), cases())
def test_prediction(folder: Path, case: dict[str, Any], row: dict[str, Any], pytestconfig: pytest.Config) -> None:
    """The prediction says exactly what is expected, and the named rules speak or are silent."""
    report = predict(folder, case, row)
    said = {finding.rule for result in report.results for finding in result.findings}
    assert set(row.get("triggers", ())) <= said, f"not triggered: {set(row['triggers']) - said}; said {sorted(said)}"
    assert not set(row.get("silent", ())) & said, f"wrongly said: {set(row['silent']) & said}"
    expected = folder / "expected" / f"{row['name']}.json"
    text = snapshot(report)
    if pytestconfig.getoption("--update-snapshots"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(text, "utf-8")
    assert expected.exists(), f"{expected} is missing: run with --update-snapshots and read it"
    assert text == expected.read_text("utf-8")
