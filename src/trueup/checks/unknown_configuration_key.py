"""A key of a configuration file that the platform does not know

What it does:
    Compares every key of railway.json, railway.toml, nixpacks.toml, railpack.json, render.yaml and app.json
    with the keys that the platform reads.

Why it fails a deployment:
    Builders ignore unknown keys without a word: what the key was meant to do does not happen, and a Python
    pinned this way floats. The sync of a Render blueprint refuses the whole file instead.

Example:
    `pythonVersion` in railway.json; a `[python]` section in nixpacks.toml.

Use instead:
    The right key at the right place, as the hint says.

Sources:
    The published schemas and the builders' own structures, cited in platforms/data.
"""

from trueup.checks._interface import Check, reported_problems

CHECK = Check(
    "unknown-configuration-key",
    "A key of a configuration file that the platform does not know",
    reported_problems("unknown-configuration-key"),
)
