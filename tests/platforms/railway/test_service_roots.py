"""Where a service's root directory is, when no file says so."""

from __future__ import annotations

import pytest

from trueup.model.evidence import EvidenceKind
from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.platforms._service_roots import service_roots

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
