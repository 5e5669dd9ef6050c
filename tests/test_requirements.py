"""The requirement set of a plan: exactly what its install steps read."""

from __future__ import annotations

import posixpath
import textwrap

import pytest

from tests.manifests._files import PDM_LOCK, PIPFILE, PIPFILE_LOCK, POETRY_LOCK, PYLOCK, UV_LOCK
from trueup.errors import UsageError
from trueup.model.evidence import Evidence, Fact
from trueup.model.finding import Problem
from trueup.model.plan import BuildPlan, HealthRule, Image, PythonChoice, Step, Toolchain
from trueup.model.project import Project
from trueup.model.requirement import RequirementSet
from trueup.model.service import Service, Variable
from trueup.requirements import parse_requirement_arguments, parse_requirement_lines, read_requirements
from trueup.requirements.commands import install_commands

WHY = (Evidence.default("a rule of the platform", "https://platform.example/docs", "2026-11-20"),)


def plan(
    manager: str | None,
    manifests: tuple[str, ...],
    *install: str,
    root: str = "",
    visible: tuple[str, ...] | None = None,
    problems: tuple[Problem, ...] = (),
    variables: dict[str, str] | None = None,
) -> BuildPlan:
    own = tuple(Variable(name, value, WHY[0]) for name, value in (variables or {}).items())
    return BuildPlan(
        platform="railway",
        builder="railpack",
        service=Service("web", "web", Fact(root, WHY), WHY, variables=own),
        detected=Fact("python", WHY),
        python=PythonChoice(None, "3.13", "default", WHY),
        package_manager=Fact(manager, WHY),
        manifests=manifests,
        visible_at_install=visible,
        install=tuple(Step(command, WHY) for command in install),
        start=Fact(None, WHY),
        health=HealthRule(Fact(None, WHY)),
        image=Image(Fact("image", WHY), "glibc", Fact("2.36", WHY)),
        toolchain=Toolchain(Fact(True, WHY), Fact(True, WHY), Fact(True, WHY)),
        problems=problems,
    )


def project(files: dict[str, str]) -> Project:
    return Project.from_texts({name: textwrap.dedent(text).lstrip("\n") for name, text in files.items()})


def read(files: dict[str, str], made: BuildPlan) -> RequirementSet:
    return read_requirements(project(files), made)


def told(found: RequirementSet) -> list[str]:
    return [f"{r.name}{r.specifier}" for r in found.requirements]


def kept(found: RequirementSet) -> list[str]:
    assert found.locked is not None
    return [f"{p.name} {p.version}" for p in found.locked]


PIP = ("pip", ("requirements.txt",), "pip install -r requirements.txt")


def test_includes_are_followed_from_the_including_file() -> None:
    found = read(
        {
            "requirements.txt": "-r reqs/base.txt\nflask\n",
            "reqs/base.txt": "-c ../limits.txt\n-r more.txt\nrequests\n",
            "reqs/more.txt": "attrs\n",
            "limits.txt": "requests<3\n",
            "other.txt": "never-read\n",
        },
        plan(*PIP),
    )
    assert sorted(told(found)) == ["attrs", "flask", "requests"]
    assert [f"{c.name}{c.specifier}" for c in found.constraints] == ["requests<3"]
    assert set(found.files) == {"requirements.txt", "reqs/base.txt", "reqs/more.txt", "limits.txt"}
    assert {r.evidence.place for r in found.requirements} == {
        "requirements.txt:2",
        "reqs/base.txt:3",
        "reqs/more.txt:1",
    }
    assert not found.problems


def test_paths_are_those_of_the_service_and_evidence_of_the_project() -> None:
    found = read({"backend/requirements.txt": "flask\n", "requirements.txt": "x"}, plan(*PIP, root="backend"))
    assert found.files == ("backend/requirements.txt",)
    assert found.requirements[0].evidence.place == "backend/requirements.txt:1"


@pytest.mark.parametrize(
    ("line", "rule", "words"),
    [
        ("-r missing.txt", "invalid-requirement", "there is no such file"),
        ("-r requirements.txt", "invalid-requirement", "leads back to itself"),
        ("-r ../outside.txt", "invalid-requirement", "out of the project"),
        ("-r /srv/x.txt", "invalid-requirement", "one machine"),
        ("-e ./nothing", "invalid-requirement", "there is no nothing"),
        ("./a.whl", "invalid-requirement", "valid wheel file name"),
        ("./a-1-py3-none-any.whl", "invalid-requirement", "no such file"),
        ("-e ./plain", "invalid-requirement", "neither pyproject.toml nor setup.py"),
        ("-r sub/other.txt", "include-not-copied", "is not there yet"),
        ("-e ./lib", "include-not-copied", "is not there yet"),
    ],
)
def test_what_the_step_cannot_reach_is_a_problem_at_its_line(line: str, rule: str, words: str) -> None:
    files = {
        "requirements.txt": f"flask\n{line}\n",
        "plain/x.py": "",
        "sub/other.txt": "attrs\n",
        "lib/pyproject.toml": "[project]\nname = 'lib'\ndependencies = ['attrs']\n",
    }
    found = read(files, plan(*PIP, visible=("requirements.txt",)))
    (problem,) = found.problems
    assert problem.rule == rule
    assert words in problem.message
    assert problem.evidence[0].place == "requirements.txt:2"
    assert problem.hint
    # What can be known is known all the same, so that all blockers are told at once.
    assert told(found) == (["flask", "attrs"] if rule == "include-not-copied" else ["flask"])


def test_a_longer_circle_ends() -> None:
    files = {"requirements.txt": "-r a.txt\n", "a.txt": "-r b.txt\nx\n", "b.txt": "-r a.txt\ny\n"}
    found = read(files, plan(*PIP))
    assert sorted(told(found)) == ["x", "y"]
    assert [p.evidence[0].place for p in found.problems] == ["b.txt:1"]


def test_an_include_bomb_is_read_in_no_time() -> None:
    files = {f"r{n}.txt": f"-r r{n + 1}.txt\n-r r{n + 1}.txt\n" for n in range(40)} | {"r40.txt": "x\n"}
    found = read(files | {"requirements.txt": "-r r0.txt"}, plan(*PIP))
    assert told(found) == ["x"]


def test_a_plan_that_knows_of_the_include_is_not_repeated() -> None:
    files = {"requirements.txt": "-r sub/other.txt\n", "sub/other.txt": "attrs\n"}
    first = read(files, plan(*PIP, visible=("requirements.txt",))).problems
    again = read(files, plan(*PIP, visible=("requirements.txt",), problems=first))
    assert not again.problems


def test_a_file_outside_the_root_directory_is_not_in_the_build() -> None:
    files = {"backend/requirements.txt": "-r ../shared.txt\n", "shared.txt": "attrs\n"}
    (problem,) = read(files, plan(*PIP, root="backend")).problems
    assert problem.rule == "include-not-copied"
    assert "outside the service's root directory backend/" in problem.message


def test_an_address_is_not_taken_for_nothing() -> None:
    found = read({"requirements.txt": "-r https://u:secret@h.example/common.txt\n"}, plan(*PIP))
    (requirement,) = found.requirements
    assert requirement.url is not None
    assert "secret" not in requirement.evidence.text
    assert requirement.name == "common-txt"


def test_a_local_project_is_replaced_by_what_it_needs() -> None:
    found = read(
        {
            "requirements.txt": "-e .[db]\n./tools\n",
            "pyproject.toml": """
                [project]
                name = "me"
                requires-python = ">=3.11"
                dependencies = ["flask", "me[cache]"]
                [project.optional-dependencies]
                db = ["asyncpg==0.29.0"]
                cache = ["redis"]
                """,
            "tools/setup.cfg": "[options]\ninstall_requires =\n    click\n",
            "tools/setup.py": "",
        },
        plan(*PIP),
    )
    assert told(found) == ["flask", "asyncpg==0.29.0", "redis", "click"]
    assert found.requires_python == ">=3.11"
    assert set(found.files) == {"requirements.txt", "pyproject.toml", "tools/setup.cfg"}


def test_a_local_project_that_only_its_code_describes_stays() -> None:
    found = read({"requirements.txt": "-e ./old\n", "old/setup.py": "setup(install_requires=x())"}, plan(*PIP))
    assert [(r.name, r.local_path) for r in found.requirements] == [("old", "./old")]


def test_requirements_without_a_name_get_one() -> None:
    found = read({"requirements.txt": "git+https://h.example/team/Repo_X.git@v1\n"}, plan(*PIP))
    assert [r.name for r in found.requirements] == ["repo-x"]


def test_pip_install_dot_reads_the_project_and_its_dynamic_files() -> None:
    files = {
        "pyproject.toml": """
            [project]
            name = "me"
            dynamic = ["dependencies"]
            [tool.setuptools.dynamic]
            dependencies = {file = ["deps.in"]}
            """,
        "deps.in": "flask\n",
    }
    found = read(
        files, plan("setuptools", ("pyproject.toml",), "pip install --upgrade build setuptools && pip install .")
    )
    assert told(found) == ["flask"]


def test_words_of_the_command_count_too() -> None:
    """Constraints, further requirements and options on the command line; tools do not."""
    found = read(
        {"requirements.txt": "flask\n", "limits.txt": "flask<3\n"},
        plan(
            "pip",
            ("requirements.txt",),
            "pip install -U pip && pip install -r requirements.txt -climits.txt gunicorn==21.2.0 --pre "
            "--only-binary :all:",
        ),
    )
    assert told(found) == ["flask", "gunicorn==21.2.0"]
    assert len(found.constraints) == 1
    assert found.options.pre
    assert found.options.only_binary == {":all:"}


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("--find-links wheels", "backend/requirements/wheels"),
        ("-f ./wheels/", "backend/requirements/wheels"),
        ("-f ../vendor", "backend/vendor"),
        ("-f vendor", "backend/vendor"),
        ("-f ../../shared", "backend/../../shared"),
        ("-f /opt/wheels", "/opt/wheels"),
        ("-f https://links.example/a.html", "https://links.example/a.html"),
        ("-f file:///opt/wheels", "file:///opt/wheels"),
    ],
)
def test_a_folder_of_links_is_beside_the_file_else_where_pip_runs(line: str, place: str) -> None:
    files = {
        "backend/requirements/base.txt": f"{line}\ndemo\n",
        "backend/requirements/wheels/demo-1.0-py3-none-any.whl": "",
        "backend/vendor/demo-1.0-py3-none-any.whl": "",
    }
    found = read(files, plan("pip", ("requirements/base.txt",), "pip install -r requirements/base.txt", root="backend"))
    assert found.options.find_links == (posixpath.normpath(place) if "../.." in place else place,)


def test_folders_of_links_of_commands_and_variables_are_from_the_root_directory() -> None:
    made = plan("pip", (), "pip install -f wheels demo", root="backend", variables={"PIP_FIND_LINKS": "other"})
    assert read({"backend/wheels/a.whl": ""}, made).options.find_links == ("backend/other", "backend/wheels")


def test_variables_of_the_service_are_options_and_fill_names() -> None:
    found = read(
        {"requirements.txt": "a==${VERSION}\n"},
        plan(
            *PIP,
            variables={"PIP_EXTRA_INDEX_URL": "https://a.example https://b.example", "PIP_PRE": "1", "VERSION": "2"},
        ),
    )
    assert found.options.extra_index_urls == ("https://a.example", "https://b.example")
    assert found.options.pre
    assert told(found) == ["a==2"]


UV_PROJECT = """
[project]
name = "sample-service"
requires-python = ">=3.12"
dependencies = ["numpy>=1.26", "starlette[full]"]
[project.optional-dependencies]
tests = ["pytest"]
[dependency-groups]
dev = ["pytest"]
"""


@pytest.mark.parametrize(
    ("command", "has_pytest"),
    [
        ("uv sync --locked --no-dev --no-install-project", False),
        ("uv sync --locked --no-default-groups", False),
        ("uv sync --frozen", True),
        ("uv sync --no-dev --extra tests", True),
        ("uv sync --no-default-groups --all-groups", False),
        ("uv sync --no-dev --all-extras", True),
        ("uv sync --no-default-groups --group dev", True),
    ],
)
def test_uv_lock_is_cut_to_what_the_command_installs(command: str, has_pytest: bool) -> None:
    files = {"pyproject.toml": UV_PROJECT, "uv.lock": UV_LOCK}
    found = read(files, plan("uv", ("pyproject.toml", "uv.lock"), command))
    base = ["anyio 4.6.0", "numpy 1.26.4", "numpy 2.1.0", "starlette 0.38.0", "itsdangerous 2.2.0"]
    assert sorted(kept(found)) == sorted([*base, *(["pytest 8.3.0"] if has_pytest else [])])
    assert {p.name for p in found.locked or () if p.direct} >= {"numpy", "starlette"}
    assert ("pytest" in {r.name for r in found.requirements}) is has_pytest
    assert found.requires_python == ">=3.12"


def test_uv_lock_without_its_project_still_tells() -> None:
    found = read({"uv.lock": UV_LOCK}, plan("uv", ("uv.lock",), "uv sync --locked --no-dev"))
    assert [r.name for r in found.requirements] == ["numpy", "starlette"]
    assert "pytest 8.3.0" not in kept(found)


POETRY_PROJECT = """
[tool.poetry]
name = "x"
[tool.poetry.dependencies]
python = "^3.9"
Django = {version = "^4.2", extras = ["argon2"]}
[tool.poetry.group.dev.dependencies]
pytest = "^8"
"""


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("poetry install --only main --no-root", ["django", "asgiref", "tzdata"]),
        ("poetry install --no-dev --no-interaction", ["django", "asgiref", "tzdata"]),
        ("poetry install --without dev", ["django", "asgiref", "tzdata"]),
        ("poetry sync", ["django", "asgiref", "tzdata", "pytest"]),
    ],
)
def test_poetry_lock_is_cut_to_the_groups(command: str, expected: list[str]) -> None:
    files = {"pyproject.toml": POETRY_PROJECT, "poetry.lock": POETRY_LOCK}
    found = read(files, plan("poetry", ("pyproject.toml", "poetry.lock"), command))
    assert sorted(p.name for p in found.locked or ()) == sorted(expected)
    assert {p.name for p in found.locked or () if p.direct} == set(expected) & {"django", "pytest"}
    assert not found.problems


def test_pdm_lock() -> None:
    files = {"pyproject.toml": "[project]\nname='x'\ndependencies=['uvicorn[standard]']\n", "pdm.lock": PDM_LOCK}
    found = read(files, plan("pdm", ("pyproject.toml", "pdm.lock"), "pdm install --check --prod --no-editable"))
    assert kept(found) == ["uvicorn 0.32.0", "httptools 0.6.1"]


@pytest.mark.parametrize(("flag", "more"), [("", []), (" --dev", ["pytest 8.0.0"])])
def test_pipfile_lock(flag: str, more: list[str]) -> None:
    found = read(
        {"Pipfile": PIPFILE, "Pipfile.lock": PIPFILE_LOCK},
        plan("pipenv", ("Pipfile", "Pipfile.lock"), f"pipenv install --deploy{flag}"),
    )
    assert kept(found) == ["flask 3.0.0", "werkzeug 3.0.1", *more]
    assert [p.name for p in found.locked or () if p.direct] == ["flask", *(["pytest"] if more else [])]
    assert found.options.index_url == "https://user:secret@index.example/simple"


def test_a_pipfile_without_lock() -> None:
    found = read({"Pipfile": PIPFILE}, plan("pipenv", ("Pipfile",), "pipenv install --skip-lock"))
    assert found.locked is None
    assert told(found)[:2] == ["flask==3.0.0", "psycopg2"]


@pytest.mark.parametrize(("flag", "needed"), [(" --deploy", "==3.11.*"), (" --system", None)])
def test_only_deploy_makes_pipenv_stop_for_the_python_of_the_pipfile(flag: str, needed: str | None) -> None:
    asked = PIPFILE.partition("[requires]")[0] + '[requires]\npython_version = "3.11"\n'
    files = {"Pipfile": asked, "Pipfile.lock": PIPFILE_LOCK}
    found = read(files, plan("pipenv", ("Pipfile", "Pipfile.lock"), f"pipenv install{flag}"))
    assert found.requires_python == needed


def test_pylock() -> None:
    found = read({"pylock.toml": PYLOCK}, plan("pip", ("pylock.toml",), "pip install -r pylock.toml"))
    assert kept(found) == ["attrs 25.1.0", "cattrs 24.1.2"]
    assert not found.problems


def test_a_broken_lock_is_a_problem_and_not_an_empty_set() -> None:
    files = {"pyproject.toml": UV_PROJECT, "uv.lock": "version = \n"}
    found = read(files, plan("uv", ("pyproject.toml", "uv.lock"), "uv sync --locked"))
    assert [p.rule for p in found.problems] == ["unreadable-file"]
    assert "numpy>=1.26" in told(found)


@pytest.mark.parametrize(("manager", "group"), [("uv", "pytest"), ("poetry", None), ("pdm", None)])
def test_projects_without_a_lock(manager: str, group: str | None) -> None:
    text = UV_PROJECT if manager != "poetry" else POETRY_PROJECT
    found = read({"pyproject.toml": text}, plan(manager, ("pyproject.toml",), f"{manager} sync --no-dev --prod"))
    assert found.locked is None
    assert found.requirements
    assert group is None or group not in told(found)


def test_a_missing_manifest_is_a_problem_with_the_reason_for_it() -> None:
    found = read({}, plan("pip", ("requirements.txt",), "pip install -r requirements.txt"))
    assert found.problems
    assert "no such file" in found.problems[0].message


@pytest.mark.parametrize(
    ("command", "tool", "folder"),
    [
        ("cd backend && python -m pip install -r requirements.txt", "pip", "backend"),
        ("PIP_NO_CACHE_DIR=1 pip3.12 install x", "pip", ""),
        ("uv pip install -r requirements.txt", "pip", ""),
        ("bash -c x; poetry install --only main", "poetry", ""),
        ("uv sync", "uv", ""),
        ("echo pip install x", None, ""),
        ("pip --quiet install 'unclosed", "pip", ""),
        ("pip freeze", None, ""),
        ("", None, ""),
    ],
)
def test_commands(command: str, tool: str | None, folder: str) -> None:
    found = install_commands([Step(command, WHY)])
    assert [(c.tool, c.folder) for c in found] == ([(tool, folder)] if tool else [])


def test_requirements_given_as_arguments() -> None:
    (one, two) = parse_requirement_arguments(["asyncpg==0.29.0", "uvicorn[standard] >= 0.30"])
    assert (one.pinned, set(two.extras)) == ("0.29.0", {"standard"})
    assert one.evidence.kind == "given"
    with pytest.raises(UsageError, match="is not a requirement"):
        parse_requirement_arguments(["asyncpg=0.29"])


def test_a_file_that_belongs_to_no_project() -> None:
    found = parse_requirement_lines("deps/a.txt", b"-r b.txt\n-c no.txt\nx\n", {"deps/b.txt": b"y\n-r a.txt\n"})
    assert told(found) == ["x", "y"]
    assert found.files == ("deps/a.txt", "deps/b.txt")
    assert [p.evidence[0].place for p in found.problems] == ["deps/a.txt:2"]
