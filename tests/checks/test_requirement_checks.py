"""Checks on the lines of requirements files."""

from __future__ import annotations

import pytest

from tests.checks._contexts import context_of, findings
from trueup.checks import (
    duplicate_requirement,
    include_not_copied,
    local_path_requirement,
    platform_only_requirement,
    requirements_encoding,
    root_directory_not_set,
    unpinned_requirement,
    version_file_ignored_by_git,
    wildcard_requirement,
    wrong_package_name,
    yanked_pin,
)
from trueup.checks._interface import Check
from trueup.model.distribution import Outcome, PackageForecast
from trueup.model.evidence import Evidence
from trueup.model.finding import Finding, Severity, Skipped

APP: dict[str, str | bytes] = {".python-version": "3.13\n", "app.py": "", "Procfile": "web: python app.py\n"}


def said(check: Check, requirements: str | bytes, **more: str) -> list[Finding]:
    return findings(check, context_of({**APP, "requirements.txt": requirements, **more}))


def lines(found: list[Finding]) -> list[int | None]:
    return [item.line for finding in found for item in finding.evidence if item.path == "requirements.txt"]


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ("flask==3.1.3\n", []),
        ("flask\nredis>=5\nhttpx~=0.28\n", [1, 2]),
        ("flask>=3,<4\n", []),
        ("flask===3.1.3\ngit+https://example.org/a.git#egg=a\n", []),
        ("flask==3.1.3\nflask>=3\n", []),
        ('pywin32 ; sys_platform == "win32"\n', []),
        ("flask\n-c constraints.txt\n", []),
    ],
)
def test_unpinned(requirements: str, expected: list[int]) -> None:
    """One finding for a file; what a pin or a constraint decides, and what Linux leaves out, does not float."""
    found = said(unpinned_requirement.CHECK, requirements, **{"constraints.txt": "flask==3.1.3\n"})
    assert lines(found) == expected
    assert len(found) <= 1


def test_exact_pins_policy() -> None:
    """The policy makes bounded ranges count, and both rules medium."""
    policy = {"trueup.toml": "[policy]\nexact-pins = true\n"}
    (found,) = said(unpinned_requirement.CHECK, "flask>=3,<4\nhttpx==0.28.1\nredis==5.*\n", **policy)
    assert (lines([found]), found.severity) == ([1], Severity.MEDIUM)
    (found,) = said(wildcard_requirement.CHECK, "redis==5.*\n", **policy)
    assert found.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ("redis==5.0.1\nredis==5.0.1\n", []),
        ("redis==5.0.1\nredis\n", [Severity.LOW]),
        ("redis==5.0.1\nRedis>=5.2\n", [Severity.HIGH]),
        ("redis==5.0.1\nredis==5.0.1+mine\n", [Severity.LOW]),
        ("redis===odd\nredis>=5\n", [Severity.HIGH]),
        ("redis==5.0.1\nredis==5.2.1\n", [Severity.HIGH]),
        ('redis==5.0.1 ; python_version < "3.13"\nredis==5.2.1 ; python_version >= "3.13"\n', []),
        ("uvicorn==0.54.0\nuvicorn[standard]==0.54.0\n", []),
    ],
)
def test_duplicates(requirements: str, expected: list[Severity]) -> None:
    """Only lines that both hold and differ; those that exclude each other stop the installer."""
    assert [item.severity for item in said(duplicate_requirement.CHECK, requirements)] == expected


@pytest.mark.parametrize(
    ("line", "severity"),
    [("sklearn", Severity.HIGH), ("JWT==1.3.1", Severity.MEDIUM), ("enum34", Severity.LOW), ("scikit-learn", None)],
)
def test_wrong_names(line: str, severity: Severity | None) -> None:
    """By normalised name; an index of one's own may have such a distribution."""
    assert [item.severity for item in said(wrong_package_name.CHECK, line)] == ([severity] if severity else [])
    assert said(wrong_package_name.CHECK, f"--extra-index-url https://index.example/simple\n{line}\n") == []


@pytest.mark.parametrize(
    ("line", "count"),
    [("pywin32==306", 1), ('pywin32==306; sys_platform == "win32"', 0), ("appnope==0.1.4", 0), ("wmi", 1)],
)
def test_other_systems(line: str, count: int) -> None:
    """A marker that leaves Linux out is all it takes; what installs and works everywhere is not named."""
    assert len(said(platform_only_requirement.CHECK, line)) == count


@pytest.mark.parametrize(
    "line",
    [
        "click @ file:///croot/click_1698129812380",
        "file:///C:/Users/ada/helpers",
        "C:\\Users\\ada\\helpers",
        "helpers @ D:\\code\\helpers",
        "/home/ada/helpers",
        "-e /home/ada/helpers",
    ],
)
def test_paths_of_one_machine(line: str) -> None:
    """Each way to write one, told under its own id."""
    assert len(said(local_path_requirement.CHECK, f"flask==3.1.3\n{line}\n")) == 1


def test_paths_of_the_project() -> None:
    """A folder of the project is no path of one machine, nor is a missing one."""
    assert said(local_path_requirement.CHECK, "./helpers\n-e .\n") == []


@pytest.mark.parametrize(("encoding", "count"), [("utf-8", 0), ("utf-8-sig", 0), ("utf-16", 1), ("utf-32", 1)])
def test_encodings(encoding: str, count: int) -> None:
    """A mark that pip reads and builders do not."""
    assert len(said(requirements_encoding.CHECK, "flask==3.1.3\n".encode(encoding))) == count


def test_yanked() -> None:
    """The reason is the authors' own; without an index nothing is claimed."""
    evidence = (Evidence.found("requirements.txt", 1, "a==1"),)
    packages = [
        PackageForecast("a", "1", True, Outcome.WHEEL, "", evidence, None, yanked="broken\nbuild"),
        PackageForecast("b", "1", True, Outcome.WHEEL, "", evidence, None, yanked=""),
        PackageForecast("c", "1", True, Outcome.WHEEL, "", evidence, None),
    ]
    made = context_of({**APP, "requirements.txt": "a==1\n"}, packages=packages)
    first, second = findings(yanked_pin.CHECK, made)
    assert "because: broken build" in first.message
    assert "without a reason" in second.message
    bare = context_of({**APP, "requirements.txt": "a==1\n"})
    assert list(yanked_pin.CHECK.run(bare)) == [Skipped("yanked-pin", "no index was asked")]


def test_root_directory() -> None:
    """Inferred from a folder is told; a root that is an application, or set by the blueprint, is not."""
    folder: dict[str, str | bytes] = {f"backend/{name}": text for name, text in APP.items()}
    folder["backend/requirements.txt"] = "flask==3.1.3\n"
    (found,) = findings(root_directory_not_set.CHECK, context_of(folder))
    assert found.subject == "backend"
    assert (found.severity, "the build fails" in found.message) == (Severity.MEDIUM, True)
    (found,) = findings(root_directory_not_set.CHECK, context_of({**folder, "Dockerfile": "FROM python:3.12\n"}))
    assert found.severity is Severity.LOW
    assert "with the Dockerfile that lies there" in found.message
    assert "fails" not in found.message
    blueprint = "services:\n  - type: web\n    name: web\n    runtime: python\n    rootDir: backend\n"
    made = context_of({**folder, "render.yaml": blueprint}, builder="render-native")
    assert findings(root_directory_not_set.CHECK, made) == []
    configured = context_of({**APP, "requirements.txt": "flask==3.1.3\n"})
    assert findings(root_directory_not_set.CHECK, configured) == []


def test_ignored_by_git() -> None:
    """Only files that this plan rests on."""
    texts: dict[str, str | bytes] = {**APP, "requirements.txt": "flask==3.1.3\n", ".gitignore": "*\n", "notes.txt": ""}
    made = context_of(texts, ignored=[".python-version", "notes.txt"])
    assert [item.subject for item in findings(version_file_ignored_by_git.CHECK, made)] == [".python-version"]
    made = context_of(texts, ignored=["requirements.txt"])
    assert [item.subject for item in findings(version_file_ignored_by_git.CHECK, made)] == ["requirements.txt"]


@pytest.mark.parametrize("root", ["", "backend/"])
def test_a_folder_of_find_links_that_git_leaves_out(root: str) -> None:
    """What is to come from it fails; a folder that nothing is taken from is told too, and never as a failure."""
    wheels = [f"{root}wheels/private_thing-1.0-py3-none-any.whl", f"{root}wheels/other-1.0.tar.gz"]
    texts: dict[str, str | bytes] = {f"{root}{name}": text for name, text in APP.items()}
    texts |= {f"{root}requirements.txt": "flask==3.1.3\n--find-links=./wheels\nprivate-thing==1.0\n"}
    texts |= {".gitignore": "wheels/\n", **dict.fromkeys(wheels, b"")}
    check = version_file_ignored_by_git.CHECK
    (found,) = findings(check, context_of(texts, ignored=wheels))
    assert findings(include_not_copied.CHECK, context_of(texts, ignored=wheels)) == []
    assert found.severity is Severity.HIGH
    assert found.subject == f"{root}wheels"
    assert found.evidence[0].place == f"{root}requirements.txt:2"
    assert "private-thing is to come from there" in found.message
    evidence = (Evidence.given("flask"),)
    resolved = [PackageForecast("flask", "3.1.3", True, Outcome.WHEEL, "", evidence, "flask-3.1.3-py3-none-any.whl")]
    (unused,) = findings(check, context_of(texts, ignored=wheels, packages=resolved))
    assert unused.severity is Severity.LOW
    assert "nothing that is asked for comes from there" in unused.message
    assert findings(check, context_of(texts)) == []


def test_a_folder_of_find_links_that_is_not_copied_before_the_install() -> None:
    """Railpack copies requirements.txt alone; Nixpacks copies everything, and so does an install command's folder."""
    texts = {
        **APP,
        "requirements.txt": "flask==3.1.3\n-f wheels\nprivate-thing==1.0\n",
        "wheels/private_thing-1.0.zip": b"",
    }
    check = include_not_copied.CHECK
    (found,) = findings(check, context_of(texts))
    assert found.severity is Severity.HIGH
    assert found.evidence[0].place == "requirements.txt:2"
    assert "railpack copies only requirements.txt" in found.message
    assert "private-thing is to come from there" in found.message
    assert findings(check, context_of(texts, builder="nixpacks")) == []
    copying = '{"steps": {"install": {"commands": [{"src": "wheels", "dest": "wheels"}, "..."]}}}'
    assert findings(check, context_of({**texts, "railpack.json": copying})) == []
    assert findings(check, context_of({**APP, "requirements.txt": "flask==3.1.3\n-f wheels\n"})) == []
    beside: dict[str, str | bytes] = {f"backend/{name}": text for name, text in APP.items()}
    beside |= {"backend/requirements.txt": "-f ../wheels\nprivate-thing==1.0\n", "wheels/private_thing-1.0.zip": b""}
    (outside,) = findings(check, context_of(beside, builder="nixpacks"))
    assert "outside of the service's root directory backend/" in outside.message
