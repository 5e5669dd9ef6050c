"""Nothing listens where the platform looks.

What it means:
    The process runs, and the platform finds no open port, or none on all interfaces.

Why:
    The server binds 127.0.0.1, another port than $PORT, or the process is a bot or worker that never listens.

Example:
    ==> Port scan timeout reached, no open ports detected. Bind your service to at least one port.

What to do:
    Bind 0.0.0.0 and $PORT, or make it a worker service.

Sources:
    Render's and Heroku's (R10) logs and documentation; fly.io's and Koyeb's messages; Cloud Run's; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="no-open-port",
    title="Nothing listens where the platform looks",
    group=Group.START,
    phase="start",
    patterns=(
        pattern("Port scan timeout reached", r"Port scan timeout reached, no open", lead=1),
        pattern(
            "ports detected",
            r"No open (?:HTTP )?ports detected(?P<where> on 0\.0\.0\.0)?",
            confidence=Confidence.MEDIUM,
        ),
        pattern("Error R10 (Boot timeout)", lead=1),
        pattern("Web process failed to bind to $PORT", lead=1),
        pattern("is not listening on the expected address", lead=1),
        pattern("instance refused connection", confidence=Confidence.MEDIUM),
        pattern("failed to start and listen on the port", lead=1),
        pattern("failed to respond", r"Application failed to respond", confidence=Confidence.MEDIUM),
        pattern("nothing is listening", r"nothing is listening on port"),
        pattern("didn't respond to HTTP pings on port", r"didn't respond to HTTP pings on port:? (?P<port>\d+)"),
        pattern("readiness probe", r"TCP (?:health|readiness) (?:check|probe) failed on port (?P<port>\d+)"),
        pattern("TCP health check failed", lead=0),
    ),
    explanation=(
        (
            "The platform looked for an open port{where} and found none. | The platform found no port that the"
            " service listens on."
        ),
    ),
    remedies=(
        (
            "Listen on all interfaces and on the platform's port: `uvicorn … --host 0.0.0.0 --port $PORT`, `gunicorn"
            ' --bind 0.0.0.0:$PORT …`, `app.run(host="0.0.0.0", port=int(os.environ["PORT"]))`.'
        ),
        "If the process never serves HTTP (a bot, a worker): make it a background worker instead of a web service.",
    ),
    examples=(
        (
            "==> No open ports detected, continuing to scan...\n==> Port scan timeout reached, no open ports"
            " detected. Bind your service to at least one port."
        ),
        "Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 60 seconds of launch",
    ),
    counter_examples=("==> Detected service running on port 10000",),
    strength=2,
    own_phase=True,
    effect_of=frozenset({"port-not-expanded", "port-env-collision", "worker-timeout"}),
    about_a_package=False,
)
