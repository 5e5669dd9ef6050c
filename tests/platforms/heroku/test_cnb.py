"""The Cloud Native Buildpack: where it differs from the classic one, and its own errors."""

from __future__ import annotations

import pytest

from tests.platforms.heroku._plans import WEB, errors, plan, problem, rules
from trueup.model.finding import Severity
from trueup.model.plan import InputUse

CNB = "heroku-cnb"


def test_a_good_project_has_no_problem() -> None:
    made = plan(WEB, CNB)
    assert made.problems == ()
    assert made.python.version == "3.13.15"
    assert made.start.value == "gunicorn app:app"
    assert made.image.arch == "aarch64"
    assert made.install[0].variables["PIP_PYTHON"] == made.install[0].variables["VIRTUAL_ENV"]
    assert "slug_limit" not in made.details


def test_runtime_txt_stops_the_build_whatever_it_says() -> None:
    made = plan({**WEB, "runtime.txt": ""}, CNB)
    assert errors(made) == ("The runtime.txt file isn't supported",)
    assert made.python.version is None
    assert {item.source: item.use for item in made.python.inputs} == {
        "runtime.txt": InputUse.INVALID,
        ".python-version": InputUse.SHADOWED,
    }
    assert errors(plan({**WEB, "runtime.txt": ""}, CNB, on="2025-05-01")) == ()


def test_pipenv_is_not_supported() -> None:
    made = plan({"Pipfile": "", "Pipfile.lock": "{}", "Procfile": "web: x"}, CNB)
    assert errors(made) == ("Couldn't find any supported Python package manager files",)
    assert "Pipenv is not supported" in made.problems[0].message


def test_several_package_managers() -> None:
    made = plan({**WEB, "poetry.lock": "", "uv.lock": ""}, CNB)
    assert made.details["error"] == "Multiple Python package manager files were found"
    assert made.details["package_managers"] == ("pip", "poetry", "uv")


@pytest.mark.parametrize(
    ("content", "error", "rule"),
    [
        ("3.12.x", "Invalid Python version in .python-version", "python-version-invalid"),
        ("", "Invalid Python version in .python-version", "python-version-invalid"),
        ("3.12\n3.13", "Invalid Python version in .python-version", "python-version-invalid"),
        (b"\xff", "Unable to read .python-version", "python-version-invalid"),
        ("3.9", "The requested Python version has reached end-of-life", "python-version-end-of-life"),
        ("3.42", "The requested Python version isn't recognised", "python-version-unavailable"),
        ("3.13.77", "The requested Python version isn't available", "python-version-unavailable"),
    ],
)
def test_version_errors(content: str | bytes, error: str, rule: str) -> None:
    made = plan({**WEB, ".python-version": content}, CNB)
    assert errors(made) == (error,)
    assert rules(made) == [rule]
    assert made.python.version is None


def test_without_a_file_the_default_is_taken_quietly() -> None:
    made = plan({"requirements.txt": "", "Procfile": "web: x"}, CNB, previous_python="3.12.1")
    assert (made.python.source, made.python.version, made.problems) == ("default", "3.14.7", ())
    uv = plan({"uv.lock": "", "Procfile": "web: x"}, CNB)
    assert errors(uv) == ("No Python version was specified",)


def test_deprecation() -> None:
    made = plan({**WEB, ".python-version": "3.10"}, CNB)
    found = problem(made, "python-version-end-of-life")
    assert found.severity is Severity.MEDIUM
    assert made.details["warnings"] == ("Support for Python 3.10 is deprecated",)


def test_forbidden_variables_come_from_everywhere() -> None:
    descriptor = '[[io.buildpacks.build.env]]\nname = "UV_PYTHON"\nvalue = "very secret"\n'
    app = '{"env": {"PIP_TARGET": {"value": "hidden"}, "PIP_INDEX_URL": {"value": "x"}}}'
    made = plan({**WEB, "project.toml": descriptor, "app.json": app}, CNB, env={"VIRTUAL_ENV": "/x"})
    assert errors(made) == ("Unsafe environment variable(s) found",)
    assert made.details["forbidden"] == ("PIP_TARGET", "UV_PYTHON", "VIRTUAL_ENV")
    assert "secret" not in made.problems[0].message
    assert "hidden" not in str(made.problems)
    assert errors(plan(WEB, CNB, env={"VIRTUAL_ENV": "/x"}, on="2024-12-17")) == ()


def test_project_toml_chooses_image_and_files() -> None:
    descriptor = '[io.buildpacks]\nbuilder = "heroku/builder:26"\nexclude = ["poetry.lock"]\n'
    made = plan({**WEB, "poetry.lock": "", "project.toml": descriptor}, CNB)
    assert made.image.name.value == "heroku-26"
    assert made.image.libc_version.value == "2.43"
    assert errors(made) == ()
    only = '[io.buildpacks]\ninclude = ["*.py"]\n'
    assert errors(plan({**WEB, "app.py": "", "project.toml": only}, CNB))[0].startswith("Couldn't find any")
    foreign = plan({**WEB, "project.toml": '[io.buildpacks]\nbuilder = "acme/builder"\n'}, CNB)
    assert any("acme/builder" in unknown.reason for unknown in foreign.unknowns)


def test_slugignore_means_nothing_to_it() -> None:
    assert errors(plan({**WEB, ".slugignore": "requirements.txt"}, CNB)) == ()


def test_a_wrong_procfile_stops_the_build() -> None:
    made = plan({**WEB, "Procfile": "web: x\nMy Worker: y\n"}, CNB)
    assert errors(made) == ("Invalid Procfile format",)
    assert made.problems[0].evidence[0].place == "Procfile:2"
    assert made.start.value is None
    warned = plan({**WEB, "Procfile": "web: x\nMy_Worker: y\n"}, CNB)
    assert [process.name for process in warned.processes] == ["web", "my-worker"]
    assert rules(warned) == ["builder-warning"]


def test_collectstatic_needs_the_application() -> None:
    files: dict[str, str | bytes] = {**WEB, "requirements.txt": "django", "manage.py": "", "site/settings.py": ""}
    assert plan(files, CNB).build == ()
    files["site/settings.py"] = "INSTALLED_APPS = [\n    'django.contrib.staticfiles',\n]\n"
    made = plan(files, CNB, env={"DISABLE_COLLECTSTATIC": "1"})
    assert [step.command for step in made.build] == ["python manage.py collectstatic --noinput"]
    nested = {("site/" + path if path == "manage.py" else path): text for path, text in files.items()}
    assert plan(nested, CNB).build == ()


def test_a_folder_named_like_a_file_counts_for_detection() -> None:
    made = plan({"requirements/base.txt": "", "Procfile": "web: x"}, CNB)
    assert made.detected.value == "python"
    assert plan({"docs/index.md": ""}, CNB).detected.value is None
