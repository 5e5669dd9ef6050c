"""railway.json and railway.toml stop being read

What it does:
    Reports railway.json and railway.toml from the day Railway announced their end (2026-08-21), and predicts
    without them from the day of the cut-off (2026-12-01).

Why it fails a deployment:
    From the cut-off on, the start command, health check and builder that the file gives are no longer in force;
    the builder's own defaults are.

Example:
    A railway.json with `deploy.startCommand`.

Use instead:
    `.railway/railway.ts` (or .py, .go) by `railway config migrate`, or the service's settings in the dashboard.

Sources:
    railwayapp/docs content/docs/config-as-code.md:7 at c2a634f1 (2026-08-21).
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check(
    "railway-config-deprecated",
    "railway.json and railway.toml stop being read",
    reported_problems("railway-config-deprecated"),
)
