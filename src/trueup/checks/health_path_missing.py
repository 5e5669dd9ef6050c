"""The web service has no health check path

What it does:
    Reports a web service without a health check path on a platform that offers one, where the application has a route
    that would serve (`/health`, `/healthz`, `/api/health`, `/ping` …).

Why it fails a deployment:
    It does not fail one: without it the platform takes an open port for a working service, and sends traffic to an
    instance whose database is not reachable.

Example:
    A FastAPI application with `/health` and a render.yaml without `healthCheckPath`.

Use instead:
    `healthCheckPath: /health` (Render), `deploy.healthcheckPath` (Railway).

Sources:
    https://render.com/docs/health-checks, https://docs.railway.com/deployments/healthchecks (read 2026-11-20).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trueup.checks._code import is_python
from trueup.checks._interface import Check, CheckContext
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity

_KEYS = {"railway": ("railway.json", "deploy.healthcheckPath"), "render": ("render.yaml", "healthCheckPath")}
_NAMES = re.compile(r"/(health|healthz|health-?check|healthy|ping|ready|readyz|livez|alive)/?$")


def run(context: CheckContext) -> Iterator[Finding]:
    """One finding for a web service whose configuration file could name a path and does not."""
    plan = context.plan
    keys = _KEYS.get(plan.platform)
    if keys is None or plan.service.kind != "web" or plan.health.path.value or not is_python(context):
        return
    name, key = keys
    path = context.tree.in_project(name) if plan.platform == "railway" else name
    path = next((each for each in (path, path.replace(".json", ".toml")) if context.project.has(each)), "")
    if not path:
        return
    routes = [r for r in context.code.routes.routes if _NAMES.search(r.path) and r.methods in ((), ("GET",))]
    if not routes or "{" in routes[0].path or "<" in routes[0].path:
        return
    yield Finding(
        rule="health-path-missing",
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        message=f"{path} gives this web service no health check path, and the application answers {routes[0].path} "
        f"({routes[0].evidence.place}). The platform only looks for an open port, and sends traffic to an instance "
        "that may not work yet.",
        hint=f"Set {key} to {routes[0].path}.",
        evidence=(Evidence.absent(f"no {key}", path), routes[0].evidence),
        subject=key,
    )


CHECK = Check("health-path-missing", "The web service has no health check path", run)
