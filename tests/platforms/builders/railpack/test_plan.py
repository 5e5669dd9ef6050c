"""Commands, files, packages, start and errors of Railpack's plan, on projects of our own."""

from __future__ import annotations

import pytest

from trueup.model.evidence import Evidence, Fact
from trueup.model.finding import Severity
from trueup.model.plan import BuildPlan, PlanContext
from trueup.model.project import Project
from trueup.model.service import Service, Variable
from trueup.platforms.builders import railpack
from trueup.platforms.builders._railway_settings import RailwaySettings

GIVEN = Evidence.given("a test")


def plan(
    files: dict[str, str],
    env: dict[str, str] | None = None,
    settings: RailwaySettings | None = None,
    on: str = "2026-11-20",
    variables: tuple[Variable, ...] = (),
) -> BuildPlan:
    service = Service("web", "web", Fact("", (GIVEN,)), (GIVEN,), variables=variables)
    return railpack.plan(Project.from_texts(files), service, PlanContext(on=on, env=env or {}), settings)


def commands(made: BuildPlan) -> list[str]:
    return [step.command for step in made.install]


def rules(made: BuildPlan) -> list[str]:
    return [problem.rule for problem in made.problems]


def test_a_monorepo_include_is_not_copied_before_the_install() -> None:
    made = plan(
        {
            "requirements.txt": "# everything is below\n-r backend/requirements.txt\n",
            "backend/requirements.txt": "flask\ngunicorn\n",
            "app.py": "",
            "Procfile": "web: gunicorn app:app --bind 0.0.0.0:$PORT\n",
        }
    )
    assert made.visible_at_install == ("requirements.txt",)
    [problem] = made.problems
    assert (problem.rule, problem.severity) == ("include-not-copied", Severity.HIGH)
    assert problem.evidence[0].place == "requirements.txt:2"
    assert "backend/requirements.txt is not there yet" in problem.message
    assert made.start.value == "gunicorn app:app --bind 0.0.0.0:$PORT"


@pytest.mark.parametrize("line", ["-c limits.txt", "--requirement=other.txt", "-e .", "./libs/shared"])
def test_every_kind_of_reference_needs_its_file(line: str) -> None:
    assert rules(plan({"requirements.txt": f"flask\n{line}\n", "main.py": ""})) == ["include-not-copied"]


def test_a_file_url_makes_the_whole_source_visible() -> None:
    made = plan({"requirements.txt": "-r other.txt\nshared @ file:///app/shared\n", "other.txt": "", "main.py": ""})
    assert made.visible_at_install is None
    assert made.problems == ()


def test_an_install_command_replaces_the_steps_and_sees_everything() -> None:
    command = "python -m venv .venv && pip install -r backend/requirements.txt"
    made = plan(
        {"requirements.txt": "-r backend/requirements.txt\n", "backend/requirements.txt": "", "main.py": ""},
        {"RAILPACK_INSTALL_CMD": command},
    )
    assert commands(made) == [f"sh -c '{command}'"]
    assert made.visible_at_install is None
    assert made.manifests == ("backend/requirements.txt",)
    assert made.problems == ()


def test_configuration_with_comments_spreads_and_replaces() -> None:
    made = plan(
        {
            "requirements.txt": "flask\n",
            "main.py": "",
            "railpack.json": """{
  // what the host must have
  "packages": {"python": "3.12", "jq": "latest",},
  "buildAptPackages": ["gdal-bin"],
  "steps": {
    "install": {"commands": ["...", "python -m nltk"], "variables": {"A": "1"}},
    "assets": {"commands": [{"cmd": "make"}]},
  },
  "deploy": {"startCommand": "python run.py", "aptPackages": ["...", "tini"], "variables": {"B": "2"}},
}""",
        }
    )
    assert commands(made) == [
        "python -m venv /app/.venv",
        "pip install -r requirements.txt",
        "sh -c 'python -m nltk'",
    ]
    assert made.install[0].variables["A"] == "1"
    assert [step.command for step in made.build] == ["make"]
    assert (made.python.version, made.python.source) == ("3.12", "custom config")
    assert made.python.evidence[0].place == "railpack.json:3"
    assert made.details["mise_packages"] == ["jq", "python"]
    assert made.details["apt_build"] == ["gdal-bin"]
    assert made.details["apt_runtime"] == ["tini"]
    assert made.start.value == "python run.py"
    assert "B" in made.variables
    assert made.problems == ()


def test_keys_that_railpack_passes_over() -> None:
    made = plan(
        {"main.py": "", "railpack.json": '{"startCommand": "x", "pythonVersion": "3.11", "Provider": "python"}'}
    )
    found = {problem.subject: problem.hint for problem in made.problems}
    assert set(found) == {"railpack.json:startCommand", "railpack.json:pythonVersion"}
    assert '"packages": {"python": "3.11"}' in found["railpack.json:pythonVersion"]


@pytest.mark.parametrize(
    "text", ['{"packages": {"python": 3.11}}', '{"packages": ', "[]", '{"steps": {"install": {"commands": "x"}}}']
)
def test_a_broken_configuration_ends_the_build(text: str) -> None:
    made = plan({"main.py": "", "railpack.json": text})
    assert "builder-error" in rules(made)
    assert made.problems[0].subject.startswith(("error reading <app>/railpack.json as JSON", "hujson: "))


def test_an_unknown_provider_leaves_none() -> None:
    made = plan({"requirements.txt": "", "main.py": "", "railpack.json": '{"provider": "pyton"}'})
    assert made.detected.value is None
    assert made.python.version is None
    assert "pyton" in made.problems[0].message


def test_another_language_is_told() -> None:
    made = plan({"Gemfile": "", "requirements.txt": "flask\n"})
    assert made.detected.value == "ruby"
    assert made.detected.evidence[0].path == "Gemfile"
    assert made.package_manager.value is None
    assert made.install == ()


def test_nothing_recognised_prints_the_folder() -> None:
    made = plan({"setup.py": "", "src/app.py": ""})
    assert made.problems[0].subject == "Railpack could not determine how to build the app."
    assert "./\n├── src/\n└── setup.py\n\n" in str(made.details["error_text"])


def test_a_lockfile_without_its_manifest_installs_nothing() -> None:
    made = plan({"pyproject.toml": '[project]\nname = "a"\ndependencies = ["flask"]\n', "main.py": ""})
    assert (made.package_manager.value, commands(made), made.manifests) == (None, [], ())


def test_uv_syncs_twice_and_a_workspace_needs_everything() -> None:
    files = {"pyproject.toml": '[project]\nname = "a"\n', "uv.lock": "", "main.py": ""}
    made = plan(files)
    assert commands(made) == ["uv sync --locked --no-dev --no-install-project"]
    assert [step.command for step in made.build] == ["uv sync --locked --no-dev --no-editable"]
    assert made.visible_at_install == ("pyproject.toml", "uv.lock")
    workspace = {**files, "pyproject.toml": '[tool.uv.workspace]\nmembers = ["a"]\n'}
    assert plan(workspace).visible_at_install is None


def test_settings_of_the_platform() -> None:
    settings = RailwaySettings(
        start_command=Fact("python serve.py", (GIVEN,)),
        build_command=Fact("make", (GIVEN,)),
        pre_deploy=Fact("python migrate.py", (GIVEN,)),
        health_path=Fact("/health", (GIVEN,)),
        variables={"RAILPACK_PYTHON_VERSION": "3.12"},
    )
    made = plan({"requirements.txt": "flask\n", "main.py": ""}, settings=settings)
    assert made.start.value == "python serve.py"
    assert [step.command for step in made.build] == ["sh -c 'make'"]
    assert made.release is not None
    assert made.release.command == "python migrate.py"
    assert (made.health.path.value, made.health.accepted_statuses, made.health.timeout) == ("/health", (200, 200), 300)
    assert made.python.version == "3.12"


def test_variables_of_the_service_reach_railpack() -> None:
    variable = Variable("RAILPACK_PYTHON_VERSION", "3.12", GIVEN)
    assert plan({"main.py": ""}, variables=(variable,)).python.version == "3.12"
    assert plan({"main.py": ""}, {"RAILPACK_PYTHON_VERSION": "3.11"}, variables=(variable,)).python.version == "3.11"


@pytest.mark.parametrize(
    ("on", "image", "libc"), [("2026-08-17", "bookworm", "2.36"), ("2026-08-18", "trixie", "2.41")]
)
def test_image_by_release(on: str, image: str, libc: str) -> None:
    made = plan({"requirements.txt": "flask\n", "main.py": ""}, on=on)
    assert image in made.image.name.value
    assert made.image.libc_version.value == libc
    assert made.toolchain.c.value is True
    assert made.toolchain.rust.value is False


@pytest.mark.parametrize(
    ("on", "start"),
    [("2025-11-20", "python main.py"), ("2025-11-24", "uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000}")],
)
def test_fastapi_is_started_since_a_release(on: str, start: str) -> None:
    assert plan({"requirements.txt": "fastapi\nuvicorn\n", "main.py": ""}, on=on).start.value == start


def test_django_settings_nearest_to_the_root_come_first() -> None:
    files = {
        "requirements.txt": "Django\n",
        "manage.py": "",
        "a/deep/settings.py": 'WSGI_APPLICATION = "deep.wsgi.application"\n',
        "a/settings.py": 'WSGI_APPLICATION = "near.wsgi.application"\n',
    }
    made = plan(files)
    assert made.start.value is not None
    assert made.start.value.endswith("near.wsgi:application")
    assert made.start.evidence[0].place == "a/settings.py:1"


def test_a_procfile_that_is_no_yaml_ends_the_build() -> None:
    made = plan({"main.py": "", "Procfile": "web: a: b\n"})
    assert made.problems[0].rule == "builder-error"
    assert made.problems[0].subject.startswith("error reading Procfile as YAML")


def test_playwright_is_only_suggested() -> None:
    files = {"requirements.txt": "Playwright>=1.40\n", "main.py": ""}
    assert plan(files).details["suggestions"]
    opted = plan(files, {"RAILPACK_PYTHON_PLAYWRIGHT_INSTALL": "1"})
    assert commands(opted)[-1] == "playwright install --only-shell"
    assert opted.details["suggestions"] == []
