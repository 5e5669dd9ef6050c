"""Baselines: what was there is set apart, what is new is told, and nothing ever looks better than it is."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from trueup.baseline import fingerprint, read_baseline, without_known, write_baseline
from trueup.cli._run import run
from trueup.configuration import Configuration
from trueup.errors import ExitCode, UsageError
from trueup.model.finding import Verdict
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.model.report import Report
from trueup.pipeline import Choice, check

FILES = {
    "requirements.txt": "flask\nredis=5\n",
    ".python-version": "3.13\n",
    "app.py": "",
    "Procfile": "web: python app.py\n",
}


def report_of(texts: dict[str, str]) -> Report:
    choice = Choice(("railway",), ("railpack",))
    return check(Project.from_texts(texts), PlanContext(on="2026-11-20"), choice, Configuration(), None, "not asked")


def rules(report: Report) -> list[str]:
    return sorted(finding.rule for result in report.results for finding in result.findings)


def test_everything_known_is_set_apart() -> None:
    """Nothing is new, the exit code has nothing to go by, and the verdict stays what it was."""
    before = report_of(FILES)
    after = without_known(before, read_baseline(write_baseline(before), "baseline"))
    assert rules(before) == ["invalid-requirement", "unpinned-requirement"]
    assert rules(after) == []
    assert after.worst is None
    assert [result.verdict for result in after.results] == [Verdict.WILL_FAIL]
    assert "2 findings are in the baseline" in after.notes[-1]


def test_lines_may_move() -> None:
    """The place of a finding is its file, not its line."""
    known = read_baseline(write_baseline(report_of(FILES)), "baseline")
    moved = {**FILES, "requirements.txt": "# first\n\nflask\n# more\nredis=5\n"}
    assert rules(without_known(report_of(moved), known)) == []


def test_one_more_of_the_same_is_new() -> None:
    """A baseline holds how often each occurs."""
    known = read_baseline(write_baseline(report_of(FILES)), "baseline")
    more = {**FILES, "requirements.txt": "flask\nredis=5\nhttpx=1\n"}
    assert rules(without_known(report_of(more), known)) == ["invalid-requirement"]


def test_another_rule_file_or_builder_is_new() -> None:
    """All five parts of a fingerprint count."""
    report = report_of(FILES)
    result = report.results[0]
    mark = fingerprint(result, result.findings[0])
    for index in range(5):
        other = list(mark)
        other[index] = "another"
        rule, subject, path, service, builder = other
        changed = Counter({(rule, subject, path, service, builder): 1})
        assert len(rules(without_known(report, changed))) == 2
    assert len(rules(without_known(report, Counter({mark: 1})))) == 1


def test_a_baseline_is_stable() -> None:
    """Two runs write the same bytes, and a baseline of what is left with one is the same again."""
    report = report_of(FILES)
    text = write_baseline(report)
    assert text == write_baseline(report_of(FILES))
    assert write_baseline(without_known(report, read_baseline(text, "x"))) == text
    rows = json.loads(text)["findings"]
    assert set(rows[0]) == {"rule", "subject", "path", "service", "builder", "count"}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": "trueup/check/1"}', '{"schema": "trueup/baseline/1", "findings": [{}]}', "[" * 9999],
)
def test_what_is_no_baseline(text: str) -> None:
    """The name of the file, and what to do."""
    with pytest.raises(UsageError) as caught:
        read_baseline(text, "old.json")
    assert "old.json" in caught.value.message
    assert caught.value.hint


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Written once, then compared with: 13 becomes 0, and a new defect is 13 again."""
    project = tmp_path / "project"
    project.mkdir()
    for name, text in FILES.items():
        (project / name).write_text(text)
    baseline = tmp_path / "baseline.json"
    line = ["check", str(project), "--platform", "railway", "--builder", "railpack", "--offline", "--no-index"]
    assert run(line, "check") == ExitCode.FINDINGS_HIGH
    assert run([*line, "--baseline", str(baseline)], "check") == ExitCode.USAGE
    assert run([*line, "--write-baseline"], "check") == ExitCode.USAGE
    assert run([*line, "--baseline", str(baseline), "--write-baseline"], "check") == ExitCode.NOTHING_FOUND
    assert run([*line, "--baseline", str(baseline)], "check") == ExitCode.NOTHING_FOUND
    (project / "requirements.txt").write_text("flask\nredis=5\nhttpx=1\n")
    assert run([*line, "--baseline", str(baseline)], "check") == ExitCode.FINDINGS_HIGH
    baseline.write_bytes(b"\xff\xfe\x00")
    assert run([*line, "--baseline", str(baseline)], "check") == ExitCode.USAGE
    capsys.readouterr()


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [("low", ExitCode.FINDINGS_LOW), ("medium", ExitCode.NOTHING_FOUND), ("never", ExitCode.NOTHING_FOUND)],
)
def test_fail_on(tmp_path: Path, capsys: pytest.CaptureFixture[str], fail_on: str, code: ExitCode) -> None:
    """The lowest severity that counts."""
    for name, text in {
        **FILES,
        "requirements.txt": "--no-index\n--find-links .\n",
        "runtime.txt": "python-3.12.1\n",
    }.items():
        (tmp_path / name).write_text(text)
    line = ["check", str(tmp_path), "--platform", "railway", "--builder", "railpack", "--offline", "--no-index"]
    assert run([*line, "--fail-on", fail_on], "check") == code
    capsys.readouterr()
