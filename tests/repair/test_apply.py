"""A repair is applied completely or not at all, whatever ends the process, and is taken back byte for byte."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.repair.three_files import AFTER, BEFORE, edits
from trueup.errors import ApplyConflict, UsageError
from trueup.model.repair import Edit, digest, edited
from trueup.repair import journal
from trueup.repair.apply import apply_edits, finish_interrupted
from trueup.repair.undo import forget_last, history, undo

PROGRAM = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from tests.repair.three_files import edits
from trueup.repair.apply import apply_edits
from trueup.repair.undo import undo

left = int(sys.argv[2])
def at_step(name):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

root = Path(sys.argv[1])
apply_edits("three files", edits(), root, at_step=at_step) if sys.argv[3] == "apply" else undo(root, at_step=at_step)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The files before."""
    root = tmp_path / "project"
    for path, data in BEFORE.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    (root / "backend" / "run.sh").chmod(0o755)
    return root


def contents(root: Path) -> dict[str, bytes]:
    """Every file of a folder, temporary ones included."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def run_and_kill(root: Path, after_steps: int, what: str) -> int:
    """Run a change in another process that kills itself before one of its steps; its return code."""
    here = Path(__file__).resolve().parent.parent.parent
    command = [sys.executable, "-c", PROGRAM, str(root), str(after_steps), what, str(here)]
    return subprocess.run(command, check=False, env=dict(os.environ), capture_output=True).returncode


def test_a_repair_is_applied_and_taken_back(project: Path) -> None:
    """All files change together, modes stay, and undo restores every byte."""
    apply_edits("three files", edits(), project)
    assert contents(project) == AFTER
    assert stat.S_IMODE((project / "backend" / "run.sh").stat().st_mode) == 0o755
    assert [item.title for item in history(project)] == ["three files"]
    undo(project)
    assert contents(project) == BEFORE
    assert stat.S_IMODE((project / "backend" / "run.sh").stat().st_mode) == 0o755
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(project)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize("what", ["apply", "undo"])
def test_killed_at_any_step_the_next_command_finishes(project: Path, what: str) -> None:
    """Whatever step the process dies before, afterwards the project is wholly before or wholly after."""
    outcomes = set()
    for steps in range(40):
        for path in list(contents(project)):
            (project / path).unlink()
        for path, data in BEFORE.items():
            (project / path).write_bytes(data)
        while history(project):
            forget_last(project)
        if what == "undo":
            apply_edits("three files", edits(), project)
        code = run_and_kill(project, steps, what)
        finish_interrupted(project)
        state = contents(project)
        assert state in (BEFORE, AFTER), f"killed before step {steps}: half a repair is left: {sorted(state)}"
        assert len(history(project)) == (1 if state == AFTER else 0)
        assert all(entry.state is journal.State.APPLIED for entry in journal.entries(project))
        outcomes.add((code, state == AFTER))
        if code == 0:
            break
        assert code == -signal.SIGKILL
    else:
        pytest.fail("the change never came to its end")
    assert outcomes >= {(-signal.SIGKILL, True), (-signal.SIGKILL, False), (0, what == "apply")}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_file_edited_after_a_kill_is_not_overwritten(project: Path) -> None:
    """Between the kill and the next command somebody wrote; that is said, and nothing is touched."""
    assert run_and_kill(project, 4, "apply") == -signal.SIGKILL
    assert journal.interrupted(project) == "three files"
    (project / "requirements.txt").write_bytes(b"mine\n")
    before = contents(project)
    with pytest.raises(ApplyConflict) as raised:
        finish_interrupted(project)
    assert "--forget" in (raised.value.hint or "")
    assert contents(project) == before
    forget_last(project)
    assert finish_interrupted(project) is None
    assert journal.interrupted(project) is None


def test_several_levels(project: Path) -> None:
    """The last repair is taken back first."""
    states = [contents(project)]
    for number in range(5):
        data = (project / "old.txt").read_bytes()
        apply_edits(f"step {number}", [Edit("old.txt", 0, 0, b"%d" % number, digest(data))], project)
        states.append(contents(project))
    for state in reversed(states[:-1]):
        undo(project)
        assert contents(project) == state


def test_a_file_changed_since_planning_is_refused(project: Path) -> None:
    """Planned for other bytes: exit 7, and not even the other files change."""
    planned = edits()
    (project / "requirements.txt").write_bytes(b"asyncpg==0.28.0\r\n")
    before = contents(project)
    with pytest.raises(ApplyConflict, match="changed after the repair was planned") as raised:
        apply_edits("three files", planned, project)
    assert raised.value.exit_code == 7
    assert contents(project) == before
    assert not history(project)


def test_a_file_that_appeared_since_planning_is_refused(project: Path) -> None:
    """A file to be made must not be there."""
    (project / "backend" / ".python-version").write_bytes(b"3.11\n")
    with pytest.raises(ApplyConflict):
        apply_edits("three files", edits(), project)
    assert not history(project)


def test_undo_refuses_with_a_difference_where_a_file_was_edited(project: Path) -> None:
    """What somebody wrote after the repair is shown and kept."""
    apply_edits("three files", edits(), project)
    (project / "requirements.txt").write_bytes(b"asyncpg==0.30.0\r\nhttpx==0.27.2\r\n")
    before = contents(project)
    with pytest.raises(ApplyConflict, match=r"\+httpx==0\.27\.2"):
        undo(project)
    assert contents(project) == before
    assert len(history(project)) == 1


def test_links_and_paths_outside_are_refused(project: Path, tmp_path: Path) -> None:
    """Neither a link, nor a file behind one, nor a path that leaves the project is written."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "target.txt").write_bytes(b"outside\n")
    (project / "link.txt").symlink_to(outside / "target.txt")
    (project / "folder").symlink_to(outside)
    for path in ("link.txt", "folder/target.txt", "../outside/target.txt", "/etc/trueup", "a/../b", ""):
        with pytest.raises(ApplyConflict):
            apply_edits("outside", [Edit(path, 0, 0, b"x", digest(b"outside\n"))], project)
    with pytest.raises(ApplyConflict):
        apply_edits("outside", [Edit.new_file("folder/new.txt", b"x")], project)
    assert (outside / "target.txt").read_bytes() == b"outside\n"
    assert contents(outside) == {"target.txt": b"outside\n"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_leaves_everything(project: Path) -> None:
    """The second file refuses: the first is taken back."""
    (project / "backend").chmod(0o555)
    try:
        with pytest.raises(ApplyConflict):
            apply_edits("three files", edits(), project)
        assert contents(project) == BEFORE
        assert not history(project)
    finally:
        (project / "backend").chmod(0o755)


def test_a_step_that_fails_takes_the_others_back(project: Path) -> None:
    """An error of the disk between two files: the files that were already changed are restored."""

    def fail(step: str) -> None:
        if step == "write old.txt" or step == "remove old.txt":
            raise ApplyConflict("the disk is full")

    with pytest.raises(ApplyConflict, match="disk is full"):
        apply_edits("three files", edits(), project, at_step=fail)
    assert contents(project) == BEFORE
    assert not history(project)


def test_a_second_process_waits_outside(project: Path) -> None:
    """Two commands never change one project at once."""
    with journal.locked(project.resolve()), pytest.raises(ApplyConflict, match="Another trueup"):
        apply_edits("three files", edits(), project)
    assert contents(project) == BEFORE


def test_a_damaged_journal_is_said(project: Path) -> None:
    """Bytes of the journal that do not match their checksum are never written into a project."""
    apply_edits("three files", edits(), project)
    saved = next(journal.project_folder(project.resolve()).rglob("*.before"))
    saved.write_bytes(b"rotten")
    with pytest.raises(ApplyConflict, match="damaged"):
        undo(project)
    assert contents(project) == AFTER


@st.composite
def data_and_edits(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    """Any bytes and any edits that do not overlap."""
    data = draw(st.binary(max_size=200))
    points = sorted(draw(st.lists(st.integers(0, len(data)), max_size=8)))
    pairs = list(zip(points[::2], points[1::2], strict=False))
    found = [Edit("f", start, end, draw(st.binary(max_size=20)), digest(data)) for start, end in pairs]
    return data, found


@given(data_and_edits())
def test_other_bytes_stay(case: tuple[bytes, list[Edit]]) -> None:
    """What lies outside of all edits is kept, in its order, and the inverse edits give the old bytes."""
    data, planned = case
    after = edited(data, planned)
    assert after is not None
    position, moved, back = 0, 0, []
    for edit in planned:
        assert edit.content is not None
        assert after[position + moved : edit.start + moved] == data[position : edit.start]
        start = edit.start + moved
        back.append(Edit("f", start, start + len(edit.content), data[edit.start : edit.end], digest(after)))
        moved += len(edit.content) - (edit.end - edit.start)
        position = edit.end
    assert after[position + moved :] == data[position:]
    assert edited(after, back) == data


def test_edits_of_one_place_are_refused() -> None:
    """Two repairs that want the same bytes cannot be applied together."""
    with pytest.raises(ApplyConflict, match="same place"):
        edited(b"abcdef", [Edit("f", 0, 4, b"x", ""), Edit("f", 2, 5, b"y", "")])


def test_a_folder_is_made_for_a_file_and_goes_with_it(tmp_path: Path) -> None:
    """Where it is not there; one that was there, although empty, stays."""
    (tmp_path / "empty").mkdir()
    edits = [Edit.new_file(".railway/railway.ts", b"x\n"), Edit.new_file("empty/one.txt", b"y\n")]
    apply_edits("two files", edits, tmp_path)
    assert (tmp_path / ".railway" / "railway.ts").read_bytes() == b"x\n"
    undo(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["empty"]


def test_a_folder_that_holds_more_stays(tmp_path: Path) -> None:
    apply_edits("a file", [Edit.new_file(".railway/railway.ts", b"x\n")], tmp_path)
    (tmp_path / ".railway" / "package.json").write_text("{}")
    undo(tmp_path)
    assert [path.name for path in (tmp_path / ".railway").iterdir()] == ["package.json"]


def test_no_folder_is_made_behind_a_link_or_two_levels_deep(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "project" / "link").symlink_to(tmp_path / "elsewhere")
    for path in ("link/new/file.txt", "a/b/file.txt"):
        with pytest.raises(ApplyConflict):
            apply_edits("a file", [Edit.new_file(path, b"x\n")], tmp_path / "project")
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert [item.name for item in (tmp_path / "project").iterdir()] == ["link"]
