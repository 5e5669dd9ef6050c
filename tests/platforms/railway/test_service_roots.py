"""Where a service's root directory is, when no file says so."""

from __future__ import annotations

import pytest

from trueup.model.evidence import EvidenceKind
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.platforms._service_roots import service_roots
from trueup.platforms.railway import PLATFORM

TODAY = PlanContext(on="2026-11-20")


def roots(*paths: str, context: PlanContext = TODAY) -> list[str]:
    return [root.value for root in service_roots(Project.from_texts(dict.fromkeys(paths, "")), context)]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("requirements.txt", "backend/requirements.txt"), [""]),
        (("app.py", "backend/requirements.txt"), [""]),
        (("backend/requirements.txt", "README.md"), ["backend"]),
        (("package.json", "api/pyproject.toml", "worker/requirements.txt"), ["api", "worker"]),
        (("services/billing/api/Pipfile",), ["services/billing/api"]),
        (("backend/requirements.txt", "backend/plugins/requirements.txt"), ["backend"]),
        (("docs/requirements.txt", "tests/requirements.txt", ".github/requirements.txt"), [""]),
        (("backend/main.py", "backend/util.py"), ["backend"]),
        (("backend/requirements.txt", "tool/main.py"), ["backend"]),
        (("index.html",), [""]),
    ],
)
def test_roots_are_inferred_only_where_the_root_is_no_application(paths: tuple[str, ...], expected: list[str]) -> None:
    assert roots(*paths) == expected


def test_an_inferred_root_says_that_the_platform_must_be_told() -> None:
    (root,) = service_roots(Project.from_texts({"backend/requirements.txt": ""}), TODAY)
    assert root.evidence[0].place == "backend/requirements.txt:1"
    assert "must be told" in root.evidence[0].text


@pytest.mark.parametrize("given", ["backend", "./backend/", "/backend", "backend/."])
def test_a_given_root_counts_in_every_spelling(given: str) -> None:
    (root,) = service_roots(Project.from_texts({"requirements.txt": ""}), PlanContext(on="2026-11-20", root_dir=given))
    assert root.value == "backend"
    assert root.evidence[0].kind is EvidenceKind.GIVEN


def test_the_root_can_be_given_too() -> None:
    assert roots("backend/requirements.txt", context=PlanContext(on="2026-11-20", root_dir=".")) == [""]


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("nixpacks.toml", '[phases.install]\ncmds = ["pip install -r backend/requirements.txt"]\n', "nixpacks.toml:2"),
        ("nixpacks.toml", '# x\n\n[start]\ncmd = "cd backend && python main.py"\n', "nixpacks.toml:4"),
        ("railway.json", '{"deploy": {"startCommand": "cd ./backend && python main.py"}}', "railway.json:1"),
        ("railway.toml", '[deploy]\nstartCommand = "gunicorn --chdir backend main:app"\n', "railway.toml:2"),
        ("railway.toml", '# cd backend first\n[deploy]\nstartCommand = "python main.py"\n', None),
        ("railway.toml", '[build]\nwatchPatterns = ["backend/**"]\n', None),
        ("railway.toml", '[deploy]\nstartCommand = "cd backend-old && python main.py"\n', None),
        ("Procfile", "web: cd backend && python main.py\n", None),
    ],
)
def test_commands_of_the_root_that_go_into_a_folder_make_the_root_the_service(
    file: str, text: str, place: str | None
) -> None:
    project = Project.from_texts({"backend/requirements.txt": "flask\n", "backend/main.py": "", file: text})
    (service,) = PLATFORM.services(project, TODAY)
    assert service.root_dir.value == ("backend" if place is None else "")
    assert place is None or service.root_dir.evidence[0].place == place


def test_a_dockerfile_at_the_root_leaves_the_folder_as_what_is_predicted() -> None:
    texts = {"backend/requirements.txt": "flask\n", "Dockerfile": "FROM python:3.12\n"}
    texts["nixpacks.toml"] = '[start]\ncmd = "cd backend && python main.py"\n'
    (service,) = PLATFORM.services(Project.from_texts(texts), TODAY)
    assert service.root_dir.value == "backend"
