"""The classic buildpack: its errors, warnings, steps and what it leaves unknown."""

from __future__ import annotations

import json

import pytest

from tests.platforms.heroku._plans import WEB, errors, plan, problem, rules
from trueup.model.evidence import Fact
from trueup.model.finding import Confidence, Severity
from trueup.model.plan import InputUse
from trueup.model.project import Project


def test_a_good_project_has_no_problem() -> None:
    made = plan(WEB)
    assert made.problems == ()
    assert made.python.version == "3.13.15"
    assert made.python.evidence[0].place == ".python-version:1"
    assert made.start.value == "gunicorn app:app"
    assert [step.command for step in made.install] == ["pip install -r requirements.txt"]
    assert made.manifests == ("requirements.txt",)
    assert made.visible_at_install is None
    assert made.target is not None
    assert (made.target.libc, made.target.libc_version, made.target.arch) == ("glibc", "2.39", "x86_64")
    assert made.health.path.value is None
    assert made.health.timeout == 60
    assert (made.toolchain.c.value, made.toolchain.rust.value, made.toolchain.fortran.value) == (True, False, False)


def test_every_error_is_named_in_the_order_of_the_build() -> None:
    files = {
        "requirements.txt": "flask",
        "uv.lock": "version = 1",
        ".heroku/python/bin/python": "",
        "venv/pyvenv.cfg": "",
        ".python-version": "3.8",
    }
    assert errors(plan(files)) == (
        "Error: Existing '.heroku/python/' directory found.",
        "Error: Multiple Python package manager files were found.",
        "Error: Existing 'venv/' directory found.",
        "Error: The requested Python version has reached end-of-life.",
    )


@pytest.mark.parametrize(
    ("files", "error", "fragment"),
    [
        ({"Pipfile": ""}, "Error: No 'Pipfile.lock' found!", "no Pipfile.lock"),
        ({"setup.py": ""}, "Error: Implicit setup.py file support has been sunset.", "setup.py is there"),
        ({"pyproject.toml": ""}, "Error: Couldn't find any supported Python package manager files.", "holds none"),
        ({"requirements/prod.txt": ""}, "Error: Couldn't find any supported Python package manager files.", "none"),
        ({"src/site.py": ""}, "Error: Your app is configured to use the Python buildpack,", "no file"),
        (
            {"poetry.lock": "", "Pipfile.lock": "{}"},
            "Error: Multiple Python package manager files were found.",
            "Pipfile.lock (pipenv), poetry.lock (poetry)",
        ),
    ],
)
def test_package_manager_errors(files: dict[str, str | bytes], error: str, fragment: str) -> None:
    made = plan({**files, "Procfile": "web: x"})
    assert made.details["error"] == error
    found = made.problems[0]
    assert found.rule == "builder-error"
    assert found.severity is Severity.HIGH
    assert error in found.message
    assert fragment in found.message
    assert made.install == ()


def test_the_hint_knows_files_that_the_build_does_not_see() -> None:
    made = plan({"app.py": "", "requirements.txt": "flask", ".slugignore": "*.txt\n!requirements.txt\n"})
    found = problem(made, "builder-error")
    assert ".slugignore" in found.hint
    nested = problem(plan({"app.py": "", "backend/requirements.txt": "flask"}), "builder-error")
    assert "-r backend/requirements.txt" in nested.hint


def test_files_that_git_ignores_do_not_arrive() -> None:
    whole = Project.from_texts({**WEB, ".venv/pyvenv.cfg": ""})
    assert errors(plan({**WEB, ".venv/pyvenv.cfg": ""})) == ("Error: Existing '.venv/' directory found.",)
    from trueup.model.plan import PlanContext
    from trueup.platforms.heroku import PLATFORM

    project = Project(whole.files, whole.listing, ignored=frozenset({".venv/pyvenv.cfg"}))
    context = PlanContext(on="2026-08-06")
    made = PLATFORM.plan(project, PLATFORM.services(project, context)[0], "heroku-classic", context)
    assert errors(made) == ()


@pytest.mark.parametrize(
    ("day", "error"),
    [("2025-12-09", ()), ("2025-12-10", ("Error: Multiple Python package manager files were found.",))],
)
def test_rules_hold_from_their_day(day: str, error: tuple[str, ...]) -> None:
    made = plan({**WEB, "poetry.lock": ""}, on=day)
    assert errors(made) == error
    assert made.package_manager.value == (None if error else "pip")


def test_a_lone_setup_py_was_installed_by_pip_once() -> None:
    made = plan({"setup.py": "", "runtime.txt": "python-3.12.1"}, on="2025-12-01")
    assert [step.command for step in made.install] == ["pip install -e ."]
    assert made.manifests == ()


def test_precedence_and_the_fate_of_every_place() -> None:
    lock = '{"_meta": {"requires": {"python_version": "3.11", "python_full_version": "3.11.2"}}}'
    files = {"Pipfile": "", "Pipfile.lock": lock, "runtime.txt": "python-3.12.5\n", ".python-version": "3.13\n"}
    made = plan({**files, "Procfile": "web: x"})
    assert (made.python.source, made.python.requested, made.python.version) == ("runtime.txt", "3.12.5", "3.12.5")
    assert {item.source: item.use for item in made.python.inputs} == {
        "runtime.txt": InputUse.DECIDES,
        ".python-version": InputUse.SHADOWED,
        "Pipfile.lock python_full_version": InputUse.SHADOWED,
        "Pipfile.lock python_version": InputUse.SHADOWED,
    }
    del files["runtime.txt"], files[".python-version"]
    assert plan(files).python.requested == "3.11.2"


def test_pipfile_lock_counts_only_with_pipenv() -> None:
    lock = '{"_meta": {"requires": {"python_version": "3.11"}}}'
    made = plan({"requirements.txt": "", "Pipfile.lock": lock}, on="2025-06-01")
    assert made.package_manager.value == "pipenv"  # the first of several, before they were refused
    assert made.python.source == "Pipfile.lock"


def test_an_app_without_a_version_keeps_its_minor() -> None:
    files: dict[str, str | bytes] = {"requirements.txt": ""}
    assert plan(files).python.source == "default"
    kept = plan(files, previous_python="3.12.3")
    assert (kept.python.source, kept.python.version, kept.python.requested) == ("cached", "3.12.13", None)
    by_creation = plan(files, created="2024-06-01")
    assert (by_creation.python.source, by_creation.python.minor) == ("cached", "3.12")
    assert plan(files, previous_python="pypy3.9").python.source == "default"
    old = plan(files, created="2021-05-01")
    assert errors(old) == ("Error: The cached Python version has reached end-of-life.",)
    assert problem(old, "python-version-end-of-life").evidence


def test_uv_wants_its_own_version_file() -> None:
    files: dict[str, str | bytes] = {"uv.lock": "version = 1", "pyproject.toml": "", "Procfile": "web: x"}
    assert errors(plan(files)) == ("Error: No Python version was specified.",)
    with_runtime = plan({**files, "runtime.txt": "python-3.12"})
    assert errors(with_runtime) == ("Error: The runtime.txt file isn't supported when using uv.",)
    assert rules(with_runtime) == ["python-version-invalid"]


def test_uv_refuses_a_python_that_the_project_excludes() -> None:
    files: dict[str, str | bytes] = {
        "uv.lock": 'version = 1\nrequires-python = "==3.12.*"\n',
        "pyproject.toml": '[project]\nname = "a"\nrequires-python = ">=3.12,<3.13"\n',
        ".python-version": "3.13\n",
        "Procfile": "web: x",
    }
    made = plan(files)
    assert errors(made) == ("Error: Unable to install dependencies using uv.",)
    assert [item.place for item in made.problems[0].evidence[:2]] == [".python-version:1", "pyproject.toml:3"]
    assert errors(plan({**files, ".python-version": "3.12"})) == ()


def test_warnings_are_of_lesser_severity() -> None:
    made = plan({"requirements.txt": "", "runtime.txt": "python-3.10.2", "Procfile": "web: x"})
    assert made.details["warnings"] == (
        "Warning: The runtime.txt file is deprecated.",
        "Warning: Support for Python 3.10 is deprecated!",
        "Warning: A Python patch update is available!",
    )
    assert [item.severity for item in made.problems] == [Severity.LOW, Severity.MEDIUM, Severity.LOW]
    assert "2027-01-06" in made.problems[1].message


def test_what_changed_since_the_data_is_not_stated_for_sure() -> None:
    made = plan({**WEB, ".python-version": "3.15"}, on="2026-11-20")
    assert problem(made, "python-version-unavailable").confidence is Confidence.MEDIUM
    assert any("2026-08-18" in unknown.reason for unknown in made.unknowns)
    unpinned = plan({"requirements.txt": ""}, on="2026-12-20")
    assert any(unknown.essential for unknown in unpinned.unknowns)
    assert not any(unknown.essential for unknown in plan(WEB, on="2026-12-20").unknowns)


@pytest.mark.parametrize(
    ("stack", "error"),
    [
        ("heroku-22", ()),
        ("heroku-20", ("Error: The 'heroku-20' stack is no longer supported.",)),
        ("cedar-14", ("Error: The 'cedar-14' stack is no longer supported.",)),
        ("heroku-99", ("Error: The 'heroku-99' stack isn't recognised.",)),
    ],
)
def test_stacks(stack: str, error: tuple[str, ...]) -> None:
    assert errors(plan(WEB, env={"STACK": stack})) == error
    assert errors(plan({**WEB, "app.json": json.dumps({"stack": stack})})) == error


def test_the_stack_decides_the_c_library() -> None:
    versions = {stack: plan(WEB, env={"STACK": stack}).image.libc_version.value for stack in ("heroku-22", "heroku-26")}
    assert versions == {"heroku-22": "2.35", "heroku-26": "2.43"}
    assert plan(WEB, created="2023-05-05").image.name.value == "heroku-22"
    assert any(unknown.subject == "the stack" for unknown in plan(WEB).unknowns)


def test_the_buildpack_may_be_listed_once() -> None:
    buildpacks = [{"url": "heroku/nodejs"}, {"url": "https://github.com/heroku/heroku-buildpack-python.git#v300"}]
    app = json.dumps({"buildpacks": [*buildpacks, {"url": "heroku/python"}]})
    assert errors(plan({**WEB, "app.json": app})) == ("Error: The Python buildpack has already been run this build.",)
    assert errors(plan({**WEB, "app.json": json.dumps({"buildpacks": buildpacks})})) == ()


def test_hooks_data_and_static_files() -> None:
    files = {
        **WEB,
        "requirements.txt": "-r base.txt\nnltk==3.9\n",
        "base.txt": "Django==5.2 # web\n",
        "nltk.txt": "punkt\nstopwords\n",
        "site/manage.py": "",
        "a/b/manage.py": "",
        "bin/pre_compile": "",
        "bin/post_compile": "",
    }
    made = plan(files)
    assert [step.command for step in made.build] == [
        "bin/pre_compile",
        "python -m nltk.downloader -d .heroku/python/nltk_data punkt stopwords",
        "python site/manage.py collectstatic --noinput",
        "bin/post_compile",
    ]
    switched_off = plan(files, env={"DISABLE_COLLECTSTATIC": "1"})
    assert len(switched_off.build) == 3
    assert len(plan(files, env={"DISABLE_COLLECTSTATIC": "0"}).build) == 4
    by_file = plan({**files, ".heroku/collectstatic_disabled": ""})
    assert "Warning: The .heroku/collectstatic_disabled file is deprecated." in str(by_file.details["warnings"])


def test_manage_py_is_looked_for_three_levels_deep() -> None:
    files: dict[str, str | bytes] = {**WEB, "requirements.txt": "django"}
    assert len(plan({**files, "a/b/manage.py": ""}).build) == 1
    assert plan({**files, "a/b/c/manage.py": ""}).build == ()


def test_test_builds_install_more() -> None:
    files = {**WEB, "requirements-test.txt": "pytest"}
    made = plan(files, env={"INSTALL_TEST": "1"})
    assert made.install[0].command == "pip install -r requirements.txt -r requirements-test.txt"
    assert made.manifests == ("requirements.txt", "requirements-test.txt")


def test_the_release_process_is_a_step_and_not_a_process() -> None:
    made = plan({**WEB, "Procfile": "web: a\nrelease: python manage.py migrate\nbeat: celery beat"})
    assert made.release is not None
    assert made.release.command == "python manage.py migrate"
    assert [process.name for process in made.processes] == ["web", "beat"]


def test_nothing_starts_without_a_procfile() -> None:
    files = dict(WEB)
    del files["Procfile"]
    found = problem(plan(files), "no-start-command")
    assert found.severity is Severity.HIGH
    assert "Rename procfile" in problem(plan({**files, "procfile": "web: x"}), "no-start-command").hint
    assert "no process type `web`" in problem(plan({**files, "Procfile": "release: x"}), "no-start-command").message
    worker = plan({**files, "Procfile": "bot: python bot.py"})
    assert (worker.start.value, rules(worker)) == ("python bot.py", [])


def test_lines_and_languages_that_lead_astray() -> None:
    made = plan({**WEB, "Procfile": "web: x\nworker celery\n", "package.json": "{}"})
    assert rules(made) == ["builder-warning", "builder-warning"]
    assert made.problems[0].evidence[0].place == "Procfile:2"
    assert "Node.js" in made.problems[1].message
    app = json.dumps({"buildpacks": [{"url": "heroku/python"}]})
    assert rules(plan({**WEB, "package.json": "{}", "app.json": app})) == []


def test_limits_are_facts() -> None:
    limit = plan(WEB).details["slug_limit"]
    assert isinstance(limit, Fact)
    assert limit.value == 1 << 30
    earlier = plan(WEB, on="2026-01-01").details["slug_limit"]
    assert isinstance(earlier, Fact)
    assert earlier.value == 500 << 20


def test_a_runtime_txt_of_requirements_in_another_encoding_is_not_spelled_out() -> None:
    text = "".join(f"package-{number}==1.0\n" for number in range(40)).encode("utf-16")
    found = problem(plan({**WEB, "runtime.txt": text}), "python-version-invalid")
    assert found.message.startswith("runtime.txt:1 is encoded as UTF-16, which is not one line of the form python-X.Y")
    assert len(found.message) < 300
