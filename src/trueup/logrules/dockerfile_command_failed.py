"""A RUN of the Dockerfile failed, and nothing says why in words that are known.

What it means:
    A command of the image's build ended with a non-zero status.

Why:
    See the lines above the summary.

Example:
    ERROR: failed to solve: process "/bin/sh -c make assets" did not complete successfully: exit code: 2

What to do:
    Read what that command printed.

Sources:
    moby/buildkit's and the classic builder's messages; apt's messages; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern
from trueup.model.finding import Confidence

RULE = Rule(
    id="dockerfile-command-failed",
    title="A command of the Dockerfile failed",
    group=Group.PLATFORM,
    phase="build",
    patterns=(
        pattern(
            "did not complete successfully: exit code",
            r"process \"(?:/bin/(?:ba)?sh -\w*c )?(?P<command>.{1,200}?)\" did not complete successfully: exit code:"
            r" (?P<status>\d+)",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "returned a non-zero code",
            r"The command '(?:/bin/(?:ba)?sh -c )?(?P<command>.{1,200}?)' returned a non-zero code: (?P<status>\d+)",
            confidence=Confidence.MEDIUM,
        ),
        pattern(
            "executor failed running",
            r"executor failed running \[(?:/bin/(?:ba)?sh -c )?(?P<command>.{1,200}?)\]: exit code: (?P<status>\d+)",
            confidence=Confidence.MEDIUM,
        ),
        pattern("E: Unable to locate package", r"E: Unable to locate package (?P<package_of_the_system>\S+)", lead=2),
        pattern(
            "has no installation candidate",
            r"E: Package '(?P<package_of_the_system>[^']+)' has no installation candidate",
            lead=2,
        ),
        pattern("does not have a Release file", lead=2),
        pattern("E: Failed to fetch", lead=1),
        pattern("pull access denied", r"pull access denied for (?P<command>\S+),", lead=1),
        pattern("manifest unknown", lead=1),
    ),
    explanation=(
        (
            "The image's system packages have no {package_of_the_system}. | The command `{command}` ended with status"
            " {status}. | A command of the image's build failed."
        ),
    ),
    remedies=(
        "Name the package as this Debian or Alpine release calls it (and run `apt-get update` in the same RUN).",
        (
            "Read the lines that this command printed above the summary; build with `--progress=plain` to see all of"
            " them."
        ),
    ),
    examples=(
        'ERROR: failed to solve: process "/bin/sh -c make assets" did not complete successfully: exit code: 2',
        "The command '/bin/sh -c ./prepare.sh' returned a non-zero code: 1",
    ),
    counter_examples=("#9 [4/6] RUN make assets\n#9 DONE 3.4s",),
    strength=1,
    about_a_package=False,
)
