"""pyproject.toml in the words of every tool that keeps dependencies there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier
from packaging.version import Version

from tests.manifests._files import POETRY, PYPROJECT, source
from trueup.manifests._poetry_constraints import poetry_specifier, python_marker
from trueup.manifests.pyproject import Pyproject, parse, python_statements
from trueup.model.requirement import DeclaredRequirement


def read(text: str) -> Pyproject:
    return parse(source("pyproject.toml", text))


def told(requirements: tuple[DeclaredRequirement, ...]) -> list[str]:
    return [f"{r.name}{r.specifier}" for r in requirements]


def test_pep_621_dependencies_have_lines_and_spans() -> None:
    found = read(PYPROJECT)
    assert told(found.dependencies) == ["fastapi==0.115.0", "uvicorn>=0.30"]
    text = found.document.file.text
    assert [text[r.start : r.end] for r in found.dependencies] == ["fastapi==0.115.0", "uvicorn[standard]>=0.30"]
    assert [r.evidence.line for r in found.dependencies] == [9, 10]
    assert found.dependencies[1].extras == {"standard"}
    assert str(found.dependencies[1].marker) == 'python_version < "3.14"'
    assert not found.problems


def test_extras_groups_and_build_requirements() -> None:
    found = read(PYPROJECT)
    assert told(found.optional_dependencies["postgres"]) == ["asyncpg==0.29.0"]
    assert told(found.groups["dev"]) == ["pytest>=8", "ruff"]
    assert {r.group for r in found.groups["dev"]} == {"dev"}
    assert told(found.build_requires) == ["setuptools>=70"]
    assert found.build_backend == "setuptools.build_meta"
    assert found.dynamic == {"version"}


def test_uv_tables() -> None:
    uv = read(PYPROJECT).uv
    assert uv.default_groups == ("lint",)
    assert told(uv.constraints) == ["anyio<5"]
    assert uv.index_url == "https://index.example/simple"
    assert [(s.name, s.url) for s in uv.sources] == [("internal", "git+https://h.example/internal.git@v1")]


def test_only_what_runs_is_a_statement_about_python() -> None:
    """Linters' and formatters' target versions and classifiers are not."""
    statements = python_statements(source("pyproject.toml", PYPROJECT))
    assert [(s.source, s.value, s.evidence.line) for s in statements] == [("requires-python", ">=3.11,<3.14", 7)]
    poetry = python_statements(source("pyproject.toml", POETRY))
    assert [(s.source, s.value) for s in poetry] == [("tool.poetry.dependencies.python", "^3.9")]


def test_poetry_dependencies() -> None:
    found = read(POETRY).poetry
    assert found is not None
    by_name = {r.name: r for r in found.requirements}
    assert str(by_name["django"].specifier) == "<5,>=4.2"
    assert str(by_name["celery"].specifier) == "<5.4,>=5.3"
    assert str(by_name["celery"].marker) == 'python_version >= "3.10"'
    assert [str(r.specifier) for r in found.requirements if r.name == "pandas"] == ["<2", ">=2"]
    assert by_name["lib"].local_path == "../lib"
    assert by_name["lib"].editable
    assert by_name["repo"].url == "git+https://h.example/r.git@abc"
    assert found.optional == {"mysql"}
    assert dict(found.extras) == {"db": {"mysql"}}
    groups = dict(found.groups)
    assert told(groups["dev"].requirements) == ["pytest<9,>=8"]
    assert groups["docs"].optional


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^1.2.3", "<2,>=1.2.3"),
        ("^0.2.3", "<0.3,>=0.2.3"),
        ("^0.0.3", "<0.0.4,>=0.0.3"),
        ("^0", "<1,>=0"),
        ("~1", "<2,>=1"),
        ("~1.2.3", "<1.3,>=1.2.3"),
        ("1.*", "==1.*"),
        ("1.2.x", "==1.2.*"),
        ("*", ""),
        ("", ""),
        ("1.2.3", "==1.2.3"),
        ("= 1.2", "==1.2"),
        (">=1 <2", "<2,>=1"),
        (">= 1.2, !=1.5", "!=1.5,>=1.2"),
        ("^1.0 || ^2.0", "<3,>=1.0"),
        ("<1 | >=3", ""),
        ("1.* || 3.*", "<4,>=1"),
    ],
)
def test_poetry_constraints(text: str, expected: str) -> None:
    """The documentation's own examples, and alternatives as the range that spans them."""
    assert str(poetry_specifier(text)) == expected


@pytest.mark.parametrize("text", ["abc", "^", ">=", "1..2", "^1.2.3.x.y", "latest", "^^1"])
def test_what_is_no_constraint_is_refused(text: str) -> None:
    with pytest.raises(InvalidSpecifier):
        poetry_specifier(text)


@given(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), st.sampled_from("^~"))
@settings(deadline=None)
def test_a_range_holds_its_own_start_and_not_the_next_step(numbers: tuple[int, int, int], operator: str) -> None:
    version = ".".join(map(str, numbers))
    found = poetry_specifier(f"{operator}{version}")
    assert found.contains(Version(version))
    assert not found.contains(Version(f"{numbers[0] + 1}.0.0"))
    assert not found.contains(Version("0.0.0")) or numbers == (0, 0, 0)


@given(st.text("^~<>=!*|, .0123456789abx", max_size=25))
@settings(max_examples=400, deadline=None)
def test_no_constraint_raises_anything_else(text: str) -> None:
    for function in (poetry_specifier, python_marker):
        try:
            function(text)
        except InvalidSpecifier:
            continue


def test_includes_that_lead_nowhere_or_back_are_problems() -> None:
    found = read(
        """
        [dependency-groups]
        a = ["x", {include-group = "b"}]
        b = [{include-group = "a"}]
        c = [{include-group = "missing"}, 3, "not a requirement!"]
        """
    )
    messages = [p.message for p in found.problems]
    assert any("includes itself" in m for m in messages)
    assert any("no such dependency group" in m for m in messages)
    assert any(m.startswith("pyproject.toml:4:5 holds `not a requirement!`") for m in messages)
    assert told(found.groups["a"]) == ["x"]


def test_a_group_bomb_is_read_in_no_time() -> None:
    groups = "\n".join(f'g{n} = [{{include-group = "g{n + 1}"}}, {{include-group = "g{n + 1}"}}]' for n in range(40))
    found = read(f'[dependency-groups]\n{groups}\ng40 = ["x"]\n')
    assert told(found.groups["g0"]) == ["x"]


@pytest.mark.parametrize(
    "text",
    [
        "[project]\ndependencies = 'flask'\n",
        "[project]\ndependencies = [1, {}]\n",
        "project = 3\ntool = []\n",
        "[project.optional-dependencies]\nx = 'y'\n",
        "[tool.poetry.dependencies]\nx = 3\n",
        "[tool.uv]\nindex = 3\nsources = 4\nconstraint-dependencies = 5\n",
        "[dependency-groups]\nx = 3\n",
        "[tool.setuptools.dynamic]\ndependencies = 3\n",
        "dependency-groups = 'x'",
    ],
)
def test_values_of_the_wrong_shape_never_raise(text: str) -> None:
    read(text)
    python_statements(source("pyproject.toml", text))


def test_a_broken_file_is_one_problem_with_its_line() -> None:
    (problem,) = read("[project]\nname = \n").problems
    assert problem.rule == "unreadable-file"
    assert problem.evidence[0].line == 2


def test_pdm_and_setuptools_tables() -> None:
    found = read(
        """
        [tool.pdm.dev-dependencies]
        Test = ["pytest"]
        [tool.setuptools.dynamic]
        dependencies = {file = "requirements.txt"}
        optional-dependencies.dev = {file = ["dev.txt"]}
        """
    )
    assert told(found.groups["test"]) == ["pytest"]
    assert found.dynamic_files == {"": ("requirements.txt",), "dev": ("dev.txt",)}
