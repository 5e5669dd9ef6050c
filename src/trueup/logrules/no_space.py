"""The disk is full.

What it means:
    Writing fails with errno 28 while downloading, unpacking or building.

Why:
    Large packages (machine-learning libraries with GPU parts), a small build disk, or a full temporary folder.

Example:
    ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device

What to do:
    Install less (CPU-only builds), do not keep caches, or enlarge the disk.

Sources:
    errno(3); pip's wording; own recording; read 2026-11-20.
"""

from trueup.logrules._rule import Group, Rule, pattern

RULE = Rule(
    id="no-space",
    title="The disk is full",
    group=Group.PLATFORM,
    phase="install",
    patterns=(
        pattern("No space left on device"),
        pattern("isk quota exceeded", r"[Dd]isk quota exceeded"),
        pattern("not enough free space", r"(?:not enough|insufficient) (?:free |disk )?space"),
        pattern("ENOSPC"),
    ),
    explanation=("Writing failed because the disk (or the temporary folder) is full.",),
    remedies=(
        (
            "Install the CPU-only builds of machine-learning packages (their own index), drop packages that are not"
            " used, and use `--no-cache-dir`."
        ),
        "Or build with a larger disk, or point TMPDIR to a folder with room.",
    ),
    examples=("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",),
    counter_examples=("ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system: '/app'",),
    about_a_package=False,
)
