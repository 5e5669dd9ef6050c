"""The health check asks for a path that the application does not answer

What it does:
    Reads the routes of the application with all their prefixes and looks for the path that the platform's health
    check asks for. Where routes are computed or may come from elsewhere it says nothing.

Why it fails a deployment:
    The application answers 404, the platform takes the instance for broken, and the deploy is rolled back.

Example:
    `healthcheckPath: /health` where the route is `/api/health`.

Use instead:
    The path that is there, or a route for the path that is asked.

Sources:
    https://docs.railway.com/deployments/healthchecks, https://render.com/docs/health-checks (read 2026-11-20).
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._code import is_python
from trueup.checks._interface import Check, CheckContext
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity, Skipped
from trueup.sourcecode.routes import RouteTable


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding where the path surely is not answered, or is answered with a redirect that does not count."""
    health = context.plan.health
    path = health.path.value
    if not path or not is_python(context) or context.plan.service.kind != "web":
        return
    table = context.code.routes
    if table.match(path) is not None:
        return
    if not table.is_complete or not context.code.reach.known:
        reason = next(iter(table.reasons), "the start command does not lead to an application").removeprefix("soft: ")
        yield Skipped("health-path-not-routed", reason)
        return
    if table.may_match(path) or _is_named(context, table, path):
        return
    near = table.match(path, slash=True)
    if near is not None:
        first, last = health.accepted_statuses
        if first <= 307 <= last:
            return
        text = f"the application has {near.path}, and redirects {path} to it; a redirect is no success here"
        yield _finding(context, path, text, f"Ask for {near.path} itself.", near.evidence)
        return
    candidates = [r for r in table.routes if any(w in r.path.lower() for w in ("health", "ping", "ready", "status"))]
    text = f"the application answers none of its {len(table.routes)} routes there"
    hint = f"Ask for {candidates[0].path}, which is there." if candidates else f"Add a route {path} that answers 200."
    yield _finding(context, path, text, hint, (candidates or table.routes)[0].evidence)


def _is_named(context: CheckContext, table: RouteTable, path: str) -> bool:
    """Whether something answers before the routes and the code names the path somewhere."""
    if not table.reasons:
        return False
    last = path.rstrip("/").rpartition("/")[2]
    return any(last in module.file.text for module in context.code.modules)


def _finding(context: CheckContext, path: str, text: str, hint: str, evidence: Evidence) -> Finding:
    place = context.plan.health.path.evidence[0]
    return Finding(
        rule="health-path-not-routed",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        message=f"{place.place or 'the settings'}: the health check asks for {path}, and {text}. The platform gets no "
        "success, takes the new instance for broken, and keeps it from traffic.",
        hint=hint,
        evidence=(place, evidence),
        subject=path,
    )


CHECK = Check("health-path-not-routed", "The health check asks for a path that the application does not answer", run)
