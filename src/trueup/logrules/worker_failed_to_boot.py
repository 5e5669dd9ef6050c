"""gunicorn says only that a worker failed to boot.

What it means:
    The application could not be imported; gunicorn's own line does not say why.

Why:
    The lines above it do, or the application ended silently (sys.exit).

Example:
    gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>

What to do:
    Look at the lines above; import the module by hand.

Sources:
    gunicorn/arbiter.py; own recording; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="worker-failed-to-boot",
    title="A gunicorn worker failed to boot",
    group=Group.START,
    phase="start",
    patterns=(
        pattern("Worker failed to boot", confidence=Confidence.LOW),
        pattern("Reason: Worker failed to boot", confidence=Confidence.LOW),
        pattern("App failed to load", confidence=Confidence.LOW),
        pattern("exited with code 3", r"Worker \(pid:\s?\d+\) exited with code [34]", confidence=Confidence.LOW),
    ),
    explanation=("gunicorn could not import the application and does not say why; the traceback above it would.",),
    remedies=(
        "Give more of the log: the lines before `Worker failed to boot` name the exception.",
        (
            'Import the application by hand with the same variables (`python -c "import app"`), or start gunicorn'
            " with `--preload`, which shows the error at once."
        ),
    ),
    examples=("[ERROR] Shutting down: Master\n[ERROR] Reason: Worker failed to boot.",),
    counter_examples=("[INFO] Booting worker with pid: 9",),
    strength=1,
    about_a_package=False,
)
