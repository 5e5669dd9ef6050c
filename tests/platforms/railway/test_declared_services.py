"""Services that .railway/railway.* declares: one each, with the settings as written and what is not known of them."""

from __future__ import annotations

from trueup.model.plan import PlanContext
from trueup.model.project import Project
from trueup.platforms.railway import PLATFORM

CONTEXT = PlanContext(on="2026-11-20")
CODE = """\
import { defineRailway, project, service } from "railway/iac";
export default defineRailway(() => {
  const web = service("shop", { start: "uvicorn main:app", healthcheck: "/h", healthcheckTimeout: limit });
  const jobs = service("jobs", { start: "celery -A jobs worker" });
  const nightly = service("nightly", { start: "python n.py", deploy: { cronSchedule: "0 0 * * *" } });
  const cache = service("cache", { source: image("redis:8") });
  return project("shop", { resources: [web, jobs, nightly, cache] });
});
"""
FILES = {"requirements.txt": "uvicorn\ncelery\n", "main.py": "", ".railway/railway.ts": CODE}


def test_each_declared_service_is_planned() -> None:
    project = Project.from_texts(FILES)
    services = PLATFORM.services(project, CONTEXT)
    assert [(item.name, item.kind) for item in services] == [("shop", "web"), ("jobs", "worker"), ("nightly", "cron")]
    plans = [PLATFORM.plan(project, item, "railpack", CONTEXT) for item in services]
    assert [plan.start.value for plan in plans] == ["uvicorn main:app", "celery -A jobs worker", "python n.py"]
    assert plans[0].start.evidence[0].place == ".railway/railway.ts:3"
    assert plans[0].health.path.value == "/h"
    assert plans[1].health.path.value is None
    reasons = [item.reason for item in plans[0].unknowns if item.subject == "infrastructure as code"]
    assert any("`railway config apply`" in reason for reason in reasons)
    assert ".railway/railway.ts:3 decides healthcheckTimeout when it is run, and it is not run" in reasons


def test_railway_json_outranks_it_as_long_as_it_is_read() -> None:
    texts = {**FILES, "railway.json": '{"deploy": {"startCommand": "uvicorn old:app"}}'}
    project = Project.from_texts(texts)
    for day, expected in (("2026-11-20", "uvicorn old:app"), ("2026-12-01", "uvicorn main:app")):
        context = PlanContext(on=day)
        service = PLATFORM.services(project, context)[0]
        assert PLATFORM.plan(project, service, "railpack", context).start.value == expected


def test_services_of_other_folders_are_left_to_their_languages() -> None:
    """A declared service belongs to the Python project in its root directory; the others are found as ever."""
    code = (
        'service("site", { rootDirectory: "frontend" });\nservice("api", { rootDirectory: "backend", start: "x" });\n'
    )
    texts = {"backend/requirements.txt": "flask\n", "frontend/package.json": "{}", ".railway/railway.ts": code}
    (service,) = PLATFORM.services(Project.from_texts(texts), CONTEXT)
    assert (service.name, service.root_dir.value) == ("api", "backend")


def test_a_program_whose_services_are_not_literal_changes_nothing() -> None:
    texts = {**FILES, ".railway/railway.ts": "names.map((name) => service(name))\n"}
    project = Project.from_texts(texts)
    (service,) = PLATFORM.services(project, CONTEXT)
    plan = PLATFORM.plan(project, service, "railpack", CONTEXT)
    assert service.name == "web"
    assert any("holds the service's settings as code, which is not run" in item.reason for item in plan.unknowns)
