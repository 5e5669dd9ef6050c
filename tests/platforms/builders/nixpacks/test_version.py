"""Which Python Nixpacks takes, and what it says of every place that states one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.platforms.builders.nixpacks._planning import planned, texts
from trueup.model.plan import InputUse
from trueup.platforms.builders._nixpacks_version import parse_pipfile, parse_tool_versions, selected_minor

PLACES = {
    ".python-version": "3.13\n",
    "runtime.txt": "python-3.12.1\n",
    "Pipfile": '[requires]\npython_version = "3.11"\n',
    ".tool-versions": "python 3.10.2\n",
}
MINORS = {".python-version": "3.13", "runtime.txt": "3.12", "Pipfile": "3.11", ".tool-versions": "3.10"}


def minor_of(files: dict[str, str | bytes], **arguments: object) -> str | None:
    return planned({"main.py": "", **files}, **arguments).python.minor  # type: ignore[arg-type]


@pytest.mark.parametrize("names", [names for count in range(1, 5) for names in itertools.combinations(PLACES, count)])
def test_without_the_variable_the_places_count_in_their_order(names: tuple[str, ...]) -> None:
    assert minor_of({name: PLACES[name] for name in names}) == MINORS[names[0]]


@pytest.mark.parametrize("names", [names for count in range(5) for names in itertools.combinations(PLACES, count)])
def test_the_variable_loses_to_everything_but_python_version(names: tuple[str, ...]) -> None:
    expected = next((MINORS[name] for name in names if name != ".python-version"), "3.9")
    assert minor_of({name: PLACES[name] for name in names}, env={"NIXPACKS_PYTHON_VERSION": "3.9"}) == expected


def test_a_pipfile_without_a_version_takes_even_the_variable_away() -> None:
    plan = planned({"Pipfile": "[packages]\n"}, env={"NIXPACKS_PYTHON_VERSION": "3.11"})
    assert plan.python.source == "default"
    (variable,) = plan.python.inputs
    assert variable.use is InputUse.SHADOWED


@pytest.mark.parametrize(
    ("day", "with_lock", "expected"),
    [
        ("2024-05-20", False, "3.8"),
        ("2024-05-20", True, "3.10"),
        ("2024-05-21", False, "3.11"),
        ("2024-12-04", False, "3.11"),
        ("2024-12-05", True, "3.12"),
        ("2026-11-20", False, "3.12"),
    ],
)
def test_the_default_moves_with_the_releases(day: str, with_lock: bool, expected: str) -> None:
    files = {"poetry.lock": ""} if with_lock else {}
    assert minor_of({**files}, on=day) == expected


@pytest.mark.parametrize(("day", "expected"), [("2024-12-04", "3.11"), ("2024-12-05", "3.13")])
def test_a_version_counts_only_once_a_release_knows_it(day: str, expected: str) -> None:
    assert minor_of({".python-version": "3.13"}, on=day) == expected


def test_every_place_says_what_became_of_it() -> None:
    plan = planned({"main.py": "", **PLACES})
    uses = {item.source: item.use for item in plan.python.inputs}
    assert uses == {
        ".python-version": InputUse.DECIDES,
        "runtime.txt": InputUse.SHADOWED,
        "Pipfile": InputUse.SHADOWED,
        ".tool-versions": InputUse.SHADOWED,
    }
    assert [item.evidence.place for item in plan.python.inputs][2] == "Pipfile:2"


@pytest.mark.parametrize(
    "text", ["3", ">=3.11", "3.11.x", "3.14", "3.13t", "# ours\n3.11\n", "3.11\n3.12\n", "\ufeff3.11"]
)
def test_what_is_not_understood_gives_the_default_and_says_so(text: str) -> None:
    plan = planned({"main.py": "", ".python-version": text})
    assert (plan.python.source, plan.python.minor) == ("default", "3.12")
    assert [item.use for item in plan.python.inputs] == [InputUse.INVALID]


def test_old_pythons_come_from_the_old_archive_with_its_c_library() -> None:
    plan = planned({"main.py": "", ".python-version": "3.9"})
    assert (plan.python.version, plan.image.libc_version.value) == ("3.9", "2.37")
    assert planned({"main.py": ""}).image.libc_version.value == "2.40"


def test_a_tool_version_of_one_number_makes_nixpacks_panic() -> None:
    plan = planned({"main.py": "", ".tool-versions": "python latest\n"})
    assert "index out of bounds" in texts(plan)[0]
    assert plan.problems[0].evidence[0].place == ".tool-versions:1"


def test_a_version_file_that_is_not_utf_8_ends_the_build() -> None:
    plan = planned({"main.py": "", ".python-version": "3.11".encode("utf-16")})
    assert "Error reading .python-version" in texts(plan)[0]


@given(st.text())
def test_any_text_is_a_version_or_none(text: str) -> None:
    minor = selected_minor(text)
    assert minor is None or minor.count(".") == 1
    assert parse_pipfile(text) is None or "python" in text
    assert all(not name.startswith("#") for name in parse_tool_versions(text))
