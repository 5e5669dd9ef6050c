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
    `.railway/railway.ts` (or .py, .go), or the service's settings in the dashboard. `railway config pull` writes the
    file with what the account knows; what railway.json says is added by hand, and `trueup fix` shows it in the new
    form. `railway config migrate` begins from railway.json alone: it leaves out the builder, the Dockerfile's path, the
    schedule and the restart policy, and what its file does not say, variables too, is planned to be removed.

Sources:
    railwayapp/docs content/docs/config-as-code.md:7 and content/docs/infrastructure-as-code.md at c2a634f1
    (2026-08-21); railwayapp/cli src/commands/config/migrate.rs:261-330 and src/iac/change_set.rs:246-317 at df3838bf
    (2026-08-21), github.com/railwayapp/cli/issues/1199 (read 2026-11-20).
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check(
    "railway-config-deprecated",
    "railway.json and railway.toml stop being read",
    reported_problems("railway-config-deprecated"),
)
