"""A file that the platform reads cannot be read

What it does:
    Reports configuration and manifests that do not parse, are in an encoding that builders do not read, are
    git-lfs pointers, hold merge conflict markers, or lie behind a link that leaves the project.

Why it fails a deployment:
    The builder stops at the file, or silently does without it and picks its defaults.

Example:
    A `runtime.txt` saved as UTF-16 by a Windows shell.

Use instead:
    The file in UTF-8, resolved and valid, at the place where the builder looks.

Sources:
    The builders' parsers, cited in manifests/.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check("unreadable-file", "A file that the platform reads cannot be read", reported_problems("unreadable-file"))
