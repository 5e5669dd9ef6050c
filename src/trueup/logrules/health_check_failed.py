"""The platform's probe never passed, and the log shows no other cause.

What it means:
    The process may run, and the health path does not answer 200 (or 2xx) in time.

Why:
    A wrong path, a redirect, a slow start, a refused host, or a port that is not the platform's.

Example:
    1/1 replicas never became healthy!

What to do:
    Ask the health path yourself, with the platform's Host.

Sources:
    Railway's healthcheck logs and documentation; Render's health checks; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="health-check-failed",
    title="The health check never passed",
    group=Group.START,
    phase="health",
    patterns=(
        pattern("replicas never became healthy", confidence=Confidence.MEDIUM),
        pattern("Healthcheck failed!", r"^Healthcheck failed!", confidence=Confidence.MEDIUM),
        pattern(
            "failed with service unavailable",
            r"^Attempt #\d+ failed with service unavailable",
            confidence=Confidence.LOW,
            lead=-1,
        ),
        pattern(
            "failed with status",
            r"^Attempt #\d+ failed with status (?P<status>\d+)",
            confidence=Confidence.MEDIUM,
            lead=1,
        ),
        pattern(
            "ealth",
            r"[Hh]ealth ?checks? (?:has |have )?(?:failed|timed out|is failing|did not pass)(?P<why>.{0,80})",
            confidence=Confidence.MEDIUM,
        ),
        pattern("==> Timed Out", r"^==> Timed Out$", confidence=Confidence.LOW),
        pattern(
            "unhealthy",
            r"(?:container|[Ii]nstance|[Ss]ervice|deployment)\b.{0,60} is unhealthy",
            confidence=Confidence.LOW,
        ),
        pattern("Timed out after waiting for internal health check", lead=1),
    ),
    explanation=(
        (
            "The platform's probe got status {status} and never passed. | The platform's probe never passed; this is"
            " an effect, and the log shows nothing above it that tells why."
        ),
    ),
    remedies=(
        "Look at the service's own lines (the deploy log) before the probe: an exception there is the cause.",
        (
            "Ask the health path yourself: it must answer 200 without a redirect or a login, on 0.0.0.0 and $PORT,"
            " within the window, and accept the probe's Host."
        ),
    ),
    examples=(
        (
            "Attempt #1 failed with service unavailable. Continuing to retry for 29s\n1/1 replicas never became"
            " healthy!\nHealthcheck failed!"
        ),
    ),
    counter_examples=("[1/1] Healthcheck succeeded!",),
    strength=1,
    own_phase=True,
    about_a_package=False,
)
