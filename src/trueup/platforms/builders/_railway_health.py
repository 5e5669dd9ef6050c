"""When Railway calls a new deployment healthy, whichever builder made it.

Source: railwayapp/docs@c2a634f1 (2026-08-21), content/docs/deployments/healthchecks.md, read 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Mapping

from trueup.model.evidence import Evidence, Fact
from trueup.model.plan import HealthRule
from trueup.model.service import Service
from trueup.platforms.builders._railway_settings import RailwaySettings

URL = "https://docs.railway.com/deployments/healthchecks"
CHECKED = "2026-11-20"
HOST = "healthcheck.railway.app"
TIMEOUT = 300
"""Seconds within which the path must answer 200."""


def railway_health(service: Service, settings: RailwaySettings, variables: Mapping[str, str]) -> HealthRule:
    """Railway's rule: the path must answer with status 200, at $PORT, for the host healthcheck.railway.app.

    Without a path Railway makes a deployment active as soon as its process runs. The timeout, in seconds, is that of
    the settings, of RAILWAY_HEALTHCHECK_TIMEOUT_SEC, or 300.
    """
    named = variables.get("RAILWAY_HEALTHCHECK_TIMEOUT_SEC", "")
    timeout = settings.health_timeout
    if timeout is None:
        timeout = int(named) if named.isascii() and named.isdigit() and len(named) < 10 else TIMEOUT
    text = f"the path must answer 200 within {timeout} s; requests come for the host {HOST} at $PORT"
    if settings.health_path is None:
        text = "no health check path is set: a deployment is active as soon as its process runs"
        path: Fact[str | None] = Fact(None, (Evidence.default(text, URL, CHECKED),))
    else:
        path = Fact(settings.health_path.value, (*settings.health_path.evidence, Evidence.default(text, URL, CHECKED)))
    return HealthRule(path, (200, 200), timeout, HOST, probes_port=service.kind == "web")
