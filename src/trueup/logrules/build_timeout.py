"""The platform stopped a build that took too long.

What it means:
    The build ran into the platform's limit of time.

Why:
    Compiling large packages, a resolver that backtracks, a command that waits for input or never ends.

Example:
    Build timed out after 15 minutes

What to do:
    Install wheels, pin versions, and make no step wait.

Sources:
    Render's limits (120 minutes), Railway's, Vercel's (45 minutes) and GitHub Actions' messages; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="build-timeout",
    title="The build took too long",
    group=Group.PLATFORM,
    phase="build",
    patterns=(
        pattern("uild timed out", r"[Bb]uild timed out"),
        pattern("uild exceeded", r"[Bb]uild exceeded .{0,40}(?:time|limit|minutes)"),
        pattern(
            "has exceeded the maximum execution time",
            r"(?:job|operation|build).{0,80}has exceeded the maximum execution time",
        ),
        pattern("context deadline exceeded", confidence=Confidence.MEDIUM, needs=r"[Bb]uild|buildkit|solve", reach=10),
        pattern(
            "imed out",
            r"(?:[Bb]uild|[Dd]eploy(?:ment)?|[Bb]uilding).{0,40}(?:timed out|exceeded .{0,20}timeout|time limit)",
            confidence=Confidence.MEDIUM,
        ),
        pattern("exceeded the time limit", r"(?:exceeded|over) the (?:build )?time limit"),
        pattern(
            "The operation was canceled",
            r"##\[error\]The operation was canceled|Error: The operation was canceled",
            confidence=Confidence.LOW,
        ),
        pattern("Your build took longer", r"Your build took longer than"),
    ),
    explanation=("The platform stopped the build at its limit of time.",),
    remedies=(
        (
            "See which step was running when it stopped: a compile (take wheels), the resolver (pin or lock"
            " versions), or a command that never ends (a server started in the build)."
        ),
        "Keep the platform's build cache, and install nothing that the service does not need.",
    ),
    examples=(
        "Build timed out after 20 minutes",
        "Error: The job running on runner X has exceeded the maximum execution time of 360 minutes.",
    ),
    counter_examples=("Build time: 111.91 seconds",),
    own_phase=True,
    effect_of=frozenset({"out-of-memory"}),
    about_a_package=False,
)
