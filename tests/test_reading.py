"""Reading a project: what is read, what is only listed, and what can never hold it up."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from trueup.errors import ProjectUnreadable
from trueup.model.project import Project
from trueup.reading import Limits, manifest_patterns, read_project

PATTERNS = ("requirements*.txt", "Procfile", "pyproject.toml", "deploy/settings.toml")


def write(root: Path, texts: Mapping[str, str | bytes]) -> Path:
    for name, content in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def read(root: Path, limits: Limits | None = None) -> Project:
    return read_project(root, patterns=PATTERNS, limits=limits)


def test_manifests_and_sources_are_read_and_the_rest_is_listed(tmp_path: Path) -> None:
    """A manifest's pattern, *.py and texts that others point to are in memory; a picture is a name."""
    project = read(
        write(tmp_path, {"Procfile": "web: x", "app/main.py": "x = 1", "logo.png": b"\x89", "a/Procfile": ""})
    )
    assert set(project.files) == {"Procfile", "app/main.py", "a/Procfile"}
    assert project.listing == {"Procfile", "app/main.py", "a/Procfile", "logo.png"}
    assert project.files["app/main.py"].text == "x = 1"
    assert project.files["app/main.py"].size == 5


def test_a_pattern_with_a_slash_matches_the_end_of_the_path(tmp_path: Path) -> None:
    project = read(write(tmp_path, {"deploy/settings.toml": "", "x/deploy/settings.toml": "", "settings.toml": ""}))
    assert set(project.files) == {"deploy/settings.toml", "x/deploy/settings.toml"}


def test_the_patterns_of_all_formats_are_found() -> None:
    """The registry, and no list here, says what is read."""
    assert {"pyproject.toml", "Procfile", "uv.lock"} <= set(manifest_patterns())


@pytest.mark.parametrize("folder", [".git", "node_modules", "__pycache__", ".tox", ".mypy_cache"])
def test_folders_without_sources_of_the_project_are_skipped(tmp_path: Path, folder: str) -> None:
    project = read(write(tmp_path, {f"{folder}/x.py": "", f"a/{folder}/Procfile": "", "main.py": ""}))
    assert project.listing == {"main.py"}


def test_a_virtual_environment_of_any_name_is_skipped(tmp_path: Path) -> None:
    """pyvenv.cfg is what makes a folder a virtual environment; at the root it does not."""
    project = read(write(tmp_path, {"stuff/pyvenv.cfg": "", "stuff/lib/x.py": "", "pyvenv.cfg": "", "main.py": ""}))
    assert project.listing == {"main.py", "pyvenv.cfg"}


def test_a_link_inside_is_read_as_its_target(tmp_path: Path) -> None:
    write(tmp_path, {"backend/requirements.txt": "flask"})
    (tmp_path / "requirements.txt").symlink_to("backend/requirements.txt")
    project = read(tmp_path)
    assert project.files["requirements.txt"].text == "flask"
    assert project.files["requirements.txt"].problem is None


def test_a_linked_folder_inside_shows_its_files(tmp_path: Path) -> None:
    write(tmp_path, {"shared/util.py": "a = 1", "app/main.py": ""})
    (tmp_path / "app" / "shared").symlink_to("../shared")
    (tmp_path / "app" / "loop").symlink_to("..")
    project = read(tmp_path)
    assert project.files["app/shared/util.py"].text == "a = 1"
    assert not any("loop/" in name for name in project.listing)


@pytest.mark.parametrize("target", ["/etc/passwd", "../secret.txt", "/etc"])
def test_a_link_that_leaves_the_project_is_a_problem(tmp_path: Path, target: str) -> None:
    root = tmp_path / "project"
    write(tmp_path, {"secret.txt": "hidden", "project/main.py": ""})
    (root / "Procfile").symlink_to(target)
    file = read(root).files["Procfile"]
    assert file.problem == "it is a link that leaves the project"
    assert file.data == b""


def test_a_broken_link_and_a_circle_of_links_are_problems(tmp_path: Path) -> None:
    (tmp_path / "Procfile").symlink_to("nowhere")
    (tmp_path / "requirements.txt").symlink_to("requirements-2.txt")
    (tmp_path / "requirements-2.txt").symlink_to("requirements.txt")
    files = read(tmp_path).files
    assert all(files[name].problem for name in ("Procfile", "requirements.txt", "requirements-2.txt"))


def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    """Opening a FIFO for reading would wait for a writer forever."""
    os.mkfifo(tmp_path / "Procfile")
    os.mkfifo(tmp_path / "notes.txt")
    assert read(tmp_path).files["Procfile"].problem == "it is not a plain file"


def test_a_large_file_keeps_its_size_and_not_its_bytes(tmp_path: Path) -> None:
    with (tmp_path / "requirements.txt").open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)
    started = time.perf_counter()
    file = read(tmp_path).files["requirements.txt"]
    assert time.perf_counter() - started < 1
    assert file.size == 50 * 1024 * 1024
    assert file.data == b""
    assert "50.0 MiB" in (file.problem or "")


def test_what_lies_beyond_the_totals_is_known_by_name(tmp_path: Path) -> None:
    write(tmp_path, {f"m{index}.py": "x" for index in range(5)} | {"Procfile": "web: x"})
    project = read(tmp_path, Limits(most_files=3))
    assert len(project.files) == 3
    assert "Procfile" in project.files
    assert len(project.listing) == 6
    assert project.notes[0].startswith("3 files, from m2.py, are known by name only")


def test_total_bytes_are_bounded(tmp_path: Path) -> None:
    write(tmp_path, {f"m{index}.py": "x" * 1000 for index in range(10)})
    project = read(tmp_path, Limits(most_bytes=2500))
    assert sum(len(file.data) for file in project.files.values()) <= 3000
    assert project.notes


def test_ten_thousand_files_take_well_under_a_second(tmp_path: Path) -> None:
    for folder in range(100):
        (tmp_path / f"d{folder}").mkdir()
        for index in range(100):
            (tmp_path / f"d{folder}" / f"f{index}.dat").touch()
    (tmp_path / ".gitignore").write_text("*.pyc\n/build\n*.log\n.env\n")
    started = time.perf_counter()
    project = read(tmp_path)
    assert time.perf_counter() - started < 1
    assert len(project.listing) == 10_001


@pytest.mark.parametrize("name", ["a\x1b[31m.py", "line\nbreak.py", "<b>.py", "‮txt.py", "a'\"$(x).py"])
def test_names_meant_to_break_terminals_survive(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x = 1")
    assert read(tmp_path).files[name].text == "x = 1"


def test_a_name_that_is_not_utf_8_can_still_be_printed(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.py"))).write_text("x = 1")
    name = next(iter(read(tmp_path).files))
    assert name == "caf\ufffd.py"
    assert name.encode()


def test_a_path_that_is_no_readable_folder_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectUnreadable, match="does not exist"):
        read(tmp_path / "nowhere")
    with pytest.raises(ProjectUnreadable, match="is not a folder"):
        read(tmp_path / "file")
    with pytest.raises(ProjectUnreadable):
        read(Path("a\0b"))


def test_requirements_files_of_any_name_are_read_where_one_points_to_them(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "requirements.txt": "-r deps/prod.pip\n-c limits.lst\n",
            "deps/prod.pip": "-r common.pip\nflask",
            "deps/common.pip": "requests",
            "limits.lst": "",
            "other.lst": "",
            "Procfile": "release: pip install -r 'x.reqs' && true",
            "x.reqs": "",
        },
    )
    files = set(read(tmp_path).files)
    assert files == {"requirements.txt", "deps/prod.pip", "deps/common.pip", "limits.lst", "Procfile", "x.reqs"}


def test_ignored_files_are_kept_and_listed_as_ignored(tmp_path: Path) -> None:
    """A platform that deploys from git does not see them; the nearest .gitignore and the last pattern decide."""
    write(
        tmp_path,
        {
            ".gitignore": "*.local.py\n/build/\nsecret/\n!keep.local.py\n",
            "a.local.py": "",
            "keep.local.py": "",
            "build/x.py": "",
            "sub/build/x.py": "",
            "sub/.gitignore": "!b.local.py\nonly.py\n",
            "sub/b.local.py": "",
            "sub/only.py": "",
            "only.py": "",
            "secret/.gitignore": "!x.py\n",
            "secret/x.py": "",
        },
    )
    project = read(tmp_path)
    assert project.ignored == {"a.local.py", "build/x.py", "sub/only.py", "secret/x.py", "secret/.gitignore"}
    assert "build/x.py" in project.files


@pytest.mark.parametrize("version", ["2", "4"])
def test_a_tracked_file_is_not_ignored(tmp_path: Path, version: str) -> None:
    """`git add -f` outranks .gitignore; an index of a version that is not read leaves the pattern's word."""
    write(tmp_path, {".gitignore": "*.py\n", "forced.py": "", "plain.py": "", "Procfile": ""})

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)

    git("init", "-q")
    git("add", "-f", "forced.py", "Procfile")
    git("update-index", "--index-version", version)
    expected = {"plain.py"} if version == "2" else {"plain.py", "forced.py"}
    assert read(tmp_path).ignored == expected


def test_our_ignore_rules_agree_with_git(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".gitignore": "*.log\n!important.log\n/top\nfolder/\na/**/z\n# comment\n\\#file\nspace\\ \n[ab].txt\n",
            **dict.fromkeys(("x.log", "important.log", "top", "s/top", "folder/x", "s/folder/y", "a/z"), ""),
            **dict.fromkeys(("a/b/c/z", "#file", "a.txt", "c.txt", "s/x.log", "s/important.log"), ""),
            "s/.gitignore": "important.log\n!x.log\n",
        },
    )
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    listed = subprocess.run(
        ["git", "-C", str(tmp_path), "ls-files", "-z", "-o", "-i", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert read(tmp_path).ignored == frozenset(filter(None, listed.split("\0")))


def test_the_link_to_a_project_is_followed(tmp_path: Path) -> None:
    write(tmp_path, {"real/main.py": "x = 1"})
    (tmp_path / "link").symlink_to("real")
    assert read(tmp_path / "link").files["main.py"].text == "x = 1"


def test_an_unreadable_folder_is_noted(tmp_path: Path) -> None:
    write(tmp_path, {"deep/er/main.py": "", "main.py": ""})
    project = read(tmp_path, Limits(deepest=1))
    assert project.listing == {"main.py"}
    assert project.notes == ("deep/er/ lies deeper than 1 folders and was not looked at.",)
